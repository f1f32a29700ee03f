using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Session;

/// <summary>Transactions: nesting, savepoints, doom, autocommit, and the catalog snapshot that goes with each of them.</summary>
public sealed partial class EngineSession
{
    private readonly List<NamedSavepoint> _savepoints = [];
    private string? _transactionName;
    private long _transactionEpoch;
    private int _readDepth;

    /// <summary>Changes whenever a transaction ends.</summary>
    internal long TransactionEpoch => _transactionEpoch;

    /// <summary>Whether the transaction that ended last was committed.</summary>
    internal bool LastTransactionCommitted { get; private set; }

    /// <summary>Temp tables as they were when the transaction began.</summary>
    private TemporaryCatalog _temporaryAtBegin = TemporaryCatalog.Empty;

    /// <summary>SAVE TRANSACTION. A token is -1 while the transaction has not written to that store.</summary>
    private sealed class NamedSavepoint(string name)
    {
        public string Name { get; } = name;

        public int DurableToken { get; set; } = -1;

        public int TemporaryToken { get; set; } = -1;

        /// <summary>Own uncommitted catalog; null when the session had none.</summary>
        public ServerCatalog? Server { get; set; }

        public required TemporaryCatalog Temporary { get; init; }
    }

    /// <summary>Sees the newest committed catalog unless the session is the writer.</summary>
    internal void RefreshCatalog()
    {
        if (!Store.InWriteTransaction && _readDepth == 0)
        {
            Follow(Database.Server);
        }
    }

    /// <summary>Sees a state of the server; nothing is to be looked up where it is the one that was seen last.</summary>
    private void Follow(ServerCatalog server)
    {
        if (!ReferenceEquals(server, _server) || _catalog.DatabaseId != DatabaseId)
        {
            _server = server;
            _catalog = SettleIn(server);
        }
    }

    /// <summary>Pins a snapshot of committed rows together with the catalog that describes them.</summary>
    internal void BeginRead()
    {
        if (_readDepth++ > 0 || Store.InWriteTransaction)
        {
            Store.BeginStatement();
            return;
        }

        while (true)
        {
            ServerCatalog server = Database.SettledCatalog;
            Store.BeginStatement();
            if (ReferenceEquals(server, Database.SettledCatalog))
            {
                Follow(server);
                return;
            }

            Store.EndStatement();
        }
    }

    internal void EndRead()
    {
        _readDepth--;
        Store.EndStatement();
    }

    /// <summary>Becomes the writer (error 1222 after LOCK_TIMEOUT) and sees the newest committed catalog.</summary>
    internal void EnsureWriter(CancellationToken cancellation)
    {
        if (Store.InWriteTransaction)
        {
            return;
        }

        _waitsSince = Environment.TickCount64;
        try
        {
            Store.BeginWrite(Options.LockTimeout, cancellation);
        }
        finally
        {
            _waitsSince = 0;
        }

        _server = Database.SettledCatalog;
        _catalog = SettleIn(_server);
        PrepareSavepoints(Store, durable: true);
    }

    private void EnsureTemporaryWriter(CancellationToken cancellation)
    {
        if (!TemporaryStore.InWriteTransaction)
        {
            TemporaryStore.BeginWrite(-1, cancellation);
            PrepareSavepoints(TemporaryStore, durable: false);
        }
    }

    /// <summary>Savepoints set before the first write all stand for the state at that write.</summary>
    private void PrepareSavepoints(IStoreConnection store, bool durable)
    {
        if (_savepoints.Count == 0)
        {
            return;
        }

        int token = store.Savepoint();
        foreach (NamedSavepoint savepoint in _savepoints)
        {
            if (durable)
            {
                savepoint.DurableToken = token;
            }
            else
            {
                savepoint.TemporaryToken = token;
            }
        }
    }

