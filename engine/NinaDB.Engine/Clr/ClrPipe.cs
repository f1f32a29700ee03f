using NinaDB.Engine.Data;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Clr;

/// <summary>Sends result sets and messages from a CLR routine to whoever called it.</summary>
public sealed class ClrPipe
{
    private readonly IResultSink _sink;
    private IReadOnlyList<ResultColumn>? _columns;
    private long _count;

    internal ClrPipe(IResultSink sink) => _sink = sink;

    /// <summary>Begins a result set; rows follow.</summary>
    public void Start(IReadOnlyList<ResultColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        _columns = columns;
        _count = 0;
        _sink.Columns(columns);
    }

    /// <summary>One row: .NET or System.Data.SqlTypes values in the order of the columns.</summary>
    public void Row(IReadOnlyList<object?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        IReadOnlyList<ResultColumn> columns = _columns ?? throw new InvalidOperationException("No result set has been started.");
        var row = new SqlValue[columns.Count];
        for (int i = 0; i < row.Length; i++)
        {
            (SqlValue value, SqlType type) = ClrValues.FromObject(values[i]);
            row[i] = ProcedureCall.Convert(value, type, columns[i].Type);
        }

        _sink.Row(row);
        _count++;
    }

    /// <summary>Ends the result set.</summary>
    public void End()
    {
        _columns = null;
        _sink.EndRows();
        _sink.Done(_count);
    }

    /// <summary>Sends text, as PRINT does.</summary>
    public void Send(string message) => _sink.Message(new SqlError(0, 0, 1, message), false);
}
