-- Every tenant's stream of events as a feed finds it: first and last sequence that there is, and how far the feed came. The feed is known as a consumer from here on, so that
-- purging waits for it. Errors: 50001.
CREATE PROCEDURE ops.FeedStreams
    @Consumer nvarchar(100),               -- Name of the feed.
    @TenantId int = NULL                   -- One tenant only.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @Consumer IS NULL OR LTRIM(@Consumer) = N''
    BEGIN
        THROW 50001, N'@Consumer is required.', 1;
    END;

    -- TenantId 0: a consumer that reads all tenants.
    INSERT INTO ops.Consumer (TenantId, Name)
    SELECT 0, @Consumer
    WHERE NOT EXISTS (SELECT 1 FROM ops.Consumer WITH (UPDLOCK, HOLDLOCK) WHERE TenantId = 0 AND Name = @Consumer);

    SELECT
        t.TenantId AS tenant_id,
        t.PublicId AS tenant_public_id,
        t.Name AS name,
        COALESCE(h.LastSequence, 0) AS head_sequence,
        COALESCE(h.PurgedSequence, 0) AS purged_sequence,
        COALESCE(c.Sequence, 0) AS acknowledged_sequence
    FROM tenancy.Tenant AS t
    LEFT OUTER JOIN ops.OutboxHead AS h ON h.TenantId = t.TenantId
    LEFT OUTER JOIN ops.ConsumerCheckpoint AS c ON c.TenantId = t.TenantId AND c.IsFeed = 1 AND c.Consumer = @Consumer
    WHERE @TenantId IS NULL OR t.TenantId = @TenantId
    ORDER BY t.TenantId;
END;
GO
GRANT EXECUTE ON OBJECT::ops.FeedStreams TO nina_feed;
