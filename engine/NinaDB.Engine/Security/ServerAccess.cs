using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Security;

/// <summary>
/// What one login may do on the server: granted or denied to it and to its server roles, with what covers what. Also what of it reaches into every database
/// (CONTROL SERVER, VIEW ANY DEFINITION ...). A DENY beats every GRANT, save for members of sysadmin.
/// </summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/t-sql/statements/grant-server-permissions-transact-sql</remarks>
internal sealed class ServerAccess
{
    private static readonly ConditionalWeakTable<ServerSecurity, ConcurrentDictionary<LoginDefinition, ServerAccess>> Cache = [];

    /// <summary>Of somebody without a login: a database user whom EXECUTE AS USER or a token has made.</summary>
    private static readonly LoginDefinition Nobody = new(0, "", 'S', "", true, null);

    private readonly HashSet<int> _identities;

    /// <summary>True granted, false denied.</summary>
    private readonly Dictionary<(byte Class, int MajorId, string Permission), bool> _entries = [];

    private readonly HashSet<(byte Class, int MajorId, string Permission)> _grantable = [];

    private ServerAccess(ServerSecurity security, LoginDefinition login)
    {
        Login = login;
        _identities = IdentitiesOf(security, login.PrincipalId, login.MemberOf);
        IsSysAdmin = _identities.Contains(FixedServerRoles.SysAdmin);
        foreach (PermissionDefinition permission in security.Permissions)
        {
            if (_identities.Contains(permission.GranteeId))
            {
                Add((permission.Class, permission.MajorId, permission.Permission), permission.State != 'D');
                if (permission.State == 'W')
                {
                    _grantable.Add((permission.Class, permission.MajorId, permission.Permission));
                }
            }
        }

        foreach (FixedServerRole role in FixedServerRoles.All)
        {
            if (_identities.Contains(role.Id))
            {
                foreach (string permission in role.Permissions)
                {
                    Add((PermissionNames.ServerClass, 0, permission), true);
                }
            }
        }

        DatabaseEntries = IsSysAdmin ? [] : [.. InDatabases()];
    }

    /// <summary>The login; one with id 0 for nobody.</summary>
    public LoginDefinition Login { get; }

    /// <summary>Nothing is refused to it on the server, and it is dbo in every database.</summary>
    public bool IsSysAdmin { get; }

    /// <summary>What is granted (or denied) in every database because of a permission of the server.</summary>
    public IReadOnlyList<(string Permission, bool IsGranted)> DatabaseEntries { get; }

    /// <summary>Whether it gets into databases where it has no user.</summary>
    public bool ConnectsAnywhere => IsSysAdmin || Allows("CONNECT ANY DATABASE");

    /// <summary>CONNECT SQL: logins are made with a grant of it; those that are older than that are only kept out by a DENY.</summary>
    public bool MayConnect => Allows("CONNECT SQL") || (Login.CreateDate is null && !ServerChain("CONNECT SQL").Any(c => _entries.TryGetValue(c, out bool isGranted) && !isGranted));

    /// <summary>Of the login that the session acts as; of nobody where EXECUTE AS USER has made it a user of one database alone.</summary>
    public static ServerAccess Of(EngineSession session) =>
        Of(session.Catalog, session.ServerLogin is { } name ? session.Catalog.Logins.GetValueOrDefault(name) : null);

    public static ServerAccess Of(CatalogSnapshot catalog, LoginDefinition? login) =>
        Cache.GetValue(catalog.ServerSecurity, static _ => new()).GetOrAdd(login ?? Nobody, static (l, s) => new ServerAccess(s, l), catalog.ServerSecurity);

    /// <summary>Ids of a principal and all the server roles that it is in; every login is in public.</summary>
    public static HashSet<int> IdentitiesOf(ServerSecurity security, int principalId, IEnumerable<int> memberOf)
    {
        HashSet<int> identities = [principalId, FixedServerRoles.Public];
        var queue = new Queue<int>(memberOf);
        while (queue.TryDequeue(out int role))
        {
            if (identities.Add(role) && security.Roles.TryGetValue(role, out ServerRoleDefinition? definition))
            {
                foreach (int outer in definition.MemberOf)
                {
                    queue.Enqueue(outer);
                }
            }
        }

        return identities;
    }

    /// <summary>Whether it is the principal itself or one of its roles.</summary>
    public bool Is(int principalId) => _identities.Contains(principalId);

    /// <summary>A permission of the server.</summary>
    public bool Allows(string permission) => IsSysAdmin || Decide(ServerChain(permission));

    /// <summary>A permission of a login (class 101), server role (101) or endpoint (105).</summary>
    public bool Allows(string permission, byte @class, int majorId, bool isRole)
    {
        if (@class == PermissionNames.ServerClass)
        {
            return Allows(permission);
        }

        PermissionClass known = PermissionCatalog.Find(@class == PermissionNames.EndpointClass ? "ENDPOINT" : isRole ? "SERVER ROLE" : "LOGIN")!;
        return IsSysAdmin || Decide(
            PermissionCatalog.Chain(permission, @class).Select(p => (@class, majorId, p))
                .Concat(known.Permissions.TryGetValue(permission, out PermissionEntry? entry) ? ServerChain(entry.ParentCovering) : ServerChain("CONTROL SERVER")));
    }

    /// <summary>May it grant a permission to others: WITH GRANT OPTION, CONTROL of the securable, or membership of securityadmin.</summary>
    public bool MayGrant(byte @class, int majorId, string permission) =>
        Allows("CONTROL SERVER") || _identities.Contains(FixedServerRoles.SecurityAdmin) || _grantable.Contains((@class, majorId, permission))
        || (@class != PermissionNames.ServerClass && Decide([(@class, majorId, "CONTROL")]));

    private static IEnumerable<(byte Class, int MajorId, string Permission)> ServerChain(string permission) =>
        PermissionCatalog.Chain(permission, PermissionNames.ServerClass).Append("CONTROL SERVER").Distinct().Select(p => (PermissionNames.ServerClass, 0, p));

    private IEnumerable<(string Permission, bool IsGranted)> InDatabases()
    {
        foreach (PermissionEntry entry in PermissionCatalog.Find("DATABASE")!.Permissions.Values)
        {
            // What everybody would need the server's whole control for adds nothing to CONTROL of the database.
            if (entry.Name != "CONTROL" && entry.ParentCovering == "CONTROL SERVER")
            {
                continue;
            }

            foreach ((byte, int, string) covering in ServerChain(entry.ParentCovering))
            {
                if (_entries.TryGetValue(covering, out bool isGranted))
                {
                    yield return (entry.Name, isGranted);
                }
            }
        }
    }

    private void Add((byte Class, int MajorId, string Permission) key, bool isGranted) => _entries[key] = isGranted && _entries.GetValueOrDefault(key, true);

    private bool Decide(IEnumerable<(byte Class, int MajorId, string Permission)> chain)
    {
        bool granted = false;
        foreach ((byte, int, string) link in chain)
        {
            if (_entries.TryGetValue(link, out bool isGranted))
            {
                if (!isGranted)
                {
                    return false;
                }

                granted = true;
            }
        }

        return granted;
    }
}
