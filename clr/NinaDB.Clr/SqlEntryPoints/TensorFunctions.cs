using System;
using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using System.Globalization;
using System.Text;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>SQL functions that look into tensors through the mapped segment. A tensor is given by what mqe.Tensor says of it, so that no header is read.</summary>
public static class TensorFunctions
{
    private const int MaxPeekBytes = 1 << 30;

    /// <summary>Bytes of a segment as they are.</summary>
    [SqlFunction]
    public static SqlBytes PeekBytes(SqlString path, SqlInt64 offset, SqlInt32 length)
    {
        NinaException.Require(!path.IsNull && !offset.IsNull && !length.IsNull, "path, offset and length must not be NULL.");
        NinaException.Require(length.Value >= 0 && length.Value <= MaxPeekBytes, $"At most {MaxPeekBytes} bytes can be peeked at once.");
        using (SegmentLease lease = SegmentCache.Shared.Open(path.Value))
        {
            return new SqlBytes(lease.Segment.ReadBytes(offset.Value, length.Value));
        }
    }

    /// <summary>Rows (row_index, values): each tensor row's columns as a JSON array of numbers (null for NaN and infinities).</summary>
    [SqlFunction(FillRowMethodName = nameof(FillRow), TableDefinition = "row_index bigint, [values] nvarchar(max)")]
    public static IEnumerable PeekRows(
        SqlString path, SqlString dataType, SqlInt64 byteOffset, SqlInt64 rows, SqlInt64 columns, SqlInt64 row, SqlInt64 rowCount, SqlInt64 column, SqlInt64 columnCount)
    {
        float[] values = Slice(path, dataType, byteOffset, rows, columns, row, rowCount, column, columnCount);
        var result = new List<KeyValuePair<long, string>>();
        int width = (int)columnCount.Value;
        for (int r = 0; r < (int)rowCount.Value; r++)
        {
            result.Add(new KeyValuePair<long, string>(row.Value + r, JsonArray(values, r * width, width)));
        }

        return result;
    }

    /// <summary>Fills a row of <see cref="PeekRows"/>.</summary>
    public static void FillRow(object row, out SqlInt64 rowIndex, [SqlFacet(MaxSize = -1)] out SqlString values)
    {
        var pair = (KeyValuePair<long, string>)row;
        rowIndex = pair.Key;
        values = pair.Value;
    }

    /// <summary>Rows (row_index, column_index, value), one a number.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillElement), TableDefinition = "row_index bigint, column_index bigint, [value] real")]
    public static IEnumerable PeekElements(
        SqlString path, SqlString dataType, SqlInt64 byteOffset, SqlInt64 rows, SqlInt64 columns, SqlInt64 row, SqlInt64 rowCount, SqlInt64 column, SqlInt64 columnCount)
    {
        float[] values = Slice(path, dataType, byteOffset, rows, columns, row, rowCount, column, columnCount);
        return Elements(values, row.Value, column.Value, columnCount.Value);
    }

    /// <summary>Fills a row of <see cref="PeekElements"/>.</summary>
    public static void FillElement(object row, out SqlInt64 rowIndex, out SqlInt64 columnIndex, out SqlSingle value)
    {
        var element = (Element)row;
        rowIndex = element.Row;
        columnIndex = element.Column;
        value = float.IsNaN(element.Value) || float.IsInfinity(element.Value) ? SqlSingle.Null : new SqlSingle(element.Value);
    }

    /// <summary>Rows (row_index, bytes): the raw bytes of the columns of each tensor row.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillRowBytes), TableDefinition = "row_index bigint, [bytes] varbinary(max)")]
    public static IEnumerable PeekRowBytes(
        SqlString path, SqlString dataType, SqlInt64 byteOffset, SqlInt64 rows, SqlInt64 columns, SqlInt64 row, SqlInt64 rowCount, SqlInt64 column, SqlInt64 columnCount)
    {
        TensorInfo tensor = Tensor(dataType, byteOffset, rows.Value, columns.Value);
        DTypeInfo type = DTypeInfo.Of(tensor.DType);
        NinaException.Require(
            (columns.Value % type.BlockElements == 0 || rows.Value == 1) && column.Value % type.BlockElements == 0 && columnCount.Value % type.BlockElements == 0,
            $"Columns of a {type.Name} tensor can only be cut at multiples of {type.BlockElements}.");
        var result = new List<KeyValuePair<long, byte[]>>();
        using (SegmentLease lease = SegmentCache.Shared.Open(path.Value))
        {
            int length = checked((int)type.ByteLength(columnCount.Value));
            NinaException.Require(length * (double)rowCount.Value <= MaxPeekBytes, $"At most {MaxPeekBytes} bytes can be peeked at once.");
            for (long r = row.Value; r < row.Value + rowCount.Value; r++)
            {
                long offset = type.ByteLength((r * columns.Value) + column.Value);
                result.Add(new KeyValuePair<long, byte[]>(r, TensorReader.ReadBytes(lease.Segment, tensor, offset, length)));
            }
        }

        return result;
    }

