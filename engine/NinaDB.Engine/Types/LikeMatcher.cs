using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types;

/// <summary>
/// A compiled LIKE pattern: % _ [a-z] [^...] and ESCAPE, under a collation. Matching backtracks to the last % only, so it is at worst quadratic. Shareable.
/// </summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/language-elements/like-transact-sql.</remarks>
internal sealed class LikeMatcher
{
    private readonly Token[] _tokens;
    private readonly Collation _collation;
    private readonly bool _paddedText;
    private readonly string? _contains;

    private LikeMatcher(Token[] tokens, Collation collation, bool paddedText)
    {
        _tokens = tokens;
        _collation = collation;
        _paddedText = paddedText;
        int literal = 0;
        while (literal < tokens.Length && tokens[literal].Kind == TokenKind.Literal)
        {
            literal++;
        }

        Prefix = string.Create(literal, tokens, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = source[i].Character;
            }
        });
        IsPrefixOnly = literal == tokens.Length - 1 && tokens[^1].Kind == TokenKind.Any;
        IsExact = literal == tokens.Length;
        _contains = ContainsText(tokens, collation);
    }

    private enum TokenKind : byte
    {
        Literal, Any, One, Set,
    }

    /// <summary>Literal text that every match begins with (for index seeks); empty when the pattern starts with a wildcard.</summary>
    public string Prefix { get; }

    /// <summary>True when the pattern is <see cref="Prefix"/> followed by a single %, so that a range seek on it needs no residual test.</summary>
    public bool IsPrefixOnly { get; }

    /// <summary>True when the pattern has no wildcard.</summary>
    public bool IsExact { get; }

    /// <summary>Compiles a pattern. Throws 506 when <paramref name="escape"/> is not one character.</summary>
    /// <param name="isUnicode">LIKE of nvarchar: blanks at the end of the value count; for varchar they may be missing or extra.</param>
    public static LikeMatcher Create(string pattern, string? escape, Collation collation, bool isUnicode)
    {
        if (escape is not null && escape.Length != 1)
        {
            throw SqlErrors.Create(506, escape, "LIKE");
        }

        return new LikeMatcher(Parse(pattern, escape?[0], collation), collation, paddedText: !isUnicode);
    }

    public bool IsMatch(string value)
    {
        if (_contains is not null && Ascii.IsValid(value))
        {
            return value.Contains(_contains, StringComparison.OrdinalIgnoreCase);
        }

        if (Match(value))
        {
            return true;
        }

        // char and varchar: trailing blanks of the value may be ignored.
        return _paddedText && value.Length > 0 && value[^1] == ' ' && Match(value.AsSpan().TrimEnd(' '));
    }

    /// <summary>0-based start of the first match of the pattern as PATINDEX sees it; -1 when there is none.</summary>
    public int IndexIn(string value)
    {
        if (_tokens.Length == 0)
        {
            return -1;
        }

        if (_tokens[0].Kind != TokenKind.Any)
        {
            return IsMatch(value) ? 0 : -1;
        }

        if (_tokens.Length == 1)
        {
            return 0;
        }

        // Without the leading %: the first start at which the rest matches.
        for (int start = 0; start <= value.Length; start++)
        {
            if (Match(value.AsSpan(start), 1))
            {
                return start;
            }
        }

        return -1;
    }

    /// <summary>%text% over ASCII letters under a case-insensitive, accent-sensitive collation needs no token machine when the text is ASCII without specials.</summary>
    private static string? ContainsText(Token[] tokens, Collation collation)
    {
        if (collation.IsBinary || collation.IsCaseSensitive || !collation.HasPlainAscii || tokens.Length < 3 || tokens[0].Kind != TokenKind.Any || tokens[^1].Kind != TokenKind.Any)
        {
            return null;
        }

        var text = new StringBuilder(tokens.Length);
        foreach (Token token in tokens.AsSpan(1, tokens.Length - 2))
        {
            // k and i have non-ASCII case partners (Kelvin sign, dotted i) that the ordinal comparison sees differently, but those differ in this collation too.
            if (token.Kind != TokenKind.Literal || token.Character is < ' ' or > '~')
            {
                return null;
            }

            text.Append(token.Character);
        }

        return collation.IsAccentSensitive ? text.ToString() : null;
    }

    private bool Match(ReadOnlySpan<char> value, int firstToken = 0)
    {
        int token = firstToken;
        int position = 0;
        int anyToken = -1;
        int anyPosition = 0;
        while (true)
        {
            if (token < _tokens.Length && _tokens[token].Kind == TokenKind.Any)
            {
                anyToken = ++token;
                anyPosition = position;
                if (token == _tokens.Length)
                {
                    return true;
                }

                continue;
            }

            if (position == value.Length)
            {
                return token == _tokens.Length;
            }

            if (token < _tokens.Length && Accepts(_tokens[token], value[position]))
            {
                token++;
                position++;
                continue;
            }

            if (anyToken < 0)
            {
                return false;
            }

            token = anyToken;
            position = ++anyPosition;
        }
    }

    private bool Accepts(Token token, char c) => token.Kind switch
    {
        TokenKind.One => true,
        TokenKind.Literal => token.Character == c || token.Weight == _collation.Fold(c),
        _ => InSet(token, c),
    };

    private bool InSet(Token token, char c)
    {
        long weight = _collation.Fold(c);
        bool found = false;
        foreach ((char low, char high) in token.Ranges!)
        {
            if (low == high ? _collation.Fold(low) == weight : InRange(low, high, c, weight))
            {
                found = true;
                break;
            }
        }

        return found != token.IsNegated;
    }

    /// <summary>Ranges follow the collation's order: under a case-sensitive one lower case sorts just before upper case.</summary>
    private bool InRange(char low, char high, char c, long weight) =>
        weight >= _collation.Fold(low) && weight <= _collation.Fold(high);

    private static Token[] Parse(string pattern, char? escape, Collation collation)
    {
        var tokens = new List<Token>(pattern.Length);
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == escape)
            {
                if (i + 1 < pattern.Length)
                {
                    tokens.Add(Token.Literal(pattern[++i], collation));
                }
                else
                {
                    // A dangling escape character matches nothing.
                    tokens.Add(Token.Set([], isNegated: false));
                }

                continue;
            }

            switch (c)
            {
                case '%':
                    if (tokens.Count == 0 || tokens[^1].Kind != TokenKind.Any)
                    {
                        tokens.Add(new Token(TokenKind.Any, default, 0, null, false));
                    }

                    break;
                case '_':
                    tokens.Add(new Token(TokenKind.One, default, 0, null, false));
                    break;
                case '[':
                    tokens.Add(ParseSet(pattern, escape, ref i));
                    break;
                default:
                    tokens.Add(Token.Literal(c, collation));
                    break;
            }
        }

        return [.. tokens];
    }

    private static Token ParseSet(string pattern, char? escape, ref int i)
    {
        int position = i + 1;
        bool negated = position < pattern.Length && pattern[position] == '^';
        if (negated)
        {
            position++;
        }

        var ranges = new List<(char Low, char High)>();
        while (position < pattern.Length && pattern[position] != ']')
        {
            char low = pattern[position];
            if (low == escape && position + 1 < pattern.Length)
            {
                low = pattern[++position];
            }

            position++;
            if (position + 1 < pattern.Length && pattern[position] == '-' && pattern[position + 1] != ']')
            {
                char high = pattern[position + 1];
                position += 2;
                if (high == escape && position < pattern.Length)
                {
                    high = pattern[position++];
                }

                ranges.Add((low, high));
            }
            else
            {
                ranges.Add((low, low));
            }
        }

        // An unclosed set matches nothing.
        bool closed = position < pattern.Length;
        i = closed ? position : pattern.Length;
        return closed ? Token.Set([.. ranges], negated) : Token.Set([], isNegated: false);
    }

    private readonly record struct Token(TokenKind Kind, char Character, long Weight, (char Low, char High)[]? Ranges, bool IsNegated)
    {
        public static Token Literal(char c, Collation collation) => new(TokenKind.Literal, c, collation.Fold(c), null, false);

        public static Token Set((char Low, char High)[] ranges, bool isNegated) => new(TokenKind.Set, default, 0, ranges, isNegated);
    }
}
