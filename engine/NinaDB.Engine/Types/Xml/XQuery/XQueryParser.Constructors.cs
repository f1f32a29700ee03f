using System.Text;
using System.Xml;

namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>Direct constructors, which look like XML, and computed ones.</summary>
internal sealed partial class XQueryParser
{
    private XExpression ParseDirectConstructor()
    {
        if (Follows("<!--"))
        {
            return ParseDirectComment();
        }

        if (Follows("<?"))
        {
            return ParseDirectInstruction();
        }

        if (Follows("<!"))
        {
            throw Fail(2209, "<!");
        }

        _at++;
        return ParseDirectElement();
    }

    private XNodeConstructor ParseDirectComment()
    {
        _at += 4;
        int end = _text.IndexOf("--", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Fail(2209, "<eof>");
        }

        if (end + 2 >= _text.Length || _text[end + 2] != '>')
        {
            throw Fail(9322);
        }

        string value = _text[_at..end];
        if (value.EndsWith('-'))
        {
            throw Fail(9322);
        }

        _at = end + 3;
        return new XNodeConstructor(XKind.Comment, "", "", "", value, null);
    }

    private XNodeConstructor ParseDirectInstruction()
    {
        _at += 2;
        if (!XmlConvert.IsStartNCNameChar(Current))
        {
            throw Fail(2278, Current);
        }

        string target = ReadName();
        if (target.Equals("xml", StringComparison.OrdinalIgnoreCase))
        {
            throw Fail(2294);
        }

        int end = _text.IndexOf("?>", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Fail(2272);
        }

        string value = _text[_at..end].TrimStart();
        _at = end + 2;
        return new XNodeConstructor(XKind.ProcessingInstruction, "", target, "", value, null);
    }

    /// <summary>After the opening bracket.</summary>
    private XElementConstructor ParseDirectElement()
    {
        if (++_nesting > MaximumNesting)
        {
            throw Fail(2363);
        }

        if (!XmlConvert.IsStartNCNameChar(Current))
        {
            throw IsAtEnd ? Fail(2209, "<eof>") : Fail(2278, Current);
        }

        bool allows = _allowsInstances;
        _allowsInstances = false;
        (string prefix, string name) = ReadQualifiedName();
        var written = new List<(string Prefix, string Name, string? Text, XExpression? Expression)>();
        var declarations = new List<(string Prefix, string Uri)>();
        ReadDirectAttributes(written, declarations);

        // Declarations hold for the element itself, its attributes and its content.
        var saved = declarations.ConvertAll(d => (d.Prefix, Old: d.Prefix.Length == 0 ? _defaultNamespace : _namespaces.GetValueOrDefault(d.Prefix)));
        foreach ((string declared, string uri) in declarations)
        {
            Bind(declared, uri);
        }

        string elementUri = prefix.Length == 0 ? _defaultNamespace : Resolve(prefix);
        var attributes = new List<XConstructedAttribute>();
        foreach ((string p, string n, string? text, XExpression? expression) in written)
        {
            string uri = p.Length == 0 ? "" : Resolve(p);
            if (attributes.Exists(a => a.Name == n && a.Uri == uri))
            {
                throw p.Length == 0 ? Fail(2271, n) : Fail(2270, p, n);
            }

            attributes.Add(new XConstructedAttribute(p, n, uri, text, expression));
        }

        List<XContent> content = [];
        if (Follows("/>"))
        {
            _at += 2;
        }
        else
        {
            _at++;
            content = ParseDirectContent(prefix, name);
        }

        foreach ((string declared, string? old) in saved)
        {
            Bind(declared, old);
        }

        _allowsInstances = allows;
        _nesting--;
        return new XElementConstructor(prefix, name, elementUri, declarations, attributes, content);
    }

    private void Bind(string prefix, string? uri)
    {
        if (prefix.Length == 0)
        {
            _defaultNamespace = uri ?? "";
        }
        else if (uri is null)
        {
            _namespaces.Remove(prefix);
        }
        else
        {
            _namespaces[prefix] = uri;
        }
    }

    private void ReadDirectAttributes(List<(string Prefix, string Name, string? Text, XExpression? Expression)> attributes, List<(string Prefix, string Uri)> declarations)
    {
        while (true)
        {
            int from = _at;
            while (Current is ' ' or '\t' or '\r' or '\n')
            {
                _at++;
            }

            if (Current == '>' || Follows("/>"))
            {
                return;
            }

            if (IsAtEnd || _at == from || !XmlConvert.IsStartNCNameChar(Current))
            {
                throw Fail(2209, NextToken());
            }

            (string prefix, string name) = ReadQualifiedName();
            SkipSpaces();
            if (Current != '=')
            {
                throw Fail(2205, "=");
            }

            _at++;
            SkipSpaces();
            if (Current is not ('"' or '\''))
            {
                throw Fail(9317, NextToken());
            }

            (string? text, XExpression? expression) = ReadDirectValue(_text[_at++]);
            if (prefix == "xmlns" || (prefix.Length == 0 && name == "xmlns"))
            {
                declarations.Add((prefix.Length == 0 ? "" : name, text ?? throw Fail(9338)));
            }
            else
            {
                attributes.Add((prefix, name, text, expression));
            }
        }
    }

