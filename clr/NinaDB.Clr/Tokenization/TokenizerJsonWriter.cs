using System;
using System.Collections.Generic;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Tokenization;

/// <summary>
/// Writes a SentencePiece tokenizer (pieces with scores) as tokenizer.json. Merges are not stored in it: they are every split of a piece
/// into two pieces, the better score first, which joins the same neighbours.
/// </summary>
internal static class TokenizerJsonWriter
{
    public static string Write(Vocabulary vocabulary, float[] scores, IReadOnlyList<int> prefix, bool spacePrefix)
    {
        string blank = Tokenizer.Blank.ToString();
        var added = new List<JsonValue>();
        JsonValue vocab = JsonValue.NewObject();
        for (int id = 0; id < vocabulary.Count; id++)
        {
            TokenKind kind = vocabulary.KindOf(id);
            if (kind == TokenKind.Unused || vocabulary.IdOf(vocabulary[id]) != id)
            {
                continue;
            }

            vocab.Set(vocabulary[id], JsonValue.Of(id));
            if (kind == TokenKind.Control || kind == TokenKind.Unknown)
            {
                added.Add(JsonValue.NewObject()
                    .Set("id", JsonValue.Of(id))
                    .Set("content", JsonValue.Of(vocabulary[id]))
                    .Set("single_word", JsonValue.False)
                    .Set("lstrip", JsonValue.False)
                    .Set("rstrip", JsonValue.False)
                    .Set("normalized", JsonValue.False)
                    .Set("special", JsonValue.True));
            }
        }

        var normalizers = new List<JsonValue>();
        if (spacePrefix)
        {
            normalizers.Add(JsonValue.NewObject().Set("type", JsonValue.Of("Prepend")).Set("prepend", JsonValue.Of(blank)));
        }

        normalizers.Add(Replace(" ", blank));
        var decoders = new List<JsonValue>
        {
            Replace(blank, " "),
            JsonValue.NewObject().Set("type", JsonValue.Of("ByteFallback")),
            JsonValue.NewObject().Set("type", JsonValue.Of("Fuse")),
        };
        if (spacePrefix)
        {
            decoders.Add(JsonValue.NewObject()
                .Set("type", JsonValue.Of("Strip")).Set("content", JsonValue.Of(" ")).Set("start", JsonValue.Of(1)).Set("stop", JsonValue.Of(0)));
        }

        JsonValue model = JsonValue.NewObject()
            .Set("type", JsonValue.Of("BPE"))
            .Set("dropout", JsonValue.Null)
            .Set("unk_token", vocabulary.UnknownId >= 0 ? JsonValue.Of(vocabulary[vocabulary.UnknownId]) : JsonValue.Null)
            .Set("continuing_subword_prefix", JsonValue.Null)
            .Set("end_of_word_suffix", JsonValue.Null)
            .Set("fuse_unk", JsonValue.True)
            .Set("byte_fallback", JsonValue.True)
            .Set("ignore_merges", JsonValue.False)
            .Set("vocab", vocab)
            .Set("merges", JsonValue.OfItems(Merges(vocabulary, scores)));
        return JsonWriter.ToText(
            JsonValue.NewObject()
                .Set("version", JsonValue.Of("1.0"))
                .Set("truncation", JsonValue.Null)
                .Set("padding", JsonValue.Null)
                .Set("added_tokens", JsonValue.OfItems(added))
                .Set("normalizer", Sequence("normalizers", normalizers))
                .Set("pre_tokenizer", JsonValue.Null)
                .Set("post_processor", PostProcessor(vocabulary, prefix))
                .Set("decoder", Sequence("decoders", decoders))
                .Set("model", model),
            indented: true) + "\n";
    }

    private static IEnumerable<JsonValue> Merges(Vocabulary vocabulary, float[] scores)
    {
        var merges = new List<(float Score, int Id, int Left, int Right)>();
        for (int id = 0; id < vocabulary.Count; id++)
        {
            string piece = vocabulary[id];
            if (vocabulary.KindOf(id) != TokenKind.Normal || vocabulary.IdOf(piece) != id)
            {
                continue;
            }

            for (int split = 1; split < piece.Length; split++)
            {
                int left = vocabulary.IdOf(piece.Substring(0, split));
                int right = vocabulary.IdOf(piece.Substring(split));
                if (left >= 0 && right >= 0)
                {
                    merges.Add((scores[id], id, left, right));
                }
            }
        }

        merges.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score)
            : a.Id != b.Id ? a.Id.CompareTo(b.Id)
            : a.Left != b.Left ? a.Left.CompareTo(b.Left) : a.Right.CompareTo(b.Right));
        foreach ((float _, int _, int left, int right) in merges)
        {
            yield return JsonValue.OfItems(new[] { JsonValue.Of(vocabulary[left]), JsonValue.Of(vocabulary[right]) });
        }
    }

    private static JsonValue PostProcessor(Vocabulary vocabulary, IReadOnlyList<int> prefix)
    {
        if (prefix.Count == 0)
        {
            return JsonValue.Null;
        }

        var single = new List<JsonValue>();
        JsonValue special = JsonValue.NewObject();
        foreach (int id in prefix)
        {
            string token = vocabulary[id];
            single.Add(JsonValue.NewObject().Set("SpecialToken", JsonValue.NewObject().Set("id", JsonValue.Of(token)).Set("type_id", JsonValue.Of(0))));
            special.Set(token, JsonValue.NewObject()
                .Set("id", JsonValue.Of(token))
                .Set("ids", JsonValue.OfItems(new[] { JsonValue.Of(id) }))
                .Set("tokens", JsonValue.OfItems(new[] { JsonValue.Of(token) })));
        }

        var pair = new List<JsonValue>(single);
        single.Add(SequencePart("A", 0));
        pair.Add(SequencePart("A", 0));
        pair.Add(SequencePart("B", 1));
        return JsonValue.NewObject()
            .Set("type", JsonValue.Of("TemplateProcessing"))
            .Set("single", JsonValue.OfItems(single))
            .Set("pair", JsonValue.OfItems(pair))
            .Set("special_tokens", special);
    }

    private static JsonValue SequencePart(string id, int type)
        => JsonValue.NewObject().Set("Sequence", JsonValue.NewObject().Set("id", JsonValue.Of(id)).Set("type_id", JsonValue.Of(type)));

    private static JsonValue Sequence(string name, IEnumerable<JsonValue> parts)
        => JsonValue.NewObject().Set("type", JsonValue.Of("Sequence")).Set(name, JsonValue.OfItems(parts));

    private static JsonValue Replace(string pattern, string content)
        => JsonValue.NewObject()
            .Set("type", JsonValue.Of("Replace"))
            .Set("pattern", JsonValue.NewObject().Set("String", JsonValue.Of(pattern)))
            .Set("content", JsonValue.Of(content));
}
