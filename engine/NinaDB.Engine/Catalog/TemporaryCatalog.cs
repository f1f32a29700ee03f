using System.Collections.Immutable;

namespace NinaDB.Engine.Catalog;

/// <summary>A #procedure and the nesting level at which it was created.</summary>
public sealed record TemporaryProcedure(int Level, ModuleDefinition Module);

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

    public ImmutableList<TemporaryProcedure> Procedures { get; init; } = [];

    /// <summary>Changes with every temp DDL, as <see cref="CatalogSnapshot.Version"/> does for durable DDL.</summary>
    public long Version { get; init; }

    /// <summary>Temp tables have negative object ids, unique within the process.</summary>
    public static int NextObjectId() => Interlocked.Add(ref _lastObjectId, -16);

    /// <summary>The visible temp table with this name (with its leading #), or null.</summary>
    public TableDefinition? Find(string name) =>
        Tables.FindLast(t => string.Equals(t.Table.Name, name, StringComparison.OrdinalIgnoreCase))?.Table;

    public TableDefinition? Find(int objectId) => Tables.Find(t => t.Table.ObjectId == objectId)?.Table;

    /// <summary>The visible temporary procedure with this name (with its leading #), or null.</summary>
    public ModuleDefinition? FindProcedure(string name) =>
        Procedures.FindLast(p => string.Equals(p.Module.Name, name, StringComparison.OrdinalIgnoreCase))?.Module;

    public TemporaryCatalog With(int level, TableDefinition table)
    {
        int index = Tables.FindIndex(t => t.Table.ObjectId == table.ObjectId);
        return this with
        {
            Version = CatalogSnapshot.NextVersion(),
            Tables = index < 0 ? Tables.Add(new TemporaryTable(level, table)) : Tables.SetItem(index, Tables[index] with { Table = table }),
        };
    }

    public TemporaryCatalog With(int level, ModuleDefinition procedure)
    {
        int index = Procedures.FindIndex(p => p.Module.ObjectId == procedure.ObjectId);
        return this with
        {
            Version = CatalogSnapshot.NextVersion(),
            Procedures = index < 0 ? Procedures.Add(new TemporaryProcedure(level, procedure)) : Procedures.SetItem(index, Procedures[index] with { Module = procedure }),
        };
    }

    public TemporaryCatalog Without(int objectId) => this with
    {
        Version = CatalogSnapshot.NextVersion(),
        Tables = Tables.RemoveAll(t => t.Table.ObjectId == objectId),
        Procedures = Procedures.RemoveAll(p => p.Module.ObjectId == objectId),
    };
}
