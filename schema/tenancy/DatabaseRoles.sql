-- A trusted application: runs the public procedures and reads the public views for the person that tenancy.BeginSession names; nothing else.
CREATE ROLE nina_application AUTHORIZATION dbo;
GO
-- Operates the database (tenants, quotas, rules of the platform, verification) and sees no tenant's rows.
CREATE ROLE nina_administrator AUTHORIZATION dbo;
GO
-- Reads and writes across tenants. Nobody logs in with it: procedures that have checked their caller reach it WITH EXECUTE AS 'nina_service'.
CREATE ROLE nina_platform AUTHORIZATION dbo;
GO
-- Reads across tenants, for replication to outside stores.
CREATE ROLE nina_feed AUTHORIZATION dbo;
GO
-- The platform itself; see nina_platform.
CREATE USER nina_service WITHOUT LOGIN;
GO
-- The application on the machine that owns the database: what nina runs as while it begins its session.
CREATE USER nina_local WITHOUT LOGIN;
GO
-- What nina feed runs as.
CREATE USER nina_feed_reader WITHOUT LOGIN;
GO
GRANT CONNECT TO nina_service;
GO
GRANT CONNECT TO nina_local;
GO
GRANT CONNECT TO nina_feed_reader;
GO
ALTER ROLE nina_platform ADD MEMBER nina_service;
GO
ALTER ROLE nina_application ADD MEMBER nina_local;
GO
ALTER ROLE nina_feed ADD MEMBER nina_feed_reader;
