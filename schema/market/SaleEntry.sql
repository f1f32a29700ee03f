-- The ledger, double entry: a sale debits the buyer and credits the seller and the platform, so that its entries sum to zero. Append-only.
CREATE TABLE market.SaleEntry
(
    SaleId bigint NOT NULL,                               -- The sale.
    Account varchar(8) NOT NULL,                          -- buyer, seller or platform.
    TenantId int NOT NULL                                 -- Whose account; the platform's part of a sale is shown to its seller.
        CONSTRAINT DF_SaleEntry_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    SalePublicId uniqueidentifier NOT NULL,               -- Of the sale, whose row only the buyer sees.
    ListingId int NOT NULL,                               -- What was sold.
    Kind varchar(11) NOT NULL,                            -- As the sale's: acquisition, refund or usage.
    Amount decimal(19, 4) NOT NULL,                       -- Above zero: received; below: paid.
    Currency char(3) NOT NULL,                            -- ISO 4217.
    CreatedAt datetime2(3) NOT NULL,                      -- UTC, as the sale's.
    CONSTRAINT PK_SaleEntry PRIMARY KEY CLUSTERED (SaleId, Account),
    CONSTRAINT FK_SaleEntry_Sale FOREIGN KEY (SaleId) REFERENCES market.Sale (SaleId),
    CONSTRAINT FK_SaleEntry_Listing FOREIGN KEY (ListingId) REFERENCES market.Listing (ListingId),
    CONSTRAINT CK_SaleEntry_Account CHECK (Account IN ('buyer', 'seller', 'platform')),
    INDEX IX_SaleEntry_Tenant NONCLUSTERED (TenantId, CreatedAt),
    INDEX IX_SaleEntry_Sale NONCLUSTERED (SalePublicId)
);
GO
-- Corrections are new rows; see market.Sale.
DENY UPDATE, DELETE ON OBJECT::market.SaleEntry TO public;
