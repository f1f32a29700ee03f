using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;
using NinaDB.Clr.Tokenization.Unicode;

namespace NinaDB.Clr.Tokenization;

/// <summary>Reads the normalizer, the pre-tokenizer and the decoder of a tokenizer.json.</summary>
internal static class TokenizerJsonSteps
{
    /// <summary>Reads a normalizer; null for one that changes nothing.</summary>
    public static void ReadNormalizer(string source, JsonValue? normalizer, List<TextStep> steps)
    {
        if (normalizer == null || normalizer.Kind == JsonKind.Null)
        {
            return;
        }

        string type = TypeOf(normalizer);
        switch (type)
        {
            case "Sequence":
                foreach (JsonValue part in Items(normalizer, "normalizers"))
                {
                    ReadNormalizer(source, part, steps);
                }

                break;
            case "Prepend":
                steps.Add(new PrependStep(Text(source, normalizer, "prepend")));
                break;
            case "Replace":
                steps.Add(ReadReplace(source, normalizer));
                break;
            case "NFC":
            case "NFD":
            case "NFKC":
            case "NFKD":
                steps.Add(new UnicodeFormStep(type));
                break;
            case "Lowercase":
                steps.Add(new LowercaseStep());
                break;
            case "Strip":
                steps.Add(new StripStep(Flag(normalizer, "strip_left", true), Flag(normalizer, "strip_right", true)));
                break;
            case "StripAccents":
                steps.Add(new StripAccentsStep());
                break;
            case "Nmt":
                steps.Add(new NmtStep());
                break;
            case "Precompiled":
                steps.Add(new CharacterMapStep(ReadCharacterMap(source, normalizer), byCharacter: true));
                break;
            default:
                throw Unsupported(source, "the normalizer", type);
        }
    }

