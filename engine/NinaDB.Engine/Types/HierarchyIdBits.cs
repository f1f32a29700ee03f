namespace NinaDB.Engine.Types;

/// <summary>
/// The bits of a hierarchyid: each number is a prefix that tells its range, its offset in the range with fixed bits in between, and a last bit that is 0 where
/// another number of the same node follows (the number is then one higher). Zeros fill the last byte.
/// </summary>
internal static class HierarchyIdBits
{
    private const string WideTail = "0xxxxxx0xxx0x1xxx";

    /// <summary>Ranges by their bits: x is a bit of the offset, most significant first.</summary>
    private static readonly Range[] Ranges =
    [
        new(-281479271682120, "000100" + new string('x', 35) + WideTail),
        new(-4294971464, "000101" + new string('x', 19) + WideTail),
        new(-4168, "000110xxxxx0xxx0x1xxx"),
        new(-72, "0010xx0x1xxx"),
        new(-8, "00111xxx"),
        new(0, "01xx"),
        new(4, "100xx"),
        new(8, "101xxx"),
        new(16, "110xx0x1xxx"),
        new(80, "1110xxx0xxx0x1xxx"),
        new(1104, "11110xxxxx0xxx0x1xxx"),
        new(5200, "111110" + new string('x', 19) + WideTail),
        new(4294972496, "111111" + new string('x', 35) + WideTail),
    ];

    private sealed class Range(long first, string bits)
    {
        public long First { get; } = first;

        public string Bits { get; } = bits;

        public long Last { get; } = first + (1L << bits.Count(b => b == 'x')) - 1;

        public string Prefix { get; } = bits[..bits.IndexOf('x', StringComparison.Ordinal)];
    }

    /// <summary>Null when a number is out of range.</summary>
    public static byte[]? Write(long[][] nodes)
    {
        var bits = new List<bool>();
        foreach (long[] node in nodes)
        {
            for (int i = 0; i < node.Length; i++)
            {
                bool isLast = i == node.Length - 1;
                long number = isLast ? node[i] : node[i] + 1;
                Range? range = Array.Find(Ranges, r => number >= r.First && number <= r.Last);
                if (range is null)
                {
                    return null;
                }

                long offset = number - range.First;
                int left = range.Bits.Count(b => b == 'x');
                foreach (char bit in range.Bits)
                {
                    bits.Add(bit == 'x' ? ((offset >> --left) & 1) == 1 : bit == '1');
                }

                bits.Add(isLast);
            }
        }

        var bytes = new byte[(bits.Count + 7) / 8];
        for (int i = 0; i < bits.Count; i++)
        {
            bytes[i / 8] |= (byte)(bits[i] ? 0x80 >> (i % 8) : 0);
        }

        return bytes;
    }

    /// <summary>Null for bits that are no path.</summary>
    public static long[][]? Read(byte[] bytes)
    {
        var nodes = new List<long[]>();
        var node = new List<long>();
        int position = 0;
        int total = bytes.Length * 8;
        bool Bit(int at) => (bytes[at / 8] & (0x80 >> (at % 8))) != 0;
        while (position < total)
        {
            Range? range = Array.Find(Ranges, r => position + r.Prefix.Length <= total && Matches(r.Prefix));
            if (range is null || position + range.Bits.Length + 1 > total)
            {
                // Only the zeros that fill the last byte may be left.
                bool isFill = total - position < 8 && node.Count == 0;
                for (int i = position; i < total && isFill; i++)
                {
                    isFill = !Bit(i);
                }

                return isFill ? [.. nodes] : null;
            }

            long offset = 0;
            foreach (char expected in range.Bits)
            {
                bool bit = Bit(position++);
                if (expected == 'x')
                {
                    offset = (offset << 1) | (bit ? 1L : 0L);
                }
                else if (bit != (expected == '1'))
                {
                    return null;
                }
            }

            bool isLast = Bit(position++);
            node.Add(range.First + offset - (isLast ? 0 : 1));
            if (isLast)
            {
                nodes.Add([.. node]);
                node.Clear();
            }
        }

        return node.Count == 0 ? [.. nodes] : null;

        bool Matches(string prefix)
        {
            for (int i = 0; i < prefix.Length; i++)
            {
                if (Bit(position + i) != (prefix[i] == '1'))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
