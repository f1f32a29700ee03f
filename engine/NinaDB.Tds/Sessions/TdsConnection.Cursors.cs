using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;
using NinaDB.Tds.Protocol;

namespace NinaDB.Tds.Sessions;

/// <summary>
/// API server cursors: sp_cursoropen, sp_cursorprepare, sp_cursorexecute, sp_cursorprepexec, sp_cursorfetch, sp_cursoroption, sp_cursorclose (learn.microsoft.com, "Cursor stored
/// procedures"). They are static and read-only whatever was asked for; the scroll and concurrency options say so when they come back.
/// </summary>
internal sealed partial class TdsConnection
{
    private const int StaticScroll = 8, ForwardOnlyScroll = 4, FastForwardScroll = 16, AutoFetch = 0x2000, AutoClose = 0x4000, ParameterizedStatement = 0x1000;
    private const int ReadOnlyConcurrency = 1;
    private const int FirstRow = 1, NextRow = 2, PreviousRow = 4, LastRow = 8, AbsoluteRow = 16, RelativeRow = 32, RefreshRows = 128, Information = 256;
    private const int MaximumCursors = 1000;

    private static readonly ResultColumn RowStatus = new("ROWSTAT", SqlType.Int, false) { IsHidden = true };

    private readonly Dictionary<int, ServerCursor> _cursors = [];
    private int _lastCursor = 180_150_000;

    private int? CallCursor(string name, List<CallParameter> p, List<(int, string, SqlType, SqlValue)> outputs, ResultWriter writer, Request request)
    {
        switch (name)
        {
            case "sp_cursoropen":
                {
                    // cursor OUTPUT, stmt, scrollopt IN/OUT, ccopt IN/OUT, rowcount IN/OUT [, paramdef, values ...]
                    RequireCount(p, 2, name);
                    string text = p[1].Text ?? throw SqlErrors.Create(16902, name, "@stmt");
                    int scroll = NumberAt(p, 2) ?? 0;
                    bool hasParameters = (scroll & ParameterizedStatement) != 0 && p.Count > 5;
                    var statement = new PreparedStatement(text, hasParameters ? p[5].Text ?? "" : "");
                    return Open(statement, scroll, p, hasParameters ? 6 : p.Count, (0, 2, 3, 4), outputs, writer, request);
                }

            case "sp_cursorprepare":
                {
                    // handle OUTPUT, params, stmt, options, scrollopt, ccopt
                    RequireCount(p, 4, name);
                    PreparedStatement statement = Prepared(p, 1, name) with { ScrollOptions = NumberAt(p, 4) ?? 0, ConcurrencyOptions = NumberAt(p, 5) ?? 0 };
                    int handle = Keep(statement);
                    if ((NumberAt(p, 3) & 1) != 0)
                    {
                        Describe(statement, writer);
                    }

                    outputs.Add((0, p[0].Name, SqlType.Int, SqlValue.FromInt(handle)));
                    AddOptions(p, 4, 5, outputs);
                    return 0;
                }

            case "sp_cursorexecute":
                {
                    // handle, cursor OUTPUT, scrollopt IN/OUT, ccopt IN/OUT, rowcount IN/OUT, values ...
                    RequireCount(p, 2, name);
                    PreparedStatement statement = FindPrepared(p[0].Number);
                    return Open(statement, NumberAt(p, 2) ?? statement.ScrollOptions, p, Math.Min(5, p.Count), (1, 2, 3, 4), outputs, writer, request);
                }

            case "sp_cursorprepexec":
                {
                    // handle OUTPUT, cursor OUTPUT, params, stmt, scrollopt IN/OUT, ccopt IN/OUT, rowcount IN/OUT, values ...
                    RequireCount(p, 4, name);
                    PreparedStatement statement = Prepared(p, 2, name);
                    int handle = Keep(statement);
                    outputs.Add((0, p[0].Name, SqlType.Int, SqlValue.FromInt(handle)));
                    return Open(statement, NumberAt(p, 4) ?? 0, p, Math.Min(7, p.Count), (1, 4, 5, 6), outputs, writer, request);
                }

            case "sp_cursorfetch":
                {
                    RequireCount(p, 1, name);
                    ServerCursor cursor = FindCursor(p[0].Number, name);
                    return Fetch(cursor, NumberAt(p, 1) ?? NextRow, p, outputs, writer);
                }

            case "sp_cursoroption":
                FindCursor(NumberAt(p, 0), name);
                return 0;
            case "sp_cursorclose":
                RequireCount(p, 1, name);
                if (p[0].Number == -1)
                {
                    _cursors.Clear();
                }
                else if (!_cursors.Remove(p[0].Number ?? 0))
                {
                    throw SqlErrors.Create(16909, name, p[0].Number);
                }

                return 0;
            case "sp_cursor":
                // Positioned changes: the cursor was announced as read-only.
                FindCursor(NumberAt(p, 0), name);
                throw new SqlErrorException(new SqlError(16929, 16, 1, "The cursor is READ ONLY.", 1, "sp_cursor"));
            default:
                throw SqlErrors.CreateWithState(2812, 62, name);
        }
    }

