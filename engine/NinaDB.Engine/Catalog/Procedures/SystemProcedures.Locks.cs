using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>sp_lock: the locks of sys.dm_tran_locks in the form of older versions.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/system-stored-procedures/sp-lock-transact-sql</remarks>
internal static partial class SystemProcedures
{
    private static void AddLockProcedures(Action<SystemProcedure> add) =>
        add(Reads("sp_lock", SendLocks, Optional("@spid1", SqlType.Int), Optional("@spid2", SqlType.Int)));

    private static int SendLocks(SystemProcedureCall call)
    {
        int? first = call.Arguments[0].IsNull ? null : call.Arguments[0].AsInt32;
        int? second = call.Arguments[1].IsNull ? null : call.Arguments[1].AsInt32;
        SqlValue Padded(string text, int length) => SqlValue.FromString(text.PadRight(length), SqlTypeId.NChar);
        call.Send(
            [
                Column("spid", SqlType.SmallInt), Column("dbid", SqlType.SmallInt), Column("ObjId", SqlType.Int), Column("IndId", SqlType.SmallInt), Column("Type", SqlType.NChar(4)),
                Column("Resource", SqlType.NChar(32)), Column("Mode", SqlType.NVarChar(8)), Column("Status", SqlType.NVarChar(5)),
            ],
            SystemViews.Locks(call.Session).Where(l => first is null || l.Session.SessionId == first || l.Session.SessionId == second).OrderBy(l => l.Session.SessionId).Select(l => new[]
            {
                SqlValue.FromSmallInt((short)l.Session.SessionId), SqlValue.FromSmallInt((short)l.DatabaseId), Int(l.Type == "OBJECT" ? (int)l.EntityId : 0), SqlValue.FromSmallInt(0),
                Padded(l.Type switch { "DATABASE" => "DB", "OBJECT" => "TAB", _ => "APP" }, 4), Padded(l.Description.Length > 32 ? l.Description[..32] : l.Description, 32), Text(l.Mode), Text(l.IsGranted ? "GRANT" : "WAIT"),
            }));
        return 0;
    }
}
