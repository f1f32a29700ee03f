using System.Collections.Generic;
using System.Text;
using NinaDB.Clr.Json;
using NinaDB.Clr.Tokenization.Unicode;

namespace NinaDB.Clr.Tokenization;

/// <summary>A piece of a text that is turned into tokens by itself.</summary>
internal readonly struct TextPiece
{
    public readonly string Text;
    public readonly int Start;
    public readonly int End;

    /// <summary>Each character stands for a byte (<see cref="ByteAlphabet"/>).</summary>
    public readonly bool IsBytes;

    /// <summary>The piece starts where the whole text does.</summary>
    public readonly bool IsFirst;

    public TextPiece(string text, int start, int end, bool isFirst, bool isBytes = false)
    {
        Text = text;
        Start = start;
        End = end;
        IsFirst = isFirst;
        IsBytes = isBytes;
    }

    public TextPiece Part(int start, int end) => new(Text, start, end, IsFirst && start == Start, IsBytes);
}

/// <summary>One step of a pre-tokenizer: cuts pieces into smaller ones.</summary>
internal abstract class PieceStep
{
    /// <summary>Cuts one piece; empty pieces are not given back.</summary>
    public abstract void Apply(in TextPiece piece, List<TextPiece> output);

    /// <summary>The step as tokenizer.json writes it.</summary>
    public abstract JsonValue ToJson();

    /// <summary>An object with a type.</summary>
    protected static JsonValue Typed(string type) => JsonValue.NewObject().Set("type", JsonValue.Of(type));
}

/// <summary>What becomes of the matches of a pattern, named as in tokenizer.json.</summary>
internal enum SplitBehavior
{
    /// <summary>Matches vanish.</summary>
    Removed,

    /// <summary>Matches are pieces of their own.</summary>
    Isolated,

    /// <summary>A match belongs to what is before it.</summary>
    MergedWithPrevious,

    /// <summary>A match belongs to what comes after it.</summary>
    MergedWithNext,

    /// <summary>Matches next to each other are one piece.</summary>
    Contiguous,
}

/// <summary>Cuts at matches.</summary>
internal abstract class MatchStep : PieceStep
{
    protected MatchStep(SplitBehavior behavior) => Behavior = behavior;

    public SplitBehavior Behavior { get; }

    public override void Apply(in TextPiece piece, List<TextPiece> output)
    {
        var matches = new List<TextRange>();
        Find(piece.Text, piece.Start, piece.End, matches);
        if (matches.Count == 0 && !Inverts)
        {
            output.Add(piece);
            return;
        }

        // The piece as matches and what is between them, each with whether it matches.
        var parts = new List<Part>((2 * matches.Count) + 1);
        int done = piece.Start;
        foreach (TextRange match in matches)
        {
            AddPart(parts, done, match.Start, Inverts);
            AddPart(parts, match.Start, match.End, !Inverts);
            done = match.End;
        }

        AddPart(parts, done, piece.End, Inverts);
        Emit(piece, parts, output);
    }

    /// <summary>Whether what does not match counts as matching.</summary>
    protected virtual bool Inverts => false;

    protected abstract void Find(string text, int start, int end, List<TextRange> matches);

    private static void AddPart(List<Part> parts, int start, int end, bool matches)
    {
        if (end > start)
        {
            parts.Add(new Part(start, end, matches));
        }
    }

    private void Emit(in TextPiece piece, List<Part> parts, List<TextPiece> output)
    {
        int first = output.Count;
        bool previous = false;
        switch (Behavior)
        {
            case SplitBehavior.Removed:
            case SplitBehavior.Isolated:
                foreach (Part part in parts)
                {
                    if (!part.Matches || Behavior == SplitBehavior.Isolated)
                    {
                        output.Add(piece.Part(part.Start, part.End));
                    }
                }

                break;
            case SplitBehavior.MergedWithPrevious:
            case SplitBehavior.Contiguous:
                foreach (Part part in parts)
                {
                    bool joins = output.Count > first && (Behavior == SplitBehavior.Contiguous ? part.Matches == previous : part.Matches && !previous);
                    if (joins)
                    {
                        TextPiece last = output[output.Count - 1];
                        output[output.Count - 1] = piece.Part(last.Start, part.End);
                    }
                    else
                    {
                        output.Add(piece.Part(part.Start, part.End));
                    }

                    previous = part.Matches;
                }

                break;
            default:
                for (int i = parts.Count - 1; i >= 0; i--)
                {
                    Part part = parts[i];
                    if (output.Count > first && part.Matches && !previous)
                    {
                        TextPiece last = output[output.Count - 1];
                        output[output.Count - 1] = piece.Part(part.Start, last.End);
                    }
                    else
                    {
                        output.Add(piece.Part(part.Start, part.End));
                    }

                    previous = part.Matches;
                }

                output.Reverse(first, output.Count - first);
                break;
        }
    }