    /// <summary>The value of an attribute: text, or one expression in braces (error 9313 for both).</summary>
    private (string? Text, XExpression? Expression) ReadDirectValue(char quote)
    {
        var text = new StringBuilder();
        XExpression? expression = null;
        while (true)
        {
            if (IsAtEnd)
            {
                throw Fail(2274, 1);
            }

            char c = Current;
            if (c == quote && _at + 1 < _text.Length && _text[_at + 1] == quote)
            {
                text.Append(quote);
                _at += 2;
            }
            else if (c == quote)
            {
                _at++;
                return expression is null ? (text.ToString(), null) : text.Length > 0 ? throw Fail(9313) : (null, expression);
            }
            else if (Follows("{{") || Follows("}}"))
            {
                text.Append(c);
                _at += 2;
            }
            else if (c == '{')
            {
                if (expression is not null || text.Length > 0)
                {
                    throw Fail(9313);
                }

                expression = ParseEnclosed();
                CheckConstructed(expression, "data()");
            }
            else if (c == '}')
            {
                throw Fail(9324);
            }
            else if (c == '&')
            {
                text.Append(ReadReference());
            }
            else
            {
                text.Append(c is '\t' or '\r' or '\n' ? ' ' : c);
                _at++;
            }
        }
    }

    /// <summary>{ expression }.</summary>
    private XExpression ParseEnclosed()
    {
        _at++;
        XExpression expression = ParseExpression();
        Expect("}");
        return expression;
    }

    private List<XContent> ParseDirectContent(string prefix, string name)
    {
        var content = new List<XContent>();
        var text = new StringBuilder();
        bool isSpace = true;

        // Whitespace alone between tags and braces is no content.
        void Flush()
        {
            if (text.Length > 0 && !isSpace)
            {
                content.Add(new XContent(text.ToString(), null));
            }

            text.Clear();
            isSpace = true;
        }

        while (true)
        {
            if (IsAtEnd)
            {
                throw prefix.Length == 0 ? Fail(2267, name) : Fail(2266, prefix, name);
            }

            char c = Current;
            if (Follows("</"))
            {
                Flush();
                ReadEndTag(prefix, name);
                return content;
            }

            if (Follows("<![CDATA["))
            {
                int end = _text.IndexOf("]]>", _at, StringComparison.Ordinal);
                if (end < 0)
                {
                    throw Fail(2273);
                }

                text.Append(_text, _at + 9, end - _at - 9);
                isSpace = false;
                _at = end + 3;
            }
            else if (c == '<')
            {
                Flush();
                content.Add(new XContent(null, ParseDirectConstructor()));
            }
            else if (Follows("{{") || Follows("}}"))
            {
                text.Append(c);
                isSpace = false;
                _at += 2;
            }
            else if (c == '{')
            {
                Flush();
                content.Add(new XContent(null, ParseEnclosed()));
            }
            else if (c == '}')
            {
                throw Fail(9324);
            }
            else if (c == '&')
            {
                text.Append(ReadReference());
                isSpace = false;
            }
            else
            {
                isSpace &= c is ' ' or '\t' or '\r' or '\n';
                text.Append(c);
                _at++;
            }
        }
    }

    private void ReadEndTag(string prefix, string name)
    {
        _at += 2;
        (string endPrefix, string endName) = ReadQualifiedName();
        if (endPrefix != prefix || endName != name)
        {
            string opened = prefix.Length == 0 ? name : $"{prefix}:{name}";
            string closed = endPrefix.Length == 0 ? endName : $"{endPrefix}:{endName}";
            throw Fail(2323, closed, opened, 1);
        }

        while (Current is ' ' or '\t' or '\r' or '\n')
        {
            _at++;
        }

        if (Current != '>')
        {
            throw Fail(2209, NextToken());
        }

        _at++;
    }

    // ---- computed ----

    /// <summary>After the word element, attribute, text, comment, processing-instruction or document.</summary>
    private XExpression ParseComputedConstructor(string word)
    {
        switch (word)
        {
            case "comment":
                throw Fail(9326);
            case "processing-instruction":
                throw Fail(9325);
            case "document":
                throw Fail(9335, "document");
        }

        SkipSpaces();
        if (word == "text")
        {
            _at++;
            XExpression value = ParseSingle();
            if (Accept(","))
            {
                throw Fail(2205, "}");
            }

            Expect("}");
            CheckConstructed(value, "data()");
            return new XNodeConstructor(XKind.Text, "", "", "", null, value);
        }

        if (Current == '{')
        {
            throw Fail(9315);
        }

        (string prefix, string name) = ReadQualifiedName();
        SkipSpaces();
        _at++;
        XExpression? content = null;
        if (!Accept("}"))
        {
            content = ParseExpression();
            Expect("}");
        }

        if (word == "attribute")
        {
            if (prefix == "xmlns" || (prefix.Length == 0 && name == "xmlns"))
            {
                throw Fail(9316);
            }

            if (content is not null)
            {
                CheckConstructed(content, "data()");
            }

            return new XNodeConstructor(XKind.Attribute, prefix, name, prefix.Length == 0 ? "" : Resolve(prefix), null, content);
        }

        return new XElementConstructor(prefix, name, prefix.Length == 0 ? _defaultNamespace : Resolve(prefix), [], [], content is null ? [] : [new XContent(null, content)]);
    }
}
