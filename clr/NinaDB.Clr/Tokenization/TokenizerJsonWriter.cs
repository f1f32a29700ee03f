using System;
using System.Collections.Generic;
using System.Linq;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Tokenization;

/// <summary>
/// Writes a tokenizer as tokenizer.json (Hugging Face tokenizers). SentencePiece's scores become merges: every split of a piece into two pieces, the better
/// score first, which joins the same neighbours.
/// </summary>
internal static class TokenizerJsonWriter
{
    public static string Write(Tokenizer tokenizer)
    {
        TokenizerParts parts = tokenizer.Parts;
        return JsonWriter.ToText(
            JsonValue.NewObject()
                .Set("version", JsonValue.Of("1.0"))
                .Set("truncation", JsonValue.Null)
                .Set("padding", JsonValue.Null)
                .Set("added_tokens", JsonValue.OfItems(Added(tokenizer)))
                .Set("normalizer", Steps("normalizers", parts.Normalizer.ConvertAll(s => s.ToJson())))
                .Set("pre_tokenizer", Steps("pretokenizers", parts.PreTokenizer.ConvertAll(s => s.ToJson())))
                .Set("post_processor", PostProcessor(parts))
                .Set("decoder", Decoder(tokenizer))
                .Set("model", parts.Model is UnigramModel unigram ? Unigram(parts.Vocabulary, unigram) : Bpe(parts.Vocabulary, (BpeModel)parts.Model)),
            indented: true) + "\n";
    }

    /// <summary>Tokens that are found by their spelling, and all that are no text, by id.</summary>
    private static IEnumerable<JsonValue> Added(Tokenizer tokenizer)
    {
        var tokens = new SortedDictionary<int, AddedToken>();
        foreach (AddedToken token in tokenizer.Added.Tokens)
        {
            tokens[token.Id] = token;
        }

        Vocabulary vocabulary = tokenizer.Vocabulary;
        for (int id = 0; id < vocabulary.Count; id++)
        {
            TokenKind kind = vocabulary.KindOf(id);
            if ((kind == TokenKind.Control || kind == TokenKind.Unknown) && vocabulary[id].Length > 0 && vocabulary.IdOf(vocabulary[id]) == id && !tokens.ContainsKey(id))
            {
                tokens.Add(id, new AddedToken(id, vocabulary[id], true));
            }
        }

        return tokens.Values.Select(token => JsonValue.NewObject()
            .Set("id", JsonValue.Of(token.Id))
            .Set("content", JsonValue.Of(token.Text))
            .Set("single_word", JsonValue.Of(token.IsSingleWord))
            .Set("lstrip", JsonValue.Of(token.StripsLeft))
            .Set("rstrip", JsonValue.Of(token.StripsRight))
            .Set("normalized", JsonValue.Of(token.IsNormalized))
            .Set("special", JsonValue.Of(token.IsSpecial)));
    }

