-- Components as nodes, for MATCH: one row a layer, head, expert or neuron of a model whose graph was built.
CREATE VIEW mqe.component_nodes
AS
SELECT
    n.$node_id,
    n.ModelName AS model_name,
    n.ComponentId AS component_id,
    n.Kind AS kind,
    n.Layer AS layer,
    n.ComponentIndex AS component_index,
    n.Domain AS domain,
    n.SkillLevel AS skill_level
FROM mqe.ComponentNode AS n;
GO
GRANT SELECT ON OBJECT::mqe.component_nodes TO nina_application;
