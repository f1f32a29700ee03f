using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Xml.XQuery;

internal enum XModificationKind : byte
{
    InsertFirst, InsertLast, InsertBefore, InsertAfter, Delete, Replace,
}

/// <summary>A compiled statement of XML DML. Targets and contents are found in the instance as it is; a copy of it is changed.</summary>
internal sealed class XModification(XModificationKind kind, XExpression? content, XExpression target, int slots, IReadOnlyList<(string Prefix, string Uri)> prefixes)
{
    /// <summary>The text of the changed instance.</summary>
    public string Apply(XmlNode document, XAtomic?[] accessors, XmlNode?[] instances)
    {
        var query = new XQuery(target, slots, prefixes);
        XContext context = query.Context(document, accessors, instances);
        List<object> targets = [.. target.Evaluate(context)];
        if (targets.Count > 0)
        {
            var copies = new Dictionary<XmlNode, XmlNode>(ReferenceEqualityComparer.Instance);
            XmlNode copy = document.Clone(copies);
            switch (kind)
            {
                case XModificationKind.Delete:
                    foreach (XmlNode node in targets.OfType<XmlNode>().Where(n => n.Kind != XmlNodeKind.Document))
                    {
                        copies[node].Remove();
                    }

                    break;
                case XModificationKind.Replace:
                    Replace((XmlNode)targets[0], copies, context);
                    break;
                default:
                    Insert((XmlNode)targets[0], copies, context);
                    break;
            }

            MergeTexts(copy);
            document = copy;
        }

        var text = new System.Text.StringBuilder();
        new XmlTextWriter(text, prefixes).Write(document);
        return text.ToString();
    }

    private void Replace(XmlNode node, Dictionary<XmlNode, XmlNode> copies, XContext context)
    {
        List<XAtomic> values = [.. content!.Atoms(context)];
        if (node.Kind == XmlNodeKind.Element)
        {
            ReplaceContent(copies[node], values);
            return;
        }

        if (values.Count == 0)
        {
            if (node.Kind != XmlNodeKind.Text)
            {
                throw SqlErrors.Create(6320);
            }

            if (content is not XSequence { Items.Count: 0 })
            {
                throw SqlErrors.Create(6325);
            }
        }

        string value = string.Join(' ', values.Select(v => v.Text));
        if (node.Kind == XmlNodeKind.Text && value.Length == 0)
        {
            copies[node].Remove();
            return;
        }

        copies[node].Value = value;
    }

    /// <summary>The value of an element of a simple type; without one, a nillable element says so.</summary>
    private void ReplaceContent(XmlNode element, List<XAtomic> values)
    {
        if (values.Count == 0 && target.Type.Declaration is not { IsNillable: true })
        {
            throw SqlErrors.Create(6320);
        }

        foreach (XmlNode child in element.Children.ToList())
        {
            child.Remove();
        }

        element.FindAttribute("nil", Schema.XmlSchemaModel.Xsi)?.Remove();
        if (values.Count == 0)
        {
            (element.Declarations ??= []).Add(("xsi", Schema.XmlSchemaModel.Xsi));
            element.AppendAttribute(XmlNode.Attribute("xsi", "nil", Schema.XmlSchemaModel.Xsi, "true"));
        }
        else if (string.Join(' ', values.Select(v => v.Text)) is { Length: > 0 } text)
        {
            element.Append(XmlNode.Text(text));
        }
    }

    private void Insert(XmlNode node, Dictionary<XmlNode, XmlNode> copies, XContext context)
    {
        XmlNode place = copies[node];
        bool isInto = kind is XModificationKind.InsertFirst or XModificationKind.InsertLast;
        XmlNode parent = isInto ? place : place.Parent!;
        int index = kind switch
        {
            XModificationKind.InsertFirst => 0,
            XModificationKind.InsertLast => parent.Children.Count,
            XModificationKind.InsertBefore => parent.Children.IndexOf(place),
            _ => parent.Children.IndexOf(place) + 1,
        };
        var attributes = new List<XmlNode>();
        foreach (object item in content!.Evaluate(context))
        {
            if (item is not XmlNode added)
            {
                continue;
            }

            if (added.Kind == XmlNodeKind.Attribute)
            {
                attributes.Add(added);
            }
            else
            {
                parent.Insert(index++, added.Clone());
            }
        }

        AddAttributes(place, attributes);
    }

    /// <summary>New attributes take the places between those that are there, declarations of namespaces among them: the first new one follows the first old one.</summary>
    private static void AddAttributes(XmlNode element, List<XmlNode> added)
    {
        int declarations = element.Declarations?.Count ?? 0;
        int old = element.Attributes.Count;
        for (int i = 0; i < added.Count; i++)
        {
            XmlNode attribute = added[i];
            if (element.FindAttribute(attribute.Name, attribute.NamespaceUri) is not null)
            {
                throw SqlErrors.Create(6308, attribute.QualifiedName);
            }

            // The i-th new one goes behind the i-th old one; i new ones are in front of it already.
            int index = Math.Clamp(i + 1 - declarations, 0, old) + i;
            element.InsertAttribute(index, attribute.Clone());
        }
    }

    /// <summary>Texts that came to stand side by side are one node.</summary>
    private static void MergeTexts(XmlNode node)
    {
        for (int i = node.Children.Count - 1; i > 0; i--)
        {
            if (node.Children[i].Kind == XmlNodeKind.Text && node.Children[i - 1].Kind == XmlNodeKind.Text)
            {
                node.Children[i - 1].Value += node.Children[i].Value;
                node.Children[i].Remove();
            }
        }

        foreach (XmlNode child in node.Children)
        {
            if (child.Kind == XmlNodeKind.Element)
            {
                MergeTexts(child);
            }
        }
    }
}
