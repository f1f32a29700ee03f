-- The CLR assembly's SQL face: tensors. Thin wrappers, called by NinaDB's procedures; applications get no grant on this schema.

-- Bytes of a segment.
CREATE FUNCTION clr.PeekBytes
(
    @Path nvarchar(4000),
    @Offset bigint,
    @Length int
)
RETURNS varbinary(max)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TensorFunctions].[PeekBytes];
GO

-- A block of a tensor, a JSON array a row.
CREATE FUNCTION clr.PeekRows
(
    @Path nvarchar(4000),
    @DataType nvarchar(16),
    @ByteOffset bigint,
    @Rows bigint,
    @Columns bigint,
    @Row bigint,
    @RowCount bigint,
    @RowStep bigint,
    @Column bigint,
    @ColumnCount bigint,
    @ColumnStep bigint
)
RETURNS TABLE (
    row_index bigint,
    [values] nvarchar(max)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TensorFunctions].[PeekRows];
GO

-- A block of a tensor, a row a number.
CREATE FUNCTION clr.PeekElements
(
    @Path nvarchar(4000),
    @DataType nvarchar(16),
    @ByteOffset bigint,
    @Rows bigint,
    @Columns bigint,
    @Row bigint,
    @RowCount bigint,
    @RowStep bigint,
    @Column bigint,
    @ColumnCount bigint,
    @ColumnStep bigint
)
RETURNS TABLE (
    row_index bigint,
    column_index bigint,
    [value] real
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TensorFunctions].[PeekElements];
GO

-- A block of a tensor, raw.
CREATE FUNCTION clr.PeekRowBytes
(
    @Path nvarchar(4000),
    @DataType nvarchar(16),
    @ByteOffset bigint,
    @Rows bigint,
    @Columns bigint,
    @Row bigint,
    @RowCount bigint,
    @RowStep bigint,
    @Column bigint,
    @ColumnCount bigint
)
RETURNS TABLE (
    row_index bigint,
    [bytes] varbinary(max)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TensorFunctions].[PeekRowBytes];
GO

-- A block of a tensor, decoded, as 32-bit floats.
CREATE FUNCTION clr.PeekRowFloats
(
    @Path nvarchar(4000),
    @DataType nvarchar(16),
    @ByteOffset bigint,
    @Rows bigint,
    @Columns bigint,
    @Row bigint,
    @RowCount bigint,
    @RowStep bigint,
    @Column bigint,
    @ColumnCount bigint,
    @ColumnStep bigint
)
RETURNS TABLE (
    row_index bigint,
    [bytes] varbinary(max)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TensorFunctions].[PeekRowFloats];
GO

-- Statistics over all elements.
CREATE FUNCTION clr.TensorStatistics
(
    @Path nvarchar(4000),
    @DataType nvarchar(16),
    @ByteOffset bigint,
    @ElementCount bigint,
    @Bins int
)
RETURNS TABLE (
    element_count bigint,
    minimum float,
    maximum float,
    mean float,
    standard_deviation float,
    zero_count bigint,
    nan_count bigint,
    infinity_count bigint,
    histogram nvarchar(max)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TensorFunctions].[Statistics];
GO

-- How far two tensors are from each other.
CREATE FUNCTION clr.CompareTensors
(
    @PathA nvarchar(4000),
    @DataTypeA nvarchar(16),
    @ByteOffsetA bigint,
    @PathB nvarchar(4000),
    @DataTypeB nvarchar(16),
    @ByteOffsetB bigint,
    @ElementCount bigint
)
RETURNS TABLE (
    element_count bigint,
    differing_count bigint,
    cosine float,
    max_abs_difference float,
    max_abs_index bigint,
    relative_l2 float,
    nonfinite_count bigint
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TensorFunctions].[CompareTensors];
GO
