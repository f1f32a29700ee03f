using NinaDB.Engine.Catalog;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Which login am I, and in which server roles.</summary>
internal static partial class BuiltinFunctions
{
    private static void AddLoginFunctions(Action<BuiltinFunction> add)
    {
        SqlType sid = SqlType.VarBinary(85);
        add(SessionFunction("SYSTEM_USER", 0, 0, NameType, [], (s, _) => Name(s.CurrentLogin), isNiladic: true));
        add(SessionFunction("ORIGINAL_LOGIN", 0, 0, NameType, [], (s, _) => Name(s.OriginalLogin)));
        add(SessionFunction("SUSER_SNAME", 0, 1, NameType, [sid], (s, a) => Name(a.Length == 0 ? s.CurrentLogin : NameOfSid(s.Catalog, a[0].AsBytes))));
        add(SessionFunction("SUSER_NAME", 0, 1, NameType, [SqlType.Int], (s, a) => Name(a.Length == 0 ? s.CurrentLogin : NameOfServerPrincipal(s.Catalog, a[0].AsInt32))));
        add(SessionFunction("SUSER_ID", 0, 1, SqlType.Int, [NameType], (s, a) => Int(IdOfServerPrincipal(s.Catalog, a.Length == 0 ? s.CurrentLogin : a[0].AsString))));
        add(SessionFunction("SUSER_SID", 0, 2, sid, [NameType, SqlType.Int], (s, a) => SidOfServerPrincipal(s.Catalog, a.Length == 0 ? s.CurrentLogin : a[0].AsString) is { } found ? SqlValue.FromBinary(found) : SqlValue.Null));
        add(SessionFunction("IS_SRVROLEMEMBER", 1, 2, SqlType.Int, [NameType, NameType], IsServerRoleMember));
    }

    private static string? NameOfServerPrincipal(CatalogSnapshot catalog, int id) =>
        catalog.Logins.Values.FirstOrDefault(l => l.PrincipalId == id)?.Name ?? catalog.ServerSecurity.Roles.GetValueOrDefault(id)?.Name;

    private static int? IdOfServerPrincipal(CatalogSnapshot catalog, string name) => catalog.Logins.GetValueOrDefault(name)?.PrincipalId ?? catalog.ServerSecurity.FindRole(name)?.PrincipalId;

    private static byte[]? SidOfServerPrincipal(CatalogSnapshot catalog, string name) =>
        catalog.Logins.GetValueOrDefault(name)?.Sid ?? (catalog.ServerSecurity.FindRole(name) is { } role ? ServerRoleSid(role.PrincipalId) : null);

    private static string? NameOfSid(CatalogSnapshot catalog, byte[] sid) =>
        catalog.Logins.Values.FirstOrDefault(l => l.Sid.AsSpan().SequenceEqual(sid))?.Name ?? catalog.ServerSecurity.Roles.Values.FirstOrDefault(r => ServerRoleSid(r.PrincipalId).AsSpan().SequenceEqual(sid))?.Name;

    /// <summary>Fixed roles have their id for a sid of one byte.</summary>
    internal static byte[] ServerRoleSid(int id) => id < ServerSecurity.FirstUserId ? [(byte)id] : LoginDefinition.SidOf(id);

    /// <summary>1 or 0; NULL for a role or login that does not exist.</summary>
    private static SqlValue IsServerRoleMember(EngineSession session, SqlValue[] a)
    {
        CatalogSnapshot catalog = session.Catalog;
        if (catalog.ServerSecurity.FindRole(a[0].AsString) is not { } role)
        {
            return SqlValue.Null;
        }

        if (a.Length == 1)
        {
            return Flag(ServerAccess.Of(session).Is(role.PrincipalId));
        }

        return catalog.Logins.TryGetValue(a[1].AsString, out LoginDefinition? login) ? Flag(ServerAccess.Of(catalog, login).Is(role.PrincipalId))
            : catalog.ServerSecurity.FindRole(a[1].AsString) is { } member ? Flag(ServerAccess.IdentitiesOf(catalog.ServerSecurity, member.PrincipalId, member.MemberOf).Contains(role.PrincipalId))
            : SqlValue.Null;
    }
}
