using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Functions of tools and of times past: hexadecimal text, the permission bitmap, change tracking, text pointers; cursors; application locks.</summary>
internal static partial class BuiltinFunctions
{
    /// <summary>What a database owner may do, as PERMISSIONS() answers it: statements, an object, a column.</summary>
    private const int OwnerStatements = 50201342, OwnerObject = 1948217375, OwnerColumn = 1082605703;

    private static readonly (string Permission, int Bit)[] StatementBits =
    [
        ("CREATE TABLE", 2), ("CREATE PROCEDURE", 4), ("CREATE VIEW", 8), ("CREATE RULE", 16), ("CREATE DEFAULT", 32), ("BACKUP DATABASE", 64), ("BACKUP LOG", 128), ("CREATE FUNCTION", 512),
    ];

    private static readonly (string Permission, int Bits)[] ObjectBits =
        [("SELECT", 1 | 4096), ("UPDATE", 2 | 8192), ("REFERENCES", 4 | 16384), ("INSERT", 8), ("DELETE", 16), ("EXECUTE", 32)];

    private static void AddObjectFamily(Action<BuiltinFunction> add)
    {
        add(new BuiltinFunction("FN_VARBINTOHEXSTR", 1, 1, static _ => new BoundFunction(SqlType.NVarCharMax, true, [SqlType.VarBinaryMax], static (_, a) =>
            HexText(a[0].AsBytes, 1, 0, true))) { IsInSysSchema = true });
        add(new BuiltinFunction("FN_VARBINTOHEXSUBSTRING", 4, 4, static _ => new BoundFunction(SqlType.NVarCharMax, true, [SqlType.Bit, SqlType.VarBinaryMax, SqlType.Int, SqlType.Int], static (_, a) =>
            HexText(a[1].AsBytes, a[2].AsInt32, a[3].AsInt32, a[0].AsBoolean))) { IsInSysSchema = true });
        add(new BuiltinFunction("FN_HADR_IS_PRIMARY_REPLICA", 1, 1, static _ => new BoundFunction(SqlType.Bit, true, [NameType], static (_, _) => SqlValue.Null)) { IsInSysSchema = true });
        add(SessionFunction("PERMISSIONS", 0, 2, SqlType.Int, [SqlType.Int, NameType], Permissions));
        add(SessionFunction("SID_BINARY", 1, 1, SqlType.VarBinary(85), [NameType], (_, _) => SqlValue.Null));
        add(SessionFunction("FILEPROPERTYEX", 2, 2, SqlType.SqlVariant, [NameType, NameType], (_, _) => SqlValue.Null));
        add(Function("TERTIARY_WEIGHTS", 1, 1, static b => new BoundFunction(SqlType.VarBinary(8000), true, [StringArgument(b, 0)], static (_, _) => SqlValue.Null)));
        add(SessionFunction("PUBLISHINGSERVERNAME", 0, 0, NameType, [], (s, _) => SqlValue.Null));

        // No database tracks changes here.
        add(SessionFunction("CHANGE_TRACKING_CURRENT_VERSION", 0, 0, SqlType.BigInt, [], (_, _) => SqlValue.Null));
        add(SessionFunction("CHANGE_TRACKING_MIN_VALID_VERSION", 1, 1, SqlType.BigInt, [SqlType.Int], (_, _) => SqlValue.Null));
        foreach ((string name, int min, int max) in (ReadOnlySpan<(string, int, int)>)
            [
                ("CHANGE_TRACKING_IS_COLUMN_IN_MASK", 2, 2), ("TEXTPTR", 1, 1), ("TEXTVALID", 2, 2), ("IS_OBJECTSIGNED", 3, 4), ("GET_TRANSMISSION_STATUS", 1, 1),
            ])
        {
            add(Function(name, min, max, _ => throw SqlErrors.NotSupported(name)));
        }

        add(SessionFunction("XML_SCHEMA_NAMESPACE", 2, 3, SqlType.Xml, [NameType, NameType, SqlType.NVarChar(4000)], XmlSchemaNamespace));
        add(new BuiltinFunction("CURSOR_STATUS", 2, 2, static b => new BoundFunction(SqlType.SmallInt, true, [SqlType.VarChar(20), NameType], (context, a) =>
            CursorStatus(context, b.Context.Variables, a[0].AsString.TrimEnd(), a[1].AsString.TrimEnd()))) { IsDeterministic = false });
        add(SessionFunction("APPLOCK_MODE", 3, 3, SqlType.NVarChar(32), [NameType, SqlType.NVarChar(255), SqlType.NVarChar(32)], (s, a) =>
        {
            RequireLockArguments(s, a, 2, "applock_mode");
            return Name(s.Database.ApplicationLocks.ModeHeld(s, a[1].AsString, a[2].AsString) ?? "NoLock");
        }, acceptsNull: true));
        add(SessionFunction("APPLOCK_TEST", 4, 4, SqlType.SmallInt, [NameType, SqlType.NVarChar(255), SqlType.NVarChar(32), SqlType.NVarChar(32)], (s, a) =>
        {
            RequireLockArguments(s, a, 3, "applock_test");
            return !ApplicationLocks.IsMode(a[2].AsString) ? throw SqlErrors.Create(1225, "applock_test")
                : SqlValue.FromSmallInt(s.Database.ApplicationLocks.CanGrant(s, a[1].AsString, a[2].AsString) ? (short)1 : (short)0);
        }, acceptsNull: true));
    }

