using System.Text;
using System.Xml;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Xml;

/// <summary>
/// Reads the text of an xml value: SQL Server's errors of the 9400 family at the character it stopped on, else the tree. Content is legal as well as documents; a DTD is not,
/// so nothing is ever expanded. Whitespace between elements is dropped unless asked for.
/// </summary>
/// <remarks>https://www.w3.org/TR/xml (fourth edition), https://learn.microsoft.com/sql/relational-databases/xml/create-instances-of-xml-data.</remarks>
internal sealed partial class XmlParser
{
    /// <summary>Elements may be nested this deep (error 6335).</summary>
    private const int MaximumDepth = 128;

    private readonly string _text;
    private readonly bool _isUnicode;
    private readonly bool _keepsWhitespace;
    private readonly int _start;
    private readonly StringBuilder _pending = new();
    private readonly StringBuilder _value = new();
    private readonly List<RawAttribute> _raw = [];
    private readonly List<(string Prefix, string Uri)> _scope = [];
    private readonly List<(XmlNode Element, string Name, int Scope, bool Preserves)> _open = [];
    private XmlNode _current = XmlNode.Document();
    private bool _pendingIsSpace = true;
    private bool _pendingIsWritten = true;
    private bool _isProlog = true;
    private int _at;

    private readonly record struct RawAttribute(string Prefix, string Name, string Value);

    private XmlParser(string text, bool isUnicode, bool keepsWhitespace)
    {
        _text = text;
        _isUnicode = isUnicode;
        _keepsWhitespace = keepsWhitespace;
        _start = text.StartsWith('\uFEFF') ? 1 : 0;
    }

    /// <param name="text">The value.</param>
    /// <param name="isUnicode">Whether it came as UTF-16: then its declaration may not name an 8-bit encoding (error 9402).</param>
    /// <param name="keepsWhitespace">CONVERT style 1.</param>
    public static XmlNode Parse(string text, bool isUnicode = true, bool keepsWhitespace = false) => new XmlParser(text, isUnicode, keepsWhitespace).Run();

    private bool IsAtEnd => _at >= _text.Length;

    private XmlNode Run()
    {
        XmlNode document = _current;
        _at = _start;
        while (!IsAtEnd)
        {
            char c = _text[_at];
            if (c == '<')
            {
                ReadMarkup();
            }
            else if (c == '&')
            {
                AddText(ReadReference(), isWritten: false);
                _isProlog = false;
            }
            else if (c == '\r')
            {
                _at += Follows("\n", 1) ? 2 : 1;
                AddText("\n", isWritten: true);
            }
            else if (c == ']' && Follows("]>", 1))
            {
                throw Error(9454, _at);
            }
            else
            {
                _isProlog &= IsSpace(c);
                int from = _at;
                SkipCharacter();
                while (!IsAtEnd && _text[_at] is not ('<' or '&' or '\r' or ']'))
                {
                    _isProlog &= IsSpace(_text[_at]);
                    SkipCharacter();
                }

                AddText(_text.AsSpan(from, _at - from), isWritten: true);
            }
        }

        if (_open.Count > 0)
        {
            throw Error(9400, _text.Length - 1);
        }

        FlushText();
        document.Number();
        return document;
    }

    private bool Follows(string text, int offset) => string.CompareOrdinal(_text, _at + offset, text, 0, text.Length) == 0;

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r';

    private int SkipSpaces()
    {
        int from = _at;
        while (!IsAtEnd && IsSpace(_text[_at]))
        {
            _at++;
        }

        return _at - from;
    }

    private void SkipCharacter()
    {
        char c = _text[_at];
        if (XmlConvert.IsXmlChar(c))
        {
            _at++;
            return;
        }

        if (char.IsHighSurrogate(c) && _at + 1 < _text.Length && char.IsLowSurrogate(_text[_at + 1]))
        {
            _at += 2;
            return;
        }

        throw Error(9420, _at);
    }

    // ---- text ----

    private void AddText(ReadOnlySpan<char> text, bool isWritten)
    {
        _pending.Append(text);
        _pendingIsWritten &= isWritten;
        if (_pendingIsSpace)
        {
            foreach (char c in text)
            {
                _pendingIsSpace &= IsSpace(c);
            }
        }
    }

