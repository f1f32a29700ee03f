using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;

namespace NinaDB.Clr.Models;

/// <summary>The weights of a model, in one layout for all architectures and file formats: rotary pairs half a head apart.</summary>
public sealed class ModelWeights
{
    /// <summary>Creates weights.</summary>
    public ModelWeights(WeightMatrix embedding, IReadOnlyList<LayerWeights> layers, float[] finalNorm, WeightMatrix outputHead)
    {
        Embedding = embedding;
        Layers = layers;
        FinalNorm = finalNorm;
        OutputHead = outputHead;
    }

    /// <summary>[vocabulary, hidden].</summary>
    public WeightMatrix Embedding { get; }

    /// <summary>The layers.</summary>
    public IReadOnlyList<LayerWeights> Layers { get; }

    /// <summary>[hidden].</summary>
    public float[] FinalNorm { get; }

    /// <summary>[vocabulary, hidden]; the same object as <see cref="Embedding"/> when tied.</summary>
    public WeightMatrix OutputHead { get; }

    /// <summary>[hidden] of LayerNorm; null for RMSNorm.</summary>
    public float[]? FinalNormBias { get; init; }

    /// <summary>Learned positions [context, hidden]; null where positions are rotary.</summary>
    public WeightMatrix? Positions { get; init; }

    /// <summary>[rotary size / 2]: what each rotary frequency is divided by; null for the configuration's own scaling.</summary>
    public float[]? RopeFactors { get; init; }

    /// <summary>The number of parameters, a tied head counted once.</summary>
    public long ParameterCount
    {
        get
        {
            long count = Count(Embedding) + FinalNorm.Length + (FinalNormBias?.Length ?? 0) + (Positions == null ? 0 : Count(Positions));
            if (!ReferenceEquals(Embedding, OutputHead))
            {
                count += Count(OutputHead);
            }

            foreach (LayerWeights layer in Layers)
            {
                count += layer.ParameterCount;
            }

            return count;
        }
    }

    /// <summary>The bytes of managed memory that the weights occupy. What stays in its file is not counted.</summary>
    public long ManagedBytes
    {
        get
        {
            long bytes = Embedding.ManagedBytes + (4L * FinalNorm.Length) + (Positions?.ManagedBytes ?? 0);
            if (!ReferenceEquals(Embedding, OutputHead))
            {
                bytes += OutputHead.ManagedBytes;
            }

            foreach (LayerWeights layer in Layers)
            {
                bytes += layer.ManagedBytes;
            }

            return bytes;
        }
    }

    /// <summary>
    /// Finds the weights of a model. Matrices stay in their files, mapped, in the type they are stored in. Raises
    /// <see cref="ErrorNumber.TensorMissing"/>, <see cref="ErrorNumber.TensorShape"/>, and <see cref="ErrorNumber.ModelTooLarge"/> when what
    /// cannot be used as it is stored would take more than <paramref name="maxBytes"/> of memory.
    /// </summary>
    public static ModelWeights Load(ModelFile file, ModelConfig config, long maxBytes)
    {
        config.RequireRunnable(file.Name);
        return new WeightLoader(file, config, maxBytes).Load();
    }

    /// <summary>The same weights with other layers.</summary>
    public ModelWeights WithLayers(IReadOnlyList<LayerWeights> layers)
        => new(Embedding, layers, FinalNorm, OutputHead) { FinalNormBias = FinalNormBias, Positions = Positions, RopeFactors = RopeFactors };

    /// <summary>The same weights with another embedding and output head; one object for both ties them.</summary>
    public ModelWeights WithEmbedding(WeightMatrix embedding, WeightMatrix outputHead)
        => new(embedding, Layers, FinalNorm, outputHead) { FinalNormBias = FinalNormBias, Positions = Positions, RopeFactors = RopeFactors };

    /// <summary>
    /// What tokens put into the residual stream [tokens, hidden], the first one at position 0. Raises <see cref="ErrorNumber.TokenOutOfRange"/>.
    /// </summary>
    public float[] Embed(ModelConfig config, int[] tokens)
    {
        int hidden = Embedding.Columns;
        float[] stream = new float[(long)tokens.Length * hidden];
        for (int t = 0; t < tokens.Length; t++)
        {
            Embed(config, tokens[t], t, stream, (long)t * hidden);
        }

        return stream;
    }

    /// <summary>Writes what a token at a position puts into the stream.</summary>
    internal void Embed(ModelConfig config, int token, int position, float[] stream, long offset)
    {
        if ((uint)token >= (uint)Embedding.Rows)
        {
            throw new NinaException(ErrorNumber.TokenOutOfRange, $"Token {token} is outside the vocabulary of {Embedding.Rows}.");
        }

        float[] row = Embedding.Row(token);
        float[]? place = Positions?.Row(position);
        for (int i = 0; i < row.Length; i++)
        {
            stream[offset + i] = place == null ? row[i] * config.EmbeddingScale : (row[i] * config.EmbeddingScale) + place[i];
        }
    }

    private static long Count(WeightMatrix matrix) => (long)matrix.Rows * matrix.Columns;
}
