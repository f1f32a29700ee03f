using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Tokenization;

/// <summary>
/// Reads tokenizer.json (Hugging Face tokenizers): BPE with SentencePiece-style blanks and byte fallback. What it does not know it refuses
/// by name, for a tokenizer that is nearly right is worse than none.
/// </summary>
public static class TokenizerJsonReader
{
    /// <summary>Builds the tokenizer of a tokenizer.json text; <paramref name="source"/> names it in errors.</summary>
    public static Tokenizer Read(string json, string source = "tokenizer.json")
    {
        JsonValue root = JsonValue.Parse(json, source);
        JsonValue model = root["model"] ?? throw Invalid(source, "there is no model.");
        string type = model["type"]?.AsString() ?? (model["merges"] != null ? "BPE" : "none");
        if (type != "BPE")
        {
            throw Unsupported(source, "the model type", type);
        }

        RequireAbsent(source, model, "continuing_subword_prefix");
        RequireAbsent(source, model, "end_of_word_suffix");
        if (root["pre_tokenizer"] is { Kind: not JsonKind.Null } preTokenizer)
        {
            throw Unsupported(source, "the pre-tokenizer", preTokenizer["type"]?.AsString() ?? "?");
        }

        List<Tokenizer.TextRewrite> rewrites = ReadNormalizer(source, root["normalizer"]);
        bool strips = ReadDecoder(source, root["decoder"]);
        Vocabulary vocabulary = ReadVocabulary(source, root, model, out List<Tokenizer.AddedToken> added);
        Dictionary<long, RankedMerger.Merge> merges = ReadMerges(source, model, vocabulary);
        ReadPostProcessor(source, root["post_processor"], vocabulary, out List<int> prefix, out List<int> suffix);
        var merger = new RankedMerger(vocabulary, merges, model["ignore_merges"]?.AsBoolean() ?? false);
        return new Tokenizer(vocabulary, merger, rewrites, prefix.ToArray(), suffix.ToArray(), strips, added);
    }

    private static void RequireAbsent(string source, JsonValue model, string name)
    {
        string? value = model[name]?.AsString();
        if (!string.IsNullOrEmpty(value))
        {
            throw Unsupported(source, name, value!);
        }
    }

    private static List<Tokenizer.TextRewrite> ReadNormalizer(string source, JsonValue? normalizer)
    {
        var rewrites = new List<Tokenizer.TextRewrite>();
        if (normalizer == null || normalizer.Kind == JsonKind.Null)
        {
            return rewrites;
        }

        string type = normalizer["type"]?.AsString() ?? "?";
        switch (type)
        {
            case "Sequence":
                foreach (JsonValue part in normalizer["normalizers"]?.Items ?? new JsonValue[0])
                {
                    rewrites.AddRange(ReadNormalizer(source, part));
                }

                break;
            case "Prepend":
                rewrites.Add(new Tokenizer.TextRewrite(null, Text(source, normalizer, "prepend")));
                break;
            case "Replace":
                string? pattern = normalizer["pattern"]?["String"]?.AsString();
                if (string.IsNullOrEmpty(pattern))
                {
                    throw Unsupported(source, "the normalizer Replace with", "a pattern that is not a string");
                }

                rewrites.Add(new Tokenizer.TextRewrite(pattern, Text(source, normalizer, "content")));
                break;
            default:
                throw Unsupported(source, "the normalizer", type);
        }

        return rewrites;
    }

    /// <summary>Checks that the decoder is the inverse of the SentencePiece-style normaliser; returns whether it strips the first blank.</summary>
    private static bool ReadDecoder(string source, JsonValue? decoder)
    {
        if (decoder == null || decoder.Kind == JsonKind.Null)
        {
            return false;
        }

        string type = decoder["type"]?.AsString() ?? "?";
        switch (type)
        {
            case "Sequence":
                bool strips = false;
                foreach (JsonValue part in decoder["decoders"]?.Items ?? new JsonValue[0])
                {
                    strips |= ReadDecoder(source, part);
                }

                return strips;
            case "Replace" when IsBlankReplacement(decoder):
            case "ByteFallback":
            case "Fuse":
                return false;
            case "Strip" when decoder["content"]?.AsString() == " " && (decoder["stop"]?.AsInt64() ?? 0) == 0:
                return (decoder["start"]?.AsInt64() ?? 0) > 0;
            case "Metaspace":
                return true;
            default:
                throw Unsupported(source, "the decoder", type);
        }
    }

    private static bool IsBlankReplacement(JsonValue decoder)
        => decoder["pattern"]?["String"]?.AsString() == Tokenizer.Blank.ToString() && decoder["content"]?.AsString() == " ";

