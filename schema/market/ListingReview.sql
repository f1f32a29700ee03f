-- What a person who acquired and ran an agent thinks of it; one a person and listing.
CREATE TABLE market.ListingReview
(
    ReviewId int IDENTITY(1, 1) NOT NULL,                 -- Internal key.
    ListingId int NOT NULL,                               -- What is rated.
    TenantId int NOT NULL                                 -- The tenant that the person acted for.
        CONSTRAINT DF_ListingReview_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    PrincipalId int NOT NULL                              -- Who rates.
        CONSTRAINT DF_ListingReview_PrincipalId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'principal_id'))),
    Version int NOT NULL,                                 -- The version of the listing that was on offer.
    Stars tinyint NOT NULL,                               -- 1 to 5.
    Text nvarchar(2000) NOT NULL                          -- May be empty.
        CONSTRAINT DF_ListingReview_Text DEFAULT (N''),
    CreatedAt datetime2(3) NOT NULL                       -- UTC.
        CONSTRAINT DF_ListingReview_CreatedAt DEFAULT (SYSUTCDATETIME()),
    UpdatedAt datetime2(3) NULL,                          -- UTC, when it was last changed.
    CONSTRAINT PK_ListingReview PRIMARY KEY CLUSTERED (ReviewId),
    CONSTRAINT UQ_ListingReview_Principal UNIQUE (ListingId, PrincipalId),
    CONSTRAINT FK_ListingReview_Listing FOREIGN KEY (ListingId) REFERENCES market.Listing (ListingId),
    CONSTRAINT CK_ListingReview_Stars CHECK (Stars BETWEEN 1 AND 5)
);
