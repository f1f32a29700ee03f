using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Syntax;

/// <summary>
/// Cuts a batch into tokens. An error of lexical form becomes one Error token, raised only when the parser reaches it, so that an
/// earlier syntax error is reported first as SQL Server does.
/// </summary>
internal sealed class Lexer
{
    /// <summary>Longest identifier (sysname).</summary>
    public const int MaxIdentifierLength = 128;

    /// <summary>Characters of an offending text quoted in an error.</summary>
    private const int MaxErrorText = 128;

    private const int MaxNumericDigits = 38;

    private readonly string _text;
    private readonly List<Token> _tokens;
    private bool _quotedIdentifier;
    private int _position;
    private int _line = 1;

    public Lexer(string text, bool quotedIdentifier)
    {
        _text = text;
        _quotedIdentifier = quotedIdentifier;
        _tokens = new List<Token>((text.Length / 5) + 16);
    }

    /// <summary>The tokens, ended by EndOfFile.</summary>
    public List<Token> Tokens => _tokens;

    /// <summary>What an Error token stands for.</summary>
    public SqlErrorException? Error { get; private set; }

    /// <summary>Where the first token of a text begins, after comments and blanks.</summary>
    public static int StartOf(string text)
    {
        var lexer = new Lexer(text, quotedIdentifier: true);
        lexer.ReadToken();
        return lexer._tokens[0].Start;
    }

    /// <summary>Reads to the end of the text.</summary>
    public List<Token> Run()
    {
        while (ReadToken())
        {
        }

        return _tokens;
    }

    /// <summary>Reads the text again from token <paramref name="index"/> on, because SET QUOTED_IDENTIFIER changed what double quotes mean.</summary>
    public void Restart(int index, bool quotedIdentifier)
    {
        Token token = _tokens[index];
        _tokens.RemoveRange(index, _tokens.Count - index);
        _position = token.Start;
        _line = token.Line;
        _quotedIdentifier = quotedIdentifier;
        Error = null;
        Run();
    }

    private char Look(int ahead = 0) => _position + ahead < _text.Length ? _text[_position + ahead] : '\0';

    private void Add(TokenKind kind, int start, int line, Keyword keyword = Keyword.None) =>
        _tokens.Add(new Token(kind, keyword, start, _position, line));

    private bool Fail(SqlErrorException error, int start, int line)
    {
        error.Locate(line, null);
        Error = error;
        _position = _text.Length;
        Add(TokenKind.Error, start, line);
        Add(TokenKind.EndOfFile, _position, line);
        return false;
    }

