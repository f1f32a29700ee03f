using NinaDB.Engine.Session;

namespace NinaDB.Engine.Catalog;

/// <summary>
/// Views of features that this host does not have: encryption keys, mirroring, Query Store, external data, XML, spatial and hash indexes, linked servers. Tools join them when they list
/// ordinary objects, so they are there, with their documented columns, and say that there is nothing.
/// Source: the catalog view pages of learn.microsoft.com (sys.certificates and the others, each under its own name).
/// </summary>
internal static partial class SystemViews
{
    /// <summary>
    /// The tables of msdb that tools read when they list databases: there is no Agent, and no BACKUP that would write a history.
    /// Source: the msdb table pages of learn.microsoft.com (backupset and the others).
    /// </summary>
    private static readonly Lazy<Dictionary<string, SystemView>> MsdbTables = new(() => CompleteMsdb(new[]
    {
        Make("dbo", "backupset",
            "backup_set_id int, backup_set_uuid uniqueidentifier, media_set_id int, first_family_number tinyint null, first_media_number smallint null, last_family_number tinyint null, last_media_number smallint null, "
            + "catalog_family_number tinyint null, catalog_media_number smallint null, position int null, expiration_date datetime null, software_vendor_id int null, name nvarchar(128) null, description nvarchar(255) null, "
            + "user_name nvarchar(128) null, software_major_version tinyint null, software_minor_version tinyint null, software_build_version smallint null, time_zone smallint null, mtf_minor_version tinyint null, "
            + "first_lsn numeric(25,0) null, last_lsn numeric(25,0) null, checkpoint_lsn numeric(25,0) null, database_backup_lsn numeric(25,0) null, database_creation_date datetime null, backup_start_date datetime null, "
            + "backup_finish_date datetime null, type char(1) null, sort_order smallint null, code_page smallint null, compatibility_level tinyint null, database_version int null, backup_size numeric(20,0) null, "
            + "database_name nvarchar(128) null, server_name nvarchar(128) null, machine_name nvarchar(128) null, flags int null, collation_name nvarchar(128) null, recovery_model nvarchar(60) null, is_copy_only bit null, "
            + "compressed_backup_size numeric(20,0) null, has_backup_checksums bit null, is_damaged bit null", static _ => []),
        Make("dbo", "backupmediafamily",
            "media_set_id int, family_sequence_number tinyint, media_family_id uniqueidentifier null, media_count int null, logical_device_name nvarchar(128) null, physical_device_name nvarchar(260) null, device_type tinyint null, "
            + "physical_block_size int null, mirror tinyint", static _ => []),
        Make("dbo", "restorehistory",
            "restore_history_id int, restore_date datetime null, destination_database_name nvarchar(128) null, user_name nvarchar(128) null, backup_set_id int, restore_type char(1) null, replace bit null, recovery bit null, "
            + "restart bit null, stop_at datetime null, device_count tinyint null, stop_at_mark_name nvarchar(128) null, stop_before bit null", static _ => []),
        Make("dbo", "sysjobs",
            "job_id uniqueidentifier, originating_server_id int, name sysname, enabled tinyint, description nvarchar(512) null, start_step_id int, category_id int, owner_sid varbinary(85), notify_level_eventlog int, "
            + "notify_level_email int, notify_level_netsend int, notify_level_page int, notify_email_operator_id int, notify_netsend_operator_id int, notify_page_operator_id int, delete_level int, date_created datetime, "
            + "date_modified datetime, version_number int", static _ => []),
    }));

    /// <summary>A table of msdb; null where the name is none of those that are there.</summary>
    public static SystemView? FindMsdb(string? schema, string name) =>
        string.IsNullOrEmpty(schema) || string.Equals(schema, "dbo", StringComparison.OrdinalIgnoreCase) ? MsdbTables.Value.GetValueOrDefault(name) : null;

