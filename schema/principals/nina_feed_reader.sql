-- What nina feed runs as.
CREATE USER nina_feed_reader WITHOUT LOGIN;
GO
GRANT CONNECT TO nina_feed_reader;
GO
ALTER ROLE nina_feed ADD MEMBER nina_feed_reader;
