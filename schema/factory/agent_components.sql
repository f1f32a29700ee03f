-- One row a component that an agent keeps.
CREATE VIEW factory.agent_components
AS
SELECT
    a.Name AS agent_name,
    ac.ComponentId AS component_id,
    c.Kind AS kind,
    c.Layer AS layer,
    c.ComponentIndex AS component_index,
    ac.LayerRank AS layer_rank,
    ac.Importance AS importance,
    c.TopTokens AS top_tokens,
    a.PublicId AS agent_id
FROM factory.AgentComponent AS ac
INNER JOIN factory.Agent AS a ON a.AgentId = ac.AgentId
INNER JOIN mqe.Component AS c ON c.ComponentId = ac.ComponentId;
GO
GRANT SELECT ON OBJECT::factory.agent_components TO nina_application;
