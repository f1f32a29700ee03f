using System.Globalization;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>Databases, files, configuration, messages.</summary>
internal static partial class SystemViews
{
    private const string DatabaseColumns =
        "name sysname, database_id int, source_database_id int null, owner_sid varbinary(85) null, create_date datetime, compatibility_level tinyint, collation_name sysname null, "
        + "user_access tinyint null, user_access_desc nvarchar(60) null, is_read_only bit null, is_auto_close_on bit, is_auto_shrink_on bit null, state tinyint null, state_desc nvarchar(60) null, "
        + "is_in_standby bit null, is_cleanly_shutdown bit null, is_supplemental_logging_enabled bit null, snapshot_isolation_state tinyint null, snapshot_isolation_state_desc nvarchar(60) null, "
        + "is_read_committed_snapshot_on bit null, recovery_model tinyint null, recovery_model_desc nvarchar(60) null, page_verify_option tinyint null, page_verify_option_desc nvarchar(60) null, "
        + "is_auto_create_stats_on bit null, is_auto_create_stats_incremental_on bit null, is_auto_update_stats_on bit null, is_auto_update_stats_async_on bit null, is_ansi_null_default_on bit null, "
        + "is_ansi_nulls_on bit null, is_ansi_padding_on bit null, is_ansi_warnings_on bit null, is_arithabort_on bit null, is_concat_null_yields_null_on bit null, is_numeric_roundabort_on bit null, "
        + "is_quoted_identifier_on bit null, is_recursive_triggers_on bit null, is_cursor_close_on_commit_on bit null, is_local_cursor_default bit null, is_fulltext_enabled bit null, "
        + "is_trustworthy_on bit null, is_db_chaining_on bit null, is_parameterization_forced bit null, is_master_key_encrypted_by_server bit, is_query_store_on bit null, is_published bit, "
        + "is_subscribed bit, is_merge_published bit, is_distributor bit, is_sync_with_backup bit, service_broker_guid uniqueidentifier, is_broker_enabled bit, log_reuse_wait tinyint null, "
        + "log_reuse_wait_desc nvarchar(60) null, is_date_correlation_on bit, is_cdc_enabled bit, is_encrypted bit null, is_honor_broker_priority_on bit null, replica_id uniqueidentifier null, "
        + "group_database_id uniqueidentifier null, resource_pool_id int null, default_language_lcid smallint null, default_language_name nvarchar(128) null, default_fulltext_language_lcid int null, "
        + "default_fulltext_language_name nvarchar(128) null, is_nested_triggers_on bit null, is_transform_noise_words_on bit null, two_digit_year_cutoff smallint null, containment tinyint null, "
        + "containment_desc nvarchar(60) null, target_recovery_time_in_seconds int null, delayed_durability int null, delayed_durability_desc nvarchar(60) null, "
        + "is_memory_optimized_elevate_to_snapshot_on bit null, is_federation_member bit null, is_remote_data_archive_enabled bit null, is_mixed_page_allocation_on bit null, "
        + "is_temporal_history_retention_enabled bit null, catalog_collation_type int, catalog_collation_type_desc nvarchar(60) null, physical_database_name nvarchar(128) null, "
        + "is_result_set_caching_on bit null, is_accelerated_database_recovery_on bit null, is_tempdb_spill_to_remote_store bit null, is_stale_page_detection_on bit null, "
        + "is_memory_optimized_enabled bit null, is_data_retention_enabled bit null, is_ledger_on bit null, is_change_feed_enabled bit null, is_event_stream_enabled bit null, is_optimized_locking_on bit null";

