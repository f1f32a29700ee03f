-- The platform itself; see nina_platform.
CREATE USER nina_service WITHOUT LOGIN;
GO
GRANT CONNECT TO nina_service;
GO
ALTER ROLE nina_platform ADD MEMBER nina_service;
