-- Gives the buyer his money back: reverses the entries of an acquisition in the ledger and ends the entitlement. By the seller, or by the platform's administrators for
-- any sale. Charges for tokens that were used stay. Errors: 50001, 50020, 50021, 50058.
CREATE PROCEDURE market.Refund
    @Sale uniqueidentifier,                -- sale_id of market.my_sales.
    @Reason nvarchar(1000) = NULL          -- For the audit trail.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Name nvarchar(400) = CAST(@Sale AS nvarchar(36));
    DECLARE @IsAdministrator bit = CASE WHEN tenancy.CurrentTenantId() IS NULL AND IS_ROLEMEMBER(N'nina_administrator') = 1 THEN 1 ELSE 0 END;
    IF @IsAdministrator = 0
    BEGIN
        EXECUTE tenancy.RequireRole 'editor', 'sale.refund', 'sale', @Name;
    END;

    IF @Sale IS NULL
    BEGIN
        THROW 50001, N'@Sale is required.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        -- A session refunds what its tenant sold; the row policy shows a tenant its own entries only.
        DECLARE @Error nvarchar(2048);
        IF @IsAdministrator = 0
            AND NOT EXISTS (SELECT 1 FROM market.SaleEntry WHERE SalePublicId = @Sale AND Account = 'seller' AND TenantId = tenancy.CurrentTenantId())
        BEGIN
            SET @Error = CONCAT(N'There is no sale ''', @Sale, N''' that can be refunded. market.my_sales lists yours.');
            THROW 50058, @Error, 1;
        END;

        EXECUTE market.StoreRefund @Sale;
        DECLARE @Details nvarchar(max) = (SELECT LOWER(@Sale) AS sale_id, @Reason AS reason FOR JSON PATH, WITHOUT_ARRAY_WRAPPER);
        IF @IsAdministrator = 1
        BEGIN
            EXECUTE ops.RecordAudit 'sale.refund', 'sale', @Name, 'success', @Details;
        END
        ELSE
        BEGIN
            EXECUTE ops.RecordAct 'sale.refund', 'sale', @Name, @Details = @Details;
        END;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::market.Refund TO nina_application;
GO
GRANT EXECUTE ON OBJECT::market.Refund TO nina_administrator;
