using System.Buffers.Binary;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>
/// Sorts the rows of an arena stably without moving them. A key that is a number is sorted by its bits, a string by the bytes of its collation's sort key, eight at a time, in both cases by
/// radix; only rows that are equal so far are looked at again. Other types are compared.
/// </summary>
internal sealed class RowOrder
{
    /// <summary>So few rows are sorted by insertion.</summary>
    private const int Few = 16;

    /// <summary>From this many rows on, radix sort beats comparing words.</summary>
    private const int Many = 1024;
    private const int Digits = sizeof(ulong);
    private const int Digit = 256;

    private readonly RowArena _rows;
    private readonly SortKey[] _keys;
    private readonly int[] _positions;
    private readonly ExecutionContext _context;
    private readonly int[] _order;
    private readonly ulong[] _words;
    private readonly byte[][]?[] _bytes;
    private int[] _otherOrder = [];
    private ulong[] _otherWords = [];

    private RowOrder(RowArena rows, SortKey[] keys, int[] registers, ExecutionContext context)
    {
        _rows = rows;
        _keys = keys;
        _positions = Array.ConvertAll(keys, k => Array.IndexOf(registers, k.Register));
        _context = context;
        _order = new int[rows.Count];
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }

        _words = rows.Count <= Few ? [] : new ulong[rows.Count];
        _bytes = new byte[][]?[keys.Length];
    }

    /// <summary>Numbers of the rows in the order of the keys; of equal rows, the one added first comes first.</summary>
    /// <param name="registers">Which register each value of a row came from.</param>
    public static int[] Of(RowArena rows, SortKey[] keys, int[] registers, ExecutionContext context)
    {
        var sort = new RowOrder(rows, keys, registers, context);
        sort.Sort(0, rows.Count, 0);
        return sort._order;
    }

    /// <summary>Sorts a stretch of the order, whose rows are equal in the keys before one, by that and the following keys.</summary>
    private void Sort(int start, int end, int key)
    {
        if (end - start < 2 || key == _keys.Length)
        {
            return;
        }

        if (end - start <= Few)
        {
            Insert(start, end, key);
            return;
        }

        _context.ThrowIfCancelled();
        SortForm form = _keys[key].Comparer.Form;
        if (form == SortForm.Compared)
        {
            Array.Sort(_order, start, end - start, Comparer<int>.Create((x, y) => Compare(x, y, key) is var order && order != 0 ? order : x.CompareTo(y)));
            return;
        }

        (start, end) = PartNulls(start, end, key);
        if (form == SortForm.Word)
        {
            SortByWord(start, end, key);
        }
        else
        {
            byte[][] bytes = _bytes[key] ??= new byte[_rows.Count][];
            SqlComparer comparer = _keys[key].Comparer;
            int position = _positions[key];
            for (int i = start; i < end; i++)
            {
                int row = _order[i];
                bytes[row] = comparer.SortBytes(_rows[row, position]);
            }

            SortByBytes(start, end, key, bytes, 0);
        }
    }

    /// <summary>Moves the rows with NULL to where they belong, sorts them by the following keys, and returns the stretch of the others.</summary>
    private (int Start, int End) PartNulls(int start, int end, int key)
    {
        int position = _positions[key];
        int nulls = 0;
        for (int i = start; i < end; i++)
        {
            nulls += _rows[_order[i], position].IsNull ? 1 : 0;
        }

        if (nulls == 0)
        {
            return (start, end);
        }

        bool areLast = _keys[key].IsDescending;
        int atNull = areLast ? end - nulls : start;
        int atValue = areLast ? start : start + nulls;
        (int nullStart, int valueStart, int valueEnd) = (atNull, atValue, atValue + (end - start - nulls));
        foreach (int row in _order.AsSpan(start, end - start).ToArray())
        {
            _order[_rows[row, position].IsNull ? atNull++ : atValue++] = row;
        }

        Sort(nullStart, nullStart + nulls, key + 1);
        return (valueStart, valueEnd);
    }

    private void SortByWord(int start, int end, int key)
    {
        SqlComparer comparer = _keys[key].Comparer;
        int position = _positions[key];
        ulong flip = _keys[key].IsDescending ? ulong.MaxValue : 0;
        for (int i = start; i < end; i++)
        {
            _words[i] = comparer.SortWord(_rows[_order[i], position]) ^ flip;
        }

        SortWords(start, end);
        if (key + 1 < _keys.Length)
        {
            foreach ((int from, int to) in Runs(start, end))
            {
                Sort(from, to, key + 1);
            }
        }
    }

    /// <summary>Sorts by eight bytes of the keys at a place, then each run of equal ones by the next eight.</summary>
    private void SortByBytes(int start, int end, int key, byte[][] bytes, int place)
    {
        bool isDescending = _keys[key].IsDescending;
        ulong flip = isDescending ? ulong.MaxValue : 0;
        bool anyMore = false;
        for (int i = start; i < end; i++)
        {
            byte[] value = bytes[_order[i]];
            anyMore |= value.Length > place;
            _words[i] = WordAt(value, place) ^ flip;
        }

        if (!anyMore)
        {
            // Zeros at the end are all that may tell them apart.
            for (int i = start; i < end; i++)
            {
                _words[i] = (ulong)bytes[_order[i]].Length ^ flip;
            }
        }

        SortWords(start, end);
        foreach ((int from, int to) in Runs(start, end))
        {
            if (!anyMore)
            {
                Sort(from, to, key + 1);
            }
            else if (to - from > Few)
            {
                SortByBytes(from, to, key, bytes, place + sizeof(ulong));
            }
            else
            {
                InsertByBytes(from, to, key, bytes);
            }
        }
    }

    private static ulong WordAt(byte[] value, int place)
    {
        int left = value.Length - place;
        if (left >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(value.AsSpan(place));
        }

        ulong word = 0;
        for (int i = 0; i < left; i++)
        {
            word |= (ulong)value[place + i] << (56 - (8 * i));
        }

        return word;
    }

    /// <summary>Stretches of two and more rows whose words are equal.</summary>
    private List<(int Start, int End)> Runs(int start, int end)
    {
        var runs = new List<(int, int)>();
        for (int i = start; i < end;)
        {
            int next = i + 1;
            while (next < end && _words[next] == _words[i])
            {
                next++;
            }

            if (next - i > 1)
            {
                runs.Add((i, next));
            }

            i = next;
        }

        return runs;
    }

    /// <summary>Sorts a stretch of the order by its words; equal ones stay in the order of their numbers.</summary>
    private void SortWords(int start, int end)
    {
        if (end - start >= Many)
        {
            Radix(start, end);
            return;
        }

        Array.Sort(_words, _order, start, end - start);
        foreach ((int from, int to) in Runs(start, end))
        {
            Array.Sort(_order, from, to - from);
        }
    }

    /// <summary>Least significant byte first; bytes that all words share are passed over.</summary>
    private void Radix(int start, int end)
    {
        int count = end - start;
        var counts = new int[Digits * Digit];
        for (int i = start; i < end; i++)
        {
            ulong word = _words[i];
            for (int digit = 0; digit < Digits; digit++)
            {
                counts[(digit * Digit) + (int)(word >> (8 * digit) & 0xFF)]++;
            }
        }

        if (_otherWords.Length < count)
        {
            _otherWords = new ulong[count];
            _otherOrder = new int[count];
        }

        Span<ulong> words = _words.AsSpan(start, count), otherWords = _otherWords.AsSpan(0, count);
        Span<int> order = _order.AsSpan(start, count), otherOrder = _otherOrder.AsSpan(0, count);
        bool isElsewhere = false;
        for (int digit = 0; digit < Digits; digit++)
        {
            Span<int> places = counts.AsSpan(digit * Digit, Digit);
            int shift = 8 * digit;
            if (places[(int)(words[0] >> shift & 0xFF)] == count)
            {
                continue;
            }

            int sum = 0;
            foreach (ref int place in places)
            {
                (place, sum) = (sum, sum + place);
            }

            for (int i = 0; i < count; i++)
            {
                ulong word = words[i];
                int to = places[(int)(word >> shift & 0xFF)]++;
                otherWords[to] = word;
                otherOrder[to] = order[i];
            }

            Span<ulong> wordsThere = otherWords;
            Span<int> orderThere = otherOrder;
            otherWords = words;
            otherOrder = order;
            words = wordsThere;
            order = orderThere;
            isElsewhere = !isElsewhere;
        }

        if (isElsewhere)
        {
            words.CopyTo(otherWords);
            order.CopyTo(otherOrder);
        }
    }

    private void Insert(int start, int end, int key)
    {
        for (int i = start + 1; i < end; i++)
        {
            int row = _order[i];
            int at = i;
            while (at > start && Compare(_order[at - 1], row, key) > 0)
            {
                _order[at] = _order[at - 1];
                at--;
            }

            _order[at] = row;
        }
    }

    private void InsertByBytes(int start, int end, int key, byte[][] bytes)
    {
        bool isDescending = _keys[key].IsDescending;
        for (int i = start + 1; i < end; i++)
        {
            int row = _order[i];
            int at = i;
            while (at > start && IsAfter(_order[at - 1], row))
            {
                _order[at] = _order[at - 1];
                at--;
            }

            _order[at] = row;
        }

        bool IsAfter(int x, int y)
        {
            int order = bytes[x].AsSpan().SequenceCompareTo(bytes[y]);
            order = order == 0 ? Compare(x, y, key + 1) : isDescending ? -order : order;
            return order > 0;
        }
    }

    private int Compare(int x, int y, int key)
    {
        for (int k = key; k < _keys.Length; k++)
        {
            int order = _keys[k].Compare(_rows[x, _positions[k]], _rows[y, _positions[k]]);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }
}
