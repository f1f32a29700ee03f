-- Asked by factory.DropAgent: refuses while other tenants hold the right to run the agent; else its published listings become drafts. In the caller's transaction.
-- Errors: 50057.
CREATE PROCEDURE market.ReleaseAgent
    @AgentId int                           -- An agent of the session's tenant.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Gone table (ListingId int NOT NULL PRIMARY KEY, Title nvarchar(200) NOT NULL, PublicId uniqueidentifier NOT NULL);
    UPDATE market.Listing
    SET Status = 'draft'
    OUTPUT inserted.ListingId, inserted.Title, inserted.PublicId INTO @Gone (ListingId, Title, PublicId)
    WHERE AgentId = @AgentId AND TenantId = tenancy.CurrentTenantId() AND Status = 'published';

    DECLARE @Holders int = market.HolderCount(@AgentId);
    IF @Holders > 0
    BEGIN
        DECLARE @Error nvarchar(2048) = CONCAT(N'The agent was sold to ', @Holders, N' tenant(s) that hold it still. Unpublish its listings, and wait for the end of their terms or refund them.');
        THROW 50057, @Error, 1;
    END;

    -- Who follows the feed learns of each listing that is gone.
    DECLARE @ListingId int = (SELECT MIN(ListingId) FROM @Gone), @Title nvarchar(200), @Data nvarchar(max);
    WHILE @ListingId IS NOT NULL
    BEGIN
        SELECT @Title = Title, @Data = CONCAT(N'{"listing_id":"', LOWER(PublicId), N'"}') FROM @Gone WHERE ListingId = @ListingId;
        EXECUTE ops.PublishEvent 'listing.unpublished', @Title, @Data;
        SET @ListingId = (SELECT MIN(ListingId) FROM @Gone WHERE ListingId > @ListingId);
    END;
END;
