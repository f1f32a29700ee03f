using System.Collections.Immutable;

namespace NinaDB.Engine.Catalog;

/// <summary>A temp table and the module nesting level at which it was created (0 = the batch).</summary>
public sealed record TemporaryTable(int Level, TableDefinition Table);

/// <summary>
/// The #temp tables of one session. Immutable, so that a rollback (also to a savepoint) returns to an older value; inner levels hide outer ones.
/// </summary>
public sealed record TemporaryCatalog
{
    private static int _lastObjectId = -1_000_000;

    public static TemporaryCatalog Empty { get; } = new();

    /// <summary>Innermost last.</summary>
    public ImmutableList<TemporaryTable> Tables { get; init; } = [];

    /// <summary>Changes with every temp DDL, as <see cref="CatalogSnapshot.Version"/> does for durable DDL.</summary>
    public long Version { get; init; }

    /// <summary>Temp tables have negative object ids, unique within the process.</summary>
    public static int NextObjectId() => Interlocked.Add(ref _lastObjectId, -16);

    /// <summary>The visible temp table with this name (with its leading #), or null.</summary>
    public TableDefinition? Find(string name) =>
        Tables.FindLast(t => string.Equals(t.Table.Name, name, StringComparison.OrdinalIgnoreCase))?.Table;

    public TableDefinition? Find(int objectId) => Tables.Find(t => t.Table.ObjectId == objectId)?.Table;

    public TemporaryCatalog With(int level, TableDefinition table)
    {
        int index = Tables.FindIndex(t => t.Table.ObjectId == table.ObjectId);
        return new TemporaryCatalog
        {
            Version = CatalogSnapshot.NextVersion(),
            Tables = index < 0 ? Tables.Add(new TemporaryTable(level, table)) : Tables.SetItem(index, Tables[index] with { Table = table }),
        };
    }

    public TemporaryCatalog Without(int objectId) => new()
    {
        Version = CatalogSnapshot.NextVersion(),
        Tables = Tables.RemoveAll(t => t.Table.ObjectId == objectId),
    };
}
