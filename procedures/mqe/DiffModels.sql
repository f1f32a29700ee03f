-- How two models differ. Three results: tensors (matched by name, and across formats by what they are for), components that differ (where both models run and have the same
-- shapes), and skills (where both were measured). Needs the weights of both. Errors: 50001, 50003, 50020, 50021, 50027, 50028, 50030, 51xxx.
CREATE PROCEDURE mqe.DiffModels
    @ModelA nvarchar(200),                 -- Name or public id.
    @ModelB nvarchar(200),                 -- Name or public id.
    @Top int = 50,                         -- Rows of each result at most: those that differ most.
    @Result varchar(10) = 'all'            -- tensors, components or skills: that result only; all: all three.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'model.compare', 'model', @ModelA;

    DECLARE @Error nvarchar(2048) = N'';
    IF @ModelA IS NULL OR @ModelB IS NULL
    BEGIN
        SET @Error += N'@ModelA and @ModelB are required. ';
    END;

    IF @Top IS NULL OR @Top NOT BETWEEN 1 AND 100000
    BEGIN
        SET @Error += N'@Top must be from 1 to 100000. ';
    END;

    IF @Result IS NULL OR @Result NOT IN ('all', 'tensors', 'components', 'skills')
    BEGIN
        SET @Error += N'@Result must be all, tensors, components or skills. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    BEGIN TRY
        DECLARE @IdA int, @IdB int, @NameA nvarchar(200), @NameB nvarchar(200), @RunnableA bit, @RunnableB bit, @Started datetime2(3) = SYSUTCDATETIME();
        EXECUTE mqe.FindModel @ModelA, @IdA OUTPUT, @Need = 'weights';
        EXECUTE mqe.FindModel @ModelB, @IdB OUTPUT, @Need = 'weights';
        SELECT @NameA = Name, @RunnableA = IsRunnable FROM mqe.Model WHERE ModelId = @IdA;
        SELECT @NameB = Name, @RunnableB = IsRunnable FROM mqe.Model WHERE ModelId = @IdB;
        EXECUTE ops.RequireQuota 'calls', 0;
        EXECUTE ops.RequireQuota 'compute_ms', 0;
        EXECUTE mqe.EnsureSegments @IdA;
        EXECUTE mqe.EnsureSegments @IdB;

        DECLARE @ManifestA nvarchar(max) = mqe.ModelManifest(@IdA), @ManifestB nvarchar(max) = mqe.ModelManifest(@IdB);
        DECLARE @Tensors table
        (
            Position int IDENTITY(1, 1) NOT NULL PRIMARY KEY,
            Relation varchar(20) NOT NULL,
            NameA nvarchar(256) NULL,
            NameB nvarchar(256) NULL,
            DataTypeA nvarchar(16) NULL,
            DataTypeB nvarchar(16) NULL,
            ShapeA nvarchar(200) NULL,
            ShapeB nvarchar(200) NULL,
            ElementCount bigint NOT NULL,
            DifferingCount bigint NULL,
            Cosine float NULL,
            MaxAbsDifference float NULL,
            RelativeL2 float NULL
        );
        IF @Result IN ('all', 'tensors')
        BEGIN
            INSERT INTO @Tensors (Relation, NameA, NameB, DataTypeA, DataTypeB, ShapeA, ShapeB, ElementCount, DifferingCount, Cosine, MaxAbsDifference, RelativeL2)
            SELECT relation, name_a, name_b, data_type_a, data_type_b, shape_a, shape_b, element_count, differing_count, cosine, max_abs_difference, relative_l2
            FROM clr.DiffTensors(@ManifestA, @ManifestB);
        END;

        DECLARE @Components table
        (
            Kind varchar(10) NOT NULL,
            Layer int NOT NULL,
            ComponentIndex int NOT NULL,
            ReadCosine float NULL,
            WriteCosine float NULL,
            RelativeL2 float NULL,
            PRIMARY KEY (Kind, Layer, ComponentIndex)
        );
        IF @Result IN ('all', 'components') AND @RunnableA = 1 AND @RunnableB = 1
        BEGIN
            INSERT INTO @Components (Kind, Layer, ComponentIndex, ReadCosine, WriteCosine, RelativeL2)
            SELECT kind, layer, component_index, read_cosine, write_cosine, relative_l2
            FROM clr.DiffComponents(@ManifestA, @ManifestB, @Top);
            IF @@ROWCOUNT = 0
            BEGIN
                RAISERROR (N'No component differs, or the models do not have the same shapes, so that a component of one is not one of the other.', 0, 1) WITH NOWAIT;
            END;
        END;

        DECLARE @ComputeMs bigint = DATEDIFF_BIG(MILLISECOND, @Started, SYSUTCDATETIME());
        DECLARE @Details nvarchar(max) = (SELECT @NameA AS [model_a], @NameB AS [model_b] FOR JSON PATH, WITHOUT_ARRAY_WRAPPER);
        EXECUTE ops.RecordAct 'model.compare', 'model', @NameA, NULL, 'searches', 1, @ComputeMs, @Details;

        IF @Result IN ('all', 'tensors')
        BEGIN
            SELECT TOP (@Top)
                ISNULL(NameA, NameB) AS tensor_name,
                Relation AS relation,
                Cosine AS cosine,
                RelativeL2 AS relative_l2,
                MaxAbsDifference AS max_abs_difference,
                DifferingCount AS differing_count,
                ElementCount AS element_count,
                DataTypeA AS data_type_a,
                DataTypeB AS data_type_b,
                ShapeA AS shape_a,
                ShapeB AS shape_b,
                CASE WHEN NameB <> NameA THEN NameB END AS name_in_b
            FROM @Tensors
            ORDER BY
                CASE Relation WHEN 'only_in_a' THEN 0 WHEN 'only_in_b' THEN 1 WHEN 'shape' THEN 2 WHEN 'bytes' THEN 3 WHEN 'differs' THEN 4 ELSE 5 END,
                CASE WHEN Relation = 'differs' AND RelativeL2 IS NULL THEN 0 ELSE 1 END,
                RelativeL2 DESC,
                Position;
        END;

        IF @Result IN ('all', 'components')
        BEGIN
            SELECT
                d.Kind AS kind,
                d.Layer AS layer,
                d.ComponentIndex AS component_index,
                d.RelativeL2 AS relative_l2,
                d.ReadCosine AS read_cosine,
                d.WriteCosine AS write_cosine,
                a.ComponentId AS component_id_a,
                b.ComponentId AS component_id_b,
                a.TopTokens AS top_tokens_a,
                b.TopTokens AS top_tokens_b
            FROM @Components AS d
            LEFT OUTER JOIN mqe.Component AS a ON a.ModelId = @IdA AND a.Kind = d.Kind AND a.Layer = d.Layer AND a.ComponentIndex = d.ComponentIndex
            LEFT OUTER JOIN mqe.Component AS b ON b.ModelId = @IdB AND b.Kind = d.Kind AND b.Layer = d.Layer AND b.ComponentIndex = d.ComponentIndex
            ORDER BY CASE WHEN d.RelativeL2 IS NULL THEN 0 ELSE 1 END, d.RelativeL2 DESC, d.Layer, d.Kind, d.ComponentIndex;
        END;

        IF @Result IN ('all', 'skills')
        BEGIN
            SELECT TOP (@Top)
                d.Name AS domain,
                a.Kind AS kind,
                a.Layer AS layer,
                a.ComponentIndex AS component_index,
                sa.SkillLevel AS skill_level_a,
                sb.SkillLevel AS skill_level_b,
                sb.SkillLevel - sa.SkillLevel AS difference,
                CAST(CASE WHEN sa.SkillUpper < sb.SkillLower OR sb.SkillUpper < sa.SkillLower THEN 1 WHEN sa.SkillLower IS NULL OR sb.SkillLower IS NULL THEN NULL ELSE 0 END AS bit)
                    AS is_clear,
                CAST(CASE WHEN sa.ProbeSetHash = sb.ProbeSetHash THEN 1 ELSE 0 END AS bit) AS is_same_probe_set,
                a.ComponentId AS component_id_a,
                b.ComponentId AS component_id_b
            FROM mqe.SkillMeasurement AS sa
            INNER JOIN mqe.Component AS a ON a.ComponentId = sa.ComponentId
            INNER JOIN mqe.Component AS b
                ON b.ModelId = @IdB AND b.Kind = a.Kind AND ISNULL(b.Layer, -1) = ISNULL(a.Layer, -1) AND b.ComponentIndex = a.ComponentIndex
            INNER JOIN mqe.SkillMeasurement AS sb ON sb.ComponentId = b.ComponentId AND sb.DomainId = sa.DomainId
            INNER JOIN mqe.Domain AS d ON d.DomainId = sa.DomainId
            WHERE sa.ModelId = @IdA
            ORDER BY CASE a.Kind WHEN 'model' THEN 0 ELSE 1 END, ABS(sb.SkillLevel - sa.SkillLevel) DESC, d.Name, a.Layer, a.Kind, a.ComponentIndex;
        END;
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
GRANT EXECUTE ON OBJECT::mqe.DiffModels TO nina_application;
