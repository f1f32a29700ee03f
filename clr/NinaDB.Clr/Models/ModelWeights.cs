using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Models;

/// <summary>The weights of a layer.</summary>
public sealed class LayerWeights
{
    /// <summary>Creates a layer.</summary>
    public LayerWeights(
        float[] attentionNorm,
        WeightMatrix query,
        WeightMatrix key,
        WeightMatrix value,
        WeightMatrix output,
        float[] feedForwardNorm,
        WeightMatrix gate,
        WeightMatrix up,
        WeightMatrix down)
    {
        AttentionNorm = attentionNorm;
        Query = query;
        Key = key;
        Value = value;
        Output = output;
        FeedForwardNorm = feedForwardNorm;
        Gate = gate;
        Up = up;
        Down = down;
    }

    /// <summary>[hidden].</summary>
    public float[] AttentionNorm { get; }

    /// <summary>[heads · head size, hidden].</summary>
    public WeightMatrix Query { get; }

    /// <summary>[key-value heads · head size, hidden].</summary>
    public WeightMatrix Key { get; }

    /// <summary>[key-value heads · head size, hidden].</summary>
    public WeightMatrix Value { get; }

    /// <summary>[hidden, heads · head size].</summary>
    public WeightMatrix Output { get; }

    /// <summary>[hidden].</summary>
    public float[] FeedForwardNorm { get; }

    /// <summary>[neurons, hidden].</summary>
    public WeightMatrix Gate { get; }

    /// <summary>[neurons, hidden].</summary>
    public WeightMatrix Up { get; }

    /// <summary>[hidden, neurons].</summary>
    public WeightMatrix Down { get; }

    /// <summary>The same layer with another FFN.</summary>
    public LayerWeights WithFeedForward(WeightMatrix gate, WeightMatrix up, WeightMatrix down)
        => new(AttentionNorm, Query, Key, Value, Output, FeedForwardNorm, gate, up, down);
}

