-- A model as a node of the graph that mqe.BuildGraph makes.
CREATE TABLE mqe.ModelNode
(
    ModelId int NOT NULL,                                 -- The model.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_ModelNode_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    PublicId uniqueidentifier NOT NULL,                   -- The id that applications hold.
    Name nvarchar(200) NOT NULL,                          -- As in mqe.Model: a view that MATCH is to look through reads one table.
    Architecture nvarchar(128) NOT NULL,                  -- Likewise.
    BuiltAt datetime2(3) NOT NULL                         -- UTC, when the graph of the model was built last.
        CONSTRAINT DF_ModelNode_BuiltAt DEFAULT (SYSUTCDATETIME()),
    CONSTRAINT PK_ModelNode PRIMARY KEY CLUSTERED (ModelId),
    CONSTRAINT FK_ModelNode_Model FOREIGN KEY (ModelId) REFERENCES mqe.Model (ModelId) ON DELETE CASCADE
) AS NODE;
