namespace NinaDB.Engine.Storage;

/// <summary>A B+-tree of byte strings in memory. Leaves form a list in both directions; emptied leaves are unlinked, others are not merged.</summary>
internal sealed class MemoryTree
{
    private const int Capacity = 64;

    private Node _root;

    public MemoryTree()
    {
        _root = new Leaf();
    }

    /// <summary>Number of entries.</summary>
    public long Count { get; private set; }

    /// <summary>Changes with every insertion or removal of a key: cursors then find their place again.</summary>
    public int Version { get; private set; }

    internal abstract class Node
    {
        public int Count;
    }

    /// <summary>Child i holds keys at or above Separators[i - 1] and below Separators[i].</summary>
    private sealed class Branch : Node
    {
        public readonly byte[][] Separators = new byte[Capacity][];
        public readonly Node[] Children = new Node[Capacity + 1];
    }

    internal sealed class Leaf : Node
    {
        public readonly byte[][] Keys = new byte[Capacity][];
        public readonly byte[][] Values = new byte[Capacity][];
        public Leaf? Next, Previous;
    }

    /// <summary>The value of a key, or null.</summary>
    public byte[]? Find(ReadOnlySpan<byte> key)
    {
        Leaf leaf = LeafOf(key);
        int index = Search(leaf.Keys, leaf.Count, key);
        return index < 0 ? null : leaf.Values[index];
    }

    /// <summary>Sets a key's value and returns the one it had, or null when the key is new.</summary>
    public byte[]? Set(byte[] key, byte[] value)
    {
        Leaf leaf = LeafOf(key);
        int index = Search(leaf.Keys, leaf.Count, key);
        if (index >= 0)
        {
            byte[] old = leaf.Values[index];
            leaf.Values[index] = value;
            return old;
        }

        Version++;
        Count++;
        if (leaf.Count < Capacity)
        {
            InsertAt(leaf, ~index, key, value);
        }
        else if (Insert(_root, key, value) is var (separator, right) && right is not null)
        {
            var root = new Branch { Count = 2 };
            root.Separators[0] = separator!;
            root.Children[0] = _root;
            root.Children[1] = right;
            _root = root;
        }

        return null;
    }

    /// <summary>Removes a key and returns its value, or null when it is absent.</summary>
    public byte[]? Remove(ReadOnlySpan<byte> key)
    {
        Leaf leaf = LeafOf(key);
        int index = Search(leaf.Keys, leaf.Count, key);
        if (index < 0)
        {
            return null;
        }

        Version++;
        Count--;
        byte[] old = leaf.Values[index];
        byte[] removed = leaf.Keys[index];
        leaf.Count--;
        Array.Copy(leaf.Keys, index + 1, leaf.Keys, index, leaf.Count - index);
        Array.Copy(leaf.Values, index + 1, leaf.Values, index, leaf.Count - index);
        leaf.Keys[leaf.Count] = null!;
        leaf.Values[leaf.Count] = null!;
        if (leaf.Count == 0 && _root is Branch)
        {
            Unlink(_root, removed);
            while (_root is Branch { Count: 1 } single)
            {
                _root = single.Children[0];
            }

            if (_root is Branch { Count: 0 })
            {
                _root = new Leaf();
            }
        }

        return old;
    }

    public void Clear()
    {
        _root = new Leaf();
        Count = 0;
        Version++;
    }

    /// <summary>Position of the first key at or above (or, exclusively, above) a bound; a null bound is the start.</summary>
    public (Leaf? Leaf, int Index) FirstFrom(byte[]? bound, bool inclusive)
    {
        Leaf leaf = bound is null ? FirstLeaf() : LeafOf(bound);
        int index = 0;
        if (bound is not null)
        {
            index = Search(leaf.Keys, leaf.Count, bound);
            index = index < 0 ? ~index : inclusive ? index : index + 1;
        }

        return Forward(leaf, index);
    }

    /// <summary>Position of the last key at or below (or, exclusively, below) a bound; a null bound is the end.</summary>
    public (Leaf? Leaf, int Index) LastFrom(byte[]? bound, bool inclusive)
    {
        Leaf leaf = bound is null ? LastLeaf() : LeafOf(bound);
        int index = leaf.Count - 1;
        if (bound is not null)
        {
            index = Search(leaf.Keys, leaf.Count, bound);
            index = index < 0 ? ~index - 1 : inclusive ? index : index - 1;
        }

        return Backward(leaf, index);
    }

    /// <summary>The position, or the first entry behind it when the leaf ends there.</summary>
    public static (Leaf? Leaf, int Index) Forward(Leaf? leaf, int index)
    {
        while (leaf is not null && index >= leaf.Count)
        {
            leaf = leaf.Next;
            index = 0;
        }

        return (leaf, index);
    }

    public static (Leaf? Leaf, int Index) Backward(Leaf? leaf, int index)
    {
        while (leaf is not null && index < 0)
        {
            leaf = leaf.Previous;
            index = (leaf?.Count ?? 0) - 1;
        }

        return (leaf, index);
    }

