using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Models;

/// <summary>Finds a model's tensors by role and brings them into the one layout that <see cref="LayerWeights"/> describes.</summary>
internal sealed class WeightLoader
{
    /// <summary>
    /// Floats that a model may be decoded to when it is loaded. Without vector instructions decoding for every product costs more than the
    /// product itself; with them it costs nothing, and weights stay as they are stored.
    /// </summary>
#if NETFRAMEWORK
    private const long MaxDecodedBytes = 4L << 30;
#else
    private const long MaxDecodedBytes = -1;
#endif

    private readonly ModelFile _file;
    private readonly ModelConfig _config;
    private readonly long _maxBytes;
    private readonly SegmentHold?[] _holds;
    private long _decodedBytes;
    private readonly Dictionary<(TensorRole Role, int Layer, int Expert), TensorInfo> _tensors = new();

    /// <summary>Prepares to load a model that may occupy <paramref name="maxBytes"/> of managed memory.</summary>
    public WeightLoader(ModelFile file, ModelConfig config, long maxBytes)
    {
        _file = file;
        _config = config;
        _maxBytes = maxBytes;
        _holds = new SegmentHold?[file.Files.Count];
        foreach (TensorInfo tensor in file.Tensors)
        {
            TensorPlace place = TensorNaming.RoleOf(tensor.Name, config.HasPostNorms && !config.IsGguf);
            if (place.Role != TensorRole.Unknown)
            {
                _tensors[(place.Role, place.Layer, place.Expert)] = tensor;
            }
        }
    }

    private int Hidden => _config.HiddenSize;

    private int Queries => _config.HeadCount * _config.HeadSize;

    private int Keys => _config.KeyValueHeadCount * _config.HeadSize;

    /// <summary>GPT-2 on Hugging Face stores its projections transposed: [inputs, outputs].</summary>
    private bool IsTransposed => _config.Family == ModelFamily.Gpt2 && !_config.IsGguf;

    public ModelWeights Load()
    {
        var layers = new LayerWeights[_config.LayerCount];
        WeightMatrix embedding = Embedding(out WeightMatrix head);
        long bytes = 0;
        for (int l = 0; l < layers.Length; l++)
        {
            layers[l] = Layer(l);
            bytes += layers[l].ManagedBytes;
            if (bytes > _maxBytes)
            {
                throw new NinaException(
                    ErrorNumber.ModelTooLarge,
                    $"Model '{_file.Name}' takes more than {_maxBytes} bytes of memory: {bytes} for the first {l + 1} of {layers.Length} layers, which cannot be used as they are stored.");
            }
        }

        bool layerNorm = _config.Norm == NormKind.Layer;
        return new ModelWeights(embedding, layers, Norm(TensorRole.FinalNorm, -1, Hidden), head)
        {
            FinalNormBias = layerNorm ? Vector(TensorRole.FinalNormBias, -1, Hidden) : null,
            Positions = _config.Position == PositionKind.Learned ? Matrix(TensorRole.PositionEmbedding, -1, _config.ContextLength, Hidden) : null,
            RopeFactors = _config.HasRopeFactors ? RopeFactors() : null,
        };
    }

