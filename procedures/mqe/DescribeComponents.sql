-- Lists the components of a model and computes, from the weights alone, what each writes: its write vector and its top tokens.
-- Does nothing but say so for a model whose architecture NinaDB only stores. Runs in the caller's transaction.
CREATE PROCEDURE mqe.DescribeComponents
    @ModelId int,
    @Granularity varchar(10)
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Name nvarchar(200), @Architecture nvarchar(128), @IsRunnable bit;
    SELECT @Name = Name, @Architecture = Architecture, @IsRunnable = IsRunnable FROM mqe.Model WHERE ModelId = @ModelId;
    IF @IsRunnable = 0
    BEGIN
        RAISERROR (N'Components need a known architecture; %s (%s) is stored as tensors only.', 0, 1, @Name, @Architecture) WITH NOWAIT;
        RETURN 0;
    END;

    RAISERROR (N'Describing the components of %s.', 0, 1, @Name) WITH NOWAIT;
    EXECUTE mqe.DropReadOnlyVectorIndexes;

    DECLARE @Described table
    (
        Kind varchar(10) NOT NULL,
        Layer int NULL,
        ComponentIndex int NOT NULL,
        WriteVector nvarchar(max) NULL,
        TopTokens nvarchar(max) NULL
    );

    INSERT INTO @Described (Kind, Layer, ComponentIndex, WriteVector, TopTokens)
    SELECT kind, layer, component_index, write_vector, top_tokens
    FROM clr.Components(mqe.ModelManifest(@ModelId), @Granularity);

    INSERT INTO mqe.Component (ModelId, Kind, Layer, ComponentIndex, TopTokens)
    SELECT @ModelId, Kind, Layer, ComponentIndex, TopTokens
    FROM @Described
    ORDER BY CASE Kind WHEN 'model' THEN 0 WHEN 'layer' THEN 1 WHEN 'head' THEN 2 ELSE 3 END, Layer, ComponentIndex;

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
END;