    private static JsonValue Bpe(Vocabulary vocabulary, BpeModel model)
    {
        JsonValue vocab = JsonValue.NewObject();
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.KindOf(id) != TokenKind.Unused && vocabulary.IdOf(vocabulary[id]) == id)
            {
                vocab.Set(vocabulary[id], JsonValue.Of(id));
            }
        }

        // Ids past the vocabulary are characters that are no tokens; tokenizer.json has no merges for them.
        IEnumerable<JsonValue> merges = model.Merges
            .Select(m => (Left: (int)(m.Key >> 32), Right: (int)m.Key, m.Value.Rank, m.Value.Id))
            .Where(m => m.Left < vocabulary.Count && m.Right < vocabulary.Count)
            .OrderBy(m => m.Rank).ThenBy(m => m.Id).ThenBy(m => m.Left).ThenBy(m => m.Right)
            .Select(m => JsonValue.OfItems(new[] { JsonValue.Of(vocabulary[m.Left]), JsonValue.Of(vocabulary[m.Right]) }));
        return JsonValue.NewObject()
            .Set("type", JsonValue.Of("BPE"))
            .Set("dropout", JsonValue.Null)
            .Set("unk_token", vocabulary.UnknownId >= 0 ? JsonValue.Of(vocabulary[vocabulary.UnknownId]) : JsonValue.Null)
            .Set("continuing_subword_prefix", JsonValue.Null)
            .Set("end_of_word_suffix", JsonValue.Null)
            .Set("fuse_unk", JsonValue.Of(model.Options.FusesUnknown))
            .Set("byte_fallback", JsonValue.Of(model.Options.FallsBackToBytes))
            .Set("ignore_merges", JsonValue.Of(model.Options.IgnoresMerges))
            .Set("vocab", vocab)
            .Set("merges", JsonValue.OfItems(merges));
    }

    private static JsonValue Unigram(Vocabulary vocabulary, UnigramModel model)
    {
        var vocab = new List<JsonValue>(model.Scores.Count);
        for (int id = 0; id < model.Scores.Count; id++)
        {
            vocab.Add(JsonValue.OfItems(new[] { JsonValue.Of(vocabulary[id]), JsonValue.Of(model.Scores[id]) }));
        }

        return JsonValue.NewObject()
            .Set("type", JsonValue.Of("Unigram"))
            .Set("unk_id", vocabulary.UnknownId >= 0 ? JsonValue.Of(vocabulary.UnknownId) : JsonValue.Null)
            .Set("vocab", JsonValue.OfItems(vocab))
            .Set("byte_fallback", JsonValue.Of(model.FallsBackToBytes));
    }

    private static JsonValue Decoder(Tokenizer tokenizer)
    {
        if (tokenizer.IsByteLevel)
        {
            return new ByteLevelStep(addPrefixSpace: true, usePattern: true, mapsBytes: false).ToJson();
        }

        var decoders = new List<JsonValue>
        {
            new ReplaceStep(Tokenizer.Blank.ToString(), " ").ToJson(),
            JsonValue.NewObject().Set("type", JsonValue.Of("ByteFallback")),
            JsonValue.NewObject().Set("type", JsonValue.Of("Fuse")),
        };
        if (tokenizer.StripsLeadingBlank)
        {
            decoders.Add(JsonValue.NewObject()
                .Set("type", JsonValue.Of("Strip")).Set("content", JsonValue.Of(" ")).Set("start", JsonValue.Of(1)).Set("stop", JsonValue.Of(0)));
        }

        return Sequence("decoders", decoders);
    }

    private static JsonValue PostProcessor(TokenizerParts parts)
    {
        if (parts.Prefix.Length == 0 && parts.Suffix.Length == 0)
        {
            return JsonValue.Null;
        }

        JsonValue special = JsonValue.NewObject();
        foreach (int id in parts.Prefix.Concat(parts.Suffix))
        {
            string token = parts.Vocabulary[id];
            special.Set(token, JsonValue.NewObject()
                .Set("id", JsonValue.Of(token))
                .Set("ids", JsonValue.OfItems(new[] { JsonValue.Of(id) }))
                .Set("tokens", JsonValue.OfItems(new[] { JsonValue.Of(token) })));
        }

        List<JsonValue> single = Template(parts, "A", 0);
        return JsonValue.NewObject()
            .Set("type", JsonValue.Of("TemplateProcessing"))
            .Set("single", JsonValue.OfItems(single))
            .Set("pair", JsonValue.OfItems(single.Concat(Template(parts, "B", 1))))
            .Set("special_tokens", special);
    }

    private static List<JsonValue> Template(TokenizerParts parts, string sequence, int type)
    {
        JsonValue Token(int id) => JsonValue.NewObject()
            .Set("SpecialToken", JsonValue.NewObject().Set("id", JsonValue.Of(parts.Vocabulary[id])).Set("type_id", JsonValue.Of(type)));
        var items = parts.Prefix.Select(Token).ToList();
        items.Add(JsonValue.NewObject().Set("Sequence", JsonValue.NewObject().Set("id", JsonValue.Of(sequence)).Set("type_id", JsonValue.Of(type))));
        items.AddRange(parts.Suffix.Select(Token));
        return items;
    }

    private static JsonValue Steps(string name, List<JsonValue> steps) => steps.Count == 0 ? JsonValue.Null : steps.Count == 1 ? steps[0] : Sequence(name, steps);

    private static JsonValue Sequence(string name, IEnumerable<JsonValue> parts)
        => JsonValue.NewObject().Set("type", JsonValue.Of("Sequence")).Set(name, JsonValue.OfItems(parts));
}
