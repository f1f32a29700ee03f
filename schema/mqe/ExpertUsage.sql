-- How often, and how strongly, the router of a mixture sends a domain's tokens to an expert. Filled by mqe.MeasureSkills.
CREATE TABLE mqe.ExpertUsage
(
    ModelId int NOT NULL,                                 -- The model.
    Layer int NOT NULL,                                   -- 0-based.
    Expert int NOT NULL,                                  -- 0-based; the shared expert, which always runs, comes last.
    DomainId int NOT NULL,                                -- In which domain.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_ExpertUsage_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    IsShared bit NOT NULL,                                -- 1: the expert that always runs; the router does not choose it.
    TokenCount bigint NOT NULL,                           -- Tokens of the domain that were run.
    UsageShare float NOT NULL,                            -- Share of them that were sent to the expert.
    MeanGateWeight float NOT NULL,                        -- Mean of the router's weight over those; 0 where none were.
    RoutingSkill float NULL,                              -- AUROC over texts of usage share x gate weight; NULL where it never varies.
    RoutingLower float NULL,                              -- 95 % interval (Hanley-McNeil).
    RoutingUpper float NULL,                              -- 95 % interval (Hanley-McNeil).
    MeasuredAt datetime2(3) NOT NULL                      -- UTC, the same for all rows of a measurement.
        CONSTRAINT DF_ExpertUsage_MeasuredAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_ExpertUsage PRIMARY KEY CLUSTERED (ModelId, Layer, Expert, DomainId),
    CONSTRAINT FK_ExpertUsage_Model FOREIGN KEY (ModelId) REFERENCES mqe.Model (ModelId) ON DELETE CASCADE,
    CONSTRAINT FK_ExpertUsage_Domain FOREIGN KEY (DomainId) REFERENCES mqe.Domain (DomainId),
    CONSTRAINT CK_ExpertUsage_UsageShare CHECK (UsageShare BETWEEN 0 AND 1),
    INDEX IX_ExpertUsage_Domain NONCLUSTERED (DomainId, ModelId)
);
