using System;
using System.Collections.Generic;
using System.IO;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Capabilities;

/// <summary>
/// Brings vectors of any length to the 768 numbers of the VECTOR columns: padded with zeros when they are shorter (distances are the
/// same), projected on an orthonormal basis of the directions in which a sample varies most when they are longer.
/// </summary>
public sealed unsafe class VectorProjection
{
    /// <summary>The numbers of a stored vector.</summary>
    public const int StoredDimension = 768;

    private const uint Magic = 0x3150564E; // "NVP1"
    private const int SubspaceIterations = 4;

    /// <summary>Iterations on a covariance matrix, which cost less.</summary>
    private const int CovarianceIterations = 8;

    /// <summary>Rows of a matrix that its principal directions are learned from at most, evenly spread.</summary>
    private const int MaxFitRows = 16384;
    private const int RowBlock = 512;

    /// <summary>[StoredDimension, Dimension], null when vectors are padded.</summary>
    private readonly float[]? _basis;

    private VectorProjection(int dimension, float[]? basis)
    {
        Dimension = dimension;
        _basis = basis;
    }

    /// <summary>The length of the vectors that are projected.</summary>
    public int Dimension { get; }

    /// <summary>Whether vectors are only padded, so that nothing is lost.</summary>
    public bool IsExact => _basis == null;

    /// <summary>Learns from a sample of vectors of one length (text embeddings, or rows of the centred output head).</summary>
    public static VectorProjection Fit(int dimension, IReadOnlyList<float[]> sample)
    {
        NinaException.Require(dimension > 0, "A vector has at least one number.");
        return dimension <= StoredDimension ? new VectorProjection(dimension, null) : new VectorProjection(dimension, LeadingDirections(dimension, sample));
    }

    /// <summary>The projection of vectors that are only padded.</summary>
    public static VectorProjection Padding(int dimension)
    {
        NinaException.Require(dimension > 0 && dimension <= StoredDimension, $"A vector of {dimension} numbers does not fit {StoredDimension} by padding.");
        return new VectorProjection(dimension, null);
    }

    /// <summary>Learns from the rows of a matrix less their mean, through their covariance: memory is dimension squared, whatever the number of rows.</summary>
    internal static VectorProjection FitRows(WeightMatrix matrix, float[] mean, int parallelism)
    {
        int dimension = matrix.Columns;
        return dimension <= StoredDimension ? Padding(dimension) : new VectorProjection(dimension, LeadingOfCovariance(matrix, mean, parallelism));
    }

    /// <summary>The vector as it is stored.</summary>
    public float[] Project(float[] vector)
    {
        if (vector.Length != Dimension)
        {
            throw new NinaException(ErrorNumber.ShapeMismatch, $"A vector of {vector.Length} numbers is not one of {Dimension}.");
        }

        float[] result = new float[StoredDimension];
        fixed (float* x = vector, y = result)
        {
            Project(x, 1, y);
        }

        return result;
    }

    /// <summary>Projects <paramref name="count"/> vectors that lie one after the other.</summary>
    internal void Project(float* vectors, int count, float* target)
    {
        if (_basis == null)
        {
            for (int i = 0; i < count; i++)
            {
                float* to = target + ((long)i * StoredDimension);
                Buffer.MemoryCopy(vectors + ((long)i * Dimension), to, 4L * StoredDimension, 4L * Dimension);
                for (int k = Dimension; k < StoredDimension; k++)
                {
                    to[k] = 0;
                }
            }

            return;
        }

        fixed (float* basis = _basis)
        {
            Kernels.MultiplyTransposed(vectors, Dimension, count, basis, Dimension, StoredDimension, Dimension, target, StoredDimension);
        }
    }

    /// <summary>Bytes for storage.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[8 + (_basis == null ? 0 : Buffer.ByteLength(_basis))];
        Buffer.BlockCopy(BitConverter.GetBytes(Magic), 0, bytes, 0, 4);
        Buffer.BlockCopy(BitConverter.GetBytes(Dimension), 0, bytes, 4, 4);
        if (_basis != null)
        {
            Buffer.BlockCopy(_basis, 0, bytes, 8, bytes.Length - 8);
        }

        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote; raises <see cref="ErrorNumber.StoredDataInvalid"/>.</summary>
    public static VectorProjection FromBytes(byte[] bytes)
    {
        int dimension = bytes != null && bytes.Length >= 8 && BitConverter.ToUInt32(bytes, 0) == Magic ? BitConverter.ToInt32(bytes, 4) : 0;
        long expected = 8 + (dimension > StoredDimension ? 4L * StoredDimension * dimension : 0);
        if (dimension <= 0 || bytes!.LongLength != expected)
        {
            throw new NinaException(ErrorNumber.StoredDataInvalid, "A stored vector projection is corrupt.");
        }

        float[]? basis = null;
        if (dimension > StoredDimension)
        {
            basis = new float[(long)StoredDimension * dimension];
            Buffer.BlockCopy(bytes, 8, basis, 0, bytes.Length - 8);
        }

        return new VectorProjection(dimension, basis);
    }

