using System.Collections.Generic;
using System.Globalization;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Tokenization.Unicode;

/// <summary>Parses a pattern by recursive descent: alternatives, sequences, repetitions, atoms.</summary>
internal sealed class PatternParser
{
    private const int MaxDepth = 64;
    private const int MaxRepeat = 1024;
    private const int MaxLength = 32 << 10;

    private readonly string _pattern;
    private readonly string _source;
    private int _position;
    private int _depth;
    private bool _ignoreCase;

    public PatternParser(string pattern, string source)
    {
        _pattern = pattern;
        _source = source;
        if (pattern.Length > MaxLength)
        {
            throw Error($"is longer than {MaxLength} characters");
        }
    }

    public PatternNode Parse()
    {
        PatternNode root = ParseAlternatives();
        return AtEnd ? root : throw Error("has a ')' too many");
    }

    private bool AtEnd => _position >= _pattern.Length;

    private PatternNode ParseAlternatives()
    {
        if (++_depth > MaxDepth)
        {
            throw Error("is nested too deeply");
        }

        bool outerCase = _ignoreCase;
        var branches = new List<PatternNode> { ParseSequence() };
        while (TryTake('|'))
        {
            branches.Add(ParseSequence());
        }

        _ignoreCase = outerCase;
        _depth--;
        return branches.Count == 1 ? branches[0] : new AlternativesNode(branches);
    }

    private PatternNode ParseSequence()
    {
        var parts = new List<PatternNode>();
        while (!AtEnd && _pattern[_position] != '|' && _pattern[_position] != ')')
        {
            PatternNode? atom = ParseAtom();
            if (atom != null)
            {
                parts.Add(ParseRepeat(atom));
            }
        }

        return parts.Count == 1 ? parts[0] : new SequenceNode(parts);
    }

    private PatternNode ParseRepeat(PatternNode atom)
    {
        for (int stacked = 0; !AtEnd; stacked++)
        {
            int min = 0;
            int max = int.MaxValue;
            char c = _pattern[_position];
            bool counted = false;
            switch (c)
            {
                case '*':
                    _position++;
                    break;
                case '+':
                    _position++;
                    min = 1;
                    break;
                case '?':
                    _position++;
                    max = 1;
                    break;
                case '{' when TryReadCounts(out min, out max):
                    counted = true;
                    break;
                default:
                    return atom;
            }

            if (atom is AssertionNode || stacked > 2)
            {
                throw Error("repeats something that takes no characters, or too often");
            }

            RepeatMode mode = TryTake('?') ? RepeatMode.Lazy : !counted && TryTake('+') ? RepeatMode.Possessive : RepeatMode.Greedy;
            atom = new RepeatNode(atom, min, max, mode);
        }

        return atom;
    }

