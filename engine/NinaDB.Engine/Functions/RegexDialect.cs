using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Functions;

/// <summary>
/// Reads a pattern in RE2's dialect, which SQL Server's REGEXP_ functions speak, and writes what means the same to .NET. What RE2 refuses is refused here with its words
/// (errors 19300, 19307, 19308, 19309); \d, \s, \w and \b are ASCII; a $ outside multiline mode is the end of the text only; groups are numbered, never named.
/// </summary>
/// <remarks>https://github.com/google/re2/wiki/Syntax.</remarks>
internal sealed partial class RegexDialect
{
    private const int MaximumRepeat = 1000;

    private readonly string _pattern;
    private readonly bool _fromRowset;
    private readonly StringBuilder _output = new();
    private readonly Stack<Modes> _groups = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private Modes _modes;
    private int _at;

    /// <summary>Whether something stands before the current position that a quantifier could repeat.</summary>
    private bool _hasArgument;

    /// <summary>Start of the quantifier that was read last; -1 when the last item is no quantifier.</summary>
    private int _lastQuantifier = -1;

    private RegexDialect(string pattern, bool isMultiline, bool fromRowset)
    {
        _pattern = pattern;
        _fromRowset = fromRowset;
        _modes = new Modes(isMultiline, false);
    }

    /// <summary>Modes that change the translation; i and s are .NET's own.</summary>
    private readonly record struct Modes(bool Multiline, bool Ungreedy);

    /// <summary>Whether the pattern asks for word boundaries, whose translation depends on the text.</summary>
    public bool HasWordBoundary { get; private set; }

    /// <summary>Translates a pattern.</summary>
    /// <param name="asciiText">Word boundaries of .NET may stand for RE2's: the text has no letters beyond ASCII.</param>
    /// <param name="fromRowset">The table-valued functions raise the same errors with other states.</param>
    public static (string Pattern, bool HasWordBoundary) Translate(string pattern, bool isMultiline, bool asciiText, bool fromRowset)
    {
        var dialect = new RegexDialect(pattern, isMultiline, fromRowset) { AsciiText = asciiText };
        dialect.Read();
        return (dialect._output.ToString(), dialect.HasWordBoundary);
    }

    private bool AsciiText { get; init; }

    private void Read()
    {
        while (_at < _pattern.Length)
        {
            char c = _pattern[_at];
            int start = _at;
            switch (c)
            {
                case '(':
                    ReadGroup();
                    continue;
                case '|':
                    _at++;
                    _output.Append('|');
                    _hasArgument = false;
                    _lastQuantifier = -1;
                    continue;
                case ')':
                    if (_groups.Count == 0)
                    {
                        throw SqlErrors.CreateWithState(19307, State(1, 2), _pattern);
                    }

                    _at++;
                    _modes = _groups.Pop();
                    Item(")");
                    continue;
                case '^':
                    _at++;
                    Item("^");
                    continue;
                case '$':
                    _at++;
                    Item(_modes.Multiline ? "$" : @"\z");
                    continue;
                case '.':
                    _at++;
                    Item(".");
                    continue;
                case '[':
                    Item(ReadClass());
                    continue;
                case '*' or '+' or '?':
                    _at++;
                    ReadQuantifier(start, c.ToString());
                    continue;
                case '{':
                    if (TryReadCount() is { } count)
                    {
                        ReadQuantifier(start, count);
                    }
                    else
                    {
                        _at++;
                        Item(@"\{");
                    }

                    continue;
                case '\\':
                    ReadEscape();
                    continue;
                default:
                    _at++;
                    Item(Literal(c));
                    continue;
            }
        }

        if (_groups.Count > 0)
        {
            throw MissingParenthesis();
        }
    }

    private void Item(string text)
    {
        _output.Append(text);
        _hasArgument = true;
        _lastQuantifier = -1;
    }

    private byte State(byte scalar, byte rowset) => _fromRowset ? rowset : scalar;

    private SqlErrorException Invalid(string detail) => SqlErrors.CreateWithState(19300, State(1, 2), _pattern, detail);

    private SqlErrorException MissingParenthesis() => SqlErrors.CreateWithState(19308, State(1, 3), ")", _pattern);

    private SqlErrorException MissingBracket() => SqlErrors.CreateWithState(19308, State(2, 4), "]", _pattern);

