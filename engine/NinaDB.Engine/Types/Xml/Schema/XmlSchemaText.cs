using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Xml.Schema;

/// <summary>The text of a collection as the schema documents in it, and back.</summary>
internal static class XmlSchemaText
{
    /// <summary>Characters that one statement may bring.</summary>
    private const int MaximumLength = 8_000_000;

    /// <summary>The elements at the top, each of which has to be a schema (error 2378). Whatever the parser refuses is an error of the 9400 family.</summary>
    public static IReadOnlyList<XmlNode> Documents(string text)
    {
        if (text.Length > MaximumLength)
        {
            throw SqlErrors.Aborting(SqlErrors.Create(2362, ""));
        }

        XmlNode content = XmlParser.Parse(text);
        var documents = new List<XmlNode>();
        foreach (XmlNode node in content.Children)
        {
            if (node.Kind == XmlNodeKind.Element && node is { Name: "schema", NamespaceUri: XmlSchemaModel.Xsd })
            {
                documents.Add(node);
            }
            else if (node.Kind is XmlNodeKind.Element or XmlNodeKind.Text)
            {
                throw SqlErrors.Aborting(SqlErrors.Create(2378, ""));
            }
        }

        return documents;
    }

    /// <summary>Namespace of the attribute that stands in a restriction for its patterns.</summary>
    public const string PatternNamespace = "urn:ninadb:patterns";

    /// <summary>A copy of a document whose patterns are taken out, numbered in <paramref name="patterns"/>: the framework would run them with backtracking.</summary>
    public static XmlNode WithoutPatterns(XmlNode document, List<XmlSchemaPattern> patterns)
    {
        XmlNode copy = document.Clone();
        foreach (XmlNode restriction in Descendants(copy).Where(n => n is { Name: "restriction", NamespaceUri: XmlSchemaModel.Xsd }).ToList())
        {
            List<XmlNode> found = [.. Elements(restriction).Where(c => c is { Name: "pattern", NamespaceUri: XmlSchemaModel.Xsd })];
            if (found.Count == 0)
            {
                continue;
            }

            restriction.AppendAttribute(XmlNode.Attribute("pt", "set", PatternNamespace, patterns.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            patterns.Add(new XmlSchemaPattern(found.Select(p => p.FindAttribute("value", "")!.Value)));
            found.ForEach(p => p.Remove());
        }

        return copy;
    }

    public static string Write(XmlNode document)
    {
        var text = new System.Text.StringBuilder();
        new XmlTextWriter(text, null).Write(document);
        return text.ToString();
    }

    /// <summary>The elements of the XSD namespace below a node, which come in document order.</summary>
    public static IEnumerable<XmlNode> Elements(XmlNode node)
    {
        foreach (XmlNode child in node.Children)
        {
            if (child.Kind == XmlNodeKind.Element)
            {
                yield return child;
            }
        }
    }

    /// <summary>Every element below, parents first.</summary>
    public static IEnumerable<XmlNode> Descendants(XmlNode node)
    {
        var stack = new Stack<XmlNode>();
        stack.Push(node);
        while (stack.TryPop(out XmlNode? next))
        {
            if (!ReferenceEquals(next, node))
            {
                yield return next;
            }

            for (int i = next.Children.Count - 1; i >= 0; i--)
            {
                if (next.Children[i].Kind == XmlNodeKind.Element && !(next.Name is "documentation" or "appinfo"))
                {
                    stack.Push(next.Children[i]);
                }
            }
        }
    }

    /// <summary>Where an element stands: /*:schema[1]/*:element[2]. Brothers of one name are counted.</summary>
    public static string Location(XmlNode element)
    {
        var steps = new Stack<string>();
        for (XmlNode? node = element; node is { Kind: XmlNodeKind.Element }; node = node.Parent)
        {
            int position = 0;
            foreach (XmlNode brother in node.Parent?.Children ?? [node])
            {
                position += brother.Kind == XmlNodeKind.Element && brother.Name == node.Name && brother.NamespaceUri == node.NamespaceUri ? 1 : 0;
                if (ReferenceEquals(brother, node))
                {
                    break;
                }
            }

            steps.Push(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/*:{node.Name}[{position}]"));
        }

        return string.Concat(steps);
    }
}
