-- A complaint about a listing, for the platform's administrators; one a person and listing.
CREATE TABLE market.Report
(
    ReportId int IDENTITY(1, 1) NOT NULL,                 -- Internal key.
    ListingId int NOT NULL,                               -- What is complained about.
    TenantId int NOT NULL                                 -- The tenant that the person acted for.
        CONSTRAINT DF_Report_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    PrincipalId int NOT NULL                              -- Who complains.
        CONSTRAINT DF_Report_PrincipalId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'principal_id'))),
    Kind varchar(12) NOT NULL,                            -- illegal, unsafe, misleading, copyright or other.
    Text nvarchar(2000) NOT NULL,                         -- In the person's words.
    CreatedAt datetime2(3) NOT NULL                       -- UTC.
        CONSTRAINT DF_Report_CreatedAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_Report PRIMARY KEY CLUSTERED (ReportId),
    CONSTRAINT UQ_Report_Principal UNIQUE (ListingId, TenantId, PrincipalId),
    CONSTRAINT FK_Report_Listing FOREIGN KEY (ListingId) REFERENCES market.Listing (ListingId),
    CONSTRAINT CK_Report_Kind CHECK (Kind IN ('illegal', 'unsafe', 'misleading', 'copyright', 'other'))
);
