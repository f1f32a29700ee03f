-- How far a consumer has taken a tenant's events.
CREATE TABLE ops.ConsumerCheckpoint
(
    TenantId int NOT NULL,                                -- Whose events.
    IsFeed bit NOT NULL,                                  -- 1: the consumer reads all tenants, so that it shares no checkpoint with a tenant's consumer of the same name.
    Consumer nvarchar(100) NOT NULL,                      -- Name of the consumer.
    Sequence bigint NOT NULL,                             -- Of the last event that it acknowledged.
    AcknowledgedAt datetime2(3) NOT NULL                  -- UTC.
        CONSTRAINT DF_ConsumerCheckpoint_AcknowledgedAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_ConsumerCheckpoint PRIMARY KEY CLUSTERED (TenantId, IsFeed, Consumer)
);
