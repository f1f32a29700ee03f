-- The components whose meaning vectors are nearest to a component's, in its own model and in others of the same space. From the component to each of them.
CREATE TABLE mqe.SimilarToEdge
(
    ModelId int NOT NULL,                                 -- The model of the component that the edge starts from.
    OtherModelId int NOT NULL,                            -- The model that it leads to: no key, because that may be another tenant's.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_SimilarToEdge_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    Similarity float NOT NULL,                            -- Cosine of the two meaning vectors.
    Place int NOT NULL,                                   -- 1: the nearest of those in that model.
    CONSTRAINT FK_SimilarToEdge_Model FOREIGN KEY (ModelId) REFERENCES mqe.Model (ModelId) ON DELETE CASCADE,
    INDEX IX_SimilarToEdge_Model NONCLUSTERED (ModelId),
    INDEX IX_SimilarToEdge_OtherModel NONCLUSTERED (OtherModelId),
    INDEX IX_SimilarToEdge_From NONCLUSTERED ($from_id, $to_id),
    INDEX IX_SimilarToEdge_To NONCLUSTERED ($to_id, $from_id)
) AS EDGE;
