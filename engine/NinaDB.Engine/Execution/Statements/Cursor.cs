using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>What a cursor sees of changes made while it is open.</summary>
internal enum CursorModel : byte
{
    /// <summary>Nothing: OPEN copies the rows.</summary>
    Static = 1,

    /// <summary>The rows are those of OPEN; their values are as they are when they are fetched.</summary>
    Keyset = 2,

    /// <summary>Everything: rows come and go.</summary>
    Dynamic = 3,
}

/// <summary>A row of a cursor: the values of its columns, and the locators of the base rows it was made from.</summary>
internal sealed record CursorRow(SqlValue[] Values, byte[]?[] Locators)
{
    private string? _key;

    /// <summary>The locators as one text. Only needed once a table has changed.</summary>
    public string Key => _key ??= string.Join('/', Locators.Select(l => l is null ? "" : Convert.ToHexString(l)));
}

/// <summary>
/// A T-SQL cursor. While none of its tables has changed, the rows read at OPEN serve. After that a keyset or dynamic one looks each row up by its locators when it comes to it; a dynamic one
/// reads all rows again only where rows may have come or moved.
/// </summary>
internal sealed partial class Cursor(CursorDefinition definition, string name, CursorPlan plan)
{
    private List<CursorRow>? _rows;
    private Dictionary<string, int> _places = [];
    private Dictionary<string, CursorRow>? _live;
    private long _stamp;

    /// <summary>What the rows were read under: they are all there are until it differs.</summary>
    private long _shape;

    /// <summary>Index of the current row in the rows read last; -1 before the first one.</summary>
    private int _index = -1;

    /// <summary>The current row has gone; <see cref="_index"/> is the row before its place.</summary>
    private bool _isGap;

    public CursorDefinition Definition { get; } = definition;

    /// <summary>Name, or the variable it was made for.</summary>
    public string Name { get; } = name;

    public CursorPlan Plan { get; } = plan;

    public CursorModel Model => Plan.Model;

    /// <summary>Variables as the cursor's declaration saw them.</summary>
    public required VariableFrame Variables { get; init; }

    public required Routine Routine { get; init; }

    public IReadOnlyList<OutputColumn> Columns { get; private set; } = [];

    public bool IsOpen => _rows is not null;

    public bool IsGlobal { get; init; }

    public int Count => _rows?.Count ?? 0;

    /// <summary>-9 before any fetch.</summary>
    public int FetchStatus { get; private set; } = -9;

    /// <summary>The current row; null when the position is on none.</summary>
    public CursorRow? Current { get; private set; }

    /// <summary>Position of the current row among the rows, from 1.</summary>
    public int Position => _index + 1;

    /// <summary>Only NEXT unless it was asked for more: SCROLL, or a model that scrolls.</summary>
    public bool IsScrollable => Definition.Options.Any(o => o is "SCROLL" or "STATIC" or "KEYSET" or "DYNAMIC") && !Definition.Options.Contains("FORWARD_ONLY") && !Definition.Options.Contains("FAST_FORWARD");

    public void Open(BatchExecution run)
    {
        _stamp = Plan.Stamp(run.Session);
        _shape = Plan.ShapeStamp(run.Session);
        (Columns, _rows) = Plan.Read(run, this, isMembership: true);
        (_index, _isGap, _live, Current) = (-1, false, null, null);
        Note(CursorAct.Open, _rows.Count);
    }

    public void Close()
    {
        _rows = null;
        _live = null;
        _base = null;
        Current = null;
        if (LastAct != CursorAct.None)
        {
            Note(CursorAct.Close, 0);
        }
    }

    /// <summary>Moves and reads the row there: 0, -1 when there is none, -2 when a row of the keyset has been deleted.</summary>
    public int Fetch(BatchExecution run, string orientation, long offset)
    {
        FetchStatus = Model switch
        {
            CursorModel.Dynamic => FetchDynamic(run, orientation, offset),
            _ => FetchPlaced(run, orientation, offset),
        };
        Note(CursorAct.Fetch, FetchStatus == -1 ? 0 : 1);
        KeepBase(run);
        return FetchStatus;
    }

    public void FailFetch() => FetchStatus = -1;

    private int FetchPlaced(BatchExecution run, string orientation, long offset)
    {
        long target = orientation switch
        {
            "FIRST" => 0,
            "LAST" => Count - 1,
            "PRIOR" => _index - 1,
            "ABSOLUTE" => offset > 0 ? offset - 1 : offset < 0 ? Count + offset : -1,
            "RELATIVE" => _index + offset,
            _ => _index + 1,
        };
        _index = (int)Math.Clamp(target, -1, Count);
        Current = _index >= 0 && _index < Count ? _rows![_index] : null;
        if (Current is null)
        {
            return -1;
        }

        if (Model == CursorModel.Static)
        {
            return 0;
        }

        long stamp = Plan.Stamp(run.Session);
        if (_live is null && stamp == _stamp)
        {
            return 0;
        }

        if (Plan.ReadsSingly)
        {
            Current = Plan.ReadOne(run, this, Current.Locators, isMembership: false);
            if (Current is not null)
            {
                return 0;
            }

            Current = new CursorRow(Plan.Placeholders(Columns), []);
            return -2;
        }

        if (_live is null || stamp != _stamp)
        {
            _stamp = stamp;
            _live = new Dictionary<string, CursorRow>(StringComparer.Ordinal);
            foreach (CursorRow row in Plan.Read(run, this, isMembership: false).Rows)
            {
                _live.TryAdd(row.Key, row);
            }
        }

        if (_live.TryGetValue(Current.Key, out CursorRow? live))
        {
            Current = live;
            return 0;
        }

        Current = new CursorRow(Plan.Placeholders(Columns), []);
        return -2;
    }

