using System;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Models;

/// <summary>
/// The weights of a layer, the same shape for every architecture: fused projections are split, and matrices map columns to rows. A layer has
/// a dense FFN (<see cref="Up"/>, <see cref="Down"/>, and <see cref="Gate"/> where it is gated) or a <see cref="Mixture"/>, never both.
/// What an architecture does not have is null. Immutable: the With methods copy.
/// </summary>
public sealed class LayerWeights
{
    /// <summary>Creates a layer without an FFN; give it <see cref="Up"/> and <see cref="Down"/>, or <see cref="Mixture"/>.</summary>
    public LayerWeights(float[] attentionNorm, WeightMatrix query, WeightMatrix key, WeightMatrix value, WeightMatrix output, float[] feedForwardNorm)
    {
        AttentionNorm = attentionNorm;
        Query = query;
        Key = key;
        Value = value;
        Output = output;
        FeedForwardNorm = feedForwardNorm;
    }

    /// <summary>[hidden].</summary>
    public float[] AttentionNorm { get; private set; }

    /// <summary>[heads · head size, hidden].</summary>
    public WeightMatrix Query { get; private set; }

    /// <summary>[key-value heads · head size, hidden].</summary>
    public WeightMatrix Key { get; private set; }

    /// <summary>[key-value heads · head size, hidden].</summary>
    public WeightMatrix Value { get; private set; }

    /// <summary>[hidden, heads · head size].</summary>
    public WeightMatrix Output { get; private set; }

    /// <summary>[hidden].</summary>
    public float[] FeedForwardNorm { get; private set; }

    /// <summary>[neurons, hidden]; null in a plain MLP and in a mixture.</summary>
    public WeightMatrix? Gate { get; init; }

    /// <summary>[neurons, hidden]; null in a mixture.</summary>
    public WeightMatrix? Up { get; init; }

    /// <summary>[hidden, neurons]; null in a mixture.</summary>
    public WeightMatrix? Down { get; init; }

    /// <summary>The experts; null in a dense layer.</summary>
    public MixtureWeights? Mixture { get; init; }

    /// <summary>[hidden] of LayerNorm.</summary>
    public float[]? AttentionNormBias { get; init; }

    /// <summary>[hidden] of LayerNorm.</summary>
    public float[]? FeedForwardNormBias { get; init; }

    /// <summary>[heads · head size].</summary>
    public float[]? QueryBias { get; init; }

    /// <summary>[key-value heads · head size].</summary>
    public float[]? KeyBias { get; init; }

    /// <summary>[key-value heads · head size].</summary>
    public float[]? ValueBias { get; init; }

    /// <summary>[hidden].</summary>
    public float[]? OutputBias { get; init; }

    /// <summary>[head size]: the norm of every query head (Qwen 3, Gemma 3).</summary>
    public float[]? QueryNorm { get; init; }

    /// <summary>[head size]: the norm of every key head.</summary>
    public float[]? KeyNorm { get; init; }

    /// <summary>[hidden]: the norm of what attention adds (Gemma 2, 3).</summary>
    public float[]? PostAttentionNorm { get; init; }

    /// <summary>[hidden]: the norm of what the FFN adds (Gemma 2, 3).</summary>
    public float[]? PostFeedForwardNorm { get; init; }

    /// <summary>[neurons].</summary>
    public float[]? GateBias { get; init; }

    /// <summary>[neurons].</summary>
    public float[]? UpBias { get; init; }

    /// <summary>[hidden].</summary>
    public float[]? DownBias { get; init; }

    /// <summary>Whether the FFN is a mixture of experts.</summary>
    public bool IsMixture => Mixture != null;

    /// <summary>The FFN neurons: of a mixture those of all experts, the shared one last.</summary>
    public int NeuronCount => Mixture != null ? Mixture.NeuronCount : DenseUp.Rows;

    /// <summary><see cref="Up"/> of a dense layer; raises <see cref="ErrorNumber.MixtureUnsupported"/> for a mixture.</summary>
    public WeightMatrix DenseUp => Up ?? throw NotDense();

    /// <summary><see cref="Down"/> of a dense layer; raises <see cref="ErrorNumber.MixtureUnsupported"/> for a mixture.</summary>
    public WeightMatrix DenseDown => Down ?? throw NotDense();

    /// <summary>The number of parameters.</summary>
    public long ParameterCount
    {
        get
        {
            long count = Mixture?.ParameterCount ?? 0;
            foreach (WeightMatrix? matrix in new[] { Query, Key, Value, Output, Gate, Up, Down })
            {
                count += matrix == null ? 0 : (long)matrix.Rows * matrix.Columns;
            }

            return count + VectorElements;
        }
    }

    /// <summary>The bytes of managed memory that the layer occupies.</summary>
    public long ManagedBytes
    {
        get
        {
            long bytes = (Mixture?.ManagedBytes ?? 0) + (4 * VectorElements);
            foreach (WeightMatrix? matrix in new[] { Query, Key, Value, Output, Gate, Up, Down })
            {
                bytes += matrix?.ManagedBytes ?? 0;
            }

            return bytes;
        }
    }

