using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Cdc;

/// <summary>
/// The captured part of a session's write transaction. A store has one writer from its first write to its commit, so the number taken at the first captured change
/// is the place of the commit among all commits: no other transaction can end in between. What is written here goes with the transaction or vanishes with it.
/// </summary>
internal sealed class CdcTransaction : ITransactionParticipant
{
    /// <summary>Commit number and time of the last captured commit, never reset, also not when change data capture is disabled.</summary>
    private static readonly byte[] CounterKey = Encoding.UTF8.GetBytes("cdc.lsn");

    private readonly EngineSession _session;
    private readonly long _commit;
    private readonly long _lastTicks;
    private readonly DateTime _begin = DateTime.Now;

    /// <summary>What a rollback to a savepoint goes back to.</summary>
    private readonly Stack<(int Token, ImmutableDictionary<int, int> Entries)> _marks = new();

    private uint _change;

    /// <summary>What was captured in each database.</summary>
    private ImmutableDictionary<int, int> _entries = ImmutableDictionary<int, int>.Empty;

    private CdcTransaction(EngineSession session)
    {
        _session = session;
        _commit = LogSequenceNumber.FirstCommit;
        if (session.Store.TryGet(SystemTrees.Settings, CounterKey, out byte[] stored))
        {
            _commit = BinaryPrimitives.ReadInt64BigEndian(stored) + 1;
            _lastTicks = BinaryPrimitives.ReadInt64BigEndian(stored.AsSpan(8));
        }

        Lsn = SqlValue.FromBinary(LogSequenceNumber.OfCommit(_commit), SqlTypeId.Binary);
    }

    /// <summary>The LSN that the transaction commits with.</summary>
    public SqlValue Lsn { get; }

    /// <summary>The session's transaction, begun here when it has not captured anything yet. The session must be the writer.</summary>
    public static CdcTransaction Of(EngineSession session)
    {
        if (session.CdcTransaction is { } running)
        {
            return running;
        }

        var transaction = new CdcTransaction(session);
        session.Store.Enlist(transaction);
        session.CdcTransaction = transaction;
        return transaction;
    }

    /// <summary>The next change of the transaction: its number and its sequence value.</summary>
    public (int Command, SqlValue Sequence) NextChange(int databaseId)
    {
        NoteEntry(databaseId);
        uint change = ++_change;
        return ((int)change, SqlValue.FromBinary(LogSequenceNumber.OfChange(_commit, change), SqlTypeId.Binary));
    }

    /// <summary>Something other than a row change (DDL, a new instance) needs the transaction in cdc.lsn_time_mapping.</summary>
    public void NoteEntry(int databaseId) => _entries = _entries.SetItem(databaseId, _entries.GetValueOrDefault(databaseId) + 1);

    /// <summary>Just before the commit: gives the LSN its time. Times never run backwards, whatever the clock does, so that times map to LSNs in order.</summary>
    public void Complete()
    {
        foreach (int databaseId in _entries.Keys)
        {
            using DatabaseScope scope = _session.In(databaseId);
            if (CdcCatalog.IsEnabled(_session.Catalog))
            {
                CompleteHere();
            }
        }
    }

    private void CompleteHere()
    {
        var store = new CdcStore(_session);
        var end = new DateTime(Math.Max(DateTime.Now.Ticks, _lastTicks));
        store.Insert(
            CdcStore.LsnTimeMapping,
            [
                Lsn, ClrConvert.To_DateTime(_begin < end ? _begin : end, SqlType.DateTime), ClrConvert.To_DateTime(end, SqlType.DateTime),
                SqlValue.FromBinary(LogSequenceNumber.OfCommit(_commit)[..6]), SqlValue.FromBinary(LogSequenceNumber.OfChange(_commit, 1), SqlTypeId.Binary),
            ]);
        var counter = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(counter, _commit);
        BinaryPrimitives.WriteInt64BigEndian(counter.AsSpan(8), end.Ticks);
        _session.Store.Put(SystemTrees.Settings, CounterKey, counter);
        CdcCleanup.RunIfDue(_session, store, end);
    }

    void ITransactionParticipant.Savepoint(int token)
    {
        // Tokens of released savepoints come back.
        while (_marks.TryPeek(out (int Token, ImmutableDictionary<int, int> Entries) mark) && mark.Token >= token)
        {
            _marks.Pop();
        }

        _marks.Push((token, _entries));
    }

    void ITransactionParticipant.RollbackTo(int token)
    {
        while (_marks.TryPeek(out (int Token, ImmutableDictionary<int, int> Entries) mark) && mark.Token > token)
        {
            _marks.Pop();
        }

        if (_marks.TryPeek(out (int Token, ImmutableDictionary<int, int> Entries) target) && target.Token == token)
        {
            _entries = target.Entries;
        }
    }

    void ITransactionParticipant.Committing()
    {
    }

    void ITransactionParticipant.Committed(long version) => _session.CdcTransaction = null;

    void ITransactionParticipant.RolledBack() => _session.CdcTransaction = null;
}
