-- An agent on offer. What buyers may rely on stands in market.ListingVersion: the terms and the measured facts as they were when it was published.
CREATE TABLE market.Listing
(
    ListingId int IDENTITY(1, 1) NOT NULL,                -- Internal key.
    PublicId uniqueidentifier NOT NULL                    -- The id that applications hold.
        CONSTRAINT DF_Listing_PublicId DEFAULT (NEWID()),
    TenantId int NOT NULL                                 -- The seller.
        CONSTRAINT DF_Listing_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    AuthorPrincipalId int NOT NULL,                       -- Who made the listing.
    AgentId int NOT NULL,                                 -- The agent; no foreign key, for the history of sales outlives it.
    Title nvarchar(200) NOT NULL,                         -- Unique for its seller.
    Description nvarchar(4000) NOT NULL                   -- For people.
        CONSTRAINT DF_Listing_Description DEFAULT (N''),
    License nvarchar(100) NOT NULL,                       -- SPDX identifier, or a name of that style: LicenseRef-...
    MayReadWeights bit NOT NULL                           -- 1: a buyer may peek into and export the weights; 0: only run.
        CONSTRAINT DF_Listing_MayReadWeights DEFAULT (0),
    PriceModel varchar(10) NOT NULL                       -- free; one_off: Price once; per_token: Price for 1,000 tokens that the agent makes.
        CONSTRAINT DF_Listing_PriceModel DEFAULT ('free'),
    Price decimal(19, 4) NOT NULL                         -- In Currency.
        CONSTRAINT DF_Listing_Price DEFAULT (0),
    Currency char(3) NOT NULL                             -- ISO 4217.
        CONSTRAINT DF_Listing_Currency DEFAULT ('EUR'),
    TermDays int NULL,                                    -- How long an acquisition lasts; NULL for ever.
    Status varchar(10) NOT NULL                           -- draft; published: everybody sees it; suspended: taken down by the platform.
        CONSTRAINT DF_Listing_Status DEFAULT ('draft'),
    Version int NOT NULL                                  -- The version of market.ListingVersion that is on offer; 0 before the first.
        CONSTRAINT DF_Listing_Version DEFAULT (0),
    CreatedAt datetime2(3) NOT NULL                       -- UTC.
        CONSTRAINT DF_Listing_CreatedAt DEFAULT (SYSUTCDATETIME()),
    PublishedAt datetime2(3) NULL,                        -- UTC, when it was last made public.
    SuspendedAt datetime2(3) NULL,                        -- UTC.
    SuspendedReason nvarchar(1000) NULL,                  -- Why the platform took it down.
    CONSTRAINT PK_Listing PRIMARY KEY CLUSTERED (ListingId),
    CONSTRAINT UQ_Listing_PublicId UNIQUE (PublicId),
    CONSTRAINT UQ_Listing_Title UNIQUE (TenantId, Title),
    CONSTRAINT CK_Listing_PriceModel CHECK (PriceModel IN ('free', 'one_off', 'per_token')),
    CONSTRAINT CK_Listing_Price CHECK ((PriceModel = 'free' AND Price = 0) OR (PriceModel <> 'free' AND Price > 0)),
    CONSTRAINT CK_Listing_TermDays CHECK (TermDays > 0),
    CONSTRAINT CK_Listing_Status CHECK (Status IN ('draft', 'published', 'suspended')),
    INDEX IX_Listing_Agent NONCLUSTERED (AgentId),
    INDEX IX_Listing_Status NONCLUSTERED (Status)
);