    private const string FileColumns =
        "file_id int, file_guid uniqueidentifier null, type tinyint, type_desc nvarchar(60) null, data_space_id int, name sysname, physical_name nvarchar(260) null, state tinyint null, "
        + "state_desc nvarchar(60) null, size int, max_size int, growth int, is_media_read_only bit, is_read_only bit, is_sparse bit, is_percent_growth bit, is_name_reserved bit, "
        + "is_persistent_log_buffer bit, create_lsn numeric(25,0) null, drop_lsn numeric(25,0) null, read_only_lsn numeric(25,0) null, read_write_lsn numeric(25,0) null, "
        + "differential_base_lsn numeric(25,0) null, differential_base_guid uniqueidentifier null, differential_base_time datetime null, redo_start_lsn numeric(25,0) null, "
        + "redo_start_fork_guid uniqueidentifier null, redo_target_lsn numeric(25,0) null, redo_target_fork_guid uniqueidentifier null, backup_lsn numeric(25,0) null";

    private static void AddDatabaseViews(Action<SystemView> add)
    {
        add(Sys("databases", DatabaseColumns, s => s.Server.Databases.Where(d => SeesDatabase(s, d)).Select(d => DatabaseRow(d))));
        add(Sys("database_files", FileColumns, s => Files(s, s.Catalog)));
        add(Sys("master_files", "database_id int, " + FileColumns + ", credential_id int null",
            s => s.Server.Databases.Where(d => SeesDatabase(s, d)).SelectMany(d => Files(s, d).Select(f => (object?[])[d.DatabaseId, .. f, null]))));
        const string spaces = "name sysname, data_space_id int, type char(2), type_desc nvarchar(60) null, is_default bit null, is_system bit null";
        add(Sys("data_spaces", spaces, s => Filegroups.All(s.Catalog).Select((f, i) => FilegroupRow(f, i))));
        add(Sys("filegroups", spaces + ", filegroup_guid uniqueidentifier null, log_filegroup_id int null, is_read_only bit null, is_autogrow_all_files bit null",
            s => Filegroups.All(s.Catalog).Select((f, i) => (object?[])[.. FilegroupRow(f, i), null, null, false, false])));
        add(Sys("configurations",
            "configuration_id int, name nvarchar(35), value sql_variant null, minimum sql_variant null, maximum sql_variant null, value_in_use sql_variant null, description nvarchar(255), "
            + "is_dynamic bit, is_advanced bit",
            s => ServerConfiguration.All.Select(o =>
            {
                ConfigurationValue value = ServerConfiguration.ValueOf(s.Catalog, o);
                return new object?[] { o.Id, o.Name, value.Configured, o.Minimum, o.Maximum, value.InUse, o.Description, o.IsDynamic, o.IsAdvanced };
            })));
        add(Sys("database_scoped_configurations",
            "configuration_id int, name nvarchar(60), value sql_variant null, value_for_secondary sql_variant null, is_value_default bit null",
            s => DatabaseOptions.Scoped.Select(c => ScopedRow(s.Catalog, c.Id, c.Name, c.Default))));
        add(Sys("messages", "message_id int, language_id smallint, severity tinyint null, is_event_logged bit, text nvarchar(2048)",
            s => SqlErrors.All.Select(m => new object?[] { m.Number, UserMessages.English, m.Severity, m.Severity >= 19, m.Text })
                .Concat(UserMessages.All(s).Select(m => new object?[] { m.Number, m.Language, m.Severity, m.IsLogged, m.Text }))));
        add(Sys("syslanguages",
            "langid smallint, dateformat nchar(3), datefirst tinyint, upgrade int null, name sysname, alias sysname, months nvarchar(372) null, shortmonths nvarchar(132) null, days nvarchar(217) null, "
            + "lcid int, msglangid smallint",
            _ => SqlLanguage.All.Select(l => new object?[] { l.Id, l.DateFormat, l.DateFirst, 0, l.Name, l.Alias, l.Months, l.ShortMonths, l.Days, l.Lcid, l.ChangedText is null ? 1033 : l.Lcid })));
        add(Empty("change_tracking_databases", "database_id int, is_auto_cleanup_on tinyint null, retention_period int null, retention_period_units tinyint null, retention_period_units_desc nvarchar(60) null, max_cleanup_version bigint null"));
        add(Empty("change_tracking_tables", "object_id int, is_track_columns_updated_on bit, min_valid_version bigint null, begin_version bigint null, cleanup_version bigint null"));
        add(Empty("fulltext_catalogs", "fulltext_catalog_id int, name sysname, path nvarchar(260) null, is_default bit, is_accent_sensitivity_on bit, data_space_id int null, file_id int null, principal_id int null, is_importing bit"));
        add(Empty("fulltext_indexes", "object_id int, unique_index_id int, fulltext_catalog_id int null, is_enabled bit, change_tracking_state char(1) null, change_tracking_state_desc nvarchar(60) null"));
        AddPartitionViews(add, spaces);
        add(Empty("external_models", "external_model_id int, name sysname, principal_id int, location nvarchar(4000), api_format nvarchar(100), model_type_id tinyint, model_type_desc nvarchar(60), model nvarchar(100), create_time datetime, modify_time datetime"));
    }

