-- Agents that tenants offer to each other: listings, acquisitions with entitlements, reviews, and the ledger of sales.
CREATE SCHEMA market AUTHORIZATION dbo;
