using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;
using NinaDB.Tds.Protocol;

namespace NinaDB.Tds.Sessions;

/// <summary>A table-valued parameter ([MS-TDS] 2.2.5.5.5): name of its type, its columns as the client has them, its rows.</summary>
internal sealed class TableRows
{
    private const ushort NullMetadata = 0xFFFF, DefaultColumn = 0x200;
    private const byte RowToken = 1, OrderUniqueToken = 0x10, ColumnOrderingToken = 0x11, EndToken = 0;

    private readonly List<SqlValue[]> _rows = [];
    private ClientType?[] _columns = [];

    public string Schema { get; private set; } = "";

    public string Name { get; private set; } = "";

    public static TableRows Read(MessageReader reader)
    {
        var table = new TableRows();
        reader.ByteText();
        table.Schema = reader.ByteText();
        table.Name = reader.ByteText();
        ushort count = reader.UInt16();
        if (count != NullMetadata)
        {
            table._columns = new ClientType?[count];
            for (int i = 0; i < count; i++)
            {
                reader.UInt32();
                ushort flags = reader.UInt16();
                ClientType type = ClientType.Read(reader);
                reader.ByteText();
                table._columns[i] = (flags & DefaultColumn) != 0 ? null : type;
            }
        }

        table.ReadRows(reader);
        return table;
    }

    private void ReadRows(MessageReader reader)
    {
        // Optional tokens about order and uniqueness, an end; then rows and another end.
        for (byte token = reader.Byte(); token != EndToken; token = reader.Byte())
        {
            int size = token switch
            {
                OrderUniqueToken => 3,
                ColumnOrderingToken => 2,
                _ => throw new TdsProtocolException($"Token 0x{token:X2} in a table-valued parameter."),
            };
            reader.Skip(reader.UInt16() * size);
        }

        for (byte token = reader.Byte(); token != EndToken; token = reader.Byte())
        {
            if (token != RowToken)
            {
                throw new TdsProtocolException($"Token 0x{token:X2} among the rows of a table-valued parameter.");
            }

            var row = new SqlValue[_columns.Length];
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = _columns[i]?.ReadValue(reader) ?? SqlValue.Null;
            }

            _rows.Add(row);
        }
    }

    /// <summary>The parameter as the engine takes it: rows converted to the columns of the table type.</summary>
    public SessionParameter ToParameter(string name, EngineSession session)
    {
        CatalogSnapshot catalog = session.Catalog;
        TypeDefinition? type = catalog.FindType(Schema.Length == 0 ? null : Schema, Name);
        if (type?.Table is not { } shape)
        {
            throw SqlErrors.Create(2715, 1, Name);
        }

        var converters = new Func<SqlValue, SqlValue>?[_columns.Length];
        if (_columns.Length > shape.Columns.Length)
        {
            throw SqlErrors.Create(500, _columns.Length, shape.Columns.Length);
        }

        for (int i = 0; i < converters.Length; i++)
        {
            if (_columns[i] is { } column)
            {
                SqlConvert.EnsureAllowed(column.ValueType, shape.Columns[i].Type, isImplicit: true);
                converters[i] = SqlConvert.GetConverter(column.ValueType, shape.Columns[i].Type);
            }
        }

        IEnumerable<SqlValue[]> rows = _rows.Select(source =>
        {
            var row = new SqlValue[shape.Columns.Length];
            for (int i = 0; i < source.Length; i++)
            {
                row[i] = source[i].IsNull || converters[i] is null ? source[i] : converters[i]!(source[i]);
            }

            return row;
        });
        return new SessionParameter(name, SqlType.Table($"{catalog.SchemaName(type.SchemaId)}.{type.Name}"), SqlValue.Null) { Rows = rows };
    }
}
