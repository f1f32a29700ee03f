-- The files of a model, byte for byte: the system of record. No policy and no grant: only procedures that checked the model's row touch it.
CREATE TABLE mqe.ModelFile
(
    ModelFileId int IDENTITY(1, 1) NOT NULL,              -- Internal key.
    RowGuid uniqueidentifier ROWGUIDCOL NOT NULL          -- What FILESTREAM needs.
        CONSTRAINT DF_ModelFile_RowGuid DEFAULT (NEWID()),
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_ModelFile_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    ModelId int NOT NULL,                                 -- The model it belongs to.
    Ordinal int NOT NULL,                                 -- 0-based position; weights come first, in shard order.
    Name nvarchar(260) NOT NULL,                          -- File name within the model's folder.
    Kind varchar(12) NOT NULL,                            -- weights, config, tokenizer, other; patch or spare: a delta that factory.PatchAgent applied or took off.
    ByteLength bigint NOT NULL,                           -- Length of Content.
    Sha256 binary(32) NOT NULL,                           -- SHA-256 of Content.
    Content varbinary(max) FILESTREAM NULL,               -- The bytes.
    CONSTRAINT PK_ModelFile PRIMARY KEY CLUSTERED (ModelFileId),
    CONSTRAINT UQ_ModelFile_RowGuid UNIQUE (RowGuid),
    CONSTRAINT UQ_ModelFile_Ordinal UNIQUE (ModelId, Ordinal),
    CONSTRAINT FK_ModelFile_Model FOREIGN KEY (ModelId) REFERENCES mqe.Model (ModelId) ON DELETE CASCADE,
    CONSTRAINT CK_ModelFile_Kind CHECK (Kind IN ('weights', 'config', 'tokenizer', 'other', 'patch', 'spare'))
);
