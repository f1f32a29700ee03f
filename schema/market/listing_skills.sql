-- One row a published listing and domain: the losses that were measured on held-out test passages, in nats/token.
CREATE VIEW market.listing_skills
AS
SELECT
    l.PublicId AS listing_id,
    s.Version AS version,
    s.Domain AS domain,
    s.IsOwnDomain AS is_own_domain,
    s.BaseLoss AS base_loss,
    s.AgentLoss AS agent_loss,
    s.RandomLoss AS random_loss,
    s.TokenCount AS token_count
FROM market.Listing AS l
INNER JOIN market.ListingSkill AS s ON s.ListingId = l.ListingId AND s.Version = l.Version
WHERE l.Status = 'published';
GO
GRANT SELECT ON OBJECT::market.listing_skills TO nina_application;