    private Leaf LeafOf(ReadOnlySpan<byte> key)
    {
        Node node = _root;
        while (node is Branch branch)
        {
            node = branch.Children[ChildIndex(branch, key)];
        }

        return (Leaf)node;
    }

    private Leaf FirstLeaf()
    {
        Node node = _root;
        while (node is Branch branch)
        {
            node = branch.Children[0];
        }

        return (Leaf)node;
    }

    private Leaf LastLeaf()
    {
        Node node = _root;
        while (node is Branch branch)
        {
            node = branch.Children[branch.Count - 1];
        }

        return (Leaf)node;
    }

    private static int ChildIndex(Branch branch, ReadOnlySpan<byte> key)
    {
        int index = Search(branch.Separators, branch.Count - 1, key);
        return index < 0 ? ~index : index + 1;
    }

    private static int Search(byte[][] keys, int count, ReadOnlySpan<byte> key)
    {
        int low = 0;
        int high = count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = keys[middle].AsSpan().SequenceCompareTo(key);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }

    private static void InsertAt(Leaf leaf, int index, byte[] key, byte[] value)
    {
        Array.Copy(leaf.Keys, index, leaf.Keys, index + 1, leaf.Count - index);
        Array.Copy(leaf.Values, index, leaf.Values, index + 1, leaf.Count - index);
        leaf.Keys[index] = key;
        leaf.Values[index] = value;
        leaf.Count++;
    }

    /// <summary>Inserts below a node; when the node splits, its new right sibling and the separator between them come back.</summary>
    private static (byte[]? Separator, Node? Right) Insert(Node node, byte[] key, byte[] value)
    {
        if (node is Leaf leaf)
        {
            return InsertIntoLeaf(leaf, key, value);
        }

        var branch = (Branch)node;
        int at = ChildIndex(branch, key);
        (byte[]? separator, Node? right) = Insert(branch.Children[at], key, value);
        if (right is null)
        {
            return default;
        }

        Array.Copy(branch.Separators, at, branch.Separators, at + 1, branch.Count - 1 - at);
        Array.Copy(branch.Children, at + 1, branch.Children, at + 2, branch.Count - 1 - at);
        branch.Separators[at] = separator!;
        branch.Children[at + 1] = right;
        branch.Count++;
        if (branch.Count <= Capacity)
        {
            return default;
        }

        int keep = branch.Count / 2;
        var sibling = new Branch { Count = branch.Count - keep };
        Array.Copy(branch.Children, keep, sibling.Children, 0, sibling.Count);
        Array.Copy(branch.Separators, keep, sibling.Separators, 0, sibling.Count - 1);
        byte[] middle = branch.Separators[keep - 1];
        Array.Clear(branch.Children, keep, branch.Count - keep);
        Array.Clear(branch.Separators, keep - 1, branch.Count - keep);
        branch.Count = keep;
        return (middle, sibling);
    }

    private static (byte[]? Separator, Node? Right) InsertIntoLeaf(Leaf leaf, byte[] key, byte[] value)
    {
        int index = ~Search(leaf.Keys, leaf.Count, key);
        if (leaf.Count < Capacity)
        {
            InsertAt(leaf, index, key, value);
            return default;
        }

        // Appending is the usual case: leave full leaves behind.
        int keep = index == leaf.Count && leaf.Next is null ? Capacity - 1 : Capacity / 2;
        var right = new Leaf { Count = leaf.Count - keep, Next = leaf.Next, Previous = leaf };
        Array.Copy(leaf.Keys, keep, right.Keys, 0, right.Count);
        Array.Copy(leaf.Values, keep, right.Values, 0, right.Count);
        Array.Clear(leaf.Keys, keep, right.Count);
        Array.Clear(leaf.Values, keep, right.Count);
        leaf.Count = keep;
        if (leaf.Next is not null)
        {
            leaf.Next.Previous = right;
        }

        leaf.Next = right;
        if (index > keep)
        {
            InsertAt(right, index - keep, key, value);
        }
        else
        {
            InsertAt(leaf, index, key, value);
        }

        return (right.Keys[0], right);
    }

    /// <summary>Takes the empty leaf that a key belonged to out of the tree; true when the node itself became empty.</summary>
    private static bool Unlink(Node node, byte[] key)
    {
        if (node is Leaf leaf)
        {
            if (leaf.Previous is not null)
            {
                leaf.Previous.Next = leaf.Next;
            }

            if (leaf.Next is not null)
            {
                leaf.Next.Previous = leaf.Previous;
            }

            return true;
        }

        var branch = (Branch)node;
        int at = ChildIndex(branch, key);
        if (!Unlink(branch.Children[at], key))
        {
            return false;
        }

        branch.Count--;
        Array.Copy(branch.Children, at + 1, branch.Children, at, branch.Count - at);
        branch.Children[branch.Count] = null!;
        if (branch.Count > 0)
        {
            int separator = Math.Max(at - 1, 0);
            Array.Copy(branch.Separators, separator + 1, branch.Separators, separator, branch.Count - 1 - separator);
        }

        return branch.Count == 0;
    }
}