    /// <summary>
    /// The same layer with another dense FFN; biases stay. Use <see cref="WithNeurons"/> to change the number of neurons of a layer that has
    /// biases. Raises <see cref="ErrorNumber.ShapeMismatch"/>.
    /// </summary>
    public LayerWeights WithFeedForward(WeightMatrix? gate, WeightMatrix up, WeightMatrix down) => Dense(gate, up, down, GateBias, UpBias);

    /// <summary>The same dense layer with some of its neurons, in the order asked for, and <paramref name="down"/> [hidden, kept].</summary>
    public LayerWeights WithNeurons(int[] kept, WeightMatrix down)
        => Dense(Gate?.SelectRows(kept), DenseUp.SelectRows(kept), down, Select(GateBias, kept), Select(UpBias, kept));

    /// <summary>The same layer with another down projection of the same shape.</summary>
    public LayerWeights WithDown(WeightMatrix down) => Dense(Gate, DenseUp, down, GateBias, UpBias);

    /// <summary>The same layer with another attention output projection.</summary>
    public LayerWeights WithOutput(WeightMatrix output) => WithAttention(Query, Key, Value, output);

    /// <summary>The same layer with other attention projections of the same shapes.</summary>
    public LayerWeights WithAttention(WeightMatrix query, WeightMatrix key, WeightMatrix value, WeightMatrix output)
    {
        RequireShape(query, Query);
        RequireShape(key, Key);
        RequireShape(value, Value);
        RequireShape(output, Output);
        var copy = (LayerWeights)MemberwiseClone();
        copy.Query = query;
        copy.Key = key;
        copy.Value = value;
        copy.Output = output;
        return copy;
    }

    /// <summary>The same layer with other norms.</summary>
    public LayerWeights WithNorms(float[] attentionNorm, float[] feedForwardNorm)
    {
        if (attentionNorm.Length != AttentionNorm.Length || feedForwardNorm.Length != FeedForwardNorm.Length)
        {
            throw new NinaException(ErrorNumber.ShapeMismatch, $"Norms of {attentionNorm.Length} and {feedForwardNorm.Length} do not fit a layer of {AttentionNorm.Length}.");
        }

        var copy = (LayerWeights)MemberwiseClone();
        copy.AttentionNorm = attentionNorm;
        copy.FeedForwardNorm = feedForwardNorm;
        return copy;
    }

    /// <summary>The same layer with another mixture of experts.</summary>
    public LayerWeights WithMixture(MixtureWeights mixture) => Copy(null, null, null, null, null, null, mixture);

    /// <summary>The number of parameters outside of matrices.</summary>
    private long VectorElements
    {
        get
        {
            long count = 0;
            foreach (float[]? vector in new[]
            {
                AttentionNorm, FeedForwardNorm, AttentionNormBias, FeedForwardNormBias, QueryBias, KeyBias, ValueBias, OutputBias, QueryNorm, KeyNorm,
                PostAttentionNorm, PostFeedForwardNorm, GateBias, UpBias, DownBias,
            })
            {
                count += vector?.Length ?? 0;
            }

            return count;
        }
    }

    private static void RequireShape(WeightMatrix matrix, WeightMatrix original)
    {
        if (matrix.Rows != original.Rows || matrix.Columns != original.Columns)
        {
            throw new NinaException(
                ErrorNumber.ShapeMismatch, $"A matrix of {matrix.Rows} by {matrix.Columns} cannot replace one of {original.Rows} by {original.Columns}.");
        }
    }

    private static float[]? Select(float[]? bias, int[] kept) => bias == null ? null : Array.ConvertAll(kept, i => bias[i]);

    private static NinaException NotDense()
        => new(ErrorNumber.MixtureUnsupported, "This layer is a mixture of experts; what was asked for is possible for dense layers only.");

    private LayerWeights Dense(WeightMatrix? gate, WeightMatrix up, WeightMatrix down, float[]? gateBias, float[]? upBias)
    {
        bool fits = up.Columns == Query.Columns && down.Rows == up.Columns && down.Columns == up.Rows
            && (gate == null) == (Gate == null && !IsMixture) && (gate == null || (gate.Rows == up.Rows && gate.Columns == up.Columns))
            && (gateBias == null || gateBias.Length == up.Rows) && (upBias == null || upBias.Length == up.Rows);
        return fits
            ? Copy(gate, up, down, gateBias, upBias, DownBias, null)
            : throw new NinaException(ErrorNumber.ShapeMismatch, $"An FFN of {up.Rows} by {up.Columns} and {down.Rows} by {down.Columns} does not fit the layer.");
    }

    private LayerWeights Copy(WeightMatrix? gate, WeightMatrix? up, WeightMatrix? down, float[]? gateBias, float[]? upBias, float[]? downBias, MixtureWeights? mixture)
        => new(AttentionNorm, Query, Key, Value, Output, FeedForwardNorm)
        {
            Gate = gate,
            Up = up,
            Down = down,
            GateBias = gateBias,
            UpBias = upBias,
            DownBias = downBias,
            Mixture = mixture,
            AttentionNormBias = AttentionNormBias,
            FeedForwardNormBias = FeedForwardNormBias,
            QueryBias = QueryBias,
            KeyBias = KeyBias,
            ValueBias = ValueBias,
            OutputBias = OutputBias,
            QueryNorm = QueryNorm,
            KeyNorm = KeyNorm,
            PostAttentionNorm = PostAttentionNorm,
            PostFeedForwardNorm = PostFeedForwardNorm,
        };
}
