using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Session;

public sealed partial class EngineSession : IDisposable
{
    private bool _isDisposed;

    /// <summary>A session without a database: only its options and state can be used (tests of expressions).</summary>
    internal EngineSession()
    {
    }

    internal EngineSession(Database database, int sessionId)
    {
        Database = database;
        SessionId = sessionId;
        Store = database.Store.OpenConnection();
        TemporaryStore = new MemoryStore().Connect();
        Server = database.Server;
        ServerConfiguration.ApplyUserOptions(Options, Catalog);
        Modules = new ModuleRunner(this);
    }

    /// <summary>The innermost request that is running; null between requests.</summary>
    internal BatchExecution? Running { get; set; }

    /// <summary>@@ERROR of the statement that is ending: RAISERROR up to severity 10 WITH SETERROR.</summary>
    internal int RaisedError { get; set; }

    internal int CaughtDepth => _caught.Count;

    internal void PushCaught(SqlError error) => _caught.Add(error);

    internal void TrimCaught(int depth)
    {
        if (_caught.Count > depth)
        {
            _caught.RemoveRange(depth, _caught.Count - depth);
        }
    }

    /// <summary>Session-scoped cursors (GLOBAL), by name.</summary>
    internal Dictionary<string, Cursor> GlobalCursors { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>True while a transaction is open.</summary>
    public bool InTransaction => TransactionCount > 0;

    /// <summary>Returns the session to what it was when it was opened, as a connection pool does: rolls back, drops temp tables, resets SET options.</summary>
    public void Reset()
    {
        if (Running is not null)
        {
            throw new InvalidOperationException("A request is still running.");
        }

        RollbackAll();
        Database.ApplicationLocks.ReleaseAll(this);
        DropTemporaryTables(0);
        DropGlobals();
        foreach (Cursor cursor in GlobalCursors.Values)
        {
            cursor.Close();
        }

        GlobalCursors.Clear();
        Options.CopyFrom(new SessionOptions());
        ServerConfiguration.ApplyUserOptions(Options, Catalog);
        IdentityInsertTableId = 0;
        LastError = 0;
        RowCount = 0;
        LastIdentity = null;
        ScopeIdentity = null;
        FetchStatus = 0;
        CursorRows = 0;
        PrincipalId = LoginPrincipalId;
        TrimImpersonation(0);
        Context.Clear();
        ClearPreparedXml();
        ContextInfo = null;
        RefreshCatalog();
        Enter(OriginalDatabaseId);
    }

    /// <summary>Gives up memory that only makes the next statement faster, for a session that has nothing to do. Nothing may be running in it.</summary>
    internal void ReleaseMemory()
    {
        if (Running is null && !InTransaction && !_isDisposed)
        {
            Store.ReleaseMemory();
        }
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Running?.Dispose();
        RollbackAll();
        DropGlobals();
        Database.ApplicationLocks.ReleaseAll(this);
        Store.Dispose();
        TemporaryStore.Dispose();
        Database.Remove(this);
    }

    /// <summary>Makes the trees of a table variable from its shape; its identity counter starts anew.</summary>
    internal TableDefinition CreateTableVariable(TableDefinition shape) =>
        TableAccess.CreateTrees(shape with { ObjectId = TemporaryCatalog.NextObjectId(), Storage = TableStorageKind.Variable }, TemporaryStore);

    internal void DropTableVariable(TableDefinition table)
    {
        new TableAccess(table, TemporaryStore).Drop();
        _localCounters.Remove(table.ObjectId);
    }

    /// <summary>Drops the temp tables that a returning module (or Reset) leaves at its level or deeper.</summary>
    internal void DropTemporaryTables(int level)
    {
        if (Temporary.Tables.IsEmpty && Temporary.Procedures.IsEmpty)
        {
            return;
        }

        foreach (TemporaryProcedure entry in Temporary.Procedures)
        {
            if (entry.Level >= level)
            {
                Temporary = Temporary.Without(entry.Module.ObjectId);
            }
        }

        foreach (TemporaryTable entry in Temporary.Tables)
        {
            if (entry.Level >= level)
            {
                bool owns = !TemporaryStore.InWriteTransaction;
                if (owns)
                {
                    TemporaryStore.BeginWrite(-1, CancellationToken.None);
                }

                new TableAccess(entry.Table, TemporaryStore).Drop();
                if (owns)
                {
                    TemporaryStore.Commit();
                }

                _localCounters.Remove(entry.Table.ObjectId);
                Temporary = Temporary.Without(entry.Table.ObjectId);
            }
        }
    }
}
