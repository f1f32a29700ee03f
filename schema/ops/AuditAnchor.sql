-- Ends of audit chains as ops.AnchorAudit found them: what a chain that was cut off, or written anew, no longer fits. The foreign key also keeps
-- TRUNCATE TABLE away from ops.AuditEvent. Keep copies of these rows outside the database.
CREATE TABLE ops.AuditAnchor
(
    TenantId int NOT NULL,                                -- Whose chain; 0 for the one outside every tenant.
    Sequence bigint NOT NULL,                             -- Its last event at the time.
    Hash binary(32) NOT NULL,                             -- That event's hash.
    AnchoredAt datetime2(3) NOT NULL                      -- UTC.
        CONSTRAINT DF_AuditAnchor_AnchoredAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_AuditAnchor PRIMARY KEY CLUSTERED (TenantId, Sequence),
    CONSTRAINT FK_AuditAnchor_AuditEvent FOREIGN KEY (TenantId, Sequence) REFERENCES ops.AuditEvent (TenantId, Sequence)
);
GO
DENY UPDATE, DELETE ON OBJECT::ops.AuditAnchor TO public;
