using NinaDB.Engine.Vectors;

namespace NinaDB.Engine.Storage;

/// <summary>Ordered in-memory trees of one session, for temp tables and table variables. Everything is gone with the session.</summary>
internal sealed class MemoryStore : IKeyValueStore
{
    private readonly Dictionary<int, Slot> _trees = [];
    private int _lastTree = SystemTrees.FirstUser - 1;

    public MemoryStore() => VectorIndexes = new VectorIndexRegistry(this);

    public string? Folder => null;

    public FileStreamStore? FileStreams => null;

    public VectorIndexRegistry VectorIndexes { get; }

    /// <summary>The store's connection. All of them share one state, so a session has one.</summary>
    public MemoryStoreConnection Connect() => new(this);

    public IStoreConnection OpenConnection() => Connect();

    public void Dispose() => _trees.Clear();

    internal int NewTree(bool isVariable)
    {
        int id = ++_lastTree;
        _trees.Add(id, new Slot(isVariable));
        return id;
    }

    internal Slot Find(int tree)
    {
        if (_trees.TryGetValue(tree, out Slot? slot))
        {
            return slot;
        }

        if (tree >= SystemTrees.FirstUser)
        {
            throw new InvalidOperationException($"There is no tree {tree}.");
        }

        return _trees[tree] = new Slot(isVariable: false);
    }

    internal Slot? Remove(int tree) => _trees.Remove(tree, out Slot? slot) ? slot : null;

    internal void Restore(int tree, Slot slot) => _trees[tree] = slot;

    /// <summary>A tree and what belongs to it.</summary>
    internal sealed class Slot(bool isVariable)
    {
        public MemoryTree Tree = new();

        /// <summary>Highest number handed out by AllocateNumber; -1 = not known yet.</summary>
        public long LastNumber = -1;

        /// <summary>How it grows.</summary>
        public TreeSize Size => field ??= new SlotSize(this);

        /// <summary>Belongs to a table variable: only failed statements undo changes.</summary>
        public bool IsVariable => isVariable;
    }
    private sealed class SlotSize(Slot slot) : TreeSize
    {
        public override long Entries => slot.Tree.Count;
    }
}
