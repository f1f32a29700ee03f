-- A component as a node of the graph that mqe.BuildGraph makes, with what it knows best when the graph was built.
CREATE TABLE mqe.ComponentNode
(
    ComponentId int NOT NULL,                             -- The component.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_ComponentNode_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    ModelId int NOT NULL,                                 -- Its model.
    ModelName nvarchar(200) NOT NULL,                     -- As in mqe.Model: a view that MATCH is to look through reads one table.
    Kind varchar(10) NOT NULL,                            -- neuron, head, expert or layer.
    Layer int NOT NULL,                                   -- 0-based.
    ComponentIndex int NOT NULL,                          -- 0-based within its layer and kind.
    Domain nvarchar(100) NULL,                            -- What it knows best; NULL where skills were not measured.
    SkillLevel float NULL,                                -- How well.
    CONSTRAINT PK_ComponentNode PRIMARY KEY CLUSTERED (ComponentId),
    CONSTRAINT FK_ComponentNode_Component FOREIGN KEY (ComponentId) REFERENCES mqe.Component (ComponentId) ON DELETE CASCADE,
    CONSTRAINT CK_ComponentNode_Kind CHECK (Kind IN ('neuron', 'head', 'expert', 'layer')),
    INDEX IX_ComponentNode_Model NONCLUSTERED (ModelId, Kind, Layer, ComponentIndex)
) AS NODE;
