-- The first line of the procedures that are for the platform's administrators: throws 50059 for everybody else, after recording the attempt.
CREATE PROCEDURE market.RequireAdministrator
    @Action varchar(60),                   -- What was attempted: listing.suspend, ...
    @ObjectName nvarchar(400) = NULL       -- On which listing or sale.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF ISNULL(IS_ROLEMEMBER(N'nina_administrator'), 0) = 0 AND ISNULL(IS_ROLEMEMBER(N'nina_platform'), 0) = 0
    BEGIN
        IF @@TRANCOUNT > 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        EXECUTE ops.RecordAudit @Action, 'listing', @ObjectName, 'denied';
        THROW 50059, N'Only the platform''s administrators may do this: members of the database role nina_administrator.', 1;
    END;
END;
