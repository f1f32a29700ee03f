using System.Globalization;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>DBCC FREEPROCCACHE and its relatives, DBCC OPENTRAN.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/t-sql/database-console-commands/dbcc-transact-sql</remarks>
internal sealed partial class UtilityOperation
{
    /// <summary>Least length of a handle (error 2560 below it).</summary>
    private const int HandleLength = 44;

    /// <summary>Runs a DBCC command of this file; false when it is not one.</summary>
    private bool ExecuteCommand(BatchExecution run, Frame frame)
    {
        switch (statement.Command)
        {
            case "DBCC FREEPROCCACHE":
                RequireServerState(run, "FREEPROCCACHE", 3);
                FreeCache(run, Arguments(run, frame));
                break;
            case "DBCC FREESYSTEMCACHE":
                RequireServerState(run, "FREESYSTEMCACHE", 3);
                if (Arguments(run, frame) is not [var store, ..] || store.IsNull)
                {
                    throw SqlErrors.Create(2583);
                }

                if (store.AsString.ToUpperInvariant() is "ALL" or "SQL PLANS" or "OBJECT PLANS")
                {
                    run.Session.Database.Routines.Clear();
                }

                break;
            case "DBCC FREESESSIONCACHE" or "DBCC FLUSHAUTHCACHE" or "DBCC DROPCLEANBUFFERS":
                RequireServerState(run, statement.Command["DBCC ".Length..], 1);
                break;
            case "DBCC SHOW_STATISTICS":
                ShowStatistics(run, Arguments(run, frame));
                break;
            case "DBCC OPENTRAN":
                TellOldest(run, Arguments(run, frame));
                break;
            case "DBCC CHECKTABLE":
                CheckTable(run, Arguments(run, frame));
                run.Session.RowCount = 0;
                break;
            case "DBCC CHECKDB" or "DBCC CHECKFILEGROUP" or "DBCC CHECKALLOC" or "DBCC CHECKCATALOG":
                CheckDatabase(run, Arguments(run, frame));
                run.Session.RowCount = 0;
                break;
            case "DBCC UPDATEUSAGE" or "DBCC TRACEON" or "DBCC TRACEOFF":
                break;
            default:
                return false;
        }

        Inform(run, SqlErrors.Create(2528).Error);
        return true;
    }

    private SqlValue[] Arguments(BatchExecution run, Frame frame)
    {
        ValuesUnit unit = Prepare(run, frame);
        ExecutionContext context = ContextFor(run, frame, unit);
        return [.. unit.Values.Select(v => v.Value(context))];
    }

    private static void RequireServerState(BatchExecution run, string command, byte state)
    {
        if (!Security.PrincipalAccess.Of(run.Session).IsUnlimited)
        {
            throw SqlErrors.CreateWithState(2571, state, run.Session.CurrentLogin, command);
        }
    }

    /// <summary>All plans, those of a pool (every plan is of the pool default), or the one with a handle.</summary>
    private static void FreeCache(BatchExecution run, SqlValue[] arguments)
    {
        RoutineCache cache = run.Session.Database.Routines;
        switch (arguments)
        {
            case []:
                cache.Clear();
                break;
            case [{ IsNull: false, Kind: SqlTypeId.VarBinary or SqlTypeId.Binary } handle]:
                byte[] bytes = handle.AsBytes;
                if (bytes.Length < HandleLength)
                {
                    throw SqlErrors.CreateWithState(2560, 110, 1);
                }

                cache.Clear(r => bytes.AsSpan().SequenceEqual(r.Identity.PlanHandle) || bytes.AsSpan().SequenceEqual(r.Identity.SqlHandle));
                break;
            case [{ IsNull: false, Kind: SqlTypeId.VarChar or SqlTypeId.NVarChar or SqlTypeId.Char or SqlTypeId.NChar } pool]:
                switch (pool.AsString.ToLowerInvariant())
                {
                    case "default":
                        cache.Clear();
                        break;
                    case "internal":
                        break;
                    default:
                        throw SqlErrors.CreateWithState(2560, 9, 1);
                }

                break;
            case [_]:
                throw SqlErrors.CreateWithState(2560, 9, 1);
            default:
                throw SqlErrors.Create(2583);
        }
    }

