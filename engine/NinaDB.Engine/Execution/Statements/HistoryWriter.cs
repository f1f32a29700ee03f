using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>What system versioning adds to the changes of one statement: the times of the period, and the versions that go to the history table.</summary>
internal sealed class HistoryWriter
{
    private readonly EngineSession _session;
    private readonly TableDefinition _table;
    private readonly int _start;
    private readonly int _end;
    private readonly SqlValue _now;
    private readonly SqlValue _maximum;
    private readonly TableAccess? _history;

    private HistoryWriter(EngineSession session, TableDefinition table, PeriodDefinition period)
    {
        _session = session;
        _table = table;
        _start = table.OrdinalOf(period.StartColumnId);
        _end = table.OrdinalOf(period.EndColumnId);
        _now = SystemTime.Start(session.TransactionTime, table.Columns[_start].Type);
        _maximum = SystemTime.Maximum(table.Columns[_end].Type);
        if (table.Versioning is { } versioning)
        {
            TableDefinition history = session.CatalogOf(table).Find<TableDefinition>(versioning.HistoryTableId)!;
            _history = TableWriter.For(session, history).Access(session, history);
        }
    }

    /// <summary>The writer of a table with a period; null for other tables.</summary>
    public static HistoryWriter? For(EngineSession session, TableDefinition table) => table.Period is { } period ? new HistoryWriter(session, table, period) : null;

    /// <summary>A new or changed row is current from the beginning of the transaction on.</summary>
    public void Stamp(SqlValue[] row)
    {
        row[_start] = _now;
        row[_end] = _maximum;
    }

    /// <summary>Stores the version that ends now. Error 13535 when it began later.</summary>
    public void Keep(SqlValue[] old)
    {
        if (_history is null)
        {
            return;
        }

        if (old[_start].AsInt64 > _now.AsInt64)
        {
            throw SqlErrors.Create(13535, _session.DescribeTable(_table, withDatabase: true));
        }

        SqlValue[] version = old.AsSpan().ToArray();
        version[_end] = _now;
        _history.Insert(version);
    }

    /// <summary>Errors 13559 to 13562: nobody writes into a history table but the system.</summary>
    public static void RefuseHistory(EngineSession session, TableDefinition table, DmlKind kind)
    {
        if (table.HistoryOf != 0)
        {
            throw SqlErrors.Create(kind switch { DmlKind.Insert => 13559, DmlKind.Delete => 13560, DmlKind.Update => 13561, _ => 13562 }, session.DescribeTable(table, withDatabase: true));
        }
    }
}