/// <summary>The weights of a dense Llama model, as floats, rotary pairs half a head apart.</summary>
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

    /// <summary>The number of parameters, a tied head counted once.</summary>
    public long ParameterCount
    {
        get
        {
            long count = Embedding.Values.LongLength + FinalNorm.Length;
            if (!ReferenceEquals(Embedding, OutputHead))
            {
                count += OutputHead.Values.LongLength;
            }

            foreach (LayerWeights layer in Layers)
            {
                count += layer.AttentionNorm.Length + layer.FeedForwardNorm.Length + layer.Query.Values.LongLength + layer.Key.Values.LongLength
                    + layer.Value.Values.LongLength + layer.Output.Values.LongLength + layer.Gate.Values.LongLength + layer.Up.Values.LongLength
                    + layer.Down.Values.LongLength;
            }

            return count;
        }
    }

    /// <summary>
    /// Decodes the weights of a model. Raises <see cref="ErrorNumber.TensorMissing"/>, <see cref="ErrorNumber.TensorShape"/>, and
    /// <see cref="ErrorNumber.ModelTooLarge"/> when the floats would take more than <paramref name="maxBytes"/>.
    /// </summary>
    public static ModelWeights Load(ModelFile file, ModelConfig config, long maxBytes)
    {
        config.RequireRunnable(file.Name);
        long elements = 0;
        foreach (TensorInfo tensor in file.Tensors)
        {
            elements += tensor.ElementCount;
        }

        if (elements > maxBytes / 4)
        {
            throw new NinaException(ErrorNumber.ModelTooLarge, $"Model '{file.Name}' has {elements} parameters, {elements * 4} bytes in memory; {maxBytes} are allowed.");
        }

        return new Loader(file, config).Load();
    }

    /// <summary>Finds tensors by role and decodes them.</summary>
    private sealed class Loader
    {
        private readonly ModelFile _file;
        private readonly ModelConfig _config;
        private readonly Dictionary<(TensorRole Role, int Layer), TensorInfo> _tensors = new();

        public Loader(ModelFile file, ModelConfig config)
        {
            _file = file;
            _config = config;
            foreach (TensorInfo tensor in file.Tensors)
            {
                TensorPlace place = TensorNaming.RoleOf(tensor.Name);
                if (place.Role != TensorRole.Unknown && place.Expert < 0)
                {
                    _tensors[(place.Role, place.Layer)] = tensor;
                }
            }
        }

        public ModelWeights Load()
        {
            int hidden = _config.HiddenSize;
            int queries = _config.HeadCount * _config.HeadSize;
            int keys = _config.KeyValueHeadCount * _config.HeadSize;
            var layers = new LayerWeights[_config.LayerCount];
            WeightMatrix embedding = Embedding(out WeightMatrix head);
            for (int l = 0; l < layers.Length; l++)
            {
                layers[l] = new LayerWeights(
                    Vector(TensorRole.AttentionNorm, l, hidden),
                    Rotary(Matrix(TensorRole.AttentionQuery, l, queries, hidden)),
                    Rotary(Matrix(TensorRole.AttentionKey, l, keys, hidden)),
                    Matrix(TensorRole.AttentionValue, l, keys, hidden),
                    Matrix(TensorRole.AttentionOutput, l, hidden, queries),
                    Vector(TensorRole.FeedForwardNorm, l, hidden),
                    Matrix(TensorRole.FeedForwardGate, l, _config.FeedForwardSize, hidden),
                    Matrix(TensorRole.FeedForwardUp, l, _config.FeedForwardSize, hidden),
                    Matrix(TensorRole.FeedForwardDown, l, hidden, _config.FeedForwardSize));
            }

            return new ModelWeights(embedding, layers, Vector(TensorRole.FinalNorm, -1, hidden), head);
        }

        /// <summary>A tied model stores either of the two; which one, __metadata__ or the configuration says.</summary>
        private WeightMatrix Embedding(out WeightMatrix head)
        {
            bool hasEmbedding = _tensors.ContainsKey((TensorRole.TokenEmbedding, -1));
            bool hasHead = _tensors.ContainsKey((TensorRole.OutputHead, -1));
            bool tied = _config.TiedEmbeddings
                || _file.Metadata.ContainsKey("lm_head.weight")
                || _file.Metadata.ContainsKey("model.embed_tokens.weight");
            if (hasEmbedding && hasHead && !_config.TiedEmbeddings)
            {
                head = Matrix(TensorRole.OutputHead, -1, _config.VocabularySize, _config.HiddenSize);
                return Matrix(TensorRole.TokenEmbedding, -1, _config.VocabularySize, _config.HiddenSize);
            }

            TensorRole stored = hasEmbedding ? TensorRole.TokenEmbedding : TensorRole.OutputHead;
            if (!tied)
            {
                stored = hasEmbedding ? TensorRole.OutputHead : TensorRole.TokenEmbedding;
            }

            head = Matrix(stored, -1, _config.VocabularySize, _config.HiddenSize);
            return head;
        }

        private float[] Vector(TensorRole role, int layer, int length) => Read(Find(role, layer, length, 0));

        private WeightMatrix Matrix(TensorRole role, int layer, int rows, int columns) => new(rows, columns, Read(Find(role, layer, rows, columns)));

        private TensorInfo Find(TensorRole role, int layer, int rows, int columns)
        {
            if (!_tensors.TryGetValue((role, layer), out TensorInfo? tensor))
            {
                throw new NinaException(
                    ErrorNumber.TensorMissing, $"Model '{_file.Name}' lacks the tensor {TensorNaming.HuggingFaceName(role, layer)} ({role}, layer {layer}).");
            }

            bool fits = columns == 0
                ? tensor.Shape.Count == 1 && tensor.Shape[0] == rows
                : tensor.Shape.Count == 2 && tensor.Shape[0] == rows && tensor.Shape[1] == columns;
            if (!fits)
            {
                string expected = columns == 0 ? $"[{rows}]" : $"[{rows},{columns}]";
                throw NinaException.InFile(
                    ErrorNumber.TensorShape, _file.Files[tensor.FileOrdinal].Path, tensor.ByteOffset, $"tensor '{tensor.Name}' is {tensor.ShapeText}; the configuration asks for {expected}.");
            }

            return tensor;
        }

        private float[] Read(TensorInfo tensor)
        {
            FileIdentity file = _file.Files[tensor.FileOrdinal];
            using SegmentLease lease = SegmentCache.Shared.Open(file.Path, file.Length);
            return TensorReader.ReadAll(lease.Segment, tensor);
        }

        /// <summary>
        /// GGUF stores the rows of a Llama head interleaved (0, n/2, 1, n/2+1, ...), so that its rotary pairs are neighbours. In memory they
        /// are as Hugging Face has them: half a head apart.
        /// </summary>
        private WeightMatrix Rotary(WeightMatrix matrix)
        {
            if (!_config.InterleavedRotary)
            {
                return matrix;
            }

            int size = _config.HeadSize;
            int[] order = new int[matrix.Rows];
            for (int row = 0; row < order.Length; row++)
            {
                int inHead = row % size;
                int half = size / 2;
                order[row] = row - inHead + (2 * (inHead % half)) + (inHead / half);
            }

            return matrix.SelectRows(order);
        }
    }
}
