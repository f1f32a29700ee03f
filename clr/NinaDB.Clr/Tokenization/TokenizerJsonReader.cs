using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Tokenization;

/// <summary>
/// Reads tokenizer.json (Hugging Face tokenizers): BPE (byte-level, or SentencePiece's with byte fallback) and Unigram. What it does not know it refuses
/// by name, for a tokenizer that is nearly right is worse than none.
/// </summary>
public static class TokenizerJsonReader
{
    /// <summary>The longest spelling of an added token, in UTF-16 units; it bounds the work for a character of text.</summary>
    internal const int MaxAddedLength = 1024;

    /// <summary>Builds the tokenizer of a tokenizer.json text; <paramref name="source"/> names it in errors. The chat template is kept with it.</summary>
    public static Tokenizer Read(string json, string source = "tokenizer.json", string? chatTemplate = null)
    {
        JsonValue root = JsonValue.Parse(json, source);
        JsonValue model = root["model"] ?? throw TokenizerJsonSteps.Invalid(source, "there is no model.");
        string type = model["type"]?.AsString() ?? (model["merges"] != null ? "BPE" : model["unk_id"] != null ? "Unigram" : "none");
        if (type != "BPE" && type != "Unigram")
        {
            throw TokenizerJsonSteps.Unsupported(source, "the model type", type);
        }

        var normalizer = new List<TextStep>();
        TokenizerJsonSteps.ReadNormalizer(source, root["normalizer"], normalizer);
        var preTokenizer = new List<PieceStep>();
        bool bytes = TokenizerJsonSteps.ReadPreTokenizer(source, root["pre_tokenizer"], preTokenizer);
        bool strips = TokenizerJsonSteps.ReadDecoder(source, root["decoder"], bytes);
        Vocabulary vocabulary;
        List<AddedToken> added;
        TokenModel tokenModel;
        if (type == "BPE")
        {
            vocabulary = ReadVocabulary(source, root, model, BpePieces(source, model), model["unk_token"]?.AsString(), out added);
            tokenModel = ReadBpe(source, model, vocabulary, bytes);
        }
        else if (bytes)
        {
            throw TokenizerJsonSteps.Unsupported(source, "the model type", "Unigram over bytes");
        }
        else
        {
            List<KeyValuePair<string, long>> pieces = UnigramPieces(source, model, out List<double> scores, out string? unknown);
            vocabulary = ReadVocabulary(source, root, model, pieces, unknown, out added);
            tokenModel = new UnigramModel(vocabulary, scores.ToArray(), FallsBackToBytes(model), allScores: true);
        }

        var prefix = new List<int>();
        var suffix = new List<int>();
        ReadPostProcessor(source, root["post_processor"], vocabulary, prefix, suffix);
        return new Tokenizer(new TokenizerParts(vocabulary, tokenModel)
        {
            Normalizer = normalizer,
            PreTokenizer = preTokenizer,
            Added = added,
            Prefix = prefix.ToArray(),
            Suffix = suffix.ToArray(),
            StripsLeadingBlank = strips,
            ChatTemplate = chatTemplate,
        });
    }

    private static bool FallsBackToBytes(JsonValue model) => model["byte_fallback"]?.AsBoolean() ?? false;

    private static BpeModel ReadBpe(string source, JsonValue model, Vocabulary vocabulary, bool bytes)
    {
        RequireAbsent(source, model, "continuing_subword_prefix");
        RequireAbsent(source, model, "end_of_word_suffix");
        if (model["dropout"]?.AsDouble() > 0)
        {
            throw TokenizerJsonSteps.Unsupported(source, "the BPE option", "dropout");
        }

        return new BpeModel(vocabulary, ReadMerges(source, model, vocabulary), new BpeOptions
        {
            IsByteLevel = bytes,
            IgnoresMerges = model["ignore_merges"]?.AsBoolean() ?? false,
            FallsBackToBytes = FallsBackToBytes(model),
            MergesBytes = FallsBackToBytes(model),
            FusesUnknown = model["fuse_unk"]?.AsBoolean() ?? false,
        });
    }

    private static void RequireAbsent(string source, JsonValue model, string name)
    {
        string? value = model[name]?.AsString();
        if (!string.IsNullOrEmpty(value))
        {
            throw TokenizerJsonSteps.Unsupported(source, name, value!);
        }
    }

