-- The end of each tenant's audit chain. Its lock makes the order of the chain the order of commits.
CREATE TABLE ops.AuditHead
(
    TenantId int NOT NULL,                                -- The tenant; 0 for acts outside every tenant.
    LastSequence bigint NOT NULL,                         -- Sequence of the last event.
    LastHash binary(32) NOT NULL,                         -- Its hash.
    CONSTRAINT PK_AuditHead PRIMARY KEY CLUSTERED (TenantId)
);
