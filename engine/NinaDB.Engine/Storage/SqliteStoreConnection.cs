using System.Globalization;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Storage;

/// <summary>One SQLite connection serving one session: snapshots, the write transaction, savepoints. Entries are in the other partial file.</summary>
internal sealed unsafe partial class SqliteStoreConnection : IStoreConnection
{
    private readonly SqliteStore _store;
    private readonly StoreVersions.Pin _pin;
    private readonly List<ITransactionParticipant> _participants = [];
    private readonly nint _begin, _beginImmediate, _commit, _rollback, _readCount, _addCount;

    /// <summary>SAVEPOINT, ROLLBACK TO and RELEASE statements by depth.</summary>
    private readonly List<(nint Make, nint Back, nint Release)> _savepoints = [];

    private nint _db;

    /// <summary>Nesting of <see cref="BeginStatement"/>.</summary>
    private int _statementDepth;

    /// <summary>A read transaction of SQLite is open for the statement.</summary>
    private bool _reading;

    /// <summary>Snapshots stay between statements.</summary>
    private bool _keepsSnapshot;

    private bool _writing;

    /// <summary>SQLite itself rolled the transaction back (disk full, I/O error): only <see cref="Rollback"/> is left.</summary>
    private bool _broken;

    /// <summary>Savepoints the session has asked for, and those that exist in SQLite: they are made when the first write needs them.</summary>
    private int _savepointDepth, _savepointsMade;

    public SqliteStoreConnection(SqliteStore store, nint db)
    {
        _store = store;
        _db = db;
        _pin = store.Versions.Register();
        _begin = store.Prepare(db, "BEGIN", SqliteNative.PreparePersistent);
        _beginImmediate = store.Prepare(db, "BEGIN IMMEDIATE", SqliteNative.PreparePersistent);
        _commit = store.Prepare(db, "COMMIT", SqliteNative.PreparePersistent);
        _rollback = store.Prepare(db, "ROLLBACK", SqliteNative.PreparePersistent);
        _readCount = store.Prepare(db, "SELECT entries FROM trees WHERE id=?1", SqliteNative.PreparePersistent);
        _addCount = store.Prepare(db, "UPDATE trees SET entries=entries+?2 WHERE id=?1", SqliteNative.PreparePersistent);
    }

    public IKeyValueStore Store => _store;

    public bool InWriteTransaction => _writing;

    public void BeginStatement()
    {
        if (_statementDepth++ == 0)
        {
            DropStale();
        }

        EnsureSnapshot();
    }

    public void EndStatement()
    {
        if (--_statementDepth == 0 && _reading && !_keepsSnapshot)
        {
            EndRead();
        }
    }

    public void KeepSnapshot() => _keepsSnapshot = true;

    public void ReleaseSnapshot()
    {
        _keepsSnapshot = false;
        if (_reading && _statementDepth == 0)
        {
            EndRead();
        }
    }

    /// <summary>A snapshot left by the statement before is given up when it is no longer the newest.</summary>
    private void DropStale()
    {
        if (_reading && _pin.Version != _store.Versions.Committed)
        {
            EndRead();
        }
    }

    /// <summary>Pins a snapshot for the statement, again after a commit in the middle of it; outside a statement each read is a snapshot of its own.</summary>
    private void EnsureSnapshot()
    {
        if (_statementDepth == 0)
        {
            DropStale();
        }

        if (!_reading && !_writing && _statementDepth > 0)
        {
            _pin.Set();
            Run(_begin);
            _reading = true;

            // A transaction of SQLite sees the state at its first read, so it makes one.
            CountOf(0);
        }
        else if (_broken)
        {
            throw SqlErrors.Create(3930);
        }
    }

    private void EndRead()
    {
        Run(_commit);
        _reading = false;
        _pin.Clear();
        _store.FileStreams?.CollectIfPending();
    }

    public void Enlist(ITransactionParticipant participant)
    {
        if (!_writing)
        {
            throw new InvalidOperationException("Only a write transaction has participants.");
        }

        if (_participants.Contains(participant))
        {
            return;
        }

        _participants.Add(participant);
        for (int token = 1; token <= _savepointDepth; token++)
        {
            participant.Savepoint(token);
        }
    }

    public void BeginWrite(int lockTimeoutMilliseconds, CancellationToken cancellation)
    {
        if (_writing)
        {
            return;
        }

        if (_reading)
        {
            EndRead();
        }

        _store.Gate.Enter(lockTimeoutMilliseconds, cancellation);
        try
        {
            Run(_beginImmediate);
            _writing = true;
        }
        finally
        {
            if (!_writing)
            {
                _store.Gate.Exit();
            }
        }
    }

    public void Commit(bool isDurable = true)
    {
        RequireWrite();
        foreach (ITransactionParticipant participant in _participants)
        {
            participant.Committing();
        }

        FlushCounts();
        Run(_commit);
        if (isDurable || _participants.Count > 0)
        {
            // Before anybody acts on it: a participant deletes files that the commit has freed.
            SyncLog();
        }
        else
        {
            _store.HasDelayedCommits = true;
        }

        long version = _store.Versions.Advance();
        try
        {
            foreach (ITransactionParticipant participant in _participants)
            {
                participant.Committed(version);
            }
        }
        finally
        {
            LeaveWrite();
        }

        _store.FileStreams.CollectIfPending();
    }

    public void Flush()
    {
        if (_store.HasDelayedCommits)
        {
            // A snapshot opens the log on a connection that has read nothing yet.
            BeginStatement();
            try
            {
                SyncLog();
            }
            finally
            {
                EndStatement();
            }
        }
    }

