using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Vectors;

/// <summary>
/// The graph in its storage tree, written with the commit: one header, and by node its links, its vector and the locators of its rows, each under its own key. Opening
/// the index is reading them in order.
/// </summary>
internal sealed partial class HnswIndex
{
    private const byte HeaderKey = (byte)'h', LocatorKey = (byte)'l', NodeKey = (byte)'n', VectorKey = (byte)'v';

    internal GraphState State => _state;

    internal int FindCommittedVector(ulong hash) => _hashes.TryGetValue(hash, out int id) ? id : -1;

    internal int FindCommittedLocator(byte[] locator) => _locators.TryGetValue(locator, out int id) ? id : -1;

    /// <summary>The n-th free id, or -1.</summary>
    internal int FreeId(int n) => n < _free.Count ? _free[n] : -1;

    internal void PrepareVector(int id) => EnsureVector(id);

    /// <summary>Whether the tree is still this index's in the connection's transaction (it may have been truncated or dropped).</summary>
    internal bool IsCurrentFor(IStoreConnection connection) => _registry.IsCurrent(this, connection);

    internal void EndTransaction(HnswTransaction transaction)
    {
        if (ReferenceEquals(_transaction, transaction))
        {
            _transaction = null;
        }
    }

    /// <summary>Writes the changes of a transaction into the tree.</summary>
    internal void Save(HnswTransaction transaction, IStoreConnection connection, HashSet<int> changed, HashSet<int> added, Dictionary<byte[], int> locators)
    {
        var value = new ByteWriter(512);
        Span<byte> key = stackalloc byte[5];
        foreach (int id in changed.Order())
        {
            Node? node = transaction.Own(id);
            if (node is null)
            {
                continue;
            }

            BinaryPrimitives.WriteInt32BigEndian(key[1..], id);
            if (ReferenceEquals(node, Node.Removed))
            {
                key[0] = NodeKey;
                connection.Delete(Tree, key);
                key[0] = VectorKey;
                connection.Delete(Tree, key);
                continue;
            }

            if (added.Contains(id))
            {
                key[0] = VectorKey;
                connection.Put(Tree, key, MemoryMarshal.AsBytes(VectorOf(id)));
            }

            key[0] = NodeKey;
            value.Clear();
            WriteLinks(ref value, node);
            connection.Put(Tree, key, value.Written);
        }

        Span<byte> idBytes = stackalloc byte[4];
        foreach ((byte[] locator, int id) in locators)
        {
            byte[] locatorKey = [LocatorKey, .. locator];
            if (id < 0)
            {
                connection.Delete(Tree, locatorKey);
            }
            else
            {
                BinaryPrimitives.WriteInt32BigEndian(idBytes, id);
                connection.Put(Tree, locatorKey, idBytes);
            }
        }

        value.Clear();
        value.WriteByte(1);
        value.WriteVarint((ulong)Options.Dimensions);
        value.WriteByte((byte)Options.Metric);
        value.WriteVarint((ulong)(transaction.Entry + 1));
        value.WriteVarint((ulong)transaction.HighWater);
        connection.Put(Tree, [HeaderKey], value.Written);
    }

    /// <summary>Makes a committed transaction's changes everybody's: new nodes before the links to them.</summary>
    internal void Apply(HnswTransaction transaction, HashSet<int> changed, Dictionary<byte[], int> locators, Dictionary<ulong, int> hashes, int freeTaken)
    {
        var known = new List<int>();
        foreach (int id in changed)
        {
            Node? node = transaction.Own(id);
            if (node is null)
            {
                continue;
            }

            if (Committed(id) is null)
            {
                SetCommitted(id, ReferenceEquals(node, Node.Removed) ? null : node);
            }
            else
            {
                known.Add(id);
            }
        }

        _free.RemoveRange(0, freeTaken);
        foreach (int id in known)
        {
            Node node = transaction.Own(id)!;
            bool removed = ReferenceEquals(node, Node.Removed);
            SetCommitted(id, removed ? null : node);
            if (removed)
            {
                _free.Add(id);
            }
        }

        foreach ((byte[] locator, int id) in locators)
        {
            Change(_locators, locator, id);
        }

        foreach ((ulong hash, int id) in hashes)
        {
            Change(_hashes, hash, id);
        }

        _state = transaction.State;
    }

