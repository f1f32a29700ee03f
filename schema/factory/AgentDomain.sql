-- The domains that an agent is made for.
CREATE TABLE factory.AgentDomain
(
    AgentId int NOT NULL,                                 -- The agent.
    DomainId int NOT NULL,                                -- A domain that it must keep.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_AgentDomain_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    CONSTRAINT PK_AgentDomain PRIMARY KEY CLUSTERED (AgentId, DomainId),
    CONSTRAINT FK_AgentDomain_Agent FOREIGN KEY (AgentId) REFERENCES factory.Agent (AgentId) ON DELETE CASCADE,
    CONSTRAINT FK_AgentDomain_Domain FOREIGN KEY (DomainId) REFERENCES mqe.Domain (DomainId)
);
