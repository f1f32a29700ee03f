using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Questions;

/// <summary>A token that may come next.</summary>
public readonly struct NextToken
{
    /// <summary>Creates an entry.</summary>
    public NextToken(int rank, int id, string text, double probability, float logit)
    {
        Rank = rank;
        Id = id;
        Text = text;
        Probability = probability;
        Logit = logit;
    }

    /// <summary>1 for the likeliest.</summary>
    public int Rank { get; }

    /// <summary>The id.</summary>
    public int Id { get; }

    /// <summary>The token, blanks as blanks; empty where the vocabulary has padding.</summary>
    public string Text { get; }

    /// <summary>Its share of the softmax over the whole vocabulary, at temperature 1.</summary>
    public double Probability { get; }

    /// <summary>Its logit.</summary>
    public float Logit { get; }
}

/// <summary>What a model expects after a prompt.</summary>
public static class NextTokens
{
    /// <summary>The <paramref name="top"/> likeliest next tokens after a prompt, likeliest first.</summary>
    public static NextToken[] After(LanguageModel model, string prompt, int top, int parallelism = 1)
    {
        NinaException.Require(prompt != null, "The prompt is null.");
        int[] tokens = TextGenerator.PromptTokens(model, prompt!);
        InferenceSession session = model.StartSession(tokens.Length, parallelism);
        session.Append(tokens, 0, tokens.Length);
        return Top(model, session.LastLogits(), top);
    }

    /// <summary>The <paramref name="top"/> highest of some logits [vocabulary]; of equals the lower id first.</summary>
    public static NextToken[] Top(LanguageModel model, float[] logits, int top)
    {
        NinaException.Require(top > 0, "At least one token must be asked for.");
        LogitTable table = LogitTable.Of(logits);
        var result = new List<NextToken>();
        foreach (int id in LogitTable.Highest(logits, top))
        {
            result.Add(new NextToken(result.Count + 1, id, TokenText.Of(model, id), table.Probability(logits[id]), logits[id]));
        }

        return result.ToArray();
    }
}
