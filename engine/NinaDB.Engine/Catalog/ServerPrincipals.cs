using System.Collections.Immutable;
using NinaDB.Engine.Security;

namespace NinaDB.Engine.Catalog;

/// <summary>A login (server principal).</summary>
public sealed record LoginDefinition(int PrincipalId, string Name, char Type, string DefaultDatabase, bool IsDisabled, string? PasswordHash)
{
    /// <summary>Ids of the server roles that it is a direct member of.</summary>
    public ImmutableArray<int> MemberOf { get; init; } = PrincipalId == 1 ? [FixedServerRoles.SysAdmin] : [];

    /// <summary>Null for one that is made of the id.</summary>
    public ImmutableArray<byte>? StoredSid { get; init; }

    public string DefaultLanguage { get; init; } = "us_english";

    /// <summary>Null for logins that were made before this was kept.</summary>
    public DateTime? CreateDate { get; init; }

    public DateTime? ModifyDate { get; init; }

    public bool IsPolicyChecked { get; init; }

    public bool IsExpirationChecked { get; init; }

    /// <summary>0x01 for sa; the stored one, or a stable one made of the id, for others.</summary>
    public byte[] Sid => StoredSid is { } sid ? [.. sid] : SidOf(PrincipalId);

    /// <summary>A stable sid made of an id.</summary>
    internal static byte[] SidOf(int principalId)
    {
        if (principalId == 1)
        {
            return [1];
        }

        var sid = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(sid.AsSpan(12), principalId);
        return sid;
    }
}

/// <summary>A server role, fixed or of a user's making.</summary>
public sealed record ServerRoleDefinition(int PrincipalId, string Name, int OwnerId, ImmutableArray<int> MemberOf, DateTime CreateDate, DateTime ModifyDate)
{
    public bool IsFixed => PrincipalId is >= FixedServerRoles.Public and <= 20;
}

/// <summary>
/// Server roles and permissions of the server: the same in the snapshot of every database, as the logins are. Immutable.
/// </summary>
public sealed record ServerSecurity
{
    /// <summary>Ids of logins and user-defined server roles begin here.</summary>
    public const int FirstUserId = 256;

    public ImmutableDictionary<int, ServerRoleDefinition> Roles { get; init; } = FixedRoles();

    /// <summary>Permissions of classes 100 and above.</summary>
    public ImmutableList<PermissionDefinition> Permissions { get; init; } = [new(PermissionNames.ServerClass, 0, 0, FixedServerRoles.Public, 1, "VIEW ANY DATABASE", 'G'), new(PermissionNames.ServerClass, 0, 0, 1, 1, "CONNECT SQL", 'G')];

    public static ServerSecurity Initial { get; } = new();

    public ServerRoleDefinition? FindRole(string name)
    {
        foreach (ServerRoleDefinition role in Roles.Values)
        {
            if (string.Equals(role.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return role;
            }
        }

        return null;
    }

    public ServerSecurity With(PermissionDefinition permission) => this with { Permissions = Without(permission).Permissions.Add(permission) };

    public ServerSecurity Without(PermissionDefinition permission) => this with { Permissions = Permissions.RemoveAll(p => p.HasKeyOf(permission)) };

    private static ImmutableDictionary<int, ServerRoleDefinition> FixedRoles()
    {
        var roles = ImmutableDictionary.CreateBuilder<int, ServerRoleDefinition>();
        var older = new DateTime(2009, 4, 13, 12, 59, 6);
        var newer = new DateTime(2021, 9, 4, 16, 0, 0);
        roles[FixedServerRoles.Public] = new ServerRoleDefinition(FixedServerRoles.Public, "public", 1, [], older, older);
        foreach (FixedServerRole role in FixedServerRoles.All)
        {
            DateTime made = role.Id > 10 ? newer : older;
            roles[role.Id] = new ServerRoleDefinition(role.Id, role.Name, 1, [], made, made);
        }

        return roles.ToImmutable();
    }
}
