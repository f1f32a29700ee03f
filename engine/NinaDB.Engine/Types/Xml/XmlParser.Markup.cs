using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Xml;

/// <summary>Tags, comments, processing instructions, CDATA and the XML declaration.</summary>
internal sealed partial class XmlParser
{
    private void ReadMarkup()
    {
        if (_at + 1 >= _text.Length)
        {
            throw Error(9400, _text.Length - 1);
        }

        switch (_text[_at + 1])
        {
            case '!':
                ReadDeclaration();
                break;
            case '/':
                FlushText();
                ReadEndTag();
                break;
            case '?':
                FlushText();
                ReadInstruction();
                break;
            default:
                FlushText();
                ReadStartTag();
                break;
        }
    }

    private void ReadStartTag()
    {
        _at++;
        int nameAt = _at;
        (string prefix, string name) = ReadQualifiedName();
        string written = _text[nameAt.._at];
        _raw.Clear();
        bool isFirst = true;
        while (true)
        {
            int spaces = SkipSpaces();
            if (IsAtEnd)
            {
                throw Error(9400, _text.Length - 1);
            }

            if (_text[_at] == '>')
            {
                OpenElement(prefix, name, written, isEmpty: false);
                _at++;
                return;
            }

            if (_text[_at] == '/')
            {
                if (_at + 1 >= _text.Length)
                {
                    throw Error(9412, _text.Length - 1);
                }

                _at++;
                if (_text[_at] != '>')
                {
                    throw Error(9412, _at);
                }

                OpenElement(prefix, name, written, isEmpty: true);
                _at++;
                return;
            }

            if (spaces == 0)
            {
                throw Error(isFirst ? 9455 : 9410, _at);
            }

            isFirst = false;
            ReadAttribute();
        }
    }

    private void ReadAttribute()
    {
        (string prefix, string name) = ReadQualifiedName();
        SkipSpaces();
        if (IsAtEnd || _text[_at] != '=')
        {
            throw Error(9414, Math.Min(_at, _text.Length - 1));
        }

        _at++;
        SkipSpaces();
        if (IsAtEnd || _text[_at] is not ('"' or '\''))
        {
            throw Error(9413, Math.Min(_at, _text.Length - 1));
        }

        char quote = _text[_at++];
        _value.Clear();
        while (true)
        {
            if (IsAtEnd)
            {
                throw Error(9400, _text.Length - 1);
            }

            char c = _text[_at];
            if (c == quote)
            {
                break;
            }

            switch (c)
            {
                case '<':
                    throw Error(9415, _at);
                case '&':
                    _value.Append(ReadReference());
                    break;
                case '\t' or '\n' or '\r':
                    _at += c == '\r' && Follows("\n", 1) ? 2 : 1;
                    _value.Append(' ');
                    break;
                default:
                    int from = _at;
                    SkipCharacter();
                    _value.Append(_text, from, _at - from);
                    break;
            }
        }

        _at++;
        _raw.Add(new RawAttribute(prefix, name, _value.ToString()));
    }

    /// <summary>The checks of a whole start tag, found at its closing angle bracket: declarations, then the element's prefix, then each attribute.</summary>
    private void OpenElement(string prefix, string name, string written, bool isEmpty)
    {
        CheckDepth(102);
        int scope = _scope.Count;
        List<(string, string)>? declarations = null;
        foreach (RawAttribute attribute in _raw)
        {
            if (DeclaredPrefix(attribute) is not { } declared)
            {
                continue;
            }

            if (declared == "xmlns")
            {
                throw Error(9465, _at);
            }

            if ((declared == "xml") != (attribute.Value == XmlNode.XmlNamespace))
            {
                throw Error(9464, _at);
            }

            if (declared.Length > 0 && attribute.Value.Length == 0)
            {
                throw Error(9460, _at);
            }

            for (int i = scope; i < _scope.Count; i++)
            {
                if (_scope[i].Prefix == declared)
                {
                    throw Error(9458, _at);
                }
            }

            _scope.Add((declared, attribute.Value));
            (declarations ??= []).Add((declared, attribute.Value));
        }

        XmlNode element = XmlNode.Element(prefix, name, Resolve(prefix) ?? throw Error(9459, _at));
        element.Declarations = declarations;
        bool? preserves = null;
        foreach (RawAttribute attribute in _raw)
        {
            if (DeclaredPrefix(attribute) is not null)
            {
                continue;
            }

            string uri = attribute.Prefix.Length == 0 ? "" : Resolve(attribute.Prefix) ?? throw Error(9459, _at);
            if (element.FindAttribute(attribute.Name, uri) is not null)
            {
                throw Error(9437, _at);
            }

            if (uri == XmlNode.XmlNamespace && attribute.Name == "space")
            {
                preserves = attribute.Value switch { "preserve" => true, "default" => false, _ => throw Error(9463, _at) };
            }

            if (_open.Count + 1 >= MaximumDepth)
            {
                throw SqlErrors.CreateWithState(6335, 101);
            }

            element.AppendAttribute(XmlNode.Attribute(attribute.Prefix, attribute.Name, uri, attribute.Value));
        }

        _isProlog = false;
        _current.Append(element);
        if (isEmpty)
        {
            _scope.RemoveRange(scope, _scope.Count - scope);
            return;
        }

        _open.Add((element, written, scope, preserves ?? (_open.Count > 0 && _open[^1].Preserves)));
        _current = element;
    }

