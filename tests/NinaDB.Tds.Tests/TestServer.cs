using Microsoft.Data.SqlClient;
using NinaDB.Engine;
using SqlError = NinaDB.Engine.Errors.SqlError;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Tds.Tests;

/// <summary>A server on a free port with a scratch database and a login "tester" who is its owner.</summary>
public sealed class TestServer : IAsyncLifetime
{
    public const string User = "tester", Password = "Correct-horse-42";

    private TdsServer? _server;

    public Database Database { get; } = Database.CreateInMemory();

    public TdsServer Server => _server!;

    public int Port => Server.EndPoint.Port;

    public string ConnectionString => ConnectionStringFor(Port);

    public static string ConnectionStringFor(int port, string extra = "") =>
        $"Server=tcp:127.0.0.1,{port};User ID={User};Password={Password};Encrypt=true;TrustServerCertificate=true;Connect Timeout=15;{extra}";

    public Task InitializeAsync()
    {
        Prepare(Database);
        _server = TdsServer.Start(Database, new TdsServerOptions { Port = 0, Log = new ServerLog(Console.Error, ServerLogLevel.Warning) });
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        Database.Dispose();
    }

    public static void Prepare(Database database)
    {
        Run(database, $"CREATE LOGIN {User} WITH PASSWORD = N'{Password}';");
        Run(database, $"CREATE USER {User} FOR LOGIN {User};");
        Run(database, $"ALTER ROLE db_owner ADD MEMBER {User};");
    }

    public static void Run(Database database, string batch)
    {
        using EngineSession session = database.OpenSession();
        session.Execute(batch, [], new ThrowingSink());
    }

    public SqlConnection Open(string extra = "")
    {
        var connection = new SqlConnection(ConnectionString + extra);
        connection.Open();
        return connection;
    }

    private sealed class ThrowingSink : IResultSink
    {
        public void Columns(IReadOnlyList<ResultColumn> columns)
        {
        }

        public void Row(ReadOnlySpan<SqlValue> values)
        {
        }

        public void EndRows()
        {
        }

        public void Done(long? rowCount)
        {
        }

        public void Message(SqlError message, bool flush)
        {
        }

        public void Error(SqlError error) => throw new InvalidOperationException(error.Message);
    }
}
