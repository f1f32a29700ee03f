using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Session;

/// <summary>A SELECT that is sending rows to the client.</summary>
internal sealed class RowSource(BatchExecution run, Frame frame, Operation operation, CompiledQuery query, ExecutionContext context, bool holdsRead) : IDisposable
{
    private readonly int[] _registers = [.. query.Columns.Select(c => c.Register)];
    private readonly RowIterator _iterator = query.Root.Open(context);
    private readonly TextSizeLimit? _textSize = TextSizeLimit.For(query.Columns, run.Session.Options.TextSize);
    private readonly long _limit = run.Session.Options.RowCountLimit is > 0 and var limit ? limit : long.MaxValue;

    public Frame Frame { get; } = frame;

    public Operation Operation { get; } = operation;

    public ExecutionContext Context { get; } = context;

    public SqlValue[] Buffer { get; } = new SqlValue[query.Columns.Count];

    private long _count;

    /// <summary>When the statement began, under STATISTICS TIME; 0 without.</summary>
    public long Started { get; set; }

    /// <summary>When the statement began, for the counters of its plan.</summary>
    public long Measured { get; set; }

    /// <summary>Rows as the statement counts them.</summary>
    public long Count => Context.FormattedRows ?? _count;

    public bool MoveNext()
    {
        if (_count >= _limit || !_iterator.MoveNext())
        {
            return false;
        }

        SqlValue[] registers = Context.Registers;
        SqlValue[] buffer = Buffer;
        int[] map = _registers;
        for (int i = 0; i < map.Length; i++)
        {
            buffer[i] = registers[map[i]];
        }

        _textSize?.Cut(buffer);
        _count++;
        return true;
    }

    public void Dispose()
    {
        _iterator.Dispose();
        if (holdsRead)
        {
            run.Session.EndRead();
        }
    }
}

public sealed partial class BatchExecution
{
    /// <summary>Begins a result set; its rows are produced as the client asks for them.</summary>
    /// <remarks>Columns are sent with the first row, so that a statement that fails at once leaves no result set behind.</remarks>
    internal void StartRows(RowSource rows, IReadOnlyList<ResultColumn> columns, IReadOnlyList<int> order)
    {
        _rows = rows;
        _pendingColumns = columns;
        _pendingOrder = order;
    }

    private IReadOnlyList<ResultColumn>? _pendingColumns;

    private IReadOnlyList<int> _pendingOrder = [];

    /// <summary>The first row has been read together with the columns and waits to be shown.</summary>
    private bool _holdsRow;

    /// <summary>One row for a pulling client, or all rows for a sink. True when <see cref="Row"/> holds a row.</summary>
    private bool ProduceRows()
    {
        if (_sink is not null || _collector is not null)
        {
            DrainRows();
            return false;
        }

        RowSource rows = _rows!;
        try
        {
            if (Cancellation.IsCancellationRequested)
            {
                Cancellation.ThrowIfCancellationRequested();
            }

            if (_pendingColumns is { } columns)
            {
                _holdsRow = rows.MoveNext();
                SendColumns(columns, _pendingOrder);
                _pendingColumns = null;
                if (!_holdsRow)
                {
                    EndRows(failed: false);
                }

                return false;
            }

            if (_holdsRow || rows.MoveNext())
            {
                _holdsRow = false;
                _row = Contract is { } contract ? contract.Convert(rows.Buffer) : rows.Buffer;
                return true;
            }

            EndRows(failed: false);
        }
        catch (SqlErrorException error)
        {
            FailRows(rows, error);
        }

        return false;
    }

    private void DrainRows()
    {
        RowSource rows = _rows!;
        try
        {
            bool hasRow = rows.MoveNext();
            SendColumns(_pendingColumns!, _pendingOrder);
            _pendingColumns = null;
            if (!hasRow)
            {
                EndRows(failed: false);
                return;
            }

            if (_collector is not null)
            {
                do
                {
                    _collector(Contract is { } contract ? contract.Convert(rows.Buffer) : rows.Buffer.AsSpan().ToArray());
                }
                while (rows.MoveNext());
            }
            else if (_sink is not null)
            {
                int untilCheck = 256;
                do
                {
                    _sink.Row(Contract is { } contract ? contract.Convert(rows.Buffer) : rows.Buffer);
                    if (--untilCheck == 0)
                    {
                        untilCheck = 256;
                        Cancellation.ThrowIfCancellationRequested();
                    }
                }
                while (rows.MoveNext());
            }
            else
            {
                do
                {
                    SendRow(rows.Buffer.AsSpan().ToArray());
                }
                while (rows.MoveNext());
            }

            EndRows(failed: false);
        }
        catch (SqlErrorException error)
        {
            FailRows(rows, error);
        }
    }

    private void FailRows(RowSource rows, SqlErrorException error)
    {
        EndRows(failed: true);
        bool isOpen = _pendingColumns is null;
        _pendingColumns = null;
        _holdsRow = false;
        try
        {
            Handle(error, rows.Frame, rows.Operation);
        }
        finally
        {
            if (isOpen)
            {
                SendEndRows();
                SendDone(null);
            }
        }
    }

    private void EndRows(bool failed)
    {
        if (_rows is not { } rows)
        {
            return;
        }

        _rows = null;
        rows.Dispose();
        if (failed)
        {
            return;
        }

        EngineSession session = Session;
        rows.Operation.Statistics?.Note(rows.Measured, rows.Count);
        session.RowCount = rows.Count;
        session.LastError = 0;
        WarnOfNulls(rows.Context);
        SendEndRows();
        SendDone(session.Options.NoCount ? null : rows.Count);
        if (session.Options.Measures)
        {
            TellReads();
            TellPlan(rows.Operation, rows.Frame);
            if (rows.Started != 0)
            {
                SendTime(rows.Started);
            }
        }
    }

    /// <summary>Message 8153 after an aggregate has skipped NULLs; 3606 and 3607 after arithmetic has given NULL instead of an error.</summary>
    internal void WarnOfNulls(ExecutionContext context)
    {
        if (context.HasEliminatedNull && Session.Options.AnsiWarnings)
        {
            SendMessage(SqlErrors.Create(8153).Error);
        }

        if ((context.HasDividedByZero || context.HasOverflowed) && !Session.Options.ArithIgnore)
        {
            SendMessage(SqlErrors.Create(context.HasOverflowed ? 3606 : 3607).Error);
        }
    }
}
