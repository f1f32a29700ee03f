using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Json;
using NinaDB.Clr.Tokenization.Unicode;

namespace NinaDB.Clr.Tokenization;

/// <summary>
/// Reads the tokenizer of a GGUF file. <c>tokenizer.ggml.model</c> is "llama" (SentencePiece BPE by scores), "gpt2" (byte-level BPE with the pre-tokenizer of
/// <c>tokenizer.ggml.pre</c>), "gemma4" (BPE by merges on SentencePiece's blanks) or "t5" (unigram). Where the file holds a whole tokenizer.json
/// (<c>tokenizer.huggingface.json</c>), that is the tokenizer.
/// </summary>
public static class TokenizerGgufReader
{
    /// <summary>The key of a whole tokenizer.json.</summary>
    internal const string HuggingFaceKey = "tokenizer.huggingface.json";

    private const string Prefix = "tokenizer.ggml.";

    /// <summary>Whether the header has a tokenizer at all.</summary>
    public static bool IsPresent(GgufHeader header)
        => header[HuggingFaceKey] != null || (header[Prefix + "model"] is GgufValue model && model.AsString() != "none" && model.AsString() != "no_vocab");

    /// <summary>Builds the tokenizer of a GGUF header; <paramref name="source"/> names the file in errors.</summary>
    public static Tokenizer Read(GgufHeader header, string source)
    {
        string? chatTemplate = header["tokenizer.chat_template"]?.AsString();
        if (header[HuggingFaceKey]?.AsString() is string json)
        {
            return TokenizerJsonReader.Read(json, source, chatTemplate);
        }

        string model = header[Prefix + "model"]?.AsString() ?? throw TokenizerJsonSteps.Invalid(source, "tokenizer.ggml.model is missing.");
        bool sentencePiece = model == "llama" || model == "t5" || model == "gemma4";
        if (!sentencePiece && model != "gpt2")
        {
            throw TokenizerJsonSteps.Unsupported(source, "the tokenizer model", model);
        }

        SentencePieceParts parts = ReadParts(header, source, model);
        parts.ChatTemplate = chatTemplate;
        switch (model)
        {
            case "llama":
                parts.AddsStart = Flag(header, "add_bos_token", true);
                parts.AddsBlankPrefix = Flag(header, "add_space_prefix", true);
                return parts.MakeBpe();
            case "t5":
                parts.AddsStart = Flag(header, "add_bos_token", false);
                parts.AddsEnd = Flag(header, "add_eos_token", true);
                parts.AddsBlankPrefix = Flag(header, "add_space_prefix", false);
                parts.RemovesExtraBlanks = Flag(header, "remove_extra_whitespaces", false);
                parts.CharacterMap = ReadCharacterMap(header, source);
                return parts.MakeUnigram();
            default:
                return ReadMergeList(header, source, parts, isByteLevel: model == "gpt2");
        }
    }

    private static SentencePieceParts ReadParts(GgufHeader header, string source, string model)
    {
        string[] pieces = header[Prefix + "tokens"]?.Value as string[] ?? throw TokenizerJsonSteps.Invalid(source, "tokenizer.ggml.tokens is missing.");
        int[]? types = header[Prefix + "token_type"]?.Value switch
        {
            null => null,
            int[] signed => signed,
            uint[] unsigned => Array.ConvertAll(unsigned, t => (int)Math.Min(t, 99)),
            _ => throw TokenizerJsonSteps.Invalid(source, "tokenizer.ggml.token_type is no array of integers."),
        };
        if (pieces.Length == 0 || (types != null && types.Length != pieces.Length))
        {
            throw TokenizerJsonSteps.Invalid(source, $"there are {pieces.Length} tokens and {types?.Length ?? 0} token types.");
        }

        // Phi-3's tokens take the white space after them along; only the name of the model tells (llama.cpp does the same).
        string name = header["general.name"]?.AsString() ?? string.Empty;
        bool phi3 = name.IndexOf("phi3", StringComparison.OrdinalIgnoreCase) >= 0 || name.IndexOf("phi-3", StringComparison.OrdinalIgnoreCase) >= 0;
        bool isLlama = model == "llama";
        return new SentencePieceParts(source, pieces, types)
        {
            Scores = ReadScores(header, source, model),
            UnknownId = SpecialId(header, source, "unknown_token_id", pieces.Length, isLlama ? 0 : model == "t5" ? 2 : -1),
            StartId = SpecialId(header, source, "bos_token_id", pieces.Length, isLlama ? 1 : -1),
            EndId = SpecialId(header, source, "eos_token_id", pieces.Length, isLlama ? 2 : model == "t5" ? 1 : -1),
            AddsEnd = Flag(header, "add_eos_token", false),
            StripsRight = text => phi3 && text != "<unk>" && text != "<s>" && text != "<|endoftext|>",
        };
    }

