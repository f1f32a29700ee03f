-- Books what the tokens of a month cost that were made under entitlements with a price for tokens. May be run any number of times, during the month and after it: books the
-- difference between what is owed and what is booked. In a session for its tenant, else, by the platform's administrators, for all. Result: a row a currency with the number
-- of charges and their sum. Errors: 50001, 50020, 50021, 50059.
CREATE PROCEDURE market.PostUsage
    @Month date                            -- Any day of the month.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @TenantId int = tenancy.CurrentTenantId();
    IF @TenantId IS NULL
    BEGIN
        EXECUTE market.RequireAdministrator 'usage.post';
    END
    ELSE
    BEGIN
        EXECUTE tenancy.RequireRole 'owner', 'usage.post', 'usage';
    END;

    IF @Month IS NULL
    BEGIN
        THROW 50001, N'@Month is required.', 1;
    END;

    EXECUTE market.StoreUsage @Month;
END;
GO
GRANT EXECUTE ON OBJECT::market.PostUsage TO nina_application;
GO
GRANT EXECUTE ON OBJECT::market.PostUsage TO nina_administrator;
