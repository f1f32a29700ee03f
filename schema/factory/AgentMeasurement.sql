-- Losses on the held-out test passages: the base model, the agent, and as a yardstick a random choice of as many neurons.
CREATE TABLE factory.AgentMeasurement
(
    AgentId int NOT NULL,                                 -- The agent.
    DomainId int NOT NULL,                                -- Domain of the test passages.
    Variant varchar(8) NOT NULL,                          -- base, agent or random.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_AgentMeasurement_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    NatsPerToken float NOT NULL,                          -- Mean negative log-likelihood.
    TokenCount bigint NOT NULL,                           -- Tokens predicted.
    TextSetHash binary(32) NOT NULL,                      -- SHA-256 over the test passages.
    MeasuredAt datetime2(3) NOT NULL                      -- UTC.
        CONSTRAINT DF_AgentMeasurement_MeasuredAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_AgentMeasurement PRIMARY KEY CLUSTERED (AgentId, DomainId, Variant),
    CONSTRAINT FK_AgentMeasurement_Agent FOREIGN KEY (AgentId) REFERENCES factory.Agent (AgentId) ON DELETE CASCADE,
    CONSTRAINT FK_AgentMeasurement_Domain FOREIGN KEY (DomainId) REFERENCES mqe.Domain (DomainId),
    CONSTRAINT CK_AgentMeasurement_Variant CHECK (Variant IN ('base', 'agent', 'random'))
);
