using System.Buffers.Binary;

namespace NinaDB.Engine.Storage;

/// <summary>
/// The connection to a <see cref="MemoryStore"/>. Beyond the interface: trees of table variables, which transactions and user savepoints leave alone, and statement
/// savepoints, which undo everything. Changes can be made, and savepoints set, outside a write transaction as well.
/// </summary>
internal sealed class MemoryStoreConnection(MemoryStore store) : IStoreConnection
{
    /// <summary>What has to be done, from the end, to undo the transaction or the outermost savepoint.</summary>
    private readonly List<Undo> _log = [];

    /// <summary>Length of the log at each savepoint.</summary>
    private readonly List<int> _marks = [];

    private readonly List<ITransactionParticipant> _participants = [];
    private long _commits;

    /// <summary>How to take one change back.</summary>
    /// <param name="Key">The key that changed; null for a change of a whole tree.</param>
    /// <param name="Value">The value it had; null when it was absent.</param>
    /// <param name="Contents">The former contents of a tree that was cleared or dropped; null for one that was created.</param>
    private readonly record struct Undo(int TreeId, MemoryStore.Slot Slot, byte[]? Key, byte[]? Value, MemoryTree? Contents);

    public IKeyValueStore Store => store;

    public bool InWriteTransaction { get; private set; }

    private bool IsLogging => InWriteTransaction || _marks.Count > 0;

    public void BeginStatement()
    {
    }

    public void EndStatement()
    {
    }

    public void Enlist(ITransactionParticipant participant)
    {
        if (!_participants.Contains(participant))
        {
            _participants.Add(participant);
            for (int token = 1; token <= _marks.Count; token++)
            {
                participant.Savepoint(token);
            }
        }
    }

    public void BeginWrite(int lockTimeoutMilliseconds, CancellationToken cancellation) => InWriteTransaction = true;

    public void Flush()
    {
    }

    public void Commit(bool isDurable = true)
    {
        foreach (ITransactionParticipant participant in _participants)
        {
            participant.Committing();
        }

        Finish();
        _commits++;
        foreach (ITransactionParticipant participant in _participants)
        {
            participant.Committed(_commits);
        }

        _participants.Clear();
    }

    public void Rollback()
    {
        UndoFrom(0, alsoVariables: false);
        Finish();
        foreach (ITransactionParticipant participant in _participants)
        {
            participant.RolledBack();
        }

        _participants.Clear();
    }

    private void Finish()
    {
        _log.Clear();
        _marks.Clear();
        InWriteTransaction = false;
    }

    public int Savepoint()
    {
        _marks.Add(_log.Count);
        foreach (ITransactionParticipant participant in _participants)
        {
            participant.Savepoint(_marks.Count);
        }

        return _marks.Count;
    }

    /// <summary>As ROLLBACK TRANSACTION savepoint does: table variables keep their rows.</summary>
    public void RollbackTo(int savepoint) => RollbackTo(savepoint, alsoVariables: false);

    /// <summary>Undoes everything since the savepoint, in table variables too (a failed statement).</summary>
    public void RollbackStatement(int savepoint) => RollbackTo(savepoint, alsoVariables: true);

    private void RollbackTo(int savepoint, bool alsoVariables)
    {
        UndoFrom(_marks[savepoint - 1], alsoVariables);
        _marks.RemoveRange(savepoint, _marks.Count - savepoint);
        foreach (ITransactionParticipant participant in _participants)
        {
            participant.RollbackTo(savepoint);
        }
    }

    public void Release(int savepoint)
    {
        _marks.RemoveRange(savepoint - 1, _marks.Count - savepoint + 1);
        if (!IsLogging)
        {
            _log.Clear();
        }
    }

    private void UndoFrom(int mark, bool alsoVariables)
    {
        var kept = new List<Undo>();
        for (int i = _log.Count - 1; i >= mark; i--)
        {
            Undo undo = _log[i];
            if (undo.Slot.IsVariable && !alsoVariables)
            {
                kept.Add(undo);
            }
            else if (undo.Key is null)
            {
                UndoTree(undo);
            }
            else if (undo.Value is null)
            {
                undo.Slot.Tree.Remove(undo.Key);
            }
            else
            {
                undo.Slot.Tree.Set(undo.Key, undo.Value);
            }
        }

        _log.RemoveRange(mark, _log.Count - mark);
        kept.Reverse();
        _log.AddRange(kept);
    }

    private void UndoTree(Undo undo)
    {
        if (undo.Contents is null)
        {
            store.Remove(undo.TreeId);
        }
        else
        {
            undo.Slot.Tree = undo.Contents;
            store.Restore(undo.TreeId, undo.Slot);
        }
    }

    public int CreateTree() => CreateTree(isVariable: false);

    /// <summary>A tree that keeps its changes over ROLLBACK and ROLLBACK TRANSACTION savepoint; only <see cref="RollbackStatement"/> undoes them.</summary>
    public int CreateVariableTree() => CreateTree(isVariable: true);

    private int CreateTree(bool isVariable)
    {
        int tree = store.NewTree(isVariable);
        Log(tree, store.Find(tree), null, null, null);
        return tree;
    }

