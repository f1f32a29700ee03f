using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;

namespace NinaDB.Clr.Tokenization;

/// <summary>Writes a tokenizer as the metadata of a GGUF file.</summary>
public static class TokenizerGgufWriter
{
    private const string Prefix = "tokenizer.ggml.";

    /// <summary>
    /// The keys and values, in their order. <paramref name="endId"/> is the model's end token where the tokenizer names none. GGUF knows SentencePiece BPE by scores
    /// only: a list of merges from which scores cannot be made exactly gets the whole tokenizer.json beside it, which NinaDB reads back. Raises
    /// <see cref="ErrorNumber.TokenizerNotInGguf"/> for a tokenizer that GGUF cannot express.
    /// </summary>
    public static IReadOnlyList<(string Key, GgufValue Value)> Metadata(Tokenizer tokenizer, int startId = -1, int endId = -1)
    {
        NinaException.Require(tokenizer != null, "The tokenizer is null.");
        TokenizerParts parts = tokenizer!.Parts;
        var writer = new Writer();
        switch (parts.Model)
        {
            case UnigramModel unigram:
                WriteUnigram(writer, tokenizer, unigram);
                break;
            case BpeModel { Options.IsByteLevel: true } model:
                WriteByteLevel(writer, tokenizer, model);
                break;
            default:
                WriteSentencePiece(writer, tokenizer, (BpeModel)parts.Model);
                break;
        }

        startId = parts.Prefix.Length > 0 ? parts.Prefix[0] : parts.StartId >= 0 ? parts.StartId : startId;
        endId = parts.Suffix.Length > 0 ? parts.Suffix[0] : parts.EndId >= 0 ? parts.EndId : endId;
        writer.AddId("bos_token_id", startId);
        writer.AddId("eos_token_id", endId);
        writer.AddId("unknown_token_id", parts.Vocabulary.UnknownId);
        writer.Add(Prefix + "add_bos_token", GgufType.Bool, parts.Prefix.Length > 0);
        writer.Add(Prefix + "add_eos_token", GgufType.Bool, parts.Suffix.Length > 0);
        if (parts.ChatTemplate != null)
        {
            writer.Add("tokenizer.chat_template", GgufType.String, parts.ChatTemplate);
        }

        if (!writer.IsExact || parts.Prefix.Length > 1 || parts.Suffix.Length > 1)
        {
            writer.Add(TokenizerGgufReader.HuggingFaceKey, GgufType.String, tokenizer.ToJson());
        }

        return writer.Values;
    }

    private static void WriteByteLevel(Writer writer, Tokenizer tokenizer, BpeModel model)
    {
        TokenizerParts parts = tokenizer.Parts;
        bool prefix = parts.PreTokenizer.Count > 0 && parts.PreTokenizer[0] is ByteLevelStep { AddPrefixSpace: true, UsesPattern: false };
        List<PieceStep> steps = prefix ? parts.PreTokenizer.GetRange(1, parts.PreTokenizer.Count - 1) : parts.PreTokenizer;
        string name = GgufPreTokenizers.NameOf(steps, model.Options.IgnoresMerges)
            ?? throw NotInGguf("its pre-tokenizer has no name in GGUF");

        // Qwen2's files compose their text first, which GGUF's readers leave out; everything else would change the tokens.
        if (parts.Normalizer.Any(s => s.ToJson()["type"]?.AsString() != "NFC"))
        {
            throw NotInGguf("GGUF has no normalizer for it");
        }

        writer.IsExact = parts.Normalizer.Count == 0 && HasPlainAddedTokens(parts);
        writer.Add(Prefix + "model", GgufType.String, "gpt2");
        writer.Add(Prefix + "pre", GgufType.String, name);
        WriteTokens(writer, tokenizer, null);
        Vocabulary vocabulary = parts.Vocabulary;
        writer.AddArray("merges", GgufType.String, model.Merges
            .OrderBy(m => m.Value.Rank).ThenBy(m => m.Key)
            .Select(m => vocabulary[(int)(m.Key >> 32)] + " " + vocabulary[(int)m.Key]).ToArray());
        if (prefix)
        {
            writer.Add(Prefix + "add_space_prefix", GgufType.Bool, true);
        }
    }

