using NinaDB.Engine.Catalog;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Session;

/// <summary>What the running statement reads, by table, in the order in which the tables are first touched.</summary>
internal sealed class StatementReads
{
    private readonly List<(TableDefinition Table, TableReads Reads)> _tables = [];

    public TableReads Of(TableDefinition table)
    {
        foreach ((TableDefinition known, TableReads reads) in _tables)
        {
            if (known.ObjectId == table.ObjectId)
            {
                return reads;
            }
        }

        var added = new TableReads();
        _tables.Add((table, added));
        return added;
    }

    /// <summary>Leaves out a table that only the host knows of.</summary>
    public void Forget(TableDefinition table) => _tables.RemoveAll(t => t.Table.ObjectId == table.ObjectId);

    /// <summary>The tables, that touched last first, and forgets them.</summary>
    public IReadOnlyList<(TableDefinition Table, TableReads Reads)> Take()
    {
        (TableDefinition, TableReads)[] taken = [.. _tables];
        _tables.Clear();
        Array.Reverse(taken);
        return taken;
    }
}

public sealed partial class EngineSession
{
    private StatementReads? _reads;

    /// <summary>Counts reads under STATISTICS IO; null otherwise.</summary>
    internal StatementReads? Reads => Options.StatisticsIo ? _reads ??= new StatementReads() : null;
}