    private static List<KeyValuePair<string, long>> BpePieces(string source, JsonValue model)
    {
        JsonValue? entries = model["vocab"];
        if (entries == null || entries.Kind != JsonKind.Object || entries.Members.Count == 0)
        {
            throw TokenizerJsonSteps.Invalid(source, "the model has no vocab.");
        }

        var pieces = new List<KeyValuePair<string, long>>(entries.Members.Count);
        foreach (KeyValuePair<string, JsonValue> entry in entries.Members)
        {
            pieces.Add(new KeyValuePair<string, long>(entry.Key, entry.Value.AsInt64() ?? -1));
        }

        return pieces;
    }

    private static List<KeyValuePair<string, long>> UnigramPieces(string source, JsonValue model, out List<double> scores, out string? unknown)
    {
        IReadOnlyList<JsonValue> entries = model["vocab"]?.Items ?? Array.Empty<JsonValue>();
        if (entries.Count == 0)
        {
            throw TokenizerJsonSteps.Invalid(source, "the model has no vocab.");
        }

        scores = new List<double>(entries.Count);
        var pieces = new List<KeyValuePair<string, long>>(entries.Count);
        foreach (JsonValue entry in entries)
        {
            string? piece = entry.Items.Count == 2 ? entry.Items[0].AsString() : null;
            double? score = entry.Items.Count == 2 ? entry.Items[1].AsDouble() : null;
            if (piece == null || score == null)
            {
                throw TokenizerJsonSteps.Invalid(source, $"the token {pieces.Count} is not a piece with a score.");
            }

            pieces.Add(new KeyValuePair<string, long>(piece, pieces.Count));
            scores.Add(score.Value);
        }

        unknown = null;
        if (model["unk_id"] is { Kind: JsonKind.Number } id)
        {
            unknown = pieces[Id(source, id.AsInt64(), "the unknown token", pieces.Count)].Key;
        }

        return pieces;
    }

    private static Vocabulary ReadVocabulary(
        string source, JsonValue root, JsonValue model, List<KeyValuePair<string, long>> entries, string? unknown, out List<AddedToken> added)
    {
        IReadOnlyList<JsonValue> addedEntries = root["added_tokens"]?.Items ?? Array.Empty<JsonValue>();
        long limit = (4L * (entries.Count + addedEntries.Count)) + 65536;
        long size = 0;
        foreach (KeyValuePair<string, long> entry in entries)
        {
            size = Math.Max(size, Id(source, entry.Value, entry.Key, limit) + 1);
        }

        foreach (JsonValue entry in addedEntries)
        {
            size = Math.Max(size, Id(source, entry["id"]?.AsInt64(), "an added token", limit) + 1);
        }

        string?[] pieces = new string?[size];
        var kinds = new TokenKind[size];
        bool byteFallback = FallsBackToBytes(model);
        foreach (KeyValuePair<string, long> entry in entries)
        {
            int id = (int)entry.Value;
            if (pieces[id] != null)
            {
                throw TokenizerJsonSteps.Invalid(source, $"the tokens '{JsonReader.Shorten(pieces[id]!)}' and '{JsonReader.Shorten(entry.Key)}' both have the id {id}.");
            }

            pieces[id] = entry.Key;
            kinds[id] = byteFallback && Vocabulary.ByteOf(entry.Key) != null ? TokenKind.Byte : TokenKind.Normal;
        }

        added = new List<AddedToken>();
        foreach (JsonValue entry in addedEntries)
        {
            int id = (int)entry["id"]!.AsInt64()!.Value;
            string content = TokenizerJsonSteps.Text(source, entry, "content");
            if (content.Length == 0 || content.Length > MaxAddedLength || (pieces[id] != null && pieces[id] != content))
            {
                throw TokenizerJsonSteps.Invalid(
                    source, $"the added token '{JsonReader.Shorten(content)}' is empty, too long, or has the id {id} of '{JsonReader.Shorten(pieces[id] ?? string.Empty)}'.");
            }

            bool special = entry["special"]?.AsBoolean() ?? false;
            pieces[id] = content;
            kinds[id] = content == unknown ? TokenKind.Unknown : special ? TokenKind.Control : TokenKind.Normal;
            added.Add(new AddedToken(id, content, special)
            {
                StripsLeft = entry["lstrip"]?.AsBoolean() ?? false,
                StripsRight = entry["rstrip"]?.AsBoolean() ?? false,
                IsSingleWord = entry["single_word"]?.AsBoolean() ?? false,
                IsNormalized = entry["normalized"]?.AsBoolean() ?? !special,
            });
        }

        for (int id = 0; id < pieces.Length; id++)
        {
            if (pieces[id] == null)
            {
                pieces[id] = string.Empty;
                kinds[id] = TokenKind.Unused;
            }
            else if (pieces[id] == unknown)
            {
                kinds[id] = TokenKind.Unknown;
            }
        }

        return new Vocabulary(pieces!, kinds, source);
    }

