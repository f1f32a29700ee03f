using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Models;

/// <summary>
/// Brings weights into the names and layouts of GGUF, as llama.cpp's converters do: query and key rows of the Llama family interleaved, GPT-2's
/// and GPT-NeoX's projections fused one after the other, Gemma's norms with 1 added, experts in one tensor.
/// </summary>
internal sealed class GgufLayout
{
    private readonly LanguageModel _model;
    private readonly ModelConfig _config;
    private readonly DType _dtype;
    private readonly List<TensorToWrite> _tensors = new();

    /// <summary>Prepares a model; matrices become <paramref name="dtype"/>, vectors and routers F32.</summary>
    public GgufLayout(LanguageModel model, DType dtype)
    {
        _model = model;
        _config = model.Config;
        _dtype = dtype;
    }

    /// <summary>The tensors, layer by layer.</summary>
    public IReadOnlyList<TensorToWrite> Tensors()
    {
        ModelWeights weights = _model.Weights;
        Vector("rope_freqs.weight", RopeFactors());
        Matrix("token_embd.weight", weights.Embedding);
        Small("position_embd.weight", weights.Positions);
        Norm("output_norm.weight", weights.FinalNorm);
        Vector("output_norm.bias", weights.FinalNormBias);
        if (!ReferenceEquals(weights.Embedding, weights.OutputHead))
        {
            Matrix("output.weight", weights.OutputHead);
        }

        for (int l = 0; l < weights.Layers.Count; l++)
        {
            LayerWeights layer = weights.Layers[l];
            string prefix = FormattableString.Invariant($"blk.{l}.");
            Attention(prefix, layer);
            FeedForward(prefix, layer);
        }

        return _tensors;
    }

    /// <summary>What each rotary frequency is divided by under Llama 3's scaling, or as the model came; null for other models.</summary>
    private float[]? RopeFactors()
    {
        if (_model.Weights.RopeFactors != null || _config.RopeScaling.Kind != RopeScalingKind.Llama3)
        {
            return _model.Weights.RopeFactors;
        }

        double[] scaled = _config.RopeScaling.Frequencies(_config.RotarySize, _config.RopeTheta);
        double[] plain = RopeScaling.None.Frequencies(_config.RotarySize, _config.RopeTheta);
        float[] factors = new float[scaled.Length];
        for (int i = 0; i < factors.Length; i++)
        {
            factors[i] = (float)(plain[i] / scaled[i]);
        }

        return factors;
    }

    private void Attention(string prefix, LayerWeights layer)
    {
        Norm(prefix + "attn_norm.weight", layer.AttentionNorm);
        Vector(prefix + "attn_norm.bias", layer.AttentionNormBias);
        if (_config.Family is ModelFamily.Gpt2 or ModelFamily.GptNeox)
        {
            Stack(prefix + "attn_qkv.weight", new[] { layer.Query, layer.Key, layer.Value }, new long[] { layer.Query.Rows + (2L * layer.Key.Rows), layer.Query.Columns });
            if (layer.QueryBias != null)
            {
                var bias = new List<float>(layer.QueryBias);
                bias.AddRange(layer.KeyBias!);
                bias.AddRange(layer.ValueBias!);
                Vector(prefix + "attn_qkv.bias", bias.ToArray());
            }
        }
        else
        {
            Matrix(prefix + "attn_q.weight", layer.Query, RotaryRows(layer.Query.Rows));
            Matrix(prefix + "attn_k.weight", layer.Key, RotaryRows(layer.Key.Rows));
            Matrix(prefix + "attn_v.weight", layer.Value);
            Vector(prefix + "attn_q.bias", layer.QueryBias, RotaryRows(layer.Query.Rows));
            Vector(prefix + "attn_k.bias", layer.KeyBias, RotaryRows(layer.Key.Rows));
            Vector(prefix + "attn_v.bias", layer.ValueBias);
        }

        Matrix(prefix + "attn_output.weight", layer.Output);
        Vector(prefix + "attn_output.bias", layer.OutputBias);
        Norm(prefix + "attn_q_norm.weight", layer.QueryNorm);
        Norm(prefix + "attn_k_norm.weight", layer.KeyNorm);
        Norm(prefix + "post_attention_norm.weight", layer.PostAttentionNorm);
    }

