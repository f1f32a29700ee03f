using System.Buffers.Binary;
using System.Text;

namespace NinaDB.Tds.Protocol;

/// <summary>The LOGIN7 message ([MS-TDS] 2.2.6.4): fixed fields, a table of offsets and lengths, and feature extensions.</summary>
internal sealed class Login7
{
    private const int FixedLength = 94;

    public required uint Version { get; init; }

    /// <summary>Packet size that the client wants; 0 for the server's own.</summary>
    public required int PacketSize { get; init; }

    public required uint ClientVersion { get; init; }

    public required int ClientProcessId { get; init; }

    public required string HostName { get; init; }

    public required string UserName { get; init; }

    public required string Password { get; init; }

    public required string ApplicationName { get; init; }

    public required string Language { get; init; }

    public required string Database { get; init; }

    /// <summary>A new password: the client wants it changed during login.</summary>
    public required string NewPassword { get; init; }

    /// <summary>Windows authentication is asked for.</summary>
    public required bool UsesIntegratedSecurity { get; init; }

    /// <summary>ApplicationIntent=ReadOnly.</summary>
    public required bool IsReadOnly { get; init; }

    /// <summary>Feature extensions in the order given.</summary>
    public required IReadOnlyList<(Feature Id, byte[] Data)> Features { get; init; }

    public static Login7 Read(ReadOnlySpan<byte> data)
    {
        if (data.Length < 86)
        {
            throw new TdsProtocolException("LOGIN7 is too short.");
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
        byte options2 = data[25];
        byte typeFlags = data[26];
        byte options3 = data[27];
        var features = new List<(Feature, byte[])>();
        if ((options3 & 0x10) != 0)
        {
            ReadFeatures(data, features);
        }

        return new Login7
        {
            Version = version,
            PacketSize = BinaryPrimitives.ReadInt32LittleEndian(data[8..]),
            ClientVersion = BinaryPrimitives.ReadUInt32LittleEndian(data[12..]),
            ClientProcessId = BinaryPrimitives.ReadInt32LittleEndian(data[16..]),
            UsesIntegratedSecurity = (options2 & 0x80) != 0,
            IsReadOnly = (typeFlags & 0x20) != 0,
            HostName = Text(data, 36),
            UserName = Text(data, 40),
            Password = Secret(data, 44),
            ApplicationName = Text(data, 48),
            Language = Text(data, 64),
            Database = Text(data, 68),
            NewPassword = data.Length >= FixedLength && TdsVersion.Rank(version) >= 2 ? Secret(data, 86) : "",
            Features = features,
        };
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> data, int entry, int unit)
    {
        int offset = BinaryPrimitives.ReadUInt16LittleEndian(data[entry..]);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(data[(entry + 2)..]) * unit;
        if (length == 0)
        {
            return [];
        }

        return offset + length <= data.Length ? data.Slice(offset, length) : throw new TdsProtocolException("A field of LOGIN7 lies beyond its end.");
    }

    private static string Text(ReadOnlySpan<byte> data, int entry) => Encoding.Unicode.GetString(Field(data, entry, 2));

    /// <summary>Passwords have the halves of each byte exchanged and are XORed with 0xA5: no encryption, and none is meant; TLS is what protects them.</summary>
    private static string Secret(ReadOnlySpan<byte> data, int entry)
    {
        byte[] bytes = Field(data, entry, 2).ToArray();
        for (int i = 0; i < bytes.Length; i++)
        {
            int b = bytes[i] ^ 0xA5;
            bytes[i] = (byte)((b << 4) | (b >> 4));
        }

        return Encoding.Unicode.GetString(bytes);
    }

    private static void ReadFeatures(ReadOnlySpan<byte> data, List<(Feature, byte[])> features)
    {
        ReadOnlySpan<byte> extension = Field(data, 56, 1);
        if (extension.Length < 4)
        {
            throw new TdsProtocolException("LOGIN7 has no feature extension where it announces one.");
        }

        long position = BinaryPrimitives.ReadUInt32LittleEndian(extension);
        while (true)
        {
            if (position >= data.Length)
            {
                throw new TdsProtocolException("The feature extensions have no terminator.");
            }

            var id = (Feature)data[(int)position++];
            if (id == Feature.Terminator)
            {
                return;
            }

            if (position + 4 > data.Length)
            {
                throw new TdsProtocolException("LOGIN7 ends inside a feature extension.");
            }

            uint length = BinaryPrimitives.ReadUInt32LittleEndian(data[(int)position..]);
            position += 4;
            if (position + length > data.Length)
            {
                throw new TdsProtocolException("LOGIN7 ends inside a feature extension.");
            }

            features.Add((id, data.Slice((int)position, (int)length).ToArray()));
            position += length;
        }
    }
}
