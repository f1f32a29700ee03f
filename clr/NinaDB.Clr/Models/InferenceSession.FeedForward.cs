using System;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Models;

/// <content>FFNs, dense and mixtures of experts.</content>
public sealed unsafe partial class InferenceSession
{
    /// <summary>Where attention and FFN run in parallel: the FFN's input, kept before attention is added, and the layer that it belongs to.</summary>
    private float[] _parallel = Array.Empty<float>();
    private int _parallelLayer = -1;
    private float[] _routing = Array.Empty<float>();
    private float[] _expertInput = Array.Empty<float>();
    private float[] _expertOutput = Array.Empty<float>();
    private int[] _expertTokens = Array.Empty<int>();

    /// <summary>
    /// Adds a layer's FFN to the stream [tokens, hidden]. Where attention and FFN run in parallel, <see cref="RunAttention"/> of the same layer
    /// must have run just before.
    /// </summary>
    internal void RunFeedForward(int layer, float* stream, int tokens, IForwardObserver? observer)
    {
        LayerWeights w = _weights.Layers[layer];
        fixed (float* delta = _delta)
        {
            if (w.Mixture != null)
            {
                RunMixture(layer, w.Mixture, stream, tokens, delta, observer);
            }
            else
            {
                fixed (float* gate = _gate, up = _up)
                {
                    RunActivations(layer, stream, tokens, gate, up);
                    observer?.OnActivations(layer, gate, up, tokens, w.DenseUp.Rows);
                    Project(w.DenseDown, w.DownBias, gate, tokens, delta);
                }
            }

            if (w.PostFeedForwardNorm != null)
            {
                Normalize(delta, w.PostFeedForwardNorm, null, delta, tokens);
            }

            observer?.OnFeedForward(layer, delta, tokens, _hidden);
            Kernels.AddScaled(stream, delta, 1f, tokens * _hidden);
        }
    }

    /// <summary>
    /// Computes a dense layer's activations [tokens, neurons] from the stream, without adding anything to it. In a plain MLP
    /// <paramref name="up"/> is filled with ones. Raises <see cref="ErrorNumber.MixtureUnsupported"/> for a mixture.
    /// </summary>
    internal void RunActivations(int layer, float* stream, int tokens, float* activations, float* up)
    {
        LayerWeights w = _weights.Layers[layer];
        int count = checked(tokens * w.DenseUp.Rows);
        fixed (float* normed = _normed)
        {
            FeedForwardInput(layer, stream, tokens, normed);
            if (w.Gate != null)
            {
                Project(w.Gate, w.GateBias, normed, tokens, activations);
                Project(w.DenseUp, w.UpBias, normed, tokens, up);
                Activations.Multiply(_config.Activation, activations, up, count);
                return;
            }

            Project(w.DenseUp, w.UpBias, normed, tokens, activations);
            Activations.Apply(_config.Activation, activations, count);
            for (int i = 0; i < count; i++)
            {
                up[i] = 1;
            }
        }
    }

    /// <summary>Keeps what the FFN reads before attention changes the stream, where the two run in parallel.</summary>
    private void KeepParallelInput(int layer, float* stream, int tokens)
    {
        if (_config.ParallelResidual)
        {
            LayerWeights w = _weights.Layers[layer];
            fixed (float* target = _parallel)
            {
                Normalize(stream, w.FeedForwardNorm, w.FeedForwardNormBias, target, tokens);
            }

            _parallelLayer = layer;
        }
    }

    /// <summary>The normed input of a layer's FFN.</summary>
    private void FeedForwardInput(int layer, float* stream, int tokens, float* target)
    {
        LayerWeights w = _weights.Layers[layer];
        if (!_config.ParallelResidual)
        {
            Normalize(stream, w.FeedForwardNorm, w.FeedForwardNormBias, target, tokens);
            return;
        }

        NinaException.Require(_parallelLayer == layer, $"The attention of layer {layer} must run before its FFN.");
        long bytes = (long)tokens * _hidden * sizeof(float);
        fixed (float* source = _parallel)
        {
            Buffer.MemoryCopy(source, target, bytes, bytes);
        }
    }

    /// <summary>Writes what a mixture adds to the stream to <paramref name="delta"/> [tokens, hidden].</summary>
    private void RunMixture(int layer, MixtureWeights mixture, float* stream, int tokens, float* delta, IForwardObserver? observer)
    {
        int experts = mixture.Experts.Count;
        ReserveMixture(mixture, tokens);
        fixed (float* normed = _normed, routing = _routing)
        fixed (int* indexes = _expertTokens)
        {
            FeedForwardInput(layer, stream, tokens, normed);
            mixture.Router.Multiply(normed, tokens, routing, _parallelism);
            for (int t = 0; t < tokens; t++)
            {
                Route(routing + ((long)t * experts), experts);
            }

            observer?.OnRouting(layer, routing, tokens, experts);
            for (long i = 0; i < (long)tokens * _hidden; i++)
            {
                delta[i] = 0;
            }

            if (mixture.Shared != null)
            {
                for (int t = 0; t < tokens; t++)
                {
                    indexes[t] = t;
                }

                RunExpert(layer, -1, mixture, normed, indexes, tokens, routing, delta, observer);
            }

            for (int e = 0; e < experts; e++)
            {
                int count = 0;
                for (int t = 0; t < tokens; t++)
                {
                    if (routing[((long)t * experts) + e] != 0)
                    {
                        indexes[count++] = t;
                    }
                }

                if (count > 0)
                {
                    RunExpert(layer, e, mixture, normed, indexes, count, routing, delta, observer);
                }
            }
        }
    }

