-- Statistics of one tensor, or of all tensors of a model whose name is LIKE a pattern. Errors: 50002, 50003, 50005, 50020, 50021, 51xxx.
CREATE PROCEDURE mqe.TensorStatistics
    @Model nvarchar(200) = NULL,           -- Name or public id of the model; may be left out where the tenant has only one.
    @Tensor nvarchar(256) = N'%',          -- Name or LIKE pattern.
    @Bins int = 0                          -- Equal bins of a histogram from minimum to maximum, at most 4096; 0 for none.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'model.peek', 'model', @Model;

    BEGIN TRY
        DECLARE @ModelId int;
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need = 'weights';

        IF NOT EXISTS (SELECT 1 FROM mqe.Tensor WHERE ModelId = @ModelId AND Name LIKE @Tensor)
        BEGIN
            DECLARE @Error nvarchar(2048) = CONCAT(N'The model has no tensor named like ''', @Tensor, N'''.');
            THROW 50005, @Error, 1;
        END;

        IF @Bins IS NULL OR @Bins NOT BETWEEN 0 AND 4096
        BEGIN
            THROW 50002, N'@Bins must be from 0 to 4096.', 1;
        END;

        EXECUTE mqe.EnsureSegments @ModelId;

        SELECT
            t.Name AS tensor_name,
            t.DataType AS data_type,
            t.Shape AS shape,
            s.element_count,
            s.minimum,
            s.maximum,
            s.mean,
            s.standard_deviation,
            s.zero_count,
            s.nan_count,
            s.infinity_count,
            s.histogram            -- JSON: [{"lower": -1, "upper": 0, "count": 12}, ...]; the upper limit belongs to the next bin, the last one's to it.
        FROM mqe.Tensor AS t
        CROSS APPLY clr.TensorStatistics
        (
            mqe.SegmentPath(t.ModelId, t.FileOrdinal), t.DataType, t.ByteOffset, t.TensorRows * t.TensorColumns, @Bins
        ) AS s
        WHERE t.ModelId = @ModelId AND t.Name LIKE @Tensor
        ORDER BY t.TensorId;
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
GRANT EXECUTE ON OBJECT::mqe.TensorStatistics TO nina_application;
