-- One row a mixture layer and domain: how evenly the router spreads the domain's tokens over its experts. The shared expert, which is not chosen, does not count.
CREATE VIEW mqe.router_statistics
AS
SELECT
    m.PublicId AS model_id,
    m.Name AS model_name,
    r.Layer AS layer,
    d.Name AS domain,
    r.Experts AS expert_count,
    r.TokenCount AS token_count,
    r.Routed AS experts_per_token,
    r.Entropy AS usage_entropy,                                                              -- Bits; log2(expert_count) where all are used alike.
    CASE WHEN r.Experts > 1 THEN r.Entropy / LOG(r.Experts, 2) ELSE 1 END AS load_balance,   -- 1: all alike; 0: always the same expert.
    POWER(CAST(2 AS float), r.Entropy) AS effective_experts,
    r.LargestShare AS largest_share,
    (
        SELECT TOP (1) b.Expert
        FROM mqe.ExpertUsage AS b
        WHERE b.ModelId = r.ModelId AND b.Layer = r.Layer AND b.DomainId = r.DomainId AND b.IsShared = 0
        ORDER BY b.UsageShare DESC, b.Expert
    ) AS busiest_expert
FROM
(
    SELECT
        p.ModelId,
        p.Layer,
        p.DomainId,
        COUNT(*) AS Experts,
        MAX(p.TokenCount) AS TokenCount,
        MAX(p.Total) AS Routed,
        MAX(p.UsageShare) AS LargestShare,
        SUM(CASE WHEN p.UsageShare > 0 THEN -p.UsageShare / p.Total * LOG(p.UsageShare / p.Total, 2) ELSE 0 END) AS Entropy
    FROM
    (
        SELECT u.ModelId, u.Layer, u.DomainId, u.TokenCount, u.UsageShare, SUM(u.UsageShare) OVER (PARTITION BY u.ModelId, u.Layer, u.DomainId) AS Total
        FROM mqe.ExpertUsage AS u
        WHERE u.IsShared = 0
    ) AS p
    GROUP BY p.ModelId, p.Layer, p.DomainId
) AS r
INNER JOIN mqe.Model AS m ON m.ModelId = r.ModelId
INNER JOIN mqe.Domain AS d ON d.DomainId = r.DomainId;
GO
GRANT SELECT ON OBJECT::mqe.router_statistics TO nina_application;
