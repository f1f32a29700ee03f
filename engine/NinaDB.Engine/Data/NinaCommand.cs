using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Data;

/// <summary>
/// A T-SQL batch or a procedure call. A batch runs on the thread that reads its results, row by row; nothing is buffered. GO is no T-SQL: split scripts before.
/// </summary>
public sealed class NinaCommand : DbCommand
{
    private readonly Lock _cancelLock = new();
    private CancellationTokenSource? _running;
    private bool _cancelled;
    private int _commandTimeout = 30;

    public NinaCommand()
    {
    }

    public NinaCommand(string? commandText, NinaConnection? connection = null, NinaTransaction? transaction = null)
    {
        CommandText = commandText;
        Connection = connection;
        Transaction = transaction;
        if (connection is not null)
        {
            _commandTimeout = connection.CommandTimeout;
        }
    }

    [AllowNull]
    public override string CommandText
    {
        get;
        set => field = value ?? "";
    }

    = "";

    /// <summary>Seconds until the command is cancelled with error -2; 0 for never.</summary>
    public override int CommandTimeout
    {
        get => _commandTimeout;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _commandTimeout = value;
        }
    }

    public override CommandType CommandType
    {
        get;
        set => field = value is CommandType.Text or CommandType.StoredProcedure
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Text and StoredProcedure are supported.");
    }

    = CommandType.Text;

    public new NinaConnection? Connection { get; set; }

    public new NinaTransaction? Transaction { get; set; }

    public new NinaParameterCollection Parameters { get; } = [];

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; } = UpdateRowSource.Both;

    protected override DbConnection? DbConnection
    {
        get => Connection;
        set => Connection = (NinaConnection?)value;
    }

    protected override DbParameterCollection DbParameterCollection => Parameters;

    protected override DbTransaction? DbTransaction
    {
        get => Transaction;
        set => Transaction = (NinaTransaction?)value;
    }

    public new NinaParameter CreateParameter() => new();

    protected override DbParameter CreateDbParameter() => new NinaParameter();

    /// <summary>Asks a running command to stop; it then fails with "Operation cancelled by user." May be called from any thread.</summary>
    public override void Cancel()
    {
        lock (_cancelLock)
        {
            _cancelled = true;
            _running?.Cancel();
        }
    }

    /// <summary>Checks that the command could run. Plans are cached by text and parameter types, prepared or not.</summary>
    public override void Prepare()
    {
        _ = OpenConnection();
        if (CommandText.Length == 0)
        {
            throw new InvalidOperationException("Prepare: CommandText property has not been initialized");
        }
    }

    /// <summary>Runs everything and returns the rows affected by INSERT, UPDATE, DELETE and MERGE together; -1 when there were none of those.</summary>
    public override int ExecuteNonQuery()
    {
        using NinaDataReader reader = Execute(CommandBehavior.Default, collectErrors: true);
        reader.RunToEnd();
        return reader.RecordsAffected;
    }

    /// <summary>First column of the first row; null when there is no row, <see cref="DBNull"/> when it is NULL.</summary>
    public override object? ExecuteScalar()
    {
        using NinaDataReader reader = Execute(CommandBehavior.Default, collectErrors: false);
        object? value = reader.FieldCount > 0 && reader.Read() ? reader.GetValue(0) : null;
        reader.RunToEnd();
        return value;
    }

    public new NinaDataReader ExecuteReader() => ExecuteReader(CommandBehavior.Default);

    public new NinaDataReader ExecuteReader(CommandBehavior behavior)
    {
        NinaDataReader reader = Execute(behavior, collectErrors: false);
        return reader;
    }

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => ExecuteReader(behavior);

    private NinaConnection OpenConnection()
    {
        NinaConnection connection = Connection ?? throw new InvalidOperationException("The command has no connection.");
        return connection.State == ConnectionState.Open ? connection : throw new InvalidOperationException("The command's connection is not open.");
    }

    private NinaDataReader Execute(CommandBehavior behavior, bool collectErrors)
    {
        NinaConnection connection = OpenConnection();
        if (connection.ActiveReader is not null)
        {
            throw new InvalidOperationException("There is already an open DataReader associated with this Connection which must be closed first.");
        }

        if (Transaction is not null && Transaction.Connection is null)
        {
            throw new InvalidOperationException("The transaction of the command has completed.");
        }

        if (CommandText.Length == 0)
        {
            throw new InvalidOperationException("CommandText property has not been initialized");
        }

        if ((behavior & (CommandBehavior.SchemaOnly | CommandBehavior.KeyInfo)) != 0)
        {
            throw new NotSupportedException("CommandBehavior.SchemaOnly and KeyInfo are not supported; use sp_describe_first_result_set.");
        }

        bool isProcedure = CommandType == CommandType.StoredProcedure;
        SessionParameter[] bound = ParameterBinder.Bind(Parameters, connection.Session, isProcedure);
        CancellationTokenSource cancellation = Start();
        try
        {
            BatchExecution execution = isProcedure
                ? connection.Session.ExecuteProcedure(CommandText, bound, cancellation.Token)
                : connection.Session.ExecuteBatch(CommandText, bound, cancellation.Token);
            var reader = new NinaDataReader(this, connection, execution, bound, behavior, collectErrors);
            connection.ActiveReader = reader;
            try
            {
                reader.Start();
            }
            catch
            {
                reader.Abandon();
                throw;
            }

            return reader;
        }
        catch (SqlErrorException e)
        {
            Finish();
            throw NinaException.From(e);
        }
        catch (OperationCanceledException e)
        {
            throw Stopped(e);
        }
        catch
        {
            Finish();
            throw;
        }
    }

    private CancellationTokenSource Start()
    {
        lock (_cancelLock)
        {
            _cancelled = false;
            _running = CommandTimeout > 0 ? new CancellationTokenSource(TimeSpan.FromSeconds(CommandTimeout)) : new CancellationTokenSource();
            return _running;
        }
    }

    /// <summary>The request is over: Cancel has nothing to cancel any more.</summary>
    internal void Finish()
    {
        lock (_cancelLock)
        {
            _running?.Dispose();
            _running = null;
        }
    }

    /// <summary>What a cancellation looks like to the application: a timeout or its own Cancel.</summary>
    internal NinaException Stopped(OperationCanceledException e)
    {
        bool byUser;
        lock (_cancelLock)
        {
            byUser = _cancelled;
        }

        Finish();
        return byUser ? NinaException.Cancelled(e) : NinaException.Timeout(e);
    }
}
