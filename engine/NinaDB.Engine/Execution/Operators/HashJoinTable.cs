using System.Numerics;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>Rows of a hash join by key: entries are numbered as they are added, those of one key are chained in that order.</summary>
internal abstract class HashJoinTable
{
    /// <summary>The next entry of the same key; -1 at the end. Null when no key has two.</summary>
    private int[]? _next;

    /// <summary>Called once, after the last entry.</summary>
    public abstract void Finish();

    public int Next(int entry) => _next is null ? -1 : _next[entry];

    /// <summary>Puts an entry before the present first one of its key.</summary>
    protected void Link(int entry, int first, int count)
    {
        if (first >= 0)
        {
            if (_next is null)
            {
                _next = new int[count];
                Array.Fill(_next, -1);
            }

            _next[entry] = first;
        }
    }
}

/// <summary>
/// One integer key. Keys that lie close together index an array; others are found by open addressing. Nothing but numbers is kept, so the table stays in the processor's caches
/// far longer than a dictionary.
/// </summary>
internal sealed class IntegerJoinTable : HashJoinTable
{
    /// <summary>The array of close keys may have this many elements for each entry, and some more.</summary>
    private const ulong Sparseness = 4;
    private const ulong SmallArray = 4096;

    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    private long[] _keys = new long[16];
    private int[] _entries = new int[16];
    private int _count;
    private long _minimum = long.MaxValue;
    private long _maximum = long.MinValue;

    /// <summary>First entries by key minus <see cref="_minimum"/>, plus 1; null where keys are scattered.</summary>
    private int[]? _dense;

    private Slot[] _slots = [];
    private int _shift;

    private struct Slot
    {
        public long Key;

        /// <summary>The first entry, plus 1.</summary>
        public int First;
    }

    /// <summary>Entries of ascending number.</summary>
    public void Add(long key, int entry)
    {
        if (_count == _keys.Length)
        {
            Array.Resize(ref _keys, _count * 2);
            Array.Resize(ref _entries, _count * 2);
        }

        _keys[_count] = key;
        _entries[_count++] = entry;
        _minimum = Math.Min(_minimum, key);
        _maximum = Math.Max(_maximum, key);
    }

    public override void Finish()
    {
        if (_count == 0)
        {
            return;
        }

        int all = _entries[_count - 1] + 1;
        ulong span = unchecked((ulong)_maximum - (ulong)_minimum);
        if (span < ((ulong)_count * Sparseness) + SmallArray)
        {
            _dense = new int[span + 1];
            for (int i = _count - 1; i >= 0; i--)
            {
                ref int first = ref _dense[_keys[i] - _minimum];
                Link(_entries[i], first - 1, all);
                first = _entries[i] + 1;
            }
        }
        else
        {
            int size = (int)BitOperations.RoundUpToPowerOf2((uint)_count * 2);
            _slots = new Slot[size];
            _shift = 64 - BitOperations.Log2((uint)size);
            for (int i = _count - 1; i >= 0; i--)
            {
                ref Slot slot = ref Find(_keys[i]);
                slot.Key = _keys[i];
                Link(_entries[i], slot.First - 1, all);
                slot.First = _entries[i] + 1;
            }
        }

        _keys = [];
        _entries = [];
    }

    /// <summary>The first entry of a key; -1 for none.</summary>
    public int First(long key)
    {
        if (_dense is { } dense)
        {
            ulong at = unchecked((ulong)key - (ulong)_minimum);
            return at < (ulong)dense.Length ? dense[at] - 1 : -1;
        }

        return _slots.Length == 0 ? -1 : Find(key).First - 1;
    }

    private ref Slot Find(long key)
    {
        Slot[] slots = _slots;
        int mask = slots.Length - 1;
        int at = (int)(unchecked((ulong)key * Multiplier) >> _shift);
        while (slots[at].First != 0 && slots[at].Key != key)
        {
            at = (at + 1) & mask;
        }

        return ref slots[at];
    }
}

/// <summary>Any keys, compared by their types' rules.</summary>
internal sealed class GeneralJoinTable(SqlComparer[] comparers) : HashJoinTable
{
    private readonly Dictionary<SqlValue[], int> _groups = new(new RowKeyComparer(comparers));
    private readonly List<(int Entry, int Group)> _entries = [];
    private int[] _first = [];

    /// <param name="key">Copied when it is new.</param>
    public void Add(SqlValue[] key, int entry)
    {
        if (!_groups.TryGetValue(key, out int group))
        {
            group = _groups.Count;
            _groups.Add(key.AsSpan().ToArray(), group);
        }

        _entries.Add((entry, group));
    }

    public override void Finish()
    {
        _first = new int[_groups.Count];
        Array.Fill(_first, -1);
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            (int entry, int group) = _entries[i];
            Link(entry, _first[group], _entries[^1].Entry + 1);
            _first[group] = entry;
        }
    }

    public int First(SqlValue[] key) => _groups.TryGetValue(key, out int group) ? _first[group] : -1;
}