    /// <summary>Starts a statement that writes.</summary>
    /// <param name="isAtomic">The statement cannot fail half done, so no savepoint is needed.</param>
    internal StatementScope BeginWriteStatement(StoreUse writes, bool isAtomic, CancellationToken cancellation)
    {
        bool isTransactional = (writes & (StoreUse.Durable | StoreUse.Temporary)) != 0;
        if (isTransactional && IsDoomed)
        {
            throw SqlErrors.Create(3930);
        }

        if (TransactionCount == 0 && Options.ImplicitTransactions && isTransactional)
        {
            BeginTransaction(null, isImplicit: true);
        }

        var scope = new StatementScope
        {
            Writes = writes,
            IsAutocommit = isTransactional && TransactionCount == 0,
            DurableSavepoint = -1,
            TemporarySavepoint = -1,
        };
        if (scope.IsAutocommit)
        {
            _temporaryAtBegin = Temporary;
            StampTransaction();
        }

        if ((writes & StoreUse.Durable) != 0)
        {
            EnsureWriter(cancellation);
            if (!scope.IsAutocommit && !isAtomic)
            {
                scope.DurableSavepoint = Store.Savepoint();
            }
        }

        if ((writes & StoreUse.Temporary) != 0)
        {
            EnsureTemporaryWriter(cancellation);
        }

        if ((writes & (StoreUse.Temporary | StoreUse.Variable)) != 0 && !isAtomic)
        {
            scope.TemporarySavepoint = TemporaryStore.Savepoint();
        }

        if (scope.IsAutocommit)
        {
            TransactionCount = 1;
        }

        scope.TransactionEpoch = _transactionEpoch;
        scope.Server = Server;
        scope.Temporary = Temporary;
        return scope;
    }

    /// <summary>The statement succeeded: commits it when it is its own transaction.</summary>
    internal void CompleteStatement(in StatementScope scope)
    {
        if (scope.TransactionEpoch != _transactionEpoch)
        {
            return;
        }

        if (scope.TemporarySavepoint >= 0)
        {
            TemporaryStore.Release(scope.TemporarySavepoint);
        }

        if (scope.IsAutocommit)
        {
            CommitStores();
            return;
        }

        if (scope.DurableSavepoint >= 0)
        {
            Store.Release(scope.DurableSavepoint);
        }
    }

    /// <summary>The statement failed: undoes what it did.</summary>
    internal void FailStatement(in StatementScope scope)
    {
        if (scope.TransactionEpoch != _transactionEpoch)
        {
            return;
        }

        if (scope.TemporarySavepoint >= 0)
        {
            TemporaryStore.RollbackStatement(scope.TemporarySavepoint);
            TemporaryStore.Release(scope.TemporarySavepoint);
        }

        if (scope.IsAutocommit)
        {
            RollbackAll();
            return;
        }

        if (scope.DurableSavepoint >= 0)
        {
            Store.RollbackTo(scope.DurableSavepoint);
            Store.Release(scope.DurableSavepoint);
        }

        if ((scope.Writes & StoreUse.Durable) != 0)
        {
            Server = scope.Server;
        }

        Temporary = scope.Temporary;
    }

    internal void BeginTransaction(string? name, bool isImplicit = false)
    {
        if (TransactionCount == 0)
        {
            _transactionName = name;
            _isImplicit = isImplicit;
            _temporaryAtBegin = Temporary;
            IsDoomed = false;
            StampTransaction();
        }

        TransactionCount++;
    }

    /// <param name="isDelayed">WITH (DELAYED_DURABILITY = ON): need not be durable at once, where the database allows that.</param>
    internal void CommitTransaction(bool isDelayed)
    {
        if (TransactionCount == 0)
        {
            throw SqlErrors.Create(3902);
        }

        if (IsDoomed)
        {
            throw SqlErrors.Create(3930);
        }

        if (TransactionCount == 1)
        {
            CommitStores(isDelayed);
        }
        else
        {
            TransactionCount--;
        }
    }

    internal void SaveTransaction(string name)
    {
        if (TransactionCount == 0)
        {
            throw SqlErrors.CreateWithState(628, 0);
        }

        if (IsDoomed)
        {
            throw SqlErrors.Create(3931);
        }

        _savepoints.Add(new NamedSavepoint(name)
        {
            DurableToken = Store.InWriteTransaction ? Store.Savepoint() : -1,
            TemporaryToken = TemporaryStore.InWriteTransaction ? TemporaryStore.Savepoint() : -1,
            Server = Store.InWriteTransaction ? Server : null,
            Temporary = Temporary,
        });
    }

