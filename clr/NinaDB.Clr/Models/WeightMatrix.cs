using System;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Models;

/// <summary>A weight [rows, columns] in memory, row-major; it maps a vector of <see cref="Columns"/> numbers to one of <see cref="Rows"/>.</summary>
public sealed unsafe class WeightMatrix
{
    /// <summary>Work below this many multiplications is not worth a second thread.</summary>
    private const long ParallelWorkThreshold = 1 << 22;

    /// <summary>Wraps values, which are not copied.</summary>
    public WeightMatrix(int rows, int columns, float[] values)
    {
        if (rows < 0 || columns < 0 || (long)rows * columns != values.LongLength)
        {
            throw new NinaException(ErrorNumber.ShapeMismatch, $"{values.LongLength} numbers are not a matrix of {rows} by {columns}.");
        }

        Rows = rows;
        Columns = columns;
        Values = values;
    }

    /// <summary>The number of outputs.</summary>
    public int Rows { get; }

    /// <summary>The number of inputs.</summary>
    public int Columns { get; }

    /// <summary>The numbers, row-major.</summary>
    public float[] Values { get; }

    /// <summary>A copy of a row.</summary>
    public float[] Row(int index)
    {
        float[] row = new float[Columns];
        Array.Copy(Values, (long)index * Columns, row, 0, Columns);
        return row;
    }

    /// <summary>A copy of a column.</summary>
    public float[] Column(int index)
    {
        float[] column = new float[Rows];
        for (int r = 0; r < Rows; r++)
        {
            column[r] = Values[((long)r * Columns) + index];
        }

        return column;
    }

    /// <summary>The Euclidean length of every column.</summary>
    public float[] ColumnNorms()
    {
        double[] squares = new double[Columns];
        for (int r = 0; r < Rows; r++)
        {
            long start = (long)r * Columns;
            for (int c = 0; c < Columns; c++)
            {
                double v = Values[start + c];
                squares[c] += v * v;
            }
        }

        return Array.ConvertAll(squares, s => (float)Math.Sqrt(s));
    }

    /// <summary>The transpose.</summary>
    public WeightMatrix Transpose()
    {
        float[] values = new float[Values.LongLength];
        for (int r = 0; r < Rows; r++)
        {
            for (int c = 0; c < Columns; c++)
            {
                values[((long)c * Rows) + r] = Values[((long)r * Columns) + c];
            }
        }

        return new WeightMatrix(Columns, Rows, values);
    }

    /// <summary>A matrix of some of the rows, in the order asked for.</summary>
    public WeightMatrix SelectRows(int[] indexes)
    {
        float[] values = new float[(long)indexes.Length * Columns];
        for (int i = 0; i < indexes.Length; i++)
        {
            Array.Copy(Values, (long)indexes[i] * Columns, values, (long)i * Columns, Columns);
        }

        return new WeightMatrix(indexes.Length, Columns, values);
    }

    /// <summary>y[tokens, rows] = x[tokens, columns] · thisᵀ, both row-major without gaps.</summary>
    internal void Multiply(float* x, int tokens, float* y, int parallelism = 1)
    {
        fixed (float* values = Values)
        {
            if (parallelism <= 1 || (long)tokens * Values.LongLength < ParallelWorkThreshold || Rows < 64)
            {
                Kernels.MultiplyTransposed(x, Columns, tokens, values, Columns, Rows, Columns, y, Rows);
                return;
            }

            float* w = values;
            int chunk = ((Rows / (parallelism * 4)) + 4) & ~3;
            int chunks = (Rows + chunk - 1) / chunk;
            ParallelWork.For(chunks, parallelism, i =>
            {
                int start = i * chunk;
                Kernels.MultiplyTransposed(
                    x, Columns, tokens, w + ((long)start * Columns), Columns, Math.Min(chunk, Rows - start), Columns, y + start, Rows);
            });
        }
    }
}