    /// <summary>Runs an expert (-1: the shared one) for some tokens and adds its weighted output to <paramref name="delta"/>.</summary>
    private void RunExpert(
        int layer, int index, MixtureWeights mixture, float* normed, int* tokens, int count, float* routing, float* delta, IForwardObserver? observer)
    {
        ExpertWeights expert = index < 0 ? mixture.Shared! : mixture.Experts[index];
        bool scalesInput = index >= 0 && _config.Routing == RoutingKind.SigmoidOfInput;
        int experts = mixture.Experts.Count;
        fixed (float* input = _expertInput, output = _expertOutput, gate = _gate, up = _up)
        {
            for (int i = 0; i < count; i++)
            {
                float scale = scalesInput ? routing[((long)tokens[i] * experts) + index] : 1;
                float* source = normed + ((long)tokens[i] * _hidden);
                float* target = input + ((long)i * _hidden);
                for (int j = 0; j < _hidden; j++)
                {
                    target[j] = source[j] * scale;
                }
            }

            expert.Gate.Multiply(input, count, gate, _parallelism);
            expert.Up.Multiply(input, count, up, _parallelism);
            Activations.Multiply(_config.Activation, gate, up, checked(count * expert.NeuronCount));
            expert.Down.Multiply(gate, count, output, _parallelism);
            observer?.OnExpert(layer, index, tokens, gate, output, count, expert.NeuronCount);
            for (int i = 0; i < count; i++)
            {
                float weight = scalesInput ? 1 : index >= 0 ? routing[((long)tokens[i] * experts) + index] : SharedWeight(mixture, input + ((long)i * _hidden));
                Kernels.AddScaled(delta + ((long)tokens[i] * _hidden), output + ((long)i * _hidden), weight, _hidden);
            }
        }
    }

    /// <summary>The weight of the shared expert: 1, or the sigmoid of its gate.</summary>
    private float SharedWeight(MixtureWeights mixture, float* input)
    {
        if (mixture.SharedGate == null)
        {
            return 1;
        }

        fixed (float* gate = mixture.SharedGate)
        {
            return Sigmoid(Kernels.Dot(gate, input, _hidden));
        }
    }

    /// <summary>Turns a token's router logits into weights: 0 for all experts but the chosen ones. Among equals the lower number is chosen.</summary>
    private void Route(float* logits, int experts)
    {
        int chosen = Math.Min(_config.ExpertsPerToken, experts);
        float max = Kernels.Max(logits, experts);
        double total = 0;
        for (int e = 0; e < experts && _config.Routing == RoutingKind.SoftmaxOfAll; e++)
        {
            total += Math.Exp(logits[e] - max);
        }

        int* best = stackalloc int[chosen];
        for (int k = 0; k < chosen; k++)
        {
            best[k] = -1;
            for (int e = 0; e < experts; e++)
            {
                bool taken = false;
                for (int i = 0; i < k; i++)
                {
                    taken |= best[i] == e;
                }

                if (!taken && (best[k] < 0 || logits[e] > logits[best[k]]))
                {
                    best[k] = e;
                }
            }

            if (_config.Routing == RoutingKind.SoftmaxOfChosen)
            {
                total += Math.Exp(logits[best[k]] - max);
            }
        }

        float* weights = stackalloc float[chosen];
        for (int k = 0; k < chosen; k++)
        {
            float logit = logits[best[k]];
            weights[k] = _config.Routing == RoutingKind.SigmoidOfInput ? Sigmoid(logit) : (float)(Math.Exp(logit - max) / total);
        }

        for (int e = 0; e < experts; e++)
        {
            logits[e] = 0;
        }

        for (int k = 0; k < chosen; k++)
        {
            logits[best[k]] = weights[k];
        }
    }

    private void ReserveMixture(MixtureWeights mixture, int tokens)
    {
        long width = mixture.Shared?.NeuronCount ?? 0;
        foreach (ExpertWeights expert in mixture.Experts)
        {
            width = Math.Max(width, expert.NeuronCount);
        }

        Grow(ref _gate, tokens * width);
        Grow(ref _up, tokens * width);
        Grow(ref _routing, (long)tokens * mixture.Experts.Count);
        Grow(ref _expertInput, (long)tokens * _hidden);
        Grow(ref _expertOutput, (long)tokens * _hidden);
        if (_expertTokens.Length < tokens)
        {
            _expertTokens = new int[tokens];
        }
    }

    private static float Sigmoid(float x) => 1f / (1f + (float)Math.Exp(-x));
}