    /// <summary>ROLLBACK: the whole transaction, or back to a savepoint when <paramref name="name"/> is one.</summary>
    internal void RollbackTransaction(string? name)
    {
        if (TransactionCount == 0)
        {
            throw SqlErrors.Create(3903);
        }

        if (name is null)
        {
            RollbackAll();
            return;
        }

        int index = _savepoints.FindLastIndex(s => string.Equals(s.Name, name, StringComparison.Ordinal));
        if (index < 0)
        {
            if (!string.Equals(name, _transactionName, StringComparison.Ordinal))
            {
                throw SqlErrors.Create(6401, name);
            }

            RollbackAll();
            return;
        }

        if (IsDoomed)
        {
            throw SqlErrors.Create(3931);
        }

        _rollbacks++;
        NamedSavepoint target = _savepoints[index];
        _savepoints.RemoveRange(index + 1, _savepoints.Count - index - 1);
        if (target.DurableToken >= 0)
        {
            Store.RollbackTo(target.DurableToken);
            RestoreReseeds();
            Server = target.Server ?? Database.Server;
        }

        if (target.TemporaryToken >= 0)
        {
            TemporaryStore.RollbackTo(target.TemporaryToken);
        }

        Temporary = target.Temporary;
    }

    /// <summary>Ends the transaction, if any, undoing everything.</summary>
    internal void RollbackAll()
    {
        bool wrote = Store.InWriteTransaction;
        if (wrote)
        {
            Store.Rollback();
        }

        if (TemporaryStore.InWriteTransaction)
        {
            TemporaryStore.Rollback();
        }

        Temporary = KeepLiveLevels(_temporaryAtBegin);
        _server = Database.Server;
        _catalog = SettleIn(_server);
        RestoreReseeds();
        SettleTables(isRolledBack: true);
        EndTransaction();
        if (wrote)
        {
            _touchedCounters.Clear();
            PersistLostReserves();
        }
    }

    /// <summary>Commits durable and temporary rows and publishes the catalog when DDL has changed it.</summary>
    private void CommitStores(bool isDelayed = false)
    {
        if (Store.InWriteTransaction)
        {
            try
            {
                CdcTransaction?.Complete();
                PersistCounters();
                string delayed = DatabaseOptions.Get(Catalog, "DELAYED_DURABILITY", "DISABLED");
                bool mayDelay = delayed.Equals("FORCED", StringComparison.OrdinalIgnoreCase) || (isDelayed && delayed.Equals("ALLOWED", StringComparison.OrdinalIgnoreCase));
                Database.Commit(Store, Server, isDurable: !mayDelay);
            }
            catch (Exception)
            {
                if (Store.InWriteTransaction)
                {
                    RollbackAll();
                }

                throw;
            }
        }

        if (TemporaryStore.InWriteTransaction)
        {
            TemporaryStore.Commit();
        }

        _reserves.Clear();
        SettleTables(isRolledBack: false);
        EndTransaction();
        LastTransactionCommitted = true;
    }

    private void EndTransaction()
    {
        _transactionEpoch++;
        LastTransactionCommitted = false;
        IsTransactionMarked = false;
        TransactionCount = 0;
        IsDoomed = false;
        _transactionName = null;
        _savepoints.Clear();
        _reseeds.Clear();
    }

    /// <summary>The transaction can only be rolled back from now on.</summary>
    internal void Doom()
    {
        if (TransactionCount > 0)
        {
            IsDoomed = true;
        }
    }

    /// <summary>Temp tables of levels that have returned since the transaction began stay gone.</summary>
    private TemporaryCatalog KeepLiveLevels(TemporaryCatalog saved)
    {
        int level = NestLevel;
        return saved.Tables.TrueForAll(t => t.Level <= level) ? saved : saved with { Tables = saved.Tables.RemoveAll(t => t.Level > level) };
    }
}
