-- The complaints about listings, newest first, without who complained. For the platform's administrators. Errors: 50059.
CREATE PROCEDURE market.ReadReports
    @Listing uniqueidentifier = NULL       -- Public id; NULL for all.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE market.RequireAdministrator 'report.read';
    EXECUTE market.SelectReports @Listing;
END;
GO
GRANT EXECUTE ON OBJECT::market.ReadReports TO nina_administrator;