    private static Dictionary<long, BpeModel.Merge> ReadMerges(string source, JsonValue model, Vocabulary vocabulary)
    {
        JsonValue? list = model["merges"];
        if (list == null || list.Kind != JsonKind.Array)
        {
            throw TokenizerJsonSteps.Invalid(source, "the model has no merges.");
        }

        var merges = new MergeTable(vocabulary, source, list.Items.Count);
        foreach (JsonValue entry in list.Items)
        {
            if (entry.AsString() is string text)
            {
                merges.Add(text);
            }
            else
            {
                merges.Add(entry.Items.Count == 2 ? entry.Items[0].AsString() : null, entry.Items.Count == 2 ? entry.Items[1].AsString() : null);
            }
        }

        return merges.Merges;
    }

    private static void ReadPostProcessor(string source, JsonValue? processor, Vocabulary vocabulary, List<int> prefix, List<int> suffix)
    {
        if (processor == null || processor.Kind == JsonKind.Null)
        {
            return;
        }

        string type = TokenizerJsonSteps.TypeOf(processor);
        switch (type)
        {
            case "Sequence":
                foreach (JsonValue part in processor["processors"]?.Items ?? Array.Empty<JsonValue>())
                {
                    ReadPostProcessor(source, part, vocabulary, prefix, suffix);
                }

                break;
            case "ByteLevel":
                // Moves offsets only.
                break;
            case "BertProcessing":
            case "RobertaProcessing":
                prefix.Add(PairId(source, processor["cls"], vocabulary));
                suffix.Add(PairId(source, processor["sep"], vocabulary));
                break;
            case "TemplateProcessing":
                ReadTemplate(source, processor, vocabulary, prefix, suffix);
                break;
            default:
                throw TokenizerJsonSteps.Unsupported(source, "the post-processor", type);
        }
    }

    private static void ReadTemplate(string source, JsonValue processor, Vocabulary vocabulary, List<int> prefix, List<int> suffix)
    {
        bool seen = false;
        foreach (JsonValue part in processor["single"]?.Items ?? Array.Empty<JsonValue>())
        {
            if (part["Sequence"] != null)
            {
                seen = true;
                continue;
            }

            string token = part["SpecialToken"]?["id"]?.AsString() ?? "?";
            IReadOnlyList<JsonValue> ids = processor["special_tokens"]?[token]?["ids"]?.Items ?? Array.Empty<JsonValue>();
            if (ids.Count == 0)
            {
                throw TokenizerJsonSteps.Invalid(source, $"the post-processor names the token '{JsonReader.Shorten(token)}' without an id.");
            }

            foreach (JsonValue id in ids)
            {
                (seen ? suffix : prefix).Add(Id(source, id.AsInt64(), token, vocabulary.Count));
            }
        }
    }

    /// <summary>The id of a token given as [text, id].</summary>
    private static int PairId(string source, JsonValue? pair, Vocabulary vocabulary)
        => Id(source, pair?.Items.Count == 2 ? pair.Items[1].AsInt64() : null, "a token of the post-processor", vocabulary.Count);

    private static int Id(string source, long? id, string token, long limit)
        => id >= 0 && id < limit
            ? (int)id.Value
            : throw TokenizerJsonSteps.Invalid(source, $"the id of '{JsonReader.Shorten(token)}' is missing or out of range.");
}
