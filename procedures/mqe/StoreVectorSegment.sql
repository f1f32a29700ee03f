-- Takes the file of vectors out of a work folder into the database, in place of one that is there. Runs in the caller's transaction, and as its owner: the dynamic
-- SQL needs rights that no application has.
CREATE PROCEDURE mqe.StoreVectorSegment
    @ModelId int,
    @Kind varchar(7),                      -- write or meaning.
    @Path nvarchar(4000)                   -- The file.
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DELETE FROM mqe.VectorSegment WHERE ModelId = @ModelId AND Kind = @Kind;

    -- OPENROWSET takes its path as a literal only. (QUOTENAME would give NULL beyond 128 characters.)
    DECLARE @Statement nvarchar(max) = N'
        INSERT INTO mqe.VectorSegment (ModelId, Kind, ByteLength, Sha256, Content)
        SELECT @ModelId, @Kind, 0, 0x00, b.BulkColumn
        FROM OPENROWSET(BULK N''' + REPLACE(@Path, N'''', N'''''') + N''', SINGLE_BLOB) AS b;';
    EXECUTE sys.sp_executesql @Statement, N'@ModelId int, @Kind varchar(7)', @ModelId, @Kind;

    UPDATE mqe.VectorSegment
    SET ByteLength = DATALENGTH(Content), Sha256 = HASHBYTES('SHA2_256', Content)
    WHERE ModelId = @ModelId AND Kind = @Kind;
END;
