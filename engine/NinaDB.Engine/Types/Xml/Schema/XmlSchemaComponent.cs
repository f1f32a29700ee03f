using System.Xml.Schema;

namespace NinaDB.Engine.Types.Xml.Schema;

/// <summary>A component of a collection as sys.xml_schema_components lists it.</summary>
/// <param name="Id">xml_component_id.</param>
/// <param name="NamespaceId">xml_namespace_id within its collection.</param>
/// <param name="Space">symbol_space: N, T, E, M, A, G.</param>
/// <param name="Kind">N, Z, P, S, L, U, C, K, E, M, W, A, G, V.</param>
/// <param name="Scope">Component that it is local to; null for global ones.</param>
/// <param name="Part">The component itself; null for what is built in and has none.</param>
internal sealed record XmlSchemaComponent(int Id, int NamespaceId, string? Name, char Space, char Kind, char Derivation, int? BaseId, int? Scope, bool IsQualified, XmlSchemaObject? Part)
{
    /// <summary>What it places: elements, attributes, groups, types, with their occurrences.</summary>
    public List<(int Id, decimal Minimum, decimal Maximum, string? Default, bool IsFixed)> Placements { get; } = [];
}

/// <summary>Lists the components of a collection.</summary>
internal sealed class XmlSchemaComponentList
{
    private readonly XmlSchemaModel _model;
    private readonly List<XmlSchemaComponent> _components = [];
    private readonly Dictionary<XmlSchemaObject, XmlSchemaComponent> _known = new(ReferenceEqualityComparer.Instance);
    private readonly IReadOnlyDictionary<string, int> _builtIn;
    private int _next;

    private XmlSchemaComponentList(XmlSchemaModel model, int first, IReadOnlyDictionary<string, int> builtIn)
    {
        _model = model;
        _next = first;
        _builtIn = builtIn;
    }

    /// <param name="model">The collection.</param>
    /// <param name="first">First free component id.</param>
    /// <param name="builtIn">Ids of the built-in types by local name.</param>
    public static IReadOnlyList<XmlSchemaComponent> Of(XmlSchemaModel model, int first, IReadOnlyDictionary<string, int> builtIn)
    {
        var list = new XmlSchemaComponentList(model, first, builtIn);
        foreach (XmlSchema schema in model.Namespaces.SelectMany(n => model.Set.Schemas(n).Cast<XmlSchema>()))
        {
            foreach (XmlSchemaObject item in schema.Items)
            {
                list.Add(item, null);
            }
        }

        return list._components;
    }

    /// <summary>Id of a type: a built-in one, one of the collection, or an anonymous one of the component at hand.</summary>
    private int? TypeId(XmlSchemaType? type, XmlSchemaComponent? scope)
    {
        if (type is null)
        {
            return null;
        }

        if (type.QualifiedName.Namespace == XmlSchemaModel.Xsd)
        {
            return _builtIn.TryGetValue(type.QualifiedName.Name, out int id) ? id : null;
        }

        return Add(type, type.QualifiedName.IsEmpty ? scope : null)?.Id;
    }

    private XmlSchemaComponent? Add(XmlSchemaObject part, XmlSchemaComponent? scope)
    {
        if (_known.TryGetValue(part, out XmlSchemaComponent? known))
        {
            return known;
        }

        switch (part)
        {
            case XmlSchemaElement element when element.RefName.IsEmpty:
                XmlSchemaComponent added = New(part, element.Name, 'E', 'E', element.SubstitutionGroup.IsEmpty ? 'N' : 'S', null, scope, element.QualifiedName.Namespace);
                Place(added, TypeId(element.ElementSchemaType, added), 1, 1);
                return added;
            case XmlSchemaElement reference:
                return _model.Set.GlobalElements[reference.RefName] is XmlSchemaObject target ? Add(target, null) : null;
            case XmlSchemaAttribute attribute when attribute.RefName.IsEmpty:
                XmlSchemaComponent plain = New(part, attribute.Name, 'A', 'A', 'N', null, scope, attribute.QualifiedName.Namespace);
                Place(plain, TypeId(attribute.AttributeSchemaType, plain), 1, 1);
                return plain;
            case XmlSchemaAttribute reference:
                return _model.Set.GlobalAttributes[reference.RefName] is XmlSchemaObject global ? Add(global, null) : null;
            case XmlSchemaSimpleType type:
                return New(part, type.Name, 'T', type.Content switch { XmlSchemaSimpleTypeList => 'L', XmlSchemaSimpleTypeUnion => 'U', _ => 'S' }, type.Content is XmlSchemaSimpleTypeRestriction ? 'R' : 'N', TypeId(type.BaseXmlSchemaType, null), scope, type.QualifiedName.Namespace);
            case XmlSchemaComplexType type:
                return AddComplex(type, scope);
            case XmlSchemaGroup group:
                XmlSchemaComponent model = New(part, group.Name, 'M', 'M', 'N', null, scope, group.QualifiedName.Namespace);
                AddParticle(group.Particle, model);
                return model;
            case XmlSchemaAttributeGroup group:
                XmlSchemaComponent attributes = New(part, group.Name, 'G', 'G', 'N', null, scope, group.QualifiedName.Namespace);
                foreach (XmlSchemaObject item in group.Attributes)
                {
                    AddAttribute(item, attributes);
                }

                return attributes;
            default:
                return null;
        }
    }

