using System.CommandLine;
using Microsoft.Data.SqlClient;
using NinaDB.Cli.Sessions;

namespace NinaDB.Cli.Commands;

/// <summary>--server and what belongs to it: run on a server instead of in a folder. The password comes from NINA_PASSWORD, never from the command line.</summary>
internal sealed class ServerOptions
{
    private const string PasswordVariable = "NINA_PASSWORD";

    private readonly Option<string?> _server = new("--server", "-S") { Description = "Server to connect to, as host,port; left out: the database folder in this process.", HelpName = "HOST,PORT" };
    private readonly Option<string?> _user = new("--user", "-U") { Description = $"Login of --server; its password comes from {PasswordVariable}.", HelpName = "LOGIN" };
    private readonly Option<string?> _database = new("--database") { Description = "Database of --server; by default that of the login.", HelpName = "NAME" };
    private readonly Option<bool> _trust = new("--trust-server-certificate") { Description = "Do not verify the certificate of --server: for a self-signed one on this machine." };

    public void AddTo(Command command)
    {
        command.Options.Add(_server);
        command.Options.Add(_user);
        command.Options.Add(_database);
        command.Options.Add(_trust);
    }

    /// <summary>The session of --server, or null where it was left out.</summary>
    public ServerSession? Connect(ParseResult result)
    {
        if (result.GetValue(_server) is not { } server)
        {
            return null;
        }

        string user = result.GetValue(_user) ?? throw new CliException(ExitCode.Usage, "--server needs --user.");
        string password = Environment.GetEnvironmentVariable(PasswordVariable) ?? throw new CliException(ExitCode.Usage, $"--server needs the password of '{user}' in the environment variable {PasswordVariable}.");
        var builder = new SqlConnectionStringBuilder
        {
            DataSource = server,
            UserID = user,
            Password = password,
            InitialCatalog = result.GetValue(_database) ?? "",
            Encrypt = true,
            TrustServerCertificate = result.GetValue(_trust),
            ApplicationName = "nina",
            Pooling = false,
        };
        return new ServerSession(builder.ConnectionString);
    }
}