    /// <summary>
    /// Puts the write-ahead log on the disk, as SQLite itself does at each commit with synchronous=FULL. (With NORMAL it leaves this out, and syncs only where
    /// the order of its own writes needs it: https://sqlite.org/pragma.html#pragma_synchronous.)
    /// </summary>
    private void SyncLog()
    {
        _store.HasDelayedCommits = false;
        int code = SqliteNative.SyncJournal(_db);
        if (code != SqliteNative.Ok)
        {
            _store.HasDelayedCommits = true;
            throw _store.Failure(_db, code);
        }
    }

    public void Rollback()
    {
        if (!_writing)
        {
            return;
        }

        try
        {
            if (SqliteNative.sqlite3_get_autocommit(_db) == 0)
            {
                Run(_rollback);
            }

            foreach (ITransactionParticipant participant in _participants)
            {
                participant.RolledBack();
            }
        }
        finally
        {
            LeaveWrite();
        }
    }

    private void LeaveWrite()
    {
        _participants.Clear();

        // A commit has none left.
        UndoSizes(0);
        _counts.Clear();
        _countMarks.Clear();
        _savepointDepth = 0;
        _savepointsMade = 0;
        _writing = false;
        _broken = false;
        _store.Gate.Exit();
    }

    public int Savepoint()
    {
        RequireWrite();
        int token = ++_savepointDepth;
        foreach (ITransactionParticipant participant in _participants)
        {
            participant.Savepoint(token);
        }

        return token;
    }

    public void RollbackTo(int savepoint)
    {
        RequireWrite();
        RequireSavepoint(savepoint);
        if (_savepointsMade >= savepoint)
        {
            Run(_savepoints[savepoint - 1].Back);
            _savepointsMade = savepoint;
            RollbackCounts(savepoint);
        }

        _savepointDepth = savepoint;
        foreach (ITransactionParticipant participant in _participants)
        {
            participant.RollbackTo(savepoint);
        }
    }

    public void Release(int savepoint)
    {
        RequireWrite();
        RequireSavepoint(savepoint);
        if (_savepointsMade >= savepoint)
        {
            Run(_savepoints[savepoint - 1].Release);
            _savepointsMade = savepoint - 1;
            MergeCounts(savepoint);
        }

        _savepointDepth = savepoint - 1;
    }

    private void RequireSavepoint(int savepoint)
    {
        if (savepoint < 1 || savepoint > _savepointDepth)
        {
            throw new ArgumentOutOfRangeException(nameof(savepoint), savepoint, "There is no such savepoint.");
        }
    }

    private void RequireWrite()
    {
        if (_broken)
        {
            throw SqlErrors.Create(3930);
        }

        if (!_writing)
        {
            throw new InvalidOperationException("The connection is not in a write transaction.");
        }
    }

    /// <summary>Called before every change.</summary>
    private void EnsureWritable()
    {
        if (!_writing || _broken)
        {
            RequireWrite();
        }

        while (_savepointsMade < _savepointDepth)
        {
            int index = _savepointsMade;
            if (index == _savepoints.Count)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"s{index + 1}");
                _savepoints.Add((PrepareOwn($"SAVEPOINT {name}"), PrepareOwn($"ROLLBACK TO {name}"), PrepareOwn($"RELEASE {name}")));
            }

            Run(_savepoints[index].Make);
            _countMarks.Add(_counts.Count);
            _savepointsMade++;
        }
    }

    private nint PrepareOwn(string sql) => _store.Prepare(_db, sql, SqliteNative.PreparePersistent);

    /// <summary>Steps a statement that returns no rows, to its end.</summary>
    private void Run(nint statement)
    {
        int code = SqliteNative.sqlite3_step(statement);
        if (code != SqliteNative.Done)
        {
            Fail(code, statement);
        }

        _ = SqliteNative.sqlite3_reset(statement);
    }

    /// <summary>Resets the statement, notices a transaction that SQLite gave up, and throws.</summary>
    private void Fail(int code, nint statement)
    {
        SqlErrorException failure = _store.Failure(_db, code);
        _ = SqliteNative.sqlite3_reset(statement);
        if (_writing && (SqliteNative.sqlite3_get_autocommit(_db) != 0 || (code & 0xFF) is SqliteNative.Full or SqliteNative.IoError or SqliteNative.NoMemory))
        {
            _broken = true;
        }

        throw failure;
    }

    /// <summary>Makes a pooled connection a fresh one.</summary>
    internal void Reopen() => (_statementDepth, _keepsSnapshot) = (0, false);

    public void ReleaseMemory()
    {
        if (_db != 0 && !_reading && SqliteNative.sqlite3_get_autocommit(_db) != 0)
        {
            _ = SqliteNative.sqlite3_db_release_memory(_db);
        }
    }

    public void Dispose()
    {
        if (_db == 0)
        {
            return;
        }

        Rollback();
        _statementDepth = 0;
        _keepsSnapshot = false;
        if (_reading)
        {
            EndRead();
        }

        if (_openCursors != 0 || !_store.Recycle(this))
        {
            Close();
        }
    }

    /// <summary>Closes for good. The last connection of a store moves the log into the file.</summary>
    internal void Close()
    {
        if (_db == 0)
        {
            return;
        }

        FinalizeTrees();
        foreach ((nint make, nint back, nint release) in _savepoints)
        {
            _ = SqliteNative.sqlite3_finalize(make);
            _ = SqliteNative.sqlite3_finalize(back);
            _ = SqliteNative.sqlite3_finalize(release);
        }

        foreach (nint statement in (ReadOnlySpan<nint>)[_begin, _beginImmediate, _commit, _rollback, _readCount, _addCount])
        {
            _ = SqliteNative.sqlite3_finalize(statement);
        }

        _ = SqliteNative.sqlite3_close_v2(_db);
        _db = 0;
        _pin.Dispose();
    }
}
