using System;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Models;

/// <summary>
/// One sequence running through a dense Llama model: RMSNorm, grouped-query attention with rotary embedding and a key-value cache, SwiGLU.
/// Prompts run in batches. Not thread-safe; sessions of the same model share its weights.
/// </summary>
public sealed unsafe class InferenceSession
{
    private const int MaxBatch = 256;

    private readonly ModelConfig _config;
    private readonly ModelWeights _weights;
    private readonly int _parallelism;
    private readonly int _hidden;
    private readonly int _headSize;
    private readonly int _heads;
    private readonly int _keyHeads;

    /// <summary>Keys by layer: [key-value head, dimension, position], so that positions are scored side by side.</summary>
    private readonly float[][] _keys;

    /// <summary>Values by layer: [key-value head, position, dimension].</summary>
    private readonly float[][] _values;

    /// <summary>cos and sin of the rotary angles: [position, head size / 2].</summary>
    private readonly float[] _cos;
    private readonly float[] _sin;
    private readonly float[] _scores;
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
            _keys[l] = new float[(long)_keyHeads * _headSize * Capacity];
            _values[l] = new float[(long)_keyHeads * _headSize * Capacity];
        }

        int half = _headSize / 2;
        _cos = new float[(long)Capacity * half];
        _sin = new float[(long)Capacity * half];
        for (int i = 0; i < half; i++)
        {
            double frequency = Math.Pow(config.RopeTheta, -2.0 * i / _headSize);
            for (int p = 0; p < Capacity; p++)
            {
                _cos[((long)p * half) + i] = (float)Math.Cos(p * frequency);
                _sin[((long)p * half) + i] = (float)Math.Sin(p * frequency);
            }
        }

        _scores = new float[Capacity];
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
        Grow(ref _normed, (long)count * _hidden);
        fixed (float* stream = _stream, normed = _normed, norm = _weights.FinalNorm)
        {
            Normalize(stream + ((long)first * _hidden), norm, normed, count);
            _weights.OutputHead.Multiply(normed, count, target, _parallelism);
        }
    }

    /// <summary>Makes room for a batch and puts the embeddings of its tokens into the residual stream.</summary>
    internal void Embed(int[] tokens, int offset, int count)
    {
        Reserve(count);
        float[] table = _weights.Embedding.Values;
        for (int t = 0; t < count; t++)
        {
            int id = tokens[offset + t];
            if ((uint)id >= (uint)_weights.Embedding.Rows)
            {
                throw new NinaException(ErrorNumber.TokenOutOfRange, $"Token {id} is outside the vocabulary of {_weights.Embedding.Rows}.");
            }

            Array.Copy(table, (long)id * _hidden, _stream, (long)t * _hidden, _hidden);
        }
    }

    /// <summary>Makes the buffers large enough for a batch.</summary>
    internal void Reserve(int tokens)
    {
        int width = 0;
        foreach (LayerWeights layer in _weights.Layers)
        {
            width = Math.Max(width, layer.Gate.Rows);
        }

        Grow(ref _stream, (long)tokens * _hidden);
        Grow(ref _normed, (long)tokens * _hidden);
        Grow(ref _query, (long)tokens * _heads * _headSize);
        Grow(ref _key, (long)tokens * _keyHeads * _headSize);
        Grow(ref _value, (long)tokens * _keyHeads * _headSize);
        Grow(ref _mixed, (long)tokens * _heads * _headSize);
        Grow(ref _delta, (long)tokens * _hidden);
        Grow(ref _gate, (long)tokens * width);
        Grow(ref _up, (long)tokens * width);
    }

    /// <summary>Adds a layer's attention to the stream [tokens, hidden], whose first token stands at <see cref="Position"/>.</summary>
    internal void RunAttention(int layer, float* stream, int tokens, IForwardObserver? observer)
    {
        LayerWeights w = _weights.Layers[layer];
        int half = _headSize / 2;
        int group = _heads / _keyHeads;
        float scale = 1f / (float)Math.Sqrt(_headSize);
        fixed (float* normed = _normed, norm = w.AttentionNorm, query = _query, key = _key, value = _value, mixed = _mixed, delta = _delta)
        fixed (float* keys = _keys[layer], values = _values[layer], cos = _cos, sin = _sin, scores = _scores)
        {
            Normalize(stream, norm, normed, tokens);
            w.Query.Multiply(normed, tokens, query, _parallelism);
            w.Key.Multiply(normed, tokens, key, _parallelism);
            w.Value.Multiply(normed, tokens, value, _parallelism);
            for (int t = 0; t < tokens; t++)
            {
                int position = Position + t;
                float* c = cos + ((long)position * half);
                float* s = sin + ((long)position * half);
                for (int h = 0; h < _heads; h++)
                {
                    Rotate(query + ((((long)t * _heads) + h) * _headSize), c, s, half);
                }

                for (int h = 0; h < _keyHeads; h++)
                {
                    float* k = key + ((((long)t * _keyHeads) + h) * _headSize);
                    float* v = value + ((((long)t * _keyHeads) + h) * _headSize);
                    Rotate(k, c, s, half);
                    float* keyColumn = keys + ((long)h * _headSize * Capacity) + position;
                    float* valueRow = values + ((((long)h * Capacity) + position) * _headSize);
                    for (int j = 0; j < _headSize; j++)
                    {
                        keyColumn[(long)j * Capacity] = k[j];
                        valueRow[j] = v[j];
                    }
                }
            }

            for (int t = 0; t < tokens; t++)
            {
                int seen = Position + t + 1;
                for (int h = 0; h < _heads; h++)
                {
                    float* target = mixed + ((((long)t * _heads) + h) * _headSize);
                    long keyHead = h / group;
                    Kernels.AttentionScores(
                        query + ((((long)t * _heads) + h) * _headSize), keys + (keyHead * _headSize * Capacity), _headSize, Capacity, seen, scale, scores);
                    float sum = Kernels.ExpSum(scores, seen, Kernels.Max(scores, seen));
                    Kernels.WeightedSum(values + (keyHead * Capacity * _headSize), scores, 1f / sum, seen, _headSize, target);
                }
            }

            observer?.OnHeads(layer, mixed, tokens, _heads * _headSize);
            w.Output.Multiply(mixed, tokens, delta, _parallelism);
            observer?.OnAttention(layer, delta, tokens, _hidden);
            Kernels.AddScaled(stream, delta, 1f, tokens * _hidden);
        }
    }

    /// <summary>Adds a layer's FFN to the stream [tokens, hidden].</summary>
    internal void RunFeedForward(int layer, float* stream, int tokens, IForwardObserver? observer)
    {
        LayerWeights w = _weights.Layers[layer];
        fixed (float* gate = _gate, up = _up, delta = _delta)
        {
            RunActivations(layer, stream, tokens, gate, up);
            observer?.OnActivations(layer, gate, up, tokens, w.Gate.Rows);
            w.Down.Multiply(gate, tokens, delta, _parallelism);
            observer?.OnFeedForward(layer, delta, tokens, _hidden);
            Kernels.AddScaled(stream, delta, 1f, tokens * _hidden);
        }
    }

    /// <summary>Computes a layer's activations [tokens, neurons] from the stream, without adding anything to it.</summary>
    internal void RunActivations(int layer, float* stream, int tokens, float* activations, float* up)
    {
        LayerWeights w = _weights.Layers[layer];
        fixed (float* normed = _normed, norm = w.FeedForwardNorm)
        {
            Normalize(stream, norm, normed, tokens);
            w.Gate.Multiply(normed, tokens, activations, _parallelism);
            w.Up.Multiply(normed, tokens, up, _parallelism);
            Kernels.SiluMultiply(activations, up, tokens * w.Gate.Rows);
        }
    }

    /// <summary>RMSNorm of every row.</summary>
    private void Normalize(float* source, float* weight, float* target, int tokens)
    {
        for (int t = 0; t < tokens; t++)
        {
            float* x = source + ((long)t * _hidden);
            float* y = target + ((long)t * _hidden);
            float factor = 1f / (float)Math.Sqrt((Kernels.Dot(x, x, _hidden) / _hidden) + _config.NormEpsilon);
            for (int i = 0; i < _hidden; i++)
            {
                y[i] = x[i] * factor * weight[i];
            }
        }
    }

    /// <summary>Turns the pairs (i, i + half) of a head.</summary>
    private static void Rotate(float* x, float* cos, float* sin, int half)
    {
        for (int i = 0; i < half; i++)
        {
            float a = x[i];
            float b = x[i + half];
            x[i] = (a * cos[i]) - (b * sin[i]);
            x[i + half] = (b * cos[i]) + (a * sin[i]);
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
