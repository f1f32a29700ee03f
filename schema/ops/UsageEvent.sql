-- A billable act. Recorded once for each key, in the transaction of the act; never changed.
CREATE TABLE ops.UsageEvent
(
    UsageEventId bigint IDENTITY(1, 1) NOT NULL,          -- Internal key.
    TenantId int NOT NULL,                                -- Who pays.
    EventKey nvarchar(200) NOT NULL,                      -- What makes recording idempotent.
    Metric varchar(30) NOT NULL,                          -- ingest_bytes, probe_tokens, searches, distillation_ms, agent_tokens, ...
    Quantity bigint NOT NULL,                             -- In units of the metric.
    ComputeMs bigint NOT NULL                             -- Milliseconds of computing that the act took; counts against the quota compute_ms.
        CONSTRAINT DF_UsageEvent_ComputeMs DEFAULT (0),
    ObjectName nvarchar(400) NULL,                        -- On what.
    PrincipalId int NULL,                                 -- Who did it.
    OccurredAt datetime2(3) NOT NULL,                     -- UTC; decides the month and the price.
    CONSTRAINT PK_UsageEvent PRIMARY KEY CLUSTERED (UsageEventId),
    CONSTRAINT UQ_UsageEvent_EventKey UNIQUE (TenantId, EventKey),
    CONSTRAINT CK_UsageEvent_Quantity CHECK (Quantity >= 0),
    CONSTRAINT CK_UsageEvent_ComputeMs CHECK (ComputeMs >= 0),
    INDEX IX_UsageEvent_OccurredAt NONCLUSTERED (TenantId, OccurredAt)
);
GO
DENY UPDATE, DELETE ON OBJECT::ops.UsageEvent TO public;
