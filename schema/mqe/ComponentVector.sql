-- The vectors that search compares. A table of its own, narrow and with an int key, because a vector index asks for that.
CREATE TABLE mqe.ComponentVector
(
    ComponentId int NOT NULL,                             -- The component.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_ComponentVector_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    ModelId int NOT NULL,                                 -- Its model, so that a search is filtered without a join.
    MeaningVector vector(768) NULL,                       -- What kind of text excites it; NULL until skills are measured.
    WriteVector vector(768) NULL,                         -- What it promotes; from the weights alone.
    CONSTRAINT PK_ComponentVector PRIMARY KEY CLUSTERED (ComponentId),
    CONSTRAINT FK_ComponentVector_Component FOREIGN KEY (ComponentId) REFERENCES mqe.Component (ComponentId) ON DELETE CASCADE,
    INDEX IX_ComponentVector_Model NONCLUSTERED (ModelId)
);
