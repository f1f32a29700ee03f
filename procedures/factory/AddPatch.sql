-- Makes a patch of an agent from what its caller asks for, and stores it, applied. The inner half of factory.PatchAgent; runs in the caller's transaction, begun by it.
-- Errors: 50001, 50015, 50030, 50079, 50081, 51xxx.
CREATE PROCEDURE factory.AddPatch
    @AgentId int,
    @Patch nvarchar(200),                  -- Name of the new patch.
    @Kind varchar(8),                      -- scale, zero, set, promote or adapter.
    @Components nvarchar(max),
    @Factor float,
    @Direction nvarchar(max),
    @Token nvarchar(400),
    @Strength float,
    @AdapterPath nvarchar(4000),
    @ByteLength bigint OUTPUT              -- Of the delta file.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @ModelId int = (SELECT ModelId FROM factory.Agent WHERE AgentId = @AgentId);
    DECLARE @Error nvarchar(2048);
    IF EXISTS (SELECT 1 FROM factory.Patch WHERE AgentId = @AgentId AND Name = @Patch)
    BEGIN
        SET @Error = CONCAT(N'The agent has a patch named ''', @Patch, N'''. Leave out @Kind to apply it again; @Action = ''drop'' removes it for good.');
        THROW 50079, @Error, 1;
    END;

    DECLARE @Places nvarchar(max), @Folder nvarchar(4000), @Path nvarchar(4000), @EditCount int, @ParameterCount bigint, @FileOrdinal int, @Deleted bit;
    IF @Kind <> 'adapter'
    BEGIN
        EXECUTE factory.PlacesOf @AgentId, @Components, @Places OUTPUT;
    END;

    -- FOR JSON leaves out what is NULL.
    DECLARE @Specification nvarchar(max) =
    (
        SELECT
            @Kind AS kind,
            CASE WHEN @Kind = 'scale' THEN @Factor END AS factor,
            JSON_QUERY(CASE WHEN @Kind = 'set' THEN @Direction END) AS direction,
            CASE WHEN @Kind = 'promote' THEN @Token END AS token,
            CASE WHEN @Kind = 'promote' THEN @Strength END AS strength,
            CASE WHEN @Kind = 'adapter' THEN @AdapterPath END AS path,
            JSON_QUERY(CASE WHEN @Kind = 'adapter' THEN factory.KeptComponents(@AgentId) END) AS kept,
            JSON_QUERY(@Places) AS components
        FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
    );

    BEGIN TRY
        SELECT @Folder = folder, @Path = path, @ByteLength = byte_length, @ParameterCount = parameter_count, @EditCount = edit_count
        FROM clr.MakePatch(mqe.ModelManifest(@ModelId), @Specification);

        EXECUTE factory.StorePatch @ModelId = @ModelId, @Path = @Path, @ByteLength = @ByteLength, @FileOrdinal = @FileOrdinal OUTPUT;

        INSERT INTO factory.Patch (AgentId, ModelId, FileOrdinal, Name, Kind, Specification, EditCount, ParameterCount, ByteLength, Sha256)
        SELECT
            @AgentId,
            @ModelId,
            @FileOrdinal,
            @Patch,
            @Kind,
            CASE
                WHEN @Kind = 'adapter' THEN JSON_MODIFY(@Specification, '$.kept', NULL)
                ELSE JSON_MODIFY(@Specification, '$.components', JSON_QUERY(@Components))
            END,
            @EditCount,
            @ParameterCount,
            f.ByteLength,
            f.Sha256
        FROM mqe.ModelFile AS f
        WHERE f.ModelId = @ModelId AND f.Ordinal = @FileOrdinal;

        SET @Deleted = clr.DeleteWorkFolder(@Folder);
    END TRY
    BEGIN CATCH
        IF @Folder IS NOT NULL
        BEGIN
            SET @Deleted = clr.DeleteWorkFolder(@Folder);
        END;

        THROW;
    END CATCH;
END;
