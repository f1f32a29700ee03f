-- The neurons to keep for some domains: in every layer the @NeuronsPerLayer of highest importance, each domain's importance taken as a share of its layer's, so that a
-- domain whose texts excite the model more does not outweigh the others, and averaged over the domains.
CREATE FUNCTION factory.ChooseNeurons
(
    @ModelId int,
    @Domains nvarchar(max),                -- JSON array of domain names.
    @NeuronsPerLayer int
)
RETURNS TABLE
AS
RETURN
(
    SELECT ranked.ComponentId, ranked.Layer, ranked.ComponentIndex, ranked.Importance, ranked.LayerRank
    FROM
    (
        SELECT
            shares.ComponentId,
            shares.Layer,
            shares.ComponentIndex,
            SUM(shares.Importance) AS Importance,
            ROW_NUMBER() OVER (PARTITION BY shares.Layer ORDER BY AVG(shares.Share) DESC, shares.ComponentIndex) AS LayerRank
        FROM
        (
            SELECT
                c.ComponentId,
                c.Layer,
                c.ComponentIndex,
                s.Importance,
                s.Importance / NULLIF(SUM(s.Importance) OVER (PARTITION BY c.Layer, s.DomainId), 0) AS Share
            FROM mqe.SkillMeasurement AS s
            INNER JOIN mqe.Component AS c ON c.ComponentId = s.ComponentId
            INNER JOIN mqe.Domain AS d ON d.DomainId = s.DomainId
            WHERE s.ModelId = @ModelId
                AND c.Kind = 'neuron'
                AND d.Name IN (SELECT j.value FROM OPENJSON(@Domains) AS j)
        ) AS shares
        GROUP BY shares.ComponentId, shares.Layer, shares.ComponentIndex
    ) AS ranked
    WHERE ranked.LayerRank <= @NeuronsPerLayer
);
