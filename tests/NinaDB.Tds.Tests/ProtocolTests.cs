using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Microsoft.Data.SqlClient;
using NinaDB.Engine;
using NinaDB.Tds.Protocol;
using NinaDB.Tds.Security;

namespace NinaDB.Tds.Tests;

/// <summary>What happens before and around requests: encryption, versions, lockout, limits, back-pressure.</summary>
public sealed class ProtocolTests : IDisposable
{
    private readonly Database _database = Database.CreateInMemory();

    public ProtocolTests() => TestServer.Prepare(_database);

    public void Dispose()
    {
        _database.Dispose();
    }

    private TdsServer Start(EncryptionMode encryption = EncryptionMode.Optional, int lockout = 10, int connections = 1000, TimeSpan? loginTimeout = null, int requestLength = 1024 * 1024) => TdsServer.Start(
        _database,
        new TdsServerOptions
        {
            Port = 0, Encryption = encryption, LockoutThreshold = lockout, MaximumConnections = connections, LoginTimeout = loginTimeout ?? TimeSpan.FromSeconds(15),
            MaximumRequestLength = requestLength,
        });

    [Fact]
    public async Task A_client_that_does_not_encrypt_is_turned_away_when_encryption_is_required()
    {
        await using TdsServer server = Start(EncryptionMode.Required);
        using var client = RawClient.Connect(server.EndPoint.Port);
        client.Send(PacketType.Prelogin, RawClient.Prelogin(PreloginEncryption.NotSupported));
        byte[] answer = client.Receive()!;
        Assert.Equal((byte)PreloginEncryption.Required, answer[32]);
        client.SendMessage(PacketType.Login7, RawClient.Login(TestServer.User, TestServer.Password));
        byte[]? refusal = client.Receive();
        Assert.Equal((byte)Token.Error, refusal![0]);
        Assert.Null(client.Receive());
    }

    [Fact]
    public async Task Strict_mode_is_tls_first_with_its_application_protocol()
    {
        await using TdsServer server = Start(EncryptionMode.Strict);
        using (var plain = RawClient.Connect(server.EndPoint.Port))
        {
            plain.Send(PacketType.Prelogin, RawClient.Prelogin(PreloginEncryption.On));
            Assert.Null(plain.Receive());
        }

        using var client = RawClient.Connect(server.EndPoint.Port);
        SslStream tls = client.StartStrict(SslProtocols.Tls13);
        Assert.Equal("tds/8.0", tls.NegotiatedApplicationProtocol.ToString());
        Assert.Equal(SslProtocols.Tls13, tls.SslProtocol);
        byte[] answer = client.LogIn()!;
        Assert.NotEqual((byte)Token.Error, answer[0]);
        client.SendMessage(PacketType.SqlBatch, RawClient.Batch("SELECT 1;"));
        Assert.Equal((byte)Token.ColumnMetadata, client.Receive()![0]);
    }

    [Fact]
    public async Task Old_tls_is_refused()
    {
        await using TdsServer server = Start(EncryptionMode.Strict);
        using var client = RawClient.Connect(server.EndPoint.Port);
#pragma warning disable SYSLIB0039, CA5397 // That it is refused is the point.
        Assert.ThrowsAny<Exception>(() => client.StartStrict(SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397
    }

    [Fact]
    public async Task Nothing_is_answered_before_login()
    {
        await using TdsServer server = Start();
        foreach (PacketType type in new[] { PacketType.SqlBatch, PacketType.Rpc, PacketType.BulkLoad, PacketType.TransactionManager, PacketType.Attention })
        {
            using var client = RawClient.Connect(server.EndPoint.Port);
            client.SendMessage(type, RawClient.Batch("SELECT 1;"));
            Assert.Null(client.Receive());
        }
    }

    [Fact]
    public async Task Too_many_failures_lock_a_login_out_for_a_while()
    {
        await using TdsServer server = Start(lockout: 3);
        string text = TestServer.ConnectionStringFor(server.EndPoint.Port, "Pooling=false;");
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(18456, Fails(text.Replace(TestServer.Password, "wrong", StringComparison.Ordinal)));
        }

        Assert.Equal(18486, Fails(text));
        Assert.Equal(18456, Fails(text.Replace("User ID=" + TestServer.User, "User ID=other", StringComparison.Ordinal)));
    }

    private static int Fails(string connectionString) => Assert.Throws<SqlException>(() =>
    {
        using var connection = new SqlConnection(connectionString);
        connection.Open();
    }).Number;

    [Fact]
    public async Task A_login_that_never_comes_is_given_up()
    {
        await using TdsServer server = Start(loginTimeout: TimeSpan.FromMilliseconds(300));
        using var client = RawClient.Connect(server.EndPoint.Port);
        Assert.Null(client.Receive());
    }

    [Fact]
    public async Task More_connections_than_allowed_are_refused_and_the_others_go_on()
    {
        await using TdsServer server = Start(connections: 2);
        using var first = RawClient.Connect(server.EndPoint.Port);
        using var second = RawClient.Connect(server.EndPoint.Port);
        first.LogIn();
        second.LogIn();
        using (var third = RawClient.Connect(server.EndPoint.Port))
        {
            Assert.Equal((byte)Token.Error, third.LogIn()![0]);
        }

        first.SendMessage(PacketType.SqlBatch, RawClient.Batch("SELECT 1;"));
        Assert.Equal((byte)Token.ColumnMetadata, first.Receive()![0]);
    }

    [Fact]
    public async Task A_request_beyond_the_limit_ends_its_connection_only()
    {
        await using TdsServer server = Start(requestLength: 10_000);
        using var client = RawClient.Connect(server.EndPoint.Port);
        client.LogIn();
        try
        {
            client.SendMessage(PacketType.SqlBatch, RawClient.Batch(new string(' ', 10_000) + "SELECT 1;"));
            Assert.Null(client.Receive());
        }
        catch (IOException)
        {
            // The server hung up while the client was still sending.
        }

        using var other = RawClient.Connect(server.EndPoint.Port);
        Assert.NotNull(other.LogIn());
    }

    [Fact]
    public async Task A_reader_that_does_not_read_blocks_only_itself()
    {
        await using TdsServer server = Start();
        using var slow = RawClient.Connect(server.EndPoint.Port);
        slow.LogIn();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        slow.SendMessage(PacketType.SqlBatch, RawClient.Batch("SELECT value, REPLICATE(CAST('x' AS varchar(8000)), 8000) FROM GENERATE_SERIES(1, 10000000);"));
        using var other = RawClient.Connect(server.EndPoint.Port);
        other.LogIn();
        for (int i = 0; i < 50; i++)
        {
            other.SendMessage(PacketType.SqlBatch, RawClient.Batch("SELECT 1;"));
            Assert.NotNull(other.Receive());
        }

        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 32 * 1024 * 1024);
        slow.Send(PacketType.Attention, []);
        byte[] answer = slow.Receive()!;
        Assert.Equal((byte)Token.Done, answer[^13]);
        byte[] acknowledgement = slow.Receive()!;
        Assert.Equal((byte)Token.Done, acknowledgement[0]);
        Assert.Equal((byte)DoneStatus.Attention, acknowledgement[1]);
        slow.SendMessage(PacketType.SqlBatch, RawClient.Batch("SELECT 1;"));
        Assert.Equal((byte)Token.ColumnMetadata, slow.Receive()![0]);
    }

