using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Tds.Sessions;

/// <summary>An API server cursor: its rows were read when it was opened, so every kind of it is static and read-only, as the client is told.</summary>
internal sealed class ServerCursor(IReadOnlyList<ResultColumn> columns, IReadOnlyList<SqlValue[]> rows)
{
    public IReadOnlyList<ResultColumn> Columns { get; } = columns;

    public IReadOnlyList<SqlValue[]> Rows { get; } = rows;

    /// <summary>1-based number of the first row of the last fetch; 0 before the first row, Count + 1 after the last.</summary>
    public int Position { get; set; }

    /// <summary>Rows of the last fetch.</summary>
    public int Fetched { get; set; }
}

/// <summary>Keeps the rows of a statement for a cursor; messages and errors go on to the client.</summary>
internal sealed class CursorSink(IResultSink client) : IResultSink
{
    private bool _isDone;

    public IReadOnlyList<ResultColumn>? Columns { get; private set; }

    public List<SqlValue[]> Rows { get; } = [];

    public bool HasError { get; private set; }

    void IResultSink.Columns(IReadOnlyList<ResultColumn> columns)
    {
        if (_isDone)
        {
            throw SqlErrors.Create(16937);
        }

        Columns = columns;
    }

    public void Row(ReadOnlySpan<SqlValue> values)
    {
        var row = new SqlValue[values.Length];
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = values[i].Kept();
        }

        Rows.Add(row);
    }

    public void EndRows() => _isDone = true;

    public void Done(long? rowCount)
    {
    }

    public void Message(SqlError message, bool flush) => client.Message(message, flush);

    public void Error(SqlError error)
    {
        HasError = true;
        client.Error(error);
    }
}