    /// <summary>The rows of master..spt_values that scripts use: the numbers of type P.</summary>
    private static readonly Lazy<SystemView> Values = new(() => Make("dbo", "spt_values", "name nvarchar(35) null, number int, type nchar(3), low int null, high int null, status int null", static _ => SptValues()));

    /// <summary>A table of master; null where the name is none of those that are there.</summary>
    public static SystemView? FindMaster(string? schema, string name) =>
        name.Equals("spt_values", StringComparison.OrdinalIgnoreCase) && (string.IsNullOrEmpty(schema) || string.Equals(schema, "dbo", StringComparison.OrdinalIgnoreCase)) ? Values.Value : null;

    private static IEnumerable<object?[]> SptValues()
    {
        const int Last = 2047;
        for (int number = 0; number <= Last; number++)
        {
            // As the page of a bit map lays them out: the byte that holds the number, and the bit in it.
            yield return [null, number, "P  ", (number / 8) + 1, 1 << (number % 8), 0];
        }
    }

    private static void AddAbsentViews(Action<SystemView> add)
    {
        AddKeyViews(add);
        AddExternalViews(add);
        AddIndexKindViews(add);
        AddStateViews(add);
    }

    private static void AddKeyViews(Action<SystemView> add)
    {
        add(Empty("certificates",
            "name sysname, certificate_id int, principal_id int null, pvt_key_encryption_type char(2), pvt_key_encryption_type_desc nvarchar(60) null, is_active_for_begin_dialog bit null, issuer_name nvarchar(442) null, "
            + "cert_serial_number nvarchar(64) null, sid varbinary(85) null, string_sid nvarchar(128) null, subject nvarchar(4000) null, expiry_date datetime null, start_date datetime null, thumbprint varbinary(32), "
            + "attested_by nvarchar(260) null, pvt_key_last_backup_date datetime null, key_length int null"));
        add(Empty("asymmetric_keys",
            "name sysname, principal_id int null, asymmetric_key_id int, pvt_key_encryption_type char(2), pvt_key_encryption_type_desc nvarchar(60) null, thumbprint varbinary(32), algorithm char(2), algorithm_desc nvarchar(60) null, "
            + "key_length int, sid varbinary(85) null, string_sid nvarchar(128) null, public_key varbinary(max), attested_by nvarchar(260) null, provider_type nvarchar(120) null, cryptographic_provider_guid uniqueidentifier null, "
            + "cryptographic_provider_algid sql_variant null"));
        add(Empty("symmetric_keys",
            "name sysname, principal_id int null, symmetric_key_id int, key_length int, key_algorithm char(2), algorithm_desc nvarchar(60) null, create_date datetime, modify_date datetime, key_guid uniqueidentifier null, "
            + "key_thumbprint sql_variant null, provider_type nvarchar(120) null, cryptographic_provider_guid uniqueidentifier null, cryptographic_provider_algid sql_variant null"));
        add(Empty("column_encryption_keys", "name sysname, column_encryption_key_id int, create_date datetime, modify_date datetime"));
        add(Empty("column_master_keys", "name sysname, column_master_key_id int, create_date datetime, modify_date datetime, key_store_provider_name sysname null, key_path nvarchar(4000) null, allow_enclave_computations bit, signature varbinary(max) null"));
        const string credential = "credential_id int, name sysname, credential_identity nvarchar(4000) null, create_date datetime, modify_date datetime, target_type nvarchar(100) null, target_id int null";
        add(Empty("credentials", credential));
        add(Empty("database_scoped_credentials", "name sysname, principal_id int null, credential_id int, credential_identity nvarchar(4000) null, create_date datetime, modify_date datetime, target_type nvarchar(100) null, target_id int null"));
    }

