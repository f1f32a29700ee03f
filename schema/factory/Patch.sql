-- A reversible change of an agent's weights: a small delta over files that stay as they are. The delta itself is a file of the weights' model (mqe.ModelFile, kind patch
-- while it is applied, spare while it is not), so that it is stored, hashed, mapped and charged for as they are.
CREATE TABLE factory.Patch
(
    PatchId int IDENTITY(1, 1) NOT NULL,                  -- Internal key.
    PublicId uniqueidentifier NOT NULL                    -- The id that applications hold.
        CONSTRAINT DF_Patch_PublicId DEFAULT (NEWID()),
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_Patch_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    AgentId int NOT NULL,                                 -- The agent that it changes.
    ModelId int NOT NULL,                                 -- The weights that it was made for; other weights have patches of their own.
    FileOrdinal int NOT NULL,                             -- mqe.ModelFile.Ordinal of the delta. Patches are applied in this order.
    Name nvarchar(200) NOT NULL,                          -- Unique for the agent.
    Kind varchar(8) NOT NULL,                             -- scale, zero, set, promote or adapter.
    IsApplied bit NOT NULL                                -- 1: the agent runs with it.
        CONSTRAINT DF_Patch_IsApplied DEFAULT (1),
    Specification nvarchar(max) NOT NULL,                 -- JSON: what was asked for; components as the base model numbers them.
    EditCount int NOT NULL,                               -- Weights that it changes.
    ParameterCount bigint NOT NULL,                       -- Numbers that it stores.
    ByteLength bigint NOT NULL,                           -- Length of the delta file.
    Sha256 binary(32) NOT NULL,                           -- SHA-256 of the delta file.
    CreatedAt datetime2(3) NOT NULL                       -- UTC.
        CONSTRAINT DF_Patch_CreatedAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_Patch PRIMARY KEY CLUSTERED (PatchId),
    CONSTRAINT UQ_Patch_PublicId UNIQUE (PublicId),
    CONSTRAINT UQ_Patch_Name UNIQUE (AgentId, Name),
    CONSTRAINT UQ_Patch_File UNIQUE (ModelId, FileOrdinal),
    CONSTRAINT FK_Patch_Agent FOREIGN KEY (AgentId) REFERENCES factory.Agent (AgentId) ON DELETE CASCADE,
    CONSTRAINT FK_Patch_Model FOREIGN KEY (ModelId) REFERENCES mqe.Model (ModelId) ON DELETE CASCADE,
    CONSTRAINT CK_Patch_Kind CHECK (Kind IN ('scale', 'zero', 'set', 'promote', 'adapter'))
);