    private LayerWeights Layer(int l)
    {
        Attention(l, out WeightMatrix query, out WeightMatrix key, out WeightMatrix value, out float[]? queryBias, out float[]? keyBias, out float[]? valueBias);
        bool layerNorm = _config.Norm == NormKind.Layer;
        bool mixture = _config.IsMixtureLayer(l);
        bool biases = _config.HasFeedForwardBias && !mixture;
        int neurons = _config.FeedForwardSize;
        return new LayerWeights(
            Norm(TensorRole.AttentionNorm, l, Hidden), query, key, value, Linear(TensorRole.AttentionOutput, l, Hidden, Queries), Norm(TensorRole.FeedForwardNorm, l, Hidden))
        {
            AttentionNormBias = layerNorm ? Vector(TensorRole.AttentionNormBias, l, Hidden) : null,
            FeedForwardNormBias = layerNorm ? Vector(TensorRole.FeedForwardNormBias, l, Hidden) : null,
            QueryBias = queryBias,
            KeyBias = keyBias,
            ValueBias = valueBias,
            OutputBias = _config.HasOutputBias ? Vector(TensorRole.AttentionOutputBias, l, Hidden) : null,
            QueryNorm = _config.HasQueryKeyNorm ? Norm(TensorRole.AttentionQueryNorm, l, _config.HeadSize) : null,
            KeyNorm = _config.HasQueryKeyNorm ? Norm(TensorRole.AttentionKeyNorm, l, _config.HeadSize) : null,
            PostAttentionNorm = _config.HasPostNorms ? Norm(TensorRole.PostAttentionNorm, l, Hidden) : null,
            PostFeedForwardNorm = _config.HasPostNorms ? Norm(TensorRole.PostFeedForwardNorm, l, Hidden) : null,
            Gate = !mixture && _config.IsGated ? Linear(TensorRole.FeedForwardGate, l, neurons, Hidden) : null,
            Up = !mixture ? Linear(TensorRole.FeedForwardUp, l, neurons, Hidden) : null,
            Down = !mixture ? Linear(TensorRole.FeedForwardDown, l, Hidden, neurons) : null,
            GateBias = biases && _config.IsGated ? Vector(TensorRole.FeedForwardGateBias, l, neurons) : null,
            UpBias = biases ? Vector(TensorRole.FeedForwardUpBias, l, neurons) : null,
            DownBias = biases ? Vector(TensorRole.FeedForwardDownBias, l, Hidden) : null,
            Mixture = mixture ? Mixture(l) : null,
        };
    }

    private void Attention(
        int l, out WeightMatrix query, out WeightMatrix key, out WeightMatrix value, out float[]? queryBias, out float[]? keyBias, out float[]? valueBias)
    {
        queryBias = keyBias = valueBias = null;
        if (!_tensors.ContainsKey((TensorRole.AttentionFused, l, -1)))
        {
            query = Rotary(Linear(TensorRole.AttentionQuery, l, Queries, Hidden));
            key = Rotary(Linear(TensorRole.AttentionKey, l, Keys, Hidden));
            value = Linear(TensorRole.AttentionValue, l, Keys, Hidden);
            if (_config.HasAttentionBias)
            {
                queryBias = Rotary(Vector(TensorRole.AttentionQueryBias, l, Queries));
                keyBias = Rotary(Vector(TensorRole.AttentionKeyBias, l, Keys));
                valueBias = Vector(TensorRole.AttentionValueBias, l, Keys);
            }

            return;
        }

        WeightMatrix fused = Linear(TensorRole.AttentionFused, l, Queries + (2 * Keys), Hidden);
        float[]? bias = _config.HasAttentionBias ? Vector(TensorRole.AttentionFusedBias, l, fused.Rows) : null;
        int[] queries = FusedRows(0, Queries);
        int[] keys = FusedRows(1, Keys);
        int[] values = FusedRows(2, Keys);
        query = Rotary(fused.SelectRows(queries));
        key = Rotary(fused.SelectRows(keys));
        value = fused.SelectRows(values);
        if (bias != null)
        {
            queryBias = Rotary(Array.ConvertAll(queries, i => bias[i]));
            keyBias = Rotary(Array.ConvertAll(keys, i => bias[i]));
            valueBias = Array.ConvertAll(values, i => bias[i]);
        }
    }

    /// <summary>The rows of a fused projection that are query (0), key (1) or value (2): one block each, or on Hugging Face's GPT-NeoX interleaved head by head.</summary>
    private int[] FusedRows(int part, int count)
    {
        int[] rows = new int[count];
        bool byHead = _config.Family == ModelFamily.GptNeox && !_config.IsGguf;
        int size = _config.HeadSize;
        for (int i = 0; i < count; i++)
        {
            rows[i] = byHead ? (((i / size * 3) + part) * size) + (i % size)
                : i + (part == 0 ? 0 : part == 1 ? Queries : Queries + Keys);
        }

        return rows;
    }

