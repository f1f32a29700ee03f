-- A part of a model that can be described and chosen: a neuron, an attention head, a layer, the model itself.
CREATE TABLE mqe.Component
(
    ComponentId int IDENTITY(1, 1) NOT NULL,              -- Internal key; int because a vector index of SQL Server 2025 wants one.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_Component_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    ModelId int NOT NULL,                                 -- The model it belongs to.
    Kind varchar(10) NOT NULL,                            -- neuron, head, expert, layer or model.
    Layer int NULL,                                       -- 0-based; NULL for the model.
    ComponentIndex int NOT NULL,                          -- 0-based within its layer and kind.
    ParentComponentId int NULL,                           -- The layer of a neuron or head; the model of a layer.
    TopTokens nvarchar(max) NULL,                         -- JSON: [{"token": " knight", "z": 9.1}, ...], what its write direction promotes most.
    CONSTRAINT PK_Component PRIMARY KEY CLUSTERED (ComponentId),
    CONSTRAINT UQ_Component_Position UNIQUE (ModelId, Kind, Layer, ComponentIndex),
    CONSTRAINT FK_Component_Model FOREIGN KEY (ModelId) REFERENCES mqe.Model (ModelId) ON DELETE CASCADE,
    CONSTRAINT CK_Component_Kind CHECK (Kind IN ('neuron', 'head', 'expert', 'layer', 'model'))
);
