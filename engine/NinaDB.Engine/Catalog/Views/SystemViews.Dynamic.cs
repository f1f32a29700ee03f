using System.Diagnostics;
using System.Runtime.InteropServices;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Catalog;

/// <summary>Dynamic management views: sessions, requests, connections, the host.</summary>
internal static partial class SystemViews
{
    private static void AddDynamicViews(Action<SystemView> add)
    {
        add(Sys("dm_exec_sessions",
            "session_id smallint, login_time datetime, host_name nvarchar(128) null, program_name nvarchar(128) null, host_process_id int null, client_version int null, client_interface_name nvarchar(32) null, "
            + "security_id varbinary(85), login_name nvarchar(128), nt_domain nvarchar(128) null, nt_user_name nvarchar(128) null, status nvarchar(30), context_info varbinary(128) null, cpu_time int, "
            + "memory_usage int, total_scheduled_time int, total_elapsed_time int, endpoint_id int, last_request_start_time datetime, last_request_end_time datetime null, reads bigint, writes bigint, "
            + "logical_reads bigint, is_user_process bit, text_size int, language nvarchar(128) null, date_format nvarchar(3) null, date_first smallint, quoted_identifier bit, arithabort bit, "
            + "ansi_null_dflt_on bit, ansi_defaults bit, ansi_warnings bit, ansi_padding bit, ansi_nulls bit, concat_null_yields_null bit, transaction_isolation_level smallint, lock_timeout int, "
            + "deadlock_priority int, row_count bigint, prev_error int, original_security_id varbinary(85), original_login_name nvarchar(128), last_successful_logon datetime null, "
            + "last_unsuccessful_logon datetime null, unsuccessful_logons bigint null, group_id int, database_id smallint, authenticating_database_id int null, open_transaction_count int, page_server_reads bigint",
            s => Sessions(s).Select(SessionRow)));
        add(Sys("dm_exec_requests",
            "session_id smallint, request_id int, start_time datetime, status nvarchar(30), command nvarchar(32), sql_handle varbinary(64) null, statement_start_offset int null, statement_end_offset int null, "
            + "plan_handle varbinary(64) null, database_id smallint, user_id int, connection_id uniqueidentifier null, blocking_session_id smallint null, wait_type nvarchar(60) null, wait_time int, "
            + "last_wait_type nvarchar(60), wait_resource nvarchar(256), open_transaction_count int, open_resultset_count int, transaction_id bigint, context_info varbinary(128) null, percent_complete real, "
            + "estimated_completion_time bigint, cpu_time int, total_elapsed_time int, scheduler_id int null, reads bigint, writes bigint, logical_reads bigint, text_size int, language nvarchar(128) null, "
            + "date_format nvarchar(3) null, date_first smallint, quoted_identifier bit, arithabort bit, transaction_isolation_level smallint, lock_timeout int, deadlock_priority int, row_count bigint, "
            + "prev_error int, nest_level int, granted_query_memory int, executing_managed_code bit, group_id int",
            s => Sessions(s).Where(x => ReferenceEquals(x, s) || x.Running is not null).Select(x => RequestRow(s, x))));
        add(Sys("dm_exec_connections",
            "session_id int null, most_recent_session_id int null, connect_time datetime, net_transport nvarchar(40), protocol_type nvarchar(40) null, protocol_version int null, endpoint_id int null, "
            + "encrypt_option nvarchar(40), auth_scheme nvarchar(40), node_affinity smallint, num_reads int null, num_writes int null, last_read datetime null, last_write datetime null, "
            + "net_packet_size int null, client_net_address varchar(48) null, client_tcp_port int null, local_net_address varchar(48) null, local_tcp_port int null, connection_id uniqueidentifier, "
            + "parent_connection_id uniqueidentifier null, most_recent_sql_handle varbinary(64) null",
            s => Sessions(s).Select(x => new object?[]
            {
                x.SessionId, x.SessionId, x.LoginTime, "Session", "TSQL", null, 4, "FALSE", "SQL", 0, null, null, null, null, null, x.ClientAddress ?? "<local machine>", null, null, null, ConnectionOf(x), null, PlanCache.LastHandle(x),
            })));
        add(Sys("dm_os_host_info",
            "host_platform nvarchar(256), host_distribution nvarchar(256), host_release nvarchar(256), host_service_pack_level nvarchar(256), host_sku int null, os_language_version int, host_architecture nvarchar(256)",
            s =>
            [
                [
                    OperatingSystem.IsWindows() ? "Windows" : "Linux", RuntimeInformation.OSDescription, Environment.OSVersion.Version.ToString(), "", null, 0,
                    RuntimeInformation.OSArchitecture.ToString(),
                ],
            ]));
        add(Sys("dm_os_sys_info",
            "cpu_ticks bigint, ms_ticks bigint, cpu_count int, hyperthread_ratio int, physical_memory_kb bigint, virtual_memory_kb bigint, committed_kb bigint, committed_target_kb bigint, "
            + "sqlserver_start_time datetime, virtual_machine_type int, virtual_machine_type_desc nvarchar(60), softnuma_configuration int, softnuma_configuration_desc nvarchar(60), process_physical_affinity nvarchar(3072)",
            s =>
            {
                long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024;
                using Process process = Process.GetCurrentProcess();
                return
                [
                    [
                        Stopwatch.GetTimestamp(), Environment.TickCount64, Environment.ProcessorCount, 1, memory, memory, process.WorkingSet64 / 1024, memory, process.StartTime, 0, "NONE", 0, "OFF", "",
                    ],
                ];
            }));
        add(Sys("dm_os_process_memory",
            "physical_memory_in_use_kb bigint, large_page_allocations_kb bigint, locked_page_allocations_kb bigint, total_virtual_address_space_kb bigint, process_physical_memory_low bit",
            s =>
            {
                using Process process = Process.GetCurrentProcess();
                return [[process.WorkingSet64 / 1024, 0, 0, process.VirtualMemorySize64 / 1024, false]];
            }));
        add(Sys("dm_db_file_space_usage",
            "database_id int null, file_id int null, filegroup_id smallint null, total_page_count bigint null, allocated_extent_page_count bigint null, unallocated_extent_page_count bigint null, "
            + "version_store_reserved_page_count bigint null, user_object_reserved_page_count bigint null, internal_object_reserved_page_count bigint null, mixed_extent_page_count bigint null, modified_extent_page_count bigint null",
            s =>
            {
                long pages = Of<TableDefinition>(s).Sum(t => Pages(s, t));
                return [[s.DatabaseId, 1, 1, pages, pages, 0, 0, pages, 0, 0, 0]];
            }));
        add(Empty("dm_db_index_usage_stats",
            "database_id smallint, object_id int, index_id int, user_seeks bigint, user_scans bigint, user_lookups bigint, user_updates bigint, last_user_seek datetime null, last_user_scan datetime null, "
            + "last_user_lookup datetime null, last_user_update datetime null"));
        add(Empty("dm_os_wait_stats", "wait_type nvarchar(60), waiting_tasks_count bigint, wait_time_ms bigint, max_wait_time_ms bigint, signal_wait_time_ms bigint"));
        add(Empty("dm_hadr_database_replica_states", "database_id int, group_id uniqueidentifier, replica_id uniqueidentifier, is_local bit null, is_primary_replica bit null"));
        add(Sys("sysprocesses",
            "spid smallint, kpid smallint, blocked smallint, waittype binary(2), waittime bigint, lastwaittype nchar(32), waitresource nchar(256), dbid smallint, uid smallint null, cpu int, physical_io bigint, "
            + "memusage int, login_time datetime, last_batch datetime, ecid smallint, open_tran smallint, status nchar(30), sid binary(86), hostname nchar(128), program_name nchar(128), hostprocess nchar(10), cmd nchar(26), "
            + "nt_domain nchar(128), nt_username nchar(128), net_address nchar(12), net_library nchar(12), loginame nchar(128), context_info binary(128), sql_handle varbinary(64), stmt_start int, stmt_end int, request_id int, "
            + "page_resource binary(8) null",
            s => Sessions(s).Select(x => new object?[]
            {
                x.SessionId, 0, BlockerOf(s, x), new byte[2], x.WaitsFor ?? 0, x.WaitsFor is null ? "" : "LCK_M_X", "", x.DatabaseId, x.PrincipalId, 0, 0, 0, x.LoginTime, x.RequestBegan == 0 ? x.LoginTime : EngineSession.TimeOf(x.RequestBegan), 0, x.TransactionCount, ReferenceEquals(x, s) ? "runnable" : "sleeping",
                new byte[86], x.HostName, x.ApplicationName, "", ReferenceEquals(x, s) ? "SELECT" : "AWAITING COMMAND", "", "", "", "", x.OriginalLogin, new byte[128], PlanCache.LastHandle(x) ?? new byte[20], 0, -1, 0, null,
            })));
    }

