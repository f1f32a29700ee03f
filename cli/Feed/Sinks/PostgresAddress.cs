using System.Globalization;
using Npgsql;

namespace NinaDB.Cli.Feed.Sinks;

/// <summary>Reads postgres://user:password@host:port/database?parameters (https://www.postgresql.org/docs/current/libpq-connect.html, 34.1.1.2).</summary>
internal static class PostgresAddress
{
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("postgres" or "postgresql"))
        {
            throw new CliException(ExitCode.Usage, "The address is not of the form postgres://user@host:port/database.");
        }

        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host.Length == 0 ? "localhost" : uri.Host.Trim('[', ']'),
            Port = uri.Port < 0 ? 5432 : uri.Port,
            ApplicationName = "nina feed",

            // One connection for the life of the feed; a new one after a failure.
            Pooling = false,
        };
        string[] user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length > 1)
        {
            builder.Password = Uri.UnescapeDataString(user[1]);
        }

        string database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        if (database.Length > 0)
        {
            builder.Database = database;
        }

        foreach (string pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            Set(builder, parts[0], Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : string.Empty));
        }

        return builder;
    }

    /// <summary>The address as it may be printed.</summary>
    public static string Describe(NpgsqlConnectionStringBuilder builder) => $"postgres://{builder.Host}:{builder.Port}/{builder.Database}";

    private static void Set(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        switch (name)
        {
            case "host":
                // A folder of unix sockets.
                builder.Host = value;
                break;
            case "port":
                builder.Port = int.Parse(value, CultureInfo.InvariantCulture);
                break;
            case "user":
                builder.Username = value;
                break;
            case "password":
                builder.Password = value;
                break;
            case "dbname":
                builder.Database = value;
                break;
            case "application_name":
                builder.ApplicationName = value;
                break;
            case "connect_timeout":
                builder.Timeout = int.Parse(value, CultureInfo.InvariantCulture);
                break;
            case "options":
                builder.Options = value;
                break;
            case "sslrootcert":
                builder.RootCertificate = value;
                break;
            case "sslmode":
                builder.SslMode = value switch
                {
                    "disable" => SslMode.Disable,
                    "allow" => SslMode.Allow,
                    "prefer" => SslMode.Prefer,
                    "require" => SslMode.Require,
                    "verify-ca" => SslMode.VerifyCA,
                    "verify-full" => SslMode.VerifyFull,
                    _ => throw new CliException(ExitCode.Usage, $"'{value}' is no sslmode."),
                };
                break;
            default:
                throw new CliException(ExitCode.Usage, $"The address has a parameter '{name}' that the feed does not know.");
        }
    }
}