    private void FeedForward(string prefix, LayerWeights layer)
    {
        Norm(prefix + "ffn_norm.weight", layer.FeedForwardNorm);
        Vector(prefix + "ffn_norm.bias", layer.FeedForwardNormBias);
        Norm(prefix + "post_ffw_norm.weight", layer.PostFeedForwardNorm);
        if (layer.Mixture is MixtureWeights mixture)
        {
            Small(prefix + "ffn_gate_inp.weight", mixture.Router);
            Experts(prefix + "ffn_gate_exps.weight", mixture, e => e.Gate);
            Experts(prefix + "ffn_up_exps.weight", mixture, e => e.Up);
            Experts(prefix + "ffn_down_exps.weight", mixture, e => e.Down);
            if (mixture.Shared != null)
            {
                Matrix(prefix + "ffn_gate_shexp.weight", mixture.Shared.Gate);
                Matrix(prefix + "ffn_up_shexp.weight", mixture.Shared.Up);
                Matrix(prefix + "ffn_down_shexp.weight", mixture.Shared.Down);
            }

            Vector(prefix + "ffn_gate_inp_shexp.weight", mixture.SharedGate);
            return;
        }

        if (layer.Gate != null)
        {
            Matrix(prefix + "ffn_gate.weight", layer.Gate);
        }

        Matrix(prefix + "ffn_up.weight", layer.DenseUp);
        Matrix(prefix + "ffn_down.weight", layer.DenseDown);
        Vector(prefix + "ffn_gate.bias", layer.GateBias);
        Vector(prefix + "ffn_up.bias", layer.UpBias);
        Vector(prefix + "ffn_down.bias", layer.DownBias);
    }

    /// <summary>The order of query and key rows in the file; null for the order in memory.</summary>
    private int[]? RotaryRows(int rows)
        => _config.Family is ModelFamily.Llama or ModelFamily.Mistral or ModelFamily.Mixtral or ModelFamily.Llama4
            ? RotaryLayout.ToInterleaved(rows, _config.HeadSize, _config.RotarySize)
            : null;

    private void Experts(string name, MixtureWeights mixture, Func<ExpertWeights, WeightMatrix> part)
    {
        var parts = new List<WeightMatrix>();
        foreach (ExpertWeights expert in mixture.Experts)
        {
            WeightMatrix matrix = part(expert);
            if (parts.Count > 0 && (matrix.Rows != parts[0].Rows || matrix.Columns != parts[0].Columns))
            {
                throw new NinaException(ErrorNumber.FormatConversion, $"Model '{_model.Name}' has experts of different widths, which GGUF cannot express.");
            }

            parts.Add(matrix);
        }

        Stack(name, parts, new long[] { parts.Count, parts[0].Rows, parts[0].Columns });
    }

    /// <summary>Matrices of the same number of columns, one after the other, row by row.</summary>
    private void Stack(string name, IReadOnlyList<WeightMatrix> parts, long[] shape, int[]? order = null, DType? dtype = null)
    {
        int columns = parts[0].Columns;
        DType type = dtype ?? GgufModelWriter.Fitting(_dtype, columns, name);
        _tensors.Add(new TensorToWrite(name, type, shape, (start, buffer, count) =>
        {
            for (int done = 0; done < count;)
            {
                long row = (start + done) / columns;
                int column = (int)((start + done) % columns);
                int length = Math.Min(count - done, columns - column);
                int part = 0;
                while (row >= parts[part].Rows)
                {
                    row -= parts[part++].Rows;
                }

                Array.Copy(parts[part].Row(order == null ? (int)row : order[row]), column, buffer, done, length);
                done += length;
            }
        }));
    }

    private void Matrix(string name, WeightMatrix matrix, int[]? order = null) => Stack(name, new[] { matrix }, new long[] { matrix.Rows, matrix.Columns }, order);

    /// <summary>A matrix that stays F32: a router, learned positions.</summary>
    private void Small(string name, WeightMatrix? matrix)
    {
        if (matrix != null)
        {
            Stack(name, new[] { matrix }, new long[] { matrix.Rows, matrix.Columns }, null, DType.F32);
        }
    }

    private void Norm(string name, float[]? weights) => Vector(name, weights == null || _config.NormOffset == 0 ? weights : Array.ConvertAll(weights, w => w + _config.NormOffset));

    private void Vector(string name, float[]? vector, int[]? order = null)
    {
        if (vector != null)
        {
            _tensors.Add(new TensorToWrite(name, DType.F32, new long[] { vector.Length }, () => order == null ? vector : Array.ConvertAll(order, i => vector[i])));
        }
    }
}