    /// <summary>An orthonormal basis of the leading subspace of the sample's covariance, by subspace iteration from a seeded start.</summary>
    private static float[] LeadingDirections(int dimension, IReadOnlyList<float[]> sample)
    {
        int n = sample.Count;
        float[] data = new float[(long)n * dimension];
        for (int i = 0; i < n; i++)
        {
            Array.Copy(sample[i], 0, data, (long)i * dimension, dimension);
        }

        var matrix = new WeightMatrix(n, dimension, data);
        WeightMatrix transpose = matrix.Transpose();
        float[] basis = RandomStart(dimension);
        float[] image = new float[(long)StoredDimension * Math.Max(1, n)];
        for (int step = 0; step < SubspaceIterations && n > 0; step++)
        {
            fixed (float* b = basis, y = image)
            {
                matrix.Multiply(b, StoredDimension, y, Environment.ProcessorCount);
                transpose.Multiply(y, StoredDimension, b, Environment.ProcessorCount);
            }

            Orthonormalize(basis, dimension);
        }

        return basis;
    }

    private static float[] RandomStart(int dimension)
    {
        float[] basis = new float[(long)StoredDimension * dimension];
        ulong random = 768;
        for (int i = 0; i < basis.Length; i++)
        {
            basis[i] = (float)(SeededRandom.NextDouble(ref random) - 0.5);
        }

        Orthonormalize(basis, dimension);
        return basis;
    }

    private static float[] LeadingOfCovariance(WeightMatrix matrix, float[] mean, int parallelism)
    {
        int dimension = matrix.Columns;
        var covariance = new WeightMatrix(dimension, dimension, Covariance(matrix, mean, parallelism));
        float[] basis = RandomStart(dimension);
        float[] image = new float[basis.LongLength];
        for (int step = 0; step < CovarianceIterations; step++)
        {
            fixed (float* b = basis, y = image)
            {
                covariance.Multiply(b, StoredDimension, y, parallelism);
            }

            (basis, image) = (image, basis);
            Orthonormalize(basis, dimension);
        }

        return basis;
    }

    /// <summary>Σ (row - mean)ᵀ (row - mean) over evenly spread rows: [dimension, dimension].</summary>
    private static float[] Covariance(WeightMatrix matrix, float[] mean, int parallelism)
    {
        const int Strip = 64;
        int dimension = matrix.Columns;
        int step = Math.Max(1, (matrix.Rows + MaxFitRows - 1) / MaxFitRows);
        float[] covariance = new float[(long)dimension * dimension];
        float[] row = new float[dimension];
        float[] columns = new float[(long)dimension * RowBlock];
        int strips = (dimension + Strip - 1) / Strip;
        for (int start = 0; start < matrix.Rows; start += RowBlock * step)
        {
            int count = 0;
            for (int r = start; r < matrix.Rows && count < RowBlock; r += step, count++)
            {
                MatrixColumns.ReadRow(matrix, r, row, 0);
                for (int i = 0; i < dimension; i++)
                {
                    columns[((long)i * RowBlock) + count] = row[i] - mean[i];
                }
            }

            int rows = count;
            ParallelWork.For(strips, parallelism, s =>
            {
                int first = s * Strip;
                int height = Math.Min(Strip, dimension - first);
                float[] part = new float[height * dimension];
                fixed (float* x = columns, y = part, target = covariance)
                {
                    Kernels.MultiplyTransposed(x + ((long)first * RowBlock), RowBlock, height, x, RowBlock, dimension, rows, y, dimension);
                    Kernels.AddScaled(target + ((long)first * dimension), y, 1, part.Length);
                }
            });
        }

        return covariance;
    }

    /// <summary>Gram-Schmidt, twice for accuracy; a row that depends on the ones before is replaced by a fresh direction.</summary>
    private static void Orthonormalize(float[] basis, int dimension)
    {
        ulong random = 4711;
        fixed (float* start = basis)
        {
            for (int row = 0; row < StoredDimension; row++)
            {
                float* x = start + ((long)row * dimension);
                for (int attempt = 0; attempt < 8; attempt++)
                {
                    VectorMath.Normalize(x, dimension);
                    for (int pass = 0; pass < 2; pass++)
                    {
                        for (int other = 0; other < row; other++)
                        {
                            float* y = start + ((long)other * dimension);
                            Kernels.AddScaled(x, y, -Kernels.Dot(x, y, dimension), dimension);
                        }
                    }

                    if (Kernels.Dot(x, x, dimension) > 1e-6f)
                    {
                        break;
                    }

                    for (int i = 0; i < dimension; i++)
                    {
                        x[i] = (float)(SeededRandom.NextDouble(ref random) - 0.5);
                    }
                }

                VectorMath.Normalize(x, dimension);
            }
        }
    }
}
