-- Named sets of limits. The plan called default holds for every tenant and resource that has no row in ops.QuotaPolicy. Belongs to the platform.
CREATE TABLE ops.QuotaPlan
(
    TenantId int NOT NULL                                 -- 0: the platform's own.
        CONSTRAINT DF_QuotaPlan_TenantId DEFAULT (0),
    PlanName varchar(30) NOT NULL,                        -- default, or any other.
    Resource varchar(30) NOT NULL,                        -- storage_bytes, models, agents, compute_ms (a month) or calls (a minute).
    LimitValue bigint NULL,                               -- Most that may be used; NULL: unlimited.
    CONSTRAINT PK_QuotaPlan PRIMARY KEY CLUSTERED (PlanName, Resource),
    CONSTRAINT CK_QuotaPlan_TenantId CHECK (TenantId = 0),
    CONSTRAINT CK_QuotaPlan_Resource CHECK (Resource IN ('storage_bytes', 'models', 'agents', 'compute_ms', 'calls')),
    CONSTRAINT CK_QuotaPlan_LimitValue CHECK (LimitValue >= 0)
);
