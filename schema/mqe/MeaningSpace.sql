-- What turns a text into a vector of a model's own embedding space: token frequencies and the mean, taken from the probe texts.
CREATE TABLE mqe.MeaningSpace
(
    ModelId int NOT NULL,                                 -- The model whose token embedding is used.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_MeaningSpace_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    ProbeSetHash binary(32) NOT NULL,                     -- SHA-256 over the probe texts it came from.
    State varbinary(max) NOT NULL,                        -- Frequencies, mean and projection, as clr.EmbedText reads them.
    CONSTRAINT PK_MeaningSpace PRIMARY KEY CLUSTERED (ModelId),
    CONSTRAINT FK_MeaningSpace_Model FOREIGN KEY (ModelId) REFERENCES mqe.Model (ModelId) ON DELETE CASCADE
);
