-- The vectors of a model's components at their full length, for models whose vectors are longer than a VECTOR column: what a search in 768 numbers is re-ranked by.
-- One file, mapped where it lies. No policy and no grant, like mqe.ModelFile: only procedures that checked the model's row touch it.
CREATE TABLE mqe.VectorSegment
(
    VectorSegmentId int IDENTITY(1, 1) NOT NULL,          -- Internal key.
    RowGuid uniqueidentifier ROWGUIDCOL NOT NULL          -- What FILESTREAM needs.
        CONSTRAINT DF_VectorSegment_RowGuid DEFAULT (NEWID()),
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_VectorSegment_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    ModelId int NOT NULL,                                 -- The model it belongs to.
    Kind varchar(7) NOT NULL,                             -- write: laid out when the model is ingested; meaning: when it is measured.
    ByteLength bigint NOT NULL,                           -- Length of Content.
    Sha256 binary(32) NOT NULL,                           -- SHA-256 of Content.
    Content varbinary(max) FILESTREAM NULL,               -- Header, projection, half floats row by row.
    CONSTRAINT PK_VectorSegment PRIMARY KEY CLUSTERED (VectorSegmentId),
    CONSTRAINT UQ_VectorSegment_RowGuid UNIQUE (RowGuid),
    CONSTRAINT UQ_VectorSegment_Kind UNIQUE (ModelId, Kind),
    CONSTRAINT FK_VectorSegment_Model FOREIGN KEY (ModelId) REFERENCES mqe.Model (ModelId) ON DELETE CASCADE,
    CONSTRAINT CK_VectorSegment_Kind CHECK (Kind IN ('write', 'meaning'))
);
