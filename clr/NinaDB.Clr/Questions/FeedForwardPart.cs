using System;
using System.Collections.Generic;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Questions;

/// <summary>A stretch of a layer's FFN neurons that lie in the same matrices: all of a dense layer, or those of one expert. Neurons count from <see cref="FirstNeuron"/>.</summary>
internal sealed class FeedForwardPart
{
    private FeedForwardPart(int layer, int expert, int firstNeuron, WeightMatrix? gate, WeightMatrix up, WeightMatrix down)
    {
        Layer = layer;
        Expert = expert;
        FirstNeuron = firstNeuron;
        Gate = gate;
        Up = up;
        Down = down;
    }

    public int Layer { get; }

    /// <summary>The number of the expert among the layer's components, the shared one last; -1 in a dense layer.</summary>
    public int Expert { get; }

    /// <summary>The number of the first neuron among the layer's.</summary>
    public int FirstNeuron { get; }

    /// <summary>[neurons, hidden]; null in a plain MLP.</summary>
    public WeightMatrix? Gate { get; }

    /// <summary>[neurons, hidden].</summary>
    public WeightMatrix Up { get; }

    /// <summary>[hidden, neurons].</summary>
    public WeightMatrix Down { get; }

    public float[]? GateBias { get; private set; }

    public float[]? UpBias { get; private set; }

    public int NeuronCount => Up.Rows;

    /// <summary>The parts of a layer.</summary>
    public static IEnumerable<FeedForwardPart> Of(LanguageModel model, int layer)
    {
        LayerWeights weights = model.Weights.Layers[layer];
        if (weights.Mixture == null)
        {
            yield return new FeedForwardPart(layer, -1, 0, weights.Gate, weights.DenseUp, weights.DenseDown) { GateBias = weights.GateBias, UpBias = weights.UpBias };
            yield break;
        }

        MixtureWeights mixture = weights.Mixture;
        int width = mixture.Experts[0].NeuronCount;
        for (int e = 0; e <= mixture.Experts.Count; e++)
        {
            ExpertWeights? expert = e < mixture.Experts.Count ? mixture.Experts[e] : mixture.Shared;
            if (expert != null)
            {
                yield return new FeedForwardPart(layer, e, e * width, expert.Gate, expert.Up, expert.Down);
            }
        }
    }

    /// <summary>The parts of all layers.</summary>
    public static List<FeedForwardPart> OfModel(LanguageModel model)
    {
        var parts = new List<FeedForwardPart>();
        for (int layer = 0; layer < model.Weights.Layers.Count; layer++)
        {
            parts.AddRange(Of(model, layer));
        }

        return parts;
    }

    /// <summary>The activations [tokens, neurons] for normed inputs [tokens, hidden]; <paramref name="activations"/> and <paramref name="up"/> have room for them.</summary>
    public unsafe void Activate(ActivationKind kind, float* normed, int tokens, float* activations, float* up, int parallelism)
    {
        int count = checked(tokens * NeuronCount);
        if (Gate == null)
        {
            Up.Multiply(normed, tokens, activations, parallelism);
            AddBias(activations, UpBias, tokens);
            Activations.Apply(kind, activations, count);
            return;
        }

        Gate.Multiply(normed, tokens, activations, parallelism);
        Up.Multiply(normed, tokens, up, parallelism);
        AddBias(activations, GateBias, tokens);
        AddBias(up, UpBias, tokens);
        Activations.Multiply(kind, activations, up, count);
    }

    private static unsafe void AddBias(float* values, float[]? bias, int tokens)
    {
        for (int t = 0; bias != null && t < tokens; t++)
        {
            for (int i = 0; i < bias.Length; i++)
            {
                values[((long)t * bias.Length) + i] += bias[i];
            }
        }
    }
}
