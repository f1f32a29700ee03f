namespace NinaDB.Tds.Protocol;

/// <summary>Partially length-prefixed values ([MS-TDS] 2.2.5.2.3).</summary>
internal static class PartialReader
{
    private const ulong NullValue = ulong.MaxValue, UnknownLength = ulong.MaxValue - 1;

    /// <summary>The value's bytes; null for NULL.</summary>
    public static byte[]? Read(MessageReader reader)
    {
        ulong total = reader.UInt64();
        if (total == NullValue)
        {
            return null;
        }

        if (total != UnknownLength && total > (ulong)reader.LongestValue)
        {
            throw new TdsProtocolException($"A value of {total} bytes.");
        }

        // The announced length is only believed as far as bytes have come: memory is never taken ahead of them.
        byte[] first = [];
        MemoryStream? more = null;
        while (true)
        {
            int chunk = reader.Int32();
            if (chunk == 0)
            {
                break;
            }

            byte[] bytes = reader.Bytes(chunk);
            if (first.Length == 0)
            {
                first = bytes;
                continue;
            }

            if (more is null)
            {
                more = new MemoryStream();
                more.Write(first);
            }

            if (more.Length + chunk > reader.LongestValue)
            {
                throw new TdsProtocolException("A value is too long.");
            }

            more.Write(bytes);
        }

        byte[] value = more?.ToArray() ?? first;
        return total == UnknownLength || (ulong)value.Length == total ? value : throw new TdsProtocolException($"A value of {value.Length} bytes that announced {total}.");
    }
}