    /// <summary>Open sessions of the database; only the own one where the session stands alone.</summary>
    private static IEnumerable<EngineSession> Sessions(EngineSession session) => session.Database is { } database ? database.Sessions : [session];

    private static short Isolation(EngineSession session) => session.Options.IsolationLevel switch
    {
        "READ UNCOMMITTED" => 1,
        "REPEATABLE READ" => 3,
        "SERIALIZABLE" => 4,
        "SNAPSHOT" => 5,
        _ => 2,
    };

    /// <summary>What the command column calls a step.</summary>
    private static string CommandOf(Operation? operation) => operation?.StatementKind switch
    {
        null => "AWAITING COMMAND",
        StatementKind.Other => "EXECUTE",
        { } kind => kind.ToString().ToUpperInvariant(),
    };

    private static object?[] SessionRow(EngineSession x)
    {
        SessionOptions o = x.Options;
        return
        [
            x.SessionId, x.LoginTime, x.HostName, x.ApplicationName, Environment.ProcessId, null, "NinaDB", new byte[] { 1 }, x.OriginalLogin, null, null, x.Running is null ? "sleeping" : "running", x.ContextInfo, 0,
            0, 0, (int)Math.Max(0, x.RequestEnded - x.RequestBegan), 4, x.RequestBegan == 0 ? x.LoginTime : EngineSession.TimeOf(x.RequestBegan), x.RequestEnded == 0 ? null : EngineSession.TimeOf(x.RequestEnded), 0, 0,
            0, true, o.TextSize, o.Language, o.DateFormat, o.DateFirst, o.QuotedIdentifier, o.ArithAbort,
            o.AnsiNullDefault, true, o.AnsiWarnings, o.AnsiPadding, o.AnsiNulls, o.ConcatNullYieldsNull, Isolation(x), o.LockTimeout,
            0, x.RowCount, x.LastError, new byte[] { 1 }, x.OriginalLogin, null,
            null, null, 2, x.DatabaseId, 1, x.TransactionCount, 0,
        ];
    }

