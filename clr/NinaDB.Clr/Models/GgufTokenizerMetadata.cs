using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Json;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Models;

/// <summary>
/// A model's tokenizer as GGUF metadata: "llama" (SentencePiece pieces with scores and byte fallback) or "gpt2" (byte-level pieces with merges and the name of a
/// pre-tokenizer), from tokenizer.json.
/// </summary>
internal static class GgufTokenizerMetadata
{
    private const int Normal = 1;
    private const int Unknown = 2;
    private const int Control = 3;
    private const int UserDefined = 4;
    private const int Unused = 5;
    private const int Byte = 6;

    private const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Llama3Pattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Qwen2Pattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>The keys under <c>tokenizer.</c> Raises <see cref="ErrorNumber.FormatConversion"/> for a tokenizer that GGUF cannot express.</summary>
    public static IEnumerable<(string Key, GgufValue Value)> Of(LanguageModel model)
    {
        JsonValue root = JsonValue.Parse(model.TokenizerJson ?? model.Tokenizer.ToJson(), model.Name + "/tokenizer.json");
        JsonValue bpe = root["model"] ?? throw Refuse(model, "it has no model");
        string type = bpe["type"]?.AsString() ?? (bpe["merges"] != null ? "BPE" : "?");
        if (type != "BPE")
        {
            throw Refuse(model, $"its kind is {type}");
        }

        bool hasBytes = bpe["byte_fallback"]?.AsBoolean() ?? false;
        string? preTokenizer = hasBytes ? null : PreTokenizer(model, root["pre_tokenizer"]);
        string[] pieces = Pieces(model, root, bpe, hasBytes, out int[] kinds);
        var result = new List<(string Key, GgufValue Value)>
        {
            ("tokenizer.ggml.model", GgufValue.Of(hasBytes ? "llama" : "gpt2")),
            ("tokenizer.ggml.pre", GgufValue.Of(preTokenizer ?? "default")),
            ("tokenizer.ggml.tokens", GgufValue.Of(pieces)),
        };
        string[] merges = Merges(model, bpe);
        if (hasBytes)
        {
            result.Add(("tokenizer.ggml.scores", GgufValue.Of(Scores(pieces, merges))));
        }
        else
        {
            result.Add(("tokenizer.ggml.merges", GgufValue.Of(merges)));
        }

        result.Add(("tokenizer.ggml.token_type", GgufValue.Of(kinds)));
        AddSpecial(result, model, root, hasBytes);
        if (model.Tokenizer.ChatTemplate is string template)
        {
            result.Add(("tokenizer.chat_template", GgufValue.Of(template)));
        }

        return result;
    }

    private static void AddSpecial(List<(string Key, GgufValue Value)> result, LanguageModel model, JsonValue root, bool hasBytes)
    {
        AddId("tokenizer.ggml.bos_token_id", model.StartId);
        AddId("tokenizer.ggml.eos_token_id", model.Config.EndTokenIds.Count > 0 ? model.Config.EndTokenIds[0] : -1);
        AddId("tokenizer.ggml.unknown_token_id", model.Tokenizer.Vocabulary.UnknownId);
        int[] empty = model.Tokenizer.Encode(string.Empty);
        result.Add(("tokenizer.ggml.add_bos_token", GgufValue.Of(empty.Length > 0 && empty[0] == model.StartId)));
        result.Add(("tokenizer.ggml.add_eos_token", GgufValue.Of(empty.Length > 1 || (empty.Length == 1 && empty[0] != model.StartId))));
        if (hasBytes)
        {
            result.Add(("tokenizer.ggml.add_space_prefix", GgufValue.Of(Prepends(root["normalizer"]) || Prepends(root["pre_tokenizer"]))));
        }

        void AddId(string key, int id)
        {
            if (id >= 0)
            {
                result.Add((key, GgufValue.Of((uint)id)));
            }
        }
    }

