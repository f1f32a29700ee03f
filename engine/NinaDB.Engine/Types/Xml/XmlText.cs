using System.Globalization;
using System.Text;

namespace NinaDB.Engine.Types.Xml;

/// <summary>The text of xml values as SQL Server stores and returns them.</summary>
internal static class XmlText
{
    /// <summary>The text of a whole instance.</summary>
    public static string Instance(XmlNode document)
    {
        var text = new StringBuilder();
        new XmlTextWriter(text, null).Write(document);
        return text.ToString();
    }

    /// <summary>The text of a node out of its document.</summary>
    public static string Fragment(XmlNode node)
    {
        var text = new StringBuilder();
        new XmlTextWriter(text, null).Write(node);
        return text.ToString();
    }

    /// <summary>Element content: angle brackets, ampersands and carriage returns as references.</summary>
    public static void AppendContent(StringBuilder text, string value) => Append(text, value, isAttribute: false);

    /// <summary>An attribute's value, between double quotes.</summary>
    public static void AppendAttribute(StringBuilder text, string value) => Append(text, value, isAttribute: true);

    /// <summary>A character of content or of an attribute, where it may stand in XML at all.</summary>
    public static void Append(StringBuilder text, char c, bool isAttribute)
    {
        switch (c)
        {
            case '&':
                text.Append("&amp;");
                break;
            case '<':
                text.Append("&lt;");
                break;
            case '>':
                text.Append("&gt;");
                break;
            case '"' when isAttribute:
                text.Append("&quot;");
                break;
            case '\r':
            case '\t' or '\n' when isAttribute:
                AppendReference(text, c);
                break;
            default:
                text.Append(c);
                break;
        }
    }

    private static void Append(StringBuilder text, string value, bool isAttribute)
    {
        foreach (char c in value)
        {
            Append(text, c, isAttribute);
        }
    }

    public static void AppendReference(StringBuilder text, char c) => text.Append(CultureInfo.InvariantCulture, $"&#x{(int)c:X2};");
}

/// <summary>
/// Writes nodes. Declarations inside the written part stay as they are; a namespace that was declared above it is bound again where it is used, to the prefix that the query
/// declares for it or to p1, p2 ...
/// </summary>
/// <param name="text">Where to.</param>
/// <param name="prefixes">Prefixes of the query that the nodes come from, with their URIs; an empty prefix is the default element namespace.</param>
internal sealed class XmlTextWriter(StringBuilder text, IReadOnlyList<(string Prefix, string Uri)>? prefixes)
{
    private readonly List<(string Prefix, string Uri)> _scope = [];
    private int _generated;

    public void Write(XmlNode node)
    {
        switch (node.Kind)
        {
            case XmlNodeKind.Document:
                WriteChildren(node);
                break;
            case XmlNodeKind.Element:
                WriteElement(node);
                break;
            case XmlNodeKind.Comment:
                text.Append("<!--").Append(node.Value).Append("-->");
                break;
            case XmlNodeKind.ProcessingInstruction:
                text.Append("<?").Append(node.Name).Append(' ').Append(node.Value).Append("?>");
                break;
            default:
                WriteText(node.Value);
                break;
        }
    }

    private void WriteChildren(XmlNode node)
    {
        foreach (XmlNode child in node.Children)
        {
            Write(child);
        }
    }

    /// <summary>Whitespace alone ends with a reference, so that it is not lost when it is read again.</summary>
    private void WriteText(string value)
    {
        if (value.Length > 0 && value.AsSpan().IndexOfAnyExcept(" \t\r\n") < 0 && !value.Contains('\r'))
        {
            text.Append(value, 0, value.Length - 1);
            XmlText.AppendReference(text, value[^1]);
            return;
        }

        XmlText.AppendContent(text, value);
    }

