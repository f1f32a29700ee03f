using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Security;

/// <summary>Role membership.</summary>
internal static class Principals
{
    private const int DbOwner = 16384;

    /// <summary>Whether a principal is a member of a role, directly or through other roles. Everybody is a member of public; dbo of every fixed role it owns.</summary>
    public static bool IsMember(CatalogSnapshot catalog, int principalId, int roleId)
    {
        return roleId == InitialCatalog.PublicId || IdentitiesOf(catalog, principalId).Contains(roleId);
    }

    /// <summary>A principal with all the roles that it is in, directly or through other roles; everybody is in public.</summary>
    public static HashSet<int> IdentitiesOf(CatalogSnapshot catalog, int principalId)
    {
        HashSet<int> identities = [principalId, InitialCatalog.PublicId];
        var queue = new Queue<int>([principalId]);
        while (queue.TryDequeue(out int current))
        {
            if (!catalog.Principals.TryGetValue(current, out PrincipalDefinition? principal))
            {
                continue;
            }

            foreach (int role in principal.MemberOf)
            {
                if (identities.Add(role))
                {
                    queue.Enqueue(role);
                }
            }
        }

        return identities;
    }

    /// <summary>dbo and the members of db_owner may do everything in the database.</summary>
    public static bool IsOwner(CatalogSnapshot catalog, int principalId) => principalId == InitialCatalog.DboId || IsMember(catalog, principalId, DbOwner);
}
