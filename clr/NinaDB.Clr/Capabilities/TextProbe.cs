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

    private readonly HeadGrams _grams;

    /// <summary>The router's weights of the layer that runs: [tokens, experts], 0 where a token is not routed.</summary>
    private float[] _routing = new float[0];
    private float[] _weighted = new float[0];
    private int _routedExperts;

    /// <summary>Whether an expert's activations have the router's weight in them already (Llama 4).</summary>
    private readonly bool _weightIsInside;
    private TextActivation? _current;
    private int _batchStart;
    private int _skip;

    /// <summary>Creates a probe of a layout's components for texts of at most <paramref name="maxTokens"/> tokens.</summary>
    public TextProbe(LanguageModel model, ComponentLayout layout, int maxTokens = int.MaxValue)
        : this(model, layout, maxTokens, new HeadGrams(model))
    {
    }

    internal TextProbe(LanguageModel model, ComponentLayout layout, int maxTokens, HeadGrams grams)
    {
        _model = model;
        _layout = layout;
        _grams = grams;
        _weightIsInside = model.Config.Routing == RoutingKind.SigmoidOfInput;
        _session = model.StartSession(Math.Min(model.Config.ContextLength, maxTokens));
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
        if (!_layout.Contains(layer) || _layout.NeuronCount(layer) == 0)
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
        if (!_layout.Contains(layer) || _layout.HeadCount == 0)
        {
            return;
        }

        int size = _model.Config.HeadSize;
        fixed (float* gram = _grams[layer])
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
        if (!_layout.Contains(layer))
        {
            return;
        }

        int length = tokens * experts;
        if (_routing.Length < length)
        {
            _routing = new float[length];
        }

        _routedExperts = experts;
        for (int i = 0; i < length; i++)
        {
            _routing[i] = weights[i];
        }

        if (_layout.ExpertCount(layer) == 0)
        {
            return;
        }

        TextActivation target = _current!;
        int start = _layout.ExpertStart(layer);
        for (int t = FirstToken; t < tokens; t++)
        {
            for (int e = 0; e < experts; e++)
            {
                float weight = _routing[(t * experts) + e];
                if (weight != 0)
                {
                    target.MeanSigned[start + e] += weight;
                    target.FiringRate[start + e] += 1;
                }
            }
        }
    }

    void IForwardObserver.OnExpert(int layer, int expert, int* tokenIndexes, float* activations, float* output, int count, int width)
    {
        if (!_layout.Contains(layer))
        {
            return;
        }

        bool isShared = expert < 0;
        int number = isShared ? _routedExperts : expert;
        int hidden = _model.Config.HiddenSize;
        if (_weighted.Length < width)
        {
            _weighted = new float[width];
        }

        for (int row = 0; row < count; row++)
        {
            int token = tokenIndexes == null ? row : tokenIndexes[row];
            if (token < FirstToken)
            {
                continue;
            }

            float weight = isShared || _weightIsInside ? 1 : _routing[(token * _routedExperts) + expert];
            if (_layout.ExpertCount(layer) > 0)
            {
                float* written = output + ((long)row * hidden);
                AddExpert(_layout.ExpertStart(layer) + number, weight * (float)Math.Sqrt(Kernels.Dot(written, written, hidden)), token, isShared);
            }

            if (_layout.NeuronCount(layer) > 0)
            {
                AddNeurons(_layout.NeuronStart(layer) + (number * _layout.ExpertWidth(layer)), activations + ((long)row * width), weight, token, width);
            }
        }
    }

    /// <summary>What an expert's neurons do counts with the router's weight: that is what reaches the residual stream.</summary>
    private void AddNeurons(int start, float* activations, float weight, int token, int width)
    {
        TextActivation target = _current!;
        fixed (float* weighted = _weighted, magnitude = target.MeanMagnitude, signed = target.MeanSigned, fired = target.FiringRate, peak = target.Peak, place = target.PeakPosition)
        {
            for (int i = 0; i < width; i++)
            {
                weighted[i] = weight * activations[i];
            }

            Kernels.AccumulateActivation(weighted, weighted, magnitude + start, signed + start, fired + start, width);
            Kernels.KeepLargest(weighted, peak + start, place + start, _batchStart + token, width);
        }
    }

    private void AddExpert(int component, float value, int token, bool isShared)
    {
        TextActivation target = _current!;
        target.MeanMagnitude[component] += value;
        if (isShared)
        {
            target.MeanSigned[component] += 1;
            target.FiringRate[component] += 1;
        }

        if (value > target.Peak[component])
        {
            target.Peak[component] = value;
            target.PeakPosition[component] = _batchStart + token;
        }
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
}
