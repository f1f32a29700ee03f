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
    private const int BlockVectors = 32;

    /// <summary>Numbers that the columns of one tile take: 128 MiB.</summary>
    private const int TileNumbers = 32 << 20;

    private readonly LanguageModel _model;
    private readonly Lazy<float[]> _meanOutput;

    /// <summary>Prepares for a model.</summary>
    public WriteVectors(LanguageModel model)
    {
        _model = model;
        _meanOutput = new Lazy<float[]>(() => MeanRow(model.Weights.OutputHead));
    }

    /// <summary>The mean row of the output head [hidden].</summary>
    internal float[] MeanOutput => _meanOutput.Value;

    /// <summary>
    /// The unit write vector [hidden] of a neuron (its column of the down projection), a head (the leading left singular vector of W_O · W_V)
    /// or an expert (that of its down projection), times the final norm's weights; null for a layer, which writes in many directions.
    /// </summary>
    public float[]? Of(ComponentId component, int sign = 1)
    {
        if (component.Layer < 0 || component.Layer >= _model.Weights.Layers.Count || component.Index < 0)
        {
            throw Unknown(component);
        }

        LayerWeights layer = _model.Weights.Layers[component.Layer];
        float[] vector;
        switch (component.Kind)
        {
            case ComponentKind.Neuron when component.Index < layer.NeuronCount:
                vector = Down(layer, component.Index, out int column).Column(column);
                break;
            case ComponentKind.Head when component.Index < _model.Config.HeadCount:
                vector = LeadingDirection.OfHead(layer, _model.Config, component.Index);
                break;
            case ComponentKind.Expert when layer.Mixture is { } mixture && component.Index < ExpertCount(mixture):
                vector = LeadingDirection.OfMatrix(Expert(mixture, component.Index).Down);
                break;
            case ComponentKind.Layer:
                return null;
            default:
                throw Unknown(component);
        }

        fixed (float* x = vector)
        {
            Finish(x, sign);
        }

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
        float[] meanOutput = MeanOutput;
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

            fixed (float* x = input, y = scores, mean = meanOutput)
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

    /// <summary>The length of what each neuron of a layer writes, those of all experts one after the other.</summary>
    internal static float[] NeuronNorms(LayerWeights layer)
    {
        if (layer.Mixture is not { } mixture)
        {
            return layer.DenseDown.ColumnNorms();
        }

        float[] norms = new float[layer.NeuronCount];
        int start = 0;
        for (int e = 0; e < ExpertCount(mixture); e++)
        {
            float[] one = Expert(mixture, e).Down.ColumnNorms();
            Array.Copy(one, 0, norms, start, one.Length);
            start += one.Length;
        }

        return norms;
    }

    /// <summary>
    /// The write vectors of all components of a layout in order, a tile of them at a time: weights that are mapped are read once, in the order
    /// in which they lie. Positions that write nowhere in particular (layers) come as zero vectors. The arrays are used again.
    /// </summary>
    internal IEnumerable<WriteTile> Tiles(ComponentLayout layout, int parallelism)
    {
        int hidden = _model.Config.HiddenSize;
        for (int l = layout.FirstLayer; l < layout.FirstLayer + layout.LayerCount; l++)
        {
            LayerWeights layer = _model.Weights.Layers[l];
            foreach ((WeightMatrix down, int start) in NeuronMatrices(layout, layer, l))
            {
                int width = Math.Max(1, Math.Min(down.Columns, TileNumbers / hidden));
                for (int first = 0; first < down.Columns; first += width)
                {
                    int count = Math.Min(width, down.Columns - first);
                    float[] vectors = MatrixColumns.Copy(down, first, count, parallelism);
                    FinishAll(vectors, count, parallelism);
                    yield return new WriteTile(start + first, count, vectors);
                }
            }

            int others = layout.LayerPosition(l) + 1 - layout.HeadStart(l);
            float[] rest = new float[(long)others * hidden];
            ParallelWork.For(others, parallelism, i =>
            {
                float[]? vector = Of(layout[layout.HeadStart(l) + i]);
                if (vector != null)
                {
                    Array.Copy(vector, 0, rest, (long)i * hidden, hidden);
                }
            });
            yield return new WriteTile(layout.HeadStart(l), others, rest);
        }
    }

    /// <summary>The principal directions of the output head's centred rows: what write vectors are compared in where they are longer than a VECTOR column.</summary>
    internal VectorProjection FitProjection(int parallelism = 1)
        => VectorProjection.FitRows(_model.Weights.OutputHead, MeanOutput, parallelism);

    internal static int ExpertCount(MixtureWeights mixture) => mixture.Experts.Count + (mixture.Shared == null ? 0 : 1);

    /// <summary>An expert by number; the shared one comes last.</summary>
    internal static ExpertWeights Expert(MixtureWeights mixture, int number) => number < mixture.Experts.Count ? mixture.Experts[number] : mixture.Shared!;

    private static IEnumerable<(WeightMatrix Down, int Start)> NeuronMatrices(ComponentLayout layout, LayerWeights layer, int l)
    {
        if (layout.NeuronCount(l) == 0)
        {
            yield break;
        }

        if (layer.Mixture is not { } mixture)
        {
            yield return (layer.DenseDown, layout.NeuronStart(l));
            yield break;
        }

        for (int e = 0; e < ExpertCount(mixture); e++)
        {
            yield return (Expert(mixture, e).Down, layout.NeuronStart(l) + (e * layout.ExpertWidth(l)));
        }
    }

    private static float[] MeanRow(WeightMatrix matrix)
    {
        double[] sum = new double[matrix.Columns];
        float[] row = new float[matrix.Columns];
        for (int r = 0; r < matrix.Rows; r++)
        {
            MatrixColumns.ReadRow(matrix, r, row, 0);
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += row[i];
            }
        }

        return Array.ConvertAll(sum, s => (float)(s / matrix.Rows));
    }

    private static NinaException Unknown(ComponentId component) => new(ErrorNumber.ComponentUnknown, $"There is no component {component}.");

    /// <summary>The down projection that a neuron of a layer belongs to, and its column there.</summary>
    private static WeightMatrix Down(LayerWeights layer, int index, out int column)
    {
        column = index;
        if (layer.Mixture is not { } mixture)
        {
            return layer.DenseDown;
        }

        int width = ComponentLayout.ExpertWidth(mixture);
        int expert = Math.Min(index / width, mixture.Experts.Count);
        column = index - (expert * width);
        return Expert(mixture, expert).Down;
    }

    private void FinishAll(float[] vectors, int count, int parallelism)
    {
        int hidden = _model.Config.HiddenSize;
        ParallelWork.For(count, parallelism, i =>
        {
            fixed (float* x = vectors)
            {
                Finish(x + ((long)i * hidden), 1);
            }
        });
    }

    /// <summary>Through the final norm (which takes the mean out, where it is a LayerNorm), and to length 1.</summary>
    private void Finish(float* vector, int sign)
    {
        float[] norm = _model.Weights.FinalNorm;
        float mean = 0;
        if (_model.Config.Norm == NormKind.Layer)
        {
            double sum = 0;
            for (int i = 0; i < norm.Length; i++)
            {
                sum += vector[i];
            }

            mean = (float)(sum / norm.Length);
        }

        float offset = _model.Config.NormOffset;
        for (int i = 0; i < norm.Length; i++)
        {
            vector[i] = (vector[i] - mean) * (norm[i] + offset) * sign;
        }

        VectorMath.Normalize(vector, norm.Length);
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
}

/// <summary>Write vectors of components that follow each other in a layout: [count, hidden].</summary>
internal readonly struct WriteTile
{
    public WriteTile(int first, int count, float[] vectors)
    {
        First = first;
        Count = count;
        Vectors = vectors;
    }

    /// <summary>The position of the first.</summary>
    public int First { get; }

    public int Count { get; }

    public float[] Vectors { get; }
}
