using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Models;

/// <summary>Brings weights back into the names and layouts of their family's Hugging Face checkpoints: the inverse of <see cref="WeightLoader"/>.</summary>
internal sealed class HuggingFaceLayout
{
    /// <summary>What llama3 scaling is when it came as factors: the original context and limits of all published models of that kind.</summary>
    private const double Llama3Context = 8192;
    private const double FactorTolerance = 1e-3;

    private readonly ModelConfig _config;
    private readonly ModelWeights _weights;
    private readonly DType _dtype;
    private readonly List<TensorToWrite> _tensors = new();

    public HuggingFaceLayout(ModelConfig config, ModelWeights weights, DType dtype)
    {
        _config = config;
        _weights = weights;
        _dtype = dtype;
        if (config.Family == ModelFamily.Unknown)
        {
            throw new NinaException(ErrorNumber.NotExpressible, $"The architecture '{config.Architecture}' has no known layout of tensors.");
        }
    }

    /// <summary>The configuration to write for a model: rope factors of a GGUF file are expressed as llama3 scaling. Raises <see cref="ErrorNumber.NotExpressible"/>.</summary>
    public static ModelConfig ConfigOf(string modelName, ModelConfig config, ModelWeights weights)
    {
        RequireUniform(config, weights);
        float[]? factors = weights.RopeFactors;
        if (factors == null)
        {
            return config;
        }

        var scaling = new RopeScaling { Kind = RopeScalingKind.Llama3, OriginalContext = Llama3Context };
        foreach (float factor in factors)
        {
            scaling.Factor = Math.Max(scaling.Factor, factor);
        }

        foreach (double high in new[] { 4.0, 1.0 })
        {
            scaling.HighFrequencyFactor = high;
            if (Gives(scaling, config, factors))
            {
                return config.WithRopeScaling(scaling);
            }
        }

        throw new NinaException(
            ErrorNumber.NotExpressible, $"Model '{modelName}' has rope frequency factors that are not those of llama3 scaling; config.json cannot express them.");
    }

    /// <summary>The tensors.</summary>
    public IReadOnlyList<TensorToWrite> Tensors()
    {
        Matrix(TensorRole.TokenEmbedding, -1, _weights.Embedding);
        Vector(TensorRole.FinalNorm, -1, _weights.FinalNorm);
        Vector(TensorRole.FinalNormBias, -1, _weights.FinalNormBias);
        if (_weights.Positions != null)
        {
            Matrix(TensorRole.PositionEmbedding, -1, _weights.Positions);
        }

        if (!ReferenceEquals(_weights.Embedding, _weights.OutputHead))
        {
            Matrix(TensorRole.OutputHead, -1, _weights.OutputHead);
        }

        for (int l = 0; l < _weights.Layers.Count; l++)
        {
            Layer(l, _weights.Layers[l]);
        }

        return _tensors;
    }

    /// <summary>config.json has one width for all layers and one number of experts.</summary>
    private static void RequireUniform(ModelConfig config, ModelWeights weights)
    {
        for (int l = 0; l < weights.Layers.Count; l++)
        {
            LayerWeights layer = weights.Layers[l];
            bool fits = layer.IsMixture == config.IsMixtureLayer(l);
            if (fits && layer.Mixture is MixtureWeights mixture)
            {
                fits = mixture.Experts.Count == config.ExpertCount && (mixture.Shared?.NeuronCount ?? 0) == config.SharedExpertFeedForwardSize * config.SharedExpertCount;
                foreach (ExpertWeights expert in mixture.Experts)
                {
                    fits &= expert.NeuronCount == config.ExpertFeedForwardSize;
                }
            }
            else if (fits)
            {
                fits = layer.DenseUp.Rows == config.FeedForwardSize;
            }

            if (!fits)
            {
                throw new NinaException(ErrorNumber.NotExpressible, $"Layer {l} does not have the experts or the number of neurons that config.json gives to all layers.");
            }
        }
    }

    private static bool Gives(RopeScaling scaling, ModelConfig config, float[] factors)
    {
        double[] scaled = scaling.Frequencies(config.RotarySize, config.RopeTheta);
        double[] plain = RopeScaling.None.Frequencies(config.RotarySize, config.RopeTheta);
        for (int i = 0; i < factors.Length; i++)
        {
            if (Math.Abs((plain[i] / scaled[i]) - factors[i]) > FactorTolerance * factors[i])
            {
                return false;
            }
        }

        return true;
    }

