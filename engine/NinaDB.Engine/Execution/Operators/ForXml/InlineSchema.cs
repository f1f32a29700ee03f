using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Xml;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>FOR XML ... XMLSCHEMA and XMLDATA: the schema of the rows, which goes before them.</summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/xml/generate-an-inline-xsd-schema</remarks>
internal static class InlineSchema
{
    private const string Xsd = "http://www.w3.org/2001/XMLSchema";
    private const string SqlTypes = "http://schemas.microsoft.com/sqlserver/2004/sqltypes";

    /// <summary>The schema, and the declaration of its namespace for the elements of rows.</summary>
    public static (string Schema, string Declaration) Write(ForClause clause, IReadOnlyList<(string Name, IReadOnlyList<FormatColumn> Columns)> levels, EngineSession session)
    {
        var text = new StringBuilder();
        if (clause.InlineSchema == "XMLDATA")
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"Schema{++session.InlineDataSchemas}");
            Data(text, clause, levels, name);
            return (text.ToString(), $" xmlns=\"x-schema:#{name}\"");
        }

        string uri = clause.SchemaUri ?? string.Create(CultureInfo.InvariantCulture, $"urn:schemas-microsoft-com:sql:SqlRowSet{++session.InlineSchemas}");
        var escaped = new StringBuilder();
        XmlText.AppendAttribute(escaped, uri);
        text.Append(CultureInfo.InvariantCulture, $"<xsd:schema targetNamespace=\"{escaped}\"");
        if (levels.Count > 1)
        {
            text.Append(CultureInfo.InvariantCulture, $" xmlns:schema=\"{escaped}\"");
        }

        text.Append(CultureInfo.InvariantCulture, $" xmlns:xsd=\"{Xsd}\" xmlns:sqltypes=\"{SqlTypes}\" elementFormDefault=\"qualified\"><xsd:import namespace=\"{SqlTypes}\" schemaLocation=\"{SqlTypes}/sqltypes.xsd\"/>");
        for (int i = 0; i < levels.Count; i++)
        {
            Element(text, clause, levels[i].Name, levels[i].Columns, i + 1 < levels.Count ? levels[i + 1].Name : null);
        }

        text.Append("</xsd:schema>");
        return (text.ToString(), $" xmlns=\"{escaped}\"");
    }

    private static void Element(StringBuilder text, ForClause clause, string name, IReadOnlyList<FormatColumn> columns, string? child)
    {
        bool IsElement(FormatColumn column) => clause.Elements || column.Type.Id == SqlTypeId.Xml;
        text.Append("<xsd:element name=\"").Append(name).Append("\"><xsd:complexType>");
        if (child is not null || columns.Any(IsElement))
        {
            text.Append("<xsd:sequence>");
            FormatColumn[] elements = [.. columns.Where(IsElement)];
            for (int i = 0; i < elements.Length; i++)
            {
                FormatColumn column = elements[i];
                int alike = 1;
                while (!clause.ElementsXsiNil && i + 1 < elements.Length && IsAlike(column, elements[i + 1]))
                {
                    // Either may be missing: which of them an element is cannot be told.
                    i++;
                    alike++;
                }

                string occurs = clause.ElementsXsiNil ? " nillable=\"1\"" : column.IsNullable ? " minOccurs=\"0\"" : "";
                Typed(text, "element", column, alike == 1 ? occurs : string.Create(CultureInfo.InvariantCulture, $"{occurs} maxOccurs=\"{alike}\""));
            }

            if (child is not null)
            {
                text.Append("<xsd:element ref=\"schema:").Append(child).Append("\" minOccurs=\"0\" maxOccurs=\"unbounded\"/>");
            }

            text.Append("</xsd:sequence>");
        }

        foreach (FormatColumn column in columns.Where(c => !IsElement(c)))
        {
            Typed(text, "attribute", column, column.IsNullable ? "" : " use=\"required\"");
        }

        text.Append("</xsd:complexType></xsd:element>");
    }

    private static bool IsAlike(FormatColumn first, FormatColumn second) =>
        first.IsNullable && second.IsNullable && first.Name == second.Name && first.Type.Equals(second.Type);

    /// <summary>An attribute or element with its type: named, restricted by its length or digits, or any content for xml.</summary>
    private static void Typed(StringBuilder text, string kind, FormatColumn column, string occurs)
    {
        SqlType type = column.Type;
        text.Append("<xsd:").Append(kind).Append(" name=\"").Append(XmlNames.Encode(column.Name)).Append('"');
        if (type.IsString && type.Id != SqlTypeId.Xml && type.Id != SqlTypeId.Json)
        {
            Collation collation = type.EffectiveCollation;
            text.Append(occurs).Append(CultureInfo.InvariantCulture, $"><xsd:simpleType><xsd:restriction base=\"sqltypes:{type.Name}\" sqltypes:localeId=\"{collation.Lcid}\" sqltypes:sqlCompareOptions=\"{Options(collation)}\"");
            if (collation.WireBytes[4] != 0)
            {
                text.Append(CultureInfo.InvariantCulture, $" sqltypes:sqlSortId=\"{collation.WireBytes[4]}\"");
            }

            text.Append(type.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"><xsd:maxLength value=\"{type.Length}\"/></xsd:restriction>") : "/>").Append("</xsd:simpleType></xsd:").Append(kind).Append('>');
        }
        else if (type.IsBinary && type.Length > 0 && type.Id != SqlTypeId.RowVersion)
        {
            text.Append(occurs).Append(CultureInfo.InvariantCulture, $"><xsd:simpleType><xsd:restriction base=\"sqltypes:{type.Name}\"><xsd:maxLength value=\"{type.Length}\"/></xsd:restriction></xsd:simpleType></xsd:{kind}>");
        }
        else if (type.IsDecimal)
        {
            text.Append(occurs).Append(CultureInfo.InvariantCulture, $"><xsd:simpleType><xsd:restriction base=\"sqltypes:{type.Name}\"><xsd:totalDigits value=\"{type.Precision}\"/><xsd:fractionDigits value=\"{type.Scale}\"/></xsd:restriction></xsd:simpleType></xsd:{kind}>");
        }
        else if (type.Id == SqlTypeId.Xml)
        {
            text.Append(occurs).Append("><xsd:complexType><xsd:complexContent><xsd:restriction base=\"sqltypes:xml\"><xsd:sequence><xsd:any processContents=\"skip\" minOccurs=\"0\" maxOccurs=\"unbounded\"/></xsd:sequence></xsd:restriction></xsd:complexContent></xsd:complexType></xsd:").Append(kind).Append('>');
        }
        else
        {
            string name = type.Id == SqlTypeId.RowVersion ? "timestamp" : type.Name;
            text.Append(" type=\"sqltypes:").Append(name).Append('"').Append(occurs).Append("/>");
        }
    }

    /// <summary>What comparisons of a collation pass over.</summary>
    private static string Options(Collation collation)
    {
        if (collation.IsBinary)
        {
            return "BinarySort";
        }

        var words = new List<string>();
        void Add(bool applies, string word)
        {
            if (applies)
            {
                words.Add(word);
            }
        }

        Add(!collation.IsCaseSensitive, "IgnoreCase");
        Add(!collation.IsAccentSensitive, "IgnoreNonSpace");
        Add(!collation.IsKanaSensitive, "IgnoreKanaType");
        Add(!collation.IsWidthSensitive, "IgnoreWidth");
        return string.Join(' ', words);
    }

    /// <summary>The older form of schemas. Error 6848.</summary>
    private static void Data(StringBuilder text, ForClause clause, IReadOnlyList<(string Name, IReadOnlyList<FormatColumn> Columns)> levels, string name)
    {
        if (levels.Count != 1 || clause.Elements)
        {
            throw SqlErrors.NotSupported("FOR XML ... XMLDATA of elements in elements");
        }

        (string element, IReadOnlyList<FormatColumn> columns) = levels[0];
        text.Append(CultureInfo.InvariantCulture, $"<Schema name=\"{name}\" xmlns=\"urn:schemas-microsoft-com:xml-data\" xmlns:dt=\"urn:schemas-microsoft-com:datatypes\"><ElementType name=\"{element}\" content=\"empty\" model=\"closed\">");
        foreach (FormatColumn column in columns)
        {
            text.Append(CultureInfo.InvariantCulture, $"<AttributeType name=\"{XmlNames.Encode(column.Name)}\" dt:type=\"{DataType(column)}\"/>");
        }

        foreach (FormatColumn column in columns)
        {
            text.Append(CultureInfo.InvariantCulture, $"<attribute type=\"{XmlNames.Encode(column.Name)}\"/>");
        }

        text.Append("</ElementType></Schema>");
    }

    private static string DataType(FormatColumn column) => column.Type.Id switch
    {
        SqlTypeId.Bit => "boolean",
        SqlTypeId.TinyInt => "ui1",
        SqlTypeId.SmallInt => "i2",
        SqlTypeId.Int => "i4",
        SqlTypeId.BigInt => "i8",
        SqlTypeId.Real => "r4",
        SqlTypeId.Float => "r8",
        SqlTypeId.Money or SqlTypeId.SmallMoney => "fixed.14.4",
        SqlTypeId.Decimal or SqlTypeId.Numeric => "number",
        SqlTypeId.DateTime or SqlTypeId.SmallDateTime => "dateTime",
        SqlTypeId.UniqueIdentifier => "uuid",
        SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion => "bin.base64",
        SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.Text or SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.NText => "string",
        _ => throw SqlErrors.Create(6848, column.Name),
    };
}
