-- What a rule stopped. The text itself is not kept, only its SHA-256, so that a repeated attempt can be recognised.
CREATE TABLE safety.BlockedAttempt
(
    BlockedAttemptId bigint IDENTITY(1, 1) NOT NULL,      -- Internal key.
    TenantId int NOT NULL,                                -- The tenant that ran the agent.
    PrincipalId int NULL,                                 -- Who ran it.
    AgentId int NULL,                                     -- The agent; NULL for an exported one.
    AgentName nvarchar(200) NOT NULL,                     -- Its name at that time.
    RuleId int NULL,                                      -- The rule, where this tenant may see it; NULL for one of an exported agent.
    RuleName nvarchar(100) NOT NULL,                      -- Its name.
    RuleScope varchar(8) NOT NULL,                        -- platform or tenant.
    RuleVersion int NOT NULL,                             -- Version of the constitution that it is of.
    Kind varchar(20) NOT NULL,                            -- Kind of the rule.
    Stage varchar(6) NOT NULL,                            -- prompt, output or tool: what was stopped.
    TextHash binary(32) NOT NULL,                         -- SHA-256 of the text, as UTF-16.
    OccurredAt datetime2(3) NOT NULL                      -- UTC.
        CONSTRAINT DF_BlockedAttempt_OccurredAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_BlockedAttempt PRIMARY KEY CLUSTERED (BlockedAttemptId),
    CONSTRAINT FK_BlockedAttempt_Rule FOREIGN KEY (RuleId) REFERENCES safety.[Rule] (RuleId),
    CONSTRAINT CK_BlockedAttempt_Stage CHECK (Stage IN ('prompt', 'output', 'tool')),
    INDEX IX_BlockedAttempt_Tenant NONCLUSTERED (TenantId, OccurredAt)
);
GO
DENY INSERT, UPDATE, DELETE, ALTER ON OBJECT::safety.BlockedAttempt TO public;