    /// <summary>Reads {n}, {n,} , {n,m} or {,m}; anything else is a brace that stands for itself.</summary>
    private bool TryReadCounts(out int min, out int max)
    {
        min = 0;
        max = int.MaxValue;
        int close = _pattern.IndexOf('}', _position);
        if (close < 0)
        {
            return false;
        }

        string[] parts = _pattern.Substring(_position + 1, close - _position - 1).Split(',');
        bool fits = parts.Length <= 2
            && (int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out min) || (parts.Length == 2 && parts[0].Length == 0 && parts[1].Length > 0));
        if (fits && parts.Length == 1)
        {
            max = min;
        }
        else if (fits && parts[1].Length > 0)
        {
            fits = int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out max);
        }

        if (!fits)
        {
            return false;
        }

        if (min > MaxRepeat || (max != int.MaxValue && max > MaxRepeat) || max < min)
        {
            throw Error($"repeats {_pattern.Substring(_position, close - _position + 1)} times");
        }

        _position = close + 1;
        return true;
    }

    private PatternNode? ParseAtom()
    {
        char c = _pattern[_position];
        switch (c)
        {
            case '(':
                return ParseGroup();
            case '[':
                _position++;
                return new SetNode(ParseClass());
            case '.':
                _position++;
                return new SetNode(new CodePointSet().AddRange('\n', '\n').Negate());
            case '^':
                _position++;
                return new AssertionNode(TextPattern.Op.Start, false);
            case '$':
                _position++;
                return new AssertionNode(TextPattern.Op.End, false);
            case '*':
            case '+':
            case '?':
                throw Error($"has a '{c}' with nothing before it");
            case '\\':
                return ParseEscape();
            default:
                return Literal(TakeCodePoint());
        }
    }

    private PatternNode? ParseGroup()
    {
        _position++;
        if (!TryTake('?'))
        {
            return Close(ParseAlternatives());
        }

        if (TryTake(':'))
        {
            return Close(ParseAlternatives());
        }

        if (TryTake('='))
        {
            return new AssertionNode(TextPattern.Op.Look, false, Close(ParseAlternatives()));
        }

        if (TryTake('!'))
        {
            return new AssertionNode(TextPattern.Op.Look, true, Close(ParseAlternatives()));
        }

        if (TryTake('>'))
        {
            return new AtomicNode(Close(ParseAlternatives()));
        }

        if (TryTake('i'))
        {
            bool outer = _ignoreCase;
            _ignoreCase = true;
            if (TryTake(':'))
            {
                PatternNode body = Close(ParseAlternatives());
                _ignoreCase = outer;
                return body;
            }

            if (TryTake(')'))
            {
                return null;
            }
        }

        throw Error($"has a group of an unknown kind at '{JsonReader.Shorten(_pattern.Substring(_position - 1))}'");
    }

    private PatternNode Close(PatternNode body) => TryTake(')') ? body : throw Error("lacks a ')'");

    private PatternNode ParseEscape()
    {
        char next = _position + 1 < _pattern.Length ? _pattern[_position + 1] : '\0';
        if (next == 'b' || next == 'B')
        {
            _position += 2;
            return new AssertionNode(TextPattern.Op.WordBoundary, next == 'B');
        }

        if (next == 'A' || next == 'z')
        {
            _position += 2;
            return new AssertionNode(next == 'A' ? TextPattern.Op.Start : TextPattern.Op.End, false);
        }

        var set = new CodePointSet();
        int codePoint = ReadEscape(set);
        return codePoint >= 0 ? Literal(codePoint) : new SetNode(set);
    }

    private PatternNode Literal(int codePoint)
    {
        var set = new CodePointSet();
        AddLiteral(set, codePoint, codePoint);
        return new SetNode(set);
    }

    /// <summary>Adds a range, in both cases where case does not matter.</summary>
    private void AddLiteral(CodePointSet set, int first, int last)
    {
        set.AddRange(first, last);
        if (!_ignoreCase)
        {
            return;
        }

        if (last >= 128)
        {
            throw Error("ignores the case of characters beyond ASCII");
        }

        for (int c = first; c <= last; c++)
        {
            int lower = c | 0x20;
            if (lower >= 'a' && lower <= 'z')
            {
                set.AddRange(lower, lower).AddRange(lower & ~0x20, lower & ~0x20);
                if (lower == 's')
                {
                    set.AddRange(0x17F, 0x17F);
                }
                else if (lower == 'k')
                {
                    set.AddRange(0x212A, 0x212A);
                }
            }
        }
    }

    /// <summary>Reads a class after its '['.</summary>
    private CodePointSet ParseClass()
    {
        if (++_depth > MaxDepth)
        {
            throw Error("is nested too deeply");
        }

        bool negated = TryTake('^');
        var set = new CodePointSet();
        CodePointSet? and = null;
        bool first = true;
        while (true)
        {
            if (AtEnd)
            {
                throw Error("lacks a ']'");
            }

            char c = _pattern[_position];
            if (c == ']' && !first)
            {
                _position++;
                break;
            }

            first = false;
            if (c == '&' && _position + 1 < _pattern.Length && _pattern[_position + 1] == '&')
            {
                _position += 2;
                and = and == null ? set : set.IntersectWith(and);
                set = new CodePointSet();
                continue;
            }

            if (c == '[')
            {
                if (_position + 1 < _pattern.Length && _pattern[_position + 1] == ':')
                {
                    throw Error("has a class in the style of POSIX");
                }

                _position++;
                set.Add(ParseClass());
                continue;
            }

            int low = c == '\\' ? ReadEscape(set) : TakeCodePoint();
            if (low < 0)
            {
                continue;
            }

            int high = low;
            if (_position + 1 < _pattern.Length && _pattern[_position] == '-' && _pattern[_position + 1] != ']')
            {
                _position++;
                high = _pattern[_position] == '\\' ? ReadEscape(set) : TakeCodePoint();
                if (high < low)
                {
                    throw Error("has a range in a class that runs backwards");
                }
            }

            AddLiteral(set, low, high);
        }

        _depth--;
        if (and != null)
        {
            set = set.IntersectWith(and);
        }

        return negated ? set.Negate() : set;
    }

    /// <summary>Reads an escape: a code point, or -1 after adding what it stands for to the set.</summary>
    private int ReadEscape(CodePointSet set)
    {
        _position++;
        if (AtEnd)
        {
            throw Error("ends in a backslash");
        }

        int c = TakeCodePoint();
        switch (c)
        {
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'f':
                return '\f';
            case 'v':
                return '\v';
            case '0':
                return 0;
            case 'x':
            case 'u':
                return ReadHexadecimal(c == 'x' ? 2 : 4);
            case 's':
                set.AddWhiteSpace();
                return -1;
            case 'S':
                set.Add(new CodePointSet().AddWhiteSpace().Negate());
                return -1;
            case 'd':
                set.AddCategories(CodePointSet.CategoriesOf("Nd"));
                return -1;
            case 'D':
                set.Add(new CodePointSet().AddCategories(CodePointSet.CategoriesOf("Nd")).Negate());
                return -1;
            case 'w':
                set.Add(CodePointSet.PatternWord());
                return -1;
            case 'W':
                set.Add(CodePointSet.PatternWord().Negate());
                return -1;
            case 'p':
            case 'P':
                AddProperty(set, c == 'P');
                return -1;
            default:
                if (c < 128 && (char.IsLetterOrDigit((char)c) || c < ' '))
                {
                    throw Error($"has the unknown escape '\\{(char)c}'");
                }

                return c;
        }
    }

    private void AddProperty(CodePointSet set, bool negated)
    {
        string name;
        if (TryTake('{'))
        {
            int close = _pattern.IndexOf('}', _position);
            if (close < 0)
            {
                throw Error("lacks a '}'");
            }

            name = _pattern.Substring(_position, close - _position);
            _position = close + 1;
        }
        else
        {
            name = AtEnd ? string.Empty : _pattern[_position++].ToString();
        }

        if (name.StartsWith("^", System.StringComparison.Ordinal))
        {
            negated = !negated;
            name = name.Substring(1);
        }

        uint categories = CodePointSet.CategoriesOf(name);
        if (categories == 0 && name != "Han")
        {
            throw Error($"has the property '{JsonReader.Shorten(name)}', which is not supported");
        }

        CodePointSet property = categories != 0 ? new CodePointSet().AddCategories(categories) : CodePointSet.Han();
        set.Add(negated ? property.Negate() : property);
    }

    private int ReadHexadecimal(int digits)
    {
        string text;
        if (TryTake('{'))
        {
            int close = _pattern.IndexOf('}', _position);
            text = close < 0 ? string.Empty : _pattern.Substring(_position, close - _position);
            _position = close + 1;
        }
        else
        {
            text = _position + digits <= _pattern.Length ? _pattern.Substring(_position, digits) : string.Empty;
            _position += digits;
        }

        return int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) && value >= 0 && value < UnicodeTable.CodePointCount
            ? value
            : throw Error("has a hexadecimal escape that is no character");
    }

    private int TakeCodePoint()
    {
        int codePoint = TextPattern.CodePointAt(_pattern, _position, _pattern.Length);
        _position += codePoint > 0xFFFF ? 2 : 1;
        return codePoint;
    }

    private bool TryTake(char c)
    {
        if (!AtEnd && _pattern[_position] == c)
        {
            _position++;
            return true;
        }

        return false;
    }

    private NinaException Error(string reason)
        => NinaException.InFile(ErrorNumber.PatternUnsupported, _source, $"the pattern '{JsonReader.Shorten(_pattern)}' {reason}.");
}
