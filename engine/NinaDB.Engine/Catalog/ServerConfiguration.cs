namespace NinaDB.Engine.Catalog;

/// <summary>One option of sp_configure.</summary>
internal sealed record ServerOption(int Id, string Name, int Minimum, int Maximum, int Default, string Description, bool IsDynamic, bool IsAdvanced);

/// <summary>The options of sp_configure that this host shows. It acts on "clr enabled", "clr strict security", "nested triggers" and "show advanced options"; the rest is recorded.</summary>
internal static class ServerConfiguration
{
    public const string ClrEnabled = "clr enabled", ClrStrictSecurity = "clr strict security", ShowAdvanced = "show advanced options";

    public static IReadOnlyList<ServerOption> All { get; } =
    [
        new(101, "recovery interval (min)", 0, 32767, 0, "Maximum recovery interval in minutes", true, true),
        new(102, "allow updates", 0, 1, 0, "Allow updates to system tables", true, false),
        new(103, "user connections", 0, 32767, 0, "Number of user connections allowed", false, true),
        new(106, "locks", 5000, 2147483647, 0, "Number of locks for all users", false, true),
        new(107, "open objects", 0, 2147483647, 0, "Number of open database objects", false, true),
        new(109, "fill factor (%)", 0, 100, 0, "Default fill factor percentage", false, true),
        new(114, "disallow results from triggers", 0, 1, 0, "Disallow returning results from triggers", true, true),
        new(115, "nested triggers", 0, 1, 1, "Allow triggers to be invoked within triggers", true, false),
        new(116, "server trigger recursion", 0, 1, 1, "Allow recursion for server level triggers", true, false),
        new(117, "remote access", 0, 1, 1, "Allow remote access", false, false),
        new(124, "default language", 0, 9999, 0, "default language", true, false),
        new(400, "cross db ownership chaining", 0, 1, 0, "Allow cross db ownership chaining", true, false),
        new(503, "max worker threads", 128, 65535, 0, "Maximum worker threads", true, true),
        new(505, "network packet size (B)", 512, 32767, 4096, "Network packet size", true, true),
        new(518, "show advanced options", 0, 1, 0, "show advanced options", true, false),
        new(542, "remote proc trans", 0, 1, 0, "Create DTC transaction for remote procedures", true, false),
        new(544, "c2 audit mode", 0, 1, 0, "c2 audit mode", false, true),
        new(1126, "default full-text language", 0, 2147483647, 1033, "default full-text language", true, true),
        new(1127, "two digit year cutoff", 1753, 9999, 2049, "two digit year cutoff", true, true),
        new(1505, "index create memory (KB)", 704, 2147483647, 0, "Memory for index create sorts (kBytes)", true, true),
        new(1517, "priority boost", 0, 1, 0, "Priority boost", false, true),
        new(1519, "remote login timeout (s)", 0, 2147483647, 10, "remote login timeout", true, false),
        new(1520, "remote query timeout (s)", 0, 2147483647, 600, "remote query timeout", true, false),
        new(1531, "cursor threshold", -1, 2147483647, -1, "cursor threshold", true, true),
        new(1532, "set working set size", 0, 1, 0, "set working set size", false, true),
        new(1534, "user options", 0, 32767, 0, "user options", true, false),
        new(1535, "affinity mask", -2147483648, 2147483647, 0, "affinity mask", true, true),
        new(1536, "max text repl size (B)", -1, 2147483647, 65536, "Maximum size of a text field in replication.", true, false),
        new(1537, "media retention", 0, 365, 0, "Tape retention period in days", true, true),
        new(1538, "cost threshold for parallelism", 0, 32767, 5, "cost threshold for parallelism", true, true),
        new(1539, "max degree of parallelism", 0, 32767, 0, "maximum degree of parallelism", true, true),
        new(1540, "min memory per query (KB)", 512, 2147483647, 1024, "minimum memory per query (kBytes)", true, true),
        new(1541, "query wait (s)", -1, 2147483647, -1, "maximum time to wait for query memory (s)", true, true),
        new(1543, "min server memory (MB)", 0, 2147483647, 0, "Minimum size of server memory (MB)", true, true),
        new(1544, "max server memory (MB)", 128, 2147483647, 2147483647, "Maximum size of server memory (MB)", true, true),
        new(1545, "query governor cost limit", 0, 2147483647, 0, "Maximum estimated cost allowed by query governor", true, true),
        new(1546, "lightweight pooling", 0, 1, 0, "User mode scheduler uses lightweight pooling", false, true),
        new(1547, "scan for startup procs", 0, 1, 0, "scan for startup stored procedures", false, true),
        new(1549, "affinity64 mask", -2147483648, 2147483647, 0, "affinity64 mask", true, true),
        new(1550, "affinity I/O mask", -2147483648, 2147483647, 0, "affinity I/O mask", false, true),
        new(1551, "affinity64 I/O mask", -2147483648, 2147483647, 0, "affinity64 I/O mask", false, true),
        new(1555, "transform noise words", 0, 1, 0, "Transform noise words for full-text query", true, true),
        new(1556, "PH timeout (s)", 1, 3600, 60, "DB connection timeout for full-text protocol handler (s)", true, true),
        new(1562, "clr enabled", 0, 1, 0, "CLR user code execution enabled in the server", true, false),
        new(1563, "max full-text crawl range", 0, 256, 4, "Maximum  crawl ranges allowed in full-text indexing", true, true),
        new(1564, "ft notify bandwidth (min)", 0, 32767, 0, "Number of reserved full-text notifications buffers", true, true),
        new(1565, "ft notify bandwidth (max)", 0, 32767, 100, "Max number of full-text notifications buffers", true, true),
        new(1566, "ft crawl bandwidth (min)", 0, 32767, 0, "Number of reserved full-text crawl buffers", true, true),
        new(1567, "ft crawl bandwidth (max)", 0, 32767, 100, "Max number of full-text crawl buffers", true, true),
        new(1568, "default trace enabled", 0, 1, 1, "Enable or disable the default trace", true, true),
        new(1569, "blocked process threshold (s)", 0, 86400, 0, "Blocked process reporting threshold", true, true),
        new(1570, "in-doubt xact resolution", 0, 2, 0, "Recovery policy for DTC transactions with unknown outcome", true, true),
        new(1576, "remote admin connections", 0, 1, 0, "Dedicated Admin Connections are allowed from remote clients", true, false),
        new(1577, "common criteria compliance enabled", 0, 1, 0, "Common Criteria compliance mode enabled", false, true),
        new(1578, "EKM provider enabled", 0, 1, 0, "Enable or disable EKM provider", true, true),
        new(1579, "backup compression default", 0, 1, 0, "Enable compression of backups by default", true, false),
        new(1580, "filestream access level", 0, 2, 2, "Sets the FILESTREAM access level", true, false),
        new(1581, "optimize for ad hoc workloads", 0, 1, 0, "When this option is set, plan cache size is further reduced for single-use adhoc OLTP workload.", true, true),
        new(1582, "access check cache bucket count", 0, 65536, 0, "Default hash bucket count for the access check result security cache", true, true),
        new(1583, "access check cache quota", 0, 2147483647, 0, "Default quota for the access check result security cache", true, true),
        new(1584, "backup checksum default", 0, 1, 0, "Enable checksum of backups by default", true, false),
        new(1585, "automatic soft-NUMA disabled", 0, 1, 0, "Automatic soft-NUMA is enabled by default", false, true),
        new(1587, "clr strict security", 0, 1, 1, "CLR strict security enabled in the server", true, true),
        new(1588, "column encryption enclave type", 0, 2, 0, "Type of enclave used for computations on encrypted columns", false, false),
        new(1589, "tempdb metadata memory-optimized", 0, 1, 0, "Tempdb metadata memory-optimized is disabled by default.", false, true),
        new(1591, "ADR cleaner retry timeout (min)", 0, 32767, 15, "ADR cleaner retry timeout.", true, true),
        new(1599, "external rest endpoint enabled", 0, 1, 0, "Enables the usage of the external rest endpoint", true, false),
        new(16384, "Agent XPs", 0, 1, 0, "Enable or disable Agent XPs", true, true),
        new(16386, "Database Mail XPs", 0, 1, 0, "Enable or disable Database Mail XPs", true, true),
        new(16387, "SMO and DMO XPs", 0, 1, 1, "Enable or disable SMO and DMO XPs", true, true),
        new(16388, "Ole Automation Procedures", 0, 1, 0, "Enable or disable Ole Automation Procedures", true, true),
        new(16390, "xp_cmdshell", 0, 1, 0, "Enable or disable command shell", true, true),
        new(16391, "Ad Hoc Distributed Queries", 0, 1, 0, "Enable or disable Ad Hoc Distributed Queries", true, true),
        new(16392, "Replication XPs", 0, 1, 0, "Enable or disable Replication XPs", true, true),
        new(16393, "contained database authentication", 0, 1, 0, "Enables contained databases and contained authentication", true, false),
        new(16397, "allow polybase export", 0, 1, 0, "Allow INSERT into a Hadoop external table", true, false),
        new(16398, "external scripts enabled", 0, 1, 0, "Allows execution of external scripts", true, false),
    ];

