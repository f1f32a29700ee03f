-- Ends a takedown: the listing is a draft of its seller again, who may publish it. For the platform's administrators. Errors: 50001, 50050, 50052, 50059.
CREATE PROCEDURE market.Reinstate
    @Listing uniqueidentifier              -- Public id.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Name nvarchar(400) = CAST(@Listing AS nvarchar(36));
    EXECUTE market.RequireAdministrator 'listing.reinstate', @Name;

    IF @Listing IS NULL
    BEGIN
        THROW 50001, N'@Listing is required.', 1;
    END;

    EXECUTE market.StoreSuspension @Listing, NULL, 0;
END;
GO
GRANT EXECUTE ON OBJECT::market.Reinstate TO nina_administrator;
