using System.Collections.ObjectModel;
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.SqlClient;
using NinaDB.Engine;
using NinaDB.Engine.Types;
using SqlError = NinaDB.Engine.Errors.SqlError;

namespace NinaDB.Cli.Sessions;

/// <summary>A connection to a server that speaks TDS: `nina serve`, or SQL Server. The same sinks show its results.</summary>
internal sealed class ServerSession : ISqlSession, IDisposable
{
    private readonly SqlConnection _connection;

    /// <summary>Connects. Throws <see cref="CliException"/> with the server's reason.</summary>
    public ServerSession(string connectionString)
    {
        _connection = new SqlConnection(connectionString);
        try
        {
            _connection.Open();
        }
        catch (Exception exception) when (exception is SqlException or NotSupportedException or CultureNotFoundException)
        {
            // The client library refuses to work without culture data (ICU).
            _connection.Dispose();
            throw new CliException(ExitCode.Usage, $"Cannot connect to '{new SqlConnectionStringBuilder(connectionString).DataSource}': {exception.Message}");
        }
    }

    public void Execute(string text, IResultSink sink, CancellationToken cancellation)
    {
        using var command = new SqlCommand(text, _connection) { CommandTimeout = 0 };
        using CancellationTokenRegistration registration = cancellation.Register(command.Cancel);
        void OnMessage(object sender, SqlInfoMessageEventArgs e)
        {
            foreach (Microsoft.Data.SqlClient.SqlError message in e.Errors)
            {
                sink.Message(Convert(message), flush: true);
            }
        }

        // The count of a SELECT is known at its last row, and shown after the rows.
        bool isInRows = false;
        int? count = null;
        command.StatementCompleted += (_, e) =>
        {
            if (isInRows)
            {
                count = e.RecordCount;
            }
            else
            {
                sink.Done(e.RecordCount);
            }
        };
        _connection.InfoMessage += OnMessage;
        try
        {
            using SqlDataReader reader = command.ExecuteReader();
            do
            {
                if (reader.FieldCount > 0)
                {
                    isInRows = true;
                    SendRows(reader, sink);
                    isInRows = false;
                    sink.Done(count);
                    count = null;
                }
            }
            while (reader.NextResult());
        }
        catch (SqlException exception)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (Microsoft.Data.SqlClient.SqlError error in exception.Errors)
            {
                sink.Error(Convert(error));
            }
        }
        finally
        {
            _connection.InfoMessage -= OnMessage;
        }
    }

    public void Dispose() => _connection.Dispose();

    private static SqlError Convert(Microsoft.Data.SqlClient.SqlError error) =>
        new(error.Number, error.Class, error.State, error.Message, error.LineNumber, string.IsNullOrEmpty(error.Procedure) ? null : error.Procedure);

    private static void SendRows(SqlDataReader reader, IResultSink sink)
    {
        ReadOnlyCollection<DbColumn> schema = reader.GetColumnSchema();
        var columns = new ResultColumn[schema.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = new ResultColumn(schema[i].ColumnName, ServerValues.TypeOf(schema[i]), schema[i].AllowDBNull ?? true);
        }

        sink.Columns(columns);
        var values = new SqlValue[columns.Length];
        while (reader.Read())
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = reader.IsDBNull(i) ? SqlValue.Null : ServerValues.Read(reader, i, columns[i].Type);
            }

            sink.Row(values);
        }

        sink.EndRows();
    }
}
