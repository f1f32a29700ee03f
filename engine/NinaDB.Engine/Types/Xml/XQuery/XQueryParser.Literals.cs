using System.Globalization;
using System.Text;
using System.Xml;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>Literals and references to characters.</summary>
internal sealed partial class XQueryParser
{
    // ---- literals ----

    /// <summary>A string literal; its entity references are read.</summary>
    private string ReadString()
    {
        SkipSpaces();
        if (Current is not ('"' or '\''))
        {
            throw Fail(9317, NextToken());
        }

        char quote = _text[_at++];
        var value = new System.Text.StringBuilder();
        while (true)
        {
            if (IsAtEnd)
            {
                throw Fail(2274, 1);
            }

            char c = _text[_at];
            if (c == quote)
            {
                _at++;
                if (Current != quote)
                {
                    return value.ToString();
                }

                value.Append(quote);
                _at++;
            }
            else if (c == '&')
            {
                value.Append(ReadReference());
            }
            else
            {
                value.Append(c);
                _at++;
            }
        }
    }

    private string ReadReference()
    {
        _at++;
        if (Current == '#')
        {
            return ReadCharacterReference();
        }

        int from = _at;
        while (char.IsAsciiLetter(Current))
        {
            _at++;
        }

        string name = _text[from.._at];
        if (name.Length == 0)
        {
            throw Fail(2282);
        }

        if (Current != ';')
        {
            throw Fail(2283, Current);
        }

        _at++;
        return name switch { "lt" => "<", "gt" => ">", "amp" => "&", "quot" => "\"", "apos" => "'", _ => throw Fail(2282) };
    }

    private string ReadCharacterReference()
    {
        _at++;
        bool isHexadecimal = Current == 'x';
        int from = isHexadecimal ? ++_at : _at;
        while (isHexadecimal ? char.IsAsciiHexDigit(Current) : char.IsAsciiDigit(Current))
        {
            _at++;
        }

        if (_at == from || Current != ';'
            || !int.TryParse(_text.AsSpan(from, _at - from), isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out int code)
            || code is <= 0 or > 0x10FFFF or (>= 0xD800 and <= 0xDFFF))
        {
            throw Fail(2285);
        }

        _at++;
        return char.ConvertFromUtf32(code);
    }

    private XLiteral ReadNumber()
    {
        int from = _at;
        bool isDecimal = false;
        while (char.IsAsciiDigit(Current) || (Current == '.' && !isDecimal))
        {
            isDecimal |= Current == '.';
            _at++;
        }

        if (Current is 'e' or 'E')
        {
            _at++;
            if (Current is '+' or '-')
            {
                _at++;
            }

            while (char.IsAsciiDigit(Current))
            {
                _at++;
            }

            return new XLiteral(XAtomic.Of(XAtomic.ParseDouble(_text[from.._at]) ?? throw Fail(2342)));
        }

        if (!decimal.TryParse(_text.AsSpan(from, _at - from), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            throw Fail(2342);
        }

        return new XLiteral(new XAtomic(isDecimal ? XAtomicType.Decimal : XAtomicType.Integer, decimal.Round(number, 10, MidpointRounding.AwayFromZero)));
    }
}
