using System;

namespace NinaDB.Clr.Tokenization;

/// <summary>Finds strings by their prefixes: a trie over UTF-16 units whose edges lie in one hash table. Immutable once it is filled.</summary>
internal sealed class CharTrie
{
    private long[] _keys = new long[16];
    private int[] _children = new int[16];
    private int[] _values = new int[16];
    private int _edges;
    private int _nodes = 1;

    public CharTrie() => _values[0] = -1;

    /// <summary>Whether nothing was added.</summary>
    public bool IsEmpty => _nodes == 1;

    /// <summary>Adds a string; a second value for the same string is ignored.</summary>
    public void Add(string text, int value)
    {
        int node = 0;
        foreach (char c in text)
        {
            int child = Child(node, c);
            if (child < 0)
            {
                child = NewNode();
                AddEdge(node, c, child);
            }

            node = child;
        }

        if (_values[node] < 0)
        {
            _values[node] = value;
        }
    }

    /// <summary>The child of a node, -1 when there is none. The root is 0.</summary>
    public int Child(int node, char c)
    {
        long key = Key(node, c);
        int mask = _keys.Length - 1;
        for (int i = Hash(key) & mask; ; i = (i + 1) & mask)
        {
            long found = _keys[i];
            if (found == key)
            {
                return _children[i];
            }

            if (found == 0)
            {
                return -1;
            }
        }
    }

    /// <summary>The value of a node, -1 when no string ends there.</summary>
    public int Value(int node) => _values[node];

    /// <summary>The longest string at a position: its value and length, or -1.</summary>
    public int FindLongest(string text, int start, int end, out int length)
    {
        int best = -1;
        length = 0;
        int node = 0;
        for (int i = start; i < end; i++)
        {
            node = Child(node, text[i]);
            if (node < 0)
            {
                break;
            }

            if (_values[node] >= 0)
            {
                best = _values[node];
                length = i + 1 - start;
            }
        }

        return best;
    }

    private static long Key(int node, char c) => ((long)(node + 1) << 16) | c;

    private static int Hash(long key)
    {
        ulong h = (ulong)key * 0x9E3779B97F4A7C15UL;
        return (int)(h >> 33);
    }

    private int NewNode()
    {
        if (_nodes == _values.Length)
        {
            Array.Resize(ref _values, _nodes * 2);
        }

        _values[_nodes] = -1;
        return _nodes++;
    }

    private void AddEdge(int node, char c, int child)
    {
        if (2 * (_edges + 1) > _keys.Length)
        {
            long[] keys = _keys;
            int[] children = _children;
            _keys = new long[keys.Length * 2];
            _children = new int[keys.Length * 2];
            for (int i = 0; i < keys.Length; i++)
            {
                if (keys[i] != 0)
                {
                    Place(keys[i], children[i]);
                }
            }
        }

        Place(Key(node, c), child);
        _edges++;
    }

    private void Place(long key, int child)
    {
        int mask = _keys.Length - 1;
        int i = Hash(key) & mask;
        while (_keys[i] != 0)
        {
            i = (i + 1) & mask;
        }

        _keys[i] = key;
        _children[i] = child;
    }
}
