using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Functions;

/// <summary>Character classes: brackets, POSIX names, Unicode categories.</summary>
internal sealed partial class RegexDialect
{
    private static readonly Dictionary<string, (int From, int To)[]> PosixClasses = new(StringComparer.Ordinal)
    {
        ["alnum"] = [('0', '9'), ('A', 'Z'), ('a', 'z')],
        ["alpha"] = [('A', 'Z'), ('a', 'z')],
        ["ascii"] = [(0, 0x7F)],
        ["blank"] = [('\t', '\t'), (' ', ' ')],
        ["cntrl"] = [(0, 0x1F), (0x7F, 0x7F)],
        ["digit"] = [('0', '9')],
        ["graph"] = [('!', '~')],
        ["lower"] = [('a', 'z')],
        ["print"] = [(' ', '~')],
        ["punct"] = [('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        ["space"] = [('\t', '\r'), (' ', ' ')],
        ["upper"] = [('A', 'Z')],
        ["word"] = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        ["xdigit"] = [('0', '9'), ('A', 'F'), ('a', 'f')],
    };

    private static readonly HashSet<string> Categories = new(StringComparer.Ordinal)
    {
        "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps",
        "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    };

    /// <summary>Scripts that RE2 knows and .NET does not.</summary>
    private static readonly HashSet<string> Scripts = new(StringComparer.Ordinal)
    {
        "Arabic", "Armenian", "Balinese", "Bengali", "Bopomofo", "Braille", "Buginese", "Buhid", "Canadian_Aboriginal", "Cham", "Cherokee", "Common", "Coptic", "Cyrillic", "Deseret", "Devanagari",
        "Ethiopic", "Georgian", "Gothic", "Greek", "Gujarati", "Gurmukhi", "Han", "Hangul", "Hanunoo", "Hebrew", "Hiragana", "Inherited", "Javanese", "Kannada", "Katakana", "Khmer", "Lao", "Latin",
        "Lepcha", "Limbu", "Lisu", "Malayalam", "Mongolian", "Myanmar", "Nko", "Ogham", "Oriya", "Runic", "Sinhala", "Sundanese", "Syriac", "Tagalog", "Tagbanwa", "Tai_Le", "Tamil", "Telugu",
        "Thaana", "Thai", "Tibetan", "Tifinagh", "Vai", "Yi",
    };

    private static (int From, int To)[] PerlClass(char c) => c switch
    {
        'd' => PosixClasses["digit"],
        'w' => PosixClasses["word"],
        's' => [('\t', '\n'), ('\f', '\r'), (' ', ' ')],
        _ => Complement(PerlClass(char.ToLowerInvariant(c))),
    };

    private static (int From, int To)[] Complement((int From, int To)[] ranges)
    {
        var result = new List<(int, int)>();
        int next = 0;
        foreach ((int from, int to) in ranges)
        {
            if (from > next)
            {
                result.Add((next, from - 1));
            }

            next = to + 1;
        }

        result.Add((next, 0xFFFF));
        return [.. result];
    }

    /// <summary>Ranges as the inside of a .NET class.</summary>
    private static string Ranges((int From, int To)[] ranges, bool isNegative)
    {
        var text = new StringBuilder();
        foreach ((int from, int to) in isNegative ? Complement(ranges) : ranges)
        {
            text.Append(CultureInfo.InvariantCulture, $"\\u{from:X4}");
            if (to > from)
            {
                text.Append(CultureInfo.InvariantCulture, $"-\\u{to:X4}");
            }
        }

        return text.ToString();
    }

    /// <summary>[...], as a .NET class.</summary>
    private string ReadClass()
    {
        int start = _at++;
        var text = new StringBuilder("[");
        if (_at < _pattern.Length && _pattern[_at] == '^')
        {
            text.Append('^');
            _at++;
        }

        for (bool isFirst = true; isFirst || _at >= _pattern.Length || _pattern[_at] != ']'; isFirst = false)
        {
            if (_at >= _pattern.Length)
            {
                throw MissingBracket();
            }

            if (_pattern[_at] == '[' && _at + 2 < _pattern.Length && _pattern[_at + 1] == ':' && _pattern.IndexOf(":]", _at + 2, StringComparison.Ordinal) is >= 0 and var end)
            {
                string name = _pattern[(_at + 2)..end];
                bool isNegative = name.StartsWith('^');
                text.Append(PosixClasses.TryGetValue(isNegative ? name[1..] : name, out (int From, int To)[]? known)
                    ? Ranges(known, isNegative)
                    : throw Invalid($"invalid character class range: {_pattern[_at..(end + 2)]}"));
                _at = end + 2;
            }
            else if (_pattern[_at] == '\\' && _at + 1 < _pattern.Length && _pattern[_at + 1] is 'd' or 'D' or 's' or 'S' or 'w' or 'W')
            {
                text.Append(Ranges(PerlClass(_pattern[_at + 1]), isNegative: false));
                _at += 2;
            }
            else if (_pattern[_at] == '\\' && _at + 1 < _pattern.Length && _pattern[_at + 1] is 'p' or 'P')
            {
                text.Append(ReadUnicodeClass());
            }
            else
            {
                ReadClassRange(text);
            }
        }

        _at++;
        return text.Append(']').ToString();
    }

    private void ReadClassRange(StringBuilder text)
    {
        int start = _at;
        int low = ReadClassCharacter();
        int high = low;
        if (_at + 1 < _pattern.Length && _pattern[_at] == '-' && _pattern[_at + 1] != ']')
        {
            _at++;
            high = ReadClassCharacter();
            if (high < low)
            {
                throw Invalid($"invalid character class range: {_pattern[start.._at]}");
            }
        }

        if (low > 0xFFFF || high > 0xFFFF)
        {
            throw SqlErrors.NotSupported("regular expression class with characters beyond U+FFFF");
        }

        text.Append(Ranges([(low, high)], isNegative: false));
    }

    private int ReadClassCharacter()
    {
        if (_at >= _pattern.Length)
        {
            throw MissingBracket();
        }

        return _pattern[_at] == '\\' ? ReadCharacterEscape() : _pattern[_at++];
    }

    /// <summary>\pL, \p{Lu}, \p{^Lu}, \P{Lu}: the inside of a .NET class.</summary>
    private string ReadUnicodeClass()
    {
        int start = _at;
        bool isNegative = _pattern[_at + 1] == 'P';
        _at += 2;
        if (_at >= _pattern.Length)
        {
            throw Invalid($"invalid character class range: {_pattern[start..]}");
        }

        string name;
        if (_pattern[_at] == '{')
        {
            int end = _pattern.IndexOf('}', _at);
            if (end < 0)
            {
                throw Invalid($"invalid character class range: {_pattern[start..]}");
            }

            name = _pattern[(_at + 1)..end];
            _at = end + 1;
        }
        else
        {
            name = _pattern[_at++].ToString();
        }

        if (name.StartsWith('^'))
        {
            isNegative = !isNegative;
            name = name[1..];
        }

        if (name == "Any")
        {
            return isNegative ? throw SqlErrors.NotSupported(@"regular expression class \P{Any}") : @"\u0000-\uFFFF";
        }

        if (Scripts.Contains(name))
        {
            throw SqlErrors.NotSupported($"regular expression class \\p{{{name}}}");
        }

        return Categories.Contains(name) ? $"\\{(isNegative ? 'P' : 'p')}{{{name}}}" : throw Invalid($"invalid character class range: {_pattern[start.._at]}");
    }
}
