using System.Text;

namespace NinaDB.Engine.Types.Xml.Schema;

/// <summary>The schema of the SQL types that every collection may import. https://schemas.microsoft.com/sqlserver/2004/sqltypes</summary>
internal static class SqlTypesSchema
{
    public const string Namespace = "http://schemas.microsoft.com/sqlserver/2004/sqltypes";

    /// <summary>The namespace as newer documentation writes it.</summary>
    public const string SecureNamespace = "https://schemas.microsoft.com/sqlserver/2004/sqltypes";

    /// <summary>Types and what they restrict.</summary>
    public static IReadOnlyList<(string Name, string Base)> Types { get; } =
    [
        ("char", "xsd:string"), ("nchar", "xsd:string"), ("varchar", "xsd:string"), ("nvarchar", "xsd:string"), ("text", "xsd:string"), ("ntext", "xsd:string"),
        ("varbinary", "xsd:base64Binary"), ("binary", "xsd:base64Binary"), ("image", "xsd:base64Binary"), ("timestamp", "xsd:base64Binary"), ("timestampNumeric", "xsd:long"),
        ("decimal", "xsd:decimal"), ("numeric", "xsd:decimal"), ("bigint", "xsd:long"), ("int", "xsd:int"), ("smallint", "xsd:short"), ("tinyint", "xsd:unsignedByte"), ("bit", "xsd:boolean"),
        ("float", "xsd:double"), ("real", "xsd:float"), ("datetime", "xsd:dateTime"), ("smalldatetime", "xsd:dateTime"), ("date", "xsd:date"), ("time", "xsd:time"),
        ("datetime2", "xsd:dateTime"), ("datetimeoffset", "xsd:dateTime"), ("money", "xsd:decimal"), ("smallmoney", "xsd:decimal"), ("uniqueidentifier", "xsd:string"),
    ];

    public static string Text(string @namespace)
    {
        var text = new StringBuilder();
        text.Append("<xsd:schema xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" targetNamespace=\"").Append(@namespace).Append("\" elementFormDefault=\"qualified\">");
        foreach ((string name, string baseType) in Types)
        {
            text.Append("<xsd:simpleType name=\"").Append(name).Append("\"><xsd:restriction base=\"").Append(baseType).Append("\">");
            text.Append(name == "uniqueidentifier" ? "<xsd:pattern value=\"([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})|(\\{[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\\})\"/>" : "");
            text.Append("</xsd:restriction></xsd:simpleType>");
        }

        foreach (string name in (ReadOnlySpan<string>)["xml", "sql_variant", "udt"])
        {
            text.Append("<xsd:complexType name=\"").Append(name).Append("\" mixed=\"true\"><xsd:sequence><xsd:any minOccurs=\"0\" maxOccurs=\"unbounded\" processContents=\"skip\"/></xsd:sequence></xsd:complexType>");
        }

        return text.Append("</xsd:schema>").ToString();
    }
}