    /// <summary>NULLs, the principal and the owner (the last argument): errors 8116, 1202, 1226, 3918.</summary>
    private static void RequireLockArguments(EngineSession session, SqlValue[] a, int owner, string function)
    {
        for (int i = 0; i < owner; i++)
        {
            if (a[i].IsNull)
            {
                throw SqlErrors.Create(8116, "NULL", i + 1, function);
            }
        }

        if (session.Catalog.FindPrincipal(a[0].AsString) is null)
        {
            throw SqlErrors.Create(1202, a[0].AsString);
        }

        string kind = a[owner].IsNull ? "Transaction" : a[owner].AsString;
        bool isTransaction = kind.Equals("Transaction", StringComparison.OrdinalIgnoreCase);
        if (!isTransaction && !kind.Equals("Session", StringComparison.OrdinalIgnoreCase))
        {
            throw SqlErrors.Create(1226, function);
        }

        if (isTransaction && session.TransactionCount == 0)
        {
            throw SqlErrors.Create(3918);
        }
    }

    private static SqlValue HexText(byte[] bytes, int start, int length, bool isPrefixed)
    {
        if (start < 1 || start > bytes.Length)
        {
            return SqlValue.Null;
        }

        int count = length <= 0 ? bytes.Length - start + 1 : Math.Min(length, bytes.Length - start + 1);
        return SqlValue.FromString((isPrefixed ? "0x" : "") + Convert.ToHexStringLower(bytes, start - 1, count));
    }

    private static SqlValue Permissions(EngineSession session, SqlValue[] a)
    {
        bool isOwner = session.PrincipalId == InitialCatalog.DboId;
        if (a.Length == 0)
        {
            Securable? database = Securable.Find(session, PermissionCatalog.Find("DATABASE")!, session.Catalog.DatabaseName);
            return SqlValue.FromInt(isOwner ? OwnerStatements : StatementBits.Where(b => database?.Allows(session, b.Permission) ?? false).Sum(b => b.Bit));
        }

        int objectId = a[0].AsInt32;
        if (ObjectNames.Find(session, objectId) is not { } found)
        {
            return SqlValue.Null;
        }

        var access = PrincipalAccess.Of(session);
        if (a.Length == 1)
        {
            CatalogObject? securable = session.Catalog.Find<CatalogObject>(objectId);
            return SqlValue.FromInt(isOwner ? OwnerObject : securable is null ? 0 : ObjectBits.Where(b => access.OnObject(b.Permission, securable)).Sum(b => b.Bits));
        }

        if (session.Catalog.Find<TableDefinition>(objectId) is not { } table || table.FindColumn(a[1].AsString) is not (>= 0 and var ordinal))
        {
            return SqlValue.Null;
        }

        return SqlValue.FromInt(isOwner ? OwnerColumn
            : ObjectBits.Take(3).Where(b => access.OnColumn(b.Permission, table, table.Columns[ordinal].ColumnId)).Sum(b => b.Bits & 7));
    }

    /// <summary>1 open with rows, 0 open and empty, -1 closed, -2 a variable without cursor, -3 unknown.</summary>
    private static SqlValue CursorStatus(ExecutionContext context, Execution.VariableMap variables, string kind, string name)
    {
        Cursor? cursor = null;
        switch (kind.ToLowerInvariant())
        {
            case "global":
                cursor = context.Session.GlobalCursors.GetValueOrDefault(name);
                break;
            case "local":
                cursor = context.Variables.LocalCursors?.GetValueOrDefault(name);
                break;
            case "variable":
                if (variables.Find(name) is not { } variable)
                {
                    break;
                }

                if (variable.Slot >= context.Variables.Cursors.Length || context.Variables.Cursors[variable.Slot] is not Cursor held)
                {
                    return SqlValue.FromSmallInt(-2);
                }

                cursor = held;
                break;
            default:
                return SqlValue.Null;
        }

        return SqlValue.FromSmallInt(cursor is null ? (short)-3 : !cursor.IsOpen ? (short)-1 : cursor.Count > 0 || cursor.Model == CursorModel.Dynamic || cursor.Plan.IsFastForward ? (short)1 : (short)0);
    }
}
