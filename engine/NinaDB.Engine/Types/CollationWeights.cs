using System.Globalization;

namespace NinaDB.Engine.Types;

/// <summary>Weights of one character. Primary 0 marks a combining mark; marks are up to two bytes, low byte first.</summary>
internal readonly record struct CollationElement(uint Primary, ushort Marks, byte Tertiary);

/// <summary>
/// The weight table of the Latin collations: blanks and punctuation before digits before letters; accents weigh second, case third. Primaries are 24 bits:
/// ASCII characters own their lead byte, everything else shares a lead byte by class and adds its code unit.
/// </summary>
internal static class CollationWeights
{
    /// <summary>Secondary weight of an unaccented element.</summary>
    public const byte DefaultSecondary = 2;

    private const byte StrokeMark = 0x78;
    private const byte VariantMark = 0x79;
    private const string PunctuationOrder = " '-!\"#$%&()*,./:;?@[\\]^_`{|}~+<=>";
    private const byte ControlLead = 0x02;
    private const byte PunctuationLead = 0x03;
    private const byte OtherPunctuationLead = 0x30;
    private const byte OtherSymbolLead = 0x31;
    private const byte DigitLead = 0x38;
    private const byte OtherNumberLead = 0x45;
    private const byte LetterLead = 0x50;
    private const byte OtherLetterLead = 0x90;
    private const byte SurrogateLead = 0xA0;

    private static readonly Dictionary<char, (char Base, ushort Marks)> Decomposed = BuildDecompositions();
    private static readonly Dictionary<char, string> Expansions = CollationTables.Expansions.ToDictionary(e => e.Letter, e => e.Expansion);
    private static readonly CollationElement[]?[] Pages = new CollationElement[256][];
    private static readonly byte[] Ascii = BuildAscii();

    /// <summary>Lead bytes of ASCII characters (0x02 for all control characters, which differ by code).</summary>
    public static ReadOnlySpan<byte> AsciiPrimary => Ascii;

    /// <summary>In <see cref="CollationElement.Tertiary"/>: katakana, where the hiragana letter has the same weights.</summary>
    public const byte KatakanaFlag = 4;

    /// <summary>In <see cref="CollationElement.Tertiary"/>: a letter of the other width (full-width Latin, half-width katakana).</summary>
    public const byte WidthFlag = 8;

    /// <summary>Full-width katakana (or mark) of U+FF65 to U+FF9F.</summary>
    private const string HalfWidthKatakana = "・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";

    /// <summary>A lead byte between that of an ASCII letter and the next letter's, free for letters that a language puts there.</summary>
    public static uint LeadAfter(char letter) => (uint)(LetterLead + (2 * (letter - 'a')) + 1);

    public static bool IsControl(char c) => c < ' ' || c == '\x7F';

    /// <summary>Weights of a character on its own; a letter that sorts as two weighs as a variant of the first.</summary>
    public static CollationElement Of(char c)
    {
        CollationElement[] page = Pages[c >> 8] ??= BuildPage(c >> 8);
        return page[c & 0xFF];
    }

    /// <summary>The letter that is left of an accented, wide or ligature letter in code page 1252; '\0' when there is none.</summary>
    public static char BestFit(char c)
    {
        if (c is >= '\uFF01' and <= '\uFF5E')
        {
            return (char)(c - 0xFEE0);
        }

        return Decomposed.TryGetValue(c, out (char Base, ushort Marks) parts) && parts.Base < 0x80 ? parts.Base : '\0';
    }

    private static CollationElement[] BuildPage(int page)
    {
        var elements = new CollationElement[256];
        for (int i = 0; i < 256; i++)
        {
            elements[i] = Compute((char)((page << 8) | i));
        }

        return elements;
    }

    private static CollationElement Compute(char c)
    {
        if (Expansions.TryGetValue(c, out string? expansion))
        {
            CollationElement first = Compute(expansion[0]);
            return first with { Marks = VariantMark };
        }

        if (Decomposed.TryGetValue(c, out (char Base, ushort Marks) parts))
        {
            return Compute(parts.Base) with { Marks = parts.Marks };
        }

        if (c is >= '\u0300' and <= '\u036F')
        {
            return new(0, MarkWeight(c), 1);
        }

        // Width and kana type do not matter: full-width forms are their ASCII letters, katakana their hiragana.
        if (c is >= '\uFF01' and <= '\uFF5E')
        {
            CollationElement half = Compute((char)(c - 0xFEE0));
            return half with { Tertiary = (byte)(half.Tertiary | WidthFlag) };
        }

        if (c is >= '\u30A1' and <= '\u30F6')
        {
            CollationElement hiragana = Compute((char)(c - 0x60));
            return hiragana with { Tertiary = (byte)(hiragana.Tertiary | KatakanaFlag) };
        }

        if (c is >= '\uFF65' and <= '\uFF9F')
        {
            CollationElement full = Compute(HalfWidthKatakana[c - '\uFF65']);
            return full with { Tertiary = (byte)(full.Tertiary | WidthFlag) };
        }

        return ComputeSimple(c);
    }

