using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Data;

/// <summary>A connection to a NinaDB database in this process. Used by one thread at a time; only <see cref="NinaCommand.Cancel"/> may come from another.</summary>
public sealed partial class NinaConnection : DbConnection
{
    /// <summary>What SERVERPROPERTY('ProductVersion') says: SQL Server 2025.</summary>
    private const string ProductVersion = "17.00.1000";

    private readonly Database? _givenDatabase;
    private string _connectionString = "";
    private NinaConnectionStringBuilder? _options;
    private DatabaseHost? _host;
    private EngineSession? _session;
    private ConnectionState _state = ConnectionState.Closed;

    /// <summary>The session belongs to the caller of a CLR routine.</summary>
    private bool _isContext;

    public NinaConnection()
    {
    }

    public NinaConnection(string? connectionString) => ConnectionString = connectionString;

    /// <summary>A connection to a database that the application has opened itself and keeps open.</summary>
    public NinaConnection(Database database)
    {
        ArgumentNullException.ThrowIfNull(database);
        _givenDatabase = database;
    }

    /// <summary>Raised for every informational message, on the thread that runs the command, at the place in the results where it was sent.</summary>
    public event EventHandler<NinaInfoMessageEventArgs>? InfoMessage;

    [AllowNull]
    public override string ConnectionString
    {
        get => _connectionString;
        set
        {
            if (_state != ConnectionState.Closed)
            {
                throw new InvalidOperationException("The connection string of an open connection cannot be changed.");
            }

            _options = new NinaConnectionStringBuilder(value);
            _connectionString = value ?? "";
        }
    }

    /// <summary>DB_NAME(); empty while closed.</summary>
    public override string Database => _session?.DatabaseName ?? "";

    public override string DataSource => _givenDatabase?.Folder ?? _options?.DataSource ?? "";

    public override string ServerVersion => ProductVersion;

    public override ConnectionState State => _state;

    public override bool CanCreateBatch => false;

    /// <summary>The engine session behind an open connection.</summary>
    public EngineSession Session => _session ?? throw new InvalidOperationException("The connection is not open.");

    /// <summary>Default timeout of new commands in seconds.</summary>
    internal int CommandTimeout => _options?.CommandTimeout ?? 30;

    /// <summary>The reader that is using the connection.</summary>
    internal NinaDataReader? ActiveReader { get; set; }

    internal NinaTransaction? Transaction { get; set; }

    protected override DbProviderFactory DbProviderFactory => NinaProviderFactory.Instance;

    public override void Open()
    {
        if (_state != ConnectionState.Closed)
        {
            throw new InvalidOperationException("The connection is already open.");
        }

        try
        {
            if (_givenDatabase is not null)
            {
                _session = _givenDatabase.OpenSession();
            }
            else if (_options is { ContextConnection: true })
            {
                _session = Clr.ClrContext.Session;
                _isContext = true;
            }
            else
            {
                _host = DatabaseHost.Acquire(_options ?? new NinaConnectionStringBuilder());
                _session = _host.Database.OpenSession();
                if (_options?.InitialCatalog is { Length: > 0 } database && !_session.StartIn(database, null))
                {
                    throw SqlErrors.Create(4060, database);
                }
            }
        }
        catch (SqlErrorException e)
        {
            ReleaseHost();
            throw NinaException.From(e);
        }
        catch
        {
            ReleaseHost();
            throw;
        }

        SetState(ConnectionState.Open);
    }

    public override void Close()
    {
        if (_state == ConnectionState.Closed)
        {
            return;
        }

        try
        {
            ActiveReader?.Abandon();
            Transaction?.Invalidate();
            Transaction = null;
            if (!_isContext)
            {
                _session?.Dispose();
            }
        }
        finally
        {
            _isContext = false;
            _session = null;
            ReleaseHost();
            SetState(ConnectionState.Closed);
        }
    }

    private void ReleaseHost()
    {
        _host?.Release();
        _host = null;
    }

    private void SetState(ConnectionState state)
    {
        ConnectionState before = _state;
        _state = state;
        OnStateChange(new StateChangeEventArgs(before, state));
    }

    /// <summary>USE: goes on in another database of the server. Error 911 when there is none with this name.</summary>
    public override void ChangeDatabase(string databaseName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(databaseName);
        Run($"USE [{databaseName.Replace("]", "]]", StringComparison.Ordinal)}];");
    }

    public new NinaCommand CreateCommand() => new() { Connection = this, CommandTimeout = CommandTimeout, Transaction = Transaction };

    protected override DbCommand CreateDbCommand() => CreateCommand();

    public new NinaTransaction BeginTransaction() => BeginTransaction(IsolationLevel.Unspecified);

    /// <summary>Starts a transaction. Writers run one at a time whatever the level; readers see committed rows as of their statement.</summary>
    public new NinaTransaction BeginTransaction(IsolationLevel isolationLevel)
    {
        if (Transaction is not null)
        {
            throw new InvalidOperationException("The connection has a transaction already; NinaDB does not support parallel transactions.");
        }

        IsolationLevel level = isolationLevel == IsolationLevel.Unspecified ? IsolationLevel.ReadCommitted : isolationLevel;
        Run($"SET TRANSACTION ISOLATION LEVEL {Name(level)}; BEGIN TRANSACTION;");
        return Transaction = new NinaTransaction(this, level);
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => BeginTransaction(isolationLevel);

    /// <summary>Closes a database that is open only because of <c>Pooling=True</c>.</summary>
    public static void ClearPool(NinaConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        DatabaseHost.Clear(connection._options ?? new NinaConnectionStringBuilder());
    }

    public static void ClearAllPools() => DatabaseHost.ClearAll();

    /// <summary>Runs a batch that returns nothing.</summary>
    internal void Run(string text)
    {
        using NinaCommand command = CreateCommand();
        command.CommandText = text;
        command.CommandTimeout = 0;
        command.ExecuteNonQuery();
    }

    internal void RaiseMessage(SqlError message, bool flush) => InfoMessage?.Invoke(this, new NinaInfoMessageEventArgs(new NinaError(message), flush));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close();
        }

        base.Dispose(disposing);
    }

    private static string Name(IsolationLevel level) => level switch
    {
        IsolationLevel.ReadUncommitted => "READ UNCOMMITTED",
        IsolationLevel.ReadCommitted => "READ COMMITTED",
        IsolationLevel.RepeatableRead => "REPEATABLE READ",
        IsolationLevel.Serializable => "SERIALIZABLE",
        IsolationLevel.Snapshot => "SNAPSHOT",
        _ => throw new ArgumentException($"The isolation level {level} is not supported.", nameof(level)),
    };
}