    private readonly struct Part
    {
        public readonly int Start;
        public readonly int End;
        public readonly bool Matches;

        public Part(int start, int end, bool matches)
        {
            Start = start;
            End = end;
            Matches = matches;
        }
    }
}

/// <summary>Cuts at the matches of a pattern or of a plain string.</summary>
internal sealed class SplitStep : MatchStep
{
    private readonly TextPattern? _pattern;
    private readonly string _literal;
    private readonly bool _invert;

    public SplitStep(TextPattern? pattern, string literal, SplitBehavior behavior, bool invert)
        : base(behavior)
    {
        _pattern = pattern;
        _literal = literal;
        _invert = invert;
    }

    /// <summary>Cuts at the matches of a pattern that is part of this assembly.</summary>
    public static SplitStep Isolated(string pattern) => new(TextPattern.Compile(pattern, "pattern"), pattern, SplitBehavior.Isolated, false);

    /// <summary>The pattern where its matches are pieces of their own, else null.</summary>
    public string? IsolatedPattern => _pattern != null && Behavior == SplitBehavior.Isolated && !_invert ? _literal : null;

    protected override bool Inverts => _invert;

    public override void Apply(in TextPiece piece, List<TextPiece> output)
    {
        if (_pattern == null || _invert || Behavior != SplitBehavior.Isolated)
        {
            base.Apply(piece, output);
            return;
        }

        // The way of every byte-level tokenizer: matches and what is between them, each by itself.
        var matches = new List<TextRange>();
        _pattern.FindAll(piece.Text, piece.Start, piece.End, matches);
        int done = piece.Start;
        foreach (TextRange match in matches)
        {
            if (match.Start > done)
            {
                output.Add(piece.Part(done, match.Start));
            }

            output.Add(piece.Part(match.Start, match.End));
            done = match.End;
        }

        if (done < piece.End)
        {
            output.Add(piece.Part(done, piece.End));
        }
    }

    public override JsonValue ToJson()
        => Typed("Split")
            .Set("pattern", JsonValue.NewObject().Set(_pattern != null ? "Regex" : "String", JsonValue.Of(_literal)))
            .Set("behavior", JsonValue.Of(Behavior.ToString()))
            .Set("invert", JsonValue.Of(_invert));

    protected override void Find(string text, int start, int end, List<TextRange> matches)
    {
        if (_pattern != null)
        {
            _pattern.FindAll(text, start, end, matches);
            return;
        }

        for (int i = text.IndexOf(_literal, start, end - start, System.StringComparison.Ordinal); i >= 0;
            i = text.IndexOf(_literal, i + _literal.Length, end - i - _literal.Length, System.StringComparison.Ordinal))
        {
            matches.Add(new TextRange(i, i + _literal.Length));
        }
    }
}

/// <summary>Cuts at code points of a kind: digits, punctuation, white space, one delimiter.</summary>
internal sealed class CharacterStep : MatchStep
{
    private readonly string _type;
    private readonly int _delimiter;

    public CharacterStep(string type, SplitBehavior behavior, int delimiter = -1)
        : base(behavior)
    {
        _type = type;
        _delimiter = delimiter;
    }

    /// <summary>Every digit is a piece of its own.</summary>
    public bool IsSingleDigits => _type == "Digits" && Behavior == SplitBehavior.Isolated;

    public override JsonValue ToJson() => _type switch
    {
        "Digits" => Typed(_type).Set("individual_digits", JsonValue.Of(Behavior == SplitBehavior.Isolated)),
        "Punctuation" => Typed(_type).Set("behavior", JsonValue.Of(Behavior.ToString())),
        "CharDelimiterSplit" => Typed(_type).Set("delimiter", JsonValue.Of(char.ConvertFromUtf32(_delimiter))),
        _ => Typed(_type),
    };

    protected override void Find(string text, int start, int end, List<TextRange> matches)
    {
        for (int i = start; i < end;)
        {
            int codePoint = TextPattern.CodePointAt(text, i, end);
            int next = i + (codePoint > 0xFFFF ? 2 : 1);
            bool fits = _type switch
            {
                "Digits" => UnicodeTable.IsNumeric(codePoint),
                "Punctuation" => UnicodeTable.IsPunctuation(codePoint),
                "WhitespaceSplit" => UnicodeTable.IsWhiteSpace(codePoint),
                _ => codePoint == _delimiter,
            };
            if (fits)
            {
                matches.Add(new TextRange(i, next));
            }

            i = next;
        }
    }
}

/// <summary>Words and runs of punctuation; white space vanishes.</summary>
internal sealed class WhitespaceStep : PieceStep
{
    private static readonly CodePointSet Word = CodePointSet.Word().Freeze();

