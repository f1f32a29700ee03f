namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    private static void AddChangeDataCapture(Dictionary<int, Template> templates)
    {
        templates[4711] = new(16, "Cannot truncate table '%1' because it is published for replication or enabled for Change Data Capture.");
        templates[22838] = new(16, "All columns of a CDC unique index must be defined as NOT NULL. Index '%1' selected as the CDC unique index for source table '%2.%3' does not meet this requirement. Define all columns of the selected index as NOT NULL or select another unique index as the CDC index and resubmit the request.");
        templates[22857] = new(10, "Warning: The @allow_partition_switch parameter must be 1 for tables that are not partitioned. The explicit setting of the parameter to 0 was ignored. Refer to books online for more information about partition switching behavior when using Change Data Capture.");
        templates[22865] = new(16, "The number of columns in the index '%1', used as the unique row identifier to support net changes for table '%2'.'%3', exceeds the limit of 14 columns. Set the parameter @supports_net_changes to 0 or use the @index_name parameter to identify a unique index with fewer than 15 columns as the unique row identifier and resubmit the request.");
        templates[22901] = new(16, "The database '%1' is not enabled for Change Data Capture. Ensure that the correct database context is set and retry the operation. To report on the databases enabled for Change Data Capture, query the is_cdc_enabled column in the sys.databases catalog view.");
        templates[22902] = new(16, "Caller is not authorized to initiate the requested action. %1 privileges are required.");
        templates[22904] = new(16, "Caller is not authorized to initiate the requested action. DBO privileges are required.");
        templates[22905] = new(10, "Database '%1' is already enabled for Change Data Capture. Ensure that the correct database context is set, and retry the operation. To report on the databases enabled for Change Data Capture, query the is_cdc_enabled column in the sys.databases catalog view.");
        templates[22906] = new(16, "The database '%1' cannot be enabled for Change Data Capture because a database user named 'cdc' or a schema named 'cdc' already exists in the current database. These objects are required exclusively by Change Data Capture. Drop or rename the user or schema and retry the operation.");
        templates[22907] = new(16, "Parameter @role_name cannot be empty. Specify a value for @role_name and retry the operation. Supply null as the value if no role is to be used to gate access to captured change data.");
        templates[22925] = new(16, "The number of columns captured by capture instance '%1' exceeds the maximum allowed number: %2. Use the @captured_columns_list parameter to specify a subset of the columns less than or equal to the maximum allowed and resubmit the request.");
        templates[22926] = new(16, "Could not create a capture instance because the capture instance name '%1' already exists in the current database. Specify an explicit unique name for the parameter @capture_instance.");
        templates[22927] = new(16, "Capture instance name '%1' exceeds the length limit of 100 characters. Specify a name that satisfies the length constraint.");
        templates[22928] = new(16, "Index name '%1' is not an index for table '%2.%3'. Specify a valid index name for the table.");
        templates[22929] = new(16, "Index '%1' must be either a primary key or a unique index for table '%2.%3'. Specify an index that meets at least one of these requirements.");
        templates[22930] = new(16, "Could not locate '%1' as a column of source table '%2.%3'. Specify a valid column name.");
        templates[22931] = new(16, "Source table '%1.%2' does not exist in the current database. Ensure that the correct database context is set. Specify a valid schema and table name for the database.");
        templates[22938] = new(16, "Role name '%1' is invalid. Specify a valid name. See the topic 'Identifiers' in SQL Server Books Online for object name rules.");
        templates[22939] = new(16, "The parameter @supports_net_changes is set to 1, but the source table does not have a primary key defined and no alternate unique index has been specified.");
        templates[22943] = new(16, "Columns used to uniquely identify a row for net change tracking must be included in the list of captured columns. Add either the primary key columns of the source table, or the columns defined for the index specified in the parameter @index_name to the list of captured columns and retry the operation.");
        templates[22957] = new(16, "LSN %1, specified as the new low end point for the change table associated with capture instance '%2', is not within the Change Data Capture timeline [%3, %4].");
        templates[22960] = new(16, "Change data capture instance '%1' has not been enabled for the source table '%2.%3'. Use sys.sp_cdc_help_change_data_capture to verify the capture instance name and retry the operation.");
        templates[22962] = new(16, "Two capture instances already exist for source table '%1.%2'. A table can have at most two capture instances. If the current tracking options are not appropriate, disable change tracking for the obsolete instance by using sys.sp_cdc_disable_table and retry the operation.");
        templates[22963] = new(16, "Parameter '%1' cannot be null or empty. Specify a value for the named parameter and retry the operation.");
        templates[22964] = new(16, "LSN %1, specified as the new low end point for change table cleanup must represent the start_lsn value of a current entry in the cdc.lsn_time_mapping table. Choose an LSN value that satisfies this requirement.");
        templates[22965] = new(16, "A quoted column in the column list is not properly terminated. Verify that columns are correctly delimited and retry the operation. For more information, see 'Delimited Identifiers' in Books Online.");
        templates[22970] = new(16, "The value for parameter @maxscans specified for the Change Data Capture job must be greater than 0.");
        templates[22972] = new(16, "When calling stored procedure [sys].sp_cdc_help_change_data capture, if either @source_schema or @source_name is non-null and non-empty, the other parameter must also be non-null and non-empty.");
        templates[22973] = new(16, "The specified filegroup '%1' is not a valid filegroup for database '%2'. Specify a valid existing filegroup or create the named filegroup, and retry the operation.");
        templates[22974] = new(16, "Tables contained in the cdc schema cannot be enabled for Change Data Capture.");
        templates[22975] = new(16, "Source table '%1' contains one of the following reserved column names: __$start_lsn, __$end_lsn, __$seqval, __$operation, and __$update_mask. To enable Change Data Capture for this table, specify a captured column list and ensure that these columns are excluded from the list.");
        templates[22979] = new(16, "The unique index '%1' on table '%2' is used by Change Data Capture. The constraint using this index cannot be dropped or disabled.");
        templates[22980] = new(16, "The unique index '%1' on table '%2.%3' is disabled and cannot be used as a unique index by Change Data Capture. Enable the index.");
        templates[22981] = new(16, "Object does not exist or access is denied.");
        templates[22983] = new(16, "The unique index '%1' on source table '%2' is used by Change Data Capture. To alter or drop the index, you must first disable Change Data Capture on the table.");
        templates[22985] = new(16, "Change data capture has not been enabled for source table '%1.%2'. Specify the name of a table enabled for Change Data Capture. To report on the tables enabled for Change Data Capture, query the is_tracked_by_cdc column in the sys.tables catalog view.");
        templates[22990] = new(16, "The value specified for the parameter @pollinginterval must be greater than or equal to 0 and less than 24 hours(Max: 86399 seconds). Specify a polling interval (in seconds) that is less than 24 hours (86,400 seconds).");
        templates[22991] = new(16, "The value specified for the parameter @maxtrans must be greater than 0.");
        templates[22992] = new(16, "The specified @job_type, %1, is not supported. The value specified for the parameter @job_type must be N'capture' to indicate a capture job, or N'cleanup' to indicate a cleanup job.");
        templates[22994] = new(16, "The retention value specified for the Change Data Capture cleanup process must be greater than 0 and less than or equal to 52594800. When creating or modifying the cleanup job, specify a retention value (in minutes) that is within that range. If this error is encountered when executing the sys.sp_cdc_cleanup_change_table stored procedure, reset the retention value associated with the job to a non-negative value less than 52594800 by using the sp_cdc_change_job stored procedure.");
        templates[22995] = new(16, "A value for the parameter @retention cannot be specified when the job type is 'capture'. Specify NULL for the parameter, or omit the parameter from the statement.");
        templates[22996] = new(16, "When adding or modifying the CDC cleanup job, @pollinginterval, @maxtrans, @maxscans, and @continuous may not be assigned non-null values.");
        templates[22997] = new(16, "The Change Data Capture '%1' job does not exist in the system table 'msdb.dbo.cdc_jobs'. Use the stored procedure 'sys.sp_cdc_add_job' to add the Change Data Capture job.");
    }
}