    private static string? DeclaredPrefix(in RawAttribute attribute) =>
        attribute.Prefix == "xmlns" ? attribute.Name : attribute is { Prefix: "", Name: "xmlns" } ? "" : null;

    private string? Resolve(string prefix)
    {
        if (prefix == "xml")
        {
            return XmlNode.XmlNamespace;
        }

        for (int i = _scope.Count - 1; i >= 0; i--)
        {
            if (_scope[i].Prefix == prefix)
            {
                return _scope[i].Uri;
            }
        }

        return prefix.Length == 0 ? "" : null;
    }

    private void ReadEndTag()
    {
        if (_open.Count == 0 && _isProlog)
        {
            throw Error(9455, _at + 1);
        }

        _at += 2;
        int from = _at;
        ReadQualifiedName();
        ReadOnlySpan<char> name = _text.AsSpan(from, _at - from);
        SkipSpaces();
        if (IsAtEnd || _text[_at] != '>')
        {
            throw Error(9412, Math.Min(_at, _text.Length - 1));
        }

        if (_open.Count == 0 || !name.SequenceEqual(_open[^1].Name))
        {
            throw Error(9436, _at);
        }

        _scope.RemoveRange(_open[^1].Scope, _scope.Count - _open[^1].Scope);
        _current = _open[^1].Element.Parent!;
        _open.RemoveAt(_open.Count - 1);
        _at++;
    }

    /// <summary>&lt;!-- --&gt;, CDATA, and DOCTYPE, which is refused.</summary>
    private void ReadDeclaration()
    {
        if (_at + 2 >= _text.Length)
        {
            throw Error(9422, _text.Length - 1);
        }

        switch (_text[_at + 2])
        {
            case '-':
                FlushText();
                ReadComment();
                break;
            case '[':
                ReadCharacterData();
                break;
            case 'D' when _open.Count == 0:
                ReadDocumentType();
                break;
            default:
                throw Error(9422, _at + 2);
        }
    }

    private void ReadComment()
    {
        if (_at + 3 >= _text.Length || _text[_at + 3] != '-')
        {
            throw Error(9424, Math.Min(_at + 3, _text.Length - 1));
        }

        _at += 4;
        int from = _at;
        while (true)
        {
            if (IsAtEnd)
            {
                throw Error(9424, _text.Length - 1);
            }

            if (Follows("--", 0))
            {
                if (_at + 2 >= _text.Length || _text[_at + 2] != '>')
                {
                    throw Error(9412, Math.Min(_at + 2, _text.Length - 1));
                }

                CheckDepth(101);
                _current.Append(XmlNode.Comment(Normalize(_text[from.._at])));
                _at += 3;
                return;
            }

            SkipCharacter();
        }
    }

    private static string Normalize(string text) => text.Contains('\r') ? text.Replace("\r\n", "\n").Replace('\r', '\n') : text;

    private void ReadCharacterData()
    {
        const string opening = "<![CDATA[";
        for (int i = 2; i < opening.Length; i++)
        {
            if (_at + i >= _text.Length || _text[_at + i] != opening[i])
            {
                throw Error(9423, Math.Min(_at + i, _text.Length - 1));
            }
        }

        _isProlog = false;
        _at += opening.Length;
        int from = _at;
        while (!Follows("]]>", 0))
        {
            if (IsAtEnd)
            {
                throw Error(9423, _text.Length - 1);
            }

            SkipCharacter();
        }

        AddText(Normalize(_text[from.._at]), isWritten: false);
        _at += 3;
    }

    private void ReadDocumentType()
    {
        const string opening = "<!DOCTYPE";
        for (int i = 2; i < opening.Length; i++)
        {
            if (_at + i >= _text.Length)
            {
                throw Error(9400, _text.Length - 1);
            }

            if (_text[_at + i] != opening[i])
            {
                throw Error(9422, _at + i);
            }
        }

        int depth = 0;
        char quote = '\0';
        for (int i = _at + opening.Length; i < _text.Length; i++)
        {
            char c = _text[i];
            if (quote != 0)
            {
                quote = c == quote ? '\0' : quote;
            }
            else if (c is '"' or '\'')
            {
                quote = c;
            }
            else if (c is '[' or ']')
            {
                depth += c == '[' ? 1 : -1;
            }
            else if (c == '>' && depth <= 0)
            {
                throw SqlErrors.Create(6359);
            }
        }

        throw Error(9400, _text.Length - 1);
    }

