-- Edges from a layer of a mixture to its experts: how much of a domain its router sends there.
CREATE VIEW mqe.routes_to
AS
SELECT
    e.$edge_id,
    e.$from_id,
    e.$to_id,
    e.Domain AS domain,
    e.UsageShare AS usage_share,
    e.MeanGateWeight AS mean_gate_weight
FROM mqe.RoutesToEdge AS e;
GO
GRANT SELECT ON OBJECT::mqe.routes_to TO nina_application;
