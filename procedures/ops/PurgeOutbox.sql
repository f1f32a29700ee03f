-- Removes events that every consumer of their tenant (feeds included) has acknowledged, and events older than the retention, acknowledged or not: a consumer that falls
-- behind the retention gets error 50035 instead of a silent gap. Without any consumer only the retention counts. Result: a row a tenant. For administrators; a daily job.
-- Errors: 50002.
CREATE PROCEDURE ops.PurgeOutbox
    @RetentionDays int = 30,               -- Events older than this go in any case.
    @BatchSize int = 10000                 -- Events a transaction, so that publishing never waits for long.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @RetentionDays IS NULL OR @RetentionDays < 0 OR @BatchSize IS NULL OR @BatchSize < 1
    BEGIN
        THROW 50002, N'@RetentionDays must not be negative, and @BatchSize must be at least 1.', 1;
    END;

    DECLARE @Oldest datetime2(3) = DATEADD(DAY, -@RetentionDays, SYSUTCDATETIME());
    DECLARE @Tenants table (TenantId int NOT NULL PRIMARY KEY, PurgedSequence bigint NOT NULL, UpTo bigint NOT NULL);
    INSERT INTO @Tenants (TenantId, PurgedSequence, UpTo)
    SELECT h.TenantId, h.PurgedSequence, CASE WHEN COALESCE(a.Sequence, 0) > COALESCE(r.Sequence, 0) THEN a.Sequence ELSE COALESCE(r.Sequence, 0) END
    FROM ops.OutboxHead AS h
    OUTER APPLY
    (
        SELECT MIN(COALESCE(k.Sequence, 0)) AS Sequence
        FROM ops.Consumer AS c
        LEFT OUTER JOIN ops.ConsumerCheckpoint AS k
            ON k.TenantId = h.TenantId
            AND k.IsFeed = CASE WHEN c.TenantId = 0 THEN 1 ELSE 0 END
            AND k.Consumer = c.Name
        WHERE c.TenantId IN (0, h.TenantId)
    ) AS a
    OUTER APPLY
    (
        -- Clocks may step back between commits: everything up to the last old event goes only while nothing before it is young.
        SELECT MIN(o.Sequence) - 1 AS Sequence
        FROM ops.Outbox AS o
        WHERE o.TenantId = h.TenantId AND o.OccurredAt >= @Oldest
        HAVING COUNT(*) > 0
        UNION ALL
        SELECT h.LastSequence
        WHERE NOT EXISTS (SELECT 1 FROM ops.Outbox AS o WHERE o.TenantId = h.TenantId AND o.OccurredAt >= @Oldest)
    ) AS r;

    DECLARE @TenantId int = (SELECT MIN(TenantId) FROM @Tenants WHERE UpTo > PurgedSequence), @From bigint, @UpTo bigint, @To bigint;
    WHILE @TenantId IS NOT NULL
    BEGIN
        SELECT @From = PurgedSequence, @UpTo = UpTo FROM @Tenants WHERE TenantId = @TenantId;
        WHILE @From < @UpTo
        BEGIN
            SET @To = CASE WHEN @UpTo - @From > @BatchSize THEN @From + @BatchSize ELSE @UpTo END;
            BEGIN TRANSACTION;
            UPDATE ops.OutboxHead SET PurgedSequence = CASE WHEN PurgedSequence > @To THEN PurgedSequence ELSE @To END WHERE TenantId = @TenantId;
            DELETE FROM ops.Outbox WHERE TenantId = @TenantId AND Sequence <= @To;
            COMMIT TRANSACTION;
            SET @From = @To;
        END;

        SET @TenantId = (SELECT MIN(TenantId) FROM @Tenants WHERE UpTo > PurgedSequence AND TenantId > @TenantId);
    END;

    SELECT t.PublicId AS tenant_id, CASE WHEN p.UpTo > p.PurgedSequence THEN p.UpTo - p.PurgedSequence ELSE 0 END AS purged, h.PurgedSequence AS purged_sequence, h.LastSequence AS last_sequence
    FROM @Tenants AS p
    INNER JOIN ops.OutboxHead AS h ON h.TenantId = p.TenantId
    INNER JOIN tenancy.Tenant AS t ON t.TenantId = p.TenantId
    ORDER BY p.TenantId;
END;
GO
GRANT EXECUTE ON OBJECT::ops.PurgeOutbox TO nina_administrator;