    private void WriteElement(XmlNode element)
    {
        int outer = _scope.Count;
        if (element.Declarations is not null)
        {
            _scope.AddRange(element.Declarations);
        }

        int bound = _scope.Count;
        string prefix = ElementPrefix(element);
        int name = text.Append('<').Length;
        AppendName(prefix, element.Name);
        int nameEnd = text.Length;
        if (element.Declarations is not null)
        {
            foreach ((string declared, string uri) in element.Declarations)
            {
                AppendDeclaration(declared, uri);
            }
        }

        for (int i = bound; i < _scope.Count; i++)
        {
            AppendDeclaration(_scope[i].Prefix, _scope[i].Uri);
        }

        foreach (XmlNode attribute in element.Attributes)
        {
            WriteAttribute(attribute);
        }

        if (!element.HasChildren)
        {
            text.Append("/>");
        }
        else
        {
            string tag = text.ToString(name, nameEnd - name);
            text.Append('>');
            WriteChildren(element);
            text.Append("</").Append(tag).Append('>');
        }

        _scope.RemoveRange(outer, _scope.Count - outer);
    }

    private void WriteAttribute(XmlNode attribute)
    {
        string prefix = attribute.Prefix;
        if (attribute.NamespaceUri.Length == 0)
        {
            prefix = "";
        }
        else if (prefix != "xml" && (prefix.Length == 0 || Lookup(prefix) != attribute.NamespaceUri))
        {
            prefix = Bound(attribute.NamespaceUri, allowDefault: false) ?? Declare(attribute.NamespaceUri, allowDefault: false);
        }

        text.Append(' ');
        AppendName(prefix, attribute.Name);
        text.Append("=\"");
        XmlText.AppendAttribute(text, attribute.Value);
        text.Append('"');
    }

    private string ElementPrefix(XmlNode element)
    {
        string uri = element.NamespaceUri;
        if ((Lookup(element.Prefix) ?? "") == uri || element.Prefix == "xml")
        {
            return element.Prefix;
        }

        if (uri.Length == 0)
        {
            _scope.Add(("", ""));
            return "";
        }

        if (Bound(uri, allowDefault: true) is { } known)
        {
            return known;
        }

        string prefix = Choose(uri, allowDefault: true);
        _scope.Add((prefix, uri));
        return prefix;
    }

    /// <summary>Binds a prefix on the spot, ahead of the attribute that needs it.</summary>
    private string Declare(string uri, bool allowDefault)
    {
        string prefix = Choose(uri, allowDefault);
        _scope.Add((prefix, uri));
        AppendDeclaration(prefix, uri);
        return prefix;
    }

    private string Choose(string uri, bool allowDefault)
    {
        if (prefixes is not null)
        {
            foreach ((string prefix, string known) in prefixes)
            {
                if (known == uri && (allowDefault || prefix.Length > 0))
                {
                    return prefix;
                }
            }
        }

        while (true)
        {
            string prefix = string.Create(CultureInfo.InvariantCulture, $"p{++_generated}");
            if (Lookup(prefix) is null)
            {
                return prefix;
            }
        }
    }

    private string? Lookup(string prefix)
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

        return null;
    }

    /// <summary>A prefix in scope that means the URI and is not hidden by a nearer declaration.</summary>
    private string? Bound(string uri, bool allowDefault)
    {
        for (int i = _scope.Count - 1; i >= 0; i--)
        {
            (string prefix, string known) = _scope[i];
            if (known == uri && (allowDefault || prefix.Length > 0) && Lookup(prefix) == uri)
            {
                return prefix;
            }
        }

        return null;
    }

    private void AppendName(string prefix, string name)
    {
        if (prefix.Length > 0)
        {
            text.Append(prefix).Append(':');
        }

        text.Append(name);
    }

    private void AppendDeclaration(string prefix, string uri)
    {
        text.Append(prefix.Length == 0 ? " xmlns" : " xmlns:").Append(prefix).Append("=\"");
        XmlText.AppendAttribute(text, uri);
        text.Append('"');
    }
}
