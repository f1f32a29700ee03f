-- What a model is made of: model -> layer -> head, expert or neuron; in a layer with experts expert -> neuron. No edge constraint: with the cascade from mqe.Model to the
-- nodes it would be a second way to the same rows.
CREATE TABLE mqe.ContainsEdge
(
    ModelId int NOT NULL,                                 -- The model.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_ContainsEdge_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    CONSTRAINT FK_ContainsEdge_Model FOREIGN KEY (ModelId) REFERENCES mqe.Model (ModelId) ON DELETE CASCADE,
    INDEX IX_ContainsEdge_Model NONCLUSTERED (ModelId),
    INDEX IX_ContainsEdge_From NONCLUSTERED ($from_id, $to_id),
    INDEX IX_ContainsEdge_To NONCLUSTERED ($to_id, $from_id)
) AS EDGE;
