using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.SqlClient;
using NinaDB.Engine;
using NinaDB.Tds.Protocol;
using NinaDB.Tds.Security;

namespace NinaDB.Tds.Tests;

/// <summary>FEDAUTH with JWT access tokens: who is let in, who is not, and what the session knows of its bearer.</summary>
public sealed class AccessTokenTests : IAsyncLifetime
{
    private const string Issuer = "https://login.example/", Audience = "api://ninadb";

    private readonly Database _database = Database.CreateInMemory();
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _keys = Path.GetTempFileName();
    private TdsServer? _server;

    public Task InitializeAsync()
    {
        RSAParameters rsa = _rsa.ExportParameters(false);
        ECParameters ec = _ec.ExportParameters(false);
        File.WriteAllText(_keys, JsonSerializer.Serialize(new
        {
            keys = new object[]
            {
                new { kty = "RSA", kid = "r1", use = "sig", n = Base64Url.EncodeToString(rsa.Modulus), e = Base64Url.EncodeToString(rsa.Exponent) },
                new { kty = "EC", kid = "e1", crv = "P-256", x = Base64Url.EncodeToString(ec.Q.X), y = Base64Url.EncodeToString(ec.Q.Y) },
            },
        }));
        TestServer.Prepare(_database);
        TestServer.Run(_database, "CREATE USER bearer WITHOUT LOGIN;");
        TestServer.Run(_database, """
            CREATE PROCEDURE dbo.Begins @Oid nvarchar(40), @Tid nvarchar(40) AS
            BEGIN
                IF @Oid = N'refused' THROW 50001, N'not this one', 1;
                EXECUTE sp_set_session_context N'oid', @Oid, @read_only = 1;
                EXECUTE sp_set_session_context N'tid', @Tid, @read_only = 1;
            END;
            """);
        TestServer.Run(_database, "GRANT EXECUTE ON OBJECT::dbo.Begins TO bearer;");
        _server = TdsServer.Start(_database, new TdsServerOptions
        {
            Port = 0,
            AccessTokens = new AccessTokenOptions { Issuer = Issuer, Audience = Audience, KeySet = _keys, User = "bearer", OnLogin = "EXECUTE dbo.Begins @Oid = @Oid, @Tid = @Tid;" },
        });
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        _database.Dispose();
        _rsa.Dispose();
        _ec.Dispose();
        File.Delete(_keys);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public void A_signed_token_logs_in_and_its_claims_reach_the_database(string algorithm)
    {
        using SqlConnection connection = Open(Token(algorithm));
        using var command = new SqlCommand("SELECT CONCAT(CONVERT(nvarchar(40), SESSION_CONTEXT(N'oid')), N'/', CONVERT(nvarchar(40), SESSION_CONTEXT(N'tid')), N'/', USER_NAME());", connection);
        Assert.Equal("o-1/t-1/bearer", command.ExecuteScalar());
    }

    [Fact]
    public void A_reset_connection_is_its_bearers_again()
    {
        string token = Token("RS256");
        for (int i = 0; i < 3; i++)
        {
            using SqlConnection connection = Open(token, "Max Pool Size=1;");
            using var command = new SqlCommand("SELECT SESSION_CONTEXT(N'oid');", connection);
            Assert.Equal("o-1", command.ExecuteScalar());
        }
    }

    public static TheoryData<string> Bad => new("issuer", "audience", "expired", "future", "unsigned", "hmac", "tampered", "foreign key", "unknown key", "hook", "garbage");

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_token_that_is_wrong_in_any_way_is_refused(string fault)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        string token = fault switch
        {
            "issuer" => Token("RS256", issuer: "https://evil.example/"),
            "audience" => Token("RS256", audience: "api://other"),
            "expired" => Token("RS256", expires: now.AddHours(-1)),
            "future" => Token("RS256", notBefore: now.AddHours(1)),
            "unsigned" => Token("none"),
            "hmac" => Token("HS256"),
            "tampered" => Tamper(Token("RS256")),
            "foreign key" => Token("RS256", foreign: true),
            "unknown key" => Token("RS256", key: "r2"),
            "hook" => Token("RS256", oid: "refused"),
            _ => "not.a.token",
        };
        SqlException exception = Assert.Throws<SqlException>(() => Open(token, "Pooling=false;").Dispose());
        Assert.Equal(fault == "hook" ? 50001 : 18456, exception.Number);
    }

    [Fact]
    public void A_token_longer_than_its_field_is_a_protocol_error()
    {
        using var client = RawClient.Connect(_server!.EndPoint.Port);
        client.StartStrict(System.Security.Authentication.SslProtocols.Tls12);
        var lie = new byte[9];
        lie[0] = 2;
        BinaryPrimitives.WriteInt32LittleEndian(lie.AsSpan(1), int.MaxValue);
        Assert.Null(client.LogIn("", "", [(byte)Feature.FederatedAuthentication, 9, 0, 0, 0, .. lie]));
    }

    private SqlConnection Open(string token, string extra = "")
    {
        var connection = new SqlConnection($"Server=tcp:127.0.0.1,{_server!.EndPoint.Port};Encrypt=true;TrustServerCertificate=true;{extra}") { AccessToken = token };
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private string Token(
        string algorithm, string issuer = Issuer, string audience = Audience, DateTimeOffset? expires = null, DateTimeOffset? notBefore = null, string? key = null, bool foreign = false, string oid = "o-1")
    {
        string header = Part(new { alg = algorithm, typ = "JWT", kid = key ?? (algorithm == "ES256" ? "e1" : "r1") });
        string payload = Part(new
        {
            iss = issuer, aud = audience, oid, tid = "t-1", sub = "s-1", name = "Nina",
            nbf = (notBefore ?? DateTimeOffset.UtcNow.AddMinutes(-1)).ToUnixTimeSeconds(), exp = (expires ?? DateTimeOffset.UtcNow.AddHours(1)).ToUnixTimeSeconds(),
        });
        byte[] data = Encoding.ASCII.GetBytes(header + "." + payload);
        using var other = RSA.Create(2048);
        byte[] signature = algorithm switch
        {
            "RS256" => (foreign ? other : _rsa).SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "ES256" => _ec.SignData(data, HashAlgorithmName.SHA256),
            "HS256" => HMACSHA256.HashData(_rsa.ExportRSAPublicKey(), data),
            _ => [],
        };
        return $"{header}.{payload}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));

    private static string Tamper(string token)
    {
        string[] parts = token.Split('.');
        string payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("o-1", "o-2", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.{parts[2]}";
    }
}
