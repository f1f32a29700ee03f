using NinaDB.Engine.Session;

namespace NinaDB.Engine.Catalog;

/// <summary>Locks of sp_getapplock: named resources of one database, held by sessions or by their transactions.</summary>
internal sealed class ApplicationLocks
{
    private static readonly string[] Modes = ["IntentShared", "Shared", "Update", "IntentExclusive", "Exclusive"];

    /// <summary>The modes as sys.dm_tran_locks writes them.</summary>
    private static readonly string[] ShortModes = ["IS", "S", "U", "IX", "X"];

    /// <summary>Compatible[held][wanted], in the order of <see cref="Modes"/>.</summary>
    private static readonly bool[][] Compatible =
    [
        [true, true, true, true, false],
        [true, true, true, false, false],
        [true, true, false, false, false],
        [true, false, false, true, false],
        [false, false, false, false, false],
    ];

    private readonly object _gate = new();
    private readonly Dictionary<string, List<Holder>> _held = new(StringComparer.OrdinalIgnoreCase);

    private sealed class Holder(EngineSession session, bool isTransaction, int mode)
    {
        public EngineSession Session { get; } = session;

        public bool IsTransaction { get; } = isTransaction;

        public int Mode { get; set; } = mode;

        public int Count { get; set; } = 1;

        /// <summary>Transaction it was taken in.</summary>
        public long Epoch { get; } = session.TransactionEpoch;

        /// <summary>The transaction that owned it is over.</summary>
        public bool IsStale => IsTransaction && (Session.TransactionCount == 0 || Session.TransactionEpoch != Epoch);
    }

    public static bool IsMode(string mode) => Modes.Contains(mode, StringComparer.OrdinalIgnoreCase);

    /// <summary>Waits for the lock. 0 granted at once, 1 granted after waiting, -1 timed out.</summary>
    public int Acquire(EngineSession session, string resource, string mode, bool isTransaction, int timeoutMilliseconds, CancellationToken cancellation)
    {
        int wanted = Index(mode);
        long deadline = timeoutMilliseconds < 0 ? long.MaxValue : Environment.TickCount64 + timeoutMilliseconds;
        bool waited = false;
        using CancellationTokenRegistration registration = cancellation.Register(Wake);
        lock (_gate)
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                List<Holder> holders = Holders(resource);
                holders.RemoveAll(h => h.IsStale);
                if (holders.TrueForAll(h => ReferenceEquals(h.Session, session) || Compatible[h.Mode][wanted]))
                {
                    Holder? own = holders.Find(h => ReferenceEquals(h.Session, session) && h.IsTransaction == isTransaction);
                    if (own is null)
                    {
                        holders.Add(new Holder(session, isTransaction, wanted));
                    }
                    else
                    {
                        own.Count++;
                        own.Mode = Math.Max(own.Mode, wanted);
                    }

                    return waited ? 1 : 0;
                }

                long remaining = deadline - Environment.TickCount64;
                if (remaining <= 0)
                {
                    return -1;
                }

                // A transaction that ends releases its locks without a call: look again now and then.
                waited = true;
                Monitor.Wait(_gate, (int)Math.Min(remaining, 20));
            }
        }
    }

    /// <summary>False when the session does not hold it.</summary>
    public bool Release(EngineSession session, string resource, bool isTransaction)
    {
        lock (_gate)
        {
            List<Holder> holders = Holders(resource);
            Holder? own = holders.Find(h => ReferenceEquals(h.Session, session) && h.IsTransaction == isTransaction && !h.IsStale);
            if (own is null)
            {
                return false;
            }

            if (--own.Count == 0)
            {
                holders.Remove(own);
                if (holders.Count == 0)
                {
                    _held.Remove(resource);
                }

                Monitor.PulseAll(_gate);
            }

            return true;
        }
    }

    /// <summary>Everything that a session holds: it is closing.</summary>
    public void ReleaseAll(EngineSession session)
    {
        lock (_gate)
        {
            foreach (List<Holder> holders in _held.Values)
            {
                holders.RemoveAll(h => ReferenceEquals(h.Session, session));
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>APPLOCK_MODE; null when the session holds nothing.</summary>
    public string? ModeHeld(EngineSession session, string resource, string owner)
    {
        bool isTransaction = owner.Equals("Transaction", StringComparison.OrdinalIgnoreCase);
        lock (_gate)
        {
            return _held.TryGetValue(resource, out List<Holder>? holders)
                && holders.Find(h => ReferenceEquals(h.Session, session) && h.IsTransaction == isTransaction && !h.IsStale) is { } own
                ? Modes[own.Mode]
                : null;
        }
    }

    /// <summary>Everything that is held: who holds which resource in which mode.</summary>
    public IReadOnlyList<(EngineSession Session, string Resource, string Mode, bool IsTransaction, int Count)> Held()
    {
        lock (_gate)
        {
            return [.. _held.SelectMany(r => r.Value.Where(h => !h.IsStale).Select(h => (h.Session, r.Key, ShortModes[h.Mode], h.IsTransaction, h.Count)))];
        }
    }

    public bool CanGrant(EngineSession session, string resource, string mode)
    {
        int wanted = Index(mode);
        lock (_gate)
        {
            return !_held.TryGetValue(resource, out List<Holder>? holders) || holders.TrueForAll(h =>
                ReferenceEquals(h.Session, session) || h.IsStale || Compatible[h.Mode][wanted]);
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private static int Index(string mode) => Array.FindIndex(Modes, m => m.Equals(mode, StringComparison.OrdinalIgnoreCase));

    private List<Holder> Holders(string resource)
    {
        if (!_held.TryGetValue(resource, out List<Holder>? holders))
        {
            _held[resource] = holders = [];
        }

        return holders;
    }
}
