using System.Globalization;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Catalog;

/// <summary>Transactions, the locks they hold, and who waits for whom.</summary>
/// <remarks>
/// Readers have snapshots and hold no locks on rows. There is one writer at a time: a session that changes rows has the turn until its transaction ends, and whoever wants to
/// change rows meanwhile waits for it.
/// </remarks>
internal static partial class SystemViews
{
    private static void AddLockViews(Action<SystemView> add)
    {
        add(Sys("dm_tran_locks",
            "resource_type nvarchar(60), resource_subtype nvarchar(60), resource_database_id int, resource_description nvarchar(256), resource_associated_entity_id bigint null, resource_lock_partition int, "
            + "request_mode nvarchar(60), request_type nvarchar(60), request_status nvarchar(60), request_reference_count smallint, request_lifetime int, request_session_id int, request_exec_context_id int, "
            + "request_request_id int, request_owner_type nvarchar(60), request_owner_id bigint null, request_owner_guid uniqueidentifier null, request_owner_lockspace_id nvarchar(32), lock_owner_address varbinary(8)",
            s => Locks(s).Select(l => new object?[]
            {
                l.Type, l.Subtype, l.DatabaseId, l.Description, l.EntityId, 0, l.Mode, "LOCK", l.IsGranted ? "GRANT" : "WAIT", (short)Math.Min(l.Count, short.MaxValue), l.OwnerType == "TRANSACTION" ? 33554432 : 0,
                l.Session.SessionId, 0, 0, l.OwnerType, l.OwnerType == "TRANSACTION" ? l.Session.TransactionId : 0, Guid.Empty,
                string.Create(CultureInfo.InvariantCulture, $"0x{l.Session.SessionId:X16}:0:0"), AddressOf(l.Session),
            })));
        add(Sys("dm_os_waiting_tasks",
            "waiting_task_address varbinary(8), session_id smallint null, exec_context_id int null, wait_duration_ms bigint null, wait_type nvarchar(60) null, resource_address varbinary(8) null, "
            + "blocking_task_address varbinary(8) null, blocking_session_id smallint null, blocking_exec_context_id int null, resource_description nvarchar(3072) null",
            s => Sessions(s).Where(x => x.WaitsFor is not null).Select(x =>
            {
                EngineSession? writer = Writer(s);
                return new object?[]
                {
                    AddressOf(x), x.SessionId, 0, x.WaitsFor, "LCK_M_X", AddressOf(x), writer is null ? null : AddressOf(writer), writer?.SessionId, writer is null ? null : 0,
                    string.Create(CultureInfo.InvariantCulture, $"databaselock subresource=WRITER dbid={x.DatabaseId} id=lock mode=X"),
                };
            })));
        add(Sys("dm_tran_session_transactions",
            "session_id int, transaction_id bigint, transaction_descriptor binary(8), enlist_count int, is_user_transaction bit, is_local bit, is_enlisted bit, is_bound bit, open_transaction_count int",
            s => Sessions(s).Where(x => x.TransactionCount > 0).Select(x => new object?[]
            {
                x.SessionId, x.TransactionId, BitConverter.GetBytes(x.TransactionId), ReferenceEquals(x, s) ? 1 : 0, true, true, false, false, x.TransactionCount,
            })));
        add(Sys("dm_tran_active_transactions",
            "transaction_id bigint, name nvarchar(32), transaction_begin_time datetime, transaction_type int, transaction_uow uniqueidentifier null, transaction_state int, transaction_status int, "
            + "transaction_status2 int, dtc_state int, dtc_status int, dtc_isolation_level int, filestream_transaction_id varbinary(128) null",
            s => Sessions(s).Where(x => x.TransactionCount > 0).Select(x => new object?[] { x.TransactionId, x.TransactionName, x.TransactionBegan, 1, null, 2, 0, 0, 0, 0, -1, null })));
        add(Sys("dm_tran_database_transactions",
            "transaction_id bigint, database_id int, database_transaction_begin_time datetime null, database_transaction_type int, database_transaction_state int, database_transaction_status int, "
            + "database_transaction_status2 int, database_transaction_log_record_count bigint, database_transaction_replicate_record_count int, database_transaction_log_bytes_used bigint, "
            + "database_transaction_log_bytes_reserved bigint, database_transaction_log_bytes_used_system int, database_transaction_log_bytes_reserved_system int, database_transaction_begin_lsn numeric(25,0) null, "
            + "database_transaction_last_lsn numeric(25,0) null, database_transaction_most_recent_savepoint_lsn numeric(25,0) null, database_transaction_commit_lsn numeric(25,0) null, "
            + "database_transaction_last_rollback_lsn numeric(25,0) null, database_transaction_next_undo_lsn numeric(25,0) null",
            s => Sessions(s).Where(x => x.TransactionCount > 0).SelectMany(x => DatabasesOf(x).Select(d => new object?[]
            {
                x.TransactionId, d.Id, d.Writes ? x.TransactionBegan : null, 1, d.Writes ? 4 : 3, 0, 258, 0L, 0, 0L, 0L, 0, 0, null, null, null, null, null, null,
            }))));
        add(Sys("dm_tran_current_transaction",
            "transaction_id bigint, transaction_sequence_num bigint, transaction_is_snapshot bit, first_snapshot_sequence_num bigint null, last_transaction_sequence_num bigint, first_useful_sequence_num bigint",
            s => [[s.TransactionId, 0L, s.Options.IsolationLevel == "SNAPSHOT", null, 0L, 0L]]));
        add(Empty("dm_tran_active_snapshot_database_transactions",
            "transaction_id bigint, transaction_sequence_num bigint, commit_sequence_num bigint null, is_snapshot int, session_id int, first_snapshot_sequence_num bigint null, max_version_chain_traversed int, "
            + "average_version_chain_traversed float, elapsed_time_seconds bigint"));
        add(Empty("dm_tran_version_store_space_usage", "database_id int, reserved_page_count bigint, reserved_space_kb bigint"));
    }

