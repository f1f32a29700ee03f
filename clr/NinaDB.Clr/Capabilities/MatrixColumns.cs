using System;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Capabilities;

/// <summary>Columns of weight matrices laid out one after the other: what components write is columns, and those are strided in the file.</summary>
internal static unsafe class MatrixColumns
{
    /// <summary>Rows that are read before their numbers are spread over the columns, so that the writes fill cache lines.</summary>
    private const int RowBlock = 16;

    /// <summary>Columns <paramref name="first"/>.. as rows: [count, matrix rows].</summary>
    public static float[] Copy(WeightMatrix matrix, int first, int count, int parallelism = 1)
    {
        float[] target = new float[(long)count * matrix.Rows];
        Copy(matrix, first, count, target, parallelism);
        return target;
    }

    /// <summary>The same into an array that is there.</summary>
    public static void Copy(WeightMatrix matrix, int first, int count, float[] target, int parallelism = 1)
    {
        int rows = matrix.Rows;
        int blocks = (rows + RowBlock - 1) / RowBlock;
        int chunk = Math.Max(1, blocks / Math.Max(1, parallelism * 4));
        int chunks = (blocks + chunk - 1) / chunk;
        ParallelWork.For(chunks, parallelism, part =>
        {
            float[] buffer = new float[RowBlock * matrix.Columns];
            for (int block = part * chunk; block < Math.Min(blocks, (part + 1) * chunk); block++)
            {
                int firstRow = block * RowBlock;
                int height = Math.Min(RowBlock, rows - firstRow);
                for (int r = 0; r < height; r++)
                {
                    ReadRow(matrix, firstRow + r, buffer, r * matrix.Columns);
                }

                fixed (float* start = target, source = buffer)
                {
                    for (int c = 0; c < count; c++)
                    {
                        float* column = start + ((long)c * rows) + firstRow;
                        float* from = source + first + c;
                        for (int r = 0; r < height; r++)
                        {
                            column[r] = from[(long)r * matrix.Columns];
                        }
                    }
                }
            }
        });
    }

    /// <summary>Copies a row without allocating one.</summary>
    public static void ReadRow(WeightMatrix matrix, int row, float[] target, int offset)
        => matrix.CopyRow(row, target, offset);
}
