-- The measured skills that a version of a listing states: losses on held-out test passages, by domain. Rows are added and never changed.
CREATE TABLE market.ListingSkill
(
    ListingId int NOT NULL,                               -- The listing,
    Version int NOT NULL,                                 -- in this version.
    Domain nvarchar(100) NOT NULL,                        -- Name of the domain.
    TenantId int NOT NULL                                 -- The seller.
        CONSTRAINT DF_ListingSkill_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    IsOwnDomain bit NOT NULL,                             -- 1: the agent was made for this domain.
    BaseLoss float NOT NULL,                              -- Of the base model, nats/token.
    AgentLoss float NOT NULL,                             -- Of the agent, nats/token.
    RandomLoss float NULL,                                -- Of a random choice of as many neurons; NULL where it was not measured.
    TokenCount bigint NOT NULL,                           -- Tokens predicted.
    CONSTRAINT PK_ListingSkill PRIMARY KEY CLUSTERED (ListingId, Version, Domain),
    CONSTRAINT FK_ListingSkill_Version FOREIGN KEY (ListingId, Version) REFERENCES market.ListingVersion (ListingId, Version),
    INDEX IX_ListingSkill_Domain NONCLUSTERED (Domain, IsOwnDomain)
);