    /// <summary>The database that an argument names: by name, by id, 0 or nothing for the session's own. Errors 2520, 2521 and 2560.</summary>
    private static CatalogSnapshot DatabaseOf(EngineSession session, SqlValue argument)
    {
        if (argument.IsNull)
        {
            return session.Catalog;
        }

        if (argument.Kind is SqlTypeId.VarChar or SqlTypeId.NVarChar or SqlTypeId.Char or SqlTypeId.NChar)
        {
            return session.Server.Find(argument.AsString) ?? throw SqlErrors.CreateWithState(2520, 5, argument.AsString);
        }

        int id = SqlConvert.Convert(argument, SqlType.Int, SqlType.Int).AsInt32;
        return id switch
        {
            0 => session.Catalog,
            < 0 => throw SqlErrors.CreateWithState(2560, 9, 1),
            _ => session.Server.Find(id) ?? throw SqlErrors.CreateWithState(2521, 4, id),
        };
    }

    /// <summary>DBCC OPENTRAN: the oldest transaction that has changed something in a database.</summary>
    private void TellOldest(BatchExecution run, SqlValue[] arguments)
    {
        EngineSession session = run.Session;
        CatalogSnapshot database = DatabaseOf(session, arguments.Length > 0 ? arguments[0] : SqlValue.Null);
        EngineSession? oldest = session.Database.Sessions
            .Where(s => s.TransactionCount > 0 && s.ChangedTables.Any(id => session.Server.Find<TableDefinition>(id) is { } t && session.CatalogOf(t).DatabaseId == database.DatabaseId))
            .MinBy(s => s.TransactionBegan);
        string began = oldest is null ? "" : oldest.TransactionBegan.ToString("MMM d yyyy h:mm:ss:fffttt", CultureInfo.InvariantCulture).Replace(" M", "M", StringComparison.Ordinal);
        string sid = oldest is null ? "" : "0x" + Convert.ToHexStringLower(SidOf(session, oldest));
        if (statement.Options.Contains("TABLERESULTS"))
        {
            (string Name, string Value)[] lines = oldest is null
                ? []
                : [("OLDACT_SPID", Text(oldest.SessionId)), ("OLDACT_UID", "-1"), ("OLDACT_NAME", oldest.TransactionName), ("OLDACT_LSN", "(0:0:0)"), ("OLDACT_STARTTIME", began), ("OLDACT_SID", sid)];
            run.Sink.Columns([new ResultColumn(database.DatabaseName, SqlType.VarChar(25), true), new ResultColumn("", SqlType.NVarChar(128), true)]);
            foreach ((string name, string value) in lines)
            {
                run.Sink.Row([SqlValue.FromString(name, SqlTypeId.VarChar), SqlValue.FromString(value)]);
            }

            run.Sink.EndRows();
            run.Sink.Done(lines.Length);
            return;
        }

        if (oldest is null)
        {
            Inform(run, SqlErrors.Create(7969).Error);
            return;
        }

        Inform(run, SqlErrors.Create(7968, database.DatabaseName).Error);
        Inform(run, SqlErrors.Create(7970, "\n").Error);
        Inform(run, SqlErrors.Create(7971, "", oldest.SessionId, "").Error);
        Inform(run, SqlErrors.Create(7972, "", -1).Error);
        Inform(run, SqlErrors.Create(7974, "", oldest.TransactionName).Error);
        Inform(run, SqlErrors.Create(7975, "", 0, 0, 0).Error);
        Inform(run, SqlErrors.Create(7977, "", began).Error);
        Inform(run, SqlErrors.Create(7978, "", sid).Error);
    }

    private static byte[] SidOf(EngineSession session, EngineSession owner) =>
        session.Catalog.Logins.TryGetValue(owner.OriginalLogin, out LoginDefinition? login) ? [(byte)login.PrincipalId] : [1];
}
