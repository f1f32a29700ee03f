using System;
using System.Collections.Generic;
using System.Data.SqlTypes;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>A block of a tensor, read row by row as the rows are asked for: a slice of any size takes the memory of one row.</summary>
internal sealed class TensorSlice
{
    private const int MaxRowBytes = 1 << 30;

    private readonly SqlString _path;
    private readonly TensorInfo _tensor;
    private readonly long _row;
    private readonly long _rowCount;
    private readonly long _rowStep;
    private readonly long _column;
    private readonly int _columnCount;
    private readonly long _columnStep;

    public TensorSlice(SqlString path, TensorInfo tensor, SqlInt64 row, SqlInt64 rowCount, SqlInt64 rowStep, SqlInt64 column, SqlInt64 columnCount, SqlInt64 columnStep)
    {
        _path = path;
        _tensor = tensor;
        (_row, _rowCount, _rowStep) = (row.Value, rowCount.Value, rowStep.Value);
        (_column, _columnStep) = (column.Value, columnStep.Value);
        Check("Rows", _row, _rowCount, _rowStep, tensor.RowCount);
        Check("Columns", _column, columnCount.Value, _columnStep, tensor.ColumnCount);
        NinaException.Require(columnCount.Value <= TensorReader.MaxSliceElements, $"A row of a slice has at most {TensorReader.MaxSliceElements} columns.");
        _columnCount = (int)columnCount.Value;
    }

    /// <summary>The rows, decoded; each array is new.</summary>
    public IEnumerable<T> Read<T>(Func<long, float[], T> make)
    {
        TensorReader.RequireDecodable(_tensor);
        return Rows((segment, row) => make(row, TensorReader.ReadSlice(segment, _tensor, row, 1, 1, _column, _columnCount, _columnStep)));
    }

    /// <summary>The rows as they are stored. Columns of a quantised tensor can only be cut where its blocks are.</summary>
    public IEnumerable<KeyValuePair<long, byte[]>> ReadBytes()
    {
        DTypeInfo type = DTypeInfo.Of(_tensor.DType);
        NinaException.Require(
            (_tensor.ColumnCount % type.BlockElements == 0 || _tensor.RowCount == 1) && _column % type.BlockElements == 0 && _columnCount % type.BlockElements == 0,
            $"Columns of a {type.Name} tensor can only be cut at multiples of {type.BlockElements}.");
        long length = type.ByteLength(_columnCount);
        NinaException.Require(length <= MaxRowBytes, $"At most {MaxRowBytes} bytes of a row can be peeked at once.");
        return Rows((segment, row) => new KeyValuePair<long, byte[]>(
            row, TensorReader.ReadBytes(segment, _tensor, type.ByteLength((row * _tensor.ColumnCount) + _column), (int)length)));
    }

    private IEnumerable<T> Rows<T>(Func<Segment, long, T> read)
    {
        using (SegmentLease lease = TensorFunctions.OpenSegment(_path))
        {
            for (long i = 0; i < _rowCount; i++)
            {
                yield return read(lease.Segment, _row + (i * _rowStep));
            }
        }
    }

    private static void Check(string what, long start, long count, long step, long length)
    {
        NinaException.Require(step >= 1, $"{what}: a step of {step} is not possible.");
        bool inside = start >= 0 && count >= 0 && start <= length && (count == 0 || (count - 1 <= (length - 1 - start) / step && start < length));
        if (!inside)
        {
            throw new NinaException(ErrorNumber.PeekOutOfRange, $"{what} {start}, {count} of them in steps of {step}, are outside a tensor with {length}.");
        }
    }
}
