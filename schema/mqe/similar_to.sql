-- Edges from a component to those that the same texts excite.
CREATE VIEW mqe.similar_to
AS
SELECT
    e.$edge_id,
    e.$from_id,
    e.$to_id,
    e.Similarity AS similarity,
    e.Place AS place
FROM mqe.SimilarToEdge AS e;
GO
GRANT SELECT ON OBJECT::mqe.similar_to TO nina_application;
