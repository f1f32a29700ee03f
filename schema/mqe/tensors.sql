-- One row a tensor.
CREATE VIEW mqe.tensors
AS
SELECT
    m.Name AS model_name,
    t.Name AS name,
    t.DataType AS data_type,
    t.Shape AS shape,
    t.TensorRows AS row_count,
    t.TensorColumns AS column_count,
    f.Name AS file_name,
    t.ByteOffset AS byte_offset,
    t.ByteLength AS byte_length,
    t.Layer AS layer,
    t.Role AS role,
    t.Expert AS expert,
    m.PublicId AS model_id
FROM mqe.Tensor AS t
INNER JOIN mqe.Model AS m ON m.ModelId = t.ModelId
INNER JOIN mqe.ModelFile AS f ON f.ModelId = t.ModelId AND f.Ordinal = t.FileOrdinal;
GO
GRANT SELECT ON OBJECT::mqe.tensors TO nina_application;
