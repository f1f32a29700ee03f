-- Which run of which agent happened under which entitlement. What it used stands in ops.UsageEvent under the same key, and only there.
CREATE TABLE market.Run
(
    TenantId int NOT NULL                                 -- The buyer.
        CONSTRAINT DF_Run_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    UsageKey nvarchar(200) NOT NULL,                      -- Key of the usage event.
    EntitlementId int NOT NULL,                           -- The right that the run was made by.
    PrincipalId int NOT NULL                              -- Who ran it.
        CONSTRAINT DF_Run_PrincipalId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'principal_id'))),
    RunAt datetime2(3) NOT NULL                           -- UTC.
        CONSTRAINT DF_Run_RunAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_Run PRIMARY KEY CLUSTERED (TenantId, UsageKey),
    CONSTRAINT FK_Run_Entitlement FOREIGN KEY (EntitlementId) REFERENCES market.Entitlement (EntitlementId),
    INDEX IX_Run_Entitlement NONCLUSTERED (EntitlementId, PrincipalId)
);