    /// <summary>One character without any special meaning.</summary>
    private static string Literal(int c) => c switch
    {
        > 0xFFFF => char.ConvertFromUtf32(c),
        >= 0xD800 and <= 0xDFFF => ((char)c).ToString(),
        _ when char.IsAsciiLetterOrDigit((char)c) || c > 0x7F => ((char)c).ToString(),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{c:X4}"),
    };

    // ---- repetition ----

    /// <summary>{n}, {n,} or {n,m} at the current position, which it passes over; null when the brace is an ordinary character.</summary>
    private string? TryReadCount()
    {
        int i = _at + 1;
        if (!Digits(ref i, out int low))
        {
            return null;
        }

        int high = low;
        if (i < _pattern.Length && _pattern[i] == ',')
        {
            i++;
            if (i < _pattern.Length && _pattern[i] == '}')
            {
                high = -1;
            }
            else if (!Digits(ref i, out high))
            {
                return null;
            }
        }

        if (i >= _pattern.Length || _pattern[i] != '}')
        {
            return null;
        }

        string text = _pattern[_at..(i + 1)];
        _at = i + 1;
        return low > MaximumRepeat || high > MaximumRepeat || (high >= 0 && high < low) ? throw Invalid($"invalid repetition size: {text}") : text;
    }

    private bool Digits(ref int i, out int value)
    {
        int from = i;
        while (i < _pattern.Length && char.IsAsciiDigit(_pattern[i]))
        {
            i++;
        }

        value = i - from > 6 ? int.MaxValue : 0;
        return i > from && (value != 0 || int.TryParse(_pattern.AsSpan(from, i - from), NumberStyles.None, CultureInfo.InvariantCulture, out value));
    }

    private void ReadQuantifier(int start, string text)
    {
        bool lazy = _at < _pattern.Length && _pattern[_at] == '?';
        if (lazy)
        {
            _at++;
        }

        if (_lastQuantifier >= 0)
        {
            throw Invalid($"bad repetition operator: {_pattern[_lastQuantifier.._at]}");
        }

        if (!_hasArgument)
        {
            throw Invalid($"no argument for repetition operator: {_pattern[start.._at]}");
        }

        _output.Append(text).Append(lazy != _modes.Ungreedy ? "?" : "");
        _lastQuantifier = start;
    }

    // ---- groups ----

    private void ReadGroup()
    {
        int start = _at;
        if (start + 1 >= _pattern.Length || _pattern[start + 1] != '?')
        {
            _at++;
            Open("(");
            return;
        }

        if (start + 2 >= _pattern.Length)
        {
            throw MissingParenthesis();
        }

        if (_pattern.AsSpan(start).StartsWith("(?P<", StringComparison.Ordinal))
        {
            int end = _pattern.IndexOf('>', start + 4);
            if (end < 0)
            {
                throw Invalid($"invalid named capture group: {_pattern[start..]}");
            }

            string name = _pattern[(start + 4)..end];
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || !_names.Add(name))
            {
                throw Invalid($"invalid named capture group: {_pattern[start..(end + 1)]}");
            }

            _at = end + 1;
            Open("(");
            return;
        }

