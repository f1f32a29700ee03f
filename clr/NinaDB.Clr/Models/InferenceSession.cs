using System;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Models;

/// <summary>
/// One sequence running through a model, with a key-value cache. One forward pass serves all architectures: what distinguishes them is data of
/// <see cref="ModelConfig"/>. Prompts run in batches. Not thread-safe; sessions of the same model share its weights.
/// </summary>
public sealed unsafe partial class InferenceSession
{
    private const int MaxBatch = 256;

    private readonly ModelConfig _config;
    private readonly ModelWeights _weights;
    private readonly int _parallelism;
    private readonly int _hidden;
    private readonly int _headSize;
    private readonly int _heads;
    private readonly int _keyHeads;

    private float[] _stream = Array.Empty<float>();
    private float[] _normed = Array.Empty<float>();
    private float[] _query = Array.Empty<float>();
    private float[] _key = Array.Empty<float>();
    private float[] _value = Array.Empty<float>();
    private float[] _mixed = Array.Empty<float>();
    private float[] _delta = Array.Empty<float>();
    private float[] _gate = Array.Empty<float>();
    private float[] _up = Array.Empty<float>();
    private int _batch;

    /// <summary>Creates a session that holds up to <paramref name="capacity"/> tokens (at most the model's context).</summary>
    public InferenceSession(ModelConfig config, ModelWeights weights, int capacity, int parallelism = 1)
    {
        NinaException.Require(capacity > 0, "A session holds at least one token.");
        _config = config;
        _weights = weights;
        _parallelism = Math.Max(1, parallelism);
        _hidden = config.HiddenSize;
        _headSize = config.HeadSize;
        _heads = config.HeadCount;
        _keyHeads = config.KeyValueHeadCount;
        Capacity = Math.Min(capacity, config.ContextLength);
        int layers = weights.Layers.Count;
        _keys = new float[layers][];
        _values = new float[layers][];
        for (int l = 0; l < layers; l++)
        {
            _keys[l] = _values[l] = Array.Empty<float>();
        }
    }

    /// <summary>The most tokens that fit.</summary>
    public int Capacity { get; }

    /// <summary>The tokens so far.</summary>
    public int Position { get; private set; }

    /// <summary>Starts a new sequence.</summary>
    public void Reset()
    {
        Position = 0;
        _batch = 0;
    }

    /// <summary>Runs tokens through the model, after those that came before. Raises <see cref="ErrorNumber.ContextExceeded"/>.</summary>
    public void Append(int[] tokens, int offset, int count) => Append(tokens, offset, count, null);

    /// <summary>The logits after the last token: [vocabulary].</summary>
    public float[] LastLogits()
    {
        float[] logits = new float[_weights.OutputHead.Rows];
        fixed (float* target = logits)
        {
            Logits(_batch - 1, 1, target);
        }

        return logits;
    }

    internal void Append(int[] tokens, int offset, int count, IForwardObserver? observer, Action<int, int>? afterBatch = null)
    {
        NinaException.Require(tokens != null && offset >= 0 && count > 0 && offset <= tokens.Length - count, "There are no tokens to run.");
        if (count > Capacity - Position)
        {
            throw new NinaException(ErrorNumber.ContextExceeded, $"{Position + count} tokens do not fit into a context of {Capacity}.");
        }

        for (int done = 0; done < count;)
        {
            int batch = Math.Min(MaxBatch, count - done);
            Embed(tokens!, offset + done, batch);
            fixed (float* stream = _stream)
            {
                for (int layer = 0; layer < _weights.Layers.Count; layer++)
                {
                    RunAttention(layer, stream, batch, observer);
                    RunFeedForward(layer, stream, batch, observer);
                }
            }

            Position += batch;
            _batch = batch;
            afterBatch?.Invoke(done, batch);
            done += batch;
        }
    }

    /// <summary>Writes the logits of <paramref name="count"/> positions of the last batch: [count, vocabulary].</summary>
    internal void Logits(int first, int count, float* target)
    {
        NinaException.Require(first >= 0 && count > 0 && first + count <= _batch, "There are no logits yet.");
        fixed (float* stream = _stream)
        {
            LogitsOf(stream + ((long)first * _hidden), count, target);
        }
    }

