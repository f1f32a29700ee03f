using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NinaDB.Engine.Data;

/// <summary>What opening a connection may do about the database folder.</summary>
public enum NinaOpenMode
{
    /// <summary>Opens the database, creating it when the folder holds none.</summary>
    OpenOrCreate,

    /// <summary>Opens an existing database; error 5120 when there is none.</summary>
    Open,

    /// <summary>Creates a new database; error 5170 when one is there.</summary>
    Create,

    /// <summary>A scratch database. Connections of one process that name the same data source share it while one of them is open.</summary>
    Memory,
}

/// <summary>
/// Builds and reads connection strings: <c>Data Source=folder; Mode=Open; Command Timeout=30; Pooling=True; Application Name=...</c>.
/// Keys are those of SqlClient where there is a counterpart; its keys about networks and logins are accepted and mean nothing here.
/// </summary>
public sealed class NinaConnectionStringBuilder : DbConnectionStringBuilder
{
    private const string DataSourceKey = "Data Source", ModeKey = "Mode", CommandTimeoutKey = "Command Timeout", PoolingKey = "Pooling", ApplicationNameKey = "Application Name", InitialCatalogKey = "Initial Catalog", ContextKey = "Context Connection";

    private static readonly Dictionary<string, string> Canonicals = new(StringComparer.OrdinalIgnoreCase)
    {
        [DataSourceKey] = DataSourceKey,
        ["DataSource"] = DataSourceKey,
        ["Server"] = DataSourceKey,
        ["Address"] = DataSourceKey,
        ["Path"] = DataSourceKey,
        ["Folder"] = DataSourceKey,
        [ModeKey] = ModeKey,
        [CommandTimeoutKey] = CommandTimeoutKey,
        ["Default Command Timeout"] = CommandTimeoutKey,
        [PoolingKey] = PoolingKey,
        [ApplicationNameKey] = ApplicationNameKey,
        ["App"] = ApplicationNameKey,
        [ContextKey] = ContextKey,
        [InitialCatalogKey] = InitialCatalogKey,
        ["Database"] = InitialCatalogKey,
    };

    /// <summary>Keys of SqlClient that an application may carry along.</summary>
    private static readonly HashSet<string> Ignored = new(StringComparer.OrdinalIgnoreCase)
    {
        "Integrated Security", "Trusted_Connection", "Encrypt", "TrustServerCertificate", "Trust Server Certificate", "MultipleActiveResultSets",
        "Multiple Active Result Sets", "Connect Timeout", "Connection Timeout", "Timeout", "Persist Security Info", "User ID", "UID", "Password", "PWD", "Packet Size", "Workstation ID",
        "Min Pool Size", "Max Pool Size", "ConnectRetryCount", "Connect Retry Count",
    };

    public NinaConnectionStringBuilder()
    {
    }

    public NinaConnectionStringBuilder(string? connectionString) => ConnectionString = connectionString;

    /// <summary>Folder of the database.</summary>
    public string DataSource
    {
        get => Text(DataSourceKey, "");
        set => base[DataSourceKey] = value;
    }

    public NinaOpenMode Mode
    {
        get => Enum.TryParse(Text(ModeKey, nameof(NinaOpenMode.OpenOrCreate)), ignoreCase: true, out NinaOpenMode mode) && Enum.IsDefined(mode)
            ? mode
            : throw new ArgumentException($"Mode '{Text(ModeKey, "")}' is not one of {string.Join(", ", Enum.GetNames<NinaOpenMode>())}.");
        set => base[ModeKey] = value.ToString();
    }

    /// <summary>Seconds before a command of the connection times out, unless it says otherwise; 0 for never. 30 by default.</summary>
    public int CommandTimeout
    {
        get => int.TryParse(Text(CommandTimeoutKey, "30"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            ? seconds
            : throw new ArgumentException($"Command Timeout '{Text(CommandTimeoutKey, "")}' is not a number of seconds.");
        set => base[CommandTimeoutKey] = value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Keep the database open after the last connection is closed, until <see cref="NinaConnection.ClearPool"/> or the end of the process. True by default.</summary>
    public bool Pooling
    {
        get => Flag(PoolingKey, "True");
        set => base[PoolingKey] = value.ToString();
    }

    /// <summary>Inside a CLR routine: use the session that called it. False by default.</summary>
    public bool ContextConnection
    {
        get => Flag(ContextKey, "False");
        set => base[ContextKey] = value.ToString();
    }

    /// <summary>APP_NAME().</summary>
    public string ApplicationName
    {
        get => Text(ApplicationNameKey, "");
        set => base[ApplicationNameKey] = value;
    }

    /// <summary>Database that the connection begins in; the folder's own by default.</summary>
    public string InitialCatalog
    {
        get => Text(InitialCatalogKey, "");
        set => base[InitialCatalogKey] = value;
    }

    [AllowNull]
    public override object this[string keyword]
    {
        get => base[Canonical(keyword)];
        set => base[Canonical(keyword)] = value!;
    }

    public override bool ContainsKey(string keyword) => Canonicals.TryGetValue(keyword, out string? key) && base.ContainsKey(key);

    public override bool Remove(string keyword) => base.Remove(Canonical(keyword));

    public override bool TryGetValue(string keyword, [NotNullWhen(true)] out object? value) => base.TryGetValue(Canonicals.GetValueOrDefault(keyword, keyword), out value);

    private static string Canonical(string keyword) =>
        Canonicals.TryGetValue(keyword, out string? key) ? key
        : Ignored.Contains(keyword) ? keyword
        : throw new ArgumentException($"Keyword not supported: '{keyword}'.", nameof(keyword));

    private bool Flag(string key, string standard)
    {
        string text = Text(key, standard);
        return bool.TryParse(text, out bool flag) ? flag
            : text.ToUpperInvariant() is "YES" or "1" || (text.ToUpperInvariant() is "NO" or "0" ? false : throw new ArgumentException($"{key} '{text}' is not true or false."));
    }

    private string Text(string key, string standard) => base.TryGetValue(key, out object? value) ? (string)value : standard;
}
