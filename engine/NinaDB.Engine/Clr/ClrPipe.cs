using NinaDB.Engine.Data;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Clr;

/// <summary>Sends result sets and messages from a CLR routine to whoever called it.</summary>
public sealed class ClrPipe
{
    private const int LongestMessage = 4000;

    private readonly IResultSink _sink;
    private IReadOnlyList<ResultColumn>? _columns;
    private long _count;

    private readonly BatchExecution _caller;

    internal ClrPipe(BatchExecution caller)
    {
        _caller = caller;
        _sink = caller.Sink;
    }

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

    /// <summary>A result set of one row.</summary>
    public void Send(IReadOnlyList<ResultColumn> columns, IReadOnlyList<object?> values)
    {
        Start(columns);
        Row(values);
        End();
    }

    /// <summary>Sends text, as PRINT does.</summary>
    /// <exception cref="ArgumentException">The text is longer than 4,000 characters.</exception>
    public void Send(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Length > LongestMessage)
        {
            throw new ArgumentException($"Message length {message.Length} exceeds maximum length supported of {LongestMessage}.", nameof(message));
        }

        _sink.Message(new SqlError(0, 0, 2, message), false);
    }

    /// <summary>Sends what a reader has left: the rows after the one it is on, then its later result sets.</summary>
    public void Send(NinaDataReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        do
        {
            if (reader.FieldCount == 0)
            {
                continue;
            }

            Start(reader.ResultColumns);
            var values = new object?[reader.FieldCount];
            while (reader.Read())
            {
                reader.GetProviderSpecificValues(values!);
                Row(values);
            }

            End();
        }
        while (reader.NextResult());
    }

    /// <summary>Runs T-SQL on the session that called the routine; everything that it produces goes to the caller.</summary>
    /// <exception cref="NinaException">A statement failed. The caller has its error already.</exception>
    public void ExecuteAndSend(string commandText, params IReadOnlyList<SessionParameter> parameters)
    {
        var forward = new ForwardingSink(_sink, _caller);
        ClrContext.Session.Execute(commandText, parameters, forward);
        if (forward.Errors.Count > 0)
        {
            throw new NinaException(forward.Errors);
        }
    }

    /// <summary>Passes everything on and remembers the errors.</summary>
    private sealed class ForwardingSink(IResultSink inner, BatchExecution caller) : IResultSink
    {
        public List<SqlError> Errors { get; } = [];

        public void Columns(IReadOnlyList<ResultColumn> columns) => inner.Columns(columns);

        public void Order(IReadOnlyList<int> columns) => inner.Order(columns);

        public void Row(ReadOnlySpan<SqlValue> values) => inner.Row(values);

        public void EndRows() => inner.EndRows();

        public void Done(long? rowCount) => inner.Done(rowCount);

        public void Message(SqlError message, bool flush) => inner.Message(message, flush);

        public void Error(SqlError error)
        {
            Errors.Add(error);
            caller.ForwardError(error);
        }
    }
}