    public override void Apply(in TextPiece piece, List<TextPiece> output)
    {
        int start = piece.Start;
        int kind = 0;
        for (int i = piece.Start; i < piece.End;)
        {
            int codePoint = TextPattern.CodePointAt(piece.Text, i, piece.End);
            int next = UnicodeTable.IsWhiteSpace(codePoint) ? 0 : Word.Contains(codePoint) ? 1 : 2;
            if (next != kind)
            {
                if (kind != 0)
                {
                    output.Add(piece.Part(start, i));
                }

                start = i;
                kind = next;
            }

            i += codePoint > 0xFFFF ? 2 : 1;
        }

        if (kind != 0)
        {
            output.Add(piece.Part(start, piece.End));
        }
    }

    public override JsonValue ToJson() => Typed("Whitespace");
}

/// <summary>Words by white space, every punctuation character by itself.</summary>
internal sealed class BertStep : PieceStep
{
    private readonly CharacterStep _blanks = new("WhitespaceSplit", SplitBehavior.Removed);
    private readonly CharacterStep _punctuation = new("Punctuation", SplitBehavior.Isolated);

    public override void Apply(in TextPiece piece, List<TextPiece> output)
    {
        var words = new List<TextPiece>();
        _blanks.Apply(piece, words);
        foreach (TextPiece word in words)
        {
            _punctuation.Apply(word, output);
        }
    }

    public override JsonValue ToJson() => Typed("BertPreTokenizer");
}

/// <summary>GPT-2's pattern, a blank in front where it is asked for, and bytes in place of characters for the steps after it.</summary>
internal sealed class ByteLevelStep : PieceStep
{
    /// <summary>GPT-2's pattern.</summary>
    public const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly SplitStep Words = SplitStep.Isolated(Pattern);

    private readonly bool _mapsBytes;

    public ByteLevelStep(bool addPrefixSpace, bool usePattern, bool mapsBytes)
    {
        AddPrefixSpace = addPrefixSpace;
        UsesPattern = usePattern;
        _mapsBytes = mapsBytes;
    }

    public bool AddPrefixSpace { get; }

    public bool UsesPattern { get; }

    public override void Apply(in TextPiece piece, List<TextPiece> output)
    {
        TextPiece whole = piece;
        if (AddPrefixSpace && !piece.IsBytes && piece.Text[piece.Start] != ' ')
        {
            string text = " " + piece.Text.Substring(piece.Start, piece.End - piece.Start);
            whole = new TextPiece(text, 0, text.Length, piece.IsFirst);
        }

        int first = output.Count;
        if (UsesPattern)
        {
            Words.Apply(whole, output);
        }
        else
        {
            output.Add(whole);
        }

        for (int i = first; _mapsBytes && i < output.Count; i++)
        {
            TextPiece word = output[i];
            byte[] bytes = Encoding.UTF8.GetBytes(word.Text.Substring(word.Start, word.End - word.Start));
            output[i] = new TextPiece(ByteAlphabet.ToPiece(bytes, 0, bytes.Length), 0, bytes.Length, word.IsFirst, true);
        }
    }

    public override JsonValue ToJson()
        => Typed("ByteLevel")
            .Set("add_prefix_space", JsonValue.Of(AddPrefixSpace))
            .Set("trim_offsets", JsonValue.True)
            .Set("use_regex", JsonValue.Of(UsesPattern));
}

/// <summary>SentencePiece's blanks: U+2581 for each blank, one in front where it is asked for, and pieces that start with it.</summary>
internal sealed class MetaspaceStep : PieceStep
{
    private readonly char _replacement;
    private readonly string _scheme;
    private readonly bool _split;

    public MetaspaceStep(char replacement, string scheme, bool split)
    {
        _replacement = replacement;
        _scheme = scheme;
        _split = split;
    }

    /// <summary>Whether a text gets a blank in front.</summary>
    public bool Prepends => _scheme != "never";

    public override void Apply(in TextPiece piece, List<TextPiece> output)
    {
        string text = piece.Text.Substring(piece.Start, piece.End - piece.Start).Replace(' ', _replacement);
        if ((_scheme == "always" || (_scheme == "first" && piece.IsFirst)) && text[0] != _replacement)
        {
            text = _replacement + text;
        }

        int start = 0;
        for (int i = 1; _split && i < text.Length; i++)
        {
            if (text[i] == _replacement)
            {
                output.Add(new TextPiece(text, start, i, piece.IsFirst && start == 0));
                start = i;
            }
        }

        output.Add(new TextPiece(text, start, text.Length, piece.IsFirst && start == 0));
    }

    public override JsonValue ToJson()
        => Typed("Metaspace")
            .Set("replacement", JsonValue.Of(_replacement.ToString()))
            .Set("prepend_scheme", JsonValue.Of(_scheme))
            .Set("split", JsonValue.Of(_split));
}
