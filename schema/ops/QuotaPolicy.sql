-- What a tenant may use of a resource.
CREATE TABLE ops.QuotaPolicy
(
    TenantId int NOT NULL,                                -- The tenant.
    Resource varchar(30) NOT NULL,                        -- storage_bytes, models, agents, compute_ms (a month) or calls (a minute).
    LimitValue bigint NULL,                               -- Most that may be used; NULL: unlimited.
    PlanName varchar(30) NULL,                            -- The plan that the limit was copied from; NULL: agreed with this tenant.
    SetAt datetime2(3) NOT NULL                           -- UTC.
        CONSTRAINT DF_QuotaPolicy_SetAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_QuotaPolicy PRIMARY KEY CLUSTERED (TenantId, Resource),
    CONSTRAINT FK_QuotaPolicy_Tenant FOREIGN KEY (TenantId) REFERENCES tenancy.Tenant (TenantId),
    CONSTRAINT CK_QuotaPolicy_Resource CHECK (Resource IN ('storage_bytes', 'models', 'agents', 'compute_ms', 'calls')),
    CONSTRAINT CK_QuotaPolicy_LimitValue CHECK (LimitValue >= 0)
);
