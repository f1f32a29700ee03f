-- A version of the rules of the platform or of a tenant. Rows are only ever added: the newest version of a scope is the one in force, and each holds the hash of
-- the one before, so that safety.VerifyChain finds a row that was edited, removed, inserted or moved. TRUNCATE is refused because other tables refer to this one.
CREATE TABLE safety.Constitution
(
    ConstitutionId int IDENTITY(1, 1) NOT NULL,           -- Internal key.
    TenantId int NULL,                                    -- Whose rules; NULL for the platform's, which every agent obeys.
    Version int NOT NULL,                                 -- 1, 2, 3, ... in its scope.
    PreviousHash binary(32) NULL,                         -- Hash of the version before; NULL for the first.
    Hash binary(32) NOT NULL,                             -- SHA-256 of safety.ConstitutionText: scope, version, previous hash, author, time and all rules.
    CreatedBy nvarchar(200) NOT NULL,                     -- Entra object id of the author, or the database user where no session was begun.
    CreatedAt datetime2(3) NOT NULL,                      -- UTC.
    CONSTRAINT PK_Constitution PRIMARY KEY CLUSTERED (ConstitutionId),
    CONSTRAINT UQ_Constitution_Version UNIQUE (TenantId, Version),
    CONSTRAINT FK_Constitution_Tenant FOREIGN KEY (TenantId) REFERENCES tenancy.Tenant (TenantId),
    CONSTRAINT CK_Constitution_Version CHECK (Version >= 1)
);
GO
DENY INSERT, UPDATE, DELETE, ALTER ON OBJECT::safety.Constitution TO public;
