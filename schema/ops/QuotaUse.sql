-- What a tenant uses of a resource now. One row a resource, so that an ingestion, which holds its row until it commits, delays no search of its tenant.
CREATE TABLE ops.QuotaUse
(
    TenantId int NOT NULL,                                -- The tenant.
    Resource varchar(30) NOT NULL,                        -- storage_bytes, models, agents, compute_ms or calls.
    PeriodStart datetime2(0) NOT NULL,                    -- UTC. Start of the month (compute_ms) or minute (calls) that Used counts; 2000-01-01 for what lasts.
    Used bigint NOT NULL,                                 -- In use, or used up in the period.
    CONSTRAINT PK_QuotaUse PRIMARY KEY CLUSTERED (TenantId, Resource),
    CONSTRAINT FK_QuotaUse_Tenant FOREIGN KEY (TenantId) REFERENCES tenancy.Tenant (TenantId),
    CONSTRAINT CK_QuotaUse_Resource CHECK (Resource IN ('storage_bytes', 'models', 'agents', 'compute_ms', 'calls')),
    CONSTRAINT CK_QuotaUse_Used CHECK (Used >= 0)
);