    private static void Change<TKey>(Dictionary<TKey, int> map, TKey key, int id) where TKey : notnull
    {
        if (id < 0)
        {
            map.Remove(key);
        }
        else
        {
            map[key] = id;
        }
    }

    /// <summary>Reads the graph as the connection sees it. Called once, before anybody else has the index.</summary>
    internal void Load(IStoreConnection connection)
    {
        if (!connection.TryGet(Tree, [HeaderKey], out byte[] header))
        {
            return;
        }

        int position = 1;
        int dimensions = (int)RowCodec.ReadVarint(header, ref position);
        if (dimensions != Options.Dimensions || (VectorMetric)header[position++] != Options.Metric)
        {
            throw SqlErrors.Create(824, "a vector index does not fit its definition", connection.Store.Folder ?? "");
        }

        int entry = (int)RowCodec.ReadVarint(header, ref position) - 1;
        int highWater = (int)RowCodec.ReadVarint(header, ref position);
        var locators = new LocatorSet[highWater];
        foreach ((byte[] key, int id) in ReadLocators(connection))
        {
            locators[id] = locators[id].Add(key);
            _locators.Add(key, id);
        }

        (int nodes, int tombstones) = LoadNodes(connection, locators);
        LoadVectors(connection);
        for (int id = 0; id < highWater; id++)
        {
            if (Committed(id) is null)
            {
                _free.Add(id);
            }
        }

        _state = new GraphState(entry, highWater, nodes, tombstones, _locators.Count);
    }

    private List<(byte[] Locator, int Id)> ReadLocators(IStoreConnection connection)
    {
        var result = new List<(byte[], int)>();
        using IStoreCursor cursor = Section(connection, LocatorKey);
        while (cursor.MoveNext())
        {
            result.Add((cursor.Key[1..].ToArray(), BinaryPrimitives.ReadInt32BigEndian(cursor.Value)));
        }

        return result;
    }

    private (int Nodes, int Tombstones) LoadNodes(IStoreConnection connection, LocatorSet[] locators)
    {
        int nodes = 0;
        int tombstones = 0;
        using IStoreCursor cursor = Section(connection, NodeKey);
        while (cursor.MoveNext())
        {
            int id = BinaryPrimitives.ReadInt32BigEndian(cursor.Key[1..]);
            var node = new Node(id, ReadLinks(cursor.Value), locators[id]);
            SetCommitted(id, node);
            nodes++;
            tombstones += node.IsTombstone ? 1 : 0;
        }

        return (nodes, tombstones);
    }

    private void LoadVectors(IStoreConnection connection)
    {
        using IStoreCursor cursor = Section(connection, VectorKey);
        while (cursor.MoveNext())
        {
            int id = BinaryPrimitives.ReadInt32BigEndian(cursor.Key[1..]);
            while (id >> BlockShift >= _vectors.Length)
            {
                EnsureVector(_vectors.Length << BlockShift);
            }

            Span<float> vector = VectorOf(id);
            cursor.Value.CopyTo(MemoryMarshal.AsBytes(vector));
            EncodeVector(id);
            _hashes[VectorMath.Hash(vector)] = id;
        }
    }

    private IStoreCursor Section(IStoreConnection connection, byte prefix) => connection.Scan(Tree, new KeyRange([prefix], true, [(byte)(prefix + 1)], false));

    private static void WriteLinks(ref ByteWriter writer, Node node)
    {
        writer.WriteByte((byte)node.Links.Length);
        foreach (int[] layer in node.Links)
        {
            writer.WriteVarint((ulong)layer.Length);
            foreach (int id in layer)
            {
                writer.WriteVarint((ulong)id);
            }
        }
    }

    private static int[][] ReadLinks(ReadOnlySpan<byte> bytes)
    {
        int position = 1;
        var links = new int[bytes[0]][];
        for (int layer = 0; layer < links.Length; layer++)
        {
            var ids = new int[(int)RowCodec.ReadVarint(bytes, ref position)];
            for (int i = 0; i < ids.Length; i++)
            {
                ids[i] = (int)RowCodec.ReadVarint(bytes, ref position);
            }

            links[layer] = ids;
        }

        return links;
    }
}