    public void DropTree(int tree)
    {
        if (store.Remove(tree) is { } slot)
        {
            Log(tree, slot, null, null, slot.Tree);
        }
    }

    public void ClearTree(int tree)
    {
        MemoryStore.Slot slot = store.Find(tree);
        Log(tree, slot, null, null, slot.Tree);
        slot.Tree = new MemoryTree();
    }

    public bool TryGet(int tree, ReadOnlySpan<byte> key, out byte[] value)
    {
        byte[]? found = store.Find(tree).Tree.Find(key);
        value = found ?? [];
        return found is not null;
    }

    public bool TryInsert(int tree, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        MemoryStore.Slot slot = store.Find(tree);
        if (slot.Tree.Find(key) is not null)
        {
            return false;
        }

        byte[] ownKey = key.ToArray();
        slot.Tree.Set(ownKey, value.ToArray());
        Log(tree, slot, ownKey, null, null);
        return true;
    }

    public void Put(int tree, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        MemoryStore.Slot slot = store.Find(tree);
        byte[] ownKey = key.ToArray();
        byte[]? old = slot.Tree.Set(ownKey, value.ToArray());
        Log(tree, slot, ownKey, old, null);
    }

    public bool TryUpdate(int tree, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (store.Find(tree).Tree.Find(key) is null)
        {
            return false;
        }

        Put(tree, key, value);
        return true;
    }

    public bool Delete(int tree, ReadOnlySpan<byte> key)
    {
        MemoryStore.Slot slot = store.Find(tree);
        byte[]? old = slot.Tree.Remove(key);
        if (old is null)
        {
            return false;
        }

        Log(tree, slot, IsLogging ? key.ToArray() : null, old, null);
        return true;
    }

    public long DeleteRange(int tree, KeyRange range)
    {
        long count = 0;
        using var cursor = new Cursor(store.Find(tree), range, backward: false);
        while (cursor.MoveNext())
        {
            Delete(tree, cursor.Key);
            count++;
        }

        return count;
    }

    private void Log(int treeId, MemoryStore.Slot slot, byte[]? key, byte[]? value, MemoryTree? contents)
    {
        if (IsLogging)
        {
            _log.Add(new Undo(treeId, slot, key, value, contents));
        }
    }

    public IStoreCursor Scan(int tree, KeyRange range, bool backward = false) => new Cursor(store.Find(tree), range, backward);

    public long EstimateCount(int tree) => store.Find(tree).Tree.Count;

    public TreeSize? SizeOf(int tree) => store.Find(tree).Size;

    public long AllocateNumber(int tree)
    {
        MemoryStore.Slot slot = store.Find(tree);
        if (slot.LastNumber < 0)
        {
            (MemoryTree.Leaf? leaf, int index) = slot.Tree.LastFrom(null, true);
            slot.LastNumber = leaf is not null && leaf.Keys[index].Length >= 8 ? BinaryPrimitives.ReadInt64BigEndian(leaf.Keys[index]) : 0;
        }

        return ++slot.LastNumber;
    }

    public void Dispose()
    {
        if (InWriteTransaction)
        {
            Rollback();
        }
    }

    /// <summary>A scan that survives changes of the tree under it: it goes on behind the key it stands on.</summary>
    private sealed class Cursor(MemoryStore.Slot slot, KeyRange range, bool backward) : IStoreCursor
    {
        private MemoryTree? _tree;
        private MemoryTree.Leaf? _leaf;
        private int _index, _version;
        private byte[]? _key;
        private byte[] _value = [];
        private bool _atEnd;

        public ReadOnlySpan<byte> Key => _key;

        public ReadOnlySpan<byte> Value => _value;

        public bool MoveNext()
        {
            if (_atEnd)
            {
                return false;
            }

            if (_key is null)
            {
                Seek(backward ? range.Upper : range.Lower, backward ? range.UpperInclusive : range.LowerInclusive);
            }
            else if (!ReferenceEquals(_tree, slot.Tree) || _version != slot.Tree.Version)
            {
                Seek(_key, inclusive: false);
            }
            else
            {
                (_leaf, _index) = backward ? MemoryTree.Backward(_leaf, _index - 1) : MemoryTree.Forward(_leaf, _index + 1);
            }

            if (_leaf is null || IsBeyond(_leaf.Keys[_index]))
            {
                _atEnd = true;
                return false;
            }

            _key = _leaf.Keys[_index];
            _value = _leaf.Values[_index];
            return true;
        }

        private void Seek(byte[]? bound, bool inclusive)
        {
            _tree = slot.Tree;
            _version = _tree.Version;
            (_leaf, _index) = backward ? _tree.LastFrom(bound, inclusive) : _tree.FirstFrom(bound, inclusive);
        }

        private bool IsBeyond(byte[] key)
        {
            byte[]? bound = backward ? range.Lower : range.Upper;
            if (bound is null)
            {
                return false;
            }

            int order = key.AsSpan().SequenceCompareTo(bound);
            bool inclusive = backward ? range.LowerInclusive : range.UpperInclusive;
            return backward ? order < 0 || (order == 0 && !inclusive) : order > 0 || (order == 0 && !inclusive);
        }

        public void Dispose() => _atEnd = true;
    }
}