        ReadFlags(start);
    }

    private void Open(string text)
    {
        _groups.Push(_modes);
        _output.Append(text);
        _hasArgument = false;
        _lastQuantifier = -1;
    }

    /// <summary>(?flags) and (?flags:...).</summary>
    private void ReadFlags(int start)
    {
        Modes modes = _modes;
        bool isNegative = false;
        bool sawFlag = false;
        string on = "";
        string off = "";
        for (_at = start + 2; ; _at++)
        {
            char c = _at < _pattern.Length ? _pattern[_at] : throw MissingParenthesis();
            switch (c)
            {
                case 'i' or 's' or 'm' or 'U':
                    sawFlag = true;
                    modes = c == 'm' ? modes with { Multiline = !isNegative } : c == 'U' ? modes with { Ungreedy = !isNegative } : modes;
                    if (c != 'U' && isNegative)
                    {
                        off += c;
                    }
                    else if (c != 'U')
                    {
                        on += c;
                    }

                    continue;
                case '-' when !isNegative:
                    isNegative = true;
                    sawFlag = false;
                    continue;
                case ':' or ')' when !isNegative || sawFlag:
                    _at++;
                    string flags = on + (off.Length > 0 ? "-" + off : "");
                    if (c == ':')
                    {
                        Open($"(?{flags}:");
                    }
                    else
                    {
                        // The mode holds to the end of the enclosing group, whose modes come back there.
                        _output.Append(flags.Length > 0 ? $"(?{flags})" : "");
                        _hasArgument = false;
                        _lastQuantifier = -1;
                    }

                    _modes = modes;
                    return;
                default:
                    throw Invalid($"invalid perl operator: {_pattern[start..(_at + 1)]}");
            }
        }
    }

    // ---- escapes ----

    private void ReadEscape()
    {
        if (_at + 1 >= _pattern.Length)
        {
            throw SqlErrors.CreateWithState(19309, State(1, 2), _pattern);
        }

        char c = _pattern[_at + 1];
        switch (c)
        {
            case 'Q':
                ReadQuoted();
                return;
            case 'A' or 'z':
                _at += 2;
                Item("\\" + c);
                return;
            case 'b' or 'B':
                _at += 2;
                HasWordBoundary = true;
                Item(AsciiText ? "\\" + c
                    : c == 'b' ? "(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))"
                    : "(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))");
                return;
            case 'd' or 'D' or 's' or 'S' or 'w' or 'W':
                _at += 2;
                Item($"[{Ranges(PerlClass(c), isNegative: false)}]");
                return;
            case 'p' or 'P':
                Item($"[{ReadUnicodeClass()}]");
                return;
            default:
                Item(Literal(ReadCharacterEscape()));
                return;
        }
    }

    /// <summary>\Q...\E: everything between is literal.</summary>
    private void ReadQuoted()
    {
        int end = _pattern.IndexOf(@"\E", _at + 2, StringComparison.Ordinal);
        string text = _pattern[(_at + 2)..(end < 0 ? _pattern.Length : end)];
        foreach (char c in text)
        {
            Item(Literal(c));
        }

        _at = end < 0 ? _pattern.Length : end + 2;
    }

    /// <summary>An escape that stands for one character; the position is after it.</summary>
    private int ReadCharacterEscape()
    {
        int start = _at;
        if (start + 1 >= _pattern.Length)
        {
            throw SqlErrors.CreateWithState(19309, State(1, 2), _pattern);
        }

        char c = _pattern[start + 1];
        _at = start + 2;
        switch (c)
        {
            case >= '1' and <= '7' when _at < _pattern.Length && _pattern[_at] is >= '0' and <= '7':
            case '0':
                int octal = c - '0';
                for (int digits = 1; digits < 3 && _at < _pattern.Length && _pattern[_at] is >= '0' and <= '7'; digits++)
                {
                    octal = (octal * 8) + _pattern[_at++] - '0';
                }

                return octal;
            case 'x':
                return ReadHexadecimal(start);
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'a':
                return '\a';
            case 'f':
                return '\f';
            case 'v':
                return '\v';
            default:
                return c < 0x80 && !char.IsAsciiLetterOrDigit(c) && c != '_' ? c : throw Invalid($"invalid escape sequence: \\{c}");
        }
    }

    private int ReadHexadecimal(int start)
    {
        if (_at < _pattern.Length && _pattern[_at] == '{')
        {
            int value = 0;
            int digits = 0;
            for (_at++; _at < _pattern.Length && char.IsAsciiHexDigit(_pattern[_at]); _at++)
            {
                value = (value * 16) + Convert.ToInt32(_pattern[_at].ToString(), 16);
                digits++;
                if (value > 0x10FFFF)
                {
                    throw Invalid($"invalid escape sequence: {_pattern[start..(_at + 1)]}");
                }
            }

            if (digits == 0 || _at >= _pattern.Length || _pattern[_at] != '}')
            {
                throw Invalid($"invalid escape sequence: {_pattern[start..Math.Min(_at + 1, _pattern.Length)]}");
            }

            _at++;
            return value;
        }

        if (_at + 2 > _pattern.Length || !char.IsAsciiHexDigit(_pattern[_at]) || !char.IsAsciiHexDigit(_pattern[_at + 1]))
        {
            throw Invalid($"invalid escape sequence: {_pattern[start..Math.Min(_at + 2, _pattern.Length)]}");
        }

        _at += 2;
        return Convert.ToInt32(_pattern[(_at - 2).._at], 16);
    }
}
