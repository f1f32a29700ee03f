-- How far the tensors of one model are from those of another: of the same name, or one against one. Tensors are compared as numbers, whatever their data types.
-- Result: a row a pair; what only one model has, or has in another shape, has a status and no figures. Errors: 50003, 50005, 50020, 50021, 50028, 51xxx.
CREATE PROCEDURE mqe.CompareTensors
    @ModelA nvarchar(200),                 -- Name or public id of a model.
    @ModelB nvarchar(200),                 -- Name or public id of another, or the same.
    @Tensor nvarchar(256) = N'%',          -- Name or LIKE pattern of tensors of the first.
    @TensorB nvarchar(256) = NULL          -- Name of the second model's tensor; NULL for the same name.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'model.peek', 'model', @ModelA;

    BEGIN TRY
        DECLARE @A int, @B int, @Error nvarchar(2048);
        EXECUTE mqe.FindModel @ModelA, @A OUTPUT, @Need = 'weights';
        EXECUTE mqe.FindModel @ModelB, @B OUTPUT, @Need = 'weights';

        DECLARE @Pairs table (NameA nvarchar(256) NULL, TensorIdA bigint NULL, NameB nvarchar(256) NULL, TensorIdB bigint NULL);
        INSERT INTO @Pairs (NameA, TensorIdA, NameB, TensorIdB)
        SELECT a.Name, a.TensorId, b.Name, b.TensorId
        FROM (SELECT TensorId, Name FROM mqe.Tensor WHERE ModelId = @A AND Name LIKE @Tensor) AS a
        FULL OUTER JOIN
        (
            SELECT TensorId, Name
            FROM mqe.Tensor
            WHERE ModelId = @B AND ((@TensorB IS NULL AND Name LIKE @Tensor) OR Name = @TensorB)
        ) AS b ON b.Name = a.Name OR @TensorB IS NOT NULL;
        IF NOT EXISTS (SELECT 1 FROM @Pairs WHERE TensorIdA IS NOT NULL) OR (@TensorB IS NOT NULL AND NOT EXISTS (SELECT 1 FROM @Pairs WHERE TensorIdB IS NOT NULL))
        BEGIN
            SET @Error = CONCAT(N'There is no tensor named like ''', @Tensor, N''' to compare', N' with ''' + @TensorB + N'''', N'.');
            THROW 50005, @Error, 1;
        END;

        EXECUTE mqe.EnsureSegments @A;
        EXECUTE mqe.EnsureSegments @B;

        SELECT
            p.NameA AS tensor_a,
            p.NameB AS tensor_b,
            CASE
                WHEN b.TensorId IS NULL THEN 'only in a'
                WHEN a.TensorId IS NULL THEN 'only in b'
                WHEN a.TensorRows * a.TensorColumns <> b.TensorRows * b.TensorColumns THEN 'other shape'
                WHEN c.differing_count = 0 THEN 'equal'
                ELSE 'different'
            END AS status,
            a.DataType AS data_type_a,
            b.DataType AS data_type_b,
            a.Shape AS shape_a,
            b.Shape AS shape_b,
            c.element_count,
            c.differing_count,
            c.cosine,
            c.max_abs_difference,
            c.max_abs_index,
            c.relative_l2,
            c.nonfinite_count
        FROM @Pairs AS p
        LEFT OUTER JOIN mqe.Tensor AS a ON a.TensorId = p.TensorIdA
        LEFT OUTER JOIN mqe.Tensor AS b ON b.TensorId = p.TensorIdB
        OUTER APPLY
        (
            SELECT t.element_count, t.differing_count, t.cosine, t.max_abs_difference, t.max_abs_index, t.relative_l2, t.nonfinite_count
            FROM clr.CompareTensors
            (
                mqe.SegmentPath(@A, a.FileOrdinal), a.DataType, a.ByteOffset, mqe.SegmentPath(@B, b.FileOrdinal), b.DataType, b.ByteOffset, a.TensorRows * a.TensorColumns
            ) AS t
            WHERE a.TensorRows * a.TensorColumns = b.TensorRows * b.TensorColumns
        ) AS c
        ORDER BY COALESCE(a.TensorId, b.TensorId);
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
GRANT EXECUTE ON OBJECT::mqe.CompareTensors TO nina_application;
