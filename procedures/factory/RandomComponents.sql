-- As many components as an agent keeps, drawn at random: the yardstick that a choice must beat. As factory.KeptComponents gives them.
CREATE FUNCTION factory.RandomComponents
(
    @AgentId int,
    @Seed int
)
RETURNS nvarchar(max)
AS
BEGIN
    RETURN
    (
        SELECT CONCAT
        (
            CASE WHEN MAX(layers.ExpertsPerLayer) IS NULL THEN N'[' ELSE N'{"experts":[' END,
            STRING_AGG(CONCAT(N'[', layers.Indexes, N']'), N',') WITHIN GROUP (ORDER BY layers.Layer),
            CASE WHEN MAX(layers.ExpertsPerLayer) IS NULL THEN N']' ELSE N']}' END
        )
        FROM
        (
            SELECT
                l.Layer,
                a.ExpertsPerLayer,
                (
                    SELECT STRING_AGG(CAST(ranked.ComponentIndex AS nvarchar(max)), N',') WITHIN GROUP (ORDER BY ranked.ComponentIndex)
                    FROM
                    (
                        SELECT
                            c.ComponentIndex,
                            ROW_NUMBER() OVER (ORDER BY HASHBYTES('SHA2_256', CONCAT(@Seed, N':', c.Layer, N':', c.ComponentIndex))) AS Place
                        FROM mqe.Component AS c
                        WHERE c.ModelId = a.BaseModelId
                            AND c.Layer = l.Layer
                            AND c.Kind = CASE WHEN a.ExpertsPerLayer IS NULL THEN 'neuron' ELSE 'expert' END
                            AND (a.ExpertsPerLayer IS NULL OR c.ComponentIndex < m.ExpertCount)
                    ) AS ranked
                    WHERE ranked.Place <= ISNULL(a.ExpertsPerLayer, a.NeuronsPerLayer)
                ) AS Indexes
            FROM factory.Agent AS a
            INNER JOIN mqe.Model AS m ON m.ModelId = a.BaseModelId
            INNER JOIN mqe.Component AS l ON l.ModelId = a.BaseModelId AND l.Kind = 'layer'
            WHERE a.AgentId = @AgentId
        ) AS layers
    );
END;
