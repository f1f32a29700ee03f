using System;
using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>SQL functions that run a model on text.</summary>
public static class TextFunctions
{
    private const int MaxDisplayLength = 400;

    /// <summary>The tokens of a text: rows (ordinal, token_id, token, is_special).</summary>
    [SqlFunction(FillRowMethodName = nameof(FillToken), TableDefinition = "ordinal int, token_id int, token nvarchar(400), is_special bit")]
    public static IEnumerable Tokenize([SqlFacet(MaxSize = -1)] SqlString manifest, [SqlFacet(MaxSize = -1)] SqlString text)
    {
        NinaException.Require(!text.IsNull, "The text is NULL.");
        Tokenizer tokenizer = Manifest.Parse(manifest).LoadTokenizer();
        var rows = new List<TokenRow>();
        foreach (int id in tokenizer.Encode(text.Value))
        {
            string token = tokenizer.Display(id);
            rows.Add(new TokenRow(rows.Count, id, token.Length <= MaxDisplayLength ? token : token.Substring(0, MaxDisplayLength), isSpecial: tokenizer.IsSpecial(id)));
        }

        return rows;
    }

    /// <summary>Fills a row of <see cref="Tokenize"/>.</summary>
    public static void FillToken(object row, out SqlInt32 ordinal, out SqlInt32 tokenId, [SqlFacet(MaxSize = -1)] out SqlString token, out SqlBoolean isSpecial)
    {
        var value = (TokenRow)row;
        ordinal = value.Ordinal;
        tokenId = value.Id;
        token = value.Text;
        isSpecial = value.IsSpecial;
    }

    /// <summary>The text of tokens, given as a JSON array of ids. Control tokens vanish.</summary>
    [SqlFunction]
    [return: SqlFacet(MaxSize = -1)]
    public static SqlString Detokenize([SqlFacet(MaxSize = -1)] SqlString manifest, [SqlFacet(MaxSize = -1)] SqlString tokens)
    {
        NinaException.Require(!tokens.IsNull, "There are no tokens.");
        Tokenizer tokenizer = Manifest.Parse(manifest).LoadTokenizer();
        var ids = new List<int>();
        foreach (JsonValue item in JsonValue.Parse(tokens.Value, "tokens").Items)
        {
            long id = item.AsInt64() ?? -1;
            ids.Add(id >= 0 && id < tokenizer.Vocabulary.Count
                ? (int)id
                : throw new NinaException(ErrorNumber.TokenOutOfRange, $"Token {JsonReader.Shorten(item.ToString())} is outside the vocabulary of {tokenizer.Vocabulary.Count}."));
        }

        return tokenizer.Decode(ids);
    }

    /// <summary>How surprised a model is by passages (a JSON array of strings): one row (token_count, total_nats), summed over all tokens after each start token.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillLoss), TableDefinition = "token_count bigint, total_nats float")]
    public static IEnumerable MeasureLoss([SqlFacet(MaxSize = -1)] SqlString manifest, [SqlFacet(MaxSize = -1)] SqlString texts)
    {
        LanguageModel model = Manifest.Parse(manifest).Load();
        var passages = new List<int[]>();
        foreach (string text in Texts(texts))
        {
            passages.Add(model.EncodePassage(text));
        }

        return new[] { (object)model.ScoreAll(passages, Environment.ProcessorCount) };
    }

    /// <summary>Fills the row of <see cref="MeasureLoss"/>.</summary>
    public static void FillLoss(object row, out SqlInt64 tokenCount, out SqlDouble totalNats)
    {
        var score = (TextScore)row;
        tokenCount = score.TokenCount;
        totalNats = score.Nats;
    }

    /// <summary>
    /// Continues a prompt: rows (token_index, token_id, piece), each as soon as it is known; the last one says why it is the last. <paramref name="options"/> are the
    /// rarer options as JSON (<see cref="SamplingOptions.Create"/>); with them an end token has a row too.
    /// </summary>
    [SqlFunction(FillRowMethodName = nameof(FillGenerated), TableDefinition = "token_index int, token_id int, piece nvarchar(max), finish_reason nvarchar(10)")]
    public static IEnumerable Generate(
        [SqlFacet(MaxSize = -1)] SqlString manifest,
        [SqlFacet(MaxSize = -1)] SqlString prompt,
        SqlInt32 maxTokens,
        SqlDouble temperature,
        SqlInt32 topK,
        SqlDouble topP,
        SqlInt64 seed,
        [SqlFacet(MaxSize = -1)] SqlString options)
    {
        NinaException.Require(!prompt.IsNull, "The prompt is NULL.");
        LanguageModel model = Manifest.Parse(manifest).Load();
        SamplingOptions sampling = SamplingOptions.Create(
            maxTokens.Value, temperature.Value, topK.Value, topP.Value, seed.Value, options.IsNull ? null : options.Value);
        return Generated(model, prompt.Value, sampling);
    }

    /// <summary>Fills a row of <see cref="Generate"/>.</summary>
    public static void FillGenerated(object row, out SqlInt32 tokenIndex, out SqlInt32 tokenId, [SqlFacet(MaxSize = -1)] out SqlString piece, out SqlString finishReason)
    {
        var value = (TokenRow)row;
        tokenIndex = value.Ordinal;
        tokenId = value.Id;
        piece = value.Text;
        finishReason = value.Finish == FinishReason.None ? SqlString.Null : new SqlString(value.Finish.ToString().ToLowerInvariant());
    }

    /// <summary>The strings of a JSON array.</summary>
    internal static List<string> Texts(SqlString json)
    {
        NinaException.Require(!json.IsNull, "There are no texts.");
        var texts = new List<string>();
        foreach (JsonValue item in JsonValue.Parse(json.Value, "texts").Items)
        {
            texts.Add(item.AsString() ?? throw new NinaException(ErrorNumber.JsonValue, "Texts are given as a JSON array of strings."));
        }

        return texts;
    }

    private static IEnumerable Generated(LanguageModel model, string prompt, SamplingOptions options)
    {
        int index = 0;
        foreach (GeneratedToken token in TextGenerator.Generate(model, prompt, options))
        {
            yield return new TokenRow(index++, token.Id, token.Text, token.Finish);
        }
    }

    private sealed class TokenRow
    {
        public TokenRow(int ordinal, int id, string text, FinishReason finish = FinishReason.None, bool isSpecial = false)
        {
            IsSpecial = isSpecial;
            Ordinal = ordinal;
            Id = id;
            Text = text;
            Finish = finish;
        }

        public int Ordinal { get; }

        public int Id { get; }

        public string Text { get; }

        public FinishReason Finish { get; }

        public bool IsSpecial { get; }
    }
}
