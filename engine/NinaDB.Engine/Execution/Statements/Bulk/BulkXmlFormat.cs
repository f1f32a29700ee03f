using System.Globalization;
using System.Text;
using System.Xml;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Xml;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>XML format files: the fields of a record, then the columns of a row that they feed.</summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/import-export/xml-format-files-sql-server</remarks>
internal sealed class BulkXmlFormat
{
    private const string Namespace = "http://schemas.microsoft.com/sqlserver/2004/bulkload/format";
    private const string Instance = "http://www.w3.org/2001/XMLSchema-instance";

    private static readonly string[] FieldTypes = ["NativeFixed", "NativePrefix", "CharFixed", "NCharFixed", "CharPrefix", "NCharPrefix", "CharTerm", "NCharTerm"];

    private readonly string _path;
    private readonly XmlReader _reader;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<(string Type, int Length, int Prefix, string Terminator, Encoding? Encoding)> _fields = [];
    private readonly HashSet<int> _sources = [];
    private readonly List<(int Field, string Name, BulkHostType Host, SqlType Type)> _columns = [];

    private BulkXmlFormat(XmlReader reader, string path)
    {
        _reader = reader;
        _path = path;
    }

    public static BulkFormat Parse(string text, string path)
    {
        // The engine's own parser first: its errors are those of the server.
        XmlParser.Parse(text);
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true, IgnoreWhitespace = true };
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), settings);
            return new BulkXmlFormat(reader, path).Read();
        }
        catch (XmlException e)
        {
            throw SqlErrors.Create(9400, e.LineNumber, e.LinePosition);
        }
    }

    private int Line => ((IXmlLineInfo)_reader).LineNumber;

    private BulkFormat Read()
    {
        Require("BCPFORMAT");
        bool hasRecord = Children("RECORD", Field);
        bool hasRow = hasRecord && Children("ROW", Column);
        if (!hasRow || _fields.Count == 0)
        {
            throw SqlErrors.Create(4822, _path);
        }

        BulkFormat.RequireCount(_fields.Count, _path);
        var fields = new BulkField[_fields.Count];
        for (int i = 0; i < fields.Length; i++)
        {
            (string type, int length, int prefix, string terminator, Encoding? encoding) = _fields[i];
            int column = _columns.FindIndex(c => c.Field == i);
            BulkHostType host = type.StartsWith("NChar", StringComparison.Ordinal) ? BulkHostType.NChar
                : type.StartsWith("Char", StringComparison.Ordinal) ? BulkHostType.Char
                : column < 0 ? BulkHostType.Binary
                : _columns[column].Host;
            fields[i] = new BulkField
            {
                HostType = host,
                Prefix = prefix,
                Length = length,
                Terminator = BulkFormat.Bytes(terminator, host == BulkHostType.NChar),
                Column = column + 1,
                Name = column < 0 ? "" : _columns[column].Name,
                Encoding = encoding,
            };
            if (fields[i] is { Prefix: 0, Length: 0, Terminator: [] })
            {
                throw SqlErrors.Create(4882, i + 1, _path);
            }
        }

        return new BulkFormat(fields, [.. _columns.Select(c => new BulkRowColumn(c.Name, c.Type, c.Field))]) { IsXml = true };
    }

    /// <summary>Moves to the next tag, which has to open this element. Error 4855.</summary>
    private void Require(string name)
    {
        if (_reader.MoveToContent() != XmlNodeType.Element || _reader.LocalName != name || _reader.NamespaceURI != Namespace)
        {
            throw SqlErrors.Create(4855, Line, _path, _reader.LocalName);
        }
    }

    /// <summary>Reads an element and its children; false when its parent ends first.</summary>
    private bool Children(string name, Action child)
    {
        if (name == "RECORD")
        {
            if (_reader.IsEmptyElement)
            {
                return false;
            }

            _reader.Read();
        }

        if (_reader.MoveToContent() == XmlNodeType.EndElement)
        {
            return false;
        }

        Require(name);
        bool isEmpty = _reader.IsEmptyElement;
        _reader.Read();
        if (isEmpty)
        {
            return true;
        }

        while (_reader.MoveToContent() != XmlNodeType.EndElement)
        {
            Require(name == "RECORD" ? "FIELD" : "COLUMN");
            child();
            _reader.Skip();
        }

        _reader.Read();
        return true;
    }

    private string? Attribute(string name) => _reader.GetAttribute(name);

    private string Required(string name) => Attribute(name) ?? throw SqlErrors.Create(4859, Line, _path, name);

    private string Type() => (_reader.GetAttribute("type", Instance) ?? throw SqlErrors.Create(4859, Line, _path, "type")).Split(':')[^1];

    private int Number(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : throw SqlErrors.Create(4858, Line, _path, text, name);

    private int? Number(string name) => Attribute(name) is { } text ? Number(name, text) : null;

    private void Forbid(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Attribute(name) is not null)
            {
                throw SqlErrors.Create(4857, Line, _path, name);
            }
        }
    }

    private void Field()
    {
        string id = Required("ID");
        string type = Type();
        if (!FieldTypes.Contains(type))
        {
            throw SqlErrors.Create(4858, Line, _path, type, "type");
        }

        if (!_ids.TryAdd(id, _fields.Count))
        {
            throw SqlErrors.Create(4872, Line, _path, id);
        }

        int length = 0, prefix = 0;
        string terminator = "";
        if (type.EndsWith("Fixed", StringComparison.Ordinal))
        {
            Forbid("PREFIX_LENGTH", "MAX_LENGTH", "TERMINATOR");
            length = Number("LENGTH", Required("LENGTH"));
        }
        else if (type.EndsWith("Prefix", StringComparison.Ordinal))
        {
            Forbid("LENGTH", "TERMINATOR");
            string text = Required("PREFIX_LENGTH");
            prefix = Number("PREFIX_LENGTH", text);
            if (prefix is not (1 or 2 or 4 or 8))
            {
                throw SqlErrors.Create(4858, Line, _path, text, "PREFIX_LENGTH");
            }

            length = Number("MAX_LENGTH") ?? 0;
        }
        else
        {
            Forbid("LENGTH", "PREFIX_LENGTH");
            terminator = BulkOptions.Unescape(Required("TERMINATOR"));
            length = Number("MAX_LENGTH") ?? 0;
        }

        string collation = Attribute("COLLATION") ?? "";
        if (!BulkFormat.TryEncoding(collation, out Encoding? encoding))
        {
            throw SqlErrors.Create(4858, Line, _path, collation, "COLLATION");
        }

        _fields.Add((type, length, prefix, terminator, encoding));
    }

    private void Column()
    {
        string source = Required("SOURCE");
        string name = Required("NAME");
        string type = Type();
        if (!_ids.TryGetValue(source, out int field))
        {
            throw SqlErrors.Create(4873, Line, _path, source);
        }

        if (!_sources.Add(field))
        {
            throw SqlErrors.Create(4874, Line, _path, source);
        }

        int most = _fields[field].Length;
        bool isWide = _fields[field].Type.StartsWith("NChar", StringComparison.Ordinal);
        int? length = Number("LENGTH");
        int characters = length ?? (isWide ? most / 2 : most);
        int precision = Number("PRECISION") ?? 18;
        int scale = Number("SCALE") ?? 0;
        if (precision is < 1 or > 38)
        {
            throw SqlErrors.Create(4858, Line, _path, precision, "PRECISION");
        }

        if (scale > precision)
        {
            throw SqlErrors.Create(4858, Line, _path, scale, "SCALE");
        }

        int fraction = Attribute("SCALE") is null ? 7 : scale <= 7 ? scale : throw SqlErrors.Create(4858, Line, _path, scale, "SCALE");
        (BulkHostType host, SqlType result) = type.ToUpperInvariant() switch
        {
            "SQLBIT" => (BulkHostType.Bit, SqlType.Bit),
            "SQLTINYINT" => (BulkHostType.TinyInt, SqlType.TinyInt),
            "SQLSMALLINT" => (BulkHostType.SmallInt, SqlType.SmallInt),
            "SQLINT" => (BulkHostType.Int, SqlType.Int),
            "SQLBIGINT" => (BulkHostType.BigInt, SqlType.BigInt),
            "SQLFLT4" => (BulkHostType.Real, SqlType.Real),
            "SQLFLT8" => (BulkHostType.Float, SqlType.Float),
            "SQLMONEY4" => (BulkHostType.SmallMoney, SqlType.SmallMoney),
            "SQLMONEY" => (BulkHostType.Money, SqlType.Money),
            "SQLDATETIM4" => (BulkHostType.SmallDateTime, SqlType.SmallDateTime),
            "SQLDATETIME" => (BulkHostType.DateTime, SqlType.DateTime),
            "SQLDECIMAL" => (BulkHostType.Decimal, SqlType.Decimal(precision, scale)),
            "SQLNUMERIC" => (BulkHostType.Decimal, SqlType.Numeric(precision, scale)),
            "SQLUNIQUEID" => (BulkHostType.UniqueIdentifier, SqlType.UniqueIdentifier),
            "SQLDATE" => (BulkHostType.Date, SqlType.Date),
            "SQLTIME" => (BulkHostType.Time, SqlType.Time(fraction)),
            "SQLDATETIME2" => (BulkHostType.DateTime2, SqlType.DateTime2(fraction)),
            "SQLDATETIMEOFFSET" => (BulkHostType.DateTimeOffset, SqlType.DateTimeOffset(fraction)),
            "SQLCHAR" => (BulkHostType.Char, characters is 0 or > 8000 ? SqlType.VarCharMax : SqlType.Char(characters)),
            "SQLVARYCHAR" or "SQLTEXT" => (BulkHostType.Char, characters is 0 or > 8000 ? SqlType.VarCharMax : SqlType.VarChar(characters)),
            "SQLNCHAR" => (BulkHostType.NChar, characters is 0 or > 4000 ? SqlType.NVarCharMax : SqlType.NChar(characters)),
            "SQLNVARCHAR" or "SQLNTEXT" => (BulkHostType.NChar, characters is 0 or > 4000 ? SqlType.NVarCharMax : SqlType.NVarChar(characters)),
            "SQLBINARY" => (BulkHostType.Binary, (length ?? most) is 0 or > 8000 ? SqlType.VarBinaryMax : SqlType.Binary(length ?? most)),
            "SQLVARYBIN" or "SQLIMAGE" or "SQLUDT" => (BulkHostType.Binary, (length ?? most) is 0 or > 8000 ? SqlType.VarBinaryMax : SqlType.VarBinary(length ?? most)),
            _ => throw SqlErrors.Create(4858, Line, _path, type, "type"),
        };
        _columns.Add((field, name, host, result));
    }
}
