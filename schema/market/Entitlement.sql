-- The right of a tenant to run an agent of another, with the terms that were agreed. It ends at ExpiresAt or RevokedAt, at once. The row predicates of mqe.Model
-- and factory.Agent read this table. Written only by the platform's own procedures: nobody grants himself a right.
CREATE TABLE market.Entitlement
(
    EntitlementId int IDENTITY(1, 1) NOT NULL,            -- Internal key.
    PublicId uniqueidentifier NOT NULL                    -- The id that applications hold.
        CONSTRAINT DF_Entitlement_PublicId DEFAULT (NEWID()),
    TenantId int NOT NULL                                 -- The buyer.
        CONSTRAINT DF_Entitlement_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    PrincipalId int NOT NULL,                             -- Who acquired it.
    ListingId int NOT NULL,                               -- What was acquired,
    Version int NOT NULL,                                 -- in this version;
    ListingPublicId uniqueidentifier NOT NULL,            -- its public id, for the buyer's records.
    AgentId int NOT NULL,                                 -- The agent that may be run.
    ModelId int NULL,                                     -- Its weights.
    MayReadWeights bit NOT NULL,                          -- 1: the licence allows to peek into and export the weights.
    Title nvarchar(200) NOT NULL,                         -- Title of the listing, for the buyer's records.
    PriceModel varchar(10) NOT NULL,                      -- As agreed: free, one_off or per_token.
    Price decimal(19, 4) NOT NULL,                        -- As agreed.
    Currency char(3) NOT NULL,                            -- ISO 4217.
    GrantedAt datetime2(3) NOT NULL                       -- UTC.
        CONSTRAINT DF_Entitlement_GrantedAt DEFAULT (SYSUTCDATETIME()),
    ExpiresAt datetime2(3) NULL,                          -- UTC; NULL: does not expire.
    RevokedAt datetime2(3) NULL,                          -- UTC; NULL: in force until it expires.
    RevokedReason varchar(10) NULL,                       -- expired (and acquired again), refunded, cancelled or takedown.
    RefundedAt datetime2(3) NULL,                         -- UTC, when the price was given back.
    CONSTRAINT PK_Entitlement PRIMARY KEY CLUSTERED (EntitlementId),
    CONSTRAINT UQ_Entitlement_PublicId UNIQUE (PublicId),
    CONSTRAINT FK_Entitlement_Listing FOREIGN KEY (ListingId) REFERENCES market.Listing (ListingId),
    CONSTRAINT CK_Entitlement_Revoked CHECK ((RevokedAt IS NULL AND RevokedReason IS NULL) OR (RevokedAt IS NOT NULL AND RevokedReason IN ('expired', 'refunded', 'cancelled', 'takedown'))),
    INDEX IX_Entitlement_Agent NONCLUSTERED (AgentId, TenantId),
    INDEX IX_Entitlement_Model NONCLUSTERED (ModelId, TenantId),
    INDEX IX_Entitlement_Listing NONCLUSTERED (ListingId)
);
GO
-- A tenant holds a listing once at a time.
CREATE UNIQUE NONCLUSTERED INDEX UQ_Entitlement_InForce ON market.Entitlement (TenantId, ListingId) WHERE RevokedAt IS NULL;
