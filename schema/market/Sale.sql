-- One row an acquisition, a refund, or a charge for tokens; its money stands in market.SaleEntry. Append-only.
CREATE TABLE market.Sale
(
    SaleId bigint IDENTITY(1, 1) NOT NULL,                -- Internal key.
    PublicId uniqueidentifier NOT NULL                    -- The id that applications hold.
        CONSTRAINT DF_Sale_PublicId DEFAULT (NEWID()),
    TenantId int NOT NULL                                 -- The buyer.
        CONSTRAINT DF_Sale_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    EntitlementId int NOT NULL,                           -- What was bought.
    Kind varchar(11) NOT NULL,                            -- acquisition, refund or usage.
    IdempotencyKey nvarchar(200) NOT NULL,                -- A second act of the same kind with the same key does nothing.
    Amount decimal(19, 4) NOT NULL,                       -- What the buyer pays; negative for a refund.
    FeeRate decimal(9, 6) NOT NULL,                       -- The platform's share.
    Fee decimal(19, 4) NOT NULL,                          -- The platform's part of Amount.
    Currency char(3) NOT NULL,                            -- ISO 4217.
    UsageMonth date NULL,                                 -- First day of the month that a usage charge is for.
    RefundOf bigint NULL,                                 -- The acquisition that a refund reverses.
    CreatedAt datetime2(3) NOT NULL                       -- UTC.
        CONSTRAINT DF_Sale_CreatedAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_Sale PRIMARY KEY CLUSTERED (SaleId),
    CONSTRAINT UQ_Sale_PublicId UNIQUE (PublicId),
    CONSTRAINT UQ_Sale_Key UNIQUE (TenantId, Kind, IdempotencyKey),
    CONSTRAINT FK_Sale_Entitlement FOREIGN KEY (EntitlementId) REFERENCES market.Entitlement (EntitlementId),
    CONSTRAINT FK_Sale_RefundOf FOREIGN KEY (RefundOf) REFERENCES market.Sale (SaleId),
    CONSTRAINT CK_Sale_Kind CHECK
    (
        (Kind = 'acquisition' AND Amount >= 0 AND RefundOf IS NULL AND UsageMonth IS NULL)
        OR (Kind = 'refund' AND Amount <= 0 AND RefundOf IS NOT NULL AND UsageMonth IS NULL)
        OR (Kind = 'usage' AND RefundOf IS NULL AND UsageMonth IS NOT NULL)
    ),
    INDEX IX_Sale_Entitlement NONCLUSTERED (EntitlementId),
    INDEX IX_Sale_CreatedAt NONCLUSTERED (CreatedAt)
);
GO
-- An acquisition is refunded once.
CREATE UNIQUE NONCLUSTERED INDEX UQ_Sale_RefundOf ON market.Sale (RefundOf) WHERE RefundOf IS NOT NULL;
GO
-- Corrections are new rows. The row policy refuses changes to everybody, the platform's own procedures included; this refuses them again.
DENY UPDATE, DELETE ON OBJECT::market.Sale TO public;
