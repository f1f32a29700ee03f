using System.Xml;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Xml;

/// <summary>A document that sp_xml_preparedocument holds for OPENXML: XPath 1.0 over a DOM, with the node numbers of the edge table.</summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/xml/openxml-sql-server.</remarks>
internal sealed class PreparedXml
{
    private readonly XmlDocument _document = new() { XmlResolver = null, PreserveWhitespace = false };
    private readonly XmlNamespaceManager _namespaces;
    private readonly Dictionary<object, long> _ids = new(ReferenceEqualityComparer.Instance);

    /// <param name="text">The document; null for one without nodes.</param>
    /// <param name="namespaces">An element whose declarations bind the prefixes of patterns; null for none.</param>
    public PreparedXml(string? text, string? namespaces)
    {
        if (text is not null)
        {
            Load(_document, text);
        }

        _namespaces = new XmlNamespaceManager(_document.NameTable);
        if (namespaces is not null)
        {
            var declarations = new XmlDocument { XmlResolver = null };
            Load(declarations, namespaces);
            foreach (XmlAttribute attribute in declarations.DocumentElement!.Attributes)
            {
                if (attribute.Prefix == "xmlns")
                {
                    _namespaces.AddNamespace(attribute.LocalName, attribute.Value);
                }
            }
        }

        NumberNodes();
    }

