using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Vectors;

/// <summary>
/// The vector indexes of a store that are in memory, loaded when first used. A tree that is truncated or dropped gets a fresh index that only the session
/// concerned sees until it commits.
/// </summary>
internal sealed class VectorIndexRegistry(IKeyValueStore store)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, HnswIndex> _indexes = [];
    private readonly Dictionary<IStoreConnection, Replacements> _replacements = [];

    /// <summary>The index as this connection's session is to use it.</summary>
    public HnswIndex Get(IStoreConnection connection, IndexDefinition definition, int dimensions)
    {
        if (store.Folder is null)
        {
            throw SqlErrors.NotSupported("VECTOR INDEX on a temporary table");
        }

        int tree = definition.TreeId;
        lock (_lock)
        {
            if (_replacements.TryGetValue(connection, out Replacements? own) && own.Contains(tree))
            {
                return own.Find(tree) ?? own.Set(tree, new HnswIndex(this, tree, HnswOptions.From(definition, dimensions)));
            }

            if (!_indexes.TryGetValue(tree, out HnswIndex? index))
            {
                index = new HnswIndex(this, tree, HnswOptions.From(definition, dimensions));
                index.Load(connection);
                _indexes.Add(tree, index);
            }

            return index;
        }
    }

    /// <summary>The tree was cleared or dropped in the connection's transaction.</summary>
    public void TreeChanged(int tree, IStoreConnection connection)
    {
        Replacements? own;
        lock (_lock)
        {
            bool known = _replacements.TryGetValue(connection, out own);
            if (!_indexes.ContainsKey(tree) && !(known && own!.Contains(tree)))
            {
                return;
            }

            if (!known)
            {
                own = new Replacements(this, connection);
                _replacements.Add(connection, own);
            }
        }

        connection.Enlist(own!);
        lock (_lock)
        {
            own!.Replace(tree);
        }
    }

    internal bool IsCurrent(HnswIndex index, IStoreConnection connection)
    {
        lock (_lock)
        {
            return _replacements.TryGetValue(connection, out Replacements? own) && own.Contains(index.Tree)
                ? ReferenceEquals(own.Find(index.Tree), index)
                : _indexes.TryGetValue(index.Tree, out HnswIndex? current) && ReferenceEquals(current, index);
        }
    }

    /// <summary>Trees that one session has emptied, in order, with the index that takes over once something is inserted again.</summary>
    private sealed class Replacements(VectorIndexRegistry owner, IStoreConnection connection) : ITransactionParticipant
    {
        private readonly List<(int Tree, HnswIndex? Index)> _changes = [];
        private readonly List<(int Token, int Length)> _marks = [];

        public bool Contains(int tree) => _changes.Exists(c => c.Tree == tree);

        public HnswIndex? Find(int tree) => _changes.FindLast(c => c.Tree == tree).Index;

        public void Replace(int tree) => _changes.Add((tree, null));

        public HnswIndex Set(int tree, HnswIndex index)
        {
            int last = _changes.FindLastIndex(c => c.Tree == tree);
            _changes[last] = (tree, index);
            return index;
        }

        public void Savepoint(int token)
        {
            _marks.RemoveAll(m => m.Token >= token);
            _marks.Add((token, _changes.Count));
        }

        public void RollbackTo(int token)
        {
            lock (owner._lock)
            {
                int length = _marks.First(m => m.Token == token).Length;
                _marks.RemoveAll(m => m.Token > token);
                _changes.RemoveRange(length, _changes.Count - length);
            }
        }

        public void Committing()
        {
        }

        public void Committed(long version)
        {
            lock (owner._lock)
            {
                foreach ((int tree, HnswIndex? index) in _changes)
                {
                    if (index is null)
                    {
                        owner._indexes.Remove(tree);
                    }
                    else
                    {
                        owner._indexes[tree] = index;
                    }
                }

                owner._replacements.Remove(connection);
            }
        }

        public void RolledBack()
        {
            lock (owner._lock)
            {
                owner._replacements.Remove(connection);
            }
        }
    }
}
