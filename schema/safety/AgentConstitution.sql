-- The versions that were in force when an agent was assembled: it obeys them for good, beside those in force when it runs.
CREATE TABLE safety.AgentConstitution
(
    AgentId int NOT NULL,                                 -- The agent.
    ConstitutionId int NOT NULL,                          -- A version: the platform's, and its tenant's where there was one.
    TenantId int NOT NULL,                                -- Owner of the agent.
    Hash binary(32) NOT NULL,                             -- The version's hash at that time: a witness against a rewritten chain.
    CONSTRAINT PK_AgentConstitution PRIMARY KEY CLUSTERED (AgentId, ConstitutionId),
    CONSTRAINT FK_AgentConstitution_Agent FOREIGN KEY (AgentId) REFERENCES factory.Agent (AgentId) ON DELETE CASCADE,
    CONSTRAINT FK_AgentConstitution_Constitution FOREIGN KEY (ConstitutionId) REFERENCES safety.Constitution (ConstitutionId)
);
GO
DENY INSERT, UPDATE, DELETE, ALTER ON OBJECT::safety.AgentConstitution TO public;
