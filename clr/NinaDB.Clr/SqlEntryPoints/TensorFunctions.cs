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
        using (SegmentLease lease = OpenSegment(path))
        {
            return new SqlBytes(lease.Segment.ReadBytes(offset.Value, length.Value));
        }
    }

    /// <summary>Rows (row_index, values): each tensor row's columns as a JSON array of numbers (null for NaN and infinities). Rows are read as they are asked for.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillRow), TableDefinition = "row_index bigint, [values] nvarchar(max)")]
    public static IEnumerable PeekRows(
        SqlString path, SqlString dataType, SqlInt64 byteOffset, SqlInt64 rows, SqlInt64 columns, SqlInt64 row, SqlInt64 rowCount, SqlInt64 rowStep, SqlInt64 column, SqlInt64 columnCount, SqlInt64 columnStep)
        => new TensorSlice(path, Tensor(dataType, byteOffset, rows.Value, columns.Value), row, rowCount, rowStep, column, columnCount, columnStep)
            .Read((index, values) => new KeyValuePair<long, string>(index, JsonArray(values, 0, values.Length)));

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
        SqlString path, SqlString dataType, SqlInt64 byteOffset, SqlInt64 rows, SqlInt64 columns, SqlInt64 row, SqlInt64 rowCount, SqlInt64 rowStep, SqlInt64 column, SqlInt64 columnCount, SqlInt64 columnStep)
        => Elements(
            new TensorSlice(path, Tensor(dataType, byteOffset, rows.Value, columns.Value), row, rowCount, rowStep, column, columnCount, columnStep)
                .Read((index, values) => new KeyValuePair<long, float[]>(index, values)),
            column.Value,
            columnStep.Value);

    /// <summary>Fills a row of <see cref="PeekElements"/>.</summary>
    public static void FillElement(object row, out SqlInt64 rowIndex, out SqlInt64 columnIndex, out SqlSingle value)
    {
        var element = (Element)row;
        rowIndex = element.Row;
        columnIndex = element.Column;
        value = float.IsNaN(element.Value) || float.IsInfinity(element.Value) ? SqlSingle.Null : new SqlSingle(element.Value);
    }

    /// <summary>Rows (row_index, bytes): the columns of each tensor row, decoded, as 32-bit floats, little-endian.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillRowBytes), TableDefinition = "row_index bigint, [bytes] varbinary(max)")]
    public static IEnumerable PeekRowFloats(
        SqlString path, SqlString dataType, SqlInt64 byteOffset, SqlInt64 rows, SqlInt64 columns, SqlInt64 row, SqlInt64 rowCount, SqlInt64 rowStep, SqlInt64 column, SqlInt64 columnCount, SqlInt64 columnStep)
        => new TensorSlice(path, Tensor(dataType, byteOffset, rows.Value, columns.Value), row, rowCount, rowStep, column, columnCount, columnStep)
            .Read((index, values) =>
            {
                byte[] bytes = new byte[values.Length * sizeof(float)];
                Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
                return new KeyValuePair<long, byte[]>(index, bytes);
            });

    /// <summary>Rows (row_index, bytes): the raw bytes of neighbouring columns of each tensor row.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillRowBytes), TableDefinition = "row_index bigint, [bytes] varbinary(max)")]
    public static IEnumerable PeekRowBytes(
        SqlString path, SqlString dataType, SqlInt64 byteOffset, SqlInt64 rows, SqlInt64 columns, SqlInt64 row, SqlInt64 rowCount, SqlInt64 rowStep, SqlInt64 column, SqlInt64 columnCount)
        => new TensorSlice(path, Tensor(dataType, byteOffset, rows.Value, columns.Value), row, rowCount, rowStep, column, columnCount, 1).ReadBytes();

    /// <summary>Fills a row of <see cref="PeekRowBytes"/> and <see cref="PeekRowFloats"/>.</summary>
    public static void FillRowBytes(object row, out SqlInt64 rowIndex, out SqlBytes bytes)
    {
        var pair = (KeyValuePair<long, byte[]>)row;
        rowIndex = pair.Key;
        bytes = new SqlBytes(pair.Value);
    }

    /// <summary>One row of statistics over all elements; the histogram is a JSON array of bins, NULL when none was asked for.</summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillStatistics),
        TableDefinition = "element_count bigint, minimum float, maximum float, mean float, standard_deviation float, zero_count bigint, nan_count bigint, infinity_count bigint, histogram nvarchar(max)")]
    public static IEnumerable Statistics(SqlString path, SqlString dataType, SqlInt64 byteOffset, SqlInt64 elementCount, SqlInt32 bins)
    {
        TensorInfo tensor = Tensor(dataType, byteOffset, 1, elementCount.Value);
        using (SegmentLease lease = OpenSegment(path))
        {
            return new[] { TensorStatistics.Of(lease.Segment, tensor, bins.IsNull ? 0 : bins.Value, Environment.ProcessorCount) };
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
        out SqlInt64 infinityCount,
        [SqlFacet(MaxSize = -1)] out SqlString histogram)
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
        histogram = statistics.Histogram.Count == 0 ? SqlString.Null : new SqlString(HistogramText(statistics));
    }

    /// <summary>One row: how far two tensors with as many elements are from each other.</summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillComparison),
        TableDefinition = "element_count bigint, differing_count bigint, cosine float, max_abs_difference float, max_abs_index bigint, relative_l2 float, nonfinite_count bigint")]
    public static IEnumerable CompareTensors(
        SqlString pathA, SqlString dataTypeA, SqlInt64 byteOffsetA, SqlString pathB, SqlString dataTypeB, SqlInt64 byteOffsetB, SqlInt64 elementCount)
    {
        TensorInfo a = Tensor(dataTypeA, byteOffsetA, 1, elementCount.Value);
        TensorInfo b = Tensor(dataTypeB, byteOffsetB, 1, elementCount.Value);
        using (SegmentLease leaseA = OpenSegment(pathA))
        using (SegmentLease leaseB = OpenSegment(pathB))
        {
            return new[] { TensorComparison.Of(leaseA.Segment, a, leaseB.Segment, b, Environment.ProcessorCount) };
        }
    }

    /// <summary>Fills the row of <see cref="CompareTensors"/>.</summary>
    public static void FillComparison(
        object row,
        out SqlInt64 elementCount,
        out SqlInt64 differingCount,
        out SqlDouble cosine,
        out SqlDouble maxAbsDifference,
        out SqlInt64 maxAbsIndex,
        out SqlDouble relativeL2,
        out SqlInt64 nonfiniteCount)
    {
        var comparison = (TensorComparison)row;
        elementCount = comparison.Count;
        differingCount = comparison.Differing;
        cosine = Finite(comparison.Cosine);
        maxAbsDifference = Finite(comparison.MaxAbsDifference);
        maxAbsIndex = comparison.MaxAbsIndex < 0 ? SqlInt64.Null : new SqlInt64(comparison.MaxAbsIndex);
        relativeL2 = Finite(comparison.RelativeL2);
        nonfiniteCount = comparison.NonFinite;
    }

    /// <summary>Leases the segment of a stored file, which never changes: one that did raises <see cref="ErrorNumber.FileChanged"/>.</summary>
    internal static SegmentLease OpenSegment(SqlString path)
    {
        NinaException.Require(!path.IsNull, "The model's file is not there.");
        return SegmentCache.Shared.OpenStored(path.Value);
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

    private static TensorInfo Tensor(SqlString dataType, SqlInt64 byteOffset, long rows, long columns)
    {
        NinaException.Require(!dataType.IsNull && !byteOffset.IsNull, "The tensor's data type and offset must not be NULL.");
        DType type = DTypeInfo.Parse(dataType.Value);
        var shape = new[] { rows, columns };
        return new TensorInfo("tensor", type, shape, 0, byteOffset.Value, DTypeInfo.Of(type).ByteLength(DTypeInfo.ElementCount(shape)));
    }

    private static string HistogramText(TensorStatistics statistics)
    {
        int bins = statistics.Histogram.Count;
        double width = (statistics.Maximum - statistics.Minimum) / bins;
        var text = new StringBuilder("[");
        for (int i = 0; i < bins; i++)
        {
            double lower = statistics.Minimum + (i * width);
            double upper = i == bins - 1 ? statistics.Maximum : statistics.Minimum + ((i + 1) * width);
            text.Append(i == 0 ? string.Empty : ",")
                .Append("{\"lower\":").Append(lower.ToString("R", CultureInfo.InvariantCulture))
                .Append(",\"upper\":").Append(upper.ToString("R", CultureInfo.InvariantCulture))
                .Append(",\"count\":").Append(statistics.Histogram[i].ToString(CultureInfo.InvariantCulture)).Append('}');
        }

        return text.Append(']').ToString();
    }

    private static IEnumerable Elements(IEnumerable<KeyValuePair<long, float[]>> rows, long firstColumn, long columnStep)
    {
        foreach (KeyValuePair<long, float[]> row in rows)
        {
            for (int c = 0; c < row.Value.Length; c++)
            {
                yield return new Element(row.Key, firstColumn + (c * columnStep), row.Value[c]);
            }
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
