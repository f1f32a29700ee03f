namespace NinaDB.Engine.Storage;

/// <summary>
/// Counts commits and knows which snapshots are still pinned, so that what a commit made obsolete outside the B-trees (FILESTREAM files) is removed only when no
/// older snapshot can still name it.
/// </summary>
internal sealed class StoreVersions
{
    private readonly Lock _lock = new();
    private readonly List<Pin> _pins = [];
    private long _committed = 1;

    /// <summary>Number of the newest commit.</summary>
    public long Committed => Volatile.Read(ref _committed);

    /// <summary>Called by the writer right after its commit became visible.</summary>
    public long Advance() => Interlocked.Increment(ref _committed);

    /// <summary>One connection's place in the table of pins.</summary>
    public Pin Register()
    {
        var pin = new Pin(this);
        lock (_lock)
        {
            _pins.Add(pin);
        }

        return pin;
    }

    /// <summary>The oldest commit number that some pinned snapshot may still be reading; <see cref="long.MaxValue"/> when nothing is pinned.</summary>
    public long OldestPinned()
    {
        Interlocked.MemoryBarrier();
        long oldest = long.MaxValue;
        lock (_lock)
        {
            foreach (Pin pin in _pins)
            {
                long version = Volatile.Read(ref pin.Version);
                if (version != 0)
                {
                    oldest = Math.Min(oldest, version);
                }
            }
        }

        return oldest;
    }

    internal sealed class Pin(StoreVersions owner) : IDisposable
    {
        /// <summary>Commit number that was current just before the snapshot began; 0 when nothing is pinned.</summary>
        public long Version;

        /// <summary>Must precede the start of the snapshot, so that whoever does not see this pin has committed before the snapshot.</summary>
        public void Set()
        {
            Volatile.Write(ref Version, owner.Committed);
            Interlocked.MemoryBarrier();
        }

        public void Clear() => Volatile.Write(ref Version, 0);

        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._pins.Remove(this);
            }
        }
    }
}