    private static void AddExternalViews(Action<SystemView> add)
    {
        add(Empty("external_data_sources",
            "data_source_id int, name sysname, location nvarchar(4000), type_desc nvarchar(255) null, type tinyint, resource_manager_location nvarchar(4000) null, credential_id int, database_name sysname null, "
            + "shard_map_name sysname null, connection_options nvarchar(4000) null, pushdown nvarchar(256)"));
        add(Empty("external_file_formats",
            "file_format_id int, name sysname, format_type nvarchar(100), field_terminator nvarchar(10) null, string_delimiter nvarchar(10) null, date_format nvarchar(50) null, use_type_default bit null, serde_method nvarchar(255) null, "
            + "row_terminator nvarchar(10) null, encoding nvarchar(10) null, data_compression nvarchar(255) null, first_row int null, parser_version nvarchar(8) null"));
        add(Empty("external_tables",
            ObjectColumns + ", max_column_id_used int, uses_ansi_nulls bit null, data_source_id int, file_format_id int null, location nvarchar(4000) null, reject_type nvarchar(20) null, reject_value float null, "
            + "reject_sample_value float null, distribution_type int null, distribution_desc nvarchar(120) null, sharding_col_id int null, remote_schema_name sysname null, remote_object_name sysname null, rejected_row_location nvarchar(4000) null"));
        add(Empty("servers",
            "server_id int, name sysname, product sysname, provider sysname, data_source nvarchar(4000) null, location nvarchar(4000) null, provider_string nvarchar(4000) null, catalog sysname null, connect_timeout int null, "
            + "query_timeout int null, is_linked bit, is_remote_login_enabled bit, is_rpc_out_enabled bit, is_data_access_enabled bit, is_collation_compatible bit, uses_remote_collation bit, collation_name sysname null, "
            + "lazy_schema_validation bit, is_system bit, is_publisher bit, is_subscriber bit null, is_distributor bit null, is_nonsql_subscriber bit null, is_remote_proc_transaction_promotion_enabled bit null, modify_date datetime, "
            + "is_rda_server bit null"));
        add(Empty("linked_logins", "server_id int, local_principal_id int null, uses_self_credential bit, remote_name sysname null, modify_date datetime"));
        add(Empty("filetables", "object_id int, is_enabled bit, directory_name nvarchar(255) null, filename_collation_id int null, filename_collation_name sysname null"));
        add(Empty("filetable_system_defined_objects", "object_id int, parent_object_id int"));
        add(Empty("sensitivity_classifications",
            "class tinyint, class_desc varchar(16), major_id int, minor_id int, label sysname null, label_id sysname null, information_type sysname null, information_type_id sysname null, rank int null, rank_desc varchar(8) null"));
    }

    private static void AddIndexKindViews(Action<SystemView> add)
    {
        add(Empty("selective_xml_index_paths",
            "object_id int, index_id int, path_id int, path nvarchar(4000) null, name sysname, path_type tinyint, path_type_desc sysname null, xml_component_id int null, xquery_type_description nvarchar(4000) null, "
            + "is_xquery_type_inferred bit null, xquery_max_length smallint null, is_xquery_max_length_inferred bit null, is_node bit, system_type_id tinyint null, user_type_id int null, max_length smallint null, precision tinyint null, "
            + "scale tinyint null, collation_name sysname null, is_singleton bit null"));
        add(Empty("spatial_indexes", IndexViewColumns + ", spatial_index_type tinyint, spatial_index_type_desc nvarchar(60) null, tessellation_scheme sysname null"));
        add(Empty("spatial_index_tessellations",
            "object_id int, index_id int, tessellation_scheme sysname null, bounding_box_xmin float null, bounding_box_ymin float null, bounding_box_xmax float null, bounding_box_ymax float null, level_1_grid smallint null, "
            + "level_1_grid_desc nvarchar(60) null, level_2_grid smallint null, level_2_grid_desc nvarchar(60) null, level_3_grid smallint null, level_3_grid_desc nvarchar(60) null, level_4_grid smallint null, "
            + "level_4_grid_desc nvarchar(60) null, cells_per_object int null"));
        add(Empty("hash_indexes", IndexViewColumns + ", bucket_count int"));
        add(Empty("index_resumable_operations",
            "object_id int, index_id int, name sysname, sql_text nvarchar(max) null, last_max_dop_used smallint, partition_number int null, state tinyint, state_desc nvarchar(60) null, start_time datetime, last_pause_time datetime null, "
            + "total_execution_time int, percent_complete float, page_count bigint"));
    }

