namespace NinaDB.Engine.Catalog;

/// <summary>Defaults of the database options and scoped configurations, and how to read them.</summary>
internal static class DatabaseOptions
{
    public const int CompatibilityLevel = 170;

    /// <summary>Scoped configurations with their sys ids and defaults.</summary>
    public static IReadOnlyList<(int Id, string Name, object Default)> Scoped { get; } =
    [
        (1, "MAXDOP", 0), (2, "LEGACY_CARDINALITY_ESTIMATION", 0), (3, "PARAMETER_SNIFFING", 1), (4, "QUERY_OPTIMIZER_HOTFIXES", 0), (6, "IDENTITY_CACHE", 1),
        (7, "INTERLEAVED_EXECUTION_TVF", 1), (8, "BATCH_MODE_MEMORY_GRANT_FEEDBACK", 1), (9, "BATCH_MODE_ADAPTIVE_JOINS", 1), (10, "TSQL_SCALAR_UDF_INLINING", 1),
        (11, "ELEVATE_ONLINE", "OFF"), (12, "ELEVATE_RESUMABLE", "OFF"), (13, "OPTIMIZE_FOR_AD_HOC_WORKLOADS", 0), (14, "XTP_PROCEDURE_EXECUTION_STATISTICS", 0),
        (15, "XTP_QUERY_EXECUTION_STATISTICS", 0), (16, "ROW_MODE_MEMORY_GRANT_FEEDBACK", 1), (17, "ISOLATE_SECURITY_POLICY_CARDINALITY", 0), (18, "BATCH_MODE_ON_ROWSTORE", 1),
        (19, "DEFERRED_COMPILATION_TV", 1), (20, "ACCELERATED_PLAN_FORCING", 1), (21, "GLOBAL_TEMPORARY_TABLE_AUTO_DROP", 1), (22, "LIGHTWEIGHT_QUERY_PROFILING", 1),
        (23, "VERBOSE_TRUNCATION_WARNINGS", 1), (24, "LAST_QUERY_PLAN_STATS", 0), (25, "PAUSED_RESUMABLE_INDEX_ABORT_DURATION_MINUTES", 1440), (26, "DW_COMPATIBILITY_LEVEL", 0),
        (27, "EXEC_QUERY_STATS_FOR_SCALAR_FUNCTIONS", 1), (28, "PARAMETER_SENSITIVE_PLAN_OPTIMIZATION", 1), (29, "ASYNC_STATS_UPDATE_WAIT_AT_LOW_PRIORITY", 0), (31, "CE_FEEDBACK", 1),
        (33, "MEMORY_GRANT_FEEDBACK_PERSISTENCE", 1), (34, "MEMORY_GRANT_FEEDBACK_PERCENTILE_GRANT", 1), (35, "OPTIMIZED_PLAN_FORCING", 1), (37, "DOP_FEEDBACK", 1),
        (38, "LEDGER_DIGEST_STORAGE_ENDPOINT", "OFF"), (39, "FORCE_SHOWPLAN_RUNTIME_PARAMETER_COLLECTION", 0), (44, "OPTIMIZED_SP_EXECUTESQL", 0), (46, "OPTIONAL_PARAMETER_OPTIMIZATION", 1),
        (47, "PREVIEW_FEATURES", 0), (50, "ALLOW_STALE_VECTOR_INDEX", 0),
    ];

    /// <summary>Value of an ALTER DATABASE SET option as written, or its default.</summary>
    public static string Get(CatalogSnapshot catalog, string option, string fallback) => catalog.DatabaseOptions.GetValueOrDefault(option, fallback);

    /// <summary>ONLINE, OFFLINE or EMERGENCY.</summary>
    public static string StateOf(CatalogSnapshot catalog) => catalog.DatabaseOptions.GetValueOrDefault("STATE", "ONLINE");

    /// <summary>The collation of a database: the server's unless CREATE or ALTER DATABASE said another.</summary>
    public static string CollationName(CatalogSnapshot catalog) => catalog.DatabaseOptions.GetValueOrDefault("COLLATION") ?? Types.Collation.Default.Name;

    /// <summary>The type of a column: character columns without COLLATE get the collation of their database.</summary>
    public static Types.SqlType Collate(Types.SqlType type, Syntax.Ast.DataTypeSyntax syntax, CatalogSnapshot catalog) =>
        type.IsString && catalog.DatabaseOptions.TryGetValue("COLLATION", out string? name)
            && (syntax.Collation is null || syntax.Collation.Equals("database_default", StringComparison.OrdinalIgnoreCase)) && Types.Collation.Find(name) is { } collation
            ? type.WithCollation(collation)
            : type;

    public static bool IsOn(CatalogSnapshot catalog, string option, bool fallback) => catalog.DatabaseOptions.TryGetValue(option, out string? value)
        ? value.Equals("ON", StringComparison.OrdinalIgnoreCase)
        : fallback;
}
