using System.Data.Common;
using Microsoft.Data.SqlClient;
using NinaDB.Engine.Syntax;

namespace NinaDB.Conformance.Tests;

/// <summary>
/// Runs cases against a server: each in a database of its own, which is dropped afterwards. The login may create databases.
/// What this client cannot show as SQL Server 2025 has it (the types json and vector, which it receives as text) differs in the type of the column only.
/// </summary>
internal sealed class SqlServerHost : IDisposable
{
    private const int CaseSeconds = 60;

    private readonly SqlConnection _master;
    private readonly string _connectionString;
    private int _count;

    public SqlServerHost(string connectionString)
    {
        _connectionString = connectionString;
        _master = new SqlConnection(For("master"));
        _master.Open();
    }

    public static string? ConnectionString => Environment.GetEnvironmentVariable("NINADB_SQLSERVER") is { Length: > 0 } text ? text : null;

    /// <summary>The output of a case's script after the file's setup.</summary>
    public string Run(ConformanceFile file, ConformanceCase test)
    {
        string name = $"nina_conformance_{Environment.ProcessId}_{++_count}";
        Command(_master, $"CREATE DATABASE [{name}]").ExecuteNonQuery();
        try
        {
            using var connection = new SqlConnection(For(name));
            connection.Open();
            string setup = Execute(connection, file.Setup);
            return setup.Contains("Msg ", StringComparison.Ordinal) ? "setup failed:\n" + setup
                : ConformanceRunner.WithoutName(Execute(connection, test.Script), name);
        }
        finally
        {
            Command(_master, $"ALTER DATABASE [{name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE [{name}]").ExecuteNonQuery();
        }
    }

    /// <summary>Compares what a client can tell: SqlClient calls numeric decimal, and writes its own xml.</summary>
    public static bool Matches(string expected, string actual) => ConformanceRunner.Matches(AsClient(expected), AsClient(actual));

    private static string AsClient(string text) =>
        text.Replace(":numeric(", ":decimal(", StringComparison.Ordinal).Replace(" />", "/>", StringComparison.Ordinal);

    public void Dispose() => _master.Dispose();

    private string For(string database) => new SqlConnectionStringBuilder(_connectionString) { InitialCatalog = database, Pooling = false }.ConnectionString;

    private static SqlCommand Command(SqlConnection connection, string text)
    {
        SqlCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.CommandTimeout = CaseSeconds;
        return command;
    }

    private static string Execute(SqlConnection connection, string script)
    {
        var listener = new Listener();
        connection.FireInfoMessageEventOnUserErrors = true;
        connection.InfoMessage += listener.OnMessage;
        try
        {
            foreach (ScriptBatch batch in BatchSplitter.Split(script))
            {
                for (int i = 0; i < batch.Count; i++)
                {
                    using SqlCommand command = Command(connection, batch.Text);
                    listener.Read(command);
                }
            }
        }
        finally
        {
            connection.InfoMessage -= listener.OnMessage;
        }

        return listener.ToString();
    }

    /// <summary>Puts rows, counts, messages and errors down in the order in which the client meets them.</summary>
    private sealed class Listener
    {
        private readonly CanonicalText _text = new();
        private readonly List<Action> _after = [];
        private bool _inRows;
        private bool _isCut;
        private bool _isCounted;

        public override string ToString() => _text.ToString();

        public void OnMessage(object sender, SqlInfoMessageEventArgs e) => Add(e.Errors);

        public void Read(SqlCommand command)
        {
            command.StatementCompleted += (_, e) =>
            {
                // While the client looks for the next row it reads on: past the count of this result into what the following statements say.
                if (_inRows)
                {
                    _isCounted = true;
                    _after.Add(() => _text.Done(e.RecordCount));
                }
                else
                {
                    _text.Done(e.RecordCount);
                }
            };
            try
            {
                using SqlDataReader reader = command.ExecuteReader();
                do
                {
                    if (reader.FieldCount > 0)
                    {
                        ReadRows(reader);
                    }
                }
                while (reader.NextResult());
            }
            catch (SqlException exception)
            {
                _inRows = false;
                Add(exception.Errors);
            }
        }

        private void ReadRows(SqlDataReader reader)
        {
            IReadOnlyList<DbColumn> columns = reader.GetColumnSchema();
            _text.Columns(string.Join('|', columns.Select(c => $"{c.ColumnName}:{ClientFormat.TypeOf(c)}")));
            _inRows = true;
            _isCut = _isCounted = false;
            while (reader.Read())
            {
                _text.Row(string.Join('|', columns.Select((c, i) => ClientFormat.Value(reader, i, c))));
            }

            _inRows = false;
            if (!_isCut)
            {
                _text.EndRows();
                if (!_isCounted)
                {
                    _text.Done(null);
                }
            }

            _after.ForEach(a => a());
            _after.Clear();
        }

        private void Add(SqlErrorCollection errors)
        {
            foreach (SqlError error in errors)
            {
                if (_inRows && _isCounted)
                {
                    _after.Add(() => Add(error));
                }
                else
                {
                    _isCut |= _inRows && error.Class > 10;
                    Add(error);
                }
            }
        }

        private void Add(SqlError error)
        {
            if (error.Class > 10)
            {
                _text.Error(error.Number, error.Class, error.State, error.Procedure is { Length: > 0 } procedure ? procedure : null, error.LineNumber, error.Message);
            }
            else
            {
                _text.Message(error.Message);
            }
        }
    }
}
