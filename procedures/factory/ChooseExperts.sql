-- The experts to keep for some domains: in every layer those that the router sends most to, its weight averaged over the tokens of a domain, and over the
-- domains. Weights of a layer sum to one in each domain, so no domain outweighs another. The expert that always runs is not among them.
CREATE FUNCTION factory.ChooseExperts
(
    @ModelId int,
    @Domains nvarchar(max),                -- JSON array of domain names.
    @ExpertsPerLayer int
)
RETURNS TABLE
AS
RETURN
(
    SELECT ranked.ComponentId, ranked.Layer, ranked.ComponentIndex, ranked.Importance, ranked.LayerRank
    FROM
    (
        SELECT
            c.ComponentId,
            c.Layer,
            c.ComponentIndex,
            AVG(u.UsageShare * u.MeanGateWeight) AS Importance,
            ROW_NUMBER() OVER (PARTITION BY c.Layer ORDER BY AVG(u.UsageShare * u.MeanGateWeight) DESC, c.ComponentIndex) AS LayerRank
        FROM mqe.ExpertUsage AS u
        INNER JOIN mqe.Component AS c ON c.ModelId = u.ModelId AND c.Kind = 'expert' AND c.Layer = u.Layer AND c.ComponentIndex = u.Expert
        INNER JOIN mqe.Domain AS d ON d.DomainId = u.DomainId
        WHERE u.ModelId = @ModelId
            AND u.IsShared = 0
            AND d.Name IN (SELECT j.value FROM OPENJSON(@Domains) AS j)
        GROUP BY c.ComponentId, c.Layer, c.ComponentIndex
    ) AS ranked
    WHERE ranked.LayerRank <= @ExpertsPerLayer
);