    [Fact]
    public async Task An_attention_with_nothing_running_is_acknowledged()
    {
        await using TdsServer server = Start();
        using var client = RawClient.Connect(server.EndPoint.Port);
        client.LogIn();
        client.Send(PacketType.Attention, []);
        byte[] answer = client.Receive()!;
        Assert.Equal((byte)Token.Done, answer[0]);
        Assert.Equal((byte)DoneStatus.Attention, answer[1]);
    }

    [Fact]
    public async Task Vectors_and_json_go_native_to_clients_that_ask()
    {
        await using TdsServer server = Start();
        using var client = RawClient.Connect(server.EndPoint.Port);
        byte[] login = client.LogIn(features: [(byte)Feature.VectorSupport, 1, 0, 0, 0, 1, (byte)Feature.JsonSupport, 1, 0, 0, 0, 1, (byte)Feature.Utf8Support, 0, 0, 0, 0])!;
        Assert.Contains((byte)Token.FeatureExtAck, login);
        client.SendMessage(PacketType.SqlBatch, RawClient.Batch("SELECT CAST('[1,2]' AS vector(2)) AS v, CAST('{}' AS json) AS j;"));
        byte[] answer = client.Receive()!;
        int vector = answer.AsSpan().IndexOf((ReadOnlySpan<byte>)[TypeToken.Vector, 16, 0, 0]);
        Assert.True(vector > 0);
        int value = answer.AsSpan().IndexOf((ReadOnlySpan<byte>)[16, 0, 0xA9, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]);
        Assert.True(value > vector);
        Assert.True(answer.AsSpan().IndexOf((ReadOnlySpan<byte>)[TypeToken.Json, 1, (byte)'j', 0]) > 0);
    }

    [Fact]
    public async Task A_hundred_idle_and_twenty_busy_connections_live_together()
    {
        await using TdsServer server = Start();
        var idle = new List<RawClient>();
        try
        {
            for (int i = 0; i < 100; i++)
            {
                var client = RawClient.Connect(server.EndPoint.Port);
                idle.Add(client);
                Assert.NotEqual((byte)Token.Error, client.LogIn()![0]);
            }

            Parallel.For(0, 20, new ParallelOptions { MaxDegreeOfParallelism = 20 }, i =>
            {
                using var client = RawClient.Connect(server.EndPoint.Port);
                client.LogIn();
                for (int n = 0; n < 20; n++)
                {
                    client.SendMessage(PacketType.SqlBatch, RawClient.Batch($"SELECT SUM(value) FROM GENERATE_SERIES(1, {1000 + i});"));
                    Assert.NotNull(client.Receive());
                }
            });
            idle[50].SendMessage(PacketType.SqlBatch, RawClient.Batch("SELECT 1;"));
            Assert.NotNull(idle[50].Receive());
        }
        finally
        {
            idle.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public async Task A_server_that_stops_ends_what_runs()
    {
        TdsServer server = Start();
        using var client = RawClient.Connect(server.EndPoint.Port);
        client.LogIn();
        client.SendMessage(PacketType.SqlBatch, RawClient.Batch("SELECT COUNT_BIG(*) FROM GENERATE_SERIES(1, 1000000) AS a CROSS JOIN GENERATE_SERIES(1, 1000000) AS b WHERE a.value % 7 = b.value % 5;"));
        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, server.ConnectionCount);
    }

    [Fact]
    public void The_self_signed_certificate_of_a_folder_is_made_once()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            using var first = ServerCertificate.OfFolder(folder);
            using var second = ServerCertificate.OfFolder(folder);
            Assert.Equal(first.Thumbprint, second.Thumbprint);
            Assert.True(second.HasPrivateKey);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