    private static object?[] FilegroupRow(string name, int index) =>
        index == 0 ? [name, 1, "FG", "ROWS_FILEGROUP", true, false] : [name, index + 1, "FD", "FILESTREAM_DATA_FILEGROUP", index == 1, false];

    private static object?[] ScopedRow(CatalogSnapshot catalog, int id, string name, object fallback)
    {
        string? written = catalog.ScopedConfiguration(name);
        object value = written switch
        {
            null => fallback,
            "ON" when fallback is int => 1,
            "OFF" when fallback is int => 0,
            "PRIMARY" => fallback,
            _ when int.TryParse(written, CultureInfo.InvariantCulture, out int number) => number,
            _ => written,
        };
        return [id, name, value, null, Equals(value, fallback)];
    }

    /// <summary>master and tempdb are seen by everybody, others by who may enter them.</summary>
    private static bool SeesDatabase(EngineSession session, CatalogSnapshot database) =>
        database.DatabaseId is ServerCatalog.MasterId or ServerCatalog.TempdbId || session.PrincipalIn(database) is not null;

    private static object?[] DatabaseRow(CatalogSnapshot catalog)
    {
        (string name, int id) = (catalog.DatabaseName, catalog.DatabaseId);
        bool On(string option, bool fallback) => DatabaseOptions.IsOn(catalog, option, fallback);
        string recovery = DatabaseOptions.Get(catalog, "RECOVERY", "FULL").ToUpperInvariant();
        string access = DatabaseOptions.Get(catalog, "USER_ACCESS", "MULTI_USER");
        string delayed = DatabaseOptions.Get(catalog, "DELAYED_DURABILITY", "DISABLED").ToUpperInvariant();
        bool snapshot = Execution.Statements.SnapshotIsolation.IsAllowed(catalog);
        string state = DatabaseOptions.StateOf(catalog);
        string verify = On("TORN_PAGE_DETECTION", false) ? "TORN_PAGE_DETECTION" : DatabaseOptions.Get(catalog, "PAGE_VERIFY", "CHECKSUM").ToUpperInvariant();
        int level = int.TryParse(DatabaseOptions.Get(catalog, "COMPATIBILITY_LEVEL", "170"), CultureInfo.InvariantCulture, out int written) ? written : DatabaseOptions.CompatibilityLevel;
        return
        [
            name, id, null, catalog.Logins.GetValueOrDefault(catalog.OwnerLogin)?.Sid ?? [1], catalog.DatabaseCreateDate, level, state == "OFFLINE" ? null : DatabaseOptions.CollationName(catalog), access switch { "SINGLE_USER" => 1, "RESTRICTED_USER" => 2, _ => 0 }, access, catalog.IsReadOnly, On("AUTO_CLOSE", false), On("AUTO_SHRINK", false), state switch { "OFFLINE" => 6, "EMERGENCY" => 5, _ => 0 }, state,
            false, false, false, snapshot ? 1 : 0, snapshot ? "ON" : "OFF", On("READ_COMMITTED_SNAPSHOT", false), recovery switch { "FULL" => 1, "BULK_LOGGED" => 2, _ => 3 }, recovery, verify switch { "CHECKSUM" => 2, "TORN_PAGE_DETECTION" => 1, _ => 0 }, verify,
            On("AUTO_CREATE_STATISTICS", true), false, On("AUTO_UPDATE_STATISTICS", true), On("AUTO_UPDATE_STATISTICS_ASYNC", false), On("ANSI_NULL_DEFAULT", false),
            On("ANSI_NULLS", false), On("ANSI_PADDING", false), On("ANSI_WARNINGS", false), On("ARITHABORT", false), On("CONCAT_NULL_YIELDS_NULL", false), On("NUMERIC_ROUNDABORT", false),
            On("QUOTED_IDENTIFIER", false), On("RECURSIVE_TRIGGERS", false), On("CURSOR_CLOSE_ON_COMMIT", false), DatabaseOptions.Get(catalog, "CURSOR_DEFAULT", "GLOBAL") == "LOCAL", false,
            On("TRUSTWORTHY", false), On("DB_CHAINING", false), DatabaseOptions.Get(catalog, "PARAMETERIZATION", "SIMPLE") == "FORCED", false, On("QUERY_STORE", false), false,
            false, false, false, false, Guid.Empty, false, 0,
            "NOTHING", On("DATE_CORRELATION_OPTIMIZATION", false), Cdc.CdcCatalog.IsEnabled(catalog), false, false, null,
            null, null, 1033, "us_english", 1033,
            "English", true, false, 2049, 0,
            "NONE", int.Parse(DatabaseOptions.Get(catalog, "TARGET_RECOVERY_TIME", "60"), CultureInfo.InvariantCulture), delayed switch { "ALLOWED" => 1, "FORCED" => 2, _ => 0 }, delayed,
            false, false, false, false,
            true, 0, "DATABASE_DEFAULT", name,
            false, false, false, false,
            false, false, false, false, false, false,
        ];
    }

