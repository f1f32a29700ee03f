using System.Net;
using NinaDB.Engine;
using NinaDB.Tds;

namespace NinaDB.Cli.Serving;

/// <summary>Where the server listens, and how each common client gets there.</summary>
internal static class ConnectionGuide
{
    public static void Print(TextWriter output, TdsServer server, Database database, TdsServerOptions options)
    {
        IPEndPoint endPoint = server.EndPoint;
        string host = endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any) ? Dns.GetHostName() : endPoint.Address.ToString();
        int port = endPoint.Port;
        string encrypt = options.Encryption switch { EncryptionMode.Strict => "Strict", EncryptionMode.Required => "Mandatory", _ => "Optional" };
        string name = database.Name;
        bool isSelfSigned = options.Certificate is null;
        string[] logins = [.. database.Catalog.Logins.Values.Where(l => l.PasswordHash is not null && !l.IsDisabled).Select(l => l.Name).Order(StringComparer.OrdinalIgnoreCase)];
        string user = logins.FirstOrDefault() ?? "NAME";
        output.WriteLine($"NinaDB serves '{name}' on {endPoint} (encryption {options.Encryption.ToString().ToLowerInvariant()}, certificate {server.Certificate.Thumbprint[..16].ToLowerInvariant()}...{(isSelfSigned ? ", self-signed" : "")}).");
        if (logins.Length == 0 && options.AccessTokens is null)
        {
            output.WriteLine("No login has a password yet: NINA_PASSWORD=... nina serve --create-login NAME makes one.");
        }

        output.WriteLine();
        output.WriteLine($"  sqlcmd     sqlcmd -S tcp:{host},{port} -U {user} -d {name} {(options.Encryption == EncryptionMode.Strict ? "-Ns" : "-N -C")}");
        output.WriteLine($"  SqlClient  Server=tcp:{host},{port};Database={name};User ID={user};Password=...;Encrypt={encrypt}{(isSelfSigned ? ";TrustServerCertificate=true" : "")}");
        output.WriteLine($"  JDBC       jdbc:sqlserver://{host}:{port};databaseName={name};user={user};password=...;encrypt={(options.Encryption == EncryptionMode.Strict ? "strict" : "true")}{(isSelfSigned ? ";trustServerCertificate=true" : "")}");
        output.WriteLine($"  ODBC       Driver={{ODBC Driver 18 for SQL Server}};Server=tcp:{host},{port};Database={name};UID={user};PWD=...;Encrypt={encrypt}{(isSelfSigned ? ";TrustServerCertificate=yes" : "")}");
        output.WriteLine($"  FreeTDS    tsql -H {host} -p {port} -U {user} -D {name}");
        output.WriteLine($"  Python     pymssql.connect(server='{host}', port={port}, user='{user}', password='...', database='{name}')");
        output.WriteLine($"  Node       mssql.connect({{ server: '{host}', port: {port}, user: '{user}', password: '...', database: '{name}', options: {{ encrypt: true, trustServerCertificate: {(isSelfSigned ? "true" : "false")} }} }})");
        output.WriteLine();
        output.WriteLine("Ctrl+C stops it.");
        output.Flush();
    }
}
