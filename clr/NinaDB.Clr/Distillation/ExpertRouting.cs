using System;
using System.Collections.Generic;
using System.Threading;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Distillation;

/// <summary>How much of some texts the router of a mixture sends to each expert.</summary>
public static unsafe class ExpertRouting
{
    /// <summary>
    /// [layer][expert]: the router's weight, averaged over all tokens of the texts, 0 where a token is not routed to the expert; that is routing
    /// frequency times mean weight. Dense layers have no entry. Raises <see cref="ErrorNumber.CalibrationEmpty"/>.
    /// </summary>
    public static double[][] Measure(LanguageModel model, IReadOnlyList<string> texts, int parallelism = 1)
    {
        int layers = model.Weights.Layers.Count;
        double[][] sums = new double[layers][];
        for (int l = 0; l < layers; l++)
        {
            sums[l] = new double[model.Weights.Layers[l].Mixture?.Experts.Count ?? 0];
        }

        var passages = new List<int[]>();
        int longest = 1;
        long tokens = 0;
        foreach (string text in texts)
        {
            int[] ids = model.Tokenizer.Encode(text);
            Array.Resize(ref ids, Math.Min(ids.Length, model.Config.ContextLength));
            if (ids.Length > 0)
            {
                passages.Add(ids);
                tokens += ids.Length;
                longest = Math.Max(longest, ids.Length);
            }
        }

        if (tokens == 0)
        {
            throw new NinaException(ErrorNumber.CalibrationEmpty, "There is no text to measure the routing on.");
        }

        using var sessions = new ThreadLocal<InferenceSession>(() => model.StartSession(longest));
        ParallelWork.For(passages.Count, parallelism, i =>
        {
            var observer = new Observer(sums);
            InferenceSession session = sessions.Value!;
            session.Reset();
            session.Append(passages[i], 0, passages[i].Length, observer);
            lock (sums)
            {
                observer.AddTo(sums);
            }
        });
        foreach (double[] layer in sums)
        {
            for (int e = 0; e < layer.Length; e++)
            {
                layer[e] /= tokens;
            }
        }

        return sums;
    }

    private sealed class Observer : IForwardObserver
    {
        private readonly double[][] _sums;

        public Observer(double[][] shape) => _sums = Array.ConvertAll(shape, layer => new double[layer.Length]);

        public void AddTo(double[][] sums)
        {
            for (int l = 0; l < sums.Length; l++)
            {
                for (int e = 0; e < sums[l].Length; e++)
                {
                    sums[l][e] += _sums[l][e];
                }
            }
        }

        public void OnRouting(int layer, float* weights, int tokens, int experts)
        {
            for (long i = 0; i < (long)tokens * experts; i++)
            {
                _sums[layer][i % experts] += weights[i];
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

        public void OnFeedForward(int layer, float* delta, int tokens, int width)
        {
        }

        public void OnExpert(int layer, int expert, int* tokenIndexes, float* activations, float* output, int count, int width)
        {
        }
    }
}
