using System.Diagnostics;
using NinaDB.Cli.Feed.Sinks;
using Npgsql;

namespace NinaDB.Feed.Tests;

/// <summary>A PostgreSQL server of the tests' own: in a temporary folder, on a unix socket only, run by an unprivileged user, stopped at the end.</summary>
public sealed class PostgresCluster : IDisposable
{
    private const string Root = "/usr/lib/postgresql";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "ninadb-pg-" + Guid.NewGuid().ToString("N")[..8]);
    private readonly string _settings;
    private int _databases;

    /// <summary>A server that syncs nothing, since it is thrown away.</summary>
    public PostgresCluster()
        : this(isDurable: false)
    {
    }

    /// <summary>A server with the default settings, as an installation has them.</summary>
    public static PostgresCluster Durable() => new(isDurable: true);

    private PostgresCluster(bool isDurable)
    {
        _settings = isDurable ? "" : " -c fsync=off";
        if (Missing is not null)
        {
            return;
        }

        Directory.CreateDirectory(_folder);
        if (Environment.UserName == "root")
        {
            // The server refuses to run as root; Debian's package has made this user.
            Run("chown", "postgres", _folder);
        }

        RunAsOwner("initdb", "-D", Data, "-A", "trust", "-U", "feed", "-E", "UTF8", "--locale=C", "--no-sync");
        Start();
    }

    /// <summary>Why there is no server; null when there is one.</summary>
    public static string? Missing { get; } = Programs() is null ? "PostgreSQL is not installed (Debian package postgresql)." : null;

    private string Data => Path.Combine(_folder, "data");

    /// <summary>A new, empty database, as nina feed takes it.</summary>
    internal string NewDatabase()
    {
        string name = $"d{++_databases}";
        using var connection = new NpgsqlConnection(PostgresAddress.Parse(AddressOf("postgres")).ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand($"CREATE DATABASE {name};", connection);
        command.ExecuteNonQuery();
        return AddressOf(name);
    }

    /// <summary>What a query gives, column by column joined with |.</summary>
    internal static List<string> Query(string address, string text)
    {
        using var connection = new NpgsqlConnection(PostgresAddress.Parse(address).ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(text, connection);
        using NpgsqlDataReader reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : reader.GetValue(i).ToString())));
        }

        return rows;
    }

    /// <summary>No listening on the network.</summary>
    internal void Start() => RunAsOwner("pg_ctl", "-D", Data, "-w", "-s", "-l", Path.Combine(_folder, "log"), "-o", $"-k {_folder} -c listen_addresses=''{_settings} -c client_min_messages=warning", "start");

    /// <summary>As a crash of the server.</summary>
    internal void StopAtOnce() => RunAsOwner("pg_ctl", "-D", Data, "-w", "-s", "-m", "immediate", "stop");

    public void Dispose()
    {
        if (!Directory.Exists(_folder))
        {
            return;
        }

        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            StopAtOnce();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string AddressOf(string database) => $"postgres://feed@localhost/{database}?host={_folder}";

    private static string? Programs() => Directory.Exists(Root)
        ? Directory.GetDirectories(Root).Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    private static void RunAsOwner(string program, params string[] arguments)
    {
        string path = Path.Combine(Programs()!, program);
        if (Environment.UserName == "root")
        {
            Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        }
        else
        {
            Run(path, arguments);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        // Not redirected: the server would keep the pipes open.
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }
}