    private static void AddStateViews(Action<SystemView> add)
    {
        add(Sys("database_mirroring",
            "database_id int, mirroring_guid uniqueidentifier null, mirroring_state tinyint null, mirroring_state_desc nvarchar(60) null, mirroring_role tinyint null, mirroring_role_desc nvarchar(60) null, mirroring_role_sequence int null, "
            + "mirroring_safety_level tinyint null, mirroring_safety_level_desc nvarchar(60) null, mirroring_safety_sequence int null, mirroring_partner_name nvarchar(128) null, mirroring_partner_instance nvarchar(128) null, "
            + "mirroring_witness_name nvarchar(128) null, mirroring_witness_state tinyint null, mirroring_witness_state_desc nvarchar(60) null, mirroring_failover_lsn numeric(25,0) null, mirroring_connection_timeout int null, "
            + "mirroring_redo_queue int null, mirroring_redo_queue_type nvarchar(60) null, mirroring_end_of_log_lsn numeric(25,0) null, mirroring_replication_lsn numeric(25,0) null",
            s => Rows(s, "databases").Select(d => PadWithNull(21, d["database_id"]))));
        add(Sys("database_recovery_status",
            "database_id int, database_guid uniqueidentifier null, family_guid uniqueidentifier null, last_log_backup_lsn numeric(25,0) null, recovery_fork_guid uniqueidentifier null, first_recovery_fork_guid uniqueidentifier null, "
            + "fork_point_lsn numeric(25,0) null",
            s => Rows(s, "databases").Select(d => PadWithNull(7, d["database_id"]))));
        add(Sys("database_filestream_options", "database_id int, non_transacted_access tinyint, non_transacted_access_desc nvarchar(60), directory_name nvarchar(255) null",
            s => Rows(s, "databases").Select(d => (object?[])[d["database_id"], 0, "OFF", null])));
        add(Sys("database_query_store_options",
            "desired_state smallint, desired_state_desc nvarchar(60) null, actual_state smallint, actual_state_desc nvarchar(60) null, readonly_reason int null, current_storage_size_mb bigint null, flush_interval_seconds bigint null, "
            + "interval_length_minutes bigint null, max_storage_size_mb bigint null, stale_query_threshold_days bigint null, max_plans_per_query bigint null, query_capture_mode smallint, query_capture_mode_desc nvarchar(60) null, "
            + "capture_policy_execution_count int null, capture_policy_total_compile_cpu_time_ms bigint null, capture_policy_total_execution_cpu_time_ms bigint null, capture_policy_stale_threshold_hours int null, "
            + "size_based_cleanup_mode smallint, size_based_cleanup_mode_desc nvarchar(60) null, wait_stats_capture_mode smallint, wait_stats_capture_mode_desc nvarchar(60) null, actual_state_additional_info nvarchar(4000) null",
            _ => [[0, "OFF", 0, "OFF", 0, 0, null, null, 0, 0, 0, 3, "NONE", null, null, null, null, 0, "OFF", 0, "OFF", ""]]));
        add(Empty("dm_database_encryption_keys",
            "database_id int, encryption_state int, create_date datetime, regenerate_date datetime, modify_date datetime, set_date datetime, opened_date datetime, key_algorithm nvarchar(32), key_length int, encryptor_thumbprint varbinary(20), "
            + "encryptor_type nvarchar(32), percent_complete real, encryption_state_desc nvarchar(32), encryption_scan_state int, encryption_scan_state_desc nvarchar(32), encryption_scan_modify_date datetime"));
    }

    private static object?[] PadWithNull(int count, object? first)
    {
        var row = new object?[count];
        row[0] = first;
        return row;
    }
}
