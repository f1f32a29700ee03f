using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Who am I, and what may I do.</summary>
internal static partial class BuiltinFunctions
{
    private static void AddSecurityFamily(Action<BuiltinFunction> add)
    {
        foreach (string name in (ReadOnlySpan<string>)["CURRENT_USER", "SESSION_USER", "USER"])
        {
            add(SessionFunction(name, 0, 0, NameType, [], (s, _) => Name(UserName(s)), isNiladic: true));
        }

        AddLoginFunctions(add);
        add(SessionFunction("USER_NAME", 0, 1, NameType, [SqlType.Int], (s, a) => Name(a.Length == 0 ? UserName(s) : s.Catalog.Principals.GetValueOrDefault(a[0].AsInt32)?.Name)));
        add(SessionFunction("USER_ID", 0, 1, SqlType.SmallInt, [NameType], (s, a) => (a.Length == 0 ? s.PrincipalId : s.Catalog.FindPrincipal(a[0].AsString)?.PrincipalId) is { } id ? SqlValue.FromSmallInt((short)id) : SqlValue.Null));
        add(SessionFunction("DATABASE_PRINCIPAL_ID", 0, 1, SqlType.Int, [NameType], (s, a) => Int(a.Length == 0 ? s.PrincipalId : s.Catalog.FindPrincipal(a[0].AsString)?.PrincipalId)));
        add(SessionFunction("IS_MEMBER", 1, 1, SqlType.Int, [NameType], (s, a) =>
            s.Catalog.FindPrincipal(a[0].AsString) is { Type: 'R' } role ? Flag(Principals.IsMember(s.Catalog, s.PrincipalId, role.PrincipalId)) : SqlValue.Null));
        add(SessionFunction("IS_ROLEMEMBER", 1, 2, SqlType.Int, [NameType, NameType], (s, a) =>
        {
            PrincipalDefinition? role = s.Catalog.FindPrincipal(a[0].AsString);
            int? member = a.Length > 1 ? s.Catalog.FindPrincipal(a[1].AsString)?.PrincipalId : s.PrincipalId;
            return role is { Type: 'R' } && member is { } id ? Flag(Principals.IsMember(s.Catalog, id, role.PrincipalId)) : SqlValue.Null;
        }));
        add(SessionFunction("HAS_DBACCESS", 1, 1, SqlType.Int, [NameType], (s, a) =>
            s.Server.Find(a[0].AsString.TrimEnd()) is { } database ? Flag(s.PrincipalIn(database) is not null && s.MayEnter(database)) : SqlValue.Null));
        add(SessionFunction("HAS_PERMS_BY_NAME", 3, 5, SqlType.Int, [NameLong, NameType, NameType, NameType, NameType], HasPermission, acceptsNull: true));
    }

    private static string? UserName(EngineSession session) => session.Catalog.Principals.GetValueOrDefault(session.PrincipalId)?.Name;

    /// <summary>
    /// 1 when the current principal has the permission in effect on the securable (or on a column of it), 0 when it has not. NULL for a securable, class or permission that
    /// does not exist.
    /// </summary>
    private static SqlValue HasPermission(EngineSession session, SqlValue[] a)
    {
        if (a[2].IsNull)
        {
            return SqlValue.Null;
        }

        string permission = a[2].AsString.ToUpperInvariant();
        PermissionClass? kind = PermissionCatalog.Find(a[1].IsNull ? "SERVER" : a[1].AsString.TrimEnd());
        if (kind is null || (permission != "ANY" && !kind.Permissions.ContainsKey(permission))
            || Securable.Find(session, kind, a[0].IsNull ? null : a[0].AsString) is not { } securable)
        {
            return SqlValue.Null;
        }

        if (a.Length > 3 && !a[3].IsNull)
        {
            return HasColumnPermission(session, securable, a, permission);
        }

        return permission == "ANY"
            ? Flag(securable.Permissions().Any(p => securable.Allows(session, p)))
            : Flag(securable.Allows(session, permission));
    }

    private static SqlValue HasColumnPermission(EngineSession session, Securable securable, SqlValue[] a, string permission)
    {
        if (a.Length < 5 || a[4].IsNull || !Same(a[4].AsString, "COLUMN") || permission is not ("SELECT" or "UPDATE" or "REFERENCES" or "UNMASK"))
        {
            return SqlValue.Null;
        }

        int? column = securable.Object switch
        {
            TableDefinition table => table.FindColumn(a[3].AsString) is >= 0 and int ordinal ? table.Columns[ordinal].ColumnId : null,
            ModuleDefinition module => module.Columns.Select((c, i) => (c.Name, Id: i + 1)).Where(c => Same(c.Name, a[3].AsString)).Select(c => (int?)c.Id).FirstOrDefault(),
            _ => null,
        };
        return column is { } id ? Flag(PrincipalAccess.Of(session).OnColumn(permission, securable.Object!, id)) : SqlValue.Null;
    }
}
