using System.Xml;
using System.Xml.Schema;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Xml.Schema;

/// <summary>
/// The compiled schemas of a collection. Their text comes from anybody: it is read by this host's own parser (no DTD, no entity, bounded depth), judged by
/// <see cref="XmlSchemaCheck"/> with SQL Server's errors and limits, and only then compiled by the framework, without a resolver and on a stack of its own.
/// </summary>
internal sealed class XmlSchemaModel
{
    public const string Xsd = "http://www.w3.org/2001/XMLSchema";
    public const string Xsi = "http://www.w3.org/2001/XMLSchema-instance";

    /// <summary>Stack of the compilation: chains of types nest it deeply.</summary>
    private const int StackSize = 64 * 1024 * 1024;

    private readonly Dictionary<string, List<XmlSchemaElement>> _elementsByName = new(StringComparer.Ordinal);

    private readonly IReadOnlyList<XmlSchemaPattern> _patterns;

    private XmlSchemaModel(XmlSchemaSet set, IReadOnlyList<string> namespaces, IReadOnlyList<XmlSchemaPattern> patterns)
    {
        Set = set;
        Namespaces = namespaces;
        _patterns = patterns;
        foreach (XmlSchemaElement element in XmlSchemaParts.Elements(set))
        {
            if (!_elementsByName.TryGetValue(element.QualifiedName.Name, out List<XmlSchemaElement>? found))
            {
                _elementsByName[element.QualifiedName.Name] = found = [];
            }

            found.Add(element);
        }
    }

    public XmlSchemaSet Set { get; }

    /// <summary>Target namespaces, in the order in which they came.</summary>
    public IReadOnlyList<string> Namespaces { get; }

    /// <summary>Every declaration of an element with a local name, global and local ones.</summary>
    public IReadOnlyList<XmlSchemaElement> ElementsNamed(string name) => _elementsByName.TryGetValue(name, out List<XmlSchemaElement>? found) ? found : [];

    public XmlSchemaElement? GlobalElement(string name, string uri) => Set.GlobalElements[new XmlQualifiedName(name, uri)] as XmlSchemaElement;

    /// <summary>Reads and compiles the texts of a collection: what CREATE gave, then what each ALTER added. The texts have been judged before.</summary>
    public static XmlSchemaModel Load(IReadOnlyList<string> texts) => Compile([.. texts.SelectMany(XmlSchemaText.Documents)]);

    /// <summary>Compiles schema documents that have been judged.</summary>
    public static XmlSchemaModel Compile(IReadOnlyList<XmlNode> documents) => Deep(() => CompileHere(documents));

    /// <summary>The patterns of a restriction; null for one without.</summary>
    public XmlSchemaPattern? PatternOf(XmlSchemaAnnotated? restriction) =>
        restriction?.UnhandledAttributes?.FirstOrDefault(a => a.NamespaceURI == XmlSchemaText.PatternNamespace) is { } mark
            ? _patterns[int.Parse(mark.Value, System.Globalization.CultureInfo.InvariantCulture)]
            : null;

    /// <summary>Runs what nests as deeply as types refer to types on a thread with a stack for it.</summary>
    public static T Deep<T>(Func<T> work)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception exception)
            {
                // Carried over to the caller's thread.
                failure = exception;
            }
        }, StackSize);
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        return result!;
    }

    private static XmlSchemaModel CompileHere(IReadOnlyList<XmlNode> documents)
    {
        var set = new XmlSchemaSet { XmlResolver = null };
        XmlSchemaException? first = null;
        void Note(object? sender, ValidationEventArgs e)
        {
            if (e.Severity == XmlSeverityType.Error)
            {
                first ??= e.Exception;
            }
        }

        set.ValidationEventHandler += Note;
        var namespaces = new List<string>();
        var patterns = new List<XmlSchemaPattern>();
        bool usesSqlTypes = false;
        foreach (XmlNode document in documents)
        {
            string target = document.FindAttribute("targetNamespace", "")?.Value ?? "";
            if (!namespaces.Contains(target))
            {
                namespaces.Add(target);
            }

            usesSqlTypes |= document.Children.Exists(c => c.Name == "import" && c.FindAttribute("namespace", "")?.Value is SqlTypesSchema.Namespace or SqlTypesSchema.SecureNamespace);
            Add(set, XmlSchemaText.Write(XmlSchemaText.WithoutPatterns(document, patterns)), Note);
        }

        if (usesSqlTypes)
        {
            Add(set, SqlTypesSchema.Text(SqlTypesSchema.Namespace), Note);
            Add(set, SqlTypesSchema.Text(SqlTypesSchema.SecureNamespace), Note);
        }

        if (first is null)
        {
            set.Compile();
        }

        return first is null ? new XmlSchemaModel(set, namespaces, patterns) : throw Translate(first);
    }

    private static void Add(XmlSchemaSet set, string text, ValidationEventHandler handler)
    {
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        if (XmlSchema.Read(reader, handler) is { } schema)
        {
            // Where an import says its schema lies is never looked at.
            foreach (XmlSchemaExternal external in schema.Includes)
            {
                external.SchemaLocation = null;
            }

            set.Add(schema);
        }
    }

    /// <summary>What the framework refuses and the checks before it do not, as SQL Server's number where it has one for it.</summary>
    private static SqlErrorException Translate(XmlSchemaException error)
    {
        string name = NameOf(error.SourceSchemaObject);
        string message = error.Message;
        bool Says(string words) => message.Contains(words, StringComparison.OrdinalIgnoreCase);
        SqlErrorException failure =
            Says("ambiguous") ? SqlErrors.Create(6916, name)
            : Says("cannot be used to derive") || Says("restriction of") && Says("particle") ? SqlErrors.Create(6990, name)
            : Says("is invalid according to its schema type") || Says("default value") || Says("fixed value") ? SqlErrors.Create(6927, Quoted(message))
            : Says("facet") ? SqlErrors.Create(6945, Quoted(message), name)
            : Says("final") ? SqlErrors.Create(6943, name)
            : Says("circular") ? SqlErrors.Create(6953, name)
            : SqlErrors.NotSupported("XML schema: " + message);
        return SqlErrors.Aborting(failure);
    }

    private static string Quoted(string message)
    {
        string[] parts = message.Split('\'');
        return parts.Length > 2 ? parts[1] : message.Split(' ') is [_, var second, ..] ? second : "";
    }

    /// <summary>The nearest named component around an object of the schema.</summary>
    private static string NameOf(XmlSchemaObject? part)
    {
        for (; part is not null; part = part.Parent)
        {
            string? name = part switch { XmlSchemaType t => t.Name, XmlSchemaElement e => e.Name, XmlSchemaAttribute a => a.Name, XmlSchemaGroup g => g.Name, _ => null };
            if (name is not null)
            {
                return name;
            }
        }

        return "";
    }
}
