using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Vectors;

/// <summary>One session's uncommitted changes to a graph.</summary>
internal sealed class HnswTransaction : ITransactionParticipant
{
    private const int BlockShift = 10;

    private readonly HnswIndex _index;
    private readonly HnswIndex.GraphState _start;

    /// <summary>Changed nodes by id, in blocks; <see cref="HnswIndex.Node.Removed"/> for removed ones.</summary>
    private HnswIndex.Node?[]?[] _nodes = [];

    private readonly HashSet<int> _changed = [];
    private readonly HashSet<int> _added = [];

    /// <summary>Ids of rows that came (or went: -1).</summary>
    private readonly Dictionary<byte[], int> _locators = new(HnswIndex.LocatorComparer.Instance);

    private readonly Dictionary<ulong, int> _hashes = [];

    /// <summary>How to take changes back to a savepoint, in order.</summary>
    private readonly List<Action> _undo = [];

    private readonly List<(int Token, int Length)> _marks = [];
    private int _freeTaken;

    public HnswTransaction(HnswIndex index, IStoreConnection connection)
    {
        _index = index;
        _start = index.State;
        Connection = connection;
        Entry = _start.Entry;
        HighWater = _start.HighWater;
        NodeCount = _start.Nodes;
        Tombstones = _start.Tombstones;
        RowCount = _start.Rows;
    }

    public IStoreConnection Connection { get; }

    public int Entry { get; set; }

    public int HighWater { get; private set; }

    public int NodeCount { get; private set; }

    public int Tombstones { get; private set; }

    public int RowCount { get; private set; }

    public HnswIndex.Node? Find(int id)
    {
        int block = id >> BlockShift;
        if (block < _nodes.Length && _nodes[block]?[id & ((1 << BlockShift) - 1)] is { } node)
        {
            return ReferenceEquals(node, HnswIndex.Node.Removed) ? null : node;
        }

        return _index.Committed(id);
    }

    /// <summary>The node with this vector hash, or -1.</summary>
    public int FindVector(ulong hash)
    {
        int id = _hashes.TryGetValue(hash, out int own) ? own : _index.FindCommittedVector(hash);
        return id >= 0 && Find(id) is not null ? id : -1;
    }

    /// <summary>An id for a new node, its vector's place made ready.</summary>
    public int Allocate(ulong hash)
    {
        int id = _index.FreeId(_freeTaken);
        if (id >= 0)
        {
            _freeTaken++;
        }
        else
        {
            id = HighWater++;
        }

        _index.PrepareVector(id);
        SetHash(hash, id);
        return id;
    }

    public void Add(HnswIndex.Node node)
    {
        Put(node.Id, node);
        if (_added.Add(node.Id))
        {
            Note(() => _added.Remove(node.Id));
        }

        NodeCount++;
        foreach (byte[] locator in node.Locators.All)
        {
            SetLocator(locator, node.Id);
            RowCount++;
        }
    }

    public void Set(HnswIndex.Node node) => Put(node.Id, node);

    /// <summary>Gives a node one more row.</summary>
    public void AddLocator(int id, byte[] locator)
    {
        HnswIndex.Node node = Find(id)!;
        if (node.IsTombstone)
        {
            Tombstones--;
        }

        Put(id, node.WithLocators(node.Locators.Add(locator)));
        SetLocator(locator, id);
        RowCount++;
    }

    /// <summary>Takes a row out of its node; false when it is in none.</summary>
    public bool RemoveLocator(byte[] locator)
    {
        int id = _locators.TryGetValue(locator, out int own) ? own : _index.FindCommittedLocator(locator);
        if (id < 0)
        {
            return false;
        }

        HnswIndex.Node node = Find(id)!;
        HnswIndex.Node without = node.WithLocators(node.Locators.Remove(locator));
        Put(id, without);
        SetLocator(locator, -1);
        RowCount--;
        if (without.IsTombstone)
        {
            Tombstones++;
        }

        return true;
    }

    /// <summary>Takes a tombstone out of the graph. Its id is used again only after the commit.</summary>
    public void Remove(int id, ulong hash)
    {
        Put(id, HnswIndex.Node.Removed);
        if (FindHash(hash) == id)
        {
            SetHash(hash, -1);
        }

        NodeCount--;
        Tombstones--;
    }

    private int FindHash(ulong hash) => _hashes.TryGetValue(hash, out int own) ? own : _index.FindCommittedVector(hash);

    private void Put(int id, HnswIndex.Node node)
    {
        int block = id >> BlockShift;
        if (block >= _nodes.Length)
        {
            Array.Resize(ref _nodes, Math.Max(block + 1, _nodes.Length * 2));
        }

        HnswIndex.Node?[] nodes = _nodes[block] ??= new HnswIndex.Node?[1 << BlockShift];
        int index = id & ((1 << BlockShift) - 1);
        if (_marks.Count > 0)
        {
            HnswIndex.Node? before = nodes[index];
            _undo.Add(() => nodes[index] = before);
        }

        nodes[index] = node;
        _changed.Add(id);
    }

    private void SetLocator(byte[] locator, int id)
    {
        bool had = _locators.TryGetValue(locator, out int before);
        _locators[locator] = id;
        Note(() => Restore(_locators, locator, had, before));
    }

    private void SetHash(ulong hash, int id)
    {
        bool had = _hashes.TryGetValue(hash, out int before);
        _hashes[hash] = id;
        Note(() => Restore(_hashes, hash, had, before));
    }

    private static void Restore<TKey>(Dictionary<TKey, int> map, TKey key, bool had, int before) where TKey : notnull
    {
        if (had)
        {
            map[key] = before;
        }
        else
        {
            map.Remove(key);
        }
    }

    private void Note(Action undo)
    {
        if (_marks.Count > 0)
        {
            _undo.Add(undo);
        }
    }

    public void Savepoint(int token)
    {
        _marks.RemoveAll(m => m.Token >= token);
        if (_marks.Count == 0)
        {
            _undo.Clear();
        }

        _marks.Add((token, _undo.Count));
        (int entry, int highWater, int nodes, int tombstones, int rows, int free) = (Entry, HighWater, NodeCount, Tombstones, RowCount, _freeTaken);
        _undo.Add(() => (Entry, HighWater, NodeCount, Tombstones, RowCount, _freeTaken) = (entry, highWater, nodes, tombstones, rows, free));
    }

    public void RollbackTo(int token)
    {
        int length = _marks.First(m => m.Token == token).Length;
        _marks.RemoveAll(m => m.Token > token);

        // The entry that the savepoint itself left restores the counters and stays for the next time.
        for (int i = _undo.Count - 1; i >= length; i--)
        {
            _undo[i]();
        }

        _undo.RemoveRange(length + 1, _undo.Count - length - 1);
    }

    public void Committing()
    {
        if (_index.IsCurrentFor(Connection))
        {
            _index.Save(this, Connection, _changed, _added, _locators);
        }
    }

    public void Committed(long version)
    {
        if (_index.IsCurrentFor(Connection))
        {
            _index.Apply(this, _changed, _locators, _hashes, _freeTaken);
        }

        _index.EndTransaction(this);
    }

    public void RolledBack() => _index.EndTransaction(this);

    /// <summary>The overlay's node, <see cref="HnswIndex.Node.Removed"/>, or null where a savepoint took the change back.</summary>
    internal HnswIndex.Node? Own(int id) => _nodes[id >> BlockShift]?[id & ((1 << BlockShift) - 1)];

    internal HnswIndex.GraphState State => new(Entry, HighWater, NodeCount, Tombstones, RowCount);
}
