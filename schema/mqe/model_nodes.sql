-- Models as nodes, for MATCH: one row a model whose graph was built.
CREATE VIEW mqe.model_nodes
AS
SELECT
    n.$node_id,
    n.Name AS model_name,
    n.Architecture AS architecture,
    n.BuiltAt AS built_at,
    n.PublicId AS model_id
FROM mqe.ModelNode AS n;
GO
GRANT SELECT ON OBJECT::mqe.model_nodes TO nina_application;
