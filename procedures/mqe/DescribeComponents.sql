-- Lists the components of a model and computes, from the weights alone, what each writes: its write vector and its top tokens. Where vectors are longer than a VECTOR
-- column they are laid out at full length too. Does nothing but say so for a model whose architecture NinaDB only stores. Runs in the caller's transaction.
CREATE PROCEDURE mqe.DescribeComponents
    @ModelId int,
    @Granularity varchar(10) OUTPUT        -- neuron, expert, head or layer; NULL: by the model's size, and then says which.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Name nvarchar(200), @Architecture nvarchar(128), @IsRunnable bit, @Count int;
    SELECT @Name = Name, @Architecture = Architecture, @IsRunnable = IsRunnable FROM mqe.Model WHERE ModelId = @ModelId;
    IF @IsRunnable = 0
    BEGIN
        RAISERROR (N'Components need a known architecture; %s (%s) is stored as tensors only.', 0, 1, @Name, @Architecture) WITH NOWAIT;
        RETURN 0;
    END;

    DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId), @Folder nvarchar(4000), @Deleted bit;
    IF @Granularity IS NULL
    BEGIN
        SET @Granularity = clr.DefaultGranularity(@Manifest);
    END;

    RAISERROR (N'Describing the components of %s, the finest being each %s.', 0, 1, @Name, @Granularity) WITH NOWAIT;
    EXECUTE mqe.DropReadOnlyVectorIndexes;
    BEGIN TRY
        DECLARE @Described table
        (
            Kind varchar(10) NOT NULL,
            Layer int NULL,
            ComponentIndex int NOT NULL,
            WriteVector nvarchar(max) NULL,
            TopTokens nvarchar(max) NULL
        );

        SET @Folder = clr.LayOutVectors(@Manifest, @Granularity);
        INSERT INTO @Described (Kind, Layer, ComponentIndex, WriteVector, TopTokens)
        SELECT kind, layer, component_index, write_vector, top_tokens
        FROM clr.Components(@Manifest, @Granularity, clr.VectorFile(@Folder));
        SET @Count = @@ROWCOUNT;

        IF @Folder IS NOT NULL
        BEGIN
            DECLARE @Path nvarchar(4000) = clr.VectorFile(@Folder);
            EXECUTE mqe.StoreVectorSegment @ModelId = @ModelId, @Kind = 'write', @Path = @Path;
            SET @Deleted = clr.DeleteWorkFolder(@Folder);
            SET @Folder = NULL;
        END;
    END TRY
    BEGIN CATCH
        IF @Folder IS NOT NULL
        BEGIN
            SET @Deleted = clr.DeleteWorkFolder(@Folder);
        END;

        THROW;
    END CATCH;

    INSERT INTO mqe.Component (ModelId, Kind, Layer, ComponentIndex, TopTokens)
    SELECT @ModelId, Kind, Layer, ComponentIndex, TopTokens
    FROM @Described
    ORDER BY CASE Kind WHEN 'model' THEN 0 WHEN 'layer' THEN 1 WHEN 'head' THEN 2 WHEN 'expert' THEN 3 ELSE 4 END, Layer, ComponentIndex;

    DECLARE @ModelComponentId int = (SELECT ComponentId FROM mqe.Component WHERE ModelId = @ModelId AND Kind = 'model');
    UPDATE mqe.Component SET ParentComponentId = @ModelComponentId WHERE ModelId = @ModelId AND Kind = 'layer';

    UPDATE c
    SET ParentComponentId = p.ComponentId
    FROM mqe.Component AS c
    INNER JOIN mqe.Component AS p ON p.ModelId = c.ModelId AND p.Kind = 'layer' AND p.Layer = c.Layer AND p.ComponentIndex = 0
    WHERE c.ModelId = @ModelId AND c.Kind IN ('neuron', 'head', 'expert');

    INSERT INTO mqe.ComponentVector (ComponentId, ModelId, WriteVector)
    SELECT c.ComponentId, @ModelId, CAST(d.WriteVector AS vector(768))
    FROM @Described AS d
    INNER JOIN mqe.Component AS c
        ON c.ModelId = @ModelId
        AND c.Kind = d.Kind
        AND c.Layer = d.Layer
        AND c.ComponentIndex = d.ComponentIndex
    WHERE d.WriteVector IS NOT NULL;
    RAISERROR (N'Described %d components of %s.', 0, 1, @Count, @Name) WITH NOWAIT;
END;