    /// <summary>Fills a row of <see cref="PeekRowBytes"/>.</summary>
    public static void FillRowBytes(object row, out SqlInt64 rowIndex, out SqlBytes bytes)
    {
        var pair = (KeyValuePair<long, byte[]>)row;
        rowIndex = pair.Key;
        bytes = new SqlBytes(pair.Value);
    }

    /// <summary>One row of statistics over all elements.</summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillStatistics),
        TableDefinition = "element_count bigint, minimum float, maximum float, mean float, standard_deviation float, zero_count bigint, nan_count bigint, infinity_count bigint")]
    public static IEnumerable Statistics(SqlString path, SqlString dataType, SqlInt64 byteOffset, SqlInt64 elementCount)
    {
        TensorInfo tensor = Tensor(dataType, byteOffset, 1, elementCount.Value);
        using (SegmentLease lease = SegmentCache.Shared.Open(path.Value))
        {
            return new[] { TensorStatistics.Of(lease.Segment, tensor) };
        }
    }

    /// <summary>Fills the row of <see cref="Statistics"/>.</summary>
    public static void FillStatistics(
        object row,
        out SqlInt64 elementCount,
        out SqlDouble minimum,
        out SqlDouble maximum,
        out SqlDouble mean,
        out SqlDouble standardDeviation,
        out SqlInt64 zeroCount,
        out SqlInt64 nanCount,
        out SqlInt64 infinityCount)
    {
        var statistics = (TensorStatistics)row;
        elementCount = statistics.Count;
        minimum = Finite(statistics.Minimum);
        maximum = Finite(statistics.Maximum);
        mean = Finite(statistics.Mean);
        standardDeviation = Finite(statistics.StandardDeviation);
        zeroCount = statistics.Zeros;
        nanCount = statistics.NaNs;
        infinityCount = statistics.Infinities;
    }

    internal static SqlDouble Finite(double value) => double.IsNaN(value) || double.IsInfinity(value) ? SqlDouble.Null : new SqlDouble(value);

    /// <summary>A JSON array of floats, shortest text that reads back the same.</summary>
    internal static string JsonArray(float[] values, int start, int count)
    {
        var text = new StringBuilder(count * 12);
        text.Append('[');
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
            {
                text.Append(',');
            }

            float value = values[start + i];
            text.Append(float.IsNaN(value) || float.IsInfinity(value) ? "null" : value.ToString("R", CultureInfo.InvariantCulture));
        }

        return text.Append(']').ToString();
    }

    private static float[] Slice(
        SqlString path, SqlString dataType, SqlInt64 byteOffset, SqlInt64 rows, SqlInt64 columns, SqlInt64 row, SqlInt64 rowCount, SqlInt64 column, SqlInt64 columnCount)
    {
        TensorInfo tensor = Tensor(dataType, byteOffset, rows.Value, columns.Value);
        using (SegmentLease lease = SegmentCache.Shared.Open(path.Value))
        {
            return TensorReader.ReadSlice(lease.Segment, tensor, row.Value, checked((int)rowCount.Value), 1, column.Value, checked((int)columnCount.Value), 1);
        }
    }

    private static TensorInfo Tensor(SqlString dataType, SqlInt64 byteOffset, long rows, long columns)
    {
        NinaException.Require(!dataType.IsNull && !byteOffset.IsNull, "The tensor's data type and offset must not be NULL.");
        DType type = DTypeInfo.Parse(dataType.Value);
        var shape = new[] { rows, columns };
        return new TensorInfo("tensor", type, shape, 0, byteOffset.Value, DTypeInfo.Of(type).ByteLength(DTypeInfo.ElementCount(shape)));
    }

    private static IEnumerable Elements(float[] values, long firstRow, long firstColumn, long width)
    {
        for (long i = 0; i < values.Length; i++)
        {
            yield return new Element(firstRow + (i / width), firstColumn + (i % width), values[i]);
        }
    }

    private sealed class Element
    {
        public Element(long row, long column, float value)
        {
            Row = row;
            Column = column;
            Value = value;
        }

        public long Row { get; }

        public long Column { get; }

        public float Value { get; }
    }
}
