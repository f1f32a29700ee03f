-- The tokens that a component promotes most, as many as wanted, with their z-scores over the vocabulary: computed from the weights when they are asked for, whatever the
-- granularity of the model's components. The sign is that of the component's activity where it was measured. Errors: 50001, 50003, 50009, 50020, 50021, 50028, 51704.
CREATE PROCEDURE mqe.ShowTopTokens
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Kind varchar(10) = 'neuron',          -- neuron, head or expert.
    @Layer int = NULL,                     -- 0-based.
    @Index int = NULL,                     -- 0-based within layer and kind.
    @Count int = 20                        -- Tokens wanted.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'model.peek', 'model', @Model;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Kind IS NULL OR @Kind NOT IN ('neuron', 'head', 'expert')
    BEGIN
        SET @Error += N'@Kind must be neuron, head or expert. ';
    END;

    IF @Layer IS NULL OR @Layer < 0 OR @Index IS NULL OR @Index < 0
    BEGIN
        SET @Error += N'@Layer and @Index are required. ';
    END;

    IF @Count IS NULL OR @Count NOT BETWEEN 1 AND 1000
    BEGIN
        SET @Error += N'@Count must be from 1 to 1000. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    BEGIN TRY
        -- Many tokens' scores are the weights in another form.
        DECLARE @ModelId int, @Sign int, @Components nvarchar(max), @Tokens nvarchar(max);
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need = 'weights';
        IF EXISTS (SELECT 1 FROM mqe.Model WHERE ModelId = @ModelId AND IsRunnable = 0)
        BEGIN
            THROW 50009, N'Components need a known architecture; the model is stored as tensors only.', 1;
        END;

        EXECUTE mqe.EnsureSegments @ModelId;
        SET @Sign =
        (
            SELECT CASE WHEN SUM(s.MeanActivation * s.TokenCount) < 0 THEN -1 ELSE 1 END
            FROM mqe.SkillMeasurement AS s
            INNER JOIN mqe.Component AS c ON c.ComponentId = s.ComponentId
            WHERE c.ModelId = @ModelId AND c.Kind = @Kind AND c.Layer = @Layer AND c.ComponentIndex = @Index
        );
        SET @Components = (SELECT 0 AS [id], @Kind AS [kind], @Layer AS [layer], @Index AS [index], @Sign AS [sign] FOR JSON PATH);
        SET @Tokens = (SELECT t.top_tokens FROM clr.TopTokens(mqe.ModelManifest(@ModelId), @Components, @Count) AS t);

        SELECT CAST(j.[key] AS int) + 1 AS [rank], t.token, t.z
        FROM OPENJSON(@Tokens) AS j
        CROSS APPLY OPENJSON(j.value) WITH (token nvarchar(200) '$.token', z float '$.z') AS t
        ORDER BY CAST(j.[key] AS int);
    END TRY
    BEGIN CATCH
        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::mqe.ShowTopTokens TO nina_application;
