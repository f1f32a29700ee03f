using System;
using System.Collections.Generic;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Questions;

/// <summary>A component that fires on a prompt, where it fires most.</summary>
public sealed class FiredComponent
{
    internal FiredComponent(ComponentId component, int position, string token, float activation, double strength)
    {
        Component = component;
        Position = position;
        Token = token;
        Activation = activation;
        Strength = strength;
    }

    /// <summary>The component.</summary>
    public ComponentId Component { get; }

    /// <summary>The position in the prompt, the start token being 0 where the model has one.</summary>
    public int Position { get; }

    /// <summary>The token there.</summary>
    public string Token { get; }

    /// <summary>A neuron's activation with its sign; a head's or expert's strength; an expert's gate weight is in it.</summary>
    public float Activation { get; }

    /// <summary>The length of what it adds to the residual stream there: |activation| · ‖write direction‖ for a neuron.</summary>
    public double Strength { get; }
}

/// <summary>Which components fire on a prompt: neurons, heads and experts, each at its strongest position.</summary>
public sealed unsafe class PromptWalk : IForwardObserver
{
    private readonly LanguageModel _model;
    private readonly int[] _tokens;
    private readonly int _position;
    private readonly Tally[] _neurons;
    private readonly Tally[] _heads;
    private readonly Tally[] _experts;
    private readonly Dictionary<int, float[]> _norms = new();
    private float[] _routing = Array.Empty<float>();
    private float[] _written = Array.Empty<float>();
    private int _routed;
    private int _start;

    private PromptWalk(LanguageModel model, int[] tokens, int position)
    {
        _model = model;
        _tokens = tokens;
        _position = position;
        int layers = model.Weights.Layers.Count;
        _neurons = new Tally[layers];
        _heads = new Tally[layers];
        _experts = new Tally[layers];
        for (int l = 0; l < layers; l++)
        {
            LayerWeights weights = model.Weights.Layers[l];
            int experts = weights.Mixture == null ? 0 : weights.Mixture.Experts.Count + (weights.Mixture.Shared == null ? 0 : 1);
            _neurons[l] = new Tally(weights.NeuronCount);
            _heads[l] = new Tally(model.Config.HeadCount);
            _experts[l] = new Tally(experts);
        }
    }

    /// <summary>
    /// Runs a prompt and returns, of every layer and kind, the components that write at least as much as the mean of those that write, at most
    /// <paramref name="maxPerKind"/> of them, strongest first. Control tokens (such as the start token, at which models park attention) do not count. With a
    /// <paramref name="position"/> (negative: from the end) only that token does. Raises <see cref="ErrorNumber.PositionOutOfRange"/>.
    /// </summary>
    public static IReadOnlyList<FiredComponent> Of(LanguageModel model, string prompt, int? position = null, int maxPerKind = int.MaxValue, int parallelism = 1)
    {
        NinaException.Require(prompt != null && maxPerKind > 0, "There is no prompt.");
        int[] tokens = TextGenerator.PromptTokens(model, prompt!);
        int only = -1;
        if (position != null)
        {
            only = position.Value < 0 ? position.Value + tokens.Length : position.Value;
            if (only < 0 || only >= tokens.Length)
            {
                throw new NinaException(ErrorNumber.PositionOutOfRange, $"The prompt has {tokens.Length} tokens, 0 to {tokens.Length - 1}; there is no position {position}.");
            }
        }

        var walk = new PromptWalk(model, tokens, only);
        InferenceSession session = model.StartSession(tokens.Length, parallelism);
        session.Append(tokens, 0, tokens.Length, walk, (done, batch) => walk._start = done + batch);
        return walk.Collect(maxPerKind);
    }

    void IForwardObserver.OnActivations(int layer, float* activations, float* up, int tokens, int width)
    {
        float[] norms = NormsOf(layer, -1, _model.Weights.Layers[layer].DenseDown);
        for (int t = 0; t < tokens; t++)
        {
            if (Counts(t))
            {
                AddNeurons(layer, 0, activations + ((long)t * width), 1, norms, t);
            }
        }
    }

    void IForwardObserver.OnHeads(int layer, float* heads, int tokens, int width)
    {
        int size = _model.Config.HeadSize;
        int hidden = _model.Config.HiddenSize;
        WeightMatrix output = _model.Weights.Layers[layer].Output;
        if (_written.Length < tokens * hidden)
        {
            _written = new float[tokens * hidden];
        }

        fixed (float* weights = output.Values, written = _written)
        {
            for (int h = 0; h < _model.Config.HeadCount; h++)
            {
                Kernels.MultiplyTransposed(heads + ((long)h * size), width, tokens, weights + ((long)h * size), output.Columns, hidden, size, written, hidden);
                for (int t = 0; t < tokens; t++)
                {
                    if (Counts(t))
                    {
                        float length = Length(written + ((long)t * hidden), hidden);
                        _heads[layer].Offer(h, length, length, _start + t);
                    }
                }
            }
        }
    }

