-- Where components of the base model are in an agent's weights: JSON as clr.MakePatch wants it. Heads and layers stay where they were; a neuron or
-- expert moves up to the place of its rank among those that its layer kept, and the neurons of an expert with it. Errors: 50001, 50081.
CREATE PROCEDURE factory.PlacesOf
    @AgentId int,
    @Components nvarchar(max),             -- JSON array of {"kind", "layer", "index"} as mqe.components numbers them (kind neuron by default), or of component_ids.
    @Places nvarchar(max) OUTPUT
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Error nvarchar(2048);
    IF @Components IS NULL OR ISJSON(@Components) = 0 OR LEFT(LTRIM(@Components), 1) <> N'[' OR NOT EXISTS (SELECT 1 FROM OPENJSON(@Components))
    BEGIN
        THROW 50001, N'@Components must be a JSON array of components: [{"kind": "neuron", "layer": 3, "index": 17}, ...].', 1;
    END;

    DECLARE @Parts table (Ordinal int NOT NULL PRIMARY KEY, Kind varchar(10) NULL, Layer int NULL, ComponentIndex int NULL, Place int NULL);
    INSERT INTO @Parts (Ordinal, Kind, Layer, ComponentIndex)
    SELECT
        CAST(j.[key] AS int),
        CASE WHEN j.type = 2 THEN c.Kind ELSE ISNULL(LEFT(JSON_VALUE(j.value, '$.kind'), 10), 'neuron') END,
        CASE WHEN j.type = 2 THEN c.Layer ELSE TRY_CAST(JSON_VALUE(j.value, '$.layer') AS int) END,
        CASE WHEN j.type = 2 THEN c.ComponentIndex WHEN JSON_VALUE(j.value, '$.kind') = 'layer' THEN 0 ELSE TRY_CAST(JSON_VALUE(j.value, '$.index') AS int) END
    FROM OPENJSON(@Components) AS j
    LEFT OUTER JOIN mqe.Component AS c ON j.type = 2
        AND c.ComponentId = TRY_CAST(j.value AS int)
        AND c.ModelId = (SELECT a.BaseModelId FROM factory.Agent AS a WHERE a.AgentId = @AgentId);

    -- The neurons of a mixture layer are those of its experts, one after the other, the expert that always runs last.
    DECLARE @ExpertsPerLayer int, @ExpertCount int, @Width int;
    SELECT @ExpertsPerLayer = a.ExpertsPerLayer, @ExpertCount = m.ExpertCount, @Width = a.NeuronsPerLayer
    FROM factory.Agent AS a
    INNER JOIN mqe.Model AS m ON m.ModelId = a.BaseModelId
    WHERE a.AgentId = @AgentId;

    UPDATE p
    SET Place = CASE
        WHEN p.Kind IN ('head', 'layer') THEN p.ComponentIndex
        WHEN p.Kind = 'expert' AND p.ComponentIndex = @ExpertCount THEN @ExpertsPerLayer
        WHEN p.Kind = 'neuron' AND p.ComponentIndex >= @ExpertCount * @Width THEN p.ComponentIndex - (@ExpertCount - @ExpertsPerLayer) * @Width
        WHEN p.Kind = 'neuron' AND @ExpertsPerLayer IS NOT NULL THEN k.Place * @Width + p.ComponentIndex % @Width
        ELSE k.Place
    END
    FROM @Parts AS p
    CROSS APPLY
    (
        SELECT
            CASE WHEN p.Kind = 'neuron' AND @ExpertsPerLayer IS NOT NULL THEN 'expert' ELSE p.Kind END AS Kind,
            CASE WHEN p.Kind = 'neuron' AND @ExpertsPerLayer IS NOT NULL THEN p.ComponentIndex / @Width ELSE p.ComponentIndex END AS ComponentIndex
    ) AS w
    OUTER APPLY
    (
        SELECT CASE WHEN MAX(c.ComponentIndex) = w.ComponentIndex THEN COUNT(*) - 1 END AS Place
        FROM factory.AgentComponent AS ac
        INNER JOIN mqe.Component AS c ON c.ComponentId = ac.ComponentId
        WHERE ac.AgentId = @AgentId AND c.Kind = w.Kind AND c.Layer = p.Layer AND c.ComponentIndex <= w.ComponentIndex
    ) AS k;

    IF EXISTS (SELECT 1 FROM @Parts WHERE Place IS NULL)
    BEGIN
        SELECT TOP (1) @Error = CONCAT(N'The agent has no ', ISNULL(p.Kind, N'component'), N' ', p.Layer, N'.', p.ComponentIndex, N'. SELECT * FROM factory.agent_components lists those it keeps.')
        FROM @Parts AS p
        WHERE p.Place IS NULL
        ORDER BY p.Ordinal;
        THROW 50081, @Error, 1;
    END;

    SET @Places = (SELECT Kind AS kind, Layer AS layer, Place AS [index] FROM @Parts ORDER BY Ordinal FOR JSON PATH);
END;
