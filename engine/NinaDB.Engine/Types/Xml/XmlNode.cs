using System.Text;

namespace NinaDB.Engine.Types.Xml;

/// <summary>Kinds of nodes of an xml instance.</summary>
internal enum XmlNodeKind : byte
{
    Document, Element, Attribute, Text, Comment, ProcessingInstruction,
}

/// <summary>
/// A node of a parsed xml instance. An instance is content, not a document: its document node may hold several elements, and text beside them.
/// Trees that queries read are never changed; XML DML changes a copy.
/// </summary>
internal sealed class XmlNode(XmlNodeKind kind, string prefix, string name, string namespaceUri, string value)
{
    public const string XmlNamespace = "http://www.w3.org/XML/1998/namespace";
    public const string XmlnsNamespace = "http://www.w3.org/2000/xmlns/";

    private static readonly List<XmlNode> None = [];

    private List<XmlNode>? _children;
    private List<XmlNode>? _attributes;

    public XmlNodeKind Kind { get; } = kind;

    public string Prefix { get; } = prefix;

    /// <summary>Local name of an element or attribute; target of a processing instruction.</summary>
    public string Name { get; } = name;

    public string NamespaceUri { get; } = namespaceUri;

    /// <summary>Text of everything but elements and documents.</summary>
    public string Value { get; set; } = value;

    public XmlNode? Parent { get; set; }

    /// <summary>Place in document order within its tree: an element, its attributes, its children.</summary>
    public int Order { get; set; }

    public List<XmlNode> Children => _children ?? None;

    public List<XmlNode> Attributes => _attributes ?? None;

    /// <summary>Namespace declarations written on the element: prefix (empty for the default namespace) and URI. Null for none.</summary>
    public List<(string Prefix, string Uri)>? Declarations { get; set; }

    /// <summary>Whether an element says that it has no value: xsi:nil.</summary>
    public bool IsNil => _attributes?.Exists(a => a is { Name: "nil", NamespaceUri: Schema.XmlSchemaModel.Xsi, Value: "true" or "1" }) ?? false;

    public bool HasChildren => _children is { Count: > 0 };

    public XmlNode Root
    {
        get
        {
            XmlNode node = this;
            while (node.Parent is { } parent)
            {
                node = parent;
            }

            return node;
        }
    }

    public string QualifiedName => Prefix.Length == 0 ? Name : $"{Prefix}:{Name}";

    public static XmlNode Document() => new(XmlNodeKind.Document, "", "", "", "");

    public static XmlNode Element(string prefix, string name, string uri) => new(XmlNodeKind.Element, prefix, name, uri, "");

    public static XmlNode Attribute(string prefix, string name, string uri, string value) => new(XmlNodeKind.Attribute, prefix, name, uri, value);

    public static XmlNode Text(string value) => new(XmlNodeKind.Text, "", "", "", value);

    public static XmlNode Comment(string value) => new(XmlNodeKind.Comment, "", "", "", value);

    public static XmlNode ProcessingInstruction(string target, string value) => new(XmlNodeKind.ProcessingInstruction, "", target, "", value);

    public void Append(XmlNode child)
    {
        child.Parent = this;
        (_children ??= []).Add(child);
    }

    public void Insert(int index, XmlNode child)
    {
        child.Parent = this;
        (_children ??= []).Insert(index, child);
    }

    public void AppendAttribute(XmlNode attribute)
    {
        attribute.Parent = this;
        (_attributes ??= []).Add(attribute);
    }

    public void InsertAttribute(int index, XmlNode attribute)
    {
        attribute.Parent = this;
        (_attributes ??= []).Insert(index, attribute);
    }

    public void Remove()
    {
        if (Parent is not { } parent)
        {
            return;
        }

        if (Kind == XmlNodeKind.Attribute)
        {
            parent._attributes!.Remove(this);
        }
        else
        {
            parent._children!.Remove(this);
        }

        Parent = null;
    }

    public XmlNode? FindAttribute(string name, string uri) => _attributes?.Find(a => a.Name == name && a.NamespaceUri == uri);

    /// <summary>The string value: text of all descendants for elements and documents.</summary>
    public string StringValue
    {
        get
        {
            if (Kind is not (XmlNodeKind.Element or XmlNodeKind.Document))
            {
                return Value;
            }

            if (_children is null)
            {
                return "";
            }

            if (_children is [{ Kind: XmlNodeKind.Text } only])
            {
                return only.Value;
            }

            var text = new StringBuilder();
            AppendText(text);
            return text.ToString();
        }
    }

    private void AppendText(StringBuilder text)
    {
        foreach (XmlNode child in Children)
        {
            if (child.Kind == XmlNodeKind.Text)
            {
                text.Append(child.Value);
            }
            else if (child.Kind == XmlNodeKind.Element)
            {
                child.AppendText(text);
            }
        }
    }

    /// <summary>URI that a prefix stands for at this node; null when it is not declared.</summary>
    public string? LookupNamespace(string prefix)
    {
        if (prefix == "xml")
        {
            return XmlNamespace;
        }

        for (XmlNode? node = this; node is not null; node = node.Parent)
        {
            if (node.Declarations is { } declarations)
            {
                foreach ((string declared, string uri) in declarations)
                {
                    if (declared == prefix)
                    {
                        return uri;
                    }
                }
            }
        }

        return prefix.Length == 0 ? "" : null;
    }

    /// <summary>A deep copy; <paramref name="map"/> gets the copy of every node.</summary>
    public XmlNode Clone(Dictionary<XmlNode, XmlNode>? map = null)
    {
        var copy = new XmlNode(Kind, Prefix, Name, NamespaceUri, Value);
        map?.Add(this, copy);
        if (Declarations is not null)
        {
            copy.Declarations = [.. Declarations];
        }

        foreach (XmlNode attribute in Attributes)
        {
            copy.AppendAttribute(attribute.Clone(map));
        }

        foreach (XmlNode child in Children)
        {
            copy.Append(child.Clone(map));
        }

        return copy;
    }

    /// <summary>Numbers a tree in document order.</summary>
    public int Number(int next = 0)
    {
        Order = next++;
        foreach (XmlNode attribute in Attributes)
        {
            attribute.Order = next++;
        }

        foreach (XmlNode child in Children)
        {
            next = child.Number(next);
        }

        return next;
    }

    /// <summary>A node that a query returned, as the text of an xml value.</summary>
    public override string ToString() => XmlText.Fragment(this);
}