    /// <summary>Runs the statement, keeps its rows, and sends the columns (and with AUTO_FETCH the first rows).</summary>
    /// <param name="places">Positions of cursor, scrollopt, ccopt and rowcount among the parameters.</param>
    private int? Open(
        PreparedStatement statement, int scroll, List<CallParameter> p, int firstValue, (int Cursor, int Scroll, int Concurrency, int Rows) places,
        List<(int, string, SqlType, SqlValue)> outputs, ResultWriter writer, Request request)
    {
        if (_cursors.Count >= MaximumCursors)
        {
            throw SqlErrors.Create(701);
        }

        EngineSession session = _session!;
        var sink = new CursorSink(writer);
        if (statement.Declarations.Length == 0 && firstValue >= p.Count)
        {
            session.Execute(statement.Text, [], sink, request.Cancellation);
        }
        else
        {
            var bound = new SessionParameter[2 + p.Count - firstValue];
            bound[0] = new("", SqlType.NVarCharMax, SqlValue.FromString(statement.Text));
            bound[1] = new("", SqlType.NVarCharMax, SqlValue.FromString(statement.Declarations));
            for (int i = firstValue; i < p.Count; i++)
            {
                bound[2 + i - firstValue] = p[i].Bind(session);
            }

            session.ExecuteProcedure("sp_executesql", bound, sink, request.Cancellation);
        }

        if (sink.HasError)
        {
            return null;
        }

        if (sink.Columns is not { } columns)
        {
            throw SqlErrors.Create(16937);
        }

        var cursor = new ServerCursor(columns, sink.Rows);
        int handle = ++_lastCursor;
        bool isClosed = false;
        if ((scroll & AutoFetch) != 0)
        {
            int wanted = Math.Max(1, NumberAt(p, places.Rows) ?? 1);
            int sent = Send(cursor, 1, wanted, writer);
            isClosed = (scroll & AutoClose) != 0 && sent == cursor.Rows.Count;
        }
        else
        {
            // Drivers size their rows by what opening shows, the hidden status with it.
            writer.Columns([.. columns, RowStatus]);
            writer.EndRows();
            writer.Done(0, new StatementInfo(StatementKind.Select, true));
        }

        if (!isClosed)
        {
            _cursors[handle] = cursor;
        }

        outputs.Add((places.Cursor, p[places.Cursor].Name, SqlType.Int, SqlValue.FromInt(isClosed ? 0 : handle)));
        AddOptions(p, places.Scroll, places.Concurrency, outputs);
        if (places.Rows < p.Count)
        {
            outputs.Add((places.Rows, p[places.Rows].Name, SqlType.Int, SqlValue.FromInt(cursor.Rows.Count)));
        }

        return 0;
    }

    /// <summary>What kind of cursor it became.</summary>
    private static void AddOptions(List<CallParameter> p, int scroll, int concurrency, List<(int, string, SqlType, SqlValue)> outputs)
    {
        if (scroll < p.Count)
        {
            int asked = NumberAt(p, scroll) ?? 0;
            int kind = (asked & 0xFF) is ForwardOnlyScroll or FastForwardScroll ? asked & 0xFF : StaticScroll;
            outputs.Add((scroll, p[scroll].Name, SqlType.Int, SqlValue.FromInt(kind)));
        }

        if (concurrency < p.Count)
        {
            outputs.Add((concurrency, p[concurrency].Name, SqlType.Int, SqlValue.FromInt(ReadOnlyConcurrency)));
        }
    }

    private int Fetch(ServerCursor cursor, int type, List<CallParameter> p, List<(int, string, SqlType, SqlValue)> outputs, ResultWriter writer)
    {
        int number = NumberAt(p, 2) ?? 0;
        int count = Math.Max(0, NumberAt(p, 3) ?? 1);
        int total = cursor.Rows.Count;
        if (type == Information)
        {
            if (p.Count > 2)
            {
                outputs.Add((2, p[2].Name, SqlType.Int, SqlValue.FromInt(Math.Min(cursor.Position, total))));
            }

            if (p.Count > 3)
            {
                outputs.Add((3, p[3].Name, SqlType.Int, SqlValue.FromInt(total)));
            }

            return 0;
        }

        long first = (type & 0xFF) switch
        {
            FirstRow => 1,
            NextRow => cursor.Position == 0 ? 1 : cursor.Position + (long)Math.Max(1, cursor.Fetched),
            PreviousRow => cursor.Position - (long)count,
            LastRow => total - (long)count + 1,
            AbsoluteRow => number >= 0 ? number : total + 1L + number,
            RelativeRow => cursor.Position + (long)number,
            RefreshRows => cursor.Position,
            _ => throw SqlErrors.Create(16902, "sp_cursorfetch", "@fetchtype"),
        };
        if (first < 1 && (type & 0xFF) is PreviousRow or LastRow && cursor.Position > 1 - count)
        {
            // A block that would begin before the first row begins at it.
            first = (type & 0xFF) == PreviousRow && cursor.Position <= 1 ? 0 : 1;
        }

        Send(cursor, first, count, writer);
        return 0;
    }

    /// <summary>Sends a block of rows, each with its status, and leaves the cursor on it.</summary>
    private static int Send(ServerCursor cursor, long first, int count, ResultWriter writer)
    {
        int total = cursor.Rows.Count;
        int sent = 0;
        writer.Columns([.. cursor.Columns, RowStatus]);
        if (first >= 1 && first <= total)
        {
            var row = new SqlValue[cursor.Columns.Count + 1];
            row[^1] = SqlValue.FromInt(1);
            for (long i = first; i < first + count && i <= total; i++)
            {
                cursor.Rows[(int)(i - 1)].CopyTo(row, 0);
                writer.Row(row);
                sent++;
            }
        }

        cursor.Position = (int)Math.Clamp(first, 0, total + 1L);
        cursor.Fetched = sent;
        writer.EndRows();
        writer.Done(sent, new StatementInfo(StatementKind.Select, true));
        return sent;
    }

    private ServerCursor FindCursor(int? handle, string procedure) =>
        handle is { } number && _cursors.TryGetValue(number, out ServerCursor? cursor) ? cursor : throw SqlErrors.Create(16909, procedure, handle ?? 0);

    private static int? NumberAt(List<CallParameter> parameters, int index) => index < parameters.Count ? parameters[index].Number : null;
}
