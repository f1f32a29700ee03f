-- A tensor of a model: where its bytes lie and what it is for.
CREATE TABLE mqe.Tensor
(
    TensorId int IDENTITY(1, 1) NOT NULL,                 -- Internal key.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_Tensor_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    ModelId int NOT NULL,                                 -- The model it belongs to.
    Name nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL, -- As in the file.
    DataType nvarchar(16) NOT NULL,                       -- F32, F16, BF16, Q4_0, ...
    Shape nvarchar(200) NOT NULL,                         -- JSON array of dimensions, slowest first.
    TensorRows bigint NOT NULL,                           -- Product of all dimensions but the last (1 for a vector).
    TensorColumns bigint NOT NULL,                        -- Last dimension.
    FileOrdinal int NOT NULL,                             -- mqe.ModelFile.Ordinal of the file that holds it.
    ByteOffset bigint NOT NULL,                           -- Of the first element, from the start of the file.
    ByteLength bigint NOT NULL,                           -- Bytes of the whole tensor.
    Layer int NULL,                                       -- 0-based; NULL outside the layers.
    Role nvarchar(64) NULL,                               -- token_embedding, q_proj, down_proj, ...; NULL when unknown.
    Expert int NULL,                                      -- 0-based expert of a mixture-of-experts layer.
    CONSTRAINT PK_Tensor PRIMARY KEY CLUSTERED (TensorId),
    CONSTRAINT UQ_Tensor_Name UNIQUE (ModelId, Name),
    CONSTRAINT FK_Tensor_Model FOREIGN KEY (ModelId) REFERENCES mqe.Model (ModelId) ON DELETE CASCADE
);
