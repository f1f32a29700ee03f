-- The application on the machine that owns the database: what nina runs as while it begins its session.
CREATE USER nina_local WITHOUT LOGIN;
GO
GRANT CONNECT TO nina_local;
GO
ALTER ROLE nina_application ADD MEMBER nina_local;
