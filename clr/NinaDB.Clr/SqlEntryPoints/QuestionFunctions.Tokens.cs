using System;
using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Questions;

namespace NinaDB.Clr.SqlEntryPoints;

/// <content>Which components write and read a token.</content>
public static partial class QuestionFunctions
{
    /// <summary>The tokens of a word as it stands in running text.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillWordToken), TableDefinition = "ordinal int, token_id int, token nvarchar(400)")]
    public static IEnumerable WordTokens([SqlFacet(MaxSize = -1)] SqlString manifest, [SqlFacet(MaxSize = -1)] SqlString text)
    {
        NinaException.Require(!text.IsNull, "The token is NULL.");
        LanguageModel model = Manifest.Parse(manifest).Load();
        var rows = new List<WordToken>();
        foreach (int id in TokenText.WordTokens(model, text.Value))
        {
            rows.Add(new WordToken(rows.Count, id, TokenText.Of(model, id)));
        }

        return rows;
    }

    /// <summary>Fills a row of <see cref="WordTokens"/>.</summary>
    public static void FillWordToken(object row, out SqlInt32 ordinal, out SqlInt32 tokenId, out SqlString token)
    {
        var value = (WordToken)row;
        ordinal = value.Ordinal;
        tokenId = value.Id;
        token = value.Text;
    }

    /// <summary>The components that write a token most, then those that read it most, from the weights.</summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillTokenLink),
        TableDefinition = "relation nvarchar(10), kind nvarchar(10), layer int, component_index int, [sign] int, score float, z_score float, vocabulary_rank int")]
    public static IEnumerable DescribeToken([SqlFacet(MaxSize = -1)] SqlString manifest, SqlInt32 tokenId, SqlInt32 top)
    {
        NinaException.Require(!tokenId.IsNull && !top.IsNull, "The token and the number of components must not be NULL.");
        return TokenDescription.Of(Manifest.Parse(manifest).Load(), tokenId.Value, top.Value, Environment.ProcessorCount);
    }

    /// <summary>Fills a row of <see cref="DescribeToken"/>.</summary>
    public static void FillTokenLink(
        object row,
        out SqlString relation,
        out SqlString kind,
        out SqlInt32 layer,
        out SqlInt32 componentIndex,
        out SqlInt32 sign,
        out SqlDouble score,
        out SqlDouble zScore,
        out SqlInt32 vocabularyRank)
    {
        var link = (TokenLink)row;
        relation = link.Relation.ToString().ToLowerInvariant();
        kind = link.Component.KindName;
        layer = link.Component.Layer;
        componentIndex = link.Component.Index;
        sign = link.Sign;
        score = TensorFunctions.Finite(link.Score);
        zScore = TensorFunctions.Finite(link.ZScore);
        vocabularyRank = link.VocabularyRank;
    }

    /// <summary>The tokens nearest to a token in the embedding, by cosine.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillNearestToken), TableDefinition = "[rank] int, token_id int, token nvarchar(400), similarity float")]
    public static IEnumerable NearestTokens([SqlFacet(MaxSize = -1)] SqlString manifest, SqlInt32 tokenId, SqlInt32 top)
    {
        NinaException.Require(!tokenId.IsNull && !top.IsNull, "The token and the number of tokens must not be NULL.");
        LanguageModel model = Manifest.Parse(manifest).Load();
        var rows = new List<NearToken>();
        foreach (KeyValuePair<int, float> near in TokenDescription.Nearest(model, tokenId.Value, top.Value))
        {
            rows.Add(new NearToken(new WordToken(rows.Count + 1, near.Key, TokenText.Of(model, near.Key)), near.Value));
        }

        return rows;
    }

    /// <summary>Fills a row of <see cref="NearestTokens"/>.</summary>
    public static void FillNearestToken(object row, out SqlInt32 rank, out SqlInt32 tokenId, out SqlString token, out SqlDouble similarity)
    {
        var near = (NearToken)row;
        FillWordToken(near.Token, out rank, out tokenId, out token);
        similarity = TensorFunctions.Finite(near.Similarity);
    }

    private sealed class WordToken
    {
        public WordToken(int ordinal, int id, string text)
        {
            Ordinal = ordinal;
            Id = id;
            Text = text;
        }

        public int Ordinal { get; }

        public int Id { get; }

        public string Text { get; }
    }

    private sealed class NearToken
    {
        public NearToken(WordToken token, double similarity)
        {
            Token = token;
            Similarity = similarity;
        }

        public WordToken Token { get; }

        public double Similarity { get; }
    }
}
