using System;
using System.Collections.Generic;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Distillation;

/// <summary>Keeps what the experts of one mixture layer do to one text, so that what they write can be fitted.</summary>
internal sealed unsafe class ExpertCapture : IForwardObserver
{
    private readonly bool _scalesInput;
    private float[] _routing = Array.Empty<float>();
    private int _experts;

    /// <summary>Creates a capture; <paramref name="scalesInput"/>: the router's weight is in the activations already.</summary>
    public ExpertCapture(bool scalesInput) => _scalesInput = scalesInput;

    /// <summary>By expert: the tokens that are routed to it.</summary>
    public Dictionary<int, int[]> Tokens { get; } = new();

    /// <summary>By expert: its activations times the router's weight [its tokens, neurons].</summary>
    public Dictionary<int, float[]> Activations { get; } = new();

    /// <summary>What the FFN writes in all, the shared expert included [tokens, hidden].</summary>
    public float[] Delta { get; private set; } = Array.Empty<float>();

    /// <summary>What the FFN should write [tokens, hidden].</summary>
    public float[] Target { get; set; } = Array.Empty<float>();

    public void OnRouting(int layer, float* weights, int tokens, int experts)
    {
        _experts = experts;
        _routing = new float[(long)tokens * experts];
        for (long i = 0; i < _routing.LongLength; i++)
        {
            _routing[i] = weights[i];
        }
    }

    public void OnExpert(int layer, int expert, int* tokenIndexes, float* activations, float* output, int count, int width)
    {
        if (expert < 0)
        {
            return;
        }

        int[] tokens = new int[count];
        float[] scaled = new float[(long)count * width];
        for (int i = 0; i < count; i++)
        {
            tokens[i] = tokenIndexes[i];
            float weight = _scalesInput ? 1 : _routing[((long)tokens[i] * _experts) + expert];
            for (int k = 0; k < width; k++)
            {
                scaled[((long)i * width) + k] = activations[((long)i * width) + k] * weight;
            }
        }

        Tokens[expert] = tokens;
        Activations[expert] = scaled;
    }

    public void OnFeedForward(int layer, float* delta, int tokens, int width)
    {
        Delta = new float[(long)tokens * width];
        for (long i = 0; i < Delta.LongLength; i++)
        {
            Delta[i] = delta[i];
        }
    }

    public void OnHeads(int layer, float* heads, int tokens, int width)
    {
    }

    public void OnAttention(int layer, float* delta, int tokens, int width)
    {
    }

    public void OnActivations(int layer, float* activations, float* up, int tokens, int width)
    {
    }
}
