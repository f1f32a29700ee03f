-- A small model in the making: chosen components of a base model that keep its domains.
CREATE TABLE factory.Agent
(
    AgentId int IDENTITY(1, 1) NOT NULL,                  -- Internal key.
    PublicId uniqueidentifier NOT NULL                    -- The id that applications hold.
        CONSTRAINT DF_Agent_PublicId DEFAULT (NEWID()),
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_Agent_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    OwnerPrincipalId int NOT NULL                         -- Who made it; a private agent is seen by this principal and the tenant's owners only.
        CONSTRAINT DF_Agent_OwnerPrincipalId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'principal_id'))),
    Visibility varchar(8) NOT NULL                        -- private, tenant or public: who sees and runs it. Set by factory.ShareAgent.
        CONSTRAINT DF_Agent_Visibility DEFAULT ('tenant'),
    Name nvarchar(200) NOT NULL,                          -- Unique for its owner.
    BaseModelId int NOT NULL,                             -- The model whose components were chosen.
    ModelId int NULL,                                     -- The distilled weights, as a model; NULL until distilled.
    KeepFraction float NOT NULL,                          -- Share of the FFN neurons, or experts, of each layer that is kept.
    NeuronsPerLayer int NOT NULL,                         -- K, the same in every layer so that any runtime loads the result; of a mixture the neurons of an expert.
    ExpertsPerLayer int NULL,                             -- Of a mixture of experts: those that each layer keeps, beside the one that always runs.
    Status varchar(12) NOT NULL                           -- assembled, distilled, verified or rejected.
        CONSTRAINT DF_Agent_Status DEFAULT ('assembled'),
    MaxLossIncrease float NOT NULL                        -- Nats/token that a domain may lose before verification rejects the agent.
        CONSTRAINT DF_Agent_MaxLossIncrease DEFAULT (0.5),
    CreatedAt datetime2(3) NOT NULL                       -- UTC.
        CONSTRAINT DF_Agent_CreatedAt DEFAULT (SYSUTCDATETIME()),
    DistilledAt datetime2(3) NULL,                        -- UTC.
    VerifiedAt datetime2(3) NULL,                         -- UTC.
    CONSTRAINT PK_Agent PRIMARY KEY CLUSTERED (AgentId),
    CONSTRAINT UQ_Agent_PublicId UNIQUE (PublicId),
    CONSTRAINT UQ_Agent_Name UNIQUE (TenantId, Name),
    CONSTRAINT FK_Agent_BaseModel FOREIGN KEY (BaseModelId) REFERENCES mqe.Model (ModelId),
    CONSTRAINT FK_Agent_Model FOREIGN KEY (ModelId) REFERENCES mqe.Model (ModelId),
    CONSTRAINT CK_Agent_Visibility CHECK (Visibility IN ('private', 'tenant', 'public')),
    CONSTRAINT CK_Agent_KeepFraction CHECK (KeepFraction > 0 AND KeepFraction <= 1),
    CONSTRAINT CK_Agent_Status CHECK (Status IN ('assembled', 'distilled', 'verified', 'rejected'))
);