    private void Layer(int l, LayerWeights layer)
    {
        Vector(TensorRole.AttentionNorm, l, layer.AttentionNorm);
        Vector(TensorRole.AttentionNormBias, l, layer.AttentionNormBias);
        if (_config.Family is ModelFamily.Gpt2 or ModelFamily.GptNeox)
        {
            Fused(l, layer);
        }
        else
        {
            Matrix(TensorRole.AttentionQuery, l, layer.Query, RotaryRows(layer.Query.Rows));
            Matrix(TensorRole.AttentionKey, l, layer.Key, RotaryRows(layer.Key.Rows));
            Matrix(TensorRole.AttentionValue, l, layer.Value);
            Vector(TensorRole.AttentionQueryBias, l, layer.QueryBias, RotaryRows(layer.Query.Rows));
            Vector(TensorRole.AttentionKeyBias, l, layer.KeyBias, RotaryRows(layer.Key.Rows));
            Vector(TensorRole.AttentionValueBias, l, layer.ValueBias);
        }

        Linear(TensorRole.AttentionOutput, l, layer.Output);
        Vector(TensorRole.AttentionOutputBias, l, layer.OutputBias);
        Vector(TensorRole.AttentionQueryNorm, l, layer.QueryNorm);
        Vector(TensorRole.AttentionKeyNorm, l, layer.KeyNorm);
        Vector(TensorRole.PostAttentionNorm, l, layer.PostAttentionNorm);
        Vector(TensorRole.FeedForwardNorm, l, layer.FeedForwardNorm);
        Vector(TensorRole.FeedForwardNormBias, l, layer.FeedForwardNormBias);
        Vector(TensorRole.PostFeedForwardNorm, l, layer.PostFeedForwardNorm);
        if (layer.Mixture != null)
        {
            Mixture(l, layer.Mixture);
            return;
        }

        if (layer.Gate != null)
        {
            Linear(TensorRole.FeedForwardGate, l, layer.Gate);
        }

        Linear(TensorRole.FeedForwardUp, l, layer.DenseUp);
        Linear(TensorRole.FeedForwardDown, l, layer.DenseDown);
        Vector(TensorRole.FeedForwardGateBias, l, layer.GateBias);
        Vector(TensorRole.FeedForwardUpBias, l, layer.UpBias);
        Vector(TensorRole.FeedForwardDownBias, l, layer.DownBias);
    }

    private void Mixture(int l, MixtureWeights mixture)
    {
        Matrix(TensorRole.Router, l, mixture.Router);
        if (_config.Family == ModelFamily.Llama4)
        {
            FusedExperts(l, mixture);
        }
        else
        {
            for (int e = 0; e < mixture.Experts.Count; e++)
            {
                ExpertWeights expert = mixture.Experts[e];
                Matrix(TensorNaming.ExpertName(TensorRole.FeedForwardGate, l, e, _config.Family), expert.Gate);
                Matrix(TensorNaming.ExpertName(TensorRole.FeedForwardUp, l, e, _config.Family), expert.Up);
                Matrix(TensorNaming.ExpertName(TensorRole.FeedForwardDown, l, e, _config.Family), expert.Down);
            }
        }

        if (mixture.Shared != null)
        {
            Matrix(TensorRole.SharedGate, l, mixture.Shared.Gate);
            Matrix(TensorRole.SharedUp, l, mixture.Shared.Up);
            Matrix(TensorRole.SharedDown, l, mixture.Shared.Down);
        }

        if (mixture.SharedGate != null)
        {
            float[] gate = mixture.SharedGate;
            Add(TensorNaming.HuggingFaceName(TensorRole.SharedRouter, l, _config.Family), () => gate, 1, gate.Length);
        }
    }

    /// <summary>Llama 4: [experts, hidden, 2 · neurons] and [experts, neurons, hidden].</summary>
    private void FusedExperts(int l, MixtureWeights mixture)
    {
        string prefix = TensorNaming.HuggingFaceName(TensorRole.ExpertsGateUp, l, _config.Family);
        int count = mixture.Experts.Count;
        int hidden = _config.HiddenSize;
        int neurons = mixture.Experts[0].NeuronCount;
        Add(prefix, () => Join(mixture.Experts, e => Beside(e.Gate.Transpose(), e.Up.Transpose())), count, hidden, 2 * neurons);
        Add(
            TensorNaming.HuggingFaceName(TensorRole.ExpertsDown, l, _config.Family),
            () => Join(mixture.Experts, e => e.Down.Transpose().Values),
            count,
            neurons,
            hidden);
    }

