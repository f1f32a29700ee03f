-- What the runs of a month used and cost, by entitlement that pays for tokens. The quantities are those of ops.UsageEvent; market.Run only says which run belongs to which
-- entitlement. Sees what the caller sees.
CREATE FUNCTION market.TokensUsed (@UsageMonth date)
RETURNS TABLE
AS
RETURN
    SELECT
        e.EntitlementId,
        e.TenantId,
        e.Currency,
        t.Tokens,
        market.TokenCharge(t.Tokens, e.Price) AS Charge
    FROM
    (
        SELECT r.EntitlementId, SUM(u.Quantity) AS Tokens
        FROM ops.UsageEvent AS u
        INNER JOIN market.Run AS r ON r.TenantId = u.TenantId AND r.UsageKey = u.EventKey
        WHERE u.Metric = 'agent_tokens' AND u.OccurredAt >= @UsageMonth AND u.OccurredAt < DATEADD(MONTH, 1, @UsageMonth)
        GROUP BY r.EntitlementId
    ) AS t
    INNER JOIN market.Entitlement AS e ON e.EntitlementId = t.EntitlementId
    WHERE e.PriceModel = 'per_token';
