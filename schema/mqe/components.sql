-- One row a component.
CREATE VIEW mqe.components
AS
SELECT
    m.Name AS model_name,
    c.ComponentId AS component_id,
    c.Kind AS kind,
    c.Layer AS layer,
    c.ComponentIndex AS component_index,
    c.ParentComponentId AS parent_component_id,
    c.TopTokens AS top_tokens,
    m.PublicId AS model_id
FROM mqe.Component AS c
INNER JOIN mqe.Model AS m ON m.ModelId = c.ModelId;
GO
GRANT SELECT ON OBJECT::mqe.components TO nina_application;
