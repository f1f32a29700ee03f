-- What a listing states: its terms, and the facts about the agent that were verified when it was published. Rows are added and never changed.
CREATE TABLE market.ListingVersion
(
    ListingId int NOT NULL,                               -- The listing.
    Version int NOT NULL,                                 -- 1, 2, ...
    TenantId int NOT NULL                                 -- The seller.
        CONSTRAINT DF_ListingVersion_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    Title nvarchar(200) NOT NULL,                         -- As in market.Listing, like the terms below.
    Description nvarchar(4000) NOT NULL,                  -- For people.
    License nvarchar(100) NOT NULL,                       -- SPDX identifier or LicenseRef-...
    MayReadWeights bit NOT NULL,                          -- 1: a buyer may peek into and export the weights.
    PriceModel varchar(10) NOT NULL,                      -- free, one_off or per_token.
    Price decimal(19, 4) NOT NULL,                        -- In Currency.
    Currency char(3) NOT NULL,                            -- ISO 4217.
    TermDays int NULL,                                    -- How long an acquisition lasts; NULL for ever.
    AgentId int NOT NULL,                                 -- The agent.
    ModelId int NOT NULL,                                 -- Its weights,
    ModelHash binary(32) NOT NULL,                        -- and their SHA-256.
    BaseModelName nvarchar(200) NOT NULL,                 -- The model whose components were chosen,
    BaseModelHash binary(32) NOT NULL,                    -- and its SHA-256.
    KeepFraction float NOT NULL,                          -- Share of the base model's neurons that was kept.
    NeuronsPerLayer int NOT NULL,                         -- The same in every layer.
    ParameterCount bigint NOT NULL,                       -- Of the agent.
    ComponentsJson nvarchar(max) NOT NULL,                -- JSON: components kept, by layer and kind.
    ComponentsHash binary(32) NOT NULL,                   -- SHA-256 over the list of the components that were kept.
    ConstitutionsJson nvarchar(max) NOT NULL,             -- JSON: the versions of safety rules that the agent is bound to, the platform's first, and their hashes.
    ConstitutionHash binary(32) NOT NULL,                 -- SHA-256 over those hashes.
    VerifiedAt datetime2(3) NOT NULL,                     -- UTC, when factory.VerifyAgent passed the agent.
    PublishedAt datetime2(3) NOT NULL                     -- UTC.
        CONSTRAINT DF_ListingVersion_PublishedAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_ListingVersion PRIMARY KEY CLUSTERED (ListingId, Version),
    CONSTRAINT FK_ListingVersion_Listing FOREIGN KEY (ListingId) REFERENCES market.Listing (ListingId)
);