    private static string[] Pieces(LanguageModel model, JsonValue root, JsonValue bpe, bool hasBytes, out int[] kinds)
    {
        int count = model.Config.VocabularySize;
        string?[] pieces = new string?[count];
        kinds = new int[count];
        string? unknown = bpe["unk_token"]?.AsString();
        foreach (KeyValuePair<string, JsonValue> entry in bpe["vocab"]?.Members ?? Array.Empty<KeyValuePair<string, JsonValue>>())
        {
            int id = (int)(entry.Value.AsInt64() ?? -1);
            if (id < 0 || id >= count)
            {
                throw Refuse(model, $"the token '{JsonReader.Shorten(entry.Key)}' has the id {id}, outside the {count} rows of the embedding");
            }

            pieces[id] = entry.Key;
            kinds[id] = entry.Key == unknown ? Unknown : hasBytes && Vocabulary.ByteOf(entry.Key) != null ? Byte : Normal;
        }

        foreach (JsonValue entry in root["added_tokens"]?.Items ?? Array.Empty<JsonValue>())
        {
            int id = (int)(entry["id"]?.AsInt64() ?? -1);
            string? content = entry["content"]?.AsString();
            if (id < 0 || id >= count || content == null)
            {
                throw Refuse(model, $"an added token has the id {id}, outside the {count} rows of the embedding");
            }

            pieces[id] = content;
            kinds[id] = content == unknown ? Unknown : entry["special"]?.AsBoolean() ?? false ? Control : UserDefined;
        }

        for (int id = 0; id < count; id++)
        {
            if (pieces[id] == null)
            {
                pieces[id] = "[PAD" + id.ToString(System.Globalization.CultureInfo.InvariantCulture) + "]";
                kinds[id] = Unused;
            }
        }

        return pieces!;
    }

    private static string[] Merges(LanguageModel model, JsonValue bpe)
    {
        IReadOnlyList<JsonValue> items = bpe["merges"]?.Items ?? throw Refuse(model, "it has no merges");
        string[] merges = new string[items.Count];
        for (int i = 0; i < merges.Length; i++)
        {
            merges[i] = items[i].AsString() ?? items[i].Items[0].AsString() + " " + items[i].Items[1].AsString();
        }

        return merges;
    }

    /// <summary>
    /// SentencePiece joins the neighbours whose joint piece has the best score, merges join by rank: the score of a piece is minus the rank of the first merge that
    /// makes it. Pieces that no merge makes are never joined; their score only has to be a number.
    /// </summary>
    private static float[] Scores(string[] pieces, string[] merges)
    {
        var ranks = new Dictionary<string, int>(merges.Length, StringComparer.Ordinal);
        for (int rank = 0; rank < merges.Length; rank++)
        {
            int blank = merges[rank].IndexOf(' ');
            string joint = merges[rank].Substring(0, blank) + merges[rank].Substring(blank + 1);
            if (!ranks.ContainsKey(joint))
            {
                ranks.Add(joint, rank);
            }
        }

        return Array.ConvertAll(pieces, p => ranks.TryGetValue(p, out int rank) ? -1f - rank : 0f);
    }

    private static bool Prepends(JsonValue? part)
    {
        switch (part?["type"]?.AsString())
        {
            case "Prepend":
                return true;
            case "Metaspace":
                return part["prepend_scheme"]?.AsString() is string scheme ? scheme != "never" : part["add_prefix_space"]?.AsBoolean() ?? true;
            case "Sequence":
                foreach (JsonValue inner in (part["normalizers"] ?? part["pretokenizers"])?.Items ?? Array.Empty<JsonValue>())
                {
                    if (Prepends(inner))
                    {
                        return true;
                    }
                }

                return false;
            default:
                return false;
        }
    }

    /// <summary>The name under which llama.cpp knows the way a text is split before merging.</summary>
    private static string PreTokenizer(LanguageModel model, JsonValue? part)
    {
        string? pattern = null;
        bool isByteLevel = false;
        foreach (JsonValue inner in part?["type"]?.AsString() == "Sequence" ? part["pretokenizers"]?.Items ?? Array.Empty<JsonValue>() : new[] { part ?? JsonValue.Null })
        {
            switch (inner["type"]?.AsString())
            {
                case "ByteLevel":
                    isByteLevel = true;
                    pattern ??= inner["use_regex"]?.AsBoolean() ?? true ? Gpt2Pattern : null;
                    break;
                case "Split":
                    pattern = inner["pattern"]?["Regex"]?.AsString();
                    break;
                default:
                    throw Refuse(model, $"its pre-tokenizer is {inner["type"]?.AsString() ?? "missing"}");
            }
        }

        string? name = pattern switch
        {
            Gpt2Pattern => "gpt-2",
            Llama3Pattern => "llama-bpe",
            Qwen2Pattern => "qwen2",
            _ => null,
        };
        return isByteLevel && name != null ? name : throw Refuse(model, "its pre-tokenizer splits by a pattern that GGUF has no name for");
    }

    private static NinaException Refuse(LanguageModel model, string reason)
        => new(ErrorNumber.FormatConversion, $"The tokenizer of model '{model.Name}' cannot be written as GGUF: {reason}.");
}
