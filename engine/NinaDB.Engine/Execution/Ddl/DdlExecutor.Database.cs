using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>ALTER DATABASE: options and scoped configurations are recorded, filegroups and files for FILESTREAM accepted.</summary>
internal sealed partial class DdlExecutor
{
    /// <summary>Options of ALTER DATABASE SET that this host knows. Those it acts on say so in their own room.</summary>
    private static readonly HashSet<string> KnownOptions = new(StringComparer.OrdinalIgnoreCase)
    {
        "ALLOW_SNAPSHOT_ISOLATION", "READ_COMMITTED_SNAPSHOT", "RECOVERY", "COMPATIBILITY_LEVEL", "AUTO_CLOSE", "AUTO_SHRINK", "AUTO_CREATE_STATISTICS", "AUTO_UPDATE_STATISTICS",
        "AUTO_UPDATE_STATISTICS_ASYNC", "ANSI_NULL_DEFAULT", "ANSI_NULLS", "ANSI_PADDING", "ANSI_WARNINGS", "ARITHABORT", "CONCAT_NULL_YIELDS_NULL", "NUMERIC_ROUNDABORT",
        "QUOTED_IDENTIFIER", "RECURSIVE_TRIGGERS", "CURSOR_CLOSE_ON_COMMIT", "CURSOR_DEFAULT", "DB_CHAINING", "TRUSTWORTHY", "PAGE_VERIFY", "PARAMETERIZATION", "QUERY_STORE",
        "DATE_CORRELATION_OPTIMIZATION", "NESTED_TRIGGERS", "DEFAULT_LANGUAGE", "DEFAULT_FULLTEXT_LANGUAGE", "TWO_DIGIT_YEAR_CUTOFF", "TRANSFORM_NOISE_WORDS", "TARGET_RECOVERY_TIME",
        "DELAYED_DURABILITY", "ACCELERATED_DATABASE_RECOVERY", "ENABLE_BROKER", "DISABLE_BROKER", "HONOR_BROKER_PRIORITY",
        "TEMPORAL_HISTORY_RETENTION", "TORN_PAGE_DETECTION", "PERSISTENT_LOG_BUFFER", "MIXED_PAGE_ALLOCATION", "MEMORY_OPTIMIZED_ELEVATE_TO_SNAPSHOT", "AUTOMATIC_TUNING", "CONTAINMENT", "FILESTREAM", "OPTIMIZED_LOCKING",
    };

    private static readonly HashSet<string> KnownScoped = new(StringComparer.OrdinalIgnoreCase)
    {
        "MAXDOP", "LEGACY_CARDINALITY_ESTIMATION", "PARAMETER_SNIFFING", "QUERY_OPTIMIZER_HOTFIXES", "IDENTITY_CACHE", "INTERLEAVED_EXECUTION_TVF", "BATCH_MODE_MEMORY_GRANT_FEEDBACK",
        "BATCH_MODE_ADAPTIVE_JOINS", "TSQL_SCALAR_UDF_INLINING", "ELEVATE_ONLINE", "ELEVATE_RESUMABLE", "OPTIMIZE_FOR_AD_HOC_WORKLOADS", "XTP_PROCEDURE_EXECUTION_STATISTICS",
        "XTP_QUERY_EXECUTION_STATISTICS", "ROW_MODE_MEMORY_GRANT_FEEDBACK", "ISOLATE_SECURITY_POLICY_CARDINALITY", "BATCH_MODE_ON_ROWSTORE", "DEFERRED_COMPILATION_TV",
        "ACCELERATED_PLAN_FORCING", "GLOBAL_TEMPORARY_TABLE_AUTO_DROP", "LIGHTWEIGHT_QUERY_PROFILING", "VERBOSE_TRUNCATION_WARNINGS", "LAST_QUERY_PLAN_STATS",
        "PAUSED_RESUMABLE_INDEX_ABORT_DURATION_MINUTES", "DW_COMPATIBILITY_LEVEL", "EXEC_QUERY_STATS_FOR_SCALAR_FUNCTIONS", "PARAMETER_SENSITIVE_PLAN_OPTIMIZATION",
        "ASYNC_STATS_UPDATE_WAIT_AT_LOW_PRIORITY", "CE_FEEDBACK", "MEMORY_GRANT_FEEDBACK_PERSISTENCE", "MEMORY_GRANT_FEEDBACK_PERCENTILE_GRANT", "OPTIMIZED_PLAN_FORCING",
        "DOP_FEEDBACK", "LEDGER_DIGEST_STORAGE_ENDPOINT", "FORCE_SHOWPLAN_RUNTIME_PARAMETER_COLLECTION", "PREVIEW_FEATURES", "OPTIMIZED_SP_EXECUTESQL", "OPTIONAL_PARAMETER_OPTIMIZATION",
        "READABLE_SECONDARY_TEMPORARY_STATS_AUTO_CREATE", "READABLE_SECONDARY_TEMPORARY_STATS_AUTO_UPDATE", "FULLTEXT_INDEX_VERSION", "CE_FEEDBACK_FOR_EXPRESSIONS", "ALLOW_STALE_VECTOR_INDEX",
    };

