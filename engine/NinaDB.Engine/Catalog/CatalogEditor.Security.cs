using System.Collections.Immutable;
using NinaDB.Engine.Security;

namespace NinaDB.Engine.Catalog;

/// <summary>Logins, server roles, and permissions of databases and of the server.</summary>
internal sealed partial class CatalogEditor
{
    public void Put(LoginDefinition login)
    {
        WriteServer(CatalogRecord.Login, CatalogStore.Key(CatalogRecord.Login, login.PrincipalId), CatalogCodec.Write(login));
        session.Server = session.Server.WithAll(c => c with { Version = CatalogSnapshot.NextVersion(), Logins = c.Logins.SetItem(login.Name, login) });
    }

    /// <summary>Removes a login with what was granted to it.</summary>
    public void Remove(LoginDefinition login)
    {
        CatalogStore.Delete(Store, CatalogStore.HomeTree, CatalogStore.Key(CatalogRecord.Login, login.PrincipalId));
        session.Server = session.Server.WithAll(c => c with { Version = CatalogSnapshot.NextVersion(), Logins = c.Logins.Remove(login.Name) });
        RemoveServerPermissionsOf(login.PrincipalId);
    }

    /// <summary>A login under another name.</summary>
    public void Rename(LoginDefinition login, string name)
    {
        session.Server = session.Server.WithAll(c => c with { Logins = c.Logins.Remove(login.Name) });
        Put(login with { Name = name });
    }

    public void Put(ServerRoleDefinition role)
    {
        WriteServer(CatalogRecord.ServerRole, CatalogStore.Key(CatalogRecord.ServerRole, role.PrincipalId), CatalogCodec.Write(role));
        ChangeSecurity(s => s with { Roles = s.Roles.SetItem(role.PrincipalId, role) });
    }

    public void Remove(ServerRoleDefinition role)
    {
        CatalogStore.Delete(Store, CatalogStore.HomeTree, CatalogStore.Key(CatalogRecord.ServerRole, role.PrincipalId));
        ChangeSecurity(s => s with { Roles = s.Roles.Remove(role.PrincipalId) });
        RemoveServerPermissionsOf(role.PrincipalId);
    }

    public void Put(PermissionDefinition permission)
    {
        if (PermissionNames.IsOfServer(permission.Class))
        {
            ForgetOld(CatalogStore.HomeTree, permission);
            WriteServer(CatalogRecord.Permission, CatalogStore.Key(permission), CatalogCodec.Write(permission));
            CatalogStore.Delete(Store, CatalogStore.HomeTree, RevokedKey(permission));
            ChangeSecurity(s => s.With(permission));
            return;
        }

        EnsureTree();
        ForgetOld(Catalog.TreeId, permission);
        Write(CatalogRecord.Permission, CatalogStore.Key(permission), CatalogCodec.Write(permission));
        Catalog = Catalog.WithPermission(permission);
    }

    public void Remove(PermissionDefinition permission)
    {
        if (PermissionNames.IsOfServer(permission.Class))
        {
            ForgetOld(CatalogStore.HomeTree, permission);
            CatalogStore.Delete(Store, CatalogStore.HomeTree, CatalogStore.Key(permission));
            if (ServerSecurity.Initial.Permissions.Exists(p => p.HasKeyOf(permission)))
            {
                WriteServer(CatalogRecord.RevokedServerPermission, RevokedKey(permission), CatalogCodec.Write(permission));
            }

            ChangeSecurity(s => s.Without(permission));
            return;
        }

        EnsureTree();
        ForgetOld(Catalog.TreeId, permission);
        Erase(CatalogStore.Key(permission));
        Catalog = Catalog.WithoutPermission(permission);
    }

    private static byte[] RevokedKey(PermissionDefinition permission) =>
        CatalogStore.Key(CatalogRecord.RevokedServerPermission, System.Text.Encoding.UTF8.GetString(CatalogStore.Key(permission).AsSpan(1)));

    /// <summary>Moves the record that an older version has written for the same securable, grantee and permission to its place of today.</summary>
    private void ForgetOld(int tree, PermissionDefinition permission)
    {
        byte[] oldKey = CatalogStore.OldKey(permission);
        IEnumerable<PermissionDefinition> known = PermissionNames.IsOfServer(permission.Class) ? Catalog.ServerSecurity.Permissions : Catalog.Permissions;
        foreach (PermissionDefinition other in known.Where(p => CatalogStore.OldKey(p).AsSpan().SequenceEqual(oldKey) && !p.HasKeyOf(permission)).ToImmutableArray())
        {
            CatalogStore.Put(Store, tree, CatalogRecord.Permission, CatalogStore.Key(other), CatalogCodec.Write(other));
        }

        CatalogStore.Delete(Store, tree, oldKey);
    }

    private void RemoveServerPermissionsOf(int principalId)
    {
        foreach (PermissionDefinition permission in Catalog.ServerSecurity.Permissions
            .Where(p => p.GranteeId == principalId || (p.Class == PermissionNames.ServerPrincipalClass && p.MajorId == principalId)).ToImmutableArray())
        {
            Remove(permission);
        }
    }

    private void ChangeSecurity(Func<ServerSecurity, ServerSecurity> change)
    {
        ServerSecurity security = change(Catalog.ServerSecurity);
        session.Server = session.Server.WithAll(c => c with { Version = CatalogSnapshot.NextVersion(), ServerSecurity = security });
    }
}