    /// <summary>Ends the text node that is being gathered; whitespace alone, all of it written out, is no node.</summary>
    private void FlushText()
    {
        if (_pending.Length == 0)
        {
            _pendingIsWritten = true;
            return;
        }

        bool keeps = _keepsWhitespace || (_open.Count > 0 && _open[^1].Preserves);
        if (!_pendingIsSpace || !_pendingIsWritten || keeps)
        {
            CheckDepth(101);
            _current.Append(XmlNode.Text(_pending.ToString()));
        }

        _pending.Clear();
        _pendingIsSpace = true;
        _pendingIsWritten = true;
    }

    /// <summary>An entity or character reference; errors are found at its semicolon.</summary>
    private string ReadReference()
    {
        _at++;
        if (IsAtEnd)
        {
            throw Error(9400, _text.Length - 1);
        }

        if (_text[_at] == '#')
        {
            return ReadCharacterReference();
        }

        int from = _at;
        if (!IsNameCharacter(isFirst: true))
        {
            throw Error(9421, _at);
        }

        while (!IsAtEnd && (IsNameCharacter(isFirst: false) || _text[_at] == ':'))
        {
            _at++;
        }

        if (IsAtEnd)
        {
            throw Error(9411, _text.Length - 1);
        }

        if (_text[_at] != ';')
        {
            throw Error(9411, _at);
        }

        string value = _text.AsSpan(from, _at - from) switch
        {
            "lt" => "<",
            "gt" => ">",
            "amp" => "&",
            "quot" => "\"",
            "apos" => "'",
            _ => throw Error(9448, _at),
        };
        _at++;
        return value;
    }

    private string ReadCharacterReference()
    {
        _at++;
        bool isHexadecimal = !IsAtEnd && _text[_at] == 'x';
        if (isHexadecimal)
        {
            _at++;
        }

        int from = _at;
        long code = 0;
        while (!IsAtEnd && (isHexadecimal ? char.IsAsciiHexDigit(_text[_at]) : char.IsAsciiDigit(_text[_at])))
        {
            code = Math.Min((code * (isHexadecimal ? 16 : 10)) + Convert.ToInt32(_text[_at].ToString(), 16), 0x200000);
            _at++;
        }

        if (IsAtEnd)
        {
            throw Error(_at == from ? isHexadecimal ? 9416 : 9417 : 9411, _text.Length - 1);
        }

        if (_at == from)
        {
            throw Error(isHexadecimal ? 9416 : 9417, _at);
        }

        if (_text[_at] != ';')
        {
            throw Error(9411, _at);
        }

        bool isCharacter = code is 9 or 10 or 13 or (>= 0x20 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD) or (>= 0x10000 and <= 0x10FFFF);
        if (!isCharacter)
        {
            throw Error(9420, _at);
        }

        _at++;
        return char.ConvertFromUtf32((int)code);
    }

    // ---- names ----

    private bool IsNameCharacter(bool isFirst) =>
        isFirst ? XmlConvert.IsStartNCNameChar(_text[_at]) : XmlConvert.IsNCNameChar(_text[_at]);

    private string ReadNamePart()
    {
        int from = _at;
        if (IsAtEnd)
        {
            throw Error(9400, _text.Length - 1);
        }

        if (!IsNameCharacter(isFirst: true))
        {
            throw Error(9455, _at);
        }

        while (!IsAtEnd && IsNameCharacter(isFirst: false))
        {
            _at++;
        }

        return _text[from.._at];
    }

    private (string Prefix, string Name) ReadQualifiedName()
    {
        string first = ReadNamePart();
        if (IsAtEnd || _text[_at] != ':')
        {
            return ("", first);
        }

        _at++;
        string second = ReadNamePart();
        return !IsAtEnd && _text[_at] == ':' ? throw Error(9456, _at) : (first, second);
    }

    // ---- errors ----

    /// <summary>An error of the family, with line and character counted from one. State 1; it ends the transaction as under XACT_ABORT.</summary>
    private SqlErrorException Error(int number, int position)
    {
        int line = 1;
        int character = 1;
        for (int i = _start; i < position && i < _text.Length; i++)
        {
            if (_text[i] == '\n')
            {
                line++;
                character = 1;
            }
            else
            {
                character++;
            }
        }

        return SqlErrors.XmlParsing(number, line, character);
    }

    /// <param name="state">102 for an element below the deepest level, 101 for anything else inside it.</param>
    private void CheckDepth(byte state)
    {
        if (_open.Count >= MaximumDepth)
        {
            throw SqlErrors.CreateWithState(6335, state);
        }
    }
}
