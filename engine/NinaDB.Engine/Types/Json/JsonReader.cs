using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Json;

/// <summary>Kinds of JSON values, numbered as OPENJSON's type column numbers them.</summary>
internal enum JsonKind : byte
{
    Null, String, Number, Boolean, Array, Object,
}

/// <summary>A value inside a JSON text.</summary>
internal readonly record struct JsonRange(int Start, int Length, JsonKind Kind)
{
    public bool IsContainer => Kind is JsonKind.Array or JsonKind.Object;

    public ReadOnlySpan<char> Slice(string text) => text.AsSpan(Start, Length);
}

/// <summary>
/// A forward reader over JSON text that validates what it passes and remembers positions, so that fragments can be returned as written.
/// Malformed text is error 13609 with the offending character and its 0-based position.
/// </summary>
internal ref struct JsonReader(ReadOnlySpan<char> text)
{
    public const int MaxDepth = 128;

    private readonly ReadOnlySpan<char> _text = text;
    private int _depth;

    /// <summary>State of error 13609, which tells who read: 1 JSON_VALUE and JSON_QUERY, 3 and 4 OPENJSON, 7 JSON_MODIFY, 9 the json type.</summary>
    public byte ErrorState { get; init; } = 1;

    public int Position { get; set; }

    public readonly bool IsEnd => Position >= _text.Length;

    public void SkipWhiteSpace()
    {
        while (Position < _text.Length && _text[Position] is ' ' or '\t' or '\n' or '\r')
        {
            Position++;
        }
    }

    /// <summary>Kind of the value that starts at the next non-blank character; does not move past it.</summary>
    public JsonKind PeekKind()
    {
        SkipWhiteSpace();
        if (IsEnd)
        {
            throw Unexpected();
        }

        return _text[Position] switch
        {
            '{' => JsonKind.Object,
            '[' => JsonKind.Array,
            '"' => JsonKind.String,
            't' or 'f' => JsonKind.Boolean,
            'n' => JsonKind.Null,
            '-' or (>= '0' and <= '9') => JsonKind.Number,
            _ => throw Unexpected(),
        };
    }

    /// <summary>Passes over one value and tells where it was.</summary>
    public JsonRange ReadValue()
    {
        JsonKind kind = PeekKind();
        int start = Position;
        switch (kind)
        {
            case JsonKind.Object:
                EnterContainer('{');
                bool first = true;
                while (NextMember(ref first, out _))
                {
                    ReadValue();
                }

                break;
            case JsonKind.Array:
                EnterContainer('[');
                first = true;
                while (NextElement(ref first))
                {
                    ReadValue();
                }

                break;
            case JsonKind.String:
                CheckDepth();
                SkipString();
                break;
            case JsonKind.Number:
                CheckDepth();
                SkipNumber();
                break;
            default:
                SkipWord(_text[Position] switch { 't' => "true", 'f' => "false", _ => "null" });
                break;
        }

        return new JsonRange(start, Position - start, kind);
    }

    /// <summary>Passes over the opening bracket of an object or array.</summary>
    public void EnterContainer(char bracket)
    {
        Expect(bracket);
        if (++_depth > MaxDepth && ErrorState == JsonTypeState)
        {
            throw SqlErrors.Create(13645, MaxDepth);
        }

        if (_depth > MaxDepth + 1)
        {
            throw SqlErrors.Create(13606);
        }
    }

    public const byte JsonTypeState = 9;

    /// <summary>Nothing may stand inside 129 containers.</summary>
    private readonly void CheckDepth()
    {
        if (_depth > MaxDepth)
        {
            throw SqlErrors.Create(13606);
        }
    }

    /// <summary>Moves to the next member's value; false (past the closing brace) at the end.</summary>
    /// <param name="first">True before the first member; cleared here.</param>
    /// <param name="name">The name between its quotes, as written.</param>
    public bool NextMember(ref bool first, out JsonRange name)
    {
        name = default;
        SkipWhiteSpace();
        if (first && TryRead('}'))
        {
            _depth--;
            return false;
        }

        if (!first)
        {
            if (TryRead('}'))
            {
                _depth--;
                return false;
            }

            Expect(',');
            SkipWhiteSpace();
        }

        first = false;
        int start = Position;
        if (IsEnd || _text[Position] != '"')
        {
            throw Unexpected();
        }

        SkipString();
        name = new JsonRange(start + 1, Position - start - 2, JsonKind.String);
        SkipWhiteSpace();
        Expect(':');
        SkipWhiteSpace();
        return true;
    }

    /// <summary>Moves to the next element; false (past the closing bracket) at the end.</summary>
    public bool NextElement(ref bool first)
    {
        SkipWhiteSpace();
        if (TryRead(']'))
        {
            _depth--;
            return false;
        }

        if (!first)
        {
            Expect(',');
            SkipWhiteSpace();
        }

        first = false;
        return true;
    }

    /// <summary>After the document only blanks may follow.</summary>
    public void ExpectEnd()
    {
        SkipWhiteSpace();
        if (!IsEnd)
        {
            throw Unexpected();
        }
    }

    public readonly SqlErrorException Unexpected() => Unexpected(Position);

    public readonly SqlErrorException Unexpected(int position) =>
        SqlErrors.CreateWithState(13609, ErrorState, position < _text.Length ? _text[position] : '.', position);

    /// <summary>Text of a string value or name given the characters between its quotes.</summary>
    public static string Unescape(ReadOnlySpan<char> raw)
    {
        int backslash = raw.IndexOf('\\');
        if (backslash < 0)
        {
            return raw.ToString();
        }

        var result = new StringBuilder(raw.Length);
        result.Append(raw[..backslash]);
        for (int i = backslash; i < raw.Length; i++)
        {
            char c = raw[i];
            if (c != '\\')
            {
                result.Append(c);
                continue;
            }

            c = raw[++i];
            switch (c)
            {
                case 'b':
                    result.Append('\b');
                    break;
                case 'f':
                    result.Append('\f');
                    break;
                case 'n':
                    result.Append('\n');
                    break;
                case 'r':
                    result.Append('\r');
                    break;
                case 't':
                    result.Append('\t');
                    break;
                case 'u':
                    result.Append((char)((Hex(raw[i + 1]) << 12) | (Hex(raw[i + 2]) << 8) | (Hex(raw[i + 3]) << 4) | Hex(raw[i + 4])));
                    i += 4;
                    break;
                default:
                    result.Append(c);
                    break;
            }
        }

        return result.ToString();
    }

    private static int Hex(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;

    private bool TryRead(char c)
    {
        if (Position < _text.Length && _text[Position] == c)
        {
            Position++;
            return true;
        }

        return false;
    }

    private void Expect(char c)
    {
        if (!TryRead(c))
        {
            throw Unexpected();
        }
    }

    /// <summary>A word that is not what it begins as is named at its first character.</summary>
    private void SkipWord(string word)
    {
        if (!_text[Position..].StartsWith(word) || (Position + word.Length < _text.Length && IsInToken(_text[Position + word.Length])))
        {
            throw Unexpected();
        }

        Position += word.Length;
    }

    private static bool IsInToken(char c) => char.IsLetterOrDigit(c) || c is '.' or '_' or '+' or '-';

    /// <summary>A name in the form that names are compared in: \\u escapes read, all others as they are written.</summary>
    public static string NameForm(ReadOnlySpan<char> raw)
    {
        if (raw.IndexOf("\\u") < 0)
        {
            return raw.ToString();
        }

        var result = new StringBuilder(raw.Length);
        for (int i = 0; i < raw.Length; i++)
        {
            result.Append(raw[i]);
            if (raw[i] != '\\' || i + 1 >= raw.Length)
            {
                continue;
            }

            i++;
            if (raw[i] == 'u' && i + 4 < raw.Length)
            {
                result.Length--;
                result.Append((char)((Hex(raw[i + 1]) << 12) | (Hex(raw[i + 2]) << 8) | (Hex(raw[i + 3]) << 4) | Hex(raw[i + 4])));
                i += 4;
            }
            else
            {
                result.Append(raw[i]);
            }
        }

        return result.ToString();
    }

    /// <summary>A string that is not right is named at its opening quote.</summary>
    private void SkipString()
    {
        int start = Position++;
        while (true)
        {
            if (IsEnd)
            {
                throw Unexpected(start);
            }

            char c = _text[Position];
            if (c == '"')
            {
                Position++;
                return;
            }

            if (c < ' ')
            {
                throw Unexpected(start);
            }

            Position++;
            if (c != '\\')
            {
                continue;
            }

            if (IsEnd)
            {
                throw Unexpected(start);
            }

            c = _text[Position];
            if (c == 'u')
            {
                for (int i = 1; i <= 4; i++)
                {
                    if (Position + i >= _text.Length || !char.IsAsciiHexDigit(_text[Position + i]))
                    {
                        throw Unexpected(start);
                    }
                }

                Position += 5;
            }
            else if (c is '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't')
            {
                Position++;
            }
            else
            {
                throw Unexpected(start);
            }
        }
    }

    /// <summary>A number that is not right is named at its first character.</summary>
    private void SkipNumber()
    {
        int start = Position;
        TryRead('-');
        bool isRight = TryRead('0') || SkipDigits();
        if (isRight && TryRead('.'))
        {
            isRight = SkipDigits();
        }

        if (isRight && !IsEnd && _text[Position] is 'e' or 'E')
        {
            Position++;
            if (!IsEnd && _text[Position] is '+' or '-')
            {
                Position++;
            }

            isRight = SkipDigits();
        }

        if (!isRight || (!IsEnd && IsInToken(_text[Position])))
        {
            throw Unexpected(start);
        }
    }

    private bool SkipDigits()
    {
        int start = Position;
        while (!IsEnd && char.IsAsciiDigit(_text[Position]))
        {
            Position++;
        }

        return Position > start;
    }
}