    private MixtureWeights Mixture(int l)
    {
        int count = _config.ExpertCount;
        WeightMatrix router = Matrix(TensorRole.Router, l, count, Hidden);
        var experts = new ExpertWeights[count];
        int neurons = _config.ExpertFeedForwardSize;
        for (int e = 0; e < count; e++)
        {
            if (_tensors.TryGetValue((TensorRole.ExpertsGateUp, l, -1), out TensorInfo? gateUp))
            {
                WeightMatrix both = Slab(Checked(gateUp, count, Hidden, 2 * neurons), e).Transpose();
                WeightMatrix down = Slab(Checked(Find(TensorRole.ExpertsDown, l, -1), count, neurons, Hidden), e).Transpose();
                experts[e] = new ExpertWeights(both.SelectRows(Range(0, neurons)), both.SelectRows(Range(neurons, neurons)), down);
                continue;
            }

            experts[e] = new ExpertWeights(
                Expert(TensorRole.FeedForwardGate, l, e, neurons, Hidden),
                Expert(TensorRole.FeedForwardUp, l, e, neurons, Hidden),
                Expert(TensorRole.FeedForwardDown, l, e, Hidden, neurons));
        }

        if (_config.SharedExpertCount == 0)
        {
            return new MixtureWeights(router, experts);
        }

        int wide = _config.SharedExpertFeedForwardSize;
        var shared = new ExpertWeights(
            Matrix(TensorRole.SharedGate, l, wide, Hidden), Matrix(TensorRole.SharedUp, l, wide, Hidden), Matrix(TensorRole.SharedDown, l, Hidden, wide));
        return new MixtureWeights(router, experts, shared, _config.Family == ModelFamily.Qwen2Moe ? SharedRouter(l) : null);
    }

    /// <summary>[hidden], which Hugging Face stores as [1, hidden].</summary>
    private float[] SharedRouter(int l)
    {
        TensorInfo tensor = Find(TensorRole.SharedRouter, l, -1);
        return Read(tensor.Shape.Count == 2 ? Checked(tensor, 1, Hidden) : Checked(tensor, Hidden));
    }

    /// <summary>A matrix of an expert: a tensor of its own, or a part of one that holds all experts.</summary>
    private WeightMatrix Expert(TensorRole role, int layer, int expert, int rows, int columns)
    {
        if (_tensors.TryGetValue((role, layer, expert), out TensorInfo? own))
        {
            return Part(Checked(own, rows, columns), 0, rows, columns);
        }

        return Slab(Checked(Find(role, layer, -1), _config.ExpertCount, rows, columns), expert);
    }

    /// <summary>A tied model stores either of the two; which one, __metadata__ or the configuration says.</summary>
    private WeightMatrix Embedding(out WeightMatrix head)
    {
        bool hasEmbedding = _tensors.ContainsKey((TensorRole.TokenEmbedding, -1, -1));
        bool hasHead = _tensors.ContainsKey((TensorRole.OutputHead, -1, -1));
        bool tied = _config.TiedEmbeddings
            || _file.Metadata.ContainsKey("lm_head.weight")
            || _file.Metadata.ContainsKey("model.embed_tokens.weight");
        if (hasEmbedding && hasHead && !_config.TiedEmbeddings)
        {
            head = Matrix(TensorRole.OutputHead, -1, _config.VocabularySize, Hidden);
            return Matrix(TensorRole.TokenEmbedding, -1, _config.VocabularySize, Hidden);
        }

        TensorRole stored = hasEmbedding ? TensorRole.TokenEmbedding : TensorRole.OutputHead;
        if (!tied)
        {
            stored = hasEmbedding ? TensorRole.OutputHead : TensorRole.TokenEmbedding;
        }

        head = Matrix(stored, -1, _config.VocabularySize, Hidden);
        return head;
    }

    private float[] RopeFactors()
    {
        float[] factors = Vector(TensorRole.RopeFactors, -1, _config.RotarySize / 2);
        foreach (float factor in factors)
        {
            if (!(factor > 0) || float.IsInfinity(factor))
            {
                throw new NinaException(ErrorNumber.ConfigInvalid, $"Model '{_file.Name}': a rope frequency factor is {factor}; only positive numbers are possible.");
            }
        }

        return factors;
    }

    /// <summary>The weights of a norm as Hugging Face stores them; GGUF stores Gemma's offsets with 1 added.</summary>
    private float[] Norm(TensorRole role, int layer, int length)
    {
        float[] weights = Vector(role, layer, length);
        for (int i = 0; _config.IsGguf && _config.Norm == NormKind.RmsOffset && i < weights.Length; i++)
        {
            weights[i] -= 1;
        }

        return weights;
    }

