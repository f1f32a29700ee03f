using System.Buffers.Binary;
using System.Security.Cryptography;

namespace NinaDB.Engine.Functions;

/// <summary>NEWSEQUENTIALID(): guids that grow in SQL Server's guid order (which weighs the last six bytes most), across restarts too.</summary>
internal static class SequentialGuid
{
    private static readonly byte[] Node = RandomNumberGenerator.GetBytes(8);
    private static long _last = DateTime.UtcNow.Ticks;

    public static Guid Next()
    {
        // The clock, or one more than the last value when several are made within its resolution.
        long now = DateTime.UtcNow.Ticks;
        long seen = Interlocked.Read(ref _last);
        long next;
        while (true)
        {
            next = Math.Max(now, seen + 1);
            long before = Interlocked.CompareExchange(ref _last, next, seen);
            if (before == seen)
            {
                break;
            }

            seen = before;
        }

        Span<byte> bytes = stackalloc byte[16];
        Node.CopyTo(bytes);
        Span<byte> clock = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(clock, next);
        clock[..6].CopyTo(bytes[10..]);
        clock[6..].CopyTo(bytes[8..]);
        return new Guid(bytes);
    }
}
