-- What a principal is to a tenant.
CREATE TABLE tenancy.Membership
(
    TenantId int NOT NULL,                                -- The tenant.
    PrincipalId int NOT NULL,                             -- The member.
    Role varchar(8) NOT NULL,                             -- owner > editor > operator > viewer; auditor reads audit and usage beside what a viewer reads.
    DisplayName nvarchar(200) NULL,                       -- What this tenant calls the member; NULL: as the principal is called. Another tenant's name for somebody is its own affair.
    GrantedBy int NULL,                                   -- The principal that gave the role; NULL for the platform.
    GrantedAt datetime2(3) NOT NULL                       -- UTC.
        CONSTRAINT DF_Membership_GrantedAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_Membership PRIMARY KEY CLUSTERED (TenantId, PrincipalId),
    CONSTRAINT FK_Membership_Tenant FOREIGN KEY (TenantId) REFERENCES tenancy.Tenant (TenantId),
    CONSTRAINT FK_Membership_Principal FOREIGN KEY (PrincipalId) REFERENCES tenancy.Principal (PrincipalId),
    CONSTRAINT CK_Membership_Role CHECK (Role IN ('owner', 'editor', 'operator', 'viewer', 'auditor')),
    INDEX IX_Membership_Principal NONCLUSTERED (PrincipalId)
);
