using System.Buffers.Binary;
using System.Collections.Concurrent;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine;

/// <summary>The running value of an identity column or sequence. Sequences are shared by sessions and locked; identity columns belong to the writer.</summary>
internal sealed class CounterState
{
    /// <summary>False until the first value was taken.</summary>
    public bool HasLast { get; set; }

    public Int128 Last { get; set; }

    /// <summary>A sequence has durably set aside the values up to <see cref="Reserved"/>.</summary>
    public bool HasReserve { get; set; }

    public Int128 Reserved { get; set; }

    public CounterState Copy() => (CounterState)MemberwiseClone();

    public void Restore(CounterState saved)
    {
        HasLast = saved.HasLast;
        Last = saved.Last;
        HasReserve = false;
    }
}

/// <summary>Identity values, sequences and the row version: in memory while the database is open, durable in a tree of their own.</summary>
public sealed partial class Database
{
    /// <summary>Key of the row version among the counters.</summary>
    internal const int RowVersionCounter = 0;

    private readonly ConcurrentDictionary<int, CounterState> _counters = new();
    private readonly Lock _counterStore = new();
    private IStoreConnection? _counterConnection;

    /// <summary>The counter of an object, read from the store at its first use.</summary>
    internal CounterState Counter(int objectId) =>
        _counters.TryGetValue(objectId, out CounterState? state) ? state : _counters.GetOrAdd(objectId, LoadCounter(objectId));

    /// <summary>A new object got an id that another may have had whose creation was rolled back: it begins without a past.</summary>
    internal void ForgetCounter(int objectId)
    {
        CounterState state = Counter(objectId);
        lock (state)
        {
            state.HasLast = false;
            state.HasReserve = false;
        }
    }

    /// <summary>Next value of @@DBTS.</summary>
    internal long NextRowVersion()
    {
        CounterState state = Counter(RowVersionCounter);
        lock (state)
        {
            state.Last = state.HasLast ? state.Last + 1 : 2001;
            state.HasLast = true;
            return (long)state.Last;
        }
    }

    /// <summary>@@DBTS: the row version used last.</summary>
    internal byte[] LastRowVersion => RowVersionBytes(Counter(RowVersionCounter) is { HasLast: true } state ? (long)state.Last : 2000);

    /// <summary>MIN_ACTIVE_ROWVERSION(): the row version that comes next.</summary>
    internal byte[] MinimumActiveRowVersion => RowVersionBytes((Counter(RowVersionCounter) is { HasLast: true } state ? (long)state.Last : 2000) + 1);

    internal static byte[] RowVersionBytes(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>Writes a counter into a write transaction.</summary>
    internal void Persist(IStoreConnection connection, int objectId)
    {
        CounterState state = Counter(objectId);
        lock (state)
        {
            Put(connection, objectId, state);
        }
    }

    /// <summary>
    /// Makes the values that a sequence has set aside durable: with the session's own transaction when it is the writer (and again should that roll back),
    /// else in a transaction of its own.
    /// </summary>
    internal void PersistReserve(EngineSession session, int objectId, CounterState state)
    {
        if (session.Store.InWriteTransaction)
        {
            Put(session.Store, objectId, state);
            session.NoteReserve(objectId);
            return;
        }

        PersistAlone(connection => Put(connection, objectId, state));
    }

    internal void PersistAlone(IReadOnlyCollection<int> objectIds) => PersistAlone(connection =>
    {
        foreach (int id in objectIds)
        {
            Persist(connection, id);
        }
    });

    private void PersistAlone(Action<IStoreConnection> put)
    {
        lock (_counterStore)
        {
            _counterConnection ??= Store.OpenConnection();
            _counterConnection.BeginWrite(-1, CancellationToken.None);
            try
            {
                put(_counterConnection);
                _counterConnection.Commit();
            }
            catch
            {
                _counterConnection.Rollback();
                throw;
            }
        }
    }

    private static void Put(IStoreConnection connection, int objectId, CounterState state)
    {
        Span<byte> key = stackalloc byte[4];
        Span<byte> value = stackalloc byte[17];
        BinaryPrimitives.WriteInt32BigEndian(key, objectId);
        value[0] = state.HasLast || state.HasReserve ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt128BigEndian(value[1..], state.HasReserve ? state.Reserved : state.Last);
        connection.Put(SystemTrees.Counters, key, value);
    }

    private CounterState LoadCounter(int objectId)
    {
        Span<byte> key = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(key, objectId);
        using IStoreConnection connection = Store.OpenConnection();
        connection.BeginStatement();
        try
        {
            return connection.TryGet(SystemTrees.Counters, key, out byte[] value) && value[0] != 0
                ? new CounterState { HasLast = true, Last = BinaryPrimitives.ReadInt128BigEndian(value.AsSpan(1)) }
                : new CounterState();
        }
        finally
        {
            connection.EndStatement();
        }
    }

    /// <summary>An orderly close gives back what sequences had set aside.</summary>
    private void DisposeCounters()
    {
        int[] reserved = [.. _counters.Where(c => c.Value.HasReserve && c.Value.Reserved != c.Value.Last).Select(c => c.Key)];
        if (reserved.Length > 0)
        {
            foreach (int id in reserved)
            {
                _counters[id].HasReserve = false;
            }

            PersistAlone(reserved);
        }

        _counterConnection?.Dispose();
        _counterConnection = null;
    }
}