    private bool ReadToken()
    {
        if (!SkipTrivia())
        {
            return false;
        }

        int start = _position;
        int line = _line;
        if (_position >= _text.Length)
        {
            Add(TokenKind.EndOfFile, start, line);
            return false;
        }

        char c = _text[_position];
        if (IsIdentifierStart(c))
        {
            if (c is 'N' or 'n' && Look(1) == '\'')
            {
                _position++;
                return ReadString('\'', TokenKind.NationalString, start, line);
            }

            return ReadWord(start, line);
        }

        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Look(1))))
        {
            return ReadNumber(start, line);
        }

        switch (c)
        {
            case '\'':
                return ReadString('\'', TokenKind.String, start, line);
            case '"':
                return _quotedIdentifier ? ReadQuoted('"', start, line) : ReadString('"', TokenKind.String, start, line);
            case '[':
                return ReadQuoted(']', start, line);
            case '@':
                return ReadVariable(start, line);
            case '$':
                return ReadDollar(start, line);
        }

        if (char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.CurrencySymbol)
        {
            _position++;
            return ReadMoney(start, line);
        }

        return ReadPunctuation(c, start, line);
    }

    /// <summary>Skips blanks and comments; comments between /* */ nest. False after an unclosed comment.</summary>
    private bool SkipTrivia()
    {
        while (_position < _text.Length)
        {
            char c = _text[_position];
            if (c == '\n')
            {
                _line++;
                _position++;
            }
            else if (c <= ' ' || c is '\u00A0' or '\uFEFF' || char.IsWhiteSpace(c))
            {
                _position++;
            }
            else if (c == '-' && Look(1) == '-')
            {
                int end = _text.AsSpan(_position).IndexOf('\n');
                _position = end < 0 ? _text.Length : _position + end;
            }
            else if (c == '/' && Look(1) == '*')
            {
                if (!SkipBlockComment())
                {
                    return false;
                }
            }
            else
            {
                break;
            }
        }

        return true;
    }

    private bool SkipBlockComment()
    {
        int start = _position;
        int startLine = _line;
        int depth = 1;
        _position += 2;
        while (_position < _text.Length)
        {
            char c = _text[_position];
            if (c == '\n')
            {
                _line++;
            }
            else if (c == '*' && Look(1) == '/')
            {
                _position += 2;
                if (--depth == 0)
                {
                    return true;
                }

                continue;
            }
            else if (c == '/' && Look(1) == '*')
            {
                _position += 2;
                depth++;
                continue;
            }

            _position++;
        }

        return Fail(SqlErrors.Create(113), start, startLine);
    }

    private bool ReadWord(int start, int line)
    {
        bool plain = true;
        while (_position < _text.Length && IsIdentifierPart(_text[_position]))
        {
            plain &= char.IsAsciiLetter(_text[_position]) || _text[_position] == '_';
            _position++;
        }

        ReadOnlySpan<char> word = _text.AsSpan(start, _position - start);
        if (word.Length > MaxIdentifierLength)
        {
            return Fail(SqlErrors.Create(103, "identifier", word[..MaxIdentifierLength].ToString(), MaxIdentifierLength), start, line);
        }

        Keyword keyword = plain ? KeywordTable.Find(word) : Keyword.None;
        Add(keyword == Keyword.None ? TokenKind.Identifier : TokenKind.Keyword, start, line, keyword);
        return true;
    }

    private bool ReadVariable(int start, int line)
    {
        _position++;
        bool isDouble = Look() == '@';
        if (isDouble)
        {
            _position++;
        }

        while (_position < _text.Length && IsIdentifierPart(_text[_position]))
        {
            _position++;
        }

        if (_position - start > MaxIdentifierLength)
        {
            return Fail(SqlErrors.Create(103, "identifier", _text.Substring(start, MaxIdentifierLength), MaxIdentifierLength), start, line);
        }

        Add(isDouble && SystemVariables.Contains(_text.AsSpan(start, _position - start)) ? TokenKind.GlobalVariable : TokenKind.Variable, start, line);
        return true;
    }

    private bool ReadDollar(int start, int line)
    {
        _position++;
        if (!char.IsAsciiLetter(Look()))
        {
            return ReadMoney(start, line);
        }

        while (_position < _text.Length && IsIdentifierPart(_text[_position]))
        {
            _position++;
        }

        Add(TokenKind.PseudoColumn, start, line);
        return true;
    }

    private bool ReadMoney(int start, int line)
    {
        SkipDigits();
        if (Look() == '.')
        {
            _position++;
            SkipDigits();
        }

        Add(TokenKind.Money, start, line);
        return true;
    }

    private bool ReadNumber(int start, int line)
    {
        if (Look() == '0' && Look(1) is 'x' or 'X')
        {
            _position += 2;
            while (char.IsAsciiHexDigit(Look()) || (Look() == '\\' && IsLineBreak(1)))
            {
                if (Look() == '\\')
                {
                    SkipLineContinuation();
                }
                else
                {
                    _position++;
                }
            }

            Add(TokenKind.Binary, start, line);
            return true;
        }

        TokenKind kind = TokenKind.Integer;
        SkipDigits();
        if (Look() == '.')
        {
            kind = TokenKind.Decimal;
            _position++;
            SkipDigits();
        }

        if (Look() is 'e' or 'E')
        {
            kind = TokenKind.Float;
            _position++;
            if (Look() is '+' or '-')
            {
                _position++;
            }

            SkipDigits();
            return FinishFloat(start, line);
        }

        if (_position - start > MaxNumericDigits && SignificantDigits(_text.AsSpan(start, _position - start)) > MaxNumericDigits)
        {
            return Fail(SqlErrors.Create(1007, Shorten(_text.Substring(start, _position - start))), start, line);
        }

        Add(kind, start, line);
        return true;
    }

    private bool FinishFloat(int start, int line)
    {
        ReadOnlySpan<char> text = _text.AsSpan(start, _position - start);
        ReadOnlySpan<char> number = text;
        while (number.Length > 0 && number[^1] is 'e' or 'E' or '+' or '-')
        {
            number = number[..^1];
        }

        if (double.TryParse(number, System.Globalization.CultureInfo.InvariantCulture, out double value) && double.IsInfinity(value))
        {
            return Fail(SqlErrors.Create(168, Shorten(text.ToString()), 8), start, line);
        }

        Add(TokenKind.Float, start, line);
        return true;
    }

    private static int SignificantDigits(ReadOnlySpan<char> number)
    {
        int count = 0;
        bool leading = true;
        foreach (char c in number)
        {
            if (c == '.')
            {
                leading = false;
                continue;
            }

            leading &= c == '0';
            count += leading ? 0 : 1;
        }

        return count;
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Look()))
        {
            _position++;
        }
    }

    private bool ReadString(char quote, TokenKind kind, int start, int line)
    {
        int content = ++_position;
        while (_position < _text.Length)
        {
            char c = _text[_position];
            if (c == quote)
            {
                if (Look(1) != quote)
                {
                    _position++;
                    Add(kind, start, line);
                    return true;
                }

                _position++;
            }
            else if (c == '\n')
            {
                _line++;
            }

            _position++;
        }

        return Fail(SqlErrors.Create(105, Shorten(_text[content..])), start, line);
    }

    private bool ReadQuoted(char close, int start, int line)
    {
        int content = ++_position;
        int escaped = 0;
        while (_position < _text.Length)
        {
            char c = _text[_position];
            if (c == close)
            {
                if (Look(1) != close)
                {
                    int length = _position - content - escaped;
                    _position++;
                    if (length > MaxIdentifierLength)
                    {
                        return Fail(SqlErrors.Create(103, "identifier", _text.Substring(content, MaxIdentifierLength), MaxIdentifierLength), start, line);
                    }

                    Add(TokenKind.QuotedIdentifier, start, line);
                    return true;
                }

                escaped++;
                _position++;
            }
            else if (c == '\n')
            {
                _line++;
            }

            _position++;
        }

        return Fail(SqlErrors.Create(105, Shorten(_text[content..])), start, line);
    }

    private bool ReadPunctuation(char c, int start, int line)
    {
        char next = Look(1);
        (TokenKind kind, int length) = c switch
        {
            '(' => (TokenKind.LeftParen, 1),
            ')' => (TokenKind.RightParen, 1),
            '{' => (TokenKind.LeftBrace, 1),
            '}' => (TokenKind.RightBrace, 1),
            ',' => (TokenKind.Comma, 1),
            ';' => (TokenKind.Semicolon, 1),
            '.' => (TokenKind.Dot, 1),
            ':' => next == ':' ? (TokenKind.DoubleColon, 2) : (TokenKind.Colon, 1),
            '~' => (TokenKind.Tilde, 1),
            '+' => next == '=' ? (TokenKind.PlusEqual, 2) : (TokenKind.Plus, 1),
            '-' => next == '=' ? (TokenKind.MinusEqual, 2) : (TokenKind.Minus, 1),
            '*' => next == '=' ? (TokenKind.StarEqual, 2) : (TokenKind.Star, 1),
            '/' => next == '=' ? (TokenKind.SlashEqual, 2) : (TokenKind.Slash, 1),
            '%' => next == '=' ? (TokenKind.PercentEqual, 2) : (TokenKind.Percent, 1),
            '&' => next == '=' ? (TokenKind.AmpersandEqual, 2) : (TokenKind.Ampersand, 1),
            '^' => next == '=' ? (TokenKind.CaretEqual, 2) : (TokenKind.Caret, 1),
            '|' when next == '|' => Look(2) == '=' ? (TokenKind.DoublePipeEqual, 3) : (TokenKind.DoublePipe, 2),
            '|' => next == '=' ? (TokenKind.PipeEqual, 2) : (TokenKind.Pipe, 1),
            '=' => (TokenKind.Equal, 1),
            '<' => next switch
            {
                '=' => (TokenKind.LessOrEqual, 2),
                '>' => (TokenKind.NotEqual, 2),
                '<' => (TokenKind.ShiftLeft, 2),
                _ => (TokenKind.Less, 1),
            },
            '>' => next switch
            {
                '=' => (TokenKind.GreaterOrEqual, 2),
                '>' => (TokenKind.ShiftRight, 2),
                _ => (TokenKind.Greater, 1),
            },
            '!' => next switch
            {
                '=' => (TokenKind.NotEqual, 2),
                '<' => (TokenKind.NotLess, 2),
                '>' => (TokenKind.NotGreater, 2),
                _ => (TokenKind.Exclamation, 1),
            },
            _ => (TokenKind.Error, 1),
        };

        if (kind == TokenKind.Error)
        {
            int length1 = char.IsHighSurrogate(c) && char.IsLowSurrogate(next) ? 2 : 1;
            return Fail(SqlErrors.Create(102, _text.Substring(_position, length1)), start, line);
        }

        _position += length;
        Add(kind, start, line);
        return true;
    }

    private bool IsLineBreak(int ahead) => Look(ahead) == '\n' || (Look(ahead) == '\r' && Look(ahead + 1) == '\n');

    private void SkipLineContinuation()
    {
        _position += Look(1) == '\r' ? 3 : 2;
        _line++;
    }

    private static string Shorten(string text) => text.Length > MaxErrorText ? text[..MaxErrorText] : text;

    private static bool IsIdentifierStart(char c) => char.IsAsciiLetter(c) || c is '_' or '#' || (c > 127 && char.IsLetter(c));

    private static bool IsIdentifierPart(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '_' or '#' or '@' or '$' || (c > 127 && (char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark));
}