    /// <summary>Query, key and value in one: GPT-2 one after the other and transposed, GPT-NeoX head by head.</summary>
    private void Fused(int l, LayerWeights layer)
    {
        int rows = layer.Query.Rows;
        int hidden = layer.Query.Columns;
        int size = _config.HeadSize;
        bool byHead = _config.Family == ModelFamily.GptNeox;
        int RowOf(int part, int i) => byHead ? (((i / size * 3) + part) * size) + (i % size) : (part * rows) + i;
        WeightMatrix[] parts = { layer.Query, layer.Key, layer.Value };
        float[] Weights()
        {
            float[] fused = new float[3L * rows * hidden];
            for (int p = 0; p < parts.Length; p++)
            {
                for (int i = 0; i < rows; i++)
                {
                    Array.Copy(parts[p].Row(i), 0, fused, (long)RowOf(p, i) * hidden, hidden);
                }
            }

            return byHead ? fused : new WeightMatrix(3 * rows, hidden, fused).Transpose().Values;
        }

        string name = TensorNaming.HuggingFaceName(TensorRole.AttentionFused, l, _config.Family);
        Add(name, Weights, byHead ? 3 * rows : hidden, byHead ? hidden : 3 * rows);
        if (layer.QueryBias == null)
        {
            return;
        }

        float[] bias = new float[3 * rows];
        float[]?[] biases = { layer.QueryBias, layer.KeyBias, layer.ValueBias };
        for (int p = 0; p < biases.Length; p++)
        {
            for (int i = 0; i < rows; i++)
            {
                bias[RowOf(p, i)] = biases[p]![i];
            }
        }

        Vector(TensorRole.AttentionFusedBias, l, bias);
    }

    private static float[] Join(IReadOnlyList<ExpertWeights> experts, Func<ExpertWeights, float[]> part)
    {
        float[]? all = null;
        for (int e = 0; e < experts.Count; e++)
        {
            float[] values = part(experts[e]);
            all ??= new float[values.LongLength * experts.Count];
            Array.Copy(values, 0, all, values.LongLength * e, values.LongLength);
        }

        return all!;
    }

    /// <summary>[rows, a columns + b columns].</summary>
    private static float[] Beside(WeightMatrix a, WeightMatrix b)
    {
        float[] values = new float[(long)a.Rows * (a.Columns + b.Columns)];
        for (int r = 0; r < a.Rows; r++)
        {
            long start = (long)r * (a.Columns + b.Columns);
            Array.Copy(a.Row(r), 0, values, start, a.Columns);
            Array.Copy(b.Row(r), 0, values, start + a.Columns, b.Columns);
        }

        return values;
    }

    /// <summary>The order of query and key rows in the file; null for the order in memory.</summary>
    private int[]? RotaryRows(int rows)
        => _config.Family == ModelFamily.Llama4 ? RotaryLayout.ToInterleaved(rows, _config.HeadSize, _config.RotarySize) : null;

    private void Linear(TensorRole role, int layer, WeightMatrix matrix)
    {
        if (_config.Family == ModelFamily.Gpt2)
        {
            Add(TensorNaming.HuggingFaceName(role, layer, _config.Family), () => matrix.Transpose().Values, matrix.Columns, matrix.Rows);
            return;
        }

        Matrix(role, layer, matrix);
    }

    private void Matrix(TensorRole role, int layer, WeightMatrix matrix, int[]? rows = null)
    {
        string name = TensorNaming.HuggingFaceName(role, layer, _config.Family);
        Matrix(name, matrix, rows);
    }

    /// <summary>Row by row: a matrix that stays in its file is never whole in memory.</summary>
    private void Matrix(string name, WeightMatrix matrix, int[]? rows = null)
        => _tensors.Add(new TensorToWrite(name, _dtype, new long[] { matrix.Rows, matrix.Columns }, (start, buffer, count) =>
        {
            for (int done = 0; done < count;)
            {
                int row = (int)((start + done) / matrix.Columns);
                int column = (int)((start + done) % matrix.Columns);
                int part = Math.Min(count - done, matrix.Columns - column);
                Array.Copy(matrix.Row(rows == null ? row : rows[row]), column, buffer, done, part);
                done += part;
            }
        }));

    private void Vector(TensorRole role, int layer, float[]? vector, int[]? rows = null)
    {
        if (vector != null)
        {
            Add(TensorNaming.HuggingFaceName(role, layer, _config.Family), () => rows == null ? vector : Array.ConvertAll(rows, i => vector[i]), vector.Length);
        }
    }

    private void Add(string name, Func<float[]> values, params long[] shape) => _tensors.Add(new TensorToWrite(name, _dtype, shape, values));
}
