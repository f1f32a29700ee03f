-- The newest version of each scope, kept apart so that removing the last versions of a chain is noticed.
CREATE TABLE safety.ConstitutionHead
(
    ScopeKey int NOT NULL,                                -- TenantId, or 0 for the platform.
    TenantId int NULL,                                    -- As in safety.Constitution.
    Version int NOT NULL,                                 -- Its newest version.
    Hash binary(32) NOT NULL,                             -- The hash of that version.
    CONSTRAINT PK_ConstitutionHead PRIMARY KEY CLUSTERED (ScopeKey),
    CONSTRAINT CK_ConstitutionHead_ScopeKey CHECK (ScopeKey = ISNULL(TenantId, 0))
);
GO
DENY INSERT, UPDATE, DELETE, ALTER ON OBJECT::safety.ConstitutionHead TO public;
