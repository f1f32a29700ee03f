using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>What a cursor did last, as sp_describe_cursor counts it.</summary>
internal enum CursorAct : byte
{
    None, Open, Fetch, Insert, Update, Delete, Close,
}

/// <summary>A statement that may say WHERE CURRENT OF.</summary>
internal interface IPositionedChange
{
    bool IsPositioned { get; }
}

/// <summary>Rows looked up one at a time, and what became of the base rows since they were fetched.</summary>
internal sealed partial class Cursor
{
    /// <summary>The base rows as the last FETCH found them, for optimistic concurrency; null where nobody will ask.</summary>
    private SqlValue[]?[]? _base;

    private static int _lastHandle = 180_150_001;

    /// <summary>A number of its own in the server.</summary>
    public int Handle { get; } = Interlocked.Increment(ref _lastHandle);

    public CursorAct LastAct { get; private set; }

    /// <summary>Rows that the last act concerned.</summary>
    public int LastRows { get; private set; }

    public void Note(CursorAct act, int rows) => (LastAct, LastRows) = (act, rows);

    /// <summary>
    /// Moves over the rows that there were, each looked up as it is now, since no row has come or moved. Rows that have gone, or left the condition, are passed over.
    /// </summary>
    private int FetchLooked(BatchExecution run, string orientation, long offset)
    {
        (int start, int step, long count) = orientation switch
        {
            "FIRST" => (0, 1, 1L),
            "LAST" => (Count - 1, -1, 1L),
            "PRIOR" => (_isGap ? _index : _index - 1, -1, 1L),
            "RELATIVE" when offset < 0 => (_isGap ? _index : _index - 1, -1, -offset),
            "RELATIVE" when offset == 0 => (_isGap ? _index + 1 : _index, 1, 1L),
            "RELATIVE" => (_index + 1, 1, offset),
            _ => (_index + 1, 1, 1L),
        };
        _isGap = false;
        int place = start;
        for (; place >= 0 && place < Count; place += step)
        {
            if (Plan.ReadOne(run, this, _rows![place].Locators, isMembership: true) is { } row && --count <= 0)
            {
                _index = place;
                Current = row;
                return 0;
            }
        }

        _index = Math.Clamp(place, -1, Count);
        Current = null;
        return -1;
    }

    /// <summary>Remembers the base rows of the current row where a positioned change will have to find them unchanged.</summary>
    private void KeepBase(BatchExecution run)
    {
        if (Plan.KeepsBase)
        {
            _base = Current is { Locators.Length: > 0 } ? Plan.BaseRows(run, this, Current.Locators) : null;
        }
    }

    /// <summary>The base row that WHERE CURRENT OF changes, as it is now. Errors 16929, 16931, 16932, 16933, 16934 and 16947.</summary>
    public SqlValue[] RowIn(BatchExecution run, TableDefinition table, IEnumerable<string>? changed, out byte[] locator)
    {
        locator = LocatorIn(table, changed);
        int source = Plan.IndexOf(table);
        SqlValue[] row = Plan.BaseRow(run, this, source, locator) ?? throw SqlErrors.Create(16947);
        if (_base?[source] is { } before && HasChanged(table, before, row))
        {
            run.SendMessage(SqlErrors.Create(16934).Error);
            throw SqlErrors.Create(16947);
        }

        return row;
    }

    /// <summary>The cursor's own change of its current row: it is no conflict for the next one.</summary>
    public void Changed(TableDefinition table, SqlValue[]? row)
    {
        Note(row is null ? CursorAct.Delete : CursorAct.Update, 1);
        if (_base is not null)
        {
            _base[Plan.IndexOf(table)] = row;
        }
    }

    /// <summary>A row version tells; without one every column does.</summary>
    private static bool HasChanged(TableDefinition table, SqlValue[] before, SqlValue[] now)
    {
        int version = -1;
        for (int i = 0; i < table.Columns.Length; i++)
        {
            if (table.Columns[i].Type.Id == SqlTypeId.RowVersion)
            {
                version = i;
            }
        }

        int[] compared = version >= 0 ? [version] : [.. Enumerable.Range(0, table.Columns.Length).Where(i => !table.Columns[i].IsComputed)];
        return RowChanges.Differs(before, now, compared, table);
    }
}
