namespace NinaDB.Engine.Storage;

/// <summary>How a tree grows, for whoever has drawn conclusions from its size: costs a read of memory to look at.</summary>
internal abstract class TreeSize
{
    private int _generation;

    /// <summary>Number of entries, uncommitted changes included, from an arbitrary start: only differences mean something.</summary>
    public abstract long Entries { get; }

    /// <summary>Changes when what was concluded is to be forgotten in any case.</summary>
    public int Generation => Volatile.Read(ref _generation);

    public void Renew() => Interlocked.Increment(ref _generation);
}

/// <summary>The size of a tree of the durable store. Changed by its one writer.</summary>
internal sealed class CountedTreeSize : TreeSize
{
    private long _entries;

    public override long Entries => Volatile.Read(ref _entries);

    public void Add(long change) => Volatile.Write(ref _entries, _entries + change);
}
