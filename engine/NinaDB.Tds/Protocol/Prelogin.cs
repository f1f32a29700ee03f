using System.Buffers.Binary;

namespace NinaDB.Tds.Protocol;

/// <summary>The PRELOGIN message ([MS-TDS] 2.2.6.5): a table of options, then their data.</summary>
internal sealed class Prelogin
{
    private const byte VersionOption = 0, EncryptionOption = 1, InstanceOption = 2, ThreadOption = 3, MarsOption = 4, FederatedOption = 6, Terminator = 0xFF;

    /// <summary>Encryption that the client asks for; null when it says nothing.</summary>
    public PreloginEncryption? Encryption { get; private init; }

    /// <summary>The client knows FEDAUTH and asks whether the server wants it.</summary>
    public bool AsksForFederatedAuthentication { get; private init; }

    public static Prelogin Read(ReadOnlySpan<byte> data)
    {
        PreloginEncryption? encryption = null;
        bool federated = false;
        for (int i = 0; ; i += 5)
        {
            if (i >= data.Length)
            {
                throw new TdsProtocolException("PRELOGIN has no terminator.");
            }

            byte option = data[i];
            if (option == Terminator)
            {
                break;
            }

            if (i + 5 > data.Length)
            {
                throw new TdsProtocolException("PRELOGIN ends inside an option.");
            }

            int offset = BinaryPrimitives.ReadUInt16BigEndian(data[(i + 1)..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(data[(i + 3)..]);
            if (offset + length > data.Length)
            {
                throw new TdsProtocolException("An option of PRELOGIN lies beyond its end.");
            }

            ReadOnlySpan<byte> value = data.Slice(offset, length);
            switch (option)
            {
                case EncryptionOption when length >= 1:
                    // 0x80 announces a client certificate, which nobody asks for here.
                    encryption = (PreloginEncryption)(value[0] & 0x7F);
                    break;
                case FederatedOption when length >= 1:
                    federated = value[0] != 0;
                    break;
            }
        }

        return new Prelogin { Encryption = encryption, AsksForFederatedAuthentication = federated };
    }

    /// <summary>The server's answer: its version, the encryption decided on, no MARS.</summary>
    public static byte[] Answer(PreloginEncryption encryption, Version version, bool withFederatedOption)
    {
        var options = new List<(byte Option, byte[] Data)>
        {
            (VersionOption, [(byte)version.Major, (byte)version.Minor, (byte)(version.Build >> 8), (byte)version.Build, 0, 0]),
            (EncryptionOption, [(byte)encryption]),
            (InstanceOption, [0]),
            (ThreadOption, []),
            (MarsOption, [0]),
        };
        if (withFederatedOption)
        {
            options.Add((FederatedOption, [1]));
        }

        int offset = (options.Count * 5) + 1;
        var answer = new byte[offset + options.Sum(o => o.Data.Length)];
        int entry = 0;
        foreach ((byte option, byte[] data) in options)
        {
            answer[entry] = option;
            BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(entry + 1), (ushort)offset);
            BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(entry + 3), (ushort)data.Length);
            data.CopyTo(answer, offset);
            entry += 5;
            offset += data.Length;
        }

        answer[entry] = Terminator;
        return answer;
    }
}
