using System;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Models;

/// <summary>
/// A weight [rows, columns], row-major; it maps a vector of <see cref="Columns"/> numbers to one of <see cref="Rows"/>. Its numbers are
/// floats in memory, or stay in their file as they are stored (WeightMatrix.Mapped.cs).
/// </summary>
public sealed unsafe partial class WeightMatrix
{
    /// <summary>Work below this many multiplications is not worth a second thread.</summary>
    private const long ParallelWorkThreshold = 1 << 19;

    private readonly float[]? _values;

    /// <summary>Wraps values, which are not copied.</summary>
    public WeightMatrix(int rows, int columns, float[] values)
    {
        if (rows < 0 || columns < 0 || (long)rows * columns != values.LongLength)
        {
            throw new NinaException(ErrorNumber.ShapeMismatch, $"{values.LongLength} numbers are not a matrix of {rows} by {columns}.");
        }

        Rows = rows;
        Columns = columns;
        _values = values;
    }

    /// <summary>The number of outputs.</summary>
    public int Rows { get; }

    /// <summary>The number of inputs.</summary>
    public int Columns { get; }

    /// <summary>The number of elements.</summary>
    public long ElementCount => (long)Rows * Columns;

    /// <summary>
    /// The numbers, row-major. A mapped matrix decodes all of them, into an array of its own that is not to be changed: take
    /// <see cref="CopyRow"/> or <see cref="Column"/> where some of them will do.
    /// </summary>
    public float[] Values => _values ?? Decoded();

    /// <summary>A copy of a row.</summary>
    public float[] Row(int index)
    {
        float[] row = new float[Columns];
        fixed (float* target = row)
        {
            CopyRow(index, target);
        }

        return row;
    }

    /// <summary>Copies a row to <paramref name="target"/>, which has room for <see cref="Columns"/> numbers from <paramref name="offset"/>.</summary>
    public void CopyRow(int index, float[] target, long offset = 0)
    {
        NinaException.Require(target != null && offset >= 0 && offset <= target.LongLength - Columns, "The destination of a row is too small.");
        fixed (float* start = target)
        {
            CopyRow(index, start + offset);
        }
    }

    /// <summary>A copy of a column.</summary>
    public float[] Column(int index)
    {
        RequireIndex(index, Columns, "Column");
        float[] column = new float[Rows];
        if (_values == null)
        {
            CopyMappedColumn(index, column);
            return column;
        }

        for (int r = 0; r < Rows; r++)
        {
            column[r] = _values[((long)r * Columns) + index];
        }

        return column;
    }

    /// <summary>The Euclidean length of every column.</summary>
    public float[] ColumnNorms()
    {
        double[] squares = new double[Columns];
        float[] row = new float[Columns];
        for (int r = 0; r < Rows; r++)
        {
            CopyRow(r, row);
            for (int c = 0; c < row.Length; c++)
            {
                double v = row[c];
                squares[c] += v * v;
            }
        }

        return Array.ConvertAll(squares, s => (float)Math.Sqrt(s));
    }

    /// <summary>The transpose, as floats in memory.</summary>
    public WeightMatrix Transpose()
    {
        float[] values = new float[ElementCount];
        float[] row = new float[Columns];
        for (int r = 0; r < Rows; r++)
        {
            CopyRow(r, row);
            for (int c = 0; c < row.Length; c++)
            {
                values[((long)c * Rows) + r] = row[c];
            }
        }

        return new WeightMatrix(Columns, Rows, values);
    }

    /// <summary>A matrix of some of the rows, in the order asked for: a part of the file where they follow each other in one, else floats in memory.</summary>
    public WeightMatrix SelectRows(int[] indexes)
    {
        if (MappedRange(indexes) is WeightMatrix range)
        {
            return range;
        }

        float[] values = new float[(long)indexes.Length * Columns];
        for (int i = 0; i < indexes.Length; i++)
        {
            CopyRow(indexes[i], values, (long)i * Columns);
        }

        return new WeightMatrix(indexes.Length, Columns, values);
    }

    /// <summary>Copies a row to memory that has room for it.</summary>
    internal void CopyRow(int index, float* target)
    {
        RequireIndex(index, Rows, "Row");
        if (_values == null)
        {
            CopyMappedRow(index, target);
            return;
        }

        fixed (float* source = _values)
        {
            Buffer.MemoryCopy(source + ((long)index * Columns), target, 4L * Columns, 4L * Columns);
        }
    }

    /// <summary>y[tokens, rows] = x[tokens, columns] · thisᵀ, both row-major without gaps. The number of threads does not change a result.</summary>
    internal void Multiply(float* x, int tokens, float* y, int parallelism = 1)
    {
        if (_values == null)
        {
            MultiplyMapped(x, tokens, y, parallelism);
            return;
        }

        fixed (float* values = _values)
        {
            MultiplyRows(DType.F32, (byte*)values, 4L * Columns, x, tokens, y, parallelism);
        }
    }

    /// <summary>Shares the rows out among threads.</summary>
    private void MultiplyRows(DType type, byte* w, long rowBytes, float* x, int tokens, float* y, int parallelism)
    {
        if (parallelism <= 1 || tokens * ElementCount < ParallelWorkThreshold || Rows < 64)
        {
            Kernels.MultiplyEncoded(type, x, Columns, tokens, w, rowBytes, Rows, Columns, y, Rows);
            return;
        }

        // A few pieces more than threads, so that one that was held up does not hold up the others; whole panels when there are many tokens.
        int step = tokens < 8 ? 8 : 64;
        int chunk = Math.Max(step, Rows / (parallelism * 4) / step * step);
        int chunks = (Rows + chunk - 1) / chunk;
        ParallelWork.For(chunks, parallelism, i =>
        {
            int start = i * chunk;
            Kernels.MultiplyEncoded(type, x, Columns, tokens, w + (start * rowBytes), rowBytes, Math.Min(chunk, Rows - start), Columns, y + start, Rows);
        });
    }

    private static void RequireIndex(int index, int count, string what)
    {
        if ((uint)index >= (uint)count)
        {
            throw new NinaException(ErrorNumber.PeekOutOfRange, $"{what} {index} is outside a matrix that has {count}.");
        }
    }
}
