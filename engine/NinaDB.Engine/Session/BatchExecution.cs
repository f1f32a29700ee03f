using NinaDB.Engine.Errors;
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

    private SqlValue[] _row = [];

    /// <summary>Runs on to the next event; false (and <see cref="BatchEvent.End"/>) when the request is over.</summary>
    public bool MoveNext() => false;

    public void Dispose()
    {
    }
}
