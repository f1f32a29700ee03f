-- The neurons of the base model that an agent keeps: a JSON array of arrays, one a layer, in ascending order.
CREATE FUNCTION factory.KeptNeurons
(
    @AgentId int
)
RETURNS nvarchar(max)
AS
BEGIN
    RETURN
    (
        SELECT CONCAT(N'[', STRING_AGG(layers.Neurons, N',') WITHIN GROUP (ORDER BY layers.Layer), N']')
        FROM
        (
            SELECT c.Layer, CONCAT(N'[', STRING_AGG(CAST(c.ComponentIndex AS nvarchar(max)), N',') WITHIN GROUP (ORDER BY c.ComponentIndex), N']') AS Neurons
            FROM factory.AgentComponent AS ac
            INNER JOIN mqe.Component AS c ON c.ComponentId = ac.ComponentId
            WHERE ac.AgentId = @AgentId AND c.Kind = 'neuron'
            GROUP BY c.Layer
        ) AS layers
    );
END;
