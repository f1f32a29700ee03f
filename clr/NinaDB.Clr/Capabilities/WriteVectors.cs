using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Capabilities;

/// <summary>
/// What components write to the residual stream, seen through the final norm, and which tokens that promotes. Computed from weights alone:
/// a label, not a skill (Geva et al. 2022).
/// </summary>
public sealed unsafe class WriteVectors
{
    private const int PowerIterations = 64;
    private const int BlockVectors = 32;

    private readonly LanguageModel _model;

    /// <summary>The mean row of the output head.</summary>
    private readonly float[] _meanOutput;

    /// <summary>Prepares for a model.</summary>
    public WriteVectors(LanguageModel model)
    {
        _model = model;
        WeightMatrix head = model.Weights.OutputHead;
        double[] sum = new double[head.Columns];
        for (int r = 0; r < head.Rows; r++)
        {
            long row = (long)r * head.Columns;
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += head.Values[row + i];
            }
        }

        _meanOutput = Array.ConvertAll(sum, s => (float)(s / head.Rows));
    }

    /// <summary>
    /// The unit write vector [hidden] of a neuron (its column of the down projection) or a head (the leading left singular vector of
    /// W_O · W_V), times the final norm's weights; null for a layer, which writes in many directions.
    /// </summary>
    public float[]? Of(ComponentId component, int sign = 1)
    {
        if (component.Layer < 0 || component.Layer >= _model.Weights.Layers.Count || component.Index < 0)
        {
            throw new NinaException(ErrorNumber.ComponentUnknown, $"There is no component {component}.");
        }

        LayerWeights layer = _model.Weights.Layers[component.Layer];
        float[] vector;
        switch (component.Kind)
        {
            case ComponentKind.Neuron when component.Index < layer.DenseDown.Columns:
                vector = layer.DenseDown.Column(component.Index);
                break;
            case ComponentKind.Head when component.Index < _model.Config.HeadCount:
                vector = HeadDirection(layer, component.Index);
                break;
            case ComponentKind.Layer:
                return null;
            default:
                throw new NinaException(ErrorNumber.ComponentUnknown, $"There is no component {component}.");
        }

        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] *= (_model.Config.NormOffset + _model.Weights.FinalNorm[i]) * sign;
        }

        VectorMath.Normalize(vector);
        return vector;
    }

    /// <summary>The <paramref name="count"/> tokens that a write vector promotes most, with their z-scores over the vocabulary.</summary>
    public TopToken[] TopTokens(float[] writeVector, int count) => TopTokens(new[] { writeVector }, count)[0];

    /// <summary>The same for many write vectors, several at a time.</summary>
    public TopToken[][] TopTokens(IReadOnlyList<float[]> writeVectors, int count, int parallelism = 1)
    {
        WeightMatrix head = _model.Weights.OutputHead;
        int hidden = head.Columns;
        int vocabulary = Math.Min(head.Rows, _model.Tokenizer.Vocabulary.Count);
        NinaException.Require(count > 0, "At least one top token must be asked for.");
        var result = new TopToken[writeVectors.Count][];
        int blocks = (writeVectors.Count + BlockVectors - 1) / BlockVectors;
        ParallelWork.For(blocks, parallelism, block =>
        {
            int first = block * BlockVectors;
            int rows = Math.Min(BlockVectors, writeVectors.Count - first);
            float[] input = new float[rows * hidden];
            float[] scores = new float[(long)rows * head.Rows];
            for (int r = 0; r < rows; r++)
            {
                Array.Copy(writeVectors[first + r], 0, input, r * hidden, hidden);
            }

            fixed (float* x = input, y = scores, mean = _meanOutput)
            {
                head.Multiply(x, rows, y);
                for (int r = 0; r < rows; r++)
                {
                    float offset = Kernels.Dot(mean, x + ((long)r * hidden), hidden);
                    result[first + r] = Best(y + ((long)r * head.Rows), vocabulary, offset, count);
                }
            }
        });
        return result;
    }

    private TopToken[] Best(float* scores, int vocabulary, float offset, int count)
    {
        double squares = 0;
        for (int i = 0; i < vocabulary; i++)
        {
            scores[i] -= offset;
            squares += (double)scores[i] * scores[i];
        }

        double deviation = Math.Sqrt(squares / vocabulary);
        int kept = 0;
        int[] ids = new int[Math.Min(count, vocabulary)];
        for (int id = 0; id < vocabulary; id++)
        {
            if (_model.Tokenizer.IsSpecial(id) || (kept == ids.Length && scores[id] <= scores[ids[kept - 1]]))
            {
                continue;
            }

            int place = kept < ids.Length ? kept++ : kept - 1;
            while (place > 0 && scores[ids[place - 1]] < scores[id])
            {
                ids[place] = ids[place - 1];
                place--;
            }

            ids[place] = id;
        }

        var tokens = new TopToken[kept];
        for (int i = 0; i < kept; i++)
        {
            tokens[i] = new TopToken(ids[i], _model.Tokenizer.Display(ids[i]), deviation > 0 ? (float)(scores[ids[i]] / deviation) : 0);
        }

        return tokens;
    }

    /// <summary>The leading left singular vector of W_O,h · W_V,h by power iteration on its small factor; its sign makes the largest number positive.</summary>
    private float[] HeadDirection(LayerWeights layer, int head)
    {
        int size = _model.Config.HeadSize;
        int hidden = _model.Config.HiddenSize;
        int keyHead = head / (_model.Config.HeadCount / _model.Config.KeyValueHeadCount);
        float[] output = layer.Output.Values;
        float[] value = layer.Value.Values;
        double[] x = new double[size];
        for (int j = 0; j < size; j++)
        {
            x[j] = 1 + (j * 0.01);
        }

        // W_V W_Vᵀ [size, size]: with y = W_O x, the step x <- (W_V W_Vᵀ) W_Oᵀ W_O x has the same leading direction.
        double[] gramValue = new double[size * size];
        double[] gramOutput = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                double a = 0;
                double b = 0;
                long rowI = (((long)keyHead * size) + i) * hidden;
                long rowJ = (((long)keyHead * size) + j) * hidden;
                for (int k = 0; k < hidden; k++)
                {
                    a += (double)value[rowI + k] * value[rowJ + k];
                    b += (double)output[((long)k * layer.Output.Columns) + (head * size) + i] * output[((long)k * layer.Output.Columns) + (head * size) + j];
                }

                gramValue[(i * size) + j] = a;
                gramOutput[(i * size) + j] = b;
            }
        }

        for (int step = 0; step < PowerIterations; step++)
        {
            x = Scale(Apply(gramValue, Apply(gramOutput, x)));
        }

        float[] direction = new float[hidden];
        float largest = 0;
        for (int k = 0; k < hidden; k++)
        {
            double sum = 0;
            for (int j = 0; j < size; j++)
            {
                sum += output[((long)k * layer.Output.Columns) + (head * size) + j] * x[j];
            }

            direction[k] = (float)sum;
            largest = Math.Abs(direction[k]) > Math.Abs(largest) ? direction[k] : largest;
        }

        for (int k = 0; largest < 0 && k < hidden; k++)
        {
            direction[k] = -direction[k];
        }

        return direction;
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