    private int FetchDynamic(BatchExecution run, string orientation, long offset)
    {
        long stamp = Plan.Stamp(run.Session);
        if (stamp != _stamp)
        {
            if (Plan.ReadsSingly && Plan.ShapeStamp(run.Session) == _shape)
            {
                return FetchLooked(run, orientation, offset);
            }

            Refresh(run, stamp);
        }

        int target = orientation switch
        {
            "FIRST" => 0,
            "LAST" => Count - 1,
            "PRIOR" => _isGap ? _index : _index - 1,
            "RELATIVE" => (int)Math.Clamp(_index + offset + (_isGap && offset <= 0 ? 1 : 0), -1, Count),
            _ => _index + 1,
        };
        _isGap = false;
        _index = Math.Clamp(target, -1, Count);
        Current = _index >= 0 && _index < Count ? _rows![_index] : null;
        return Current is null ? -1 : 0;
    }

    /// <summary>Reads the rows again when a table has changed, and finds the place again: by the current row, or by the nearest one before it that is still there.</summary>
    private void Refresh(BatchExecution run, long stamp)
    {
        List<CursorRow> before = _rows!;
        _stamp = stamp;
        _shape = Plan.ShapeStamp(run.Session);
        (Columns, _rows) = Plan.Read(run, this, isMembership: true);
        Index();
        if (_index >= before.Count)
        {
            _index = Count;
            return;
        }

        int old = _index;
        while (old >= 0 && !_places.ContainsKey(before[old].Key))
        {
            old--;
        }

        _isGap |= old != _index;
        _index = old < 0 ? -1 : _places[before[old].Key];
    }

    private void Index()
    {
        _places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; Model == CursorModel.Dynamic && i < _rows!.Count; i++)
        {
            _places.TryAdd(_rows[i].Key, i);
        }
    }

    /// <summary>The locator of the current row in a table that WHERE CURRENT OF changes. Errors 16929, 16933, 16931, 16932 and 16947.</summary>
    public byte[] LocatorIn(TableDefinition table, IEnumerable<string>? changed)
    {
        if (Plan.IsReadOnly)
        {
            throw SqlErrors.Create(16929);
        }

        int source = Plan.IndexOf(table);
        if (source < 0 || (Definition.UpdateColumns is { Count: > 0 } listed && !listed.Any(c => table.FindColumn(c) >= 0)))
        {
            throw SqlErrors.Create(16933);
        }

        if (Current is null)
        {
            throw SqlErrors.Create(16931);
        }

        if (changed is not null && Definition.UpdateColumns is { Count: > 0 } allowed && changed.Any(c => !allowed.Contains(c, StringComparer.OrdinalIgnoreCase)))
        {
            throw SqlErrors.Create(16932);
        }

        return Current.Locators.Length == 0 ? throw SqlErrors.Create(16947) : Current.Locators[source] ?? throw SqlErrors.Create(16947);
    }
}

/// <summary>Finds and makes cursors.</summary>
internal static class Cursors
{
    public static Cursor Create(BatchExecution run, CursorDefinition definition, string name, Frame frame, bool isGlobal)
    {
        CursorPlan plan = CursorPlan.Create(run, definition, frame);
        var variables = new VariableFrame(0) { Values = [.. frame.Variables.Values], Tables = frame.Variables.Tables, Cursors = frame.Variables.Cursors, LocalCursors = frame.Variables.LocalCursors };
        return new Cursor(definition, name, plan) { Variables = variables, Routine = frame.Routine, IsGlobal = isGlobal };
    }

    /// <summary>Closes every open cursor that the connection has: SET CURSOR_CLOSE_ON_COMMIT ON at the end of a transaction.</summary>
    public static void CloseAll(BatchExecution run, Frame frame)
    {
        foreach (Cursor cursor in run.Session.GlobalCursors.Values)
        {
            cursor.Close();
        }

        for (Frame? f = frame; f is not null; f = f.Caller)
        {
            foreach (Cursor cursor in (f.Cursors?.Values ?? Enumerable.Empty<Cursor>()).Concat(f.Variables.Cursors.OfType<Cursor>()))
            {
                cursor.Close();
            }
        }
    }

    /// <summary>The cursor that a name or @variable means. Error 16916 when there is none, 16950 when the variable is empty.</summary>
    public static Cursor Find(BatchExecution run, Frame frame, string name, bool isGlobal = false)
    {
        if (name.StartsWith('@'))
        {
            VariableInfo variable = frame.Routine.Variables.Find(name) ?? throw SqlErrors.Create(137, name);
            return frame.Variables.Cursors.Length > 0 && frame.Variables.Cursors[variable.Slot] is Cursor held
                ? held
                : throw SqlErrors.CreateWithState(16950, 2, name);
        }

        if (!isGlobal)
        {
            for (Frame? f = frame; f is not null; f = f.Routine.Kind == RoutineKind.DynamicBatch ? f.Caller : null)
            {
                if (f.Cursors is { } local && local.TryGetValue(name, out Cursor? found))
                {
                    return found;
                }
            }
        }

        return run.Session.GlobalCursors.GetValueOrDefault(name) ?? throw SqlErrors.Create(16916, name);
    }
}
