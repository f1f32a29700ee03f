using System;
using System.Globalization;
using System.Text;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Json;

/// <summary>What a <see cref="JsonReader"/> stands on.</summary>
public enum JsonTokenKind
{
    /// <summary>Before the first token.</summary>
    None,

    /// <summary>'{'.</summary>
    StartObject,

    /// <summary>'}'.</summary>
    EndObject,

    /// <summary>'['.</summary>
    StartArray,

    /// <summary>']'.</summary>
    EndArray,

    /// <summary>The key of an object's member.</summary>
    PropertyName,

    /// <summary>A string.</summary>
    String,

    /// <summary>A number.</summary>
    Number,

    /// <summary>true.</summary>
    True,

    /// <summary>false.</summary>
    False,

    /// <summary>null.</summary>
    Null,

    /// <summary>After the last token.</summary>
    End,
}

/// <summary>A strict forward-only reader of UTF-8 JSON (RFC 8259) over a byte array. Errors name the source and the byte offset in it.</summary>
public sealed class JsonReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _text;
    private readonly int _end;
    private readonly string _source;
    private readonly long _sourceOffset;
    private readonly JsonLimits _limits;

    /// <summary>One entry a nesting level: true for an object.</summary>
    private readonly bool[] _isObject;
    private int _depth;
    private int _position;

    /// <summary>True when a value of the current container has been read, so that a comma or the end must follow.</summary>
    private bool _afterValue;
    private bool _afterName;
    private int _valueStart;
    private int _valueEnd;
    private bool _valueHasEscapes;

    /// <summary>Reads <paramref name="count"/> bytes of <paramref name="text"/>; <paramref name="sourceOffset"/> is where they start in the file that errors name.</summary>
    public JsonReader(byte[] text, int offset, int count, string source, long sourceOffset = 0, JsonLimits? limits = null)
    {
        NinaException.Require(text != null && offset >= 0 && count >= 0 && offset <= text.Length - count, "The JSON text range is outside its buffer.");
        _text = text!;
        _limits = limits ?? JsonLimits.Default;
        _position = offset;
        _end = offset + count;
        _source = source;
        _sourceOffset = sourceOffset - offset;
        _isObject = new bool[_limits.MaxDepth + 1];
        if (count > _limits.MaxBytes)
        {
            throw Error(ErrorNumber.JsonTooLarge, $"JSON text of {count} bytes exceeds the limit of {_limits.MaxBytes}.");
        }
    }

    /// <summary>What the reader stands on.</summary>
    public JsonTokenKind Kind { get; private set; }

    /// <summary>The number of open arrays and objects.</summary>
    public int Depth => _depth;

    /// <summary>The limits of this reader.</summary>
    public JsonLimits Limits => _limits;

    /// <summary>The offset of the current token in the source.</summary>
    public long TokenOffset { get; private set; }

    /// <summary>The name of the source, for errors.</summary>
    public string Source => _source;

    /// <summary>Moves to the next token; false at the end of the text.</summary>
    public bool Read()
    {
        SkipWhiteSpace();
        TokenOffset = _position + _sourceOffset;
        if (_depth == 0 && _afterValue)
        {
            if (_position < _end)
            {
                throw Syntax("text after the end of the JSON value");
            }

            Kind = JsonTokenKind.End;
            return false;
        }

        if (_position >= _end)
        {
            throw Syntax("the JSON text ends too early");
        }

        byte c = _text[_position];
        bool inObject = _depth > 0 && _isObject[_depth];
        if (_afterValue)
        {
            if (c == ',')
            {
                _position++;
                _afterValue = false;
                SkipWhiteSpace();
                TokenOffset = _position + _sourceOffset;
                if (_position >= _end)
                {
                    throw Syntax("the JSON text ends too early");
                }

                c = _text[_position];
                if (c == '}' || c == ']')
                {
                    throw Syntax("a comma before the end of an array or object");
                }
            }
            else if (c != '}' && c != ']')
            {
                throw Syntax("a comma is missing");
            }
        }

        if (c == '}' || c == ']')
        {
            if (_depth == 0 || inObject != (c == '}') || _afterName)
            {
                throw Syntax("an unexpected closing bracket");
            }

            _position++;
            _depth--;
            _afterValue = true;
            Kind = c == '}' ? JsonTokenKind.EndObject : JsonTokenKind.EndArray;
            return true;
        }

        if (inObject && !_afterName)
        {
            if (c != '"')
            {
                throw Syntax("a key in double quotes is missing");
            }

            ScanString();
            SkipWhiteSpace();
            if (_position >= _end || _text[_position] != ':')
            {
                throw Syntax("a colon is missing after a key");
            }

            _position++;
            _afterName = true;
            Kind = JsonTokenKind.PropertyName;
            return true;
        }

        _afterName = false;
        ReadValue(c);
        return true;
    }

    /// <summary>Moves to the next token and checks what it is.</summary>
    public void Expect(JsonTokenKind kind)
    {
        Read();
        if (Kind != kind)
        {
            throw Error(ErrorNumber.JsonValue, $"{Describe(kind)} is expected, not {Describe(Kind)}.");
        }
    }

    /// <summary>The text of the current string or key.</summary>
    public string GetString()
    {
        if (Kind != JsonTokenKind.String && Kind != JsonTokenKind.PropertyName)
        {
            throw Error(ErrorNumber.JsonValue, $"a string is expected, not {Describe(Kind)}.");
        }

        try
        {
            return _valueHasEscapes ? Unescape() : StrictUtf8.GetString(_text, _valueStart, _valueEnd - _valueStart);
        }
        catch (ArgumentException)
        {
            throw Syntax("a string is not valid UTF-8");
        }
    }

    /// <summary>The text of the current number, as written.</summary>
    public string GetNumberText()
    {
        if (Kind != JsonTokenKind.Number)
        {
            throw Error(ErrorNumber.JsonValue, $"a number is expected, not {Describe(Kind)}.");
        }

        return Encoding.ASCII.GetString(_text, _valueStart, _valueEnd - _valueStart);
    }

    /// <summary>The current number as an integer of 64 bits.</summary>
    public long GetInt64()
    {
        string text = GetNumberText();
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
        {
            throw Error(ErrorNumber.JsonValue, $"'{Shorten(text)}' is not a 64-bit integer.");
        }

        return value;
    }

    /// <summary>Passes over the current value, with everything in it.</summary>
    public void SkipValue()
    {
        if (Kind == JsonTokenKind.PropertyName)
        {
            Read();
        }

        if (Kind == JsonTokenKind.StartObject || Kind == JsonTokenKind.StartArray)
        {
            int outer = _depth - 1;
            while (_depth > outer)
            {
                Read();
            }
        }
    }

    /// <summary>An error at the current token.</summary>
    public NinaException Error(int number, string reason) => NinaException.InFile(number, _source, TokenOffset, reason);

    internal static string Describe(JsonTokenKind kind) => kind switch
    {
        JsonTokenKind.StartObject => "an object",
        JsonTokenKind.StartArray => "an array",
        JsonTokenKind.EndObject => "the end of an object",
        JsonTokenKind.EndArray => "the end of an array",
        JsonTokenKind.PropertyName => "a key",
        JsonTokenKind.String => "a string",
        JsonTokenKind.Number => "a number",
        JsonTokenKind.True => "true",
        JsonTokenKind.False => "false",
        JsonTokenKind.Null => "null",
        _ => "the end of the text",
    };

    internal static string Shorten(string text) => text.Length <= 60 ? text : text.Substring(0, 57) + "...";

    private void ReadValue(byte c)
    {
        switch (c)
        {
            case (byte)'{':
            case (byte)'[':
                if (_depth >= _limits.MaxDepth)
                {
                    throw Error(ErrorNumber.JsonTooDeep, $"JSON is nested deeper than {_limits.MaxDepth} levels.");
                }

                _position++;
                _isObject[++_depth] = c == '{';
                _afterValue = false;
                Kind = c == '{' ? JsonTokenKind.StartObject : JsonTokenKind.StartArray;
                return;
            case (byte)'"':
                ScanString();
                Kind = JsonTokenKind.String;
                break;
            case (byte)'t':
                ScanWord("true");
                Kind = JsonTokenKind.True;
                break;
            case (byte)'f':
                ScanWord("false");
                Kind = JsonTokenKind.False;
                break;
            case (byte)'n':
                ScanWord("null");
                Kind = JsonTokenKind.Null;
                break;
            default:
                ScanNumber();
                Kind = JsonTokenKind.Number;
                break;
        }

        _afterValue = true;
    }

    private void SkipWhiteSpace()
    {
        while (_position < _end)
        {
            byte c = _text[_position];
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
            {
                return;
            }

            _position++;
        }
    }

    private void ScanWord(string word)
    {
        if (_end - _position < word.Length)
        {
            throw Syntax("an unknown word");
        }

        for (int i = 0; i < word.Length; i++)
        {
            if (_text[_position + i] != word[i])
            {
                throw Syntax("an unknown word");
            }
        }

        _position += word.Length;
    }

    private void ScanNumber()
    {
        _valueStart = _position;
        if (_text[_position] == '-')
        {
            _position++;
        }

        int digits = ScanDigits();
        if (digits == 0 || (digits > 1 && _text[_position - digits] == '0'))
        {
            throw Syntax("not a JSON value");
        }

        if (_position < _end && _text[_position] == '.')
        {
            _position++;
            if (ScanDigits() == 0)
            {
                throw Syntax("a digit is missing after the decimal point");
            }
        }

        if (_position < _end && (_text[_position] == 'e' || _text[_position] == 'E'))
        {
            _position++;
            if (_position < _end && (_text[_position] == '+' || _text[_position] == '-'))
            {
                _position++;
            }

            if (ScanDigits() == 0)
            {
                throw Syntax("a digit is missing in an exponent");
            }
        }

        _valueEnd = _position;
    }

    private int ScanDigits()
    {
        int start = _position;
        while (_position < _end && _text[_position] >= '0' && _text[_position] <= '9')
        {
            _position++;
        }

        return _position - start;
    }

    private void ScanString()
    {
        _position++;
        _valueStart = _position;
        _valueHasEscapes = false;
        while (true)
        {
            if (_position >= _end)
            {
                throw Syntax("a string has no end");
            }

            byte c = _text[_position];
            if (c == '"')
            {
                _valueEnd = _position++;
                return;
            }

            if (c < 0x20)
            {
                throw Syntax("a control character in a string");
            }

            if (c == '\\')
            {
                _valueHasEscapes = true;
                _position++;
            }

            _position++;
        }
    }

    private string Unescape()
    {
        var builder = new StringBuilder(_valueEnd - _valueStart);
        int i = _valueStart;
        while (i < _valueEnd)
        {
            int run = i;
            while (i < _valueEnd && _text[i] != '\\')
            {
                i++;
            }

            if (i > run)
            {
                builder.Append(StrictUtf8.GetString(_text, run, i - run));
            }

            if (i < _valueEnd)
            {
                i = UnescapeOne(i + 1, builder);
            }
        }

        return builder.ToString();
    }

    /// <summary>Appends the character whose escape letter is at <paramref name="i"/>; returns where the text goes on.</summary>
    private int UnescapeOne(int i, StringBuilder builder)
    {
        switch ((char)_text[i])
        {
            case '"': builder.Append('"'); return i + 1;
            case '\\': builder.Append('\\'); return i + 1;
            case '/': builder.Append('/'); return i + 1;
            case 'b': builder.Append('\b'); return i + 1;
            case 'f': builder.Append('\f'); return i + 1;
            case 'n': builder.Append('\n'); return i + 1;
            case 'r': builder.Append('\r'); return i + 1;
            case 't': builder.Append('\t'); return i + 1;
            case 'u':
                char unit = HexUnit(i + 1);
                i += 5;
                if (char.IsHighSurrogate(unit) && i + 1 < _valueEnd && _text[i] == '\\' && _text[i + 1] == 'u')
                {
                    char low = HexUnit(i + 2);
                    if (char.IsLowSurrogate(low))
                    {
                        builder.Append(unit).Append(low);
                        return i + 6;
                    }
                }

                if (char.IsSurrogate(unit))
                {
                    throw Syntax("half of a surrogate pair in a string");
                }

                builder.Append(unit);
                return i;
            default:
                throw Syntax("an unknown escape in a string");
        }
    }

    private char HexUnit(int i)
    {
        int value = 0;
        for (int k = 0; k < 4; k++, i++)
        {
            int digit = i < _valueEnd ? _text[i] : 0;
            int nibble = digit >= '0' && digit <= '9' ? digit - '0'
                : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                : throw Syntax("an invalid \\u escape in a string");
            value = (value << 4) | nibble;
        }

        return (char)value;
    }

    private NinaException Syntax(string reason) => Error(ErrorNumber.JsonSyntax, "invalid JSON: " + reason + ".");
}
