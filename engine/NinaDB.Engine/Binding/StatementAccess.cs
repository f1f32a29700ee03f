using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Binding;

/// <summary>What a statement needs permissions for. Kept with the compiled statement, so that it is compiled once and asked for every principal that runs it.</summary>
internal sealed class StatementAccess
{
    private Dictionary<int, HashSet<string>>? _usedColumns;

    /// <summary>Objects that the statement itself names (not what views and functions read).</summary>
    public HashSet<CatalogObject> Named { get; } = [];

    /// <summary>What views and functions read although somebody else owns it: the ownership chain is broken, so the statement needs the permission itself.</summary>
    public HashSet<CatalogObject> Unchained { get; } = [];

    /// <summary>OPENROWSET(BULK ...) outside of modules.</summary>
    public bool LoadsFiles { get; set; }

    /// <summary>Notes that the statement itself uses a column of an object it names.</summary>
    public void UseColumn(CatalogObject named, ScopeColumn column)
    {
        _usedColumns ??= [];
        if (!_usedColumns.TryGetValue(named.ObjectId, out HashSet<string>? columns))
        {
            _usedColumns[named.ObjectId] = columns = new(StringComparer.OrdinalIgnoreCase);
        }

        columns.Add(named is TableDefinition && column.Definition is { } definition ? definition.Name : column.Name);
    }

    /// <summary>Columns that the statement itself uses of an object it names.</summary>
    public IReadOnlyCollection<string> UsedColumns(int objectId) => _usedColumns is not null && _usedColumns.TryGetValue(objectId, out HashSet<string>? columns) ? columns : [];
}
