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
    @Column bigint,
    @ColumnCount bigint
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
    @Column bigint,
    @ColumnCount bigint
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
    @Column bigint,
    @ColumnCount bigint
)
RETURNS TABLE (
    row_index bigint,
    [bytes] varbinary(max)
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TensorFunctions].[PeekRowBytes];
GO

-- Statistics over all elements.
CREATE FUNCTION clr.TensorStatistics
(
    @Path nvarchar(4000),
    @DataType nvarchar(16),
    @ByteOffset bigint,
    @ElementCount bigint
)
RETURNS TABLE (
    element_count bigint,
    minimum float,
    maximum float,
    mean float,
    standard_deviation float,
    zero_count bigint,
    nan_count bigint,
    infinity_count bigint
)
AS EXTERNAL NAME [NinaDB.Clr].[NinaDB.Clr.SqlEntryPoints.TensorFunctions].[Statistics];
GO
