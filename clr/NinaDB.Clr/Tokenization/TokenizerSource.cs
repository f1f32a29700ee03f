using System.Collections.Generic;
using System.Text;
using NinaDB.Clr.Json;
using NinaDB.Clr.Storage;

namespace NinaDB.Clr.Tokenization;

/// <summary>The files beside a model's weights that its tokenizer is made of.</summary>
public sealed class TokenizerSource
{
    /// <summary>Puts the contents of files together; each may be null.</summary>
    public TokenizerSource(string? json, byte[]? sentencePiece = null, string? configJson = null, string? chatTemplate = null)
    {
        Json = json;
        SentencePiece = sentencePiece;
        ConfigJson = configJson;
        ChatTemplateText = chatTemplate;
    }

    /// <summary>The text of tokenizer.json.</summary>
    public string? Json { get; }

    /// <summary>The bytes of tokenizer.model.</summary>
    public byte[]? SentencePiece { get; }

    /// <summary>The text of tokenizer_config.json.</summary>
    public string? ConfigJson { get; }

    /// <summary>The text of chat_template.jinja.</summary>
    public string? ChatTemplateText { get; }

    /// <summary>A source that is tokenizer.json alone.</summary>
    public static implicit operator TokenizerSource?(string? json) => json == null ? null : new TokenizerSource(json);

    /// <summary>The tokenizer: of tokenizer.json first, then of tokenizer.model; null when there is neither. <paramref name="model"/> names the model in errors.</summary>
    public Tokenizer? Read(string model)
    {
        if (Json != null)
        {
            return TokenizerJsonReader.Read(Json, model + "/tokenizer.json", ChatTemplate());
        }

        return SentencePiece == null ? null : SentencePieceReader.Read(SentencePiece, model + "/tokenizer.model", ConfigJson, ChatTemplate());
    }

    /// <summary>
    /// The chat template: chat_template.jinja, or the field chat_template of tokenizer_config.json, which is a text or a list of named ones ("default" first).
    /// </summary>
    public string? ChatTemplate()
    {
        if (ChatTemplateText != null || ConfigJson == null)
        {
            return ChatTemplateText;
        }

        JsonValue? template = JsonValue.Parse(ConfigJson, "tokenizer_config.json")["chat_template"];
        if (template == null || template.Kind != JsonKind.Array)
        {
            return template?.AsString();
        }

        string? first = null;
        foreach (JsonValue named in template.Items)
        {
            string? text = named["template"]?.AsString();
            first ??= text;
            if (named["name"]?.AsString() == "default")
            {
                return text;
            }
        }

        return first;
    }

    /// <summary>What tells one source from another: the hash of all its contents.</summary>
    internal string Key()
    {
        var bytes = new List<byte>();
        foreach (string? text in new[] { Json, ConfigJson, ChatTemplateText })
        {
            bytes.AddRange(ContentHash.OfBytes(Encoding.UTF8.GetBytes(text ?? string.Empty)));
        }

        bytes.AddRange(ContentHash.OfBytes(SentencePiece ?? new byte[0]));
        return ContentHash.ToHex(ContentHash.OfBytes(bytes.ToArray()));
    }
}
