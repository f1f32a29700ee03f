-- Where the router of a layer sends a domain's tokens: from the layer to each of its experts, one edge a domain.
CREATE TABLE mqe.RoutesToEdge
(
    ModelId int NOT NULL,                                 -- The model.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_RoutesToEdge_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    Domain nvarchar(100) NOT NULL,                        -- Whose tokens.
    UsageShare float NOT NULL,                            -- Share of them that were sent to the expert.
    MeanGateWeight float NOT NULL,                        -- Mean of the router's weight over those; 0 where none were.
    CONSTRAINT FK_RoutesToEdge_Model FOREIGN KEY (ModelId) REFERENCES mqe.Model (ModelId) ON DELETE CASCADE,
    INDEX IX_RoutesToEdge_Model NONCLUSTERED (ModelId),
    INDEX IX_RoutesToEdge_From NONCLUSTERED ($from_id, $to_id),
    INDEX IX_RoutesToEdge_To NONCLUSTERED ($to_id, $from_id)
) AS EDGE;
