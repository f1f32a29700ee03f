-- Stores a delta file as a file of an agent's weights. Runs in the caller's transaction, and as its owner: the dynamic SQL needs rights that no application has.
-- Errors: 50015, 50030.
CREATE PROCEDURE factory.StorePatch
    @ModelId int,
    @Path nvarchar(4000),                  -- The file, in a work folder of the CLR assembly.
    @ByteLength bigint,                    -- As it was written.
    @FileOrdinal int OUTPUT
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    EXECUTE ops.RequireQuota 'storage_bytes', @ByteLength;
    SET @FileOrdinal = (SELECT MAX(Ordinal) + 1 FROM mqe.ModelFile WHERE ModelId = @ModelId);

    -- OPENROWSET takes its path as a literal only.
    DECLARE @Statement nvarchar(max) = N'
        INSERT INTO mqe.ModelFile (ModelId, Ordinal, Name, Kind, ByteLength, Sha256, Content)
        SELECT @ModelId, @FileOrdinal, CONCAT(N''patch-'', @FileOrdinal, N''.safetensors''), ''patch'', 0, 0x00, b.BulkColumn
        FROM OPENROWSET(BULK N''' + REPLACE(@Path, N'''', N'''''') + N''', SINGLE_BLOB) AS b;';
    EXECUTE sys.sp_executesql @Statement, N'@ModelId int, @FileOrdinal int', @ModelId, @FileOrdinal;

    UPDATE mqe.ModelFile
    SET ByteLength = DATALENGTH(Content), Sha256 = HASHBYTES('SHA2_256', Content)
    WHERE ModelId = @ModelId AND Ordinal = @FileOrdinal;

    IF NOT EXISTS (SELECT 1 FROM mqe.ModelFile WHERE ModelId = @ModelId AND Ordinal = @FileOrdinal AND ByteLength = @ByteLength)
    BEGIN
        DECLARE @Changed nvarchar(2048) = CONCAT(N'The file ''', @Path, N''' changed while it was stored: ', @ByteLength, N' bytes were announced.');
        THROW 50015, @Changed, 1;
    END;
END;
