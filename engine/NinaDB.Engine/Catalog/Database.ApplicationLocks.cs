using NinaDB.Engine.Catalog;

namespace NinaDB.Engine;

public sealed partial class Database
{
    /// <summary>Locks of sp_getapplock.</summary>
    internal ApplicationLocks ApplicationLocks { get; } = new();

    private long _lastTransactionId = 1000;

    /// <summary>Numbers the transactions that somebody asks after.</summary>
    internal long NextTransactionId() => Interlocked.Increment(ref _lastTransactionId);
}
