namespace NinaDB.Engine.Session;

/// <summary>What the dynamic management views tell of a session's transaction and of its waiting. Read by other sessions at any moment.</summary>
public sealed partial class EngineSession
{
    private long _transactionId;
    private long _numberedEpoch = -1;
    private bool _isImplicit;
    private long _waitsSince;

    /// <summary>CURRENT_TRANSACTION_ID(): unique over the server, given when somebody first asks; a statement outside of a transaction is one of its own.</summary>
    internal long TransactionId
    {
        get
        {
            if (TransactionCount == 0)
            {
                return Database.NextTransactionId();
            }

            if (_numberedEpoch != _transactionEpoch)
            {
                _transactionId = Database.NextTransactionId();
                _numberedEpoch = _transactionEpoch;
            }

            return _transactionId;
        }
    }

    /// <summary>The name that BEGIN TRANSACTION gave, or what kind of transaction it is.</summary>
    internal string TransactionName => _transactionName ?? (_isImplicit ? "implicit_transaction" : "user_transaction");

    /// <summary>When the transaction began.</summary>
    internal DateTime TransactionBegan => new DateTime(TransactionTime, DateTimeKind.Utc).ToLocalTime();

    /// <summary>Tables that the transaction has changed rows of.</summary>
    internal int[] ChangedTables
    {
        get
        {
            // Another session may look while this one adds: what is seen then is a moment old.
            for (int i = 0; i < 3; i++)
            {
                try
                {
                    return [.. _changedTables.Keys];
                }
                catch (InvalidOperationException)
                {
                    Thread.Yield();
                }
            }

            return [];
        }
    }

    /// <summary>It holds the turn to write, which every change of durable rows needs.</summary>
    internal bool IsWriter => Store.InWriteTransaction;

    /// <summary>Milliseconds it has waited for its turn to write; null while it does not wait.</summary>
    internal long? WaitsFor => Volatile.Read(ref _waitsSince) is not 0 and var since && Environment.TickCount64 - since is var waited and > 0 ? waited : null;

    /// <summary>When the last request began and ended, by Environment.TickCount64; 0 for never.</summary>
    internal long RequestBegan { get; set; }

    internal long RequestEnded { get; set; }

    /// <summary>A moment of Environment.TickCount64 as a time of day.</summary>
    internal static DateTime TimeOf(long ticks) => DateTime.Now.AddMilliseconds(ticks - Environment.TickCount64);
}
