using System.Globalization;
using System.Text;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Xml;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>What is the same for all executions of a FOR XML clause.</summary>
internal sealed class XmlFormat(ForClause clause, IReadOnlyList<(string Prefix, string Uri)> namespaces)
{
    private const string Instance = " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

    public ForClause Clause { get; } = clause;

    /// <summary>WITH XMLNAMESPACES.</summary>
    public IReadOnlyList<(string Prefix, string Uri)> Namespaces { get; } = namespaces;

    /// <summary>Declarations of namespaces, for the outermost element; filled in by the mode, which knows whether it marks NULL.</summary>
    public string Declarations { get; private set; } = "";

    /// <param name="marksNull">Whether xsi:nil may be written.</param>
    public void Declare(bool marksNull)
    {
        var text = new StringBuilder(marksNull ? Instance : "");
        for (int i = Namespaces.Count - 1; i >= 0; i--)
        {
            (string prefix, string uri) = Namespaces[i];
            if (prefix == "xml")
            {
                continue;
            }

            text.Append(prefix.Length == 0 ? " xmlns" : " xmlns:").Append(prefix).Append("=\"");
            XmlText.AppendAttribute(text, uri);
            text.Append('"');
        }

        Declarations = text.ToString();
    }
}

/// <summary>FOR XML: rows as elements. One subclass a mode.</summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/xml/for-xml-sql-server.</remarks>
internal abstract class XmlFormatter(XmlFormat format) : RowFormatter
{
    private bool _hasRows;

    protected StringBuilder Text { get; } = new();

    protected XmlFormat Format { get; } = format;

    /// <summary>Declarations that every outermost element carries: none when ROOT carries them.</summary>
    protected string Declarations => _namespace + (Format.Clause.Root is null ? Format.Declarations : "");

    /// <summary>The elements of rows from the outermost in, for an inline schema.</summary>
    protected abstract IReadOnlyList<(string Name, IReadOnlyList<FormatColumn> Columns)> Levels { get; }

    private string _namespace = "";
    private string? _schema;

    public override void Begin(EngineSession session)
    {
        if (Format.Clause.InlineSchema is null)
        {
            return;
        }

        (_schema, _namespace) = InlineSchema.Write(Format.Clause, Levels, session);
    }

    private void Start()
    {
        _hasRows = true;
        if (Format.Clause.Root is { } root)
        {
            Text.Append('<').Append(root).Append(Format.Declarations).Append('>');
        }

        Text.Append(_schema);
    }

    public override bool IsNullWithoutRows => Format.Clause.Type;

    protected abstract void AddRow(SqlValue[] registers);

    /// <summary>Closes what is open.</summary>
    protected virtual void End()
    {
    }

    public override void Add(SqlValue[] registers)
    {
        if (!_hasRows)
        {
            Start();
        }

        AddRow(registers);
    }

    public override SqlValue Finish()
    {
        if (!_hasRows)
        {
            if (_schema is null)
            {
                return SqlValue.Null;
            }

            Start();
        }

        End();
        if (Format.Clause.Root is { } root)
        {
            Text.Append("</").Append(root).Append('>');
        }

        return SqlValue.FromString(Text.ToString(), Format.Clause.Type ? SqlTypeId.Xml : SqlTypeId.NVarChar);
    }

    protected void AppendAttribute(string name, in SqlValue value, SqlType type)
    {
        Text.Append(' ').Append(name).Append("=\"");
        AppendEscaped(Text, ValueText(value, type), isAttribute: true);
        Text.Append('"');
    }

    /// <summary>A value as the content of an element: xml and json go in as they are.</summary>
    protected void AppendContent(in SqlValue value, SqlType type)
    {
        if (type.Id is SqlTypeId.Xml or SqlTypeId.Json)
        {
            Text.Append(value.AsString);
            return;
        }

        AppendEscaped(Text, ValueText(value, type), isAttribute: false);
    }

