-- Merges models that share an ancestor (same architecture, shapes and tokenizer; what differs is named, 51802) into a new model, which is ingested like any other: a
-- weighted sum of all tensors (linear), a base and weighted differences from it (task arithmetic), or the first model with components of the second. Result: the model.
-- Errors: 50001, 50003, 50004, 50010, 50020, 50021, 50027, 50028, 50030, 50082, 51802, 51xxx.
CREATE PROCEDURE factory.MergeModels
    @Name nvarchar(200),                   -- Name of the new model.
    @Models nvarchar(max),                 -- JSON array of {"model": name or public id, "weight": number}; weights are 1 / their number by default, for task 1.
    @Method varchar(10) = 'linear',        -- linear, task or components.
    @Base nvarchar(200) = NULL,            -- task: the common ancestor.
    @Domains nvarchar(4000) = NULL,        -- components: take the neurons that matter more for these domains in the second model; separated by commas.
    @Components nvarchar(max) = NULL       -- components: or these: JSON array of {"kind": neuron, expert or layer, "layer", "index"}.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'model.merge', 'model', @Name;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Name IS NULL OR LTRIM(@Name) = N''
    BEGIN
        SET @Error += N'@Name is required. ';
    END;

    IF @Method IS NULL OR @Method NOT IN ('linear', 'task', 'components')
    BEGIN
        SET @Error += N'@Method must be linear, task or components. ';
    END;

    IF @Models IS NULL OR ISJSON(@Models) = 0 OR LEFT(LTRIM(@Models), 1) <> N'[' OR EXISTS (SELECT 1 FROM OPENJSON(@Models) AS j WHERE j.type <> 5 OR JSON_VALUE(j.value, '$.model') IS NULL)
    BEGIN
        SET @Error += N'@Models must be a JSON array of {"model": "...", "weight": 0.5}. ';
    END
    ELSE IF (@Method = 'components' AND (SELECT COUNT(*) FROM OPENJSON(@Models)) <> 2) OR (@Method = 'linear' AND (SELECT COUNT(*) FROM OPENJSON(@Models)) < 2) OR NOT EXISTS (SELECT 1 FROM OPENJSON(@Models))
    BEGIN
        SET @Error += N'@Models must name two models, for linear two or more, for task one or more. ';
    END;

    IF (@Method = 'task' AND @Base IS NULL) OR (@Method <> 'task' AND @Base IS NOT NULL)
    BEGIN
        SET @Error += N'@Base goes with @Method = ''task'', which requires it. ';
    END;

    IF @Method = 'components' AND ((@Domains IS NULL AND @Components IS NULL) OR (@Domains IS NOT NULL AND @Components IS NOT NULL) OR ISJSON(ISNULL(@Components, N'[]')) = 0)
    BEGIN
        SET @Error += N'@Domains, or @Components as a JSON array, is required. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END, @Folder nvarchar(4000), @Deleted bit;
    BEGIN TRY
        DECLARE @Parts table (Ordinal int NOT NULL PRIMARY KEY, ModelId int NOT NULL, Name nvarchar(200) NOT NULL, Weight float NOT NULL);
        DECLARE @Ordinal int = 0, @Count int = (SELECT COUNT(*) FROM OPENJSON(@Models)), @Model nvarchar(200), @Weight float, @ModelId int, @BaseId int;
        WHILE @Ordinal < @Count
        BEGIN
            SELECT @Model = LEFT(JSON_VALUE(j.value, '$.model'), 200), @Weight = TRY_CAST(JSON_VALUE(j.value, '$.weight') AS float)
            FROM OPENJSON(@Models) AS j
            WHERE j.[key] = CAST(@Ordinal AS nvarchar(10));
            EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need = 'weights';
            EXECUTE mqe.EnsureSegments @ModelId;
            INSERT INTO @Parts (Ordinal, ModelId, Name, Weight)
            VALUES (@Ordinal, @ModelId, @Model, COALESCE(@Weight, CASE WHEN @Method = 'linear' THEN 1e0 / @Count ELSE 1 END));
            SET @Ordinal += 1;
        END;

        IF @Base IS NOT NULL
        BEGIN
            EXECUTE mqe.FindModel @Base, @BaseId OUTPUT, @Need = 'weights';
            EXECUTE mqe.EnsureSegments @BaseId;
        END;

        IF @Domains IS NOT NULL
        BEGIN
            -- The same neuron of both models, which come from one: where its share of its layer's importance is larger in the second, that one is taken.
            DECLARE @DomainsJson nvarchar(max) =
            (
                SELECT CONCAT(N'[', STRING_AGG(CONCAT(N'"', STRING_ESCAPE(TRIM(s.value), 'json'), N'"'), N','), N']')
                FROM STRING_SPLIT(@Domains, N',') AS s
                WHERE TRIM(s.value) <> N''
            );
            DECLARE @First int = (SELECT ModelId FROM @Parts WHERE Ordinal = 0), @Second int = (SELECT ModelId FROM @Parts WHERE Ordinal = 1);
            WITH shares AS
            (
                SELECT c.ModelId, c.Layer, c.ComponentIndex, AVG(m.Share) AS Share
                FROM mqe.Component AS c
                INNER JOIN
                (
                    SELECT s.ComponentId, s.Importance / NULLIF(SUM(s.Importance) OVER (PARTITION BY k.ModelId, k.Layer, s.DomainId), 0) AS Share
                    FROM mqe.SkillMeasurement AS s
                    INNER JOIN mqe.Component AS k ON k.ComponentId = s.ComponentId AND k.Kind = 'neuron'
                    INNER JOIN mqe.Domain AS d ON d.DomainId = s.DomainId
                    WHERE s.ModelId IN (@First, @Second) AND d.Name IN (SELECT j.value FROM OPENJSON(@DomainsJson) AS j)
                ) AS m ON m.ComponentId = c.ComponentId
                GROUP BY c.ModelId, c.Layer, c.ComponentIndex
            )
            SELECT @Components =
            (
                SELECT 'neuron' AS kind, b.Layer AS layer, b.ComponentIndex AS [index]
                FROM shares AS b
                INNER JOIN shares AS a ON a.ModelId = @First AND a.Layer = b.Layer AND a.ComponentIndex = b.ComponentIndex
                WHERE b.ModelId = @Second AND b.Share > a.Share
                ORDER BY b.Layer, b.ComponentIndex
                FOR JSON PATH
            );
            IF @Components IS NULL
            BEGIN
                THROW 50082, N'No neuron matters more for these domains in the second model; both must be measured, with @Granularity = ''neuron''.', 1;
            END;
        END;

        EXECUTE ops.RequireQuota 'calls', 0;
        EXECUTE ops.RequireQuota 'compute_ms', 0;
        DECLARE @Specification nvarchar(max) =
        (
            SELECT
                @Method AS method,
                (
                    SELECT p.Name AS name, p.Weight AS weight, JSON_QUERY(mqe.ModelManifest(p.ModelId)) AS manifest
                    FROM @Parts AS p
                    ORDER BY p.Ordinal
                    FOR JSON PATH
                ) AS models,
                JSON_QUERY(CASE WHEN @BaseId IS NOT NULL THEN mqe.ModelManifest(@BaseId) END) AS base,
                JSON_QUERY(@Components) AS components
            FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
        );
        SET @Folder = clr.MergeModels(@Specification);

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        EXECUTE mqe.IngestModel @Path = @Folder, @Name = @Name, @ModelId = @ModelId OUTPUT;
        DECLARE @Details nvarchar(max) =
        (
            SELECT @Method AS method, (SELECT p.Name AS model, p.Weight AS weight FROM @Parts AS p ORDER BY p.Ordinal FOR JSON PATH) AS models, @Base AS base
            FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
        );
        EXECUTE ops.RecordAct 'model.merge', 'model', @Name, @Details = @Details;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;

        SET @Deleted = clr.DeleteWorkFolder(@Folder);
        SET @Folder = NULL;

        SELECT m.name, m.model_id, m.architecture, m.parameter_count, (SELECT COUNT(*) FROM OPENJSON(@Components)) AS taken_components
        FROM mqe.models AS m
        INNER JOIN mqe.Model AS k ON k.PublicId = m.model_id
        WHERE k.ModelId = @ModelId;
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        IF @Folder IS NOT NULL
        BEGIN
            SET @Deleted = clr.DeleteWorkFolder(@Folder);
        END;

        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::factory.MergeModels TO nina_application;
