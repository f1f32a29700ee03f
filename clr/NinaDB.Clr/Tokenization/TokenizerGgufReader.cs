using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;

namespace NinaDB.Clr.Tokenization;

/// <summary>Reads the tokenizer of a GGUF file: <c>tokenizer.ggml.model</c> "llama", SentencePiece pieces with scores and byte fallback.</summary>
public static class TokenizerGgufReader
{
    private const int TypeUnknown = 2;
    private const int TypeControl = 3;
    private const int TypeUserDefined = 4;
    private const int TypeUnused = 5;
    private const int TypeByte = 6;

    /// <summary>Whether the header has a tokenizer at all.</summary>
    public static bool IsPresent(GgufHeader header) => header["tokenizer.ggml.model"] != null;

    /// <summary>Builds the tokenizer of a GGUF header; <paramref name="source"/> names the file in errors.</summary>
    public static Tokenizer Read(GgufHeader header, string source)
    {
        string model = header["tokenizer.ggml.model"]?.AsString() ?? throw Invalid(source, "tokenizer.ggml.model is missing.");
        if (model != "llama")
        {
            throw NinaException.InFile(ErrorNumber.TokenizerUnsupported, source, $"the tokenizer model '{model}' is not supported by this version.");
        }

        string[] pieces = header["tokenizer.ggml.tokens"]?.Value as string[] ?? throw Invalid(source, "tokenizer.ggml.tokens is missing.");
        float[] scores = header["tokenizer.ggml.scores"]?.Value as float[] ?? throw Invalid(source, "tokenizer.ggml.scores is missing.");
        int[]? types = header["tokenizer.ggml.token_type"]?.Value as int[];
        if (pieces.Length == 0 || scores.Length != pieces.Length || (types != null && types.Length != pieces.Length))
        {
            throw Invalid(source, $"there are {pieces.Length} tokens, {scores.Length} scores and {types?.Length ?? pieces.Length} token types.");
        }

        int unknown = SpecialId(header, source, "tokenizer.ggml.unknown_token_id", pieces.Length, 0);
        int start = SpecialId(header, source, "tokenizer.ggml.bos_token_id", pieces.Length, 1);
        int end = SpecialId(header, source, "tokenizer.ggml.eos_token_id", pieces.Length, 2);
        var kinds = new TokenKind[pieces.Length];
        var added = new List<Tokenizer.AddedToken>();
        for (int id = 0; id < kinds.Length; id++)
        {
            if (float.IsNaN(scores[id]))
            {
                throw Invalid(source, $"the score of token {id} is not a number.");
            }

            int type = types == null ? (Vocabulary.ByteOf(pieces[id]) != null ? TypeByte : 1) : types[id];
            kinds[id] = type switch
            {
                TypeUnknown => TokenKind.Unknown,
                TypeControl => TokenKind.Control,
                TypeUnused => TokenKind.Unused,
                TypeByte => TokenKind.Byte,
                _ => TokenKind.Normal,
            };
            if (id == unknown)
            {
                kinds[id] = TokenKind.Unknown;
            }
            else if (id == start || id == end)
            {
                kinds[id] = TokenKind.Control;
            }

            if (pieces[id].Length > 0 && (type == TypeUserDefined || kinds[id] == TokenKind.Control))
            {
                added.Add(new Tokenizer.AddedToken(id, pieces[id], kinds[id] == TokenKind.Control));
            }
        }

        bool spacePrefix = header["tokenizer.ggml.add_space_prefix"]?.AsBoolean() ?? true;
        var rewrites = new List<Tokenizer.TextRewrite>();
        if (spacePrefix)
        {
            rewrites.Add(new Tokenizer.TextRewrite(null, Tokenizer.Blank.ToString()));
        }

        rewrites.Add(new Tokenizer.TextRewrite(" ", Tokenizer.Blank.ToString()));
        bool addStart = (header["tokenizer.ggml.add_bos_token"]?.AsBoolean() ?? true) && start >= 0;
        bool addEnd = (header["tokenizer.ggml.add_eos_token"]?.AsBoolean() ?? false) && end >= 0;
        var vocabulary = new Vocabulary(pieces, kinds, source);
        return new Tokenizer(
            vocabulary,
            new ScoredMerger(vocabulary, scores),
            rewrites,
            addStart ? new[] { start } : Array.Empty<int>(),
            addEnd ? new[] { end } : Array.Empty<int>(),
            spacePrefix,
            added);
    }

    private static int SpecialId(GgufHeader header, string source, string key, int count, int byDefault)
    {
        GgufValue? value = header[key];
        if (value == null)
        {
            return byDefault < count ? byDefault : -1;
        }

        long id = value.AsInt64() ?? -1;
        if (id == uint.MaxValue)
        {
            return -1;
        }

        return id >= 0 && id < count ? (int)id : throw Invalid(source, $"{key} is {value.Value}, outside the {count} tokens.");
    }

    private static NinaException Invalid(string source, string reason) => NinaException.InFile(ErrorNumber.TokenizerInvalid, source, reason);
}