    /// <summary>Writes the logits that a stream [count, hidden] would have after the last layer: [count, vocabulary].</summary>
    internal void LogitsOf(float* stream, int count, float* target)
    {
        Grow(ref _normed, (long)count * _hidden);
        fixed (float* normed = _normed)
        {
            Normalize(stream, _weights.FinalNorm, _weights.FinalNormBias, normed, count);
            _weights.OutputHead.Multiply(normed, count, target, _parallelism);
        }

        SoftCap(target, (long)count * _weights.OutputHead.Rows, _config.LogitSoftCap);
    }

    /// <summary>Makes room for a batch and puts the embeddings of its tokens into the residual stream.</summary>
    internal void Embed(int[] tokens, int offset, int count)
    {
        Reserve(count);
        for (int t = 0; t < count; t++)
        {
            _weights.Embed(_config, tokens[offset + t], Position + t, _stream, (long)t * _hidden);
        }
    }

    /// <summary>Makes the buffers large enough for a batch.</summary>
    internal void Reserve(int tokens)
    {
        long width = 0;
        foreach (LayerWeights layer in _weights.Layers)
        {
            width = Math.Max(width, layer.Up?.Rows ?? 0);
        }

        Grow(ref _stream, (long)tokens * _hidden);
        Grow(ref _normed, (long)tokens * _hidden);
        Grow(ref _query, (long)tokens * _heads * _headSize);
        Grow(ref _key, (long)tokens * _keyHeads * _headSize);
        Grow(ref _value, (long)tokens * _keyHeads * _headSize);
        Grow(ref _mixed, (long)tokens * _heads * _headSize);
        Grow(ref _delta, (long)tokens * _hidden);
        Grow(ref _gate, tokens * width);
        Grow(ref _up, tokens * width);
        if (_config.ParallelResidual)
        {
            Grow(ref _parallel, (long)tokens * _hidden);
        }
    }

    /// <summary>The norm of every row [tokens, hidden].</summary>
    private void Normalize(float* source, float[] weights, float[]? biases, float* target, int tokens)
    {
        float offset = _config.NormOffset;
        fixed (float* weight = weights, bias = biases)
        {
            for (int t = 0; t < tokens; t++)
            {
                float* x = source + ((long)t * _hidden);
                float* y = target + ((long)t * _hidden);
                if (_config.Norm == NormKind.Layer)
                {
                    LayerNorm(x, weight, bias, y);
                }
                else
                {
                    RmsNorm(x, weight, offset, y, _hidden);
                }
            }
        }
    }

    private void RmsNorm(float* x, float* weight, float offset, float* y, int width)
    {
        float factor = 1f / (float)Math.Sqrt((Kernels.Dot(x, x, width) / width) + _config.NormEpsilon);
        Kernels.ScaleBy(x, factor, weight, offset, y, width);
    }

    private void LayerNorm(float* x, float* weight, float* bias, float* y)
    {
        double sum = 0;
        for (int i = 0; i < _hidden; i++)
        {
            sum += x[i];
        }

        float mean = (float)(sum / _hidden);
        for (int i = 0; i < _hidden; i++)
        {
            y[i] = x[i] - mean;
        }

        float factor = 1f / (float)Math.Sqrt((Kernels.Dot(y, y, _hidden) / _hidden) + _config.NormEpsilon);
        for (int i = 0; i < _hidden; i++)
        {
            y[i] = (y[i] * factor * weight[i]) + bias[i];
        }
    }

    /// <summary>y[tokens, rows] = x · weightᵀ + bias.</summary>
    private void Project(WeightMatrix weight, float[]? bias, float* x, int tokens, float* y)
    {
        weight.Multiply(x, tokens, y, _parallelism);
        if (bias == null)
        {
            return;
        }

        fixed (float* b = bias)
        {
            for (int t = 0; t < tokens; t++)
            {
                Kernels.AddScaled(y + ((long)t * weight.Rows), b, 1f, weight.Rows);
            }
        }
    }

    /// <summary>x = cap · tanh(x / cap).</summary>
    private static void SoftCap(float* x, long count, float cap)
    {
        for (long i = 0; cap > 0 && i < count; i++)
        {
            x[i] = cap * (float)Math.Tanh(x[i] / cap);
        }
    }

    private static void Grow(ref float[] buffer, long length)
    {
        if (buffer.LongLength < length)
        {
            buffer = new float[length];
        }
    }
}
