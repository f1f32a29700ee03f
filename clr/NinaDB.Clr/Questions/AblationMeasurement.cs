using System;
using System.Collections.Generic;
using System.Threading;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Questions;

/// <summary>A change of a loss, with its bootstrap interval.</summary>
public readonly struct LossChange
{
    /// <summary>Creates a change.</summary>
    public LossChange(double change, double lower, double upper, double standardError)
    {
        Change = change;
        Lower = lower;
        Upper = upper;
        StandardError = standardError;
    }

    /// <summary>Loss after less loss before, in nats a token.</summary>
    public double Change { get; }

    /// <summary>The lower end of the 95 % interval.</summary>
    public double Lower { get; }

    /// <summary>The upper end of the 95 % interval.</summary>
    public double Upper { get; }

    /// <summary>The standard deviation over the resamples.</summary>
    public double StandardError { get; }
}

/// <summary>What removing components does to a model's loss on a domain.</summary>
public sealed class DomainAblation
{
    internal DomainAblation(string domain, int textCount, long tokenCount, double lossBefore, LossChange removed, LossChange? control)
    {
        Domain = domain;
        TextCount = textCount;
        TokenCount = tokenCount;
        LossBefore = lossBefore;
        Removed = removed;
        Control = control;
    }

    /// <summary>The domain.</summary>
    public string Domain { get; }

    /// <summary>The texts that were run.</summary>
    public int TextCount { get; }

    /// <summary>Their tokens that were predicted.</summary>
    public long TokenCount { get; }

    /// <summary>Nats a token of the whole model.</summary>
    public double LossBefore { get; }

    /// <summary>What removing the components does.</summary>
    public LossChange Removed { get; }

    /// <summary>What removing as many others does; null where there are not as many others.</summary>
    public LossChange? Control { get; }
}

/// <summary>
/// Runs texts through a model with and without some components, and without a random set of as many others of the same kinds and layers. Intervals are of a paired
/// bootstrap over texts (Efron and Tibshirani 1993): the same texts before and after, 1,000 resamples.
/// </summary>
public static class AblationMeasurement
{
    private const int Resamples = 1000;

    /// <summary>Measures; the result does not depend on the number of threads. Raises <see cref="ErrorNumber.AblationImpossible"/> and <see cref="ErrorNumber.ProbeEmpty"/>.</summary>
    public static IReadOnlyList<DomainAblation> Run(
        LanguageModel model,
        IReadOnlyCollection<ComponentId> components,
        IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> domains,
        long seed,
        int parallelism = 1)
    {
        if (components.Count == 0)
        {
            throw new NinaException(ErrorNumber.AblationImpossible, "No component to remove was named.");
        }

        LanguageModel without = Ablation.Without(model, components);
        IReadOnlyList<ComponentId>? others = ControlSet(model, components, seed);
        LanguageModel? control = others == null ? null : Ablation.Without(model, others);
        var results = new List<DomainAblation>();
        foreach (KeyValuePair<string, IReadOnlyList<string>> domain in domains)
        {
            var passages = new List<int[]>();
            foreach (string text in domain.Value)
            {
                int[] tokens = model.EncodePassage(text);
                if (tokens.Length > 1)
                {
                    passages.Add(tokens);
                }
            }

            if (passages.Count == 0)
            {
                throw new NinaException(ErrorNumber.ProbeEmpty, $"There is no text of the domain '{domain.Key}' to measure on.");
            }

            TextScore[] before = Scores(model, passages, parallelism);
            double nats = 0;
            long count = 0;
            foreach (TextScore score in before)
            {
                nats += score.Nats;
                count += score.TokenCount;
            }

            results.Add(new DomainAblation(
                domain.Key,
                passages.Count,
                count,
                nats / count,
                Bootstrap(before, Scores(without, passages, parallelism), seed),
                control == null ? null : Bootstrap(before, Scores(control, passages, parallelism), seed)));
        }

        return results;
    }

