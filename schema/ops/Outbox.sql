-- Domain events as CloudEvents 1.0, written in the transaction of what happened. Per tenant in the order of commits, without gaps.
CREATE TABLE ops.Outbox
(
    TenantId int NOT NULL,                                -- Whose event.
    Sequence bigint NOT NULL,                             -- 1, 2, 3, ... for each tenant.
    EventId uniqueidentifier NOT NULL,                    -- CloudEvents id: consumers drop what they have seen.
    Type varchar(100) NOT NULL,                           -- model.ingested, agent.verified, usage.recorded, ...
    Subject nvarchar(400) NOT NULL,                       -- Name of the object.
    OccurredAt datetime2(3) NOT NULL,                     -- UTC.
    Event nvarchar(max) NOT NULL,                         -- The whole CloudEvent as JSON.
    CONSTRAINT PK_Outbox PRIMARY KEY CLUSTERED (TenantId, Sequence)
);
