using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.SqlClient;
using NinaDB.Cli.Tests;

namespace NinaDB.Clients.Tests;

/// <summary>Access tokens against the product's own tenants: the bearer's session is what tenancy.BeginSession makes of it.</summary>
public sealed class TenantTokenTests : IDisposable
{
    private const string Issuer = "https://login.example/v2.0", Audience = "api://ninadb";
    private const string Tid = "11111111-1111-1111-1111-111111111111", Owner = "22222222-2222-2222-2222-222222222222", Stranger = "33333333-3333-3333-3333-333333333333";

    private readonly TemporaryFolder _folder = new();
    private readonly RSA _key = RSA.Create(2048);

    public void Dispose()
    {
        _folder.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void A_token_opens_a_session_of_its_bearers_tenant_and_of_nobody_else()
    {
        string database = Path.Combine(_folder.Path, "nina");
        Succeeds(Nina.Run("init", "--quiet", "--path", database));
        Succeeds(Nina.Run("sql", "--path", database, "-Q", $"REVERT; EXECUTE tenancy.ProvisionTenant @Name = N'acme', @Tid = '{Tid}', @OwnerOid = '{Owner}', @OwnerName = N'Ada';"));
        RSAParameters key = _key.ExportParameters(false);
        string keys = Path.Combine(_folder.Path, "keys.json");
        File.WriteAllText(keys, JsonSerializer.Serialize(new { keys = new[] { new { kty = "RSA", kid = "k", use = "sig", n = Base64Url.EncodeToString(key.Modulus), e = Base64Url.EncodeToString(key.Exponent) } } }));
        using var server = new ServedDatabase(
            database, _folder.Path, "--token-issuer", Issuer, "--token-audience", Audience, "--token-keys", keys, "--token-user", "nina_local", "--on-login", "EXECUTE tenancy.BeginSession @Oid = @Oid, @Tid = @Tid;");

        for (int i = 0; i < 2; i++)
        {
            // The second time from the pool: a reset connection begins its bearer's session again.
            using SqlConnection connection = Open(server, Token(Owner), "Max Pool Size=1;");
            Assert.Equal("acme", Scalar(connection, "SELECT STRING_AGG(name, N',') FROM tenancy.my_tenants;"));
            Assert.Equal("owner", Scalar(connection, "SELECT tenancy.CurrentRole();"));
            Assert.Equal(0, Scalar(connection, "SELECT COUNT(*) FROM mqe.models;"));
            Assert.Equal(229, Assert.Throws<SqlException>(() => Scalar(connection, "SELECT COUNT(*) FROM tenancy.Tenant;")).Number);
        }

        Assert.Equal(50025, Assert.Throws<SqlException>(() => Open(server, Token(Stranger), "Pooling=false;")).Number);
    }

    private static SqlConnection Open(ServedDatabase server, string token, string extra)
    {
        var connection = new SqlConnection($"Server=tcp:127.0.0.1,{server.Port};Encrypt=true;TrustServerCertificate=true;{extra}") { AccessToken = token };
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

    private static object Scalar(SqlConnection connection, string text)
    {
        using var command = new SqlCommand(text, connection);
        return command.ExecuteScalar();
    }

    private string Token(string oid)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        string header = Part(new { alg = "RS256", typ = "JWT", kid = "k" });
        string payload = Part(new { iss = Issuer, aud = Audience, oid, tid = Tid, sub = "s", name = "Ada", nbf = now.AddMinutes(-1).ToUnixTimeSeconds(), exp = now.AddHours(1).ToUnixTimeSeconds() });
        byte[] signature = _key.SignData(Encoding.ASCII.GetBytes(header + "." + payload), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{header}.{payload}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));

    private static void Succeeds((int ExitCode, string Output, string Errors) run) => Assert.True(run.ExitCode == 0, run.Output + run.Errors);
}