    /// <summary>A lock that a session holds or waits for.</summary>
    internal sealed record HeldLock(
        EngineSession Session, string Type, string Subtype, int DatabaseId, string Description, long EntityId, string Mode, bool IsGranted, string OwnerType, int Count = 1);

    internal static IEnumerable<HeldLock> Locks(EngineSession session)
    {
        bool isContested = Sessions(session).Any(x => x.WaitsFor is not null);
        foreach (EngineSession x in Sessions(session))
        {
            if (x.DatabaseId is not (ServerCatalog.MasterId or ServerCatalog.TempdbId))
            {
                yield return new HeldLock(x, "DATABASE", "", x.DatabaseId, "", 0, "S", true, "SHARED_TRANSACTION_WORKSPACE");
            }

            if (x.TransactionCount > 0)
            {
                foreach (int id in x.ChangedTables)
                {
                    if (session.Server.Find<TableDefinition>(id) is { } table)
                    {
                        yield return new HeldLock(x, "OBJECT", "", session.CatalogOf(table).DatabaseId, "", id, "IX", true, "TRANSACTION");
                    }
                }
            }

            // A turn to write that nobody else waits for is not worth a row.
            if (x.WaitsFor is not null || (isContested && x.IsWriter))
            {
                yield return new HeldLock(x, "DATABASE", "WRITER", x.DatabaseId, "", 0, "X", x.WaitsFor is null, "TRANSACTION");
            }
        }

        foreach ((EngineSession x, string resource, string mode, bool isTransaction, int count) in session.Database.ApplicationLocks.Held())
        {
            string hash = System.Convert.ToHexStringLower(PlanIdentity.HashOf(resource).AsSpan(0, 4));
            yield return new HeldLock(x, "APPLICATION", "", x.DatabaseId, $"0:[{(resource.Length > 32 ? resource[..32] : resource)}]:({hash})", 0, mode, true, isTransaction ? "TRANSACTION" : "SESSION", count);
        }
    }

    /// <summary>The session whose turn it is to write; null for none.</summary>
    internal static EngineSession? Writer(EngineSession session) => Sessions(session).FirstOrDefault(x => x.IsWriter && x.WaitsFor is null);

    /// <summary>The session that another one waits for; 0 for none.</summary>
    internal static int BlockerOf(EngineSession session, EngineSession waiting) =>
        waiting.WaitsFor is not null && Writer(session) is { } writer && !ReferenceEquals(writer, waiting) ? writer.SessionId : 0;

    /// <summary>Stands for the address of a session's task.</summary>
    private static byte[] AddressOf(EngineSession session)
    {
        byte[] address = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(address.AsSpan(4), session.SessionId << 6);
        return address;
    }

    /// <summary>Databases of a session's transaction, and whether it has changed something there.</summary>
    private static IEnumerable<(int Id, bool Writes)> DatabasesOf(EngineSession session)
    {
        int[] changed = [.. session.ChangedTables.Select(id => session.Server.Find<TableDefinition>(id)).OfType<TableDefinition>().Select(t => session.CatalogOf(t).DatabaseId).Distinct()];
        return changed.Length == 0 ? [(session.DatabaseId, session.IsWriter)] : changed.Select(id => (id, true));
    }
}
