using System.Xml.Schema;

namespace NinaDB.Engine.Types.Xml.Schema;

/// <summary>Walks over the components of a compiled set.</summary>
internal static class XmlSchemaParts
{
    /// <summary>Every declaration of an element, global ones first, then those in the content of types; each once.</summary>
    public static IEnumerable<XmlSchemaElement> Elements(XmlSchemaSet set)
    {
        var seen = new HashSet<XmlSchemaObject>(ReferenceEqualityComparer.Instance);
        var work = new Queue<XmlSchemaObject>();
        foreach (XmlSchemaObject? element in set.GlobalElements.Values)
        {
            work.Enqueue(element!);
        }

        foreach (XmlSchemaObject? type in set.GlobalTypes.Values)
        {
            work.Enqueue(type!);
        }

        while (work.TryDequeue(out XmlSchemaObject? next))
        {
            if (!seen.Add(next))
            {
                continue;
            }

            switch (next)
            {
                case XmlSchemaElement element:
                    yield return element;
                    if (element.ElementSchemaType is XmlSchemaComplexType inner)
                    {
                        work.Enqueue(inner);
                    }

                    break;
                case XmlSchemaComplexType type:
                    foreach (XmlSchemaElement child in Children(type).Select(c => c.Element).OfType<XmlSchemaElement>())
                    {
                        work.Enqueue(child);
                    }

                    break;
            }
        }
    }

    /// <summary>The elements and wildcards in the content of a type with how often each may come; brothers of one name are listed one by one.</summary>
    public static IEnumerable<(XmlSchemaElement? Element, XmlSchemaAny? Any, decimal Minimum, decimal Maximum)> Children(XmlSchemaComplexType type) => Particles(type.ContentTypeParticle, 1, 1);

    private static IEnumerable<(XmlSchemaElement? Element, XmlSchemaAny? Any, decimal Minimum, decimal Maximum)> Particles(XmlSchemaParticle particle, decimal minimum, decimal maximum)
    {
        minimum = Times(minimum, particle.MinOccurs);
        maximum = Times(maximum, particle.MaxOccurs);
        switch (particle)
        {
            case XmlSchemaElement element:
                yield return (element, null, minimum, maximum);
                break;
            case XmlSchemaAny any:
                yield return (null, any, minimum, maximum);
                break;
            case XmlSchemaGroupBase group:
                foreach (XmlSchemaObject item in group.Items)
                {
                    foreach ((XmlSchemaElement? Element, XmlSchemaAny? Any, decimal Minimum, decimal Maximum) inner in
                        Particles((XmlSchemaParticle)item, group is XmlSchemaChoice ? 0 : minimum, maximum))
                    {
                        yield return inner;
                    }
                }

                break;
        }
    }

    /// <summary>A product that stays at the largest decimal: unbounded is that.</summary>
    private static decimal Times(decimal a, decimal b) => a == 0 || b == 0 ? 0 : a > decimal.MaxValue / b ? decimal.MaxValue : a * b;

    /// <summary>The simple type of an element's or attribute's value; null for content of elements.</summary>
    public static XmlSchemaSimpleType? SimpleContent(XmlSchemaType? type)
    {
        switch (type)
        {
            case XmlSchemaSimpleType simple:
                return simple;
            case XmlSchemaComplexType { ContentType: XmlSchemaContentType.TextOnly } complex:
                for (XmlSchemaType? ancestor = complex; ancestor is not null; ancestor = ancestor.BaseXmlSchemaType)
                {
                    if (ancestor is XmlSchemaSimpleType found)
                    {
                        return found;
                    }

                    if (ancestor is XmlSchemaComplexType { ContentModel: XmlSchemaSimpleContent { Content: XmlSchemaSimpleContentRestriction { BaseType: { } written } } })
                    {
                        return written;
                    }
                }

                return null;
            default:
                return null;
        }
    }
}
