-- The components that an agent keeps, and why each was chosen.
CREATE TABLE factory.AgentComponent
(
    AgentId int NOT NULL,                                 -- The agent.
    ComponentId int NOT NULL,                             -- A neuron or expert of the base model.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_AgentComponent_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    LayerRank int NOT NULL,                               -- 1 = the most important of its layer.
    Importance float NOT NULL,                            -- Sum over the agent's domains; of an expert the router's mean weight.
    CONSTRAINT PK_AgentComponent PRIMARY KEY CLUSTERED (AgentId, ComponentId),
    CONSTRAINT FK_AgentComponent_Agent FOREIGN KEY (AgentId) REFERENCES factory.Agent (AgentId) ON DELETE CASCADE,
    CONSTRAINT FK_AgentComponent_Component FOREIGN KEY (ComponentId) REFERENCES mqe.Component (ComponentId)
);
