-- Asked by factory.DropAgent: refuses while other tenants hold the right to run the agent; else its published listings become drafts. In the caller's transaction.
-- Errors: 50057.
CREATE PROCEDURE market.ReleaseAgent
    @AgentId int                           -- An agent of the session's tenant.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Title nvarchar(200);
    UPDATE market.Listing
    SET Status = CASE WHEN Status = 'published' THEN 'draft' ELSE Status END
    WHERE AgentId = @AgentId AND TenantId = tenancy.CurrentTenantId();

    DECLARE @Holders int = market.HolderCount(@AgentId);
    IF @Holders > 0
    BEGIN
        DECLARE @Error nvarchar(2048) = CONCAT(N'The agent was sold to ', @Holders, N' tenant(s) that hold it still. Unpublish its listings, and wait for the end of their terms or refund them.');
        THROW 50057, @Error, 1;
    END;

    -- Who follows the feed learns of each listing that is gone.
    DECLARE @ListingId int = 0, @Data nvarchar(max);
    WHILE @ListingId IS NOT NULL
    BEGIN
        SET @ListingId = (SELECT MIN(ListingId) FROM market.Listing WHERE AgentId = @AgentId AND TenantId = tenancy.CurrentTenantId() AND Version > 0 AND ListingId > @ListingId);
        IF @ListingId IS NOT NULL
        BEGIN
            SELECT @Title = Title, @Data = CONCAT(N'{"listingId":"', PublicId, N'"}') FROM market.Listing WHERE ListingId = @ListingId;
            EXECUTE ops.PublishEvent 'listing.unpublished', @Title, @Data;
        END;
    END;
END;