    private static void WriteSentencePiece(Writer writer, Tokenizer tokenizer, BpeModel model)
    {
        TokenizerParts parts = tokenizer.Parts;
        bool blankPrefix = RequireBlanks(parts, out bool plain);
        float[] scores = model.Options.Scores ?? ScoresOf(parts.Vocabulary, model);
        writer.IsExact = plain && HasPlainAddedTokens(parts) && !model.Options.IgnoresMerges && (model.Options.Scores != null || HasSameMerges(parts.Vocabulary, model, scores));
        writer.Add(Prefix + "model", GgufType.String, "llama");
        writer.Add(Prefix + "pre", GgufType.String, "default");
        WriteTokens(writer, tokenizer, scores);
        writer.Add(Prefix + "add_space_prefix", GgufType.Bool, blankPrefix);
    }

    private static void WriteUnigram(Writer writer, Tokenizer tokenizer, UnigramModel model)
    {
        TokenizerParts parts = tokenizer.Parts;
        CharacterMapStep? map = parts.Normalizer.OfType<CharacterMapStep>().FirstOrDefault();
        bool single = parts.Normalizer.OfType<SingleBlanksStep>().Any();
        bool prefix = parts.Normalizer.OfType<PrependStep>().Any() || parts.PreTokenizer.OfType<MetaspaceStep>().Any(m => m.Prepends);
        float[] scores = new float[parts.Vocabulary.Count];
        for (int id = 0; id < model.Scores.Count; id++)
        {
            scores[id] = (float)model.Scores[id];
        }

        // What came from SentencePiece goes back as it was; any other normalizer needs the tokenizer.json beside it.
        writer.IsExact = HasPlainAddedTokens(parts) && parts.PreTokenizer.Count == 0
            && parts.Normalizer.All(s => s is SingleBlanksStep || s is PrependStep || s is ReplaceStep { Pattern: " " } || s is CharacterMapStep);
        writer.Add(Prefix + "model", GgufType.String, "t5");
        writer.Add(Prefix + "pre", GgufType.String, "default");
        WriteTokens(writer, tokenizer, scores);
        writer.Add(Prefix + "add_space_prefix", GgufType.Bool, prefix);
        writer.Add(Prefix + "remove_extra_whitespaces", GgufType.Bool, single);
        if (map != null)
        {
            writer.AddArray("precompiled_charsmap", GgufType.UInt8, map.Map.ToBytes());
        }
    }

    /// <summary>Checks that the text steps are SentencePiece's; returns whether a blank is put in front, and in every section of a text.</summary>
    private static bool RequireBlanks(TokenizerParts parts, out bool plain)
    {
        bool prefix = false;
        plain = true;
        foreach (TextStep step in parts.Normalizer)
        {
            bool known = step is PrependStep prepend ? prepend.Prefix == Tokenizer.Blank.ToString()
                : step is ReplaceStep replace && replace.Pattern == " " && replace.Content == Tokenizer.Blank.ToString();
            if (!known)
            {
                throw NotInGguf("GGUF has no normalizer for it");
            }

            prefix |= step is PrependStep;
        }

        foreach (PieceStep step in parts.PreTokenizer)
        {
            if (step is not MetaspaceStep metaspace)
            {
                throw NotInGguf("its pre-tokenizer has no name in GGUF");
            }

            prefix |= metaspace.Prepends;
            plain = false;
        }

        return prefix;
    }

    private static bool HasPlainAddedTokens(TokenizerParts parts) => parts.Added.TrueForAll(t => !t.StripsLeft && !t.StripsRight && !t.IsSingleWord && !t.IsNormalized);

