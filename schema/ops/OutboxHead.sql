-- The ends of each tenant's outbox. The lock on a row makes the order of sequences the order of commits.
CREATE TABLE ops.OutboxHead
(
    TenantId int NOT NULL,                                -- The tenant.
    LastSequence bigint NOT NULL,                         -- Of the last event that was published.
    PurgedSequence bigint NOT NULL                        -- Of the last event that ops.PurgeOutbox removed.
        CONSTRAINT DF_OutboxHead_PurgedSequence DEFAULT (0),
    CONSTRAINT PK_OutboxHead PRIMARY KEY CLUSTERED (TenantId),
    CONSTRAINT CK_OutboxHead_PurgedSequence CHECK (PurgedSequence <= LastSequence)
);
