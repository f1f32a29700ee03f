using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Session;

/// <summary>What a <see cref="BatchExecution"/> has just produced.</summary>
public enum BatchEvent
{
    /// <summary>The request is over.</summary>
    End,

    /// <summary>A result set begins; see <see cref="BatchExecution.Columns"/>.</summary>
    Columns,

    /// <summary>A row; see <see cref="BatchExecution.Row"/>.</summary>
    Row,

    /// <summary>The result set ends.</summary>
    EndRows,

    /// <summary>A statement is done; see <see cref="BatchExecution.RowCount"/>.</summary>
    Done,

    /// <summary>PRINT, RAISERROR up to severity 10; see <see cref="BatchExecution.Message"/>.</summary>
    Message,

    /// <summary>An uncaught error; see <see cref="BatchExecution.Message"/>.</summary>
    Error,
}

/// <summary>
/// A running batch or procedure call, pulled event by event on the caller's thread: a reader streams rows without a second thread.
/// Disposing it early cancels the statement that is still producing rows (in SQL Server's terms: an attention).
/// </summary>
public sealed partial class BatchExecution : IDisposable
{
    private readonly Queue<QueuedEvent> _queue = new();

    /// <summary>Where events go at once when the request is pushed rather than pulled.</summary>
    private readonly IResultSink? _sink;

    private SqlValue[] _row = [];
    private bool _isFinished;

    /// <summary>An event waiting for the next <see cref="MoveNext"/>.</summary>
    private readonly record struct QueuedEvent(BatchEvent Event, object? Payload, long? Count = null, bool Flush = false);

    public BatchEvent Event { get; private set; }

    /// <summary>Columns of the current result set.</summary>
    public IReadOnlyList<ResultColumn> Columns { get; private set; } = [];

    /// <summary>Current row; valid until the next <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<SqlValue> Row => _row;

    /// <summary>Rows of the statement that is done; null when it counts nothing (or under NOCOUNT).</summary>
    public long? RowCount { get; private set; }

    /// <summary>The message or error of the current event.</summary>
    public SqlError? Message { get; private set; }

    /// <summary>True for RAISERROR ... WITH NOWAIT: show it at once.</summary>
    public bool Flush { get; private set; }

    /// <summary>Return code of a procedure call; null until it returned (or for a batch).</summary>
    public int? ReturnValue { get; private set; }

    /// <summary>Runs on to the next event; false (and <see cref="BatchEvent.End"/>) when the request is over.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            if (_queue.TryDequeue(out QueuedEvent next))
            {
                Show(next);
                return true;
            }

            if (_isFinished)
            {
                Event = BatchEvent.End;
                return false;
            }

            if (Advance())
            {
                Event = BatchEvent.Row;
                return true;
            }
        }
    }

    private void Show(QueuedEvent next)
    {
        Event = next.Event;
        switch (next.Event)
        {
            case BatchEvent.Columns:
                Columns = (IReadOnlyList<ResultColumn>)next.Payload!;
                break;
            case BatchEvent.Row:
                _row = (SqlValue[])next.Payload!;
                break;
            case BatchEvent.Done:
                RowCount = next.Count;
                break;
            case BatchEvent.Message or BatchEvent.Error:
                Message = (SqlError)next.Payload!;
                Flush = next.Flush;
                break;
        }
    }

    /// <summary>Runs a pushed request to its end.</summary>
    internal void RunToEnd()
    {
        while (!_isFinished)
        {
            Advance();
        }
    }

    /// <summary>Columns of the result set that INSERT ... EXEC is collecting.</summary>
    internal IReadOnlyList<ResultColumn>? CollectedColumns { get; private set; }

    /// <summary>What WITH RESULT SETS promises of the result sets of the running call; null when nothing is promised.</summary>
    internal ResultSetContract? Contract { get; set; }

    internal void SendColumns(IReadOnlyList<ResultColumn> columns, IReadOnlyList<int>? order = null)
    {
        if (Contract is { } contract)
        {
            columns = contract.Begin(columns);
            order = null;
        }

        if (_collector is not null)
        {
            CollectedColumns = columns;
            return;
        }

        if (_sink is not null)
        {
            _sink.Columns(columns);
            if (order is { Count: > 0 })
            {
                _sink.Order(order);
            }
        }
        else
        {
            _queue.Enqueue(new QueuedEvent(BatchEvent.Columns, columns));
        }
    }

    /// <summary>Sends a row that the caller does not reuse.</summary>
    internal void SendRow(SqlValue[] row)
    {
        if (Contract is { } contract)
        {
            row = contract.Convert(row);
        }

        if (_collector is not null)
        {
            _collector(row);
        }
        else if (_sink is not null)
        {
            _sink.Row(row);
        }
        else
        {
            // The client reads it when the statement may be over.
            foreach (ref SqlValue value in row.AsSpan())
            {
                value = value.Kept();
            }

            _queue.Enqueue(new QueuedEvent(BatchEvent.Row, row));
        }
    }

    internal void SendEndRows()
    {
        if (_collector is not null)
        {
            return;
        }

        if (_sink is not null)
        {
            _sink.EndRows();
        }
        else
        {
            _queue.Enqueue(new QueuedEvent(BatchEvent.EndRows, null));
        }
    }

    internal void SendDone(long? count)
    {
        if (_collector is not null || _isMuted)
        {
            return;
        }

        if (_sink is not null)
        {
            _sink.Done(count, new StatementInfo(_current?.StatementKind ?? StatementKind.Other, _top?.Caller is not null));
        }
        else
        {
            _queue.Enqueue(new QueuedEvent(BatchEvent.Done, null, count));
        }
    }

    internal void SendMessage(SqlError message, bool flush = false)
    {
        if (_sink is not null)
        {
            _sink.Message(message, flush);
        }
        else
        {
            _queue.Enqueue(new QueuedEvent(BatchEvent.Message, message, null, flush));
        }
    }

    /// <summary>An error of T-SQL that a CLR routine runs for its caller to see; the routine goes on.</summary>
    internal void ForwardError(SqlError error) => SendError(error);

    private void SendError(SqlError error)
    {
        if (_sink is not null)
        {
            _sink.Error(error);
        }
        else
        {
            _queue.Enqueue(new QueuedEvent(BatchEvent.Error, error));
        }
    }

    /// <summary>The request's events as a sink, for system procedures and CLR code.</summary>
    internal IResultSink Sink => _sinkAdapter ??= new SinkAdapter(this);

    private SinkAdapter? _sinkAdapter;

    private sealed class SinkAdapter(BatchExecution run) : IResultSink
    {
        public void Columns(IReadOnlyList<ResultColumn> columns) => run.SendColumns(columns);

        public void Row(ReadOnlySpan<SqlValue> values) => run.SendRow(values.ToArray());

        public void EndRows() => run.SendEndRows();

        public void Done(long? rowCount)
        {
            run.Session.RowCount = rowCount ?? 0;
            run.SendDone(run.Session.Options.NoCount ? null : rowCount);
        }

        public void Message(SqlError message, bool flush) => run.SendMessage(message, flush);

        public void Error(SqlError error) => throw new SqlErrorException(error);
    }
}