    private static float[] ReadScores(GgufHeader header, string source, string model) => header[Prefix + "scores"]?.Value switch
    {
        float[] scores => scores,
        int[] scores => Array.ConvertAll(scores, s => (float)s),
        null when model == "gpt2" || model == "gemma4" => Array.Empty<float>(),
        _ => throw TokenizerJsonSteps.Invalid(source, "tokenizer.ggml.scores is missing."),
    };

    private static Tokenizer ReadMergeList(GgufHeader header, string source, SentencePieceParts parts, bool isByteLevel)
    {
        string pre = header[Prefix + "pre"]?.AsString() ?? "default";
        GgufPreTokenizers.Entry? entry = isByteLevel ? GgufPreTokenizers.Find(pre) : null;
        if (isByteLevel && entry == null)
        {
            throw TokenizerJsonSteps.Unsupported(source, "the pre-tokenizer", pre);
        }

        string[] list = header[Prefix + "merges"]?.Value as string[] ?? throw TokenizerJsonSteps.Invalid(source, "tokenizer.ggml.merges is missing.");
        var added = new List<AddedToken>();
        Vocabulary vocabulary = parts.MakeVocabulary(added);
        var merges = new MergeTable(vocabulary, source, list.Length);
        foreach (string merge in list)
        {
            merges.Add(merge);
        }

        var model = new BpeModel(vocabulary, merges.Merges, new BpeOptions
        {
            IsByteLevel = isByteLevel,
            IgnoresMerges = entry?.IgnoresMerges ?? false,
            FallsBackToBytes = !isByteLevel,
            FusesUnknown = !isByteLevel,
        });
        parts.AddsStart = Flag(header, "add_bos_token", entry?.AddsStart ?? false);
        parts.AddsBlankPrefix = Flag(header, "add_space_prefix", false);
        if (!isByteLevel)
        {
            Tokenizer tokenizer = parts.Make(vocabulary, added, model);
            tokenizer.Parts.PreTokenizer.Add(SplitStep.Isolated(@"[^\n]+|[\n]+"));
            return tokenizer;
        }

        List<PieceStep> steps = entry!.ToSteps();
        if (parts.AddsBlankPrefix)
        {
            steps.Insert(0, new ByteLevelStep(addPrefixSpace: true, usePattern: false, mapsBytes: false));
        }

        return new Tokenizer(new TokenizerParts(vocabulary, model)
        {
            PreTokenizer = steps,
            Added = added,
            Prefix = parts.AddsStart && parts.StartId >= 0 ? new[] { parts.StartId } : Array.Empty<int>(),
            Suffix = parts.AddsEnd && parts.EndId >= 0 ? new[] { parts.EndId } : Array.Empty<int>(),
            StartId = parts.StartId,
            EndId = parts.EndId,
            ChatTemplate = parts.ChatTemplate,
        });
    }

    private static CharacterMap? ReadCharacterMap(GgufHeader header, string source)
    {
        byte[]? bytes = header[Prefix + "precompiled_charsmap"]?.Value switch
        {
            null => null,
            byte[] unsigned => unsigned,
            sbyte[] signed => Array.ConvertAll(signed, b => unchecked((byte)b)),
            _ => throw TokenizerJsonSteps.Invalid(source, "tokenizer.ggml.precompiled_charsmap is no array of bytes."),
        };
        return bytes == null || bytes.Length == 0 ? null : new CharacterMap(bytes, source);
    }

    private static bool Flag(GgufHeader header, string key, bool byDefault) => header[Prefix + key]?.AsBoolean() ?? byDefault;

    private static int SpecialId(GgufHeader header, string source, string key, int count, int byDefault)
    {
        GgufValue? value = header[Prefix + key];
        if (value == null)
        {
            return byDefault < count ? byDefault : -1;
        }

        long id = value.AsInt64() ?? -1;
        if (id == uint.MaxValue)
        {
            return -1;
        }

        return id >= 0 && id < count ? (int)id : throw TokenizerJsonSteps.Invalid(source, $"{Prefix}{key} is {JsonReader.Shorten(value.Value.ToString() ?? "?")}, outside the {count} tokens.");
    }
}
