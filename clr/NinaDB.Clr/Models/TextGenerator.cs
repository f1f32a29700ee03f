using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Models;

/// <summary>How the next token is chosen.</summary>
public sealed class SamplingOptions
{
    /// <summary>The most tokens to generate.</summary>
    public int MaxTokens { get; init; } = 64;

    /// <summary>0 takes the most probable token (greedy); 1 samples from the model's own distribution.</summary>
    public double Temperature { get; init; }

    /// <summary>Samples among the k most probable tokens; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Samples among the most probable tokens whose probabilities add up to this; 1 for all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>The seed: the same seed gives the same text, on every platform.</summary>
    public long Seed { get; init; }

    /// <summary>Raises <see cref="ErrorNumber.InvalidArgument"/> for values that cannot be.</summary>
    public void Validate()
    {
        NinaException.Require(MaxTokens >= 0, "The number of tokens to generate is negative.");
        NinaException.Require(Temperature >= 0 && !double.IsInfinity(Temperature), "The temperature is negative or not a number.");
        NinaException.Require(TopK >= 0, "top-k is negative.");
        NinaException.Require(TopP > 0 && TopP <= 1, "top-p is outside (0, 1].");
    }
}

/// <summary>A token as it is generated.</summary>
public readonly struct GeneratedToken
{
    /// <summary>Creates a token.</summary>
    public GeneratedToken(int id, string text, float logit)
    {
        Id = id;
        Text = text;
        Logit = logit;
    }

    /// <summary>The id.</summary>
    public int Id { get; }

    /// <summary>The text that it completes; may be empty.</summary>
    public string Text { get; }

    /// <summary>Its logit.</summary>
    public float Logit { get; }
}

/// <summary>Continues a prompt token by token.</summary>
public static class TextGenerator
{
    /// <summary>
    /// Generates tokens as they are asked for; stops at an end token, at the end of the context, or after
    /// <see cref="SamplingOptions.MaxTokens"/>. The texts, joined, continue the prompt.
    /// </summary>
    public static IEnumerable<GeneratedToken> Generate(LanguageModel model, string prompt, SamplingOptions options, int parallelism = 1)
    {
        options.Validate();
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

        return Stream(model, tokens, prompt.Length > 0, options, parallelism);
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
        ulong random = (ulong)options.Seed;
        int[] next = tokens;
        for (int i = 0; i < options.MaxTokens; i++)
        {
            if (session.Position + next.Length > session.Capacity)
            {
                break;
            }

            session.Append(next, 0, next.Length);
            float[] logits = session.LastLogits();
            int id = Pick(logits, options, ref random);
            if (IsEnd(model, id))
            {
                break;
            }

            yield return new GeneratedToken(id, stream.Push(id), logits[id]);
            next = new[] { id };
        }

        string rest = stream.Finish();
        if (rest.Length > 0)
        {
            yield return new GeneratedToken(-1, rest, 0);
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