    /// <summary>As many other components of the same kinds and layers, drawn at random; null where a layer has not as many others.</summary>
    public static IReadOnlyList<ComponentId>? ControlSet(LanguageModel model, IEnumerable<ComponentId> components, long seed)
    {
        var taken = new Dictionary<(ComponentKind Kind, int Layer), HashSet<int>>();
        foreach (ComponentId component in components)
        {
            // Layers are drawn among layers.
            bool isLayer = component.Kind == ComponentKind.Layer;
            (ComponentKind Kind, int Layer) key = (component.Kind, isLayer ? -1 : component.Layer);
            if (!taken.TryGetValue(key, out HashSet<int>? indexes))
            {
                taken.Add(key, indexes = new HashSet<int>());
            }

            indexes.Add(isLayer ? component.Layer : component.Index);
        }

        var keys = new List<(ComponentKind Kind, int Layer)>(taken.Keys);
        keys.Sort();
        ulong random = (ulong)seed;
        var chosen = new List<ComponentId>();
        foreach ((ComponentKind Kind, int Layer) key in keys)
        {
            int total = CountOf(model, key.Kind, key.Layer);
            int wanted = taken[key].Count;
            if (total - wanted < wanted)
            {
                return null;
            }

            foreach (int index in SeededRandom.Permutation(total, ref random))
            {
                if (wanted > 0 && !taken[key].Contains(index))
                {
                    chosen.Add(key.Kind == ComponentKind.Layer ? new ComponentId(key.Kind, index, 0) : new ComponentId(key.Kind, key.Layer, index));
                    wanted--;
                }
            }
        }

        return chosen;
    }

    private static int CountOf(LanguageModel model, ComponentKind kind, int layer)
    {
        switch (kind)
        {
            case ComponentKind.Layer:
                return model.Weights.Layers.Count;
            case ComponentKind.Head:
                return model.Config.HeadCount;
            case ComponentKind.Expert:
                MixtureWeights mixture = model.Weights.Layers[layer].Mixture!;
                return mixture.Experts.Count + (mixture.Shared == null ? 0 : 1);
            default:
                return model.Weights.Layers[layer].NeuronCount;
        }
    }

    private static TextScore[] Scores(LanguageModel model, List<int[]> passages, int parallelism)
    {
        int longest = 1;
        foreach (int[] passage in passages)
        {
            longest = Math.Max(longest, Math.Min(model.Config.ContextLength, passage.Length));
        }

        var scores = new TextScore[passages.Count];
        using var sessions = new ThreadLocal<InferenceSession>(() => model.StartSession(longest));
        ParallelWork.For(passages.Count, parallelism, i => scores[i] = model.Score(passages[i], sessions.Value));
        return scores;
    }

    private static LossChange Bootstrap(TextScore[] before, TextScore[] after, long seed)
    {
        double[] changes = new double[Resamples];
        ulong random = (ulong)seed ^ 0x5DEECE66DUL;
        double mean = 0, squares = 0;
        for (int r = 0; r < Resamples; r++)
        {
            double nats = 0;
            long tokens = 0;
            for (int i = 0; i < before.Length; i++)
            {
                int text = SeededRandom.Next(ref random, before.Length);
                nats += after[text].Nats - before[text].Nats;
                tokens += before[text].TokenCount;
            }

            changes[r] = nats / tokens;
            double delta = changes[r] - mean;
            mean += delta / (r + 1);
            squares += delta * (changes[r] - mean);
        }

        Array.Sort(changes);
        double change = 0;
        long count = 0;
        for (int i = 0; i < before.Length; i++)
        {
            change += after[i].Nats - before[i].Nats;
            count += before[i].TokenCount;
        }

        return new LossChange(change / count, changes[(int)(Resamples * 0.025)], changes[(int)(Resamples * 0.975) - 1], Math.Sqrt(squares / (Resamples - 1)));
    }
}
