using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>A part of element content: text as written, or an expression in braces.</summary>
/// <param name="Text">Literal text; null for an expression or a nested constructor.</param>
/// <param name="Expression">What gives the nodes or values.</param>
internal readonly record struct XContent(string? Text, XExpression? Expression);

/// <summary>An attribute of a direct constructor: literal text, or one expression.</summary>
internal sealed record XConstructedAttribute(string Prefix, string Name, string Uri, string? Text, XExpression? Expression);

/// <summary>&lt;name a="..."&gt;...&lt;/name&gt; and element name {...}.</summary>
internal sealed class XElementConstructor(
    string prefix, string name, string uri, IReadOnlyList<(string Prefix, string Uri)> declarations, IReadOnlyList<XConstructedAttribute> attributes, IReadOnlyList<XContent> content) : XExpression
{
    public override XType Type { get; } = XType.Of(XKind.Element, XCount.One, name) with { IsConstructed = true };

    public override IEnumerable<object> Evaluate(XContext context)
    {
        XmlNode element = Build(context);
        element.Number();
        return [element];
    }

    private XmlNode Build(XContext context)
    {
        XmlNode element = XmlNode.Element(prefix, name, uri);
        if (declarations.Count > 0)
        {
            element.Declarations = [.. declarations];
        }

        foreach (XConstructedAttribute attribute in attributes)
        {
            element.AppendAttribute(XmlNode.Attribute(attribute.Prefix, attribute.Name, attribute.Uri, attribute.Text ?? attribute.Expression!.JoinedText(context)));
        }

        var text = new StringBuilder();
        foreach (XContent part in content)
        {
            if (part.Text is not null)
            {
                text.Append(part.Text);
                continue;
            }

            XConstruction.AddContent(element, text, part.Expression!.Evaluate(context));
        }

        XConstruction.Flush(element, text);
        return element;
    }
}

/// <summary>comment, processing instruction, text and attribute constructors.</summary>
internal sealed class XNodeConstructor(XKind kind, string prefix, string name, string uri, string? text, XExpression? content) : XExpression
{
    public override XType Type { get; } = XType.Of(kind, kind == XKind.Text ? XCount.Optional : XCount.One, kind == XKind.Attribute ? name : "*") with { IsConstructed = true };

    public override IEnumerable<object> Evaluate(XContext context)
    {
        if (kind == XKind.Text)
        {
            // text { () } makes no node.
            List<XAtomic> values = content is null ? [] : [.. content.Atoms(context)];
            return values.Count == 0 ? [] : [XmlNode.Text(string.Join(' ', values.Select(v => v.Text)))];
        }

        string value = text ?? content?.JoinedText(context) ?? "";
        return
        [
            kind switch
            {
                XKind.Attribute => XmlNode.Attribute(prefix, name, uri, value),
                XKind.Comment => XmlNode.Comment(value),
                _ => XmlNode.ProcessingInstruction(name, value),
            },
        ];
    }
}

/// <summary>Putting items into an element.</summary>
internal static class XConstruction
{
    /// <summary>Adds the items of one expression: atomic values as text with spaces between them, nodes as copies, attributes to the element itself.</summary>
    public static void AddContent(XmlNode element, StringBuilder text, IEnumerable<object> items)
    {
        bool afterAtomic = false;
        foreach (object item in items)
        {
            if (item is XAtomic value)
            {
                if (afterAtomic)
                {
                    text.Append(' ');
                }

                text.Append(value.Text);
                afterAtomic = true;
                continue;
            }

            afterAtomic = false;
            AddNode(element, text, (XmlNode)item);
        }
    }

    private static void AddNode(XmlNode element, StringBuilder text, XmlNode node)
    {
        switch (node.Kind)
        {
            case XmlNodeKind.Document:
                foreach (XmlNode child in node.Children)
                {
                    AddNode(element, text, child);
                }

                break;
            case XmlNodeKind.Text:
                text.Append(node.Value);
                break;
            case XmlNodeKind.Attribute:
                if (element.Children.Exists(c => c.Kind != XmlNodeKind.Text))
                {
                    throw SqlErrors.Create(6307);
                }

                if (element.FindAttribute(node.Name, node.NamespaceUri) is not null)
                {
                    throw SqlErrors.Create(6308, node.Name);
                }

                element.AppendAttribute(node.Clone());
                break;
            default:
                Flush(element, text);
                element.Append(node.Clone());
                break;
        }
    }

    public static void Flush(XmlNode element, StringBuilder text)
    {
        if (text.Length > 0)
        {
            element.Append(XmlNode.Text(text.ToString()));
            text.Clear();
        }
    }
}
