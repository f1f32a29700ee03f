-- The rules that an agent obeys when the session's tenant runs it: the union of those it was bound to when it was assembled, those of the platform now, those of its
-- owner now, and those of the session's tenant now. Every version that is used is hashed again: rules that were tampered with stop the agent. Errors: 50049.
CREATE PROCEDURE safety.LoadRules
    @AgentId int,                          -- NULL for an exported agent: only what is in force now.
    @Rules nvarchar(max) OUTPUT,           -- JSON array of {rule_id, scope, version, name, kind, stage, text, parameters} in the order of checking.
    @Versions nvarchar(max) OUTPUT,        -- JSON array of {scope, version, hash, bound}.
    @Space varbinary(max) OUTPUT           -- The agent's meaning space, where a rule compares meanings and the agent has one.
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Used table (ConstitutionId int NOT NULL PRIMARY KEY, IsBound bit NOT NULL);
    INSERT INTO @Used (ConstitutionId, IsBound)
    SELECT b.ConstitutionId, 1
    FROM safety.AgentConstitution AS b
    WHERE b.AgentId = @AgentId;

    INSERT INTO @Used (ConstitutionId, IsBound)
    SELECT c.ConstitutionId, 0
    FROM safety.ConstitutionHead AS h
    INNER JOIN safety.Constitution AS c ON ISNULL(c.TenantId, 0) = h.ScopeKey AND c.Version = h.Version
    WHERE h.ScopeKey IN (0, (SELECT a.TenantId FROM factory.Agent AS a WHERE a.AgentId = @AgentId), ISNULL(tenancy.CurrentTenantId(), 0))
        AND c.ConstitutionId NOT IN (SELECT u.ConstitutionId FROM @Used AS u);

    -- Bound to the platform's rules; every binding, every head and every version says the same hash; and the hash is that of the rules.
    IF (@AgentId IS NOT NULL AND NOT EXISTS
        (
            SELECT 1
            FROM safety.AgentConstitution AS b
            INNER JOIN safety.Constitution AS c ON c.ConstitutionId = b.ConstitutionId
            WHERE b.AgentId = @AgentId AND c.TenantId IS NULL
        ))
        OR EXISTS
        (
            SELECT 1
            FROM safety.AgentConstitution AS b
            LEFT OUTER JOIN safety.Constitution AS c ON c.ConstitutionId = b.ConstitutionId AND c.Hash = b.Hash
            WHERE b.AgentId = @AgentId AND c.ConstitutionId IS NULL
        )
        OR EXISTS
        (
            SELECT 1
            FROM safety.ConstitutionHead AS h
            LEFT OUTER JOIN safety.Constitution AS c ON ISNULL(c.TenantId, 0) = h.ScopeKey AND c.Version = h.Version AND c.Hash = h.Hash
            WHERE h.ScopeKey IN (0, (SELECT a.TenantId FROM factory.Agent AS a WHERE a.AgentId = @AgentId), ISNULL(tenancy.CurrentTenantId(), 0))
                AND c.ConstitutionId IS NULL
        )
        OR NOT EXISTS (SELECT 1 FROM safety.ConstitutionHead WHERE ScopeKey = 0)
        OR EXISTS (SELECT 1 FROM @Used AS u INNER JOIN safety.Constitution AS c ON c.ConstitutionId = u.ConstitutionId WHERE c.Hash <> safety.ComputedHash(c.ConstitutionId))
    BEGIN
        THROW 50049, N'The rules of this agent were tampered with, so it does not run; safety.VerifyChain shows where.', 1;
    END;

    -- A rule that several versions share counts once, from the newest.
    SET @Rules = ISNULL
    (
        (
            SELECT k.RuleId AS [rule_id], k.Scope AS [scope], k.Version AS [version], k.Name AS [name], k.Kind AS [kind], k.Stage AS [stage], k.Text AS [text], JSON_QUERY(k.Parameters) AS [parameters]
            FROM
            (
                SELECT
                    r.RuleId,
                    CASE WHEN c.TenantId IS NULL THEN 'platform' ELSE 'tenant' END AS Scope,
                    c.Version,
                    r.Ordinal,
                    r.Name,
                    r.Kind,
                    r.Stage,
                    r.Text,
                    r.Parameters,
                    ROW_NUMBER() OVER
                    (
                        PARTITION BY ISNULL(c.TenantId, 0), HASHBYTES('SHA2_256', CONCAT(r.Name, NCHAR(0), r.Kind, NCHAR(0), r.Stage, NCHAR(0), r.Text, NCHAR(0), r.Parameters))
                        ORDER BY c.Version DESC
                    ) AS Copy
                FROM @Used AS u
                INNER JOIN safety.Constitution AS c ON c.ConstitutionId = u.ConstitutionId
                INNER JOIN safety.[Rule] AS r ON r.ConstitutionId = c.ConstitutionId
            ) AS k
            WHERE k.Copy = 1
            ORDER BY k.Scope, k.Version DESC, k.Ordinal
            FOR JSON PATH, INCLUDE_NULL_VALUES
        ),
        N'[]'
    );

    SET @Versions =
    (
        SELECT
            CASE WHEN c.TenantId IS NULL THEN 'platform' ELSE 'tenant' END AS [scope],
            c.Version AS [version],
            LOWER(CONVERT(char(64), c.Hash, 2)) AS [hash],
            u.IsBound AS [bound]
        FROM @Used AS u
        INNER JOIN safety.Constitution AS c ON c.ConstitutionId = u.ConstitutionId
        ORDER BY [scope], c.Version
        FOR JSON PATH
    );

    SET @Space = NULL;
    IF EXISTS (SELECT 1 FROM OPENJSON(@Rules) WITH (kind varchar(20)) AS r WHERE r.kind = 'deny_similar')
    BEGIN
        SET @Space = (SELECT s.State FROM mqe.MeaningSpace AS s INNER JOIN factory.Agent AS a ON a.ModelId = s.ModelId WHERE a.AgentId = @AgentId);
    END;
END;
