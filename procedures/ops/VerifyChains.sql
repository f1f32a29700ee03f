-- Checks audit chains from their beginning to their end: a row a tenant with its first break, NULL where it is whole. Inner procedure of ops.VerifyAudit and
-- ops.VerifyAllAudit.
CREATE PROCEDURE ops.VerifyChains
    @TenantId int,                         -- NULL for all.
    @Sequence bigint,                      -- An event that was noted outside the database, and
    @Hash binary(32)                       -- its hash; NULL where there is none.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Chains table
    (
        TenantId int NOT NULL PRIMARY KEY,
        EventCount bigint NOT NULL,
        FirstBreak bigint NULL,
        Problem nvarchar(200) NULL,
        LastSequence bigint NULL,
        LastHash binary(32) NULL
    );

    INSERT INTO @Chains (TenantId, EventCount, LastSequence, LastHash)
    SELECT k.TenantId, (SELECT COUNT_BIG(*) FROM ops.AuditEvent AS e WHERE e.TenantId = k.TenantId), h.LastSequence, h.LastHash
    FROM
    (
        SELECT TenantId FROM ops.AuditHead
        UNION
        SELECT TenantId FROM ops.AuditEvent
        UNION
        SELECT TenantId FROM ops.AuditAnchor
    ) AS k
    LEFT OUTER JOIN ops.AuditHead AS h ON h.TenantId = k.TenantId
    WHERE @TenantId IS NULL OR k.TenantId = @TenantId;

    -- Edited rows do not fit their own hash; removed, added and moved rows do not fit their neighbours.
    UPDATE c
    SET FirstBreak = b.Sequence, Problem = b.Problem
    FROM @Chains AS c
    INNER JOIN
    (
        SELECT f.TenantId, f.Sequence, f.Problem, ROW_NUMBER() OVER (PARTITION BY f.TenantId ORDER BY f.Sequence) AS Position
        FROM
        (
            SELECT
                e.TenantId,
                e.Sequence,
                CASE
                    WHEN e.Sequence <> ROW_NUMBER() OVER (PARTITION BY e.TenantId ORDER BY e.Sequence)
                        THEN N'An event before this one is missing.'
                    WHEN e.PreviousHash <> COALESCE(LAG(e.Hash) OVER (PARTITION BY e.TenantId ORDER BY e.Sequence), CAST(0 AS binary(32)))
                        THEN N'The event does not follow the one before it.'
                    WHEN e.Hash <> HASHBYTES
                        (
                            'SHA2_256',
                            e.PreviousHash + CAST
                            (
                                ops.AuditText
                                (
                                    e.TenantId, e.Sequence, e.OccurredAt, e.PrincipalOid, e.LoginName, e.HostName, e.AppName, e.ClientAddress,
                                    e.Action, e.ObjectType, e.ObjectName, e.Outcome, e.Details
                                ) AS varbinary(max)
                            )
                        )
                        THEN N'The event was altered.'
                END AS Problem
            FROM ops.AuditEvent AS e
            WHERE @TenantId IS NULL OR e.TenantId = @TenantId
        ) AS f
        WHERE f.Problem IS NOT NULL
    ) AS b ON b.TenantId = c.TenantId AND b.Position = 1;

    -- A chain that was cut off ends before its head row says.
    UPDATE c
    SET FirstBreak = COALESCE(e.LastSequence, 0) + 1, Problem = N'The end of the chain is not where its head row says.'
    FROM @Chains AS c
    OUTER APPLY (SELECT MAX(l.Sequence) AS LastSequence FROM ops.AuditEvent AS l WHERE l.TenantId = c.TenantId) AS e
    WHERE c.Problem IS NULL
        AND NOT EXISTS
        (
            SELECT 1
            FROM ops.AuditHead AS h
            WHERE h.TenantId = c.TenantId
                AND h.LastSequence = COALESCE(e.LastSequence, 0)
                AND (h.LastSequence = 0 OR h.LastHash = (SELECT l.Hash FROM ops.AuditEvent AS l WHERE l.TenantId = c.TenantId AND l.Sequence = h.LastSequence))
        );

    -- A chain that was written anew does not fit what was noted of the old one.
    UPDATE c
    SET FirstBreak = a.Sequence, Problem = N'The chain does not fit what was noted of it before.'
    FROM @Chains AS c
    CROSS APPLY
    (
        SELECT MIN(n.Sequence) AS Sequence
        FROM
        (
            SELECT k.Sequence, k.Hash FROM ops.AuditAnchor AS k WHERE k.TenantId = c.TenantId
            UNION ALL
            SELECT @Sequence, @Hash WHERE @Sequence IS NOT NULL AND @TenantId IS NOT NULL
        ) AS n
        WHERE NOT EXISTS (SELECT 1 FROM ops.AuditEvent AS e WHERE e.TenantId = c.TenantId AND e.Sequence = n.Sequence AND e.Hash = n.Hash)
    ) AS a
    WHERE c.Problem IS NULL AND a.Sequence IS NOT NULL;

    SELECT
        t.PublicId AS tenant_id,
        c.EventCount AS event_count,
        c.FirstBreak AS first_break,
        c.Problem AS problem,
        c.LastSequence AS last_sequence,
        c.LastHash AS last_hash
    FROM @Chains AS c
    LEFT OUTER JOIN tenancy.Tenant AS t ON t.TenantId = c.TenantId
    ORDER BY CASE WHEN c.Problem IS NULL THEN 1 ELSE 0 END, c.TenantId;
END;
