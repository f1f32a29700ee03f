using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Models;

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The model chose an end token.</summary>
    End,

    /// <summary>The output contained a stop sequence.</summary>
    Stop,

    /// <summary>As many tokens were generated as were asked for.</summary>
    Length,

    /// <summary>The model's context is full.</summary>
    Context,
}

/// <summary>A token as it is generated.</summary>
public readonly struct GeneratedToken
{
    /// <summary>Creates a token.</summary>
    public GeneratedToken(int id, string text, float logit, FinishReason finish = FinishReason.None)
    {
        Id = id;
        Text = text;
        Logit = logit;
        Finish = finish;
    }

    /// <summary>The id.</summary>
    public int Id { get; }

    /// <summary>The text that it completes; may be empty.</summary>
    public string Text { get; }

    /// <summary>Its logit.</summary>
    public float Logit { get; }

    /// <summary>Why this token is the last one; <see cref="FinishReason.None"/> when it is not.</summary>
    public FinishReason Finish { get; }
}

/// <summary>Continues a prompt token by token.</summary>
public static class TextGenerator
{
    /// <summary>
    /// Generates tokens as they are asked for; stops at an end token, at a stop sequence, at the end of the context, or after
    /// <see cref="SamplingOptions.MaxTokens"/>. The texts, joined, continue the prompt.
    /// </summary>
    public static IEnumerable<GeneratedToken> Generate(LanguageModel model, string prompt, SamplingOptions options, int parallelism = 1)
    {
        options.Validate();
        return Stream(model, PromptTokens(model, prompt), prompt.Length > 0, options, parallelism);
    }

    /// <summary>
    /// The tokens that a prompt is run as: with the start token where the model has one. Raises <see cref="ErrorNumber.ContextExceeded"/> for more than the context
    /// holds, and <see cref="ErrorNumber.InvalidArgument"/> for none at all.
    /// </summary>
    public static int[] PromptTokens(LanguageModel model, string prompt)
    {
        int[] tokens = model.Tokenizer.Encode(prompt);
        if (tokens.Length == 0)
        {
            NinaException.Require(model.StartId >= 0, "The prompt is empty.");
            tokens = new[] { model.StartId };
        }

        if (tokens.Length > model.Config.ContextLength)
        {
            throw new NinaException(ErrorNumber.ContextExceeded, $"The prompt has {tokens.Length} tokens; the model's context holds {model.Config.ContextLength}.");
        }

        return tokens;
    }

    /// <summary>Makes the logits of tokens that occurred less likely: see <see cref="SamplingOptions.RepetitionPenalty"/>.</summary>
    internal static void Penalize(float[] logits, IEnumerable<int> occurred, double penalty)
    {
        foreach (int id in occurred)
        {
            if ((uint)id < (uint)logits.Length)
            {
                logits[id] = (float)(logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty);
            }
        }
    }

    /// <summary>The id that sampling picks from logits. Greedy picks the lowest id among equals.</summary>
    public static int Pick(float[] logits, SamplingOptions options, ref ulong random)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best])
            {
                best = i;
            }
        }

        if (options.Temperature == 0 || logits.Length == 1)
        {
            return best;
        }

        int[] order = new int[logits.Length];
        double[] weights = new double[logits.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            weights[i] = -Math.Exp((logits[i] - (double)logits[best]) / options.Temperature);
        }

        Array.Sort(weights, order);
        int kept = options.TopK > 0 ? Math.Min(options.TopK, order.Length) : order.Length;
        double total = 0;
        for (int i = 0; i < kept; i++)
        {
            total -= weights[i];
        }

        if (options.MinP > 0)
        {
            // The most probable token has weight 1 before the sign was turned.
            int enough = 0;
            total = 0;
            while (enough < kept && (enough == 0 || -weights[enough] >= options.MinP))
            {
                total -= weights[enough++];
            }

            kept = enough;
        }

        if (options.TopP < 1)
        {
            double mass = 0;
            for (int i = 0; i < kept; i++)
            {
                mass -= weights[i];
                if (mass >= options.TopP * total)
                {
                    kept = i + 1;
                    total = mass;
                }
            }
        }

        double draw = SeededRandom.NextDouble(ref random) * total;
        for (int i = 0; i < kept; i++)
        {
            draw += weights[i];
            if (draw < 0)
            {
                return order[i];
            }
        }

        return order[kept - 1];
    }

    private static IEnumerable<GeneratedToken> Stream(LanguageModel model, int[] tokens, bool continues, SamplingOptions options, int parallelism)
    {
        int capacity = (int)Math.Min(model.Config.ContextLength, (long)tokens.Length + options.MaxTokens);
        InferenceSession session = model.StartSession(Math.Max(1, capacity), parallelism);
        TokenStream stream = model.Tokenizer.StartStream(continues);
        var stops = new StopScanner(options.Stop);
        HashSet<int>? occurred = options.RepetitionPenalty == 1 ? null : new HashSet<int>(tokens);
        ulong random = (ulong)options.Seed;
        int[] next = tokens;
        for (int i = 0; i < options.MaxTokens; i++)
        {
            session.Append(next, 0, next.Length);
            float[] logits = session.LastLogits();
            if (occurred != null)
            {
                Penalize(logits, occurred, options.RepetitionPenalty);
            }

            int id = Pick(logits, options, ref random);
            float logit = logits[id];
            if (IsEnd(model, id))
            {
                string rest = stops.Push(stream.Finish());
                rest = stops.IsStopped ? rest : rest + stops.Finish();
                if (options.ReportsEnd || rest.Length > 0)
                {
                    yield return new GeneratedToken(options.ReportsEnd ? id : -1, rest, options.ReportsEnd ? logit : 0, FinishReason.End);
                }

                yield break;
            }

            string text = stops.Push(stream.Push(id));
            bool isLast = i == options.MaxTokens - 1 || session.Position >= session.Capacity;
            if (isLast && !stops.IsStopped)
            {
                text += stops.Push(stream.Finish());
                text += stops.IsStopped ? string.Empty : stops.Finish();
            }

            if (stops.IsStopped)
            {
                yield return new GeneratedToken(id, text, logit, FinishReason.Stop);
                yield break;
            }

            yield return new GeneratedToken(id, text, logit, !isLast ? FinishReason.None : i == options.MaxTokens - 1 ? FinishReason.Length : FinishReason.Context);
            if (isLast)
            {
                yield break;
            }

            occurred?.Add(id);
            next = new[] { id };
        }
    }

    private static bool IsEnd(LanguageModel model, int id)
    {
        foreach (int end in model.Config.EndTokenIds)
        {
            if (id == end)
            {
                return true;
            }
        }

        return false;
    }
}
