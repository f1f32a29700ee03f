-- Proves that the ledger says what happened: for a month and each currency, the entries of the buyers against what the entitlements were granted and refunded for, and
-- against what the usage events of entitled runs cost; and that every sale sums to zero. drift is 0 when market.PostUsage was run after the last run. In a session about
-- what its tenant bought, else, for the platform's administrators, about everything. Errors: 50001, 50020, 50021, 50059.
CREATE PROCEDURE market.ReconcileSales
    @Month date                            -- Any day of the month.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @TenantId int = tenancy.CurrentTenantId();
    IF @TenantId IS NULL
    BEGIN
        EXECUTE market.RequireAdministrator 'sales.reconcile';
    END
    ELSE
    BEGIN
        EXECUTE tenancy.RequireRole 'auditor', 'sales.reconcile', 'sale';
    END;

    IF @Month IS NULL
    BEGIN
        THROW 50001, N'@Month is required.', 1;
    END;

    EXECUTE market.CompareSales @Month;
END;
GO
GRANT EXECUTE ON OBJECT::market.ReconcileSales TO nina_application;
GO
GRANT EXECUTE ON OBJECT::market.ReconcileSales TO nina_administrator;
