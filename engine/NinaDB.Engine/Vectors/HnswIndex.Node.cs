using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace NinaDB.Engine.Vectors;

/// <summary>Committed nodes and vectors, and the view a session has of them.</summary>
internal sealed partial class HnswIndex
{
    private const int BlockShift = 10;
    private const int BlockLength = 1 << BlockShift;
    private const int BlockMask = BlockLength - 1;
    private const int CacheLine = 64;

    /// <summary>Committed nodes by id, in blocks so that growing never moves what readers are reading.</summary>
    private volatile Node?[][] _nodes = [];

    /// <summary>Vectors by id, end to end in blocks of <see cref="BlockLength"/>. Written by the writer before the node exists.</summary>
    private volatile float[][] _vectors = [];

    /// <summary>Where searches start: the committed state that is published as one.</summary>
    private volatile GraphState _state = new(-1, 0, 0, 0, 0);

    /// <summary>Ids below the high-water mark that no node uses. Only the writer looks at it, as at the two maps.</summary>
    private readonly List<int> _free = [];

    private readonly Dictionary<byte[], int> _locators = new(LocatorComparer.Instance);
    private readonly Dictionary<ulong, int> _hashes = [];

    /// <param name="Entry">Node on the highest layer; -1 when the graph is empty.</param>
    /// <param name="HighWater">Ids at and above it have never been used.</param>
    /// <param name="Nodes">Nodes, tombstones included.</param>
    /// <param name="Tombstones">Nodes whose rows are all deleted, kept for their links.</param>
    /// <param name="Rows">Rows in the index.</param>
    internal sealed record GraphState(int Entry, int HighWater, int Nodes, int Tombstones, int Rows);

    /// <summary>A vector of the graph: its links by layer, and the rows that have it. Immutable.</summary>
    internal sealed class Node(int id, int[][] links, LocatorSet locators)
    {
        /// <summary>Stands in an overlay for a node that is no more.</summary>
        public static readonly Node Removed = new(-1, [], default);

        public int Id => id;

        public int Level => links.Length - 1;

        public int[][] Links => links;

        /// <summary>Links on the lowest layer, where searches spend their time.</summary>
        public readonly int[] Lowest = links.Length > 0 ? links[0] : [];

        public LocatorSet Locators => locators;

        public bool IsTombstone => locators.Count == 0;

        public Node WithLocators(LocatorSet set) => new(id, links, set);

        public Node WithLinks(int level, int[] changed)
        {
            int[][] copy = [.. links];
            copy[level] = changed;
            return new Node(id, copy, locators);
        }
    }

    /// <summary>The rows of a node: nearly always one.</summary>
    internal readonly struct LocatorSet
    {
        private readonly byte[]? _single;
        private readonly ImmutableList<byte[]>? _several;

        public LocatorSet(byte[] single) => _single = single;

        private LocatorSet(ImmutableList<byte[]> several) => _several = several;

        public int Count => _single is not null ? 1 : _several?.Count ?? 0;

        public LocatorSet Add(byte[] locator) =>
            Count == 0 ? new LocatorSet(locator) : new LocatorSet((_several ?? [_single!]).Add(locator));

        public LocatorSet Remove(byte[] locator)
        {
            if (_several is null)
            {
                return _single is not null && _single.AsSpan().SequenceEqual(locator) ? default : this;
            }

            ImmutableList<byte[]> rest = _several.RemoveAll(l => l.AsSpan().SequenceEqual(locator));
            return rest.Count == 0 ? default : rest.Count == 1 ? new LocatorSet(rest[0]) : new LocatorSet(rest);
        }

        public IEnumerable<byte[]> All => _single is not null ? [_single] : _several ?? (IEnumerable<byte[]>)[];
    }

    internal sealed class LocatorComparer : IEqualityComparer<byte[]>
    {
        public static readonly LocatorComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] key)
        {
            var hash = new HashCode();
            hash.AddBytes(key);
            return hash.ToHashCode();
        }
    }

    /// <summary>What one session sees: committed nodes, with its own changes on top.</summary>
    internal readonly struct View(HnswIndex index, HnswTransaction? transaction)
    {
        private readonly GraphState _committed = index._state;

        public int Entry => transaction?.Entry ?? _committed.Entry;

        public int HighWater => transaction?.HighWater ?? _committed.HighWater;

        public int NodeCount => transaction?.NodeCount ?? _committed.Nodes;

        public int RowCount => transaction?.RowCount ?? _committed.Rows;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Node? Find(int id) => transaction is null ? index.Committed(id) : transaction.Find(id);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Node? Committed(int id)
    {
        Node?[][] nodes = _nodes;
        int block = id >> BlockShift;
        return block < nodes.Length ? nodes[block][id & BlockMask] : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<float> VectorOf(int id) => _vectors[id >> BlockShift].AsSpan((id & BlockMask) * Options.Dimensions, Options.Dimensions);

    /// <summary>Makes room for the vector of a new id. Only the writer grows anything.</summary>
    private void EnsureVector(int id)
    {
        float[][] vectors = _vectors;
        if (id >> BlockShift < vectors.Length)
        {
            return;
        }

        Array.Resize(ref vectors, vectors.Length + 1);
        vectors[^1] = GC.AllocateUninitializedArray<float>(BlockLength * Options.Dimensions, pinned: true);
        EnsureCodes(vectors.Length);
        _vectors = vectors;
    }

    private void SetCommitted(int id, Node? node)
    {
        Node?[][] nodes = _nodes;
        if (id >> BlockShift >= nodes.Length)
        {
            int old = nodes.Length;
            Array.Resize(ref nodes, (id >> BlockShift) + 1);
            for (int i = old; i < nodes.Length; i++)
            {
                nodes[i] = new Node?[BlockLength];
            }

            _nodes = nodes;
        }

        Volatile.Write(ref nodes[id >> BlockShift][id & BlockMask], node);
    }
}
