using System;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Capabilities;

/// <summary>Runs texts through a model and keeps, for every component, how strongly each text excites it. One probe serves one thread.</summary>
public sealed unsafe class TextProbe : IForwardObserver
{
    private readonly LanguageModel _model;
    private readonly ComponentLayout _layout;
    private readonly InferenceSession _session;

    /// <summary>By layer and head: W_Oᵀ W_O of the head [head size, head size], with which the length of its output is cheap.</summary>
    private readonly float[][] _headGrams;
    private TextActivation? _current;
    private int _batchStart;
    private int _skip;

    /// <summary>Creates a probe of a layout's components for texts of at most <paramref name="maxTokens"/> tokens.</summary>
    public TextProbe(LanguageModel model, ComponentLayout layout, int maxTokens = int.MaxValue)
    {
        _model = model;
        _layout = layout;
        _session = model.StartSession(Math.Min(model.Config.ContextLength, maxTokens));
        _headGrams = new float[layout.LayerCount][];
        for (int l = 0; l < layout.LayerCount; l++)
        {
            _headGrams[l] = HeadGrams(model.Weights.Layers[layout.FirstLayer + l].Output, model.Config.HeadCount, model.Config.HeadSize);
        }
    }

    /// <summary>Runs a text; what exceeds the context is left out. Raises <see cref="ErrorNumber.ProbeEmpty"/> when it has no token.</summary>
    public TextActivation Run(string text) => Run(_model.Tokenizer.Encode(text));

    /// <summary>Runs a text given as ids, start token included.</summary>
    public TextActivation Run(int[] tokens)
    {
        if (tokens.Length > _session.Capacity)
        {
            Array.Resize(ref tokens, _session.Capacity);
        }

        _skip = tokens.Length > 0 && _model.Tokenizer.IsSpecial(tokens[0]) ? 1 : 0;
        if (tokens.Length - _skip <= 0)
        {
            throw new NinaException(ErrorNumber.ProbeEmpty, "A probe text has no token.");
        }

        var result = new TextActivation(tokens, tokens.Length - _skip, _layout.Count);
        _current = result;
        _batchStart = 0;
        _session.Reset();
        _session.Append(tokens, 0, tokens.Length, this, (done, batch) => _batchStart = done + batch);
        _current = null;
        float factor = 1f / result.TokenCount;
        for (int i = 0; i < _layout.Count; i++)
        {
            result.MeanMagnitude[i] *= factor;
            result.MeanSigned[i] *= factor;
            result.FiringRate[i] *= factor;
        }

        return result;
    }

    void IForwardObserver.OnActivations(int layer, float* activations, float* up, int tokens, int width)
    {
        if (!_layout.Contains(layer))
        {
            return;
        }

        int start = _layout.NeuronStart(layer);
        TextActivation target = _current!;
        fixed (float* magnitude = target.MeanMagnitude, signed = target.MeanSigned, fired = target.FiringRate, peak = target.Peak, place = target.PeakPosition)
        {
            for (int t = FirstToken; t < tokens; t++)
            {
                float* row = activations + ((long)t * width);
                Kernels.AccumulateActivation(row, up + ((long)t * width), magnitude + start, signed + start, fired + start, width);
                Kernels.KeepLargest(row, peak + start, place + start, _batchStart + t, width);
            }
        }
    }

    void IForwardObserver.OnHeads(int layer, float* heads, int tokens, int width)
    {
        if (!_layout.Contains(layer))
        {
            return;
        }

        int size = _model.Config.HeadSize;
        float[] grams = _headGrams[layer - _layout.FirstLayer];
        fixed (float* gram = grams)
        {
            for (int t = FirstToken; t < tokens; t++)
            {
                for (int h = 0; h < _layout.HeadCount; h++)
                {
                    float* o = heads + ((long)t * width) + ((long)h * size);
                    float* g = gram + ((long)h * size * size);
                    float square = 0;
                    for (int i = 0; i < size; i++)
                    {
                        square += o[i] * Kernels.Dot(g + ((long)i * size), o, size);
                    }

                    Add(_layout.HeadStart(layer) + h, (float)Math.Sqrt(Math.Max(0, square)), t);
                }
            }
        }
    }

    void IForwardObserver.OnAttention(int layer, float* delta, int tokens, int width)
    {
    }

    void IForwardObserver.OnFeedForward(int layer, float* delta, int tokens, int width)
    {
        if (!_layout.Contains(layer))
        {
            return;
        }

        for (int t = FirstToken; t < tokens; t++)
        {
            float* row = delta + ((long)t * width);
            Add(_layout.LayerPosition(layer), (float)Math.Sqrt(Kernels.Dot(row, row, width)), t);
        }
    }

    void IForwardObserver.OnRouting(int layer, float* weights, int tokens, int experts)
    {
    }

    void IForwardObserver.OnExpert(int layer, int expert, int* tokenIndexes, float* activations, float* output, int count, int width)
    {
    }

    /// <summary>The first position of the batch that counts.</summary>
    private int FirstToken => Math.Max(0, _skip - _batchStart);

    private void Add(int component, float value, int token)
    {
        TextActivation target = _current!;
        target.MeanMagnitude[component] += value;
        target.MeanSigned[component] += value;
        target.FiringRate[component] += 1;
        if (value > target.Peak[component])
        {
            target.Peak[component] = value;
            target.PeakPosition[component] = _batchStart + token;
        }
    }

    private static float[] HeadGrams(WeightMatrix output, int heads, int size)
    {
        float[] grams = new float[heads * size * size];
        for (int h = 0; h < heads; h++)
        {
            for (int r = 0; r < output.Rows; r++)
            {
                long row = ((long)r * output.Columns) + (h * size);
                for (int i = 0; i < size; i++)
                {
                    float a = output.Values[row + i];
                    int target = ((h * size) + i) * size;
                    for (int j = 0; j < size; j++)
                    {
                        grams[target + j] += a * output.Values[row + j];
                    }
                }
            }
        }

        return grams;
    }
}
