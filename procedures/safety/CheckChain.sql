-- The inner half of safety.VerifyChain: reads the chains as the platform. Result: a row a problem.
CREATE PROCEDURE safety.CheckChain
    @All bit,                              -- 1: every scope; 0: the platform's and @TenantId's.
    @TenantId int,
    @KnownHash binary(32),                 -- A hash that must be in one of the chains.
    @Problems int OUTPUT
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Chain table
    (
        ConstitutionId int NOT NULL PRIMARY KEY,
        ScopeKey int NOT NULL,
        Version int NOT NULL,
        PreviousHash binary(32) NULL,
        Hash binary(32) NOT NULL,
        Position int NOT NULL,
        HashBefore binary(32) NULL,
        IdBefore int NULL
    );
    INSERT INTO @Chain (ConstitutionId, ScopeKey, Version, PreviousHash, Hash, Position, HashBefore, IdBefore)
    SELECT
        c.ConstitutionId,
        ISNULL(c.TenantId, 0),
        c.Version,
        c.PreviousHash,
        c.Hash,
        ROW_NUMBER() OVER (PARTITION BY ISNULL(c.TenantId, 0) ORDER BY c.Version, c.ConstitutionId),
        LAG(c.Hash) OVER (PARTITION BY ISNULL(c.TenantId, 0) ORDER BY c.Version, c.ConstitutionId),
        LAG(c.ConstitutionId) OVER (PARTITION BY ISNULL(c.TenantId, 0) ORDER BY c.Version, c.ConstitutionId)
    FROM safety.Constitution AS c
    WHERE @All = 1 OR c.TenantId IS NULL OR c.TenantId = @TenantId;

    DECLARE @Found table (ScopeKey int NOT NULL, Version int NULL, Problem nvarchar(200) NOT NULL);

    INSERT INTO @Found (ScopeKey, Version, Problem)
    SELECT ScopeKey, Version, N'The version or one of its rules was edited, removed, added or moved: its hash is not that of its content.'
    FROM @Chain
    WHERE Hash <> safety.ComputedHash(ConstitutionId);

    INSERT INTO @Found (ScopeKey, Version, Problem)
    SELECT ScopeKey, Version, N'A version before this one was removed or inserted: the versions are not 1, 2, 3, ...'
    FROM @Chain
    WHERE Version <> Position;

    INSERT INTO @Found (ScopeKey, Version, Problem)
    SELECT ScopeKey, Version, N'The version does not continue the one before it: their hashes differ.'
    FROM @Chain
    WHERE ISNULL(PreviousHash, 0x) <> ISNULL(HashBefore, 0x);

    INSERT INTO @Found (ScopeKey, Version, Problem)
    SELECT ScopeKey, Version, N'The version was inserted later than one that follows it.'
    FROM @Chain
    WHERE IdBefore > ConstitutionId;

    INSERT INTO @Found (ScopeKey, Version, Problem)
    SELECT h.ScopeKey, h.Version, N'The newest version is not the one that was published last: the end of the chain was removed or replaced.'
    FROM safety.ConstitutionHead AS h
    WHERE (@All = 1 OR h.ScopeKey = 0 OR h.ScopeKey = @TenantId)
        AND NOT EXISTS
        (
            SELECT 1
            FROM @Chain AS c
            WHERE c.ScopeKey = h.ScopeKey AND c.Version = h.Version AND c.Hash = h.Hash
                AND NOT EXISTS (SELECT 1 FROM @Chain AS later WHERE later.ScopeKey = h.ScopeKey AND later.Version > h.Version)
        );

    INSERT INTO @Found (ScopeKey, Version, Problem)
    SELECT DISTINCT c.ScopeKey, CAST(NULL AS int), N'The chain has versions, and the record of its newest one was removed.'
    FROM @Chain AS c
    WHERE NOT EXISTS (SELECT 1 FROM safety.ConstitutionHead AS h WHERE h.ScopeKey = c.ScopeKey);

    -- Agents are witnesses: each keeps the hashes that it was bound to.
    INSERT INTO @Found (ScopeKey, Version, Problem)
    SELECT DISTINCT ISNULL(c.ScopeKey, b.TenantId), c.Version, N'An agent was bound to another content of this version than it has now.'
    FROM safety.AgentConstitution AS b
    LEFT OUTER JOIN @Chain AS c ON c.ConstitutionId = b.ConstitutionId
    WHERE (@All = 1 OR b.TenantId = @TenantId) AND (c.ConstitutionId IS NULL OR c.Hash <> b.Hash);

    INSERT INTO @Found (ScopeKey, Version, Problem)
    SELECT ISNULL(a.TenantId, 0), CAST(NULL AS int), N'An agent is bound to no version of the platform''s constitution.'
    FROM factory.Agent AS a
    WHERE (@All = 1 OR a.TenantId = @TenantId)
        AND NOT EXISTS
        (
            SELECT 1
            FROM safety.AgentConstitution AS b
            INNER JOIN @Chain AS c ON c.ConstitutionId = b.ConstitutionId
            WHERE b.AgentId = a.AgentId AND c.ScopeKey = 0
        )
    GROUP BY ISNULL(a.TenantId, 0);

    INSERT INTO @Found (ScopeKey, Version, Problem)
    SELECT ISNULL(r.TenantId, 0), CAST(NULL AS int), N'A rule belongs to no version, or to one of another scope.'
    FROM safety.[Rule] AS r
    LEFT OUTER JOIN safety.Constitution AS c ON c.ConstitutionId = r.ConstitutionId AND ISNULL(c.TenantId, 0) = ISNULL(r.TenantId, 0)
    WHERE c.ConstitutionId IS NULL AND (@All = 1 OR r.TenantId IS NULL OR r.TenantId = @TenantId)
    GROUP BY ISNULL(r.TenantId, 0);

    IF @KnownHash IS NOT NULL AND NOT EXISTS (SELECT 1 FROM @Chain WHERE Hash = @KnownHash)
    BEGIN
        INSERT INTO @Found (ScopeKey, Version, Problem) VALUES (0, NULL, N'The known hash is in no chain: the chain was rewritten, or cut before it.');
    END;

    SET @Problems = (SELECT COUNT(*) FROM @Found);
    SELECT
        CASE WHEN f.ScopeKey = 0 THEN 'platform' ELSE 'tenant' END AS scope,
        NULLIF(f.ScopeKey, 0) AS tenant_id,
        f.Version AS version,
        f.Problem AS problem
    FROM @Found AS f
    ORDER BY f.ScopeKey, f.Version, f.Problem;
END;
