using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NinaDB.Cli.Serving;
using NinaDB.Engine;
using NinaDB.Tds;
using NinaDB.Tds.Security;

namespace NinaDB.Cli.Commands;

/// <summary>`nina serve`: lets SQL Server's clients in.</summary>
internal static class ServeCommand
{
    private const int DefaultPort = 1433;
    private static readonly TimeSpan HealthInterval = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        Option<string> path = SharedOptions.Path();
        Option<string> listen = new("--listen") { Description = "Address to listen on; 0.0.0.0 for every IPv4 address, :: for all.", DefaultValueFactory = _ => "127.0.0.1", HelpName = "ADDRESS" };
        Option<int> port = new("--port", "-p") { Description = "TCP port; 0 for any that is free.", DefaultValueFactory = _ => DefaultPort };
        Option<EncryptionMode> encryption = new("--encryption") { Description = "required, optional, or strict (TDS 8.0 only).", DefaultValueFactory = _ => EncryptionMode.Required };
        Option<string?> certificate = new("--certificate") { Description = "Certificate (PFX, or PEM); a self-signed one is made otherwise.", HelpName = "FILE" };
        Option<string?> certificateKey = new("--certificate-key") { Description = "Private key of a PEM certificate that does not hold it.", HelpName = "FILE" };
        Option<string?> createLogin = new("--create-login") { Description = "Create a login (or give it a new password) before serving; its password comes from NINA_PASSWORD or is asked for.", HelpName = "NAME" };
        Option<string> role = new("--role") { Description = "Database role of a login that is created.", DefaultValueFactory = _ => "db_owner" };
        Option<int> connections = new("--max-connections") { Description = "Connections at a time.", DefaultValueFactory = _ => 1000 };
        Option<string?> issuer = new("--token-issuer") { Description = "Accept JWT access tokens of this issuer." };
        Option<string?> audience = new("--token-audience") { Description = "Audience that tokens must name." };
        Option<string?> keySet = new("--token-keys") { Description = "JSON Web Key Set of the issuer: a file or an http(s) address." };
        Option<string> tokenUser = new("--token-user") { Description = "Database user that sessions of tokens act as.", DefaultValueFactory = _ => "nina_local" };
        Option<string?> onLogin = new("--on-login") { Description = "T-SQL to run when a session of a token begins; @Oid, @Tid, @Sub and @Name are its claims.", HelpName = "SQL" };
        Option<ServerLogLevel> logLevel = new("--log-level") { Description = "debug, information, warning, error or none.", DefaultValueFactory = _ => ServerLogLevel.Information };
        var command = new Command(
            "serve",
            """
            Serves a database to SQL Server clients (TDS 7.1 to 7.4, and 8.0), until Ctrl+C.

            Examples:
              NINA_PASSWORD=... nina serve --path my-db --create-login app
              nina serve --path my-db --port 0 --encryption strict
              nina serve --path my-db --listen 0.0.0.0 --certificate server.pfx
              nina serve --path my-db --token-issuer https://login.example/ --token-audience api://ninadb \
                --token-keys jwks.json --on-login "EXECUTE tenancy.BeginSession @Oid = @Oid, @Tid = @Tid;"
            """)
        {
            path, listen, port, encryption, certificate, certificateKey, createLogin, role, connections, issuer, audience, keySet, tokenUser, onLogin, logLevel,
        };
        command.SetAction(async (result, cancellation) =>
        {
            string folder = result.GetRequiredValue(path);
            if (!IPAddress.TryParse(result.GetRequiredValue(listen), out IPAddress? address))
            {
                throw new CliException(ExitCode.Usage, $"'{result.GetValue(listen)}' is no IP address.");
            }

            using Database database = DatabaseFolder.Open(folder);
            if (result.GetValue(createLogin) is { } name)
            {
                LoginCreation.Create(database, name, result.GetRequiredValue(role), cancellation);
            }

            using X509Certificate2? own = LoadCertificate(result.GetValue(certificate), result.GetValue(certificateKey));
            var options = new TdsServerOptions
            {
                Address = address,
                Port = result.GetValue(port),
                Encryption = result.GetValue(encryption),
                Certificate = own,
                MaximumConnections = result.GetValue(connections),
                AccessTokens = Tokens(result.GetValue(issuer), result.GetValue(audience), result.GetValue(keySet), result.GetRequiredValue(tokenUser), result.GetValue(onLogin)),
                Log = new ServerLog(Console.Error, result.GetValue(logLevel)),
            };

            // Whatever the host does with signals, this one ends in its own time: requests are cancelled, transactions rolled back, the database closed.
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            void Stop(PosixSignalContext signal)
            {
                signal.Cancel = true;
                stopping.Cancel();
            }

            using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            await ServeAsync(database, options, stopping.Token);
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task ServeAsync(Database database, TdsServerOptions options, CancellationToken cancellation)
    {
        TdsServer server;
        try
        {
            server = TdsServer.Start(database, options);
        }
        catch (SocketException error)
        {
            throw new CliException(ExitCode.File, $"{options.Address}:{options.Port} cannot be listened on: {error.Message}");
        }

        await using (server)
        {
            ConnectionGuide.Print(Console.Out, server, database, options);
            DateTime started = DateTime.UtcNow;
            while (!cancellation.IsCancellationRequested)
            {
                try
                {
                    await Task.Delay(HealthInterval, cancellation);
                }
                catch (OperationCanceledException)
                {
                    break;
                }

                options.Log.Write(
                    ServerLogLevel.Information, "health", ("up", (DateTime.UtcNow - started).ToString("c", CultureInfo.InvariantCulture)), ("connections", server.ConnectionCount),
                    ("accepted", server.AcceptedCount), ("memory_mb", Environment.WorkingSet / (1024 * 1024)), ("threads", System.Diagnostics.Process.GetCurrentProcess().Threads.Count));
            }

            options.Log.Write(ServerLogLevel.Information, "stopping", ("connections", server.ConnectionCount));
        }

        options.Log.Write(ServerLogLevel.Information, "stopped");
    }

    private static X509Certificate2? LoadCertificate(string? path, string? keyPath)
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            return ServerCertificate.Load(path, keyPath, Environment.GetEnvironmentVariable("NINA_CERTIFICATE_PASSWORD"));
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException(ExitCode.File, $"The certificate '{path}' cannot be read: {error.Message}");
        }
    }

    private static AccessTokenOptions? Tokens(string? issuer, string? audience, string? keySet, string user, string? onLogin)
    {
        if (issuer is null && audience is null && keySet is null)
        {
            return onLogin is null ? null : throw new CliException(ExitCode.Usage, "--on-login goes with --token-issuer, --token-audience and --token-keys.");
        }

        return issuer is not null && audience is not null && keySet is not null
            ? new AccessTokenOptions { Issuer = issuer, Audience = audience, KeySet = keySet, User = user, OnLogin = onLogin }
            : throw new CliException(ExitCode.Usage, "--token-issuer, --token-audience and --token-keys go together.");
    }
}
