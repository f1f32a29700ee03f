using System.Buffers.Binary;

namespace NinaDB.Engine.Cdc;

/// <summary>
/// A log sequence number as change data capture shows it: ten bytes, big endian. Six bytes count the commits that had changes to capture, four the changes
/// within one of them. The commit itself is (n, 0) and its changes are (n - 1, 1), (n - 1, 2) ..., so that every change sorts after the commit before its
/// own and ahead of its own.
/// </summary>
internal static class LogSequenceNumber
{
    public const int Length = 10;

    /// <summary>Number of the first commit; the bytes before it stay free for arithmetic on the lowest LSN.</summary>
    public const long FirstCommit = 1L << 16;

    private const int CounterBytes = 6;

    /// <summary>The LSN of a commit.</summary>
    public static byte[] OfCommit(long commit) => Make(commit, 0);

    /// <summary>The sequence value of a change in a commit; changes count from 1.</summary>
    public static byte[] OfChange(long commit, uint change) => Make(commit - 1, change);

    /// <summary>The next LSN (sys.fn_cdc_increment_lsn).</summary>
    public static byte[] Increment(ReadOnlySpan<byte> lsn)
    {
        byte[] result = lsn.ToArray();
        for (int i = result.Length - 1; i >= 0 && ++result[i] == 0; i--)
        {
        }

        return result;
    }

    /// <summary>The LSN before (sys.fn_cdc_decrement_lsn).</summary>
    public static byte[] Decrement(ReadOnlySpan<byte> lsn)
    {
        byte[] result = lsn.ToArray();
        for (int i = result.Length - 1; i >= 0 && result[i]-- == 0; i--)
        {
        }

        return result;
    }

    /// <summary>Hexadecimal as error messages show an LSN.</summary>
    public static string Text(ReadOnlySpan<byte> lsn) => "0x" + Convert.ToHexString(lsn);

    private static byte[] Make(long counter, uint change)
    {
        Span<byte> wide = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(wide, counter);
        var lsn = new byte[Length];
        wide[^CounterBytes..].CopyTo(lsn);
        BinaryPrimitives.WriteUInt32BigEndian(lsn.AsSpan(CounterBytes), change);
        return lsn;
    }
}
