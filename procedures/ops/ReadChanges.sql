-- The next events that a consumer has not acknowledged, in order for each tenant; the same again until ops.AcknowledgeChanges was called. A session reads its own
-- tenant's events, a member of nina_feed those of all tenants. Result: a row an event; none when there is nothing new. Errors: 50001, 50002, 50020, 50035.
CREATE PROCEDURE ops.ReadChanges
    @Consumer nvarchar(100),               -- Name of the consumer; known from its first call on.
    @Max int = 1000,                       -- Events at most.
    @FeedTenantId int = NULL               -- For a feed: one tenant's events only.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @Consumer IS NULL OR LTRIM(@Consumer) = N''
    BEGIN
        THROW 50001, N'@Consumer is required.', 1;
    END;

    IF @Max IS NULL OR @Max NOT BETWEEN 1 AND 100000
    BEGIN
        THROW 50002, N'@Max must be from 1 to 100000.', 1;
    END;

    DECLARE @TenantId int = tenancy.CurrentTenantId(), @IsFeed bit = 0;
    IF @TenantId IS NULL
    BEGIN
        IF ISNULL(IS_ROLEMEMBER(N'nina_feed'), 0) = 0
        BEGIN
            THROW 50020, N'No session was begun on this connection, or it has ended. The application calls tenancy.BeginSession first.', 1;
        END;

        SELECT @TenantId = 0, @IsFeed = 1;
    END;

    IF NOT EXISTS (SELECT 1 FROM ops.Consumer WHERE TenantId = @TenantId AND Name = @Consumer)
    BEGIN
        INSERT INTO ops.Consumer (TenantId, Name)
        SELECT @TenantId, @Consumer
        WHERE NOT EXISTS (SELECT 1 FROM ops.Consumer WITH (UPDLOCK, HOLDLOCK) WHERE TenantId = @TenantId AND Name = @Consumer);
    END;

    -- Tenants with something new, and where to go on. Every tenant gets the same share, so that a busy one does not keep the others waiting.
    DECLARE @Position table (TenantId int NOT NULL PRIMARY KEY, Sequence bigint NOT NULL, PurgedSequence bigint NOT NULL);
    INSERT INTO @Position (TenantId, Sequence, PurgedSequence)
    SELECT h.TenantId, COALESCE(c.Sequence, 0), h.PurgedSequence
    FROM ops.OutboxHead AS h
    LEFT OUTER JOIN ops.ConsumerCheckpoint AS c ON c.TenantId = h.TenantId AND c.IsFeed = @IsFeed AND c.Consumer = @Consumer
    WHERE ((@IsFeed = 1 AND (@FeedTenantId IS NULL OR h.TenantId = @FeedTenantId)) OR h.TenantId = @TenantId) AND h.LastSequence > COALESCE(c.Sequence, 0);

    DECLARE @Tenants int = (SELECT COUNT(*) FROM @Position);
    IF EXISTS (SELECT 1 FROM @Position WHERE Sequence < PurgedSequence)
    BEGIN
        DECLARE @Error nvarchar(2048) =
        (
            SELECT TOP (1) CONCAT
            (
                N'Events ', p.Sequence + 1, N' to ', p.PurgedSequence, N' of tenant ', p.TenantId, N' were purged before the consumer ''', @Consumer,
                N''' read them. Take a new snapshot, then go on with ops.AcknowledgeChanges @Sequence = ', p.PurgedSequence, N'.'
            )
            FROM @Position AS p
            WHERE p.Sequence < p.PurgedSequence
            ORDER BY p.TenantId
        );
        THROW 50035, @Error, 1;
    END;

    -- What a consumer has seen must not vanish in a power cut with a commit that did not wait for the disk.
    IF @Tenants > 0
    BEGIN
        EXECUTE sys.sp_flush_log;
    END;

    DECLARE @Share int = CASE WHEN @Tenants <= 1 THEN @Max WHEN @Tenants >= @Max THEN 1 ELSE @Max / @Tenants END;
    SELECT TOP (@Max)
        e.TenantId AS tenant_id,
        e.Sequence AS sequence,
        e.EventId AS event_id,
        e.Type AS type,
        e.Subject AS subject,
        e.OccurredAt AS occurred_at,
        e.Event AS event
    FROM @Position AS p
    CROSS APPLY
    (
        SELECT TOP (@Share) o.TenantId, o.Sequence, o.EventId, o.Type, o.Subject, o.OccurredAt, o.Event
        FROM ops.Outbox AS o
        WHERE o.TenantId = p.TenantId AND o.Sequence > p.Sequence
        ORDER BY o.Sequence
    ) AS e
    WHERE EXISTS (SELECT 1 FROM ops.OutboxHead AS h WHERE h.TenantId = p.TenantId AND h.PurgedSequence <= p.Sequence) -- A purge since then must leave no gap.
    ORDER BY e.TenantId, e.Sequence;
END;
GO
GRANT EXECUTE ON OBJECT::ops.ReadChanges TO nina_application;
GO
GRANT EXECUTE ON OBJECT::ops.ReadChanges TO nina_feed;
