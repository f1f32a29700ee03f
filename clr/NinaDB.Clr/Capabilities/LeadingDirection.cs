using System;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Capabilities;

/// <summary>Leading left singular vectors by power iteration: the one direction in which a component that is a matrix writes most.</summary>
internal static unsafe class LeadingDirection
{
    private const int PowerIterations = 64;

    /// <summary>Of a matrix [hidden, width]; its sign makes the largest number positive.</summary>
    public static float[] OfMatrix(WeightMatrix matrix)
    {
        int hidden = matrix.Rows;
        int width = matrix.Columns;
        float[] columns = MatrixColumns.Copy(matrix, 0, width);
        float[] x = new float[hidden];
        float[] next = new float[hidden];
        fixed (float* start = columns)
        {
            // From the longest column: it cannot be orthogonal to the leading direction by accident of the weights' layout.
            int longest = 0;
            float best = -1;
            for (int c = 0; c < width; c++)
            {
                float* column = start + ((long)c * hidden);
                float square = Kernels.Dot(column, column, hidden);
                if (square > best)
                {
                    best = square;
                    longest = c;
                }
            }

            Array.Copy(columns, (long)longest * hidden, x, 0, hidden);
            VectorMath.Normalize(x);
            for (int step = 0; step < PowerIterations; step++)
            {
                Array.Clear(next, 0, hidden);
                fixed (float* from = x, to = next)
                {
                    for (int c = 0; c < width; c++)
                    {
                        float* column = start + ((long)c * hidden);
                        Kernels.AddScaled(to, column, Kernels.Dot(column, from, hidden), hidden);
                    }
                }

                VectorMath.Normalize(next);
                (x, next) = (next, x);
            }
        }

        return WithSign(x);
    }

    /// <summary>Of W_O,h · W_V,h, on its small factor.</summary>
    public static float[] OfHead(LayerWeights layer, ModelConfig config, int head)
    {
        int size = config.HeadSize;
        int hidden = config.HiddenSize;
        int keyHead = head / (config.HeadCount / config.KeyValueHeadCount);
        float[] output = MatrixColumns.Copy(layer.Output, head * size, size);
        float[] value = new float[size * hidden];
        for (int i = 0; i < size; i++)
        {
            MatrixColumns.ReadRow(layer.Value, (keyHead * size) + i, value, i * hidden);
        }

        double[] x = new double[size];
        for (int j = 0; j < size; j++)
        {
            x[j] = 1 + (j * 0.01);
        }

        // W_V W_Vᵀ [size, size]: with y = W_O x, the step x <- (W_V W_Vᵀ) W_Oᵀ W_O x has the same leading direction.
        double[] gramValue = Gram(value, size, hidden);
        double[] gramOutput = Gram(output, size, hidden);
        for (int step = 0; step < PowerIterations; step++)
        {
            x = Scale(Apply(gramValue, Apply(gramOutput, x)));
        }

        float[] direction = new float[hidden];
        for (int k = 0; k < hidden; k++)
        {
            double sum = 0;
            for (int j = 0; j < size; j++)
            {
                sum += output[(j * hidden) + k] * x[j];
            }

            direction[k] = (float)sum;
        }

        return WithSign(direction);
    }

    private static float[] WithSign(float[] direction)
    {
        float largest = 0;
        foreach (float value in direction)
        {
            largest = Math.Abs(value) > Math.Abs(largest) ? value : largest;
        }

        return largest < 0 ? Array.ConvertAll(direction, v => -v) : direction;
    }

    /// <summary>Inner products of rows [size, length], in double precision.</summary>
    private static double[] Gram(float[] rows, int size, int length)
    {
        double[] gram = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int k = 0; k < length; k++)
                {
                    sum += (double)rows[(i * length) + k] * rows[(j * length) + k];
                }

                gram[(i * size) + j] = sum;
                gram[(j * size) + i] = sum;
            }
        }

        return gram;
    }

    private static double[] Apply(double[] matrix, double[] x)
    {
        double[] y = new double[x.Length];
        for (int i = 0; i < y.Length; i++)
        {
            for (int j = 0; j < x.Length; j++)
            {
                y[i] += matrix[(i * x.Length) + j] * x[j];
            }
        }

        return y;
    }

    private static double[] Scale(double[] x)
    {
        double length = 0;
        foreach (double value in x)
        {
            length += value * value;
        }

        length = Math.Sqrt(length);
        return length > 0 ? Array.ConvertAll(x, v => v / length) : x;
    }
}
