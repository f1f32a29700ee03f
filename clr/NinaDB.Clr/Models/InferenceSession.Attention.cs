using System;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Models;

/// <content>Attention: grouped queries, rotary embedding, sliding windows and chunks.</content>
public sealed unsafe partial class InferenceSession
{
    /// <summary>Attention of fewer multiplications than these is not worth a second thread.</summary>
    private const long ParallelAttentionThreshold = 1 << 18;

    /// <summary>Adds a layer's attention to the stream [tokens, hidden], whose first token stands at <see cref="Position"/>.</summary>
    internal void RunAttention(int layer, float* stream, int tokens, IForwardObserver? observer)
    {
        LayerWeights w = _weights.Layers[layer];
        MakeRoom(Position + tokens);
        fixed (float* normed = _normed, query = _query, key = _key, value = _value, mixed = _mixed, delta = _delta)
        fixed (float* keys = _keys[layer], values = _values[layer])
        {
            Normalize(stream, w.AttentionNorm, w.AttentionNormBias, normed, tokens);
            Project(w.Query, w.QueryBias, normed, tokens, query);
            Project(w.Key, w.KeyBias, normed, tokens, key);
            Project(w.Value, w.ValueBias, normed, tokens, value);
            PlaceHeads(layer, query, _heads, w.QueryNorm, tokens);
            PlaceHeads(layer, key, _keyHeads, w.KeyNorm, tokens);
            Sharpen(layer, query, tokens);
            for (int t = 0; t < tokens; t++)
            {
                int position = Position + t;
                for (int h = 0; h < _keyHeads; h++)
                {
                    float* k = key + ((((long)t * _keyHeads) + h) * _headSize);
                    float* v = value + ((((long)t * _keyHeads) + h) * _headSize);
                    float* keyColumn = keys + ((long)h * _headSize * _room) + position;
                    float* valueRow = values + ((((long)h * _room) + position) * _headSize);
                    for (int j = 0; j < _headSize; j++)
                    {
                        keyColumn[(long)j * _room] = k[j];
                        valueRow[j] = v[j];
                    }
                }
            }

            Attend(layer, tokens, query, keys, values, mixed);
            observer?.OnHeads(layer, mixed, tokens, _heads * _headSize);
            Project(w.Output, w.OutputBias, mixed, tokens, delta);
            if (w.PostAttentionNorm != null)
            {
                Normalize(delta, w.PostAttentionNorm, null, delta, tokens);
            }

            observer?.OnAttention(layer, delta, tokens, _hidden);
            KeepParallelInput(layer, stream, tokens);
            Kernels.AddScaled(stream, delta, 1f, tokens * _hidden);
        }
    }

    /// <summary>What each head of each token takes from the values it sees: [tokens, heads, head size]. Heads are shared out among threads.</summary>
    private void Attend(int layer, int tokens, float* query, float* keys, float* values, float* mixed)
    {
        int group = _heads / _keyHeads;
        long work = (long)tokens * (Position + tokens) * _heads * _headSize;
        ParallelWork.For(_heads, work < ParallelAttentionThreshold ? 1 : _parallelism, h =>
        {
            long keyHead = h / group;
            float[] buffer = Scratch.Row(_room);
            fixed (float* scores = buffer)
            {
                for (int t = 0; t < tokens; t++)
                {
                    int first = _config.FirstVisible(layer, Position + t);
                    int seen = Position + t + 1 - first;
                    long head = (((long)t * _heads) + h) * _headSize;
                    Kernels.AttentionScores(
                        query + head, keys + (keyHead * _headSize * _room) + first, _headSize, _room, seen, _config.AttentionScale, scores);
                    SoftCap(scores, seen, _config.AttentionSoftCap);
                    float sum = Kernels.ExpSum(scores, seen, Kernels.Max(scores, seen));
                    Kernels.WeightedSum(values + (((keyHead * _room) + first) * _headSize), scores, 1f / sum, seen, _headSize, mixed + head);
                }
            }
        });
    }

    /// <summary>Norms and turns the heads of queries or keys [tokens, heads, head size].</summary>
    private void PlaceHeads(int layer, float* x, int heads, float[]? norm, int tokens)
    {
        RopeTable? rope = !_config.UsesRotary(layer) ? null : _config.IsLocal(layer) ? _localRope : _rope;
        if (rope == null && norm == null)
        {
            return;
        }

        bool unit = rope != null && _config.HasUnitQueryKey;
        fixed (float* cos = rope?.Cos, sin = rope?.Sin, weight = norm)
        {
            for (int t = 0; t < tokens; t++)
            {
                for (int h = 0; h < heads; h++)
                {
                    float* head = x + ((((long)t * heads) + h) * _headSize);
                    if (norm != null)
                    {
                        RmsNorm(head, weight, _config.NormOffset, head, _headSize);
                    }

                    if (rope != null)
                    {
                        long angle = (long)(Position + t) * rope.Half;
                        Kernels.Rotate(head, cos + angle, sin + angle, rope.Half);
                    }

                    if (unit)
                    {
                        Unit(head);
                    }
                }
            }
        }
    }

    /// <summary>Llama 4: layers without rotary embedding attend more sharply the further the text has come.</summary>
    private void Sharpen(int layer, float* query, int tokens)
    {
        if (_config.TemperatureScale == 0 || _config.UsesRotary(layer))
        {
            return;
        }

        int width = _heads * _headSize;
        for (int t = 0; t < tokens; t++)
        {
            float factor = (float)(1 + (_config.TemperatureScale * Math.Log(1 + Math.Floor((Position + t + 1) / _config.TemperatureFloor))));
            float* row = query + ((long)t * width);
            for (int i = 0; i < width; i++)
            {
                row[i] *= factor;
            }
        }
    }

    /// <summary>Divides a head by its root mean square.</summary>
    private void Unit(float* head)
    {
        float factor = 1f / (float)Math.Sqrt((Kernels.Dot(head, head, _headSize) / _headSize) + _config.NormEpsilon);
        for (int i = 0; i < _headSize; i++)
        {
            head[i] *= factor;
        }
    }
}
