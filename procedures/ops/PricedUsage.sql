-- The usage of a tenant in a span of time by metric and price. Every event belongs to exactly one line, and amounts are exact: a sum of whole quantities times one price.
CREATE FUNCTION ops.PricedUsage
(
    @TenantId int,
    @From datetime2(3),                    -- UTC, inclusive.
    @To datetime2(3)                       -- UTC, exclusive.
)
RETURNS TABLE
AS
RETURN
(
    WITH Moment AS
    (
        -- Between two moments the price of a metric does not change.
        SELECT m.Metric, m.ValidFrom, LEAD(m.ValidFrom) OVER (PARTITION BY m.Metric ORDER BY m.ValidFrom) AS ValidTo
        FROM (SELECT DISTINCT p.Metric, p.ValidFrom FROM ops.Price AS p WHERE p.TenantId IN (0, @TenantId)) AS m
    ),
    Priced AS
    (
        SELECT m.Metric, m.ValidFrom, m.ValidTo, c.UnitPrice, c.Currency
        FROM Moment AS m
        CROSS APPLY
        (
            SELECT TOP (1) p.UnitPrice, p.Currency
            FROM ops.Price AS p
            WHERE p.TenantId IN (0, @TenantId) AND p.Metric = m.Metric AND p.ValidFrom <= m.ValidFrom
            ORDER BY p.TenantId DESC, p.ValidFrom DESC
        ) AS c
    )
    SELECT
        u.Metric,
        p.UnitPrice,
        p.Currency,
        COUNT_BIG(*) AS EventCount,
        SUM(u.Quantity) AS Quantity,
        SUM(u.ComputeMs) AS ComputeMs,
        CAST(SUM(u.Quantity) * COALESCE(p.UnitPrice, CAST(0 AS decimal(18, 12))) AS decimal(38, 12)) AS Amount
    FROM ops.UsageEvent AS u
    LEFT OUTER JOIN Priced AS p ON p.Metric = u.Metric AND u.OccurredAt >= p.ValidFrom AND (p.ValidTo IS NULL OR u.OccurredAt < p.ValidTo)
    WHERE u.TenantId = @TenantId AND u.OccurredAt >= @From AND u.OccurredAt < @To
    GROUP BY u.Metric, p.UnitPrice, p.Currency
);
