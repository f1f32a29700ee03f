-- The neurons to keep for some domains: in every layer the @NeuronsPerLayer of highest importance, summed over the domains.
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
            c.ComponentId,
            c.Layer,
            c.ComponentIndex,
            SUM(s.Importance) AS Importance,
            ROW_NUMBER() OVER (PARTITION BY c.Layer ORDER BY SUM(s.Importance) DESC, c.ComponentIndex) AS LayerRank
        FROM mqe.SkillMeasurement AS s
        INNER JOIN mqe.Component AS c ON c.ComponentId = s.ComponentId
        INNER JOIN mqe.Domain AS d ON d.DomainId = s.DomainId
        WHERE s.ModelId = @ModelId
            AND c.Kind = 'neuron'
            AND d.Name IN (SELECT j.value FROM OPENJSON(@Domains) AS j)
        GROUP BY c.ComponentId, c.Layer, c.ComponentIndex
    ) AS ranked
    WHERE ranked.LayerRank <= @NeuronsPerLayer
);