    /// <summary>Reads a pre-tokenizer; returns whether it turns text into bytes.</summary>
    public static bool ReadPreTokenizer(string source, JsonValue? preTokenizer, List<PieceStep> steps)
    {
        var parts = new List<JsonValue>();
        Flatten(preTokenizer, parts, 0);
        bool bytes = false;
        for (int i = 0; i < parts.Count; i++)
        {
            JsonValue part = parts[i];
            string type = TypeOf(part);
            switch (type)
            {
                case "ByteLevel":
                    if (bytes)
                    {
                        throw Unsupported(source, "the pre-tokenizer", "ByteLevel twice");
                    }

                    bytes = true;
                    steps.Add(new ByteLevelStep(Flag(part, "add_prefix_space", true), Flag(part, "use_regex", true), mapsBytes: i + 1 < parts.Count));
                    break;
                case "Metaspace":
                    steps.Add(ReadMetaspace(source, part));
                    break;
                case "Split":
                    steps.Add(ReadSplit(source, part));
                    break;
                case "Digits":
                    steps.Add(new CharacterStep(type, Flag(part, "individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous));
                    break;
                case "Punctuation":
                    steps.Add(new CharacterStep(type, Behavior(source, part, SplitBehavior.Isolated)));
                    break;
                case "WhitespaceSplit":
                    steps.Add(new CharacterStep(type, SplitBehavior.Removed));
                    break;
                case "CharDelimiterSplit":
                    string delimiter = Text(source, part, "delimiter");
                    if (delimiter.Length == 0)
                    {
                        throw Invalid(source, "a delimiter is empty.");
                    }

                    steps.Add(new CharacterStep(type, SplitBehavior.Removed, TextPattern.CodePointAt(delimiter, 0, delimiter.Length)));
                    break;
                case "Whitespace":
                    steps.Add(new WhitespaceStep());
                    break;
                case "BertPreTokenizer":
                    steps.Add(new BertStep());
                    break;
                default:
                    throw Unsupported(source, "the pre-tokenizer", type);
            }
        }

        return bytes;
    }

    /// <summary>Checks that the decoder undoes what the normalizer and the pre-tokenizer do; returns whether it drops the first blank.</summary>
    public static bool ReadDecoder(string source, JsonValue? decoder, bool isByteLevel)
    {
        if (decoder == null || decoder.Kind == JsonKind.Null)
        {
            return false;
        }

        string type = TypeOf(decoder);
        switch (type)
        {
            case "Sequence":
                bool strips = false;
                foreach (JsonValue part in Items(decoder, "decoders"))
                {
                    strips |= ReadDecoder(source, part, isByteLevel);
                }

                return strips;
            case "ByteLevel" when isByteLevel:
            case "Replace" when IsBlankReplacement(decoder):
            case "ByteFallback":
            case "Fuse":
                return false;
            case "Strip" when decoder["content"]?.AsString() == " " && (decoder["stop"]?.AsInt64() ?? 0) == 0:
                return (decoder["start"]?.AsInt64() ?? 0) > 0;
            case "Metaspace":
                return ReadMetaspace(source, decoder).Prepends;
            default:
                throw Unsupported(source, "the decoder", type);
        }
    }

    /// <summary>The text of a field that must be there.</summary>
    public static string Text(string source, JsonValue parent, string name)
        => parent[name]?.AsString() ?? throw Invalid(source, $"the field '{name}' is missing.");

    /// <summary>The type of a part.</summary>
    public static string TypeOf(JsonValue part) => part["type"]?.AsString() ?? "?";

    /// <summary>An error about a tokenizer that contradicts itself.</summary>
    public static NinaException Invalid(string source, string reason) => NinaException.InFile(ErrorNumber.TokenizerInvalid, source, reason);

    /// <summary>An error about a part that this version does not know.</summary>
    public static NinaException Unsupported(string source, string what, string name)
        => NinaException.InFile(ErrorNumber.TokenizerUnsupported, source, $"{what} '{JsonReader.Shorten(name)}' is not supported by this version.");

    private static void Flatten(JsonValue? preTokenizer, List<JsonValue> parts, int depth)
    {
        if (preTokenizer == null || preTokenizer.Kind == JsonKind.Null)
        {
            return;
        }

        if (TypeOf(preTokenizer) != "Sequence" || depth > JsonLimits.Default.MaxDepth)
        {
            parts.Add(preTokenizer);
            return;
        }

        foreach (JsonValue part in Items(preTokenizer, "pretokenizers"))
        {
            Flatten(part, parts, depth + 1);
        }
    }

    private static bool IsBlankReplacement(JsonValue decoder)
        => decoder["pattern"]?["String"]?.AsString() == Tokenizer.Blank.ToString() && decoder["content"]?.AsString() == " ";

    private static IReadOnlyList<JsonValue> Items(JsonValue parent, string name) => parent[name]?.Items ?? Array.Empty<JsonValue>();

    private static bool Flag(JsonValue parent, string name, bool byDefault) => parent[name]?.AsBoolean() ?? byDefault;

    private static TextStep ReadReplace(string source, JsonValue step)
    {
        string content = Text(source, step, "content");
        string? literal = step["pattern"]?["String"]?.AsString();
        if (!string.IsNullOrEmpty(literal))
        {
            return new ReplaceStep(literal!, content);
        }

        string? pattern = step["pattern"]?["Regex"]?.AsString();
        return string.IsNullOrEmpty(pattern)
            ? throw Invalid(source, "the normalizer Replace has no pattern.")
            : new ReplacePatternStep(TextPattern.Compile(pattern!, source), content);
    }

    private static SplitStep ReadSplit(string source, JsonValue step)
    {
        SplitBehavior behavior = Behavior(source, step, null);
        bool invert = Flag(step, "invert", false);
        string? literal = step["pattern"]?["String"]?.AsString();
        if (!string.IsNullOrEmpty(literal))
        {
            return new SplitStep(null, literal!, behavior, invert);
        }

        string? pattern = step["pattern"]?["Regex"]?.AsString();
        return string.IsNullOrEmpty(pattern)
            ? throw Invalid(source, "the pre-tokenizer Split has no pattern.")
            : new SplitStep(TextPattern.Compile(pattern!, source), pattern!, behavior, invert);
    }

    private static SplitBehavior Behavior(string source, JsonValue step, SplitBehavior? byDefault)
    {
        string? name = step["behavior"]?.AsString();
        if (name == null && byDefault != null)
        {
            return byDefault.Value;
        }

        return name switch
        {
            "Removed" => SplitBehavior.Removed,
            "Isolated" => SplitBehavior.Isolated,
            "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
            "MergedWithNext" => SplitBehavior.MergedWithNext,
            "Contiguous" => SplitBehavior.Contiguous,
            _ => throw Unsupported(source, "the behaviour of a split", name ?? "?"),
        };
    }

    private static MetaspaceStep ReadMetaspace(string source, JsonValue step)
    {
        string replacement = step["replacement"]?.AsString() ?? Tokenizer.Blank.ToString();
        if (replacement != Tokenizer.Blank.ToString())
        {
            throw Unsupported(source, "the Metaspace replacement", replacement);
        }

        string scheme = step["prepend_scheme"]?.AsString() ?? (Flag(step, "add_prefix_space", true) ? "always" : "never");
        if (scheme != "always" && scheme != "first" && scheme != "never")
        {
            throw Unsupported(source, "the prepend scheme", scheme);
        }

        return new MetaspaceStep(Tokenizer.Blank, scheme, Flag(step, "split", true));
    }

    private static CharacterMap ReadCharacterMap(string source, JsonValue step)
    {
        try
        {
            return new CharacterMap(Convert.FromBase64String(Text(source, step, "precompiled_charsmap")), source);
        }
        catch (FormatException)
        {
            throw Invalid(source, "the precompiled character map is not Base64.");
        }
    }
}
