-- Edges from a model to its layers, from a layer to its heads, experts and neurons, from an expert to its neurons.
CREATE VIEW mqe.[contains]
AS
SELECT
    e.$edge_id,
    e.$from_id,
    e.$to_id
FROM mqe.ContainsEdge AS e;
GO
GRANT SELECT ON OBJECT::mqe.[contains] TO nina_application;