    /// <summary>Scores in the order of the merges: the earlier a token is made, the better.</summary>
    private static float[] ScoresOf(Vocabulary vocabulary, BpeModel model)
    {
        float[] scores = new float[vocabulary.Count];
        int last = model.Merges.Count;
        for (int id = 0; id < scores.Length; id++)
        {
            scores[id] = vocabulary.KindOf(id) == TokenKind.Normal ? float.NegativeInfinity : 0;
        }

        foreach (BpeModel.Merge merge in model.Merges.Values)
        {
            scores[merge.Id] = Math.Max(scores[merge.Id], -merge.Rank);
            last = Math.Max(last, merge.Rank + 1);
        }

        for (int id = 0; id < scores.Length; id++)
        {
            scores[id] = float.IsNegativeInfinity(scores[id]) ? -(last + id) : scores[id];
        }

        return scores;
    }

    /// <summary>Whether joining by score is joining by these merges: the same pairs, and of different tokens the same order.</summary>
    private static bool HasSameMerges(Vocabulary vocabulary, BpeModel model, float[] scores)
    {
        Dictionary<long, BpeModel.Merge> scored = ScoredMerges.Make(vocabulary, scores, out _);
        if (scored.Count != model.Merges.Count)
        {
            return false;
        }

        var spans = new Dictionary<int, (int First, int Last, int Count)>();
        foreach (KeyValuePair<long, BpeModel.Merge> merge in model.Merges)
        {
            if (!scored.ContainsKey(merge.Key))
            {
                return false;
            }

            int rank = merge.Value.Rank;
            spans[merge.Value.Id] = spans.TryGetValue(merge.Value.Id, out (int First, int Last, int Count) span)
                ? (Math.Min(span.First, rank), Math.Max(span.Last, rank), span.Count + 1)
                : (rank, rank, 1);
        }

        return spans.Values.All(s => s.Last - s.First == s.Count - 1);
    }

    private static void WriteTokens(Writer writer, Tokenizer tokenizer, float[]? scores)
    {
        Vocabulary vocabulary = tokenizer.Vocabulary;
        string[] tokens = new string[vocabulary.Count];
        int[] types = new int[vocabulary.Count];
        for (int id = 0; id < tokens.Length; id++)
        {
            TokenKind kind = vocabulary.KindOf(id);
            bool isFirst = kind != TokenKind.Unused && vocabulary[id].Length > 0 && vocabulary.IdOf(vocabulary[id]) == id;

            // Readers of GGUF want every token to be another one.
            tokens[id] = isFirst ? vocabulary[id] : string.Format(CultureInfo.InvariantCulture, "[UNUSED_{0}]", id);
            types[id] = !isFirst ? SentencePieceParts.TypeUnused : kind switch
            {
                TokenKind.Unknown => SentencePieceParts.TypeUnknown,
                TokenKind.Control => SentencePieceParts.TypeControl,
                TokenKind.Byte => SentencePieceParts.TypeByte,
                _ => tokenizer.Added.Contains(id) ? SentencePieceParts.TypeUserDefined : SentencePieceParts.TypeNormal,
            };
        }

        writer.AddArray("tokens", GgufType.String, tokens);
        if (scores != null)
        {
            writer.AddArray("scores", GgufType.Float32, scores);
        }

        writer.AddArray("token_type", GgufType.Int32, types);
    }

    private static NinaException NotInGguf(string reason) => new(ErrorNumber.TokenizerNotInGguf, $"The tokenizer cannot be written to a GGUF file: {reason}.");

    /// <summary>Collects keys and values.</summary>
    private sealed class Writer
    {
        public List<(string Key, GgufValue Value)> Values { get; } = new();

        /// <summary>The keys alone give the same tokens when they are read.</summary>
        public bool IsExact { get; set; }

        public void Add(string key, GgufType type, object value) => Values.Add((key, new GgufValue(type, type, value, 0)));

        public void AddArray(string key, GgufType elementType, Array items) => Values.Add((Prefix + key, new GgufValue(GgufType.Array, elementType, items, 0)));

        public void AddId(string key, int id)
        {
            if (id >= 0)
            {
                Add(Prefix + key, GgufType.UInt32, (uint)id);
            }
        }
    }
}
