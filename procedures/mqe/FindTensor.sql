-- What a model's tensor is and where. Errors: 50005.
CREATE PROCEDURE mqe.FindTensor
    @ModelId int,
    @Tensor nvarchar(256),
    @DataType nvarchar(16) OUTPUT,
    @FileOrdinal int OUTPUT,
    @ByteOffset bigint OUTPUT,
    @Rows bigint OUTPUT,
    @Columns bigint OUTPUT
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    SET @DataType = NULL;
    SELECT @DataType = DataType, @FileOrdinal = FileOrdinal, @ByteOffset = ByteOffset, @Rows = TensorRows, @Columns = TensorColumns
    FROM mqe.Tensor
    WHERE ModelId = @ModelId AND Name = @Tensor;

    IF @DataType IS NULL
    BEGIN
        DECLARE @Error nvarchar(2048) = CONCAT(N'The model has no tensor named ''', @Tensor, N'''. SELECT name FROM mqe.tensors lists them.');
        THROW 50005, @Error, 1;
    END;
END;
