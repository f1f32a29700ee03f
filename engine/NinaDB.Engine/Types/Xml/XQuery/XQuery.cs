namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>A compiled query. Used by many executions at once: what varies is in the context.</summary>
internal sealed class XQuery(XExpression body, int slots, IReadOnlyList<(string Prefix, string Uri)> prefixes)
{
    public XExpression Body { get; } = body;

    public XType Type => Body.Type;

    /// <summary>Prefixes that the query declares, for nodes written out of their documents.</summary>
    public IReadOnlyList<(string Prefix, string Uri)> Prefixes { get; } = prefixes;

    public XContext Context(XmlNode item, XAtomic?[] accessors, XmlNode?[]? instances = null) => new(item, slots == 0 ? [] : new object[slots][], accessors) { Instances = instances ?? [] };

    /// <summary>The text of an xml value made of all items: atomic values with single spaces between them.</summary>
    public string Text(XContext context)
    {
        var text = new System.Text.StringBuilder();
        var writer = new XmlTextWriter(text, [.. Prefixes, ("xs", "http://www.w3.org/2001/XMLSchema"), ("xsi", "http://www.w3.org/2001/XMLSchema-instance"), ("xdt", "http://www.w3.org/2004/07/xpath-datatypes"), ("sql", "urn:schemas-microsoft-com:xml-sql")]);
        bool afterAtomic = false;
        foreach (object item in Body.Evaluate(context))
        {
            if (item is XAtomic value)
            {
                if (afterAtomic)
                {
                    text.Append(' ');
                }

                XmlText.AppendContent(text, value.Text);
                afterAtomic = true;
                continue;
            }

            afterAtomic = false;
            var node = (XmlNode)item;
            if (node.Kind == XmlNodeKind.Attribute)
            {
                throw Errors.SqlErrors.Create(6307);
            }

            writer.Write(node);
        }

        return text.ToString();
    }
}
