using System;
using System.Collections.Generic;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Questions;

/// <summary>What a component has to do with a token.</summary>
public enum TokenRelation
{
    /// <summary>Its write direction promotes the token.</summary>
    Writes,

    /// <summary>The token's embedding excites it.</summary>
    Reads,
}

/// <summary>A component that writes or reads a token, with how much it stands out over the vocabulary.</summary>
public sealed class TokenLink
{
    internal TokenLink(TokenRelation relation, ComponentId component, int sign, double score, double zScore, int vocabularyRank)
    {
        Relation = relation;
        Component = component;
        Sign = sign;
        Score = score;
        ZScore = zScore;
        VocabularyRank = vocabularyRank;
    }

    /// <summary>Writes or reads.</summary>
    public TokenRelation Relation { get; }

    /// <summary>The component.</summary>
    public ComponentId Component { get; }

    /// <summary>The sign that its activity has when it promotes the token (writes), or that the token gives it (reads).</summary>
    public int Sign { get; }

    /// <summary>Writes: product of the token's centred output row and the unit write direction. Reads: activation of a neuron, logit of an expert's router.</summary>
    public double Score { get; }

    /// <summary>Standard deviations of the vocabulary that the token stands above its mean.</summary>
    public double ZScore { get; }

    /// <summary>The token's rank among all tokens of text for this component, 1 for the first.</summary>
    public int VocabularyRank { get; }
}

/// <summary>
/// Which components write a token and which read it, from the weights alone. Writing: as <see cref="WriteVectors"/>, for neurons, heads and experts. Reading: the response
/// of neurons (and of routers) to the token's embedding, normalised as the layer normalises its input; a residual stream in use has more in it, so reading is a first hint
/// for early layers and less for late ones.
/// </summary>
public static class TokenDescription
{
    /// <summary>
    /// The <paramref name="top"/> components that write a token most and as many that read it most, each relation ordered by z-score. All components are
    /// compared by a z-score over a part of the vocabulary (all of it in small models); those shown have theirs over all of it.
    /// </summary>
    public static IReadOnlyList<TokenLink> Of(LanguageModel model, int token, int top, int parallelism = 1)
    {
        NinaException.Require(top > 0, "At least one component must be asked for.");
        if (token < 0 || token >= Math.Min(model.Tokenizer.Vocabulary.Count, model.Weights.OutputHead.Rows))
        {
            throw new NinaException(ErrorNumber.TokenOutOfRange, $"Token {token} is outside the vocabulary of {model.Tokenizer.Vocabulary.Count}.");
        }

        var links = new List<TokenLink>(new TokenWriters(model, token, parallelism).Find(top));
        links.AddRange(new TokenReaders(model, token, parallelism).Find(top));
        return links;
    }

    /// <summary>The tokens whose embeddings are nearest to a token's by cosine, itself left out, nearest first.</summary>
    public static IReadOnlyList<KeyValuePair<int, float>> Nearest(LanguageModel model, int token, int top)
    {
        NinaException.Require(top > 0, "At least one token must be asked for.");
        WeightMatrix embedding = model.Weights.Embedding;
        float[] own = embedding.Row(token);
        double ownLength = Math.Sqrt(Dot(own, own));
        int count = Math.Min(embedding.Rows, model.Tokenizer.Vocabulary.Count);
        float[] similarity = new float[count];
        for (int id = 0; id < count; id++)
        {
            float[] row = embedding.Row(id);
            double length = Math.Sqrt(Dot(row, row));
            bool counts = id != token && !model.Tokenizer.IsSpecial(id) && length > 0 && ownLength > 0;
            similarity[id] = counts ? (float)(Dot(own, row) / (length * ownLength)) : float.NegativeInfinity;
        }

        var found = new List<KeyValuePair<int, float>>();
        foreach (int id in LogitTable.Highest(similarity, top))
        {
            if (!float.IsNegativeInfinity(similarity[id]))
            {
                found.Add(new KeyValuePair<int, float>(id, similarity[id]));
            }
        }

        return found;
    }

    /// <summary>Evenly spaced tokens of the vocabulary, all of it when <paramref name="count"/> is enough.</summary>
    internal static int[] SampleOfVocabulary(LanguageModel model, long count)
    {
        int vocabulary = Math.Min(model.Weights.OutputHead.Rows, model.Tokenizer.Vocabulary.Count);
        int taken = (int)Math.Min(vocabulary, Math.Max(1, count));
        int[] ids = new int[taken];
        for (int i = 0; i < taken; i++)
        {
            ids[i] = (int)((long)i * vocabulary / taken);
        }

        return ids;
    }

    private static double Dot(float[] a, float[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }
}