    private XmlSchemaComponent AddComplex(XmlSchemaComplexType type, XmlSchemaComponent? scope)
    {
        bool isSimple = type.ContentType == XmlSchemaContentType.TextOnly;
        XmlSchemaComponent added = New(type, type.Name, 'T', isSimple ? 'C' : 'K', type.DerivedBy == XmlSchemaDerivationMethod.Extension ? 'X' : 'R', TypeId(type.BaseXmlSchemaType, null), scope, type.QualifiedName.Namespace);
        if (!isSimple)
        {
            AddParticle(type.ContentTypeParticle, added);
        }

        foreach (object? use in type.AttributeUses.Values)
        {
            AddAttribute((XmlSchemaObject)use!, added);
        }

        if (type.AttributeWildcard is { } wildcard)
        {
            Place(added, New(wildcard, null, 'N', 'V', 'N', null, added, null).Id, 0, 1);
        }

        return added;
    }

    private void AddAttribute(XmlSchemaObject item, XmlSchemaComponent owner)
    {
        if (item is XmlSchemaAttribute attribute && Add(item, owner) is { } added)
        {
            owner.Placements.Add((added.Id, attribute.Use == XmlSchemaUse.Required ? 1 : 0, 1, attribute.DefaultValue ?? attribute.FixedValue, attribute.FixedValue is not null));
        }
    }

    private void AddParticle(XmlSchemaParticle? particle, XmlSchemaComponent owner)
    {
        switch (particle)
        {
            case XmlSchemaElement element when Add(element, owner) is { } added:
                owner.Placements.Add((added.Id, element.MinOccurs, element.MaxOccurs, element.DefaultValue ?? element.FixedValue, element.FixedValue is not null));
                break;
            case XmlSchemaAny any:
                Place(owner, New(any, null, 'N', 'W', 'N', null, owner, null).Id, any.MinOccurs, any.MaxOccurs);
                break;
            case XmlSchemaGroupRef reference when _model.Set.Schemas(reference.RefName.Namespace).Cast<XmlSchema>().Select(s => s.Groups[reference.RefName]).FirstOrDefault(g => g is not null) is { } group:
                Place(owner, Add(group, null)?.Id, reference.MinOccurs, reference.MaxOccurs);
                break;
            case XmlSchemaGroupBase group when group.Items.Count > 0:
                XmlSchemaComponent model = New(group, null, 'M', 'M', 'N', null, owner, null);
                Place(owner, model.Id, group.MinOccurs, group.MaxOccurs);
                foreach (XmlSchemaObject item in group.Items)
                {
                    AddParticle(item as XmlSchemaParticle, model);
                }

                break;
        }
    }

    private static void Place(XmlSchemaComponent owner, int? placed, decimal minimum, decimal maximum)
    {
        if (placed is { } id)
        {
            owner.Placements.Add((id, minimum, maximum, null, false));
        }
    }

    private XmlSchemaComponent New(XmlSchemaObject part, string? name, char space, char kind, char derivation, int? baseId, XmlSchemaComponent? scope, string? uri)
    {
        string target = uri ?? "";
        int index = _model.Namespaces.ToList().IndexOf(target);
        var added = new XmlSchemaComponent(_next++, scope?.NamespaceId ?? Math.Max(index, 0) + 1, name, space, kind, derivation, baseId, scope?.Id, scope is null || target.Length > 0 || kind is 'W' or 'V', part);
        _components.Add(added);
        _known[part] = added;
        return added;
    }
}
