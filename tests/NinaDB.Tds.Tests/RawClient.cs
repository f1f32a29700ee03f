using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using NinaDB.Tds.Protocol;

namespace NinaDB.Tds.Tests;

/// <summary>A client that sends whatever bytes a test wants, rightly or wrongly.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpClient _tcp;
    private Stream _stream;

    private RawClient(TcpClient tcp)
    {
        _tcp = tcp;
        tcp.ReceiveTimeout = tcp.SendTimeout = (int)Patience.TotalMilliseconds;
        _stream = tcp.GetStream();
    }

    public static RawClient Connect(int port)
    {
        var tcp = new TcpClient { NoDelay = true };
        tcp.Connect("127.0.0.1", port);
        return new RawClient(tcp);
    }

    /// <summary>TDS 8.0: TLS first.</summary>
    public SslStream StartStrict(SslProtocols protocols, string application = "tds/8.0")
    {
        var tls = new SslStream(_stream, false, (_, _, _, _) => true);
        tls.AuthenticateAsClient(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocols, ApplicationProtocols = [new SslApplicationProtocol(application)] });
        _stream = tls;
        return tls;
    }

    public void Send(PacketType type, byte[] payload, PacketStatus status = PacketStatus.EndOfMessage)
    {
        var packet = new byte[payload.Length + 8];
        packet[0] = (byte)type;
        packet[1] = (byte)status;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        payload.CopyTo(packet, 8);
        SendRaw(packet);
    }

    /// <summary>A message in packets of 4,096 bytes.</summary>
    public void SendMessage(PacketType type, byte[] payload)
    {
        const int Room = 4088;
        for (int i = 0; i == 0 || i < payload.Length; i += Room)
        {
            int length = Math.Min(Room, payload.Length - i);
            Send(type, payload[i..(i + length)], i + length >= payload.Length ? PacketStatus.EndOfMessage : PacketStatus.Normal);
        }
    }

    public void SendRaw(byte[] bytes)
    {
        _stream.Write(bytes);
        _stream.Flush();
    }

    /// <summary>Says that nothing more will come.</summary>
    public void FinishSending() => _tcp.Client.Shutdown(SocketShutdown.Send);

    /// <summary>A whole answer; null when the server hung up.</summary>
    public byte[]? Receive()
    {
        var answer = new MemoryStream();
        var header = new byte[8];
        while (true)
        {
            try
            {
                if (_stream.ReadAtLeast(header, 8, throwOnEndOfStream: false) < 8)
                {
                    return null;
                }

                var payload = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2)) - 8];
                _stream.ReadExactly(payload);
                answer.Write(payload);
            }
            catch (IOException exception) when (exception.InnerException is not SocketException { SocketErrorCode: SocketError.TimedOut })
            {
                return null;
            }

            if ((header[1] & 1) != 0)
            {
                return answer.ToArray();
            }
        }
    }

    /// <summary>PRELOGIN without encryption, then LOGIN7; the server must allow that.</summary>
    public byte[]? LogIn(string user = TestServer.User, string password = TestServer.Password, byte[]? features = null)
    {
        Send(PacketType.Prelogin, Prelogin(PreloginEncryption.NotSupported));
        Receive();
        SendMessage(PacketType.Login7, Login(user, password, features));
        return Receive();
    }

    public static byte[] Prelogin(PreloginEncryption encryption) =>
    [
        0, 0, 11, 0, 6,
        1, 0, 17, 0, 1,
        0xFF,
        17, 0, 0, 0, 0, 0,
        (byte)encryption,
    ];

    public static byte[] Login(string user, string password, byte[]? features = null)
    {
        const int Fixed = 94;
        string[] texts = ["testhost", user, password, "rawclient", "", "", "", ""];
        int[] entries = [36, 40, 44, 48, 52, 60, 64, 68];
        var variable = new MemoryStream();
        var login = new byte[Fixed];
        for (int i = 0; i < texts.Length; i++)
        {
            byte[] bytes = Encoding.Unicode.GetBytes(texts[i]);
            if (entries[i] == 44)
            {
                for (int b = 0; b < bytes.Length; b++)
                {
                    bytes[b] = (byte)(((bytes[b] << 4) | (bytes[b] >> 4)) ^ 0xA5);
                }
            }

            BinaryPrimitives.WriteUInt16LittleEndian(login.AsSpan(entries[i]), (ushort)(Fixed + variable.Length));
            BinaryPrimitives.WriteUInt16LittleEndian(login.AsSpan(entries[i] + 2), (ushort)texts[i].Length);
            variable.Write(bytes);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(login.AsSpan(4), TdsVersion.V74);
        BinaryPrimitives.WriteInt32LittleEndian(login.AsSpan(8), 4096);
        if (features is not null)
        {
            login[27] |= 0x10;
            BinaryPrimitives.WriteUInt16LittleEndian(login.AsSpan(56), (ushort)(Fixed + variable.Length));
            BinaryPrimitives.WriteUInt16LittleEndian(login.AsSpan(58), 4);
            var pointer = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(pointer, Fixed + (int)variable.Length + 4);
            variable.Write(pointer);
            variable.Write(features);
            variable.WriteByte(0xFF);
        }

        byte[] all = [.. login, .. variable.ToArray()];
        BinaryPrimitives.WriteInt32LittleEndian(all, all.Length);
        return all;
    }

    /// <summary>ALL_HEADERS with a transaction descriptor of nought.</summary>
    public static readonly byte[] Headers = [22, 0, 0, 0, 18, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];

    public static byte[] Batch(string text) => [.. Headers, .. Encoding.Unicode.GetBytes(text)];

    public void Dispose()
    {
        _stream.Dispose();
        _tcp.Dispose();
    }
}