    /// <summary>The bits of 'user options': what a new session has on besides what its client turns on.</summary>
    public static void ApplyUserOptions(Session.SessionOptions options, CatalogSnapshot catalog)
    {
        int bits = catalog.ConfigurationInUse("user options", 0);
        if (bits == 0)
        {
            return;
        }

        bool On(int bit) => (bits & bit) != 0;
        options.ImplicitTransactions |= On(2);
        options.CursorCloseOnCommit |= On(4);
        options.AnsiWarnings |= On(8);
        options.AnsiPadding |= On(16);
        options.AnsiNulls |= On(32);
        options.ArithAbort |= On(64);
        options.ArithIgnore |= On(128);
        options.QuotedIdentifier |= On(256);
        options.NoCount |= On(512);
        options.AnsiNullDefaultOn |= On(1024);
        options.AnsiNullDefaultOff |= On(2048) && !options.AnsiNullDefaultOn;
        options.ConcatNullYieldsNull |= On(4096);
        options.NumericRoundAbort |= On(8192);
        options.XactAbort |= On(16384);
    }

    /// <summary>A server that starts uses every option as it is configured.</summary>
    public static ServerCatalog AtStart(ServerCatalog server) => server.WithAll(c => c.Configurations.Values.All(v => v.Configured == v.InUse)
        ? c
        : c with { Configurations = c.Configurations.SetItems(c.Configurations.Select(o => KeyValuePair.Create(o.Key, o.Value with { InUse = o.Value.Configured }))) });

    /// <summary>Configured and used value of an option.</summary>
    public static ConfigurationValue ValueOf(CatalogSnapshot catalog, ServerOption option) =>
        catalog.Configurations.GetValueOrDefault(option.Name) ?? new ConfigurationValue(option.Default, option.Default);
}