    /// <summary>A number for a session's connection that stays the same.</summary>
    private static Guid ConnectionOf(EngineSession x) => new(x.SessionId, 0, 0, BitConverter.GetBytes(x.LoginTime.Ticks));

    private static object?[] RequestRow(EngineSession session, EngineSession x)
    {
        SessionOptions o = x.Options;
        BatchExecution? run = x.Running;
        Routine? routine = run?.Top?.Routine;
        Operation? operation = run?.Current;
        (int Start, int End)? place = routine is not null && operation?.Source is { } source && routine.Operations.Contains(operation) ? PlanCache.BytesOf(routine, source) : null;
        long? waits = x.WaitsFor;
        return
        [
            x.SessionId, 0, EngineSession.TimeOf(x.RequestBegan), waits is not null ? "suspended" : "running", CommandOf(operation), routine?.Identity.SqlHandle, place?.Start, place?.End, routine?.Identity.PlanHandle,
            x.DatabaseId, x.PrincipalId, ConnectionOf(x), BlockerOf(session, x), waits is null ? null : "LCK_M_X", (int)(waits ?? 0), waits is null ? "" : "LCK_M_X", waits is null ? "" : $"DATABASE: {x.DatabaseId} [WRITER]",
            x.TransactionCount, 1, x.TransactionCount > 0 ? x.TransactionId : 0, x.ContextInfo, 0.0,
            0, 0, (int)(Environment.TickCount64 - x.RequestBegan), null, 0, 0, 0, o.TextSize, o.Language, o.DateFormat, o.DateFirst, o.QuotedIdentifier, o.ArithAbort, Isolation(x), o.LockTimeout, 0, x.RowCount,
            x.LastError, x.NestLevel, 0, false, 2,
        ];
    }
}
