using System.Collections.Immutable;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Tests.Storage;

/// <summary>Short ways to table definitions and values.</summary>
internal static class Tables
{
    public static ColumnDefinition Column(int id, string name, SqlType type) => new() { ColumnId = id, Name = name, Type = type };

    public static IndexDefinition Heap() => new() { IndexId = 0, Kind = IndexKind.Heap };

    public static IndexDefinition PrimaryKey(params int[] columns) => new()
    {
        IndexId = 1,
        Name = "PK_T",
        Kind = IndexKind.Clustered,
        IsUnique = true,
        IsPrimaryKey = true,
        KeyColumns = Keys(columns),
    };

    public static IndexDefinition Clustered(params int[] columns) => new() { IndexId = 1, Name = "CX_T", Kind = IndexKind.Clustered, KeyColumns = Keys(columns) };

    public static IndexDefinition Index(int id, bool unique, params int[] columns) => new()
    {
        IndexId = id,
        Name = $"IX_{id}",
        Kind = IndexKind.NonClustered,
        IsUnique = unique,
        KeyColumns = Keys(columns),
    };

    /// <summary>Negative ids are descending key columns.</summary>
    private static ImmutableArray<IndexColumn> Keys(int[] columns) => [.. columns.Select(c => new IndexColumn(Math.Abs(c), c < 0))];

    public static TableDefinition Table(ColumnDefinition[] columns, params IndexDefinition[] indexes) => new()
    {
        ObjectId = 100,
        SchemaId = 1,
        Name = "dbo.T",
        Type = ObjectTypes.UserTable,
        Columns = [.. columns],
        Indexes = [.. indexes],
        MaxColumnId = columns.Max(c => c.ColumnId),
    };

    public static SqlValue Int(int value) => SqlValue.FromInt(value);

    public static SqlValue Text(string value) => SqlValue.FromString(value);

    public static List<SqlValue[]> ScanAll(TableAccess access, IndexDefinition index, int[] ordinals, KeyRange? range = null, bool backward = false)
    {
        var rows = new List<SqlValue[]>();
        var row = new SqlValue[ordinals.Length];
        using TableCursor cursor = access.Scan(index, range ?? KeyRange.All, ordinals, row, null, backward);
        while (cursor.MoveNext())
        {
            rows.Add([.. row]);
        }

        return rows;
    }
}
