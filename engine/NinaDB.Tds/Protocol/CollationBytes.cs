using NinaDB.Engine.Types;

namespace NinaDB.Tds.Protocol;

/// <summary>A collation as five bytes ([MS-TDS] 2.2.5.1.2): locale, comparison flags, version, and the sort order of SQL collations.</summary>
internal static class CollationBytes
{
    private const uint Utf8 = 1 << 26;

    public static void Write(PacketOutput output, Collation collation) => output.Write(collation.WireBytes);

    /// <summary>How a client encodes varchar that it sends with this collation: UTF-8 or code page 1252.</summary>
    public static Collation Read(MessageReader reader)
    {
        uint info = reader.UInt32();
        reader.Byte();
        return (info & Utf8) != 0 ? Collation.Utf8Binary : Collation.Default;
    }
}
