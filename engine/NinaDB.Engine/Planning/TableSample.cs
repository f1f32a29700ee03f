using System.Buffers.Binary;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Planning;

/// <summary>Values of a column from rows at places spread evenly over the keys of a table: small blocks, since a place costs more to find than its neighbours.</summary>
internal static class TableSample
{
    private const int Blocks = 96;
    private const int RowsOfABlock = 12;

    /// <summary>The values that are not NULL, and the number of those that are. A small table is read whole.</summary>
    public static (SqlValue[] Values, int Nulls) Read(TableDefinition table, int ordinal, IStoreConnection store, double rows)
    {
        var access = new TableAccess(table, store);
        IndexDefinition index = table.RowStore;
        int[] ordinals = [ordinal];
        var row = new SqlValue[1];
        RowDecoder decoder = access.Decoder(ordinals, null);
        var values = new List<SqlValue>(Blocks * RowsOfABlock);
        int nulls = 0;
        if (rows <= Blocks * RowsOfABlock * 2)
        {
            Take(KeyRange.All, int.MaxValue);
            return ([.. values], nulls);
        }

        byte[] low = Edge(backward: false), high = Edge(backward: true);
        byte[]? last = null;
        for (int block = 0; block < Blocks; block++)
        {
            byte[] start = Place(low, high, (block + 0.5) / Blocks);
            bool isBehind = last is not null && start.AsSpan().SequenceCompareTo(last) <= 0;
            last = Take(new KeyRange(isBehind ? last : start, !isBehind, null, true), RowsOfABlock) ?? last;
        }

        return ([.. values], nulls);

        // Key of the last row taken; null when there was none.
        byte[]? Take(KeyRange range, int count)
        {
            using TableCursor cursor = access.Scan(index, range, ordinals, decoder, row);
            byte[]? key = null;
            for (int i = 0; i < count && cursor.MoveNext(); i++)
            {
                if (i + 1 == count)
                {
                    key = cursor.Locator.ToArray();
                }

                if (row[0].IsNull)
                {
                    nulls++;
                }
                else
                {
                    values.Add(row[0]);
                }
            }

            return key;
        }

        byte[] Edge(bool backward)
        {
            using TableCursor cursor = access.Scan(index, KeyRange.All, ordinals, decoder, row, backward);
            return cursor.MoveNext() ? cursor.Locator.ToArray() : [];
        }
    }

    /// <summary>A key at a share of the way between two others, as if bytes were digits.</summary>
    private static byte[] Place(byte[] low, byte[] high, double share)
    {
        int common = low.AsSpan().CommonPrefixLength(high);
        ulong from = Digits(low, common), to = Digits(high, common);
        ulong at = from + (ulong)((to - from) * share);
        byte[] key = new byte[common + sizeof(ulong)];
        low.AsSpan(0, common).CopyTo(key);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(common), at);
        return key;
    }

    private static ulong Digits(byte[] key, int start)
    {
        Span<byte> digits = stackalloc byte[sizeof(ulong)];
        digits.Clear();
        key.AsSpan(start, Math.Min(digits.Length, key.Length - start)).CopyTo(digits);
        return BinaryPrimitives.ReadUInt64BigEndian(digits);
    }
}
