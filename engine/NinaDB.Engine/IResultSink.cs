using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine;

/// <summary>One column of a result set.</summary>
public sealed record ResultColumn(string Name, SqlType Type, bool IsNullable)
{
    public bool IsIdentity { get; init; }

    public bool IsComputed { get; init; }

    public bool IsHidden { get; init; }

    /// <summary>Where the column comes from, when SET NO_BROWSETABLE ON asked for it.</summary>
    public BaseColumn? Base { get; init; }
}

/// <summary>Where a column of a result comes from: what clients need to write statements that change its row.</summary>
/// <param name="Table">Database, schema and name of the base table; empty for an expression.</param>
/// <param name="Name">Name of the column in its table.</param>
/// <param name="IsKey">It is part of the key that identifies the table's row.</param>
/// <param name="IsAdded">It was not asked for, but belongs to the key.</param>
public sealed record BaseColumn(IReadOnlyList<string> Table, string Name, bool IsKey, bool IsAdded);

/// <summary>Kinds of statement that report a number of rows.</summary>
public enum StatementKind : byte
{
    Other,
    Select,
    Insert,
    Update,
    Delete,
    Merge,
}

/// <summary>Which statement is done.</summary>
/// <param name="IsInModule">It stands in a procedure, trigger or dynamic batch, not in the batch of the client.</param>
public readonly record struct StatementInfo(StatementKind Kind, bool IsInModule);

/// <summary>
/// The one stream of results of a request: ADO.NET, TDS and the command line are three implementations. Called on the thread that runs the batch;
/// a call may block (that is the back-pressure) or throw <see cref="OperationCanceledException"/>.
/// </summary>
public interface IResultSink
{
    /// <summary>A result set begins.</summary>
    void Columns(IReadOnlyList<ResultColumn> columns);

    /// <summary>Follows <see cref="Columns"/> where the rows are ordered by columns of the result: their 1-based numbers.</summary>
    void Order(IReadOnlyList<int> columns)
    {
    }

    /// <summary>One row of the current result set. The span is reused by the caller.</summary>
    void Row(ReadOnlySpan<SqlValue> values);

    /// <summary>The current result set ends.</summary>
    void EndRows();

    /// <summary>A statement is done; <paramref name="rowCount"/> is null after a result set under SET NOCOUNT ON. Statements that count nothing have no Done.</summary>
    void Done(long? rowCount);

    /// <summary>As <see cref="Done(long?)"/>, for those who tell statements apart.</summary>
    void Done(long? rowCount, in StatementInfo statement) => Done(rowCount);

    /// <summary>A procedure that the batch itself called has returned.</summary>
    void ProcedureReturned(int returnCode)
    {
    }

    /// <summary>PRINT, RAISERROR up to severity 10, and informational messages. <paramref name="flush"/> for WITH NOWAIT.</summary>
    void Message(SqlError message, bool flush);

    /// <summary>An error that was not caught.</summary>
    void Error(SqlError error);
}
