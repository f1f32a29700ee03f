using System.Data;
using System.Data.Common;
using System.Globalization;

namespace NinaDB.Engine.Data;

/// <summary>Schema collections: MetaDataCollections, Tables, Views, Columns, Procedures.</summary>
public sealed partial class NinaConnection
{
    private static readonly (string Name, string Query, string[] Restrictions)[] Collections =
    [
        ("Tables", "SELECT TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES", ["TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "TABLE_TYPE"]),
        ("Views", "SELECT TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, CHECK_OPTION, IS_UPDATABLE FROM INFORMATION_SCHEMA.VIEWS", ["TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME"]),
        ("Columns",
            "SELECT TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_DEFAULT, IS_NULLABLE, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE FROM INFORMATION_SCHEMA.COLUMNS",
            ["TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME"]),
        ("Procedures", "SELECT ROUTINE_CATALOG, ROUTINE_SCHEMA, ROUTINE_NAME, ROUTINE_TYPE FROM INFORMATION_SCHEMA.ROUTINES",
            ["ROUTINE_CATALOG", "ROUTINE_SCHEMA", "ROUTINE_NAME", "ROUTINE_TYPE"]),
    ];

    public override DataTable GetSchema() => GetSchema(DbMetaDataCollectionNames.MetaDataCollections);

    public override DataTable GetSchema(string collectionName) => GetSchema(collectionName, []);

    public override DataTable GetSchema(string collectionName, string?[] restrictionValues)
    {
        ArgumentNullException.ThrowIfNull(collectionName);
        restrictionValues ??= [];
        if (string.Equals(collectionName, DbMetaDataCollectionNames.MetaDataCollections, StringComparison.OrdinalIgnoreCase))
        {
            return MetaDataCollections();
        }

        foreach ((string name, string query, string[] restrictions) in Collections)
        {
            if (string.Equals(name, collectionName, StringComparison.OrdinalIgnoreCase))
            {
                return Query(name, query, restrictions, restrictionValues);
            }
        }

        throw new ArgumentException($"The requested collection ({collectionName}) is not defined.", nameof(collectionName));
    }

    private DataTable Query(string name, string query, string[] restrictions, string?[] values)
    {
        if (values.Length > restrictions.Length)
        {
            throw new ArgumentException($"The collection {name} has {restrictions.Length} restrictions.", nameof(values));
        }

        using NinaCommand command = CreateCommand();
        var conditions = new List<string>();
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is { } value)
            {
                string parameter = string.Create(CultureInfo.InvariantCulture, $"@r{i}");
                conditions.Add($"{restrictions[i]} = {parameter}");
                command.Parameters.AddWithValue(parameter, value);
            }
        }

        command.CommandText = query + (conditions.Count == 0 ? "" : " WHERE " + string.Join(" AND ", conditions));
        var table = new DataTable(name) { Locale = CultureInfo.InvariantCulture };
        using NinaDataReader reader = command.ExecuteReader();
        table.Load(reader);
        return table;
    }

    private static DataTable MetaDataCollections()
    {
        var table = new DataTable(DbMetaDataCollectionNames.MetaDataCollections) { Locale = CultureInfo.InvariantCulture };
        table.Columns.Add(DbMetaDataColumnNames.CollectionName, typeof(string));
        table.Columns.Add(DbMetaDataColumnNames.NumberOfRestrictions, typeof(int));
        table.Columns.Add(DbMetaDataColumnNames.NumberOfIdentifierParts, typeof(int));
        table.Rows.Add(DbMetaDataCollectionNames.MetaDataCollections, 0, 0);
        foreach ((string name, _, string[] restrictions) in Collections)
        {
            table.Rows.Add(name, restrictions.Length, restrictions.Length);
        }

        return table;
    }
}