    private static void Load(XmlDocument document, string text)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersFromEntities = 1 });
            document.Load(reader);
        }
        catch (XmlException error)
        {
            throw SqlErrors.CreateWithState(6602, 2, error.Message);
        }
    }

    /// <summary>The nodes of a row pattern; error 6603 when it is no XPath.</summary>
    public List<System.Xml.XmlNode> Select(System.Xml.XmlNode? from, string pattern)
    {
        try
        {
            var found = new List<System.Xml.XmlNode>();
            foreach (System.Xml.XmlNode node in (from ?? _document).SelectNodes(pattern, _namespaces)!)
            {
                found.Add(node);
            }

            return found;
        }
        catch (System.Xml.XPath.XPathException error)
        {
            throw SqlErrors.CreateWithState(6603, 2, $"{error.Message}\r\n\r\n{pattern}--><--");
        }
    }

    public long? IdOf(object? node) => node is not null && _ids.TryGetValue(node, out long id) ? id : null;

    /// <summary>
    /// The document element is 0 and takes a number all the same; attributes come between an element and its children; a text right behind its parent's start changes places
    /// with the node after it; the texts of attributes come last.
    /// </summary>
    private void NumberNodes()
    {
        var order = new List<System.Xml.XmlNode>();
        foreach (System.Xml.XmlNode child in _document.ChildNodes)
        {
            Collect(child, order);
        }

        for (int i = 0; i < order.Count; i++)
        {
            _ids[order[i]] = i + 1;
        }

        for (int i = 1; i + 1 < order.Count; i++)
        {
            if (order[i] is XmlCharacterData and not XmlComment && ReferenceEquals(order[i].ParentNode, order[i - 1]) && _ids[order[i]] == i + 1)
            {
                (_ids[order[i]], _ids[order[i + 1]]) = (_ids[order[i + 1]], _ids[order[i]]);
            }
        }

        if (_document.DocumentElement is { } root)
        {
            _ids[root] = 0;
        }

        long next = order.Count + 1;
        foreach (XmlAttribute attribute in order.OfType<XmlAttribute>())
        {
            _ids[TextOf(attribute)] = next++;
        }
    }

    private static object TextOf(XmlAttribute attribute) => attribute.FirstChild ?? (object)attribute.Value;

    private static void Collect(System.Xml.XmlNode node, List<System.Xml.XmlNode> order)
    {
        if (node is XmlDeclaration)
        {
            return;
        }

        order.Add(node);
        if (node.Attributes is { } attributes)
        {
            foreach (XmlAttribute attribute in attributes)
            {
                order.Add(attribute);
            }
        }

        foreach (System.Xml.XmlNode child in node.ChildNodes)
        {
            Collect(child, order);
        }
    }

    // ---- the edge table ----

    /// <summary>The rows of OPENXML without WITH: every node of the matched subtrees, each once.</summary>
    public IEnumerable<SqlValue[]> Edges(string pattern)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (System.Xml.XmlNode node in Select(null, pattern))
        {
            foreach (SqlValue[] row in node is XmlDocument document ? document.ChildNodes.Cast<System.Xml.XmlNode>().SelectMany(c => Edges(c, seen)) : Edges(node, seen))
            {
                yield return row;
            }
        }
    }

    private IEnumerable<SqlValue[]> Edges(System.Xml.XmlNode node, HashSet<object> seen)
    {
        if (node is XmlDeclaration or XmlDocumentType || !seen.Add(node))
        {
            yield break;
        }

        System.Xml.XmlNode? parent = node is XmlAttribute attribute ? attribute.OwnerElement : node.ParentNode;
        bool isText = node.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace;
        yield return Row(
            IdOf(node)!.Value,
            IdOf(parent),
            isText ? 3 : (int)node.NodeType,
            isText ? "#text" : node.LocalName,
            node.Prefix,
            node is XmlAttribute { Prefix: "xmlns" } or XmlAttribute { Name: "xmlns" } ? "" : node.NamespaceURI,
            node is XmlAttribute ? null : IdOf(node.PreviousSibling),
            isText || node is XmlComment or XmlProcessingInstruction ? node.Value : null);
        if (node is XmlAttribute valued)
        {
            yield return Row(IdOf(TextOf(valued))!.Value, IdOf(valued), 3, "#text", "", "", null, valued.Value);
            yield break;
        }

        if (node.Attributes is { } attributes)
        {
            foreach (XmlAttribute owned in attributes)
            {
                foreach (SqlValue[] row in Edges(owned, seen))
                {
                    yield return row;
                }
            }
        }

        foreach (System.Xml.XmlNode child in node.ChildNodes)
        {
            foreach (SqlValue[] row in Edges(child, seen))
            {
                yield return row;
            }
        }
    }

    private static SqlValue[] Row(long id, long? parent, int type, string name, string prefix, string uri, long? previous, string? text) =>
    [
        SqlValue.FromBigInt(id), parent is { } p ? SqlValue.FromBigInt(p) : SqlValue.Null, SqlValue.FromInt(type), SqlValue.FromString(name),
        prefix.Length == 0 ? SqlValue.Null : SqlValue.FromString(prefix), uri.Length == 0 ? SqlValue.Null : SqlValue.FromString(uri), SqlValue.Null,
        previous is { } q ? SqlValue.FromBigInt(q) : SqlValue.Null, text is null ? SqlValue.Null : SqlValue.FromString(text),
    ];

    // ---- WITH ----

    /// <summary>A row of OPENXML ... WITH: what each column finds from the row's node.</summary>
    /// <param name="node">The row's node.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="flags">1 attributes, 2 elements, 3 both; 8 takes consumed nodes out of @mp:xmltext.</param>
    public SqlValue[] Row(System.Xml.XmlNode node, IReadOnlyList<OpenXmlColumnInfo> columns, int flags)
    {
        var values = new SqlValue[columns.Count];
        var consumed = new HashSet<System.Xml.XmlNode>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < values.Length; i++)
        {
            OpenXmlColumnInfo column = columns[i];
            if (column.Pattern is { } meta && meta.StartsWith("@mp:", StringComparison.Ordinal))
            {
                continue;
            }

            System.Xml.XmlNode? found = Find(node, column, flags & 3);
            if (found is not null)
            {
                consumed.Add(found);
                values[i] = Value(found, column.Type);
            }
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (columns[i].Pattern is { } meta && meta.StartsWith("@mp:", StringComparison.Ordinal) && MetaProperty(node, meta[4..], (flags & 8) != 0 ? consumed : null) is { } text)
            {
                values[i] = Convert(text, columns[i].Type);
            }
        }

        return values;
    }

    private System.Xml.XmlNode? Find(System.Xml.XmlNode node, OpenXmlColumnInfo column, int mapping)
    {
        if (column.Pattern is { } pattern)
        {
            return Select(node, pattern).FirstOrDefault();
        }

        System.Xml.XmlNode? attribute = mapping == 2 ? null : node.Attributes?[column.Name];
        return attribute ?? (mapping < 2 ? null : node[column.Name]);
    }

    private static SqlValue Value(System.Xml.XmlNode node, SqlType type) => Convert(type.Id == SqlTypeId.Xml && node is XmlElement ? node.OuterXml : node.Value ?? node.InnerText, type);

    private static SqlValue Convert(string text, SqlType type) => SqlConvert.Convert(SqlValue.FromString(text), type.IsString ? SqlType.NVarCharMax : SqlType.NVarChar(4000), type);

    private string? MetaProperty(System.Xml.XmlNode node, string name, HashSet<System.Xml.XmlNode>? consumed)
    {
        System.Xml.XmlNode? parent = node is XmlAttribute attribute ? attribute.OwnerElement : node.ParentNode;
        parent = parent is XmlDocument ? null : parent;
        return name switch
        {
            "id" => Number(IdOf(node)),
            "localname" => node.LocalName,
            "prefix" => NullIfEmpty(node.Prefix),
            "namespaceuri" => NullIfEmpty(node.NamespaceURI),
            "prev" => Number(IdOf(node.PreviousSibling)),
            "parentid" => Number(IdOf(parent)),
            "parentlocalname" => parent?.LocalName,
            "parentprefix" => NullIfEmpty(parent?.Prefix),
            "parentnamespaceuri" => NullIfEmpty(parent?.NamespaceURI),
            "xmltext" => Text(node, consumed),
            _ => throw SqlErrors.NotSupported("@mp:" + name),
        };
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string? Number(long? id) => id?.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The markup of a row's node, without the nodes that columns took.</summary>
    private static string Text(System.Xml.XmlNode node, HashSet<System.Xml.XmlNode>? consumed)
    {
        var text = new System.Text.StringBuilder();
        Append(node, consumed, text);
        return text.ToString();
    }

    private static void Append(System.Xml.XmlNode node, HashSet<System.Xml.XmlNode>? consumed, System.Text.StringBuilder text)
    {
        if (consumed is not null && consumed.Contains(node))
        {
            return;
        }

        if (node is not XmlElement element)
        {
            text.Append(node is XmlAttribute ? node.Value : node.OuterXml);
            return;
        }

        text.Append('<').Append(element.Name);
        foreach (XmlAttribute attribute in element.Attributes)
        {
            if (consumed is null || !consumed.Contains(attribute))
            {
                text.Append(' ').Append(attribute.Name).Append("=\"");
                XmlText.AppendAttribute(text, attribute.Value);
                text.Append('"');
            }
        }

        int start = text.Length;
        text.Append('>');
        foreach (System.Xml.XmlNode child in element.ChildNodes)
        {
            Append(child, consumed, text);
        }

        if (text.Length == start + 1)
        {
            text.Length = start;
            text.Append("/>");
            return;
        }

        text.Append("</").Append(element.Name).Append('>');
    }
}

/// <summary>A column of OPENXML ... WITH.</summary>
/// <param name="Pattern">XPath from the row's node, or @mp:property; null to find it by its name.</param>
internal sealed record OpenXmlColumnInfo(string Name, SqlType Type, string? Pattern);
