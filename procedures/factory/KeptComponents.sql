-- The components of the base model that an agent keeps, as clr.DistillOpen wants them: a JSON array of arrays of neurons, one a layer, in ascending order; of a mixture
-- of experts {"experts": [...]} with those of its experts (the one that always runs stays anyway).
CREATE FUNCTION factory.KeptComponents
(
    @AgentId int
)
RETURNS nvarchar(max)
AS
BEGIN
    RETURN
    (
        SELECT CONCAT
        (
            CASE WHEN MAX(layers.ExpertsPerLayer) IS NULL THEN N'[' ELSE N'{"experts":[' END,
            STRING_AGG(CONCAT(N'[', layers.Indexes, N']'), N',') WITHIN GROUP (ORDER BY layers.Layer),
            CASE WHEN MAX(layers.ExpertsPerLayer) IS NULL THEN N']' ELSE N']}' END
        )
        FROM
        (
            SELECT
                l.Layer,
                a.ExpertsPerLayer,
                (
                    SELECT STRING_AGG(CAST(c.ComponentIndex AS nvarchar(max)), N',') WITHIN GROUP (ORDER BY c.ComponentIndex)
                    FROM factory.AgentComponent AS ac
                    INNER JOIN mqe.Component AS c ON c.ComponentId = ac.ComponentId
                    WHERE ac.AgentId = a.AgentId AND c.Layer = l.Layer AND c.Kind = CASE WHEN a.ExpertsPerLayer IS NULL THEN 'neuron' ELSE 'expert' END
                ) AS Indexes
            FROM factory.Agent AS a
            INNER JOIN mqe.Component AS l ON l.ModelId = a.BaseModelId AND l.Kind = 'layer'
            WHERE a.AgentId = @AgentId
        ) AS layers
    );
END;
