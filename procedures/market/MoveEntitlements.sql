-- Points the entitlements in force of an agent to the weights that its listing states now. Inner procedure.
CREATE PROCEDURE market.MoveEntitlements
    @ListingId int
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    UPDATE e
    SET ModelId = v.ModelId
    FROM market.Entitlement AS e
    INNER JOIN market.Listing AS l ON l.ListingId = e.ListingId
    INNER JOIN market.ListingVersion AS v ON v.ListingId = l.ListingId AND v.Version = l.Version
    WHERE l.ListingId = @ListingId AND e.AgentId = v.AgentId AND e.RevokedAt IS NULL AND (e.ModelId IS NULL OR e.ModelId <> v.ModelId);
END;