    void IForwardObserver.OnRouting(int layer, float* weights, int tokens, int experts)
    {
        _routed = experts;
        _routing = new float[tokens * experts];
        for (int i = 0; i < _routing.Length; i++)
        {
            _routing[i] = weights[i];
        }
    }

    void IForwardObserver.OnExpert(int layer, int expert, int* tokenIndexes, float* activations, float* output, int count, int width)
    {
        MixtureWeights mixture = _model.Weights.Layers[layer].Mixture!;
        int number = expert < 0 ? mixture.Experts.Count : expert;
        int hidden = _model.Config.HiddenSize;
        int firstNeuron = number * mixture.Experts[0].NeuronCount;
        float[] norms = NormsOf(layer, number, expert < 0 ? mixture.Shared!.Down : mixture.Experts[expert].Down);
        bool isScaled = expert < 0 || _model.Config.Routing == RoutingKind.SigmoidOfInput;
        for (int i = 0; i < count; i++)
        {
            int t = tokenIndexes[i];
            if (!Counts(t))
            {
                continue;
            }

            float weight = isScaled ? 1 : _routing[(t * _routed) + expert];
            float length = weight * Length(output + ((long)i * hidden), hidden);
            _experts[layer].Offer(number, length, length, _start + t);
            AddNeurons(layer, firstNeuron, activations + ((long)i * width), weight, norms, t);
        }
    }

    void IForwardObserver.OnAttention(int layer, float* delta, int tokens, int width)
    {
    }

    void IForwardObserver.OnFeedForward(int layer, float* delta, int tokens, int width)
    {
    }

    private static float Length(float* vector, int count) => (float)Math.Sqrt(Kernels.Dot(vector, vector, count));

    private bool Counts(int tokenOfBatch)
    {
        int position = _start + tokenOfBatch;
        return _position >= 0 ? position == _position : !_model.Tokenizer.IsSpecial(_tokens[position]);
    }

    private void AddNeurons(int layer, int first, float* activations, float weight, float[] norms, int tokenOfBatch)
    {
        Tally tally = _neurons[layer];
        for (int i = 0; i < norms.Length; i++)
        {
            tally.Offer(first + i, activations[i], Math.Abs(activations[i]) * weight * norms[i], _start + tokenOfBatch);
        }
    }

    private float[] NormsOf(int layer, int expert, WeightMatrix down)
    {
        int key = checked((layer << 12) + expert + 1);
        if (!_norms.TryGetValue(key, out float[]? norms))
        {
            _norms.Add(key, norms = down.ColumnNorms());
        }

        return norms;
    }

    private IReadOnlyList<FiredComponent> Collect(int maxPerKind)
    {
        var found = new List<FiredComponent>();
        for (int layer = 0; layer < _neurons.Length; layer++)
        {
            Add(found, ComponentKind.Neuron, layer, _neurons[layer], maxPerKind);
            Add(found, ComponentKind.Head, layer, _heads[layer], maxPerKind);
            Add(found, ComponentKind.Expert, layer, _experts[layer], maxPerKind);
        }

        return found;
    }

    private void Add(List<FiredComponent> found, ComponentKind kind, int layer, Tally tally, int max)
    {
        double sum = 0;
        int firing = 0;
        foreach (float strength in tally.Strength)
        {
            sum += strength;
            firing += strength > 0 ? 1 : 0;
        }

        double mean = firing == 0 ? 0 : sum / firing;
        foreach (int i in LogitTable.Highest(tally.Strength, Math.Min(max, tally.Strength.Length)))
        {
            if (tally.Strength[i] <= 0 || tally.Strength[i] < mean * (1 - 1e-6))
            {
                break;
            }

            int position = tally.Position[i];
            found.Add(new FiredComponent(new ComponentId(kind, layer, i), position, TokenText.Of(_model, _tokens[position]), tally.Activation[i], tally.Strength[i]));
        }
    }

    /// <summary>The strongest position of every component of a kind in a layer.</summary>
    private sealed class Tally
    {
        public Tally(int count)
        {
            Activation = new float[count];
            Strength = new float[count];
            Position = new int[count];
        }

        public float[] Activation { get; }

        public float[] Strength { get; }

        public int[] Position { get; }

        public void Offer(int index, float activation, float strength, int position)
        {
            if (strength > Strength[index])
            {
                Activation[index] = activation;
                Strength[index] = strength;
                Position[index] = position;
            }
        }
    }
}
