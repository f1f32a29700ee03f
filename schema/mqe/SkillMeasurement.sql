-- How well a component's activity tells a domain's texts from the others, with the evidence for the figure.
CREATE TABLE mqe.SkillMeasurement
(
    ComponentId int NOT NULL,                             -- What was measured.
    DomainId int NOT NULL,                                -- In which domain.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_SkillMeasurement_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    ModelId int NOT NULL,                                 -- The component's model.
    SkillLevel float NOT NULL,                            -- AUROC in [0, 1]; exp(-NLL) for a model.
    SkillLower float NULL,                                -- 95 % interval (Hanley-McNeil).
    SkillUpper float NULL,                                -- 95 % interval (Hanley-McNeil).
    Importance float NULL,                                -- Mean over the domain's tokens of |activation| * norm of the write direction.
    FiringRate float NULL,                                -- Share of the domain's tokens on which it is active.
    MeanActivation float NULL,                            -- Mean activation with its sign over the domain's tokens; of an expert, its mean gate weight.
    TopContexts nvarchar(max) NULL,                       -- JSON: the probe snippets that excite it most.
    Method varchar(40) NOT NULL,                          -- auroc-text-mean, auroc-text-mean-sample, or exp-negative-log-likelihood.
    TextCount int NOT NULL,                               -- Texts of the domain that were run.
    OtherTextCount int NOT NULL,                          -- Texts of the other domains.
    TokenCount bigint NOT NULL,                           -- Tokens of the domain that were run.
    ProbeSetHash binary(32) NOT NULL,                     -- SHA-256 over the texts.
    ModelHash binary(32) NOT NULL,                        -- mqe.Model.ContentHash when it was measured.
    MeasuredAt datetime2(3) NOT NULL                      -- UTC.
        CONSTRAINT DF_SkillMeasurement_MeasuredAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_SkillMeasurement PRIMARY KEY CLUSTERED (ComponentId, DomainId),
    CONSTRAINT FK_SkillMeasurement_Component FOREIGN KEY (ComponentId) REFERENCES mqe.Component (ComponentId) ON DELETE CASCADE,
    CONSTRAINT FK_SkillMeasurement_Domain FOREIGN KEY (DomainId) REFERENCES mqe.Domain (DomainId),
    CONSTRAINT CK_SkillMeasurement_SkillLevel CHECK (SkillLevel BETWEEN 0 AND 1),
    INDEX IX_SkillMeasurement_Domain NONCLUSTERED (DomainId, SkillLevel DESC),
    INDEX IX_SkillMeasurement_Model NONCLUSTERED (ModelId, DomainId)
);