    private static Vocabulary ReadVocabulary(string source, JsonValue root, JsonValue model, out List<Tokenizer.AddedToken> added)
    {
        JsonValue? entries = model["vocab"];
        if (entries == null || entries.Kind != JsonKind.Object || entries.Members.Count == 0)
        {
            throw Invalid(source, "the model has no vocab.");
        }

        IReadOnlyList<JsonValue> addedEntries = root["added_tokens"]?.Items ?? new JsonValue[0];
        long limit = (4L * (entries.Members.Count + addedEntries.Count)) + 65536;
        long size = 0;
        foreach (KeyValuePair<string, JsonValue> entry in entries.Members)
        {
            size = System.Math.Max(size, Id(source, entry.Value, entry.Key, limit) + 1);
        }

        foreach (JsonValue entry in addedEntries)
        {
            size = System.Math.Max(size, Id(source, entry["id"], "an added token", limit) + 1);
        }

        string?[] pieces = new string?[size];
        var kinds = new TokenKind[size];
        foreach (KeyValuePair<string, JsonValue> entry in entries.Members)
        {
            int id = Id(source, entry.Value, entry.Key, limit);
            if (pieces[id] != null)
            {
                throw Invalid(source, $"the tokens '{pieces[id]}' and '{entry.Key}' both have the id {id}.");
            }

            pieces[id] = entry.Key;
            kinds[id] = Vocabulary.ByteOf(entry.Key) != null && (model["byte_fallback"]?.AsBoolean() ?? false) ? TokenKind.Byte : TokenKind.Normal;
        }

        string? unknown = model["unk_token"]?.AsString();
        added = new List<Tokenizer.AddedToken>();
        foreach (JsonValue entry in addedEntries)
        {
            int id = Id(source, entry["id"], "an added token", limit);
            string content = Text(source, entry, "content");
            if (content.Length == 0 || (pieces[id] != null && pieces[id] != content))
            {
                throw Invalid(source, $"the added token '{content}' has the id {id} of '{pieces[id]}'.");
            }

            bool special = entry["special"]?.AsBoolean() ?? false;
            pieces[id] = content;
            kinds[id] = content == unknown ? TokenKind.Unknown : special ? TokenKind.Control : TokenKind.Normal;
            added.Add(new Tokenizer.AddedToken(id, content, special));
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

    private static Dictionary<long, RankedMerger.Merge> ReadMerges(string source, JsonValue model, Vocabulary vocabulary)
    {
        JsonValue? list = model["merges"];
        if (list == null || list.Kind != JsonKind.Array)
        {
            throw Invalid(source, "the model has no merges.");
        }

        var merges = new Dictionary<long, RankedMerger.Merge>(list.Items.Count);
        for (int rank = 0; rank < list.Items.Count; rank++)
        {
            JsonValue entry = list.Items[rank];
            string? left;
            string? right;
            if (entry.AsString() is string text)
            {
                int blank = text.IndexOf(' ');
                if (blank < 0 || text.IndexOf(' ', blank + 1) >= 0)
                {
                    throw Invalid(source, $"merge {rank} is '{JsonReader.Shorten(text)}', not two tokens with one blank between them.");
                }

                left = text.Substring(0, blank);
                right = text.Substring(blank + 1);
            }
            else
            {
                left = entry.Items.Count == 2 ? entry.Items[0].AsString() : null;
                right = entry.Items.Count == 2 ? entry.Items[1].AsString() : null;
            }

            int leftId = left == null ? -1 : vocabulary.IdOf(left);
            int rightId = right == null ? -1 : vocabulary.IdOf(right);
            int merged = leftId < 0 || rightId < 0 ? -1 : vocabulary.IdOf(left + right);
            if (merged < 0)
            {
                throw Invalid(source, $"merge {rank} names a token that the vocabulary lacks.");
            }

            long pair = RankedMerger.Pair(leftId, rightId);
            if (!merges.ContainsKey(pair))
            {
                merges.Add(pair, new RankedMerger.Merge(rank, merged));
            }
        }

        return merges;
    }

    private static void ReadPostProcessor(string source, JsonValue? processor, Vocabulary vocabulary, out List<int> prefix, out List<int> suffix)
    {
        prefix = new List<int>();
        suffix = new List<int>();
        if (processor == null || processor.Kind == JsonKind.Null)
        {
            return;
        }

        string type = processor["type"]?.AsString() ?? "?";
        if (type != "TemplateProcessing")
        {
            throw Unsupported(source, "the post-processor", type);
        }

        bool seen = false;
        foreach (JsonValue part in processor["single"]?.Items ?? new JsonValue[0])
        {
            if (part["Sequence"] != null)
            {
                seen = true;
                continue;
            }

            string token = part["SpecialToken"]?["id"]?.AsString() ?? "?";
            int id = (int)(processor["special_tokens"]?[token]?["ids"]?.Items is { Count: 1 } ids ? ids[0].AsInt64() ?? -1 : -1);
            if (id < 0 || id >= vocabulary.Count)
            {
                throw Invalid(source, $"the post-processor names the token '{JsonReader.Shorten(token)}' without a valid id.");
            }

            (seen ? suffix : prefix).Add(id);
        }
    }

    private static int Id(string source, JsonValue? value, string token, long limit)
    {
        long id = value?.AsInt64() ?? -1;
        return id >= 0 && id < limit ? (int)id : throw Invalid(source, $"the id of '{JsonReader.Shorten(token)}' is missing or out of range.");
    }

    private static string Text(string source, JsonValue parent, string name)
        => parent[name]?.AsString() ?? throw Invalid(source, $"the field '{name}' is missing.");

    private static NinaException Invalid(string source, string reason) => NinaException.InFile(ErrorNumber.TokenizerInvalid, source, reason);

    private static NinaException Unsupported(string source, string what, string name)
        => NinaException.InFile(ErrorNumber.TokenizerUnsupported, source, $"{what} '{JsonReader.Shorten(name)}' is not supported by this version.");
}