    /// <summary>Also what may not stand in XML at all, as the server writes it: as a reference.</summary>
    private static void AppendEscaped(StringBuilder text, string value, bool isAttribute)
    {
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (char.IsSurrogatePair(value, i))
            {
                text.Append(c).Append(value[++i]);
            }
            else if ((c < ' ' && c is not ('\t' or '\n' or '\r')) || c is '\uFFFE' or '\uFFFF' || char.IsSurrogate(c))
            {
                XmlText.AppendReference(text, c);
            }
            else
            {
                XmlText.Append(text, c, isAttribute);
            }
        }
    }

    /// <summary>A value as FOR XML writes it; it differs from FOR JSON in bits only.</summary>
    public static string ValueText(in SqlValue value, SqlType type)
    {
        switch (type.Id)
        {
            case SqlTypeId.Bit:
                return value.AsBoolean ? "1" : "0";
            case SqlTypeId.SqlVariant:
                return ValueText(value.AsVariant.Value, value.AsVariant.Type);
            case SqlTypeId.HierarchyId or SqlTypeId.Udt:
                return SqlFormat.ToText(value, type);
            case SqlTypeId.Geometry or SqlTypeId.Geography:
                throw SqlErrors.Create(6865);
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion:
                return Convert.ToBase64String(value.AsBytes);
            case SqlTypeId.Money or SqlTypeId.SmallMoney or SqlTypeId.Float or SqlTypeId.Real:
                {
                    var text = new StringBuilder();
                    JsonText.WriteValue(text, value, type);
                    return text.ToString();
                }

            default:
                return type.IsDateOrTime ? JsonText.DateText(value, type) : SqlFormat.ToText(value, type);
        }
    }
}

/// <summary>FOR XML RAW: an element a row.</summary>
internal sealed class XmlRawFormatter : XmlFormatter
{
    private readonly IReadOnlyList<FormatColumn> _columns;
    private readonly string[] _names;
    private readonly string _element;

    private XmlRawFormatter(IReadOnlyList<FormatColumn> columns, string[] names, XmlFormat format) : base(format)
    {
        _columns = columns;
        _names = names;
        _element = format.Clause.ElementName ?? "row";
    }

    public static Func<RowFormatter> Prepare(IReadOnlyList<FormatColumn> columns, XmlFormat format)
    {
        ForClause clause = format.Clause;
        if (clause.ElementName is { Length: > 0 } element)
        {
            XmlNames.Check("Row", element, element, format.Namespaces);
        }
        else if (clause is { ElementName: "", Elements: false })
        {
            throw SqlErrors.Create(6864);
        }

        var attributes = new HashSet<string>(StringComparer.Ordinal);
        foreach (FormatColumn column in columns)
        {
            if (column.Name.Length == 0 && !clause.Elements && column.Type.Id != SqlTypeId.Xml)
            {
                throw SqlErrors.Create(6809);
            }

            if (!clause.BinaryBase64 && column.Type.IsBinary && column.Type.Id != SqlTypeId.RowVersion)
            {
                throw SqlErrors.Create(6829, column.Name);
            }

            if (!clause.Elements && column.Type.Id != SqlTypeId.Xml && !attributes.Add(column.Name))
            {
                throw SqlErrors.Create(6810, column.Name);
            }
        }

        format.Declare(clause.ElementsXsiNil);
        string[] names = [.. columns.Select(c => XmlNames.Encode(c.Name))];
        return () => new XmlRawFormatter(columns, names, format);
    }

    protected override IReadOnlyList<(string Name, IReadOnlyList<FormatColumn> Columns)> Levels => [(_element, _columns)];

    protected override void AddRow(SqlValue[] registers)
    {
        bool isOpen = false;
        if (_element.Length > 0)
        {
            Text.Append('<').Append(_element).Append(Declarations);
            isOpen = true;
        }

        bool hasElements = Format.Clause.Elements;
        if (!hasElements)
        {
            for (int i = 0; i < _names.Length; i++)
            {
                SqlValue value = registers[_columns[i].Register];
                if (!value.IsNull && _columns[i].Type.Id != SqlTypeId.Xml)
                {
                    AppendAttribute(_names[i], value, _columns[i].Type);
                }
            }
        }

        for (int i = 0; i < _names.Length; i++)
        {
            SqlValue value = registers[_columns[i].Register];
            if (!hasElements && _columns[i].Type.Id != SqlTypeId.Xml)
            {
                continue;
            }

            if (value.IsNull && !(Format.Clause.ElementsXsiNil && _names[i].Length > 0))
            {
                continue;
            }

            if (isOpen)
            {
                Text.Append('>');
                isOpen = false;
            }

            AppendElement(_names[i], value, _columns[i].Type);
        }

        if (_element.Length > 0)
        {
            if (isOpen)
            {
                Text.Append("/>");
            }
            else
            {
                Text.Append("</").Append(_element).Append('>');
            }
        }
    }

    private void AppendElement(string name, in SqlValue value, SqlType type)
    {
        if (name.Length == 0)
        {
            AppendContent(value, type);
            return;
        }

        Text.Append('<').Append(name).Append(_element.Length == 0 ? Declarations : "");
        if (value.IsNull)
        {
            Text.Append(" xsi:nil=\"true\"/>");
            return;
        }

        Text.Append('>');
        AppendContent(value, type);
        Text.Append("</").Append(name).Append('>');
    }
}