    private float[] Vector(TensorRole role, int layer, int length) => Read(Checked(Find(role, layer, -1), length));

    private WeightMatrix Matrix(TensorRole role, int layer, int rows, int columns) => Part(Checked(Find(role, layer, -1), rows, columns), 0, rows, columns);

    /// <summary>A projection [outputs, inputs], whichever way round it is stored.</summary>
    private WeightMatrix Linear(TensorRole role, int layer, int rows, int columns)
        => IsTransposed ? Matrix(role, layer, columns, rows).Transpose() : Matrix(role, layer, rows, columns);

    private TensorInfo Find(TensorRole role, int layer, int expert)
        => _tensors.TryGetValue((role, layer, expert), out TensorInfo? tensor)
            ? tensor
            : throw new NinaException(ErrorNumber.TensorMissing, $"Model '{_file.Name}' lacks the tensor {TensorNaming.HuggingFaceName(role, layer, _config.Family)} ({role}, layer {layer}).");

    private TensorInfo Checked(TensorInfo tensor, params long[] shape)
    {
        bool fits = tensor.Shape.Count == shape.Length;
        for (int i = 0; fits && i < shape.Length; i++)
        {
            fits = tensor.Shape[i] == shape[i];
        }

        return fits
            ? tensor
            : throw NinaException.InFile(
                ErrorNumber.TensorShape,
                _file.Files[tensor.FileOrdinal].Path,
                tensor.ByteOffset,
                $"tensor '{tensor.Name}' is {tensor.ShapeText}; the configuration asks for [{string.Join(",", shape)}].");
    }

    /// <summary>The matrix of one expert of a tensor [experts, rows, columns].</summary>
    private WeightMatrix Slab(TensorInfo tensor, int expert)
    {
        int rows = (int)tensor.Shape[1];
        int columns = (int)tensor.Shape[2];
        return Part(tensor, (long)expert * rows * columns, rows, columns);
    }

    /// <summary>The numbers of a small tensor.</summary>
    private float[] Read(TensorInfo tensor) => TensorReader.ReadAll(Hold(tensor).Segment, tensor);

    /// <summary>
    /// <paramref name="rows"/> · <paramref name="columns"/> elements from <paramref name="start"/> as a matrix, left in the file. Where a row is
    /// not made of whole blocks, they are decoded.
    /// </summary>
    private WeightMatrix Part(TensorInfo tensor, long start, int rows, int columns)
    {
        DTypeInfo type = DTypeInfo.Of(tensor.DType);
        long offset = type.ByteLength(start);
        long bytes = 4L * rows * columns;
        bool decode = tensor.DType != DType.F32 && bytes <= MaxDecodedBytes - _decodedBytes && bytes / 4 <= TensorReader.MaxSliceElements;
        if (!decode && offset >= 0 && type.ByteLength(columns) >= 0)
        {
            return WeightMatrix.Mapped(Hold(tensor), tensor, rows, columns, offset);
        }

        _decodedBytes += bytes;
        return new WeightMatrix(rows, columns, TensorReader.ReadElements(Hold(tensor).Segment, tensor, start, checked(rows * columns)));
    }

    /// <summary>The mapping of a tensor's file, which all matrices of the model share.</summary>
    private SegmentHold Hold(TensorInfo tensor)
    {
        FileIdentity file = _file.Files[tensor.FileOrdinal];
        return _holds[tensor.FileOrdinal] ??= new SegmentHold(SegmentCache.Shared.Open(file.Path, file.Length));
    }

    private static int[] Range(int start, int count)
    {
        int[] range = new int[count];
        for (int i = 0; i < count; i++)
        {
            range[i] = start + i;
        }

        return range;
    }

    private WeightMatrix Rotary(WeightMatrix matrix) => _config.InterleavedRotary ? matrix.Reorder(RotaryLayout.FromInterleaved(matrix.Rows, _config.HeadSize, _config.RotarySize)) : matrix;

    private float[] Rotary(float[] bias)
        => _config.InterleavedRotary ? Array.ConvertAll(RotaryLayout.FromInterleaved(bias.Length, _config.HeadSize, _config.RotarySize), i => bias[i]) : bias;
}
