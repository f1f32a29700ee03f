using System.Globalization;
using System.Text;
using System.Xml;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>Characters, words and names of the text.</summary>
internal sealed partial class XQueryParser
{
    // ---- characters and words ----

    private void SkipSpaces()
    {
        while (!IsAtEnd)
        {
            if (Current is ' ' or '\t' or '\r' or '\n')
            {
                _at++;
            }
            else if (Follows("(:"))
            {
                SkipComment();
            }
            else
            {
                return;
            }
        }
    }

    private void SkipComment()
    {
        int depth = 0;
        int line = _text.AsSpan(0, _at).Count('\n') + 1;
        do
        {
            if (IsAtEnd)
            {
                throw Fail(2340, line);
            }

            if (Follows("(:"))
            {
                depth++;
                _at += 2;
            }
            else if (Follows(":)"))
            {
                depth--;
                _at += 2;
            }
            else
            {
                _at++;
            }
        }
        while (depth > 0);
    }

    private bool Follows(string text) => string.CompareOrdinal(_text, _at, text, 0, text.Length) == 0;

    /// <summary>Skips spaces; then takes a symbol when it is there.</summary>
    private bool Accept(string symbol)
    {
        SkipSpaces();
        if (!Follows(symbol))
        {
            return false;
        }

        _at += symbol.Length;
        return true;
    }

    /// <summary>Skips spaces; then whether a whole word is there.</summary>
    private bool AtWord(string word)
    {
        SkipSpaces();
        return Follows(word) && (_at + word.Length >= _text.Length || !IsNameCharacter(_text[_at + word.Length]));
    }

    private bool AcceptWord(string word)
    {
        if (!AtWord(word))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    /// <summary>Two words, as in "order by"; nothing is taken unless both are there.</summary>
    private bool AcceptWords(string first, string second)
    {
        int from = _at;
        if (AcceptWord(first) && AcceptWord(second))
        {
            return true;
        }

        _at = from;
        return false;
    }

    private static bool IsNameCharacter(char c) => XmlConvert.IsNCNameChar(c);

    private bool AtName
    {
        get
        {
            SkipSpaces();
            return !IsAtEnd && XmlConvert.IsStartNCNameChar(Current);
        }
    }

    private string ReadName()
    {
        int from = _at;
        while (!IsAtEnd && IsNameCharacter(Current))
        {
            _at++;
        }

        return _text[from.._at];
    }

    /// <summary>prefix:name or name; the prefix is empty when there is none.</summary>
    private (string Prefix, string Name) ReadQualifiedName()
    {
        string first = ReadName();
        if (Current == ':' && _at + 1 < _text.Length && XmlConvert.IsStartNCNameChar(_text[_at + 1]))
        {
            _at++;
            return (first, ReadName());
        }

        return ("", first);
    }

    private string Resolve(string prefix) => _namespaces.TryGetValue(prefix, out string? uri) ? uri : throw Fail(2229, prefix);

    private void Expect(string symbol)
    {
        if (!Accept(symbol))
        {
            throw Fail(9303, NextToken(), symbol);
        }
    }

    private void ExpectWord(string word)
    {
        if (!AcceptWord(word))
        {
            throw Fail(9303, NextToken(), word);
        }
    }

    /// <summary>The token at hand, for messages.</summary>
    private string NextToken()
    {
        SkipSpaces();
        if (IsAtEnd)
        {
            return "<eof>";
        }

        int from = _at;
        try
        {
            if (Current == '$')
            {
                _at++;
            }

            if (XmlConvert.IsStartNCNameChar(Current))
            {
                ReadQualifiedName();
            }
            else if (char.IsAsciiDigit(Current))
            {
                while (char.IsAsciiDigit(Current) || Current == '.')
                {
                    _at++;
                }
            }
            else
            {
                string[] symbols = ["!=", "<=", ">=", ":=", "//", "::", "..", "<<", ">>", "<!", "<?", "</", "/>"];
                _at += Array.Find(symbols, Follows)?.Length ?? 1;
            }

            return _text[from.._at];
        }
        finally
        {
            _at = from;
        }
    }
}
