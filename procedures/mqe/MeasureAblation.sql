-- What components are for, by taking them away: the model's loss on the test passages of a domain and of the other domains, before and after what the components write is set to
-- zero, and after the same is done to as many others of the same kinds and layers, drawn at random (control). Intervals are of a paired bootstrap over passages. The stored model
-- does not change. Errors: 50001, 50003, 50006, 50009, 50013, 50020, 50021, 50027, 50030, 50073, 50074, 51xxx.
CREATE PROCEDURE mqe.MeasureAblation
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Components nvarchar(max),             -- JSON: [{"kind": "neuron", "layer": 2, "index": 17}, ...] (kind: neuron, head, expert or layer), or component_ids: [12, 13].
    @Domain nvarchar(100),                 -- The domain in question; its row comes first.
    @Texts int = 20,                       -- Test passages to run of each domain (the first ones).
    @Seed int = 1                          -- Of the control and of the bootstrap.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'operator', 'model.ablate', 'model', @Model;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Components IS NULL OR ISJSON(@Components) = 0 OR LEFT(LTRIM(@Components), 1) <> N'['
    BEGIN
        SET @Error += N'@Components must be a JSON array of {kind, layer, index} or of component_ids. ';
    END
    ELSE IF NOT EXISTS (SELECT 1 FROM OPENJSON(@Components)) OR EXISTS (SELECT 1 FROM OPENJSON(@Components) WHERE [type] NOT IN (2, 5))
    BEGIN
        SET @Error += N'@Components must name at least one component, each as {kind, layer, index} or as a component_id. ';
    END;

    IF @Domain IS NULL
    BEGIN
        SET @Error += N'@Domain is required. ';
    END;

    IF @Texts IS NULL OR @Texts NOT BETWEEN 2 AND 10000 OR @Seed IS NULL
    BEGIN
        SET @Error += N'@Texts must be from 2 to 10000, and @Seed a number. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    BEGIN TRY
        DECLARE @ModelId int, @Name nvarchar(200), @Started datetime2(3) = SYSUTCDATETIME(), @Tenant int = tenancy.CurrentTenantId();
        EXECUTE mqe.FindRunnable @Model, @ModelId OUTPUT, @Name OUTPUT;

        DECLARE @Removed table (Kind varchar(10) NOT NULL, Layer int NOT NULL, ComponentIndex int NOT NULL, PRIMARY KEY (Kind, Layer, ComponentIndex));
        DECLARE @Unknown nvarchar(400) =
        (
            SELECT TOP (1) j.value
            FROM OPENJSON(@Components) AS j
            LEFT OUTER JOIN mqe.Component AS c ON j.[type] = 2 AND c.ComponentId = TRY_CAST(j.value AS int) AND c.ModelId = @ModelId AND c.Layer IS NOT NULL
            WHERE (j.[type] = 2 AND c.ComponentId IS NULL)
                OR
                (
                    j.[type] = 5
                    AND
                    (
                        ISNULL(JSON_VALUE(j.value, '$.kind'), N'') NOT IN (N'neuron', N'head', N'expert', N'layer')
                        OR TRY_CAST(JSON_VALUE(j.value, '$.layer') AS int) IS NULL
                        OR (TRY_CAST(JSON_VALUE(j.value, '$.index') AS int) IS NULL AND JSON_VALUE(j.value, '$.kind') <> N'layer')
                    )
                )
            ORDER BY CAST(j.[key] AS int)
        );
        IF @Unknown IS NOT NULL
        BEGIN
            SET @Error = CONCAT(N'The model ''', @Name, N''' has no component ', @Unknown, N'. SELECT component_id, kind, layer, component_index FROM mqe.components lists them.');
            THROW 50074, @Error, 1;
        END;

        INSERT INTO @Removed (Kind, Layer, ComponentIndex)
        SELECT c.Kind, c.Layer, c.ComponentIndex
        FROM OPENJSON(@Components) AS j
        INNER JOIN mqe.Component AS c ON c.ComponentId = TRY_CAST(j.value AS int)
        WHERE j.[type] = 2
        UNION
        SELECT JSON_VALUE(j.value, '$.kind'), CAST(JSON_VALUE(j.value, '$.layer') AS int), ISNULL(CAST(JSON_VALUE(j.value, '$.index') AS int), 0)
        FROM OPENJSON(@Components) AS j
        WHERE j.[type] = 5;

        DECLARE @Domains table (DomainId int NOT NULL PRIMARY KEY, Name nvarchar(100) NOT NULL);
        INSERT INTO @Domains (DomainId, Name)
        SELECT d.DomainId, d.Name
        FROM mqe.Domain AS d
        WHERE d.TenantId = @Tenant
            AND (SELECT COUNT(*) FROM mqe.ProbeText AS p WHERE p.DomainId = d.DomainId AND p.Purpose = 'test') >= 2;
        IF NOT EXISTS (SELECT 1 FROM mqe.Domain WHERE TenantId = @Tenant AND Name = @Domain)
        BEGIN
            SET @Error = CONCAT(N'There is no domain named ''', @Domain, N'''. SELECT name FROM mqe.domains lists them.');
            THROW 50006, @Error, 1;
        END;

        IF NOT EXISTS (SELECT 1 FROM @Domains WHERE Name = @Domain)
        BEGIN
            SET @Error = CONCAT(N'The domain ''', @Domain, N''' has fewer than two test passages: mqe.AddProbeTexts with @Purpose = ''test''.');
            THROW 50013, @Error, 1;
        END;

        EXECUTE ops.RequireQuota 'calls', 0;
        EXECUTE ops.RequireQuota 'compute_ms', 0;
        EXECUTE mqe.EnsureSegments @ModelId;
        DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId);
        DECLARE @List nvarchar(max) = (SELECT Kind AS [kind], Layer AS [layer], ComponentIndex AS [index] FROM @Removed ORDER BY Layer, Kind, ComponentIndex FOR JSON PATH);
        DECLARE @Passages nvarchar(max) =
        (
            SELECT Name AS [domain], JSON_QUERY(mqe.TextsOf(DomainId, 'test', @Texts)) AS [texts]
            FROM @Domains
            ORDER BY Name
            FOR JSON PATH
        );
        DECLARE @Measured table
        (
            Domain nvarchar(100) NOT NULL PRIMARY KEY,
            TextCount int NOT NULL,
            TokenCount bigint NOT NULL,
            LossBefore float NULL,
            LossAfter float NULL,
            Change float NULL,
            ChangeLower float NULL,
            ChangeUpper float NULL,
            StandardError float NULL,
            ControlChange float NULL,
            ControlLower float NULL,
            ControlUpper float NULL
        );
        INSERT INTO @Measured
        (
            Domain, TextCount, TokenCount, LossBefore, LossAfter, Change, ChangeLower, ChangeUpper, StandardError, ControlChange, ControlLower, ControlUpper
        )
        SELECT
            domain, text_count, token_count, loss_before, loss_after, change, change_lower, change_upper, standard_error, control_change, control_lower, control_upper
        FROM clr.MeasureAblation(@Manifest, @List, @Passages, @Seed);

        DECLARE @Count int = (SELECT COUNT(*) FROM @Removed);
        DECLARE @Tokens bigint = (SELECT SUM(TokenCount * CASE WHEN ControlChange IS NULL THEN 2 ELSE 3 END) FROM @Measured);
        DECLARE @ComputeMs bigint = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME());
        DECLARE @Details nvarchar(max) = CONCAT(N'{"components":', @Count, N',"tokens":', @Tokens, N'}');
        EXECUTE ops.RecordAct 'model.ablate', 'model', @Name, NULL, 'probe_tokens', @Tokens, @ComputeMs, @Details;

        SELECT
            Domain AS domain,
            CAST(CASE WHEN Domain = @Domain THEN 1 ELSE 0 END AS bit) AS is_target,
            @Count AS component_count,
            LossBefore AS loss_before,
            LossAfter AS loss_after,
            Change AS change,
            ChangeLower AS change_lower,
            ChangeUpper AS change_upper,
            StandardError AS standard_error,
            ControlChange AS control_change,
            ControlLower AS control_lower,
            ControlUpper AS control_upper,
            TextCount AS text_count,
            TokenCount AS token_count
        FROM @Measured
        ORDER BY CASE WHEN Domain = @Domain THEN 0 ELSE 1 END, Change DESC, Domain;
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
GRANT EXECUTE ON OBJECT::mqe.MeasureAblation TO nina_application;
