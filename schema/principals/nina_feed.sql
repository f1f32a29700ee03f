-- Reads across tenants, for replication to outside stores.
CREATE ROLE nina_feed AUTHORIZATION dbo;