    private void ChangeDatabase(DatabaseStatement statement)
    {
        switch (statement.Action)
        {
            case "SCOPED CONFIGURATION":
                ChangeScopedConfiguration(statement);
                return;
            case "CREATE":
                CreateDatabase(statement);
                return;
        }

        CatalogSnapshot altered = FindAltered(statement);
        if (DatabaseOptions.StateOf(altered) == "OFFLINE" && !statement.Options.Keys.Any(o => o is "ONLINE" or "EMERGENCY" or "OFFLINE"))
        {
            throw SqlErrors.CreateAfter(SqlErrors.CreateWithState(942, 4, altered.DatabaseName), 5069, "ALTER DATABASE");
        }

        if ((statement.NoWait || statement.EndsSessions) && statement.Options.ContainsKey("ALLOW_SNAPSHOT_ISOLATION"))
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(5083), 5069, "ALTER DATABASE");
        }

        using DatabaseScope scope = _session.In(altered.DatabaseId);
        foreach ((string option, string value) in statement.Options)
        {
            ChangeDatabaseOption(option, value);
        }
    }

    private void ChangeDatabaseOption(string option, string value)
    {
        if (ChangeAccess(option))
        {
            return;
        }

        switch (option)
        {
            case "COMPATIBILITY_LEVEL" when value is not ("100" or "110" or "120" or "130" or "140" or "150" or "160" or "170"):
                throw SqlErrors.CreateAfter(SqlErrors.Create(15048, "100, 110, 120, 130, 140, 150, 160, or 170"), 5069, "ALTER DATABASE");
            case "MODIFY NAME":
                RenameDatabase(value);
                return;
            case "COLLATE":
                Collation collation = Collation.Find(value) ?? throw SqlErrors.Create(448, value);
                _editor.SetDatabaseOption("COLLATION", collation.Name);
                return;
            case "ADD FILEGROUP":
                if (Filegroups.All(Catalog).Contains(value, StringComparer.OrdinalIgnoreCase))
                {
                    throw SqlErrors.CreateAfter(SqlErrors.Create(1828, value), 5069, "ALTER DATABASE");
                }

                _editor.SetDatabaseOption("FILEGROUP:" + value, value);
                return;
            case "ADD FILE" or "ADD LOG FILE" or "MODIFY FILE" or "MODIFY FILEGROUP":
                // One folder holds the database, FILESTREAM data included: where SQL Server would put a file changes nothing here.
                return;
            case "REMOVE FILEGROUP":
                _editor.RemoveDatabaseOption("FILEGROUP:" + value);
                return;
            case "REMOVE FILE":
                return;
            case "ENCRYPTION" or "CHANGE_TRACKING":
                throw SqlErrors.NotSupported($"ALTER DATABASE ... {option}");
        }

        if (!KnownOptions.Contains(option))
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(155, option, "ALTER DATABASE SET"), 5069, "ALTER DATABASE");
        }

        _editor.SetDatabaseOption(option, value.Length == 0 ? "ON" : value);
    }

    private void ChangeScopedConfiguration(DatabaseStatement statement)
    {
        foreach ((string option, string value) in statement.Options)
        {
            if (option == "CLEAR")
            {
                continue;
            }

            if (!KnownScoped.Contains(option))
            {
                throw SqlErrors.Create(102, option);
            }

            _editor.SetDatabaseOption("SCOPED:" + option, value);
        }
    }
}
