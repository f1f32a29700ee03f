using NinaDB.Engine.Types;

namespace NinaDB.Tds.Protocol;

/// <summary>A collation as five bytes ([MS-TDS] 2.2.5.1.2): locale, comparison flags, version, and the sort order of SQL collations.</summary>
internal static class CollationBytes
{
    private const uint IgnoreCase = 1 << 20, IgnoreAccent = 1 << 21, IgnoreWidth = 1 << 22, IgnoreKana = 1 << 23, Binary = 1 << 24, Binary2 = 1 << 25, Utf8 = 1 << 26;
    private const uint EnglishUnitedStates = 0x0409;

    public static (uint Info, byte SortId) Of(Collation collation)
    {
        uint info = EnglishUnitedStates;
        string name = collation.Name;
        if (collation.IsBinary)
        {
            info |= name.Contains("BIN2", StringComparison.OrdinalIgnoreCase) ? Binary2 : Binary;
        }
        else
        {
            info |= IgnoreWidth | IgnoreKana;
            info |= collation.IsCaseSensitive ? 0 : IgnoreCase;
            info |= collation.IsAccentSensitive ? 0 : IgnoreAccent;
        }

        if (collation.IsUtf8)
        {
            info |= Utf8;
        }

        if (name.Contains("_100_", StringComparison.Ordinal))
        {
            info |= 2u << 28;
        }

        byte sortId = name.StartsWith("SQL_", StringComparison.OrdinalIgnoreCase) ? (byte)(collation.IsCaseSensitive ? 51 : collation.IsAccentSensitive ? 52 : 54) : (byte)0;
        return (info, sortId);
    }

    public static void Write(PacketOutput output, Collation collation)
    {
        (uint info, byte sortId) = Of(collation);
        output.Write(info);
        output.Write(sortId);
    }

    /// <summary>How a client encodes varchar that it sends with this collation: UTF-8 or code page 1252.</summary>
    public static Collation Read(MessageReader reader)
    {
        uint info = reader.UInt32();
        reader.Byte();
        return (info & Utf8) != 0 ? Collation.Utf8Binary : Collation.Default;
    }
}