    /// <summary>The files of a database, as SQL Server would name them; all databases of a server are in one folder.</summary>
    private static IEnumerable<object?[]> Files(EngineSession session, CatalogSnapshot database)
    {
        string? folder = session.Store.Store.Folder;
        (string data, string log) = database.DatabaseId switch
        {
            ServerCatalog.MasterId => ("master", "mastlog"),
            ServerCatalog.TempdbId => ("tempdev", "templog"),
            ServerCatalog.ModelId => ("modeldev", "modellog"),
            ServerCatalog.MsdbId => ("MSDBData", "MSDBLog"),
            _ => (database.DatabaseName, database.DatabaseName + "_log"),
        };
        string? path = folder is null ? null : Path.Combine(folder, "data.db");
        yield return FileRow(1, 0, "ROWS", 1, data, path, folder);
        yield return FileRow(2, 1, "LOG", 0, log, path is null ? null : path + "-wal", folder);
        IReadOnlyList<string> groups = Filegroups.All(database);
        for (int i = 1; i < groups.Count; i++)
        {
            yield return FileRow(65536 + i, 2, "FILESTREAM", i + 1, groups[i], folder is null ? null : Path.Combine(folder, "filestream"), folder);
        }
    }

    private static object?[] FileRow(int id, byte type, string description, int space, string name, string? path, string? folder)
    {
        const int PageBytes = 8192;
        long bytes = folder is not null && type == 0 && Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*").Sum(f => f.Length) : 0;
        return
        [
            id, null, type, description, space, name, path, 0, "ONLINE", (int)Math.Min(int.MaxValue, bytes / PageBytes), -1, 8192, false, false, false, false, false, false,
            null, null, null, null, null, null, null, null, null, null, null, null,
        ];
    }
}