    private void ReadInstruction()
    {
        int start = _at;
        _at += 2;
        if (IsAtEnd)
        {
            throw Error(9400, _text.Length - 1);
        }

        if (!IsNameCharacter(isFirst: true))
        {
            throw Error(9421, _at);
        }

        int from = _at;
        while (!IsAtEnd && (IsNameCharacter(isFirst: false) || _text[_at] == ':'))
        {
            _at++;
        }

        string target = _text[from.._at];
        if (target == "xml")
        {
            if (start != _start)
            {
                throw Error(9438, Math.Min(_at, _text.Length - 1));
            }

            ReadXmlDeclaration();
            return;
        }

        if (target.Equals("xml", StringComparison.OrdinalIgnoreCase))
        {
            throw Error(9439, Math.Min(_at, _text.Length - 1));
        }

        if (IsAtEnd)
        {
            throw Error(9451, _text.Length - 1);
        }

        if (_text[_at] != '?' && !IsSpace(_text[_at]))
        {
            throw Error(9421, _at);
        }

        SkipSpaces();
        int content = _at;
        while (!Follows("?>", 0))
        {
            if (IsAtEnd)
            {
                throw Error(9451, _text.Length - 1);
            }

            SkipCharacter();
        }

        CheckDepth(101);
        _current.Append(XmlNode.ProcessingInstruction(target, Normalize(_text[content.._at])));
        _at += 2;
    }

    /// <summary>version, encoding and standalone in this order; the encoding has to fit how the text came.</summary>
    private void ReadXmlDeclaration()
    {
        string[] names = ["version", "encoding", "standalone"];
        int expected = 0;
        string? encoding = null;
        while (true)
        {
            int spaces = SkipSpaces();
            if (IsAtEnd)
            {
                throw Error(9400, _text.Length - 1);
            }

            if (_text[_at] == '?')
            {
                _at++;
                if (IsAtEnd)
                {
                    throw Error(9400, _text.Length - 1);
                }

                if (_text[_at] != '>' || expected == 0)
                {
                    throw Error(9441, _at);
                }

                CheckEncoding(encoding);
                _at++;
                return;
            }

            if (spaces == 0)
            {
                throw Error(9441, _at);
            }

            int from = _at;
            while (!IsAtEnd && char.IsAsciiLetter(_text[_at]))
            {
                _at++;
            }

            int slot = Array.IndexOf(names, _text[from.._at]);
            if (slot < expected || (expected == 0 && slot != 0))
            {
                throw Error(9441, Math.Min(_at, _text.Length - 1));
            }

            expected = slot + 1;
            SkipSpaces();
            if (IsAtEnd || _text[_at] != '=')
            {
                throw Error(IsAtEnd ? 9400 : 9441, Math.Min(_at, _text.Length - 1));
            }

            _at++;
            SkipSpaces();
            if (IsAtEnd || _text[_at] is not ('"' or '\''))
            {
                throw Error(IsAtEnd ? 9400 : 9413, Math.Min(_at, _text.Length - 1));
            }

            char quote = _text[_at++];
            int valueAt = _at;
            while (!IsAtEnd && _text[_at] != quote)
            {
                _at++;
            }

            if (IsAtEnd)
            {
                throw Error(9400, _text.Length - 1);
            }

            string value = _text[valueAt.._at];
            bool isValid = slot switch { 0 => value == "1.0", 2 => value is "yes" or "no", _ => value.Length > 0 && char.IsAsciiLetter(value[0]) };
            if (!isValid)
            {
                throw Error(slot == 1 ? 9442 : 9441, _at);
            }

            encoding = slot == 1 ? value : encoding;
            _at++;
        }
    }

    private void CheckEncoding(string? encoding)
    {
        if (encoding is null)
        {
            return;
        }

        string name = encoding.ToUpperInvariant();
        bool isWide = name is "UTF-16" or "UCS-2" or "ISO-10646-UCS-2" or "UNICODE";
        bool isKnown = isWide || name.StartsWith("UTF-8", StringComparison.Ordinal) || name.StartsWith("ISO-8859", StringComparison.Ordinal)
            || name.StartsWith("WINDOWS-", StringComparison.Ordinal) || name is "US-ASCII" or "ASCII" or "LATIN1";
        if (isKnown ? isWide != _isUnicode : _isUnicode)
        {
            throw Error(9402, _at);
        }

        if (!isKnown)
        {
            throw Error(9401, _at);
        }
    }
}
