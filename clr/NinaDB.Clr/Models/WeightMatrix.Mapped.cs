using System;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Quantization;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Models;

/// <summary>Matrices whose numbers stay in their file, in the type they are stored in.</summary>
public sealed unsafe partial class WeightMatrix
{
    private readonly SegmentHold? _hold;
    private readonly byte* _start;
    private readonly DType _type;
    private readonly long _rowBytes;

    /// <summary>The stored row of each row; null when they are in order.</summary>
    private readonly int[]? _order;

    /// <summary>The decoded numbers, as long as someone uses them.</summary>
    private WeakReference<float[]>? _decoded;

    private WeightMatrix(int rows, int columns, SegmentHold hold, byte* start, DType type, long rowBytes, int[]? order)
    {
        Rows = rows;
        Columns = columns;
        _hold = hold;
        _start = start;
        _type = type;
        _rowBytes = rowBytes;
        _order = order;
    }

    /// <summary>Whether the numbers stay in their file.</summary>
    public bool IsMapped => _values == null;

    /// <summary>The type the numbers are kept in.</summary>
    public DType StoredType => _values == null ? _type : DType.F32;

    /// <summary>The bytes of managed memory that the matrix occupies.</summary>
    public long ManagedBytes => _values != null ? 4 * ElementCount : _order == null ? 0 : 4L * _order.Length;

    /// <summary>
    /// A matrix over <paramref name="rows"/> · <paramref name="columns"/> elements of a tensor, which begin at <paramref name="byteOffset"/>
    /// of it. Raises <see cref="ErrorNumber.DTypeNotDecodable"/>, and <see cref="ErrorNumber.PeekOutOfRange"/> when they are not all inside
    /// the tensor or its rows are not whole blocks.
    /// </summary>
    internal static WeightMatrix Mapped(SegmentHold hold, TensorInfo tensor, int rows, int columns, long byteOffset = 0)
    {
        TensorReader.RequireDecodable(tensor);
        long rowBytes = DTypeInfo.Of(tensor.DType).ByteLength(columns);
        if (rows < 0 || columns < 0 || rowBytes < 0 || byteOffset < 0 || rows * rowBytes > tensor.ByteLength - byteOffset)
        {
            throw new NinaException(
                ErrorNumber.PeekOutOfRange,
                $"A matrix of {rows} by {columns} from byte {byteOffset} is not inside tensor '{tensor.Name}' {tensor.ShapeText}.");
        }

        byte* start = hold.Segment.At(tensor.ByteOffset + byteOffset, rows * rowBytes);
        return new WeightMatrix(rows, columns, hold, start, tensor.DType, rowBytes, null);
    }

    /// <summary>The same matrix with its rows in another order, a permutation of them: row i is row <paramref name="order"/>[i] of this one.</summary>
    internal WeightMatrix Reorder(int[] order)
    {
        NinaException.Require(order.Length == Rows, "An order names every row.");
        if (_values != null)
        {
            return SelectRows(order);
        }

        bool[] seen = new bool[Rows];
        int[] stored = new int[Rows];
        for (int i = 0; i < order.Length; i++)
        {
            RequireIndex(order[i], Rows, "Row");
            NinaException.Require(!seen[order[i]], "An order names every row once.");
            seen[order[i]] = true;
            stored[i] = _order == null ? order[i] : _order[order[i]];
        }

        return new WeightMatrix(Rows, Columns, _hold!, _start, _type, _rowBytes, stored);
    }

    /// <summary>Rows that lie one after the other in the file, null for others.</summary>
    private WeightMatrix? MappedRange(int[] indexes)
    {
        if (_values != null || _order != null || indexes.Length == 0)
        {
            return null;
        }

        for (int i = 1; i < indexes.Length; i++)
        {
            if (indexes[i] != indexes[0] + i)
            {
                return null;
            }
        }

        RequireIndex(indexes[0], Rows, "Row");
        RequireIndex(indexes[indexes.Length - 1], Rows, "Row");
        return new WeightMatrix(indexes.Length, Columns, _hold!, _start + (indexes[0] * _rowBytes), _type, _rowBytes, null);
    }

    private void CopyMappedRow(int index, float* target)
    {
        BlockCodec.Decode(_type, _start + ((_order == null ? index : _order[index]) * _rowBytes), target, Columns);
        GC.KeepAlive(_hold);
    }

    private void CopyMappedColumn(int index, float[] column)
    {
        DTypeInfo info = DTypeInfo.Of(_type);
        long offset = index / info.BlockElements * (long)info.BlockBytes;
        float* block = stackalloc float[256];
        for (int r = 0; r < column.Length; r++)
        {
            BlockCodec.Decode(_type, _start + ((_order == null ? r : _order[r]) * _rowBytes) + offset, block, info.BlockElements);
            column[r] = block[index % info.BlockElements];
        }

        GC.KeepAlive(_hold);
    }

    private float[] Decoded()
    {
        WeakReference<float[]>? reference = _decoded;
        if (reference != null && reference.TryGetTarget(out float[]? values))
        {
            return values;
        }

        if (ElementCount > 0x7FFFFFC7)
        {
            throw new NinaException(ErrorNumber.ModelTooLarge, $"A matrix of {Rows} by {Columns} is too large for one array.");
        }

        values = new float[ElementCount];
        fixed (float* target = values)
        {
            for (int r = 0; r < Rows; r++)
            {
                CopyMappedRow(r, target + ((long)r * Columns));
            }
        }

        _decoded = new WeakReference<float[]>(values);
        return values;
    }

    private void MultiplyMapped(float* x, int tokens, float* y, int parallelism)
    {
        MultiplyRows(_type, _start, _rowBytes, x, tokens, y, parallelism);
        GC.KeepAlive(_hold);
        if (_order == null)
        {
            return;
        }

        float[] buffer = Scratch.Row(Rows);
        fixed (float* row = buffer)
        {
            for (int t = 0; t < tokens; t++, y += Rows)
            {
                Buffer.MemoryCopy(y, row, 4L * Rows, 4L * Rows);
                for (int r = 0; r < _order.Length; r++)
                {
                    y[r] = row[_order[r]];
                }
            }
        }
    }
}
