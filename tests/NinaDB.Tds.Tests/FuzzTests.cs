using System.Buffers.Binary;
using System.Text;
using NinaDB.Engine;
using NinaDB.Tds.Protocol;

namespace NinaDB.Tds.Tests;

/// <summary>Every message type, broken in many ways: the server answers or hangs up, and goes on serving others in little memory.</summary>
public sealed class FuzzTests
{
    private const int Seed = 20261122;
    private const long MemoryAllowance = 96 * 1024 * 1024;

    [Theory]
    [InlineData("prelogin", 120)]
    [InlineData("login", 160)]
    [InlineData("batch", 160)]
    [InlineData("rpc", 400)]
    [InlineData("table parameter", 300)]
    [InlineData("transaction", 120)]
    [InlineData("bulk", 250)]
    [InlineData("headers", 120)]
    public async Task Broken_messages_harm_nobody(string kind, int rounds)
    {
        using Database database = Database.CreateInMemory();
        TestServer.Prepare(database);
        TestServer.Run(database, "CREATE TABLE dbo.target (id int NULL, name nvarchar(50) NULL, blob varbinary(max) NULL, price decimal(18,4) NULL);");
        TestServer.Run(database, "CREATE TYPE dbo.Pairs AS TABLE (id int NULL, name nvarchar(20) NULL);");
        var log = new StringWriter();
        await using TdsServer server = TdsServer.Start(
            database,
            new TdsServerOptions { Port = 0, Encryption = EncryptionMode.Optional, LoginTimeout = TimeSpan.FromSeconds(10), LockoutThreshold = int.MaxValue, MaximumRequestLength = 4 * 1024 * 1024, Log = new ServerLog(log, ServerLogLevel.Error) });
        using var witness = RawClient.Connect(server.EndPoint.Port);
        witness.LogIn();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var random = new Random(Seed + kind.Length + rounds);
        RawClient? client = null;
        try
        {
            for (int round = 0; round < rounds; round++)
            {
                client ??= Connect(server, kind);
                if (!Attack(client, kind, random))
                {
                    client.Dispose();
                    client = null;
                }
            }
        }
        finally
        {
            client?.Dispose();
        }

        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < MemoryAllowance);
        string logged = log.ToString();
        Assert.True(logged.Length == 0, logged);
        witness.SendMessage(PacketType.SqlBatch, RawClient.Batch("SELECT 1;"));
        Assert.Equal((byte)Token.ColumnMetadata, witness.Receive()![0]);
    }

    private static RawClient Connect(TdsServer server, string kind)
    {
        var client = RawClient.Connect(server.EndPoint.Port);
        if (kind is not ("prelogin" or "login"))
        {
            Assert.NotEqual((byte)Token.Error, client.LogIn()![0]);
        }

        return client;
    }

    /// <summary>One broken message; false when the connection is of no more use.</summary>
    private static bool Attack(RawClient client, string kind, Random random)
    {
        try
        {
            switch (kind)
            {
                case "prelogin":
                    client.Send(PacketType.Prelogin, Mutate(RawClient.Prelogin(PreloginEncryption.NotSupported), random));
                    client.FinishSending();
                    client.Receive();
                    return false;
                case "login":
                    client.Send(PacketType.Prelogin, RawClient.Prelogin(PreloginEncryption.NotSupported));
                    client.Receive();
                    byte[] login = RawClient.Login(TestServer.User, TestServer.Password, [(byte)Feature.Utf8Support, 0, 0, 0, 0, (byte)Feature.VectorSupport, 1, 0, 0, 0, 1]);
                    client.SendMessage(PacketType.Login7, Mutate(login, random));
                    client.Receive();
                    return false;
                case "batch":
                    client.SendMessage(PacketType.SqlBatch, Mutate(RawClient.Batch("SELECT id, name FROM dbo.target WHERE id = 1 ORDER BY name; PRINT N'x';"), random));
                    return client.Receive() is not null;
                case "rpc":
                    client.SendMessage(PacketType.Rpc, Mutate(Call(), random));
                    return client.Receive() is not null;
                case "table parameter":
                    client.SendMessage(PacketType.Rpc, Mutate(TableCall(), random));
                    return client.Receive() is not null;
                case "transaction":
                    client.SendMessage(PacketType.TransactionManager, Mutate([.. RawClient.Headers, (byte)random.Next(0, 11), 0, 2, 0, 0, 0], random));
                    return client.Receive() is not null;
                case "bulk":
                    client.SendMessage(PacketType.SqlBatch, RawClient.Batch("insert bulk dbo.target (id int, name nvarchar(50), blob varbinary(max), price decimal(18,4))"));
                    client.Receive();
                    client.SendMessage(PacketType.BulkLoad, Mutate(Bulk(), random));
                    return client.Receive() is not null;
                default:
                    byte[] packet = new byte[8 + random.Next(64)];
                    random.NextBytes(packet);
                    BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)(random.Next(3) == 0 ? random.Next(65536) : packet.Length));
                    client.SendRaw(packet);
                    client.Send(PacketType.Attention, []);
                    client.FinishSending();
                    client.Receive();
                    return false;
            }
        }
        catch (IOException exception) when (exception.InnerException is not System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.TimedOut or System.Net.Sockets.SocketError.WouldBlock })
        {
            // Reset by the server while it was being written to.
            return false;
        }
    }

    private static byte[] Mutate(byte[] message, Random random)
    {
        byte[] mutated = (byte[])message.Clone();
        switch (random.Next(6))
        {
            case 0:
                return mutated[..random.Next(mutated.Length)];
            case 1:
                byte[] longer = new byte[mutated.Length + random.Next(1, 200)];
                random.NextBytes(longer);
                mutated.CopyTo(longer, 0);
                return longer;
            case 2:
                // A length that lies.
                int at = random.Next(Math.Max(1, mutated.Length - 4));
                if (mutated.Length - at >= 4)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(mutated.AsSpan(at), random.Next(4) switch { 0 => uint.MaxValue, 1 => int.MaxValue, 2 => 0x7FFF_FFF0, _ => 0x0100_0000 });
                }

                return mutated;
            case 3:
                int place = random.Next(mutated.Length);
                mutated[place] = (byte)(random.Next(2) == 0 ? 0xFF : 0);
                return mutated;
            default:
                for (int i = random.Next(1, 6); i > 0; i--)
                {
                    mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                }

                return mutated;
        }
    }

    /// <summary>sp_executesql with a parameter of many types.</summary>
    private static byte[] Call()
    {
        var call = new MemoryStream();
        call.Write(RawClient.Headers);
        call.Write([0xFF, 0xFF, 10, 0, 0, 0]);
        Wide(call, "SELECT @a, @b, @c, @d, @e, @f, @g, @h;");
        Wide(call, "@a int, @b decimal(10,2), @c varchar(20), @d varbinary(max), @e datetime2(7), @f sql_variant, @g uniqueidentifier, @h xml");
        call.Write([0, 0, TypeToken.IntN, 4, 4, 42, 0, 0, 0]);
        call.Write([0, 0, TypeToken.DecimalN, 17, 10, 2, 5, 1, 100, 0, 0, 0]);
        call.Write([0, 0, TypeToken.VarChar, 20, 0, 9, 4, 0xD0, 0, 52, 2, 0, (byte)'h', (byte)'i']);
        call.Write([0, 0, TypeToken.VarBinary, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 3, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0]);
        call.Write([0, 0, TypeToken.DateTime2, 7, 8, 1, 2, 3, 4, 5, 1, 2, 0]);
        call.Write([0, 0, TypeToken.Variant, 0x49, 0x1F, 0, 0, 6, 0, 0, 0, TypeToken.Int4, 0, 7, 0, 0, 0]);
        call.Write([0, 0, TypeToken.Guid, 16, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
        call.Write([0, 0, TypeToken.Xml, 0, 8, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, (byte)'<', 0, (byte)'a', 0, (byte)'/', 0, (byte)'>', 0, 0, 0, 0, 0]);
        return call.ToArray();
    }

    private static byte[] TableCall()
    {
        var call = new MemoryStream();
        call.Write(RawClient.Headers);
        call.Write([0xFF, 0xFF, 10, 0, 0, 0]);
        Wide(call, "SELECT COUNT(*) FROM @t;");
        Wide(call, "@t dbo.Pairs READONLY");
        call.Write([2, (byte)'@', 0, (byte)'t', 0, 0, TypeToken.Table, 0]);
        ByteText(call, "dbo");
        ByteText(call, "Pairs");
        call.Write([2, 0]);
        call.Write([0, 0, 0, 0, 1, 0, TypeToken.IntN, 4, 0]);
        call.Write([0, 0, 0, 0, 1, 0, TypeToken.NVarChar, 40, 0, 9, 4, 0xD0, 0, 52, 0]);
        call.Write([0x11, 2, 0, 1, 0, 2, 0, 0]);
        for (byte i = 0; i < 5; i++)
        {
            call.Write([1, 4, i, 0, 0, 0, 2, 0, (byte)'x', 0]);
        }

        call.WriteByte(0);
        return call.ToArray();
    }

    private static byte[] Bulk()
    {
        var bulk = new MemoryStream();
        bulk.Write([(byte)Token.ColumnMetadata, 4, 0]);
        bulk.Write([0, 0, 0, 0, 9, 0, TypeToken.IntN, 4, 2, (byte)'i', 0, (byte)'d', 0]);
        bulk.Write([0, 0, 0, 0, 9, 0, TypeToken.NVarChar, 100, 0, 9, 4, 0xD0, 0, 52, 1, (byte)'n', 0]);
        bulk.Write([0, 0, 0, 0, 9, 0, TypeToken.VarBinary, 0xFF, 0xFF, 1, (byte)'b', 0]);
        bulk.Write([0, 0, 0, 0, 9, 0, TypeToken.DecimalN, 17, 18, 4, 1, (byte)'p', 0]);
        for (byte i = 0; i < 8; i++)
        {
            bulk.Write([(byte)Token.Row, 4, i, 0, 0, 0, 4, 0, (byte)'h', 0, (byte)'i', 0]);
            bulk.Write([0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 1, 2, 0, 0, 0, 0]);
            bulk.Write([9, 1, i, 0, 0, 0, 0, 0, 0, 0]);
        }

        bulk.Write([(byte)Token.Done, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        return bulk.ToArray();
    }

    private static void Wide(Stream stream, string text)
    {
        byte[] bytes = Encoding.Unicode.GetBytes(text);
        stream.Write([0, 0, TypeToken.NVarChar, 0x40, 0x1F, 9, 4, 0xD0, 0, 52, (byte)bytes.Length, (byte)(bytes.Length >> 8)]);
        stream.Write(bytes);
    }

    private static void ByteText(Stream stream, string text)
    {
        stream.WriteByte((byte)text.Length);
        stream.Write(Encoding.Unicode.GetBytes(text));
    }
}