    private static CollationElement ComputeSimple(char c)
    {
        if (c < 128 && PunctuationOrder.IndexOf(c) is >= 0 and int order)
        {
            return new((uint)(PunctuationLead + order) << 16, 0, 1);
        }

        if (char.IsAsciiDigit(c))
        {
            return new((uint)(DigitLead + c - '0') << 16, 0, 1);
        }

        if (char.IsAsciiLetter(c))
        {
            return new((uint)(LetterLead + (2 * ((c | 0x20) - 'a'))) << 16, 0, (byte)(char.IsAsciiLetterUpper(c) ? 2 : 1));
        }

        char lower = char.ToLowerInvariant(c);
        byte tertiary = (byte)(lower == c ? 1 : 2);
        switch (CharUnicodeInfo.GetUnicodeCategory(c))
        {
            case UnicodeCategory.DecimalDigitNumber:
                return new((uint)(DigitLead + CharUnicodeInfo.GetDecimalDigitValue(c)) << 16, VariantMark, 1);
            case UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber:
                return Multi(OtherNumberLead, c, 1);
            case UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse:
                return Multi(ControlLead, c, 1);
            case UnicodeCategory.Surrogate:
                return Multi(SurrogateLead, c, 1);
            case UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol:
                return Multi(OtherSymbolLead, c, 1);
            case >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation:
            case UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator:
                return Multi(OtherPunctuationLead, c, 1);
            default:
                return Multi(OtherLetterLead, lower == 'ς' ? 'σ' : lower, tertiary);
        }
    }

    /// <summary>Code unit + 1, so that NUL differs from a lone lead byte.</summary>
    private static CollationElement Multi(byte lead, char c, byte tertiary) => new(((uint)lead << 16) | (uint)Math.Min(c + 1, 0xFFFF), 0, tertiary);

    private static byte MarkWeight(char mark) => (byte)(mark - '\u0300' + 3);

    private static byte[] BuildAscii()
    {
        var weights = new byte[128];
        for (char c = '\0'; c < 128; c++)
        {
            weights[c] = (byte)(ComputeSimple(c).Primary >> 16);
        }

        return weights;
    }

    private static Dictionary<char, (char Base, ushort Marks)> BuildDecompositions()
    {
        var map = new Dictionary<char, (char Base, ushort Marks)>();
        foreach ((string marks, string pairs) in CollationTables.Decompositions)
        {
            int packed = MarkWeight(marks[0]) | (marks.Length > 1 ? MarkWeight(marks[1]) << 8 : 0);
            for (int i = 0; i < pairs.Length; i += 2)
            {
                map[pairs[i]] = (pairs[i + 1], (ushort)packed);
            }
        }

        for (int i = 0; i < CollationTables.Strokes.Length; i += 2)
        {
            map[CollationTables.Strokes[i]] = (CollationTables.Strokes[i + 1], StrokeMark);
        }

        return map;
    }

    /// <summary>The elements of a string, letters that sort as two expanded.</summary>
    public ref struct Enumerator(ReadOnlySpan<char> text, CollationTailoring? tailoring = null)
    {
        private readonly ReadOnlySpan<char> _text = text;
        private int _position = 0;
        private string? _pending = null;

        public CollationElement Current { get; private set; }

        public bool MoveNext()
        {
            if (_pending is not null)
            {
                Current = Of(_pending[1]);
                _pending = null;
                return true;
            }

            if (_position >= _text.Length)
            {
                return false;
            }

            char c = _text[_position++];
            if (tailoring is not null && tailoring.TryFind(c, out CollationElement own))
            {
                Current = own;
                return true;
            }

            if (c >= 0x80 && Expansions.TryGetValue(c, out string? expansion))
            {
                _pending = expansion;
                Current = Of(expansion[0]);
                return true;
            }

            Current = Of(c);
            return true;
        }
    }

    /// <summary>The weights of one level in order; 0 at the end.</summary>
    public ref struct LevelEnumerator(ReadOnlySpan<char> text, int level, CollationTailoring? tailoring = null, byte tertiaryMask = 3)
    {
        private Enumerator _elements = new(text, tailoring);
        private ushort _marks = 0;

        public uint Next()
        {
            if (_marks != 0)
            {
                byte mark = (byte)_marks;
                _marks >>= 8;
                return mark;
            }

            while (_elements.MoveNext())
            {
                CollationElement e = _elements.Current;
                switch (level)
                {
                    case 1 when e.Primary != 0:
                        return e.Primary;
                    case 2 when e.Primary != 0:
                        _marks = e.Marks;
                        return DefaultSecondary;
                    case 2:
                        return e.Marks;
                    case 3 when e.Primary != 0:
                        return (uint)(e.Tertiary & tertiaryMask) | 0x10;
                }
            }

            return 0;
        }
    }
}
