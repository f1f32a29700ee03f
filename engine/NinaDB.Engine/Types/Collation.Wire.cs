using System.Buffers.Binary;

namespace NinaDB.Engine.Types;

/// <summary>A collation as five bytes ([MS-TDS] 2.2.5.1.2): locale, comparison flags, version, and the sort order of SQL collations.</summary>
public sealed partial class Collation
{
    private const uint IgnoreCase = 1 << 20, IgnoreAccent = 1 << 21, IgnoreWidth = 1 << 22, IgnoreKana = 1 << 23, BinaryOrder = 1 << 24, BinaryCodePoints = 1 << 25, Utf8Encoding = 1 << 26;
    private const int VersionShift = 28;

    private byte[]? _wireBytes;

    /// <summary>What the wire protocol and sp_tablecollations call this collation.</summary>
    public ReadOnlySpan<byte> WireBytes => _wireBytes ??= MakeWireBytes();

    /// <summary>COLLATIONPROPERTY's Version: 0 for the unversioned names, then 1 for _90, 2 for _100, 3 for _140.</summary>
    internal int WireVersion => Version switch { 80 => 0, 90 => 1, 100 => 2, 140 => 3, _ => 4 };

    private byte[] MakeWireBytes()
    {
        uint info = (uint)Lcid & 0xFFFFF;
        if (IsBinary)
        {
            info |= Name.Contains("BIN2", StringComparison.OrdinalIgnoreCase) ? BinaryCodePoints : BinaryOrder;
        }
        else
        {
            info |= (IsWidthSensitive ? 0 : IgnoreWidth) | (IsKanaSensitive ? 0 : IgnoreKana) | (IsCaseSensitive ? 0 : IgnoreCase) | (IsAccentSensitive ? 0 : IgnoreAccent);
        }

        info |= (IsUtf8 ? Utf8Encoding : 0) | ((uint)WireVersion << VersionShift);
        var bytes = new byte[5];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, info);
        bytes[4] = Name.StartsWith("SQL_", StringComparison.OrdinalIgnoreCase) ? (byte)(IsCaseSensitive ? 51 : IsAccentSensitive ? 52 : 54) : (byte)0;
        return bytes;
    }
}
