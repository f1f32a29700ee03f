using System.Runtime.CompilerServices;
using System.Text;
using NinaDB.Engine.Types.Xml;

namespace NinaDB.Engine.Types;

/// <summary>xml values: text, or a node that nodes() returned.</summary>
public readonly partial struct SqlValue
{
    private static readonly ConditionalWeakTable<string, XmlNode> Parsed = [];

    /// <summary>A reference to a node: what a row of nodes() holds.</summary>
    internal static SqlValue FromXmlNode(XmlNode node) => new(SqlTypeId.Xml, 0, node);

    /// <summary>The context item of an xml value's methods: its document node, or the node that a row of nodes() refers to.</summary>
    internal XmlNode AsXml => _ref as XmlNode ?? Parsed.GetValue((string)_ref!, static text => XmlParser.Parse(text));
}

/// <summary>Conversions to and from xml.</summary>
internal static class XmlConversion
{
    /// <summary>Text as an xml value in the form that it is stored in.</summary>
    public static SqlValue FromText(string text, bool isUnicode, bool keepsWhitespace = false) =>
        SqlValue.FromString(XmlText.Instance(XmlParser.Parse(text, isUnicode, keepsWhitespace)), SqlTypeId.Xml);

    /// <summary>Bytes in the encoding that they announce: a byte order mark, an unmarked UTF-16 bracket, the declaration; UTF-8 otherwise.</summary>
    public static SqlValue FromBytes(byte[] bytes, bool keepsWhitespace = false)
    {
        Encoding encoding = Encoding.UTF8;
        int skip = 0;
        switch (bytes)
        {
            case [0xEF, 0xBB, 0xBF, ..]:
                skip = 3;
                break;
            case [0xFF, 0xFE, ..]:
                encoding = Encoding.Unicode;
                skip = 2;
                break;
            case [0xFE, 0xFF, ..]:
                encoding = Encoding.BigEndianUnicode;
                skip = 2;
                break;
            case [(byte)'<', 0, ..]:
                encoding = Encoding.Unicode;
                break;
            case [0, (byte)'<', ..]:
                encoding = Encoding.BigEndianUnicode;
                break;
            case [(byte)'<', (byte)'?', ..]:
                encoding = Declared(bytes) ?? Encoding.UTF8;
                break;
        }

        bool isWide = encoding is UnicodeEncoding;
        return FromText(encoding.GetString(bytes, skip, bytes.Length - skip), isWide, keepsWhitespace);
    }

    private static Encoding? Declared(byte[] bytes)
    {
        string head = Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, 200));
        int at = head.IndexOf("encoding", StringComparison.Ordinal);
        int end = head.IndexOf("?>", StringComparison.Ordinal);
        if (at < 0 || end < at)
        {
            return null;
        }

        string[] parts = head[at..end].Split('"', '\'');
        return parts.Length < 2 ? null : parts[1].ToUpperInvariant() switch
        {
            "ISO-8859-1" or "LATIN1" => Encoding.Latin1,
            "WINDOWS-1252" => CodePagesEncodingProvider.Instance.GetEncoding(1252),
            "US-ASCII" or "ASCII" => Encoding.ASCII,
            _ => null,
        };
    }

    /// <summary>The bytes of an xml value: a byte order mark and UTF-16.</summary>
    public static byte[] ToBytes(string text) => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)];
}
