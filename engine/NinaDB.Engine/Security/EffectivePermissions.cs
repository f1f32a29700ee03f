using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Security;

/// <summary>A securable as HAS_PERMS_BY_NAME and fn_my_permissions name it.</summary>
/// <param name="Object">Of an object that the catalog holds; null for system objects and other classes.</param>
internal sealed record Securable(byte Class, int MajorId, CatalogObject? Object)
{
    /// <summary>Finds it by class and name, visible or not; null when there is none.</summary>
    public static Securable? Find(EngineSession session, byte @class, string? name)
    {
        CatalogSnapshot catalog = session.Catalog;
        if (@class is 0 or 100)
        {
            return @class == 0 && name is not null && !name.Equals(catalog.DatabaseName, StringComparison.OrdinalIgnoreCase) && !name.Equals("database", StringComparison.OrdinalIgnoreCase)
                ? null
                : new Securable(@class, 0, null);
        }

        if (name is null)
        {
            return null;
        }

        int? id = @class switch
        {
            1 => Functions.BuiltinFunctions.ObjectId(session, name, null, isVisible: false),
            3 => catalog.SchemasByName.GetValueOrDefault(Unquote(name))?.SchemaId,
            4 => catalog.FindPrincipal(Unquote(name))?.PrincipalId,
            5 => catalog.Assemblies.GetValueOrDefault(Unquote(name))?.AssemblyId,
            _ => TypeNamed(session, name)?.UserTypeId,
        };
        return id is { } found ? new Securable(@class, found, @class == 1 ? catalog.Find(found) : null) : null;
    }

    /// <summary>Whether the session's principal has a permission on it.</summary>
    public bool Allows(EngineSession session, string permission)
    {
        var access = PrincipalAccess.Of(session);
        CatalogSnapshot catalog = session.Catalog;
        switch (Class)
        {
            case 0:
                return access.OnDatabase(permission) || (permission == "CONNECT" && access.PrincipalId != InitialCatalog.GuestId);
            case 1:
                return Object is null ? access.IsUnlimited || permission == "SELECT" : access.OnObject(permission, Object);
            case 3:
                return access.OnSchema(permission, MajorId);
            case 4:
                return access.OnPrincipal(permission, catalog.Principals[MajorId]);
            case 5:
                return access.OnAssembly(permission, MajorId);
            case 6:
                return catalog.FindType(MajorId) is not { } type || access.OnType(permission, type);
            default:
                return access.IsUnlimited || catalog.Permissions.Exists(p => p.Class == 100 && p.Permission == permission && p.State is 'G' or 'W' && access.Is(p.GranteeId));
        }
    }

    /// <summary>The permissions that mean something on it.</summary>
    public IEnumerable<string> Permissions(string className)
    {
        IEnumerable<string> known = PermissionNames.Of(className);
        return Object is null ? known : known.Intersect(PrincipalAccess.PermissionsOn(Object));
    }

    private static TypeDefinition? TypeNamed(EngineSession session, string name)
    {
        IReadOnlyList<string>? parts = Syntax.Parser.TryParseName(name);
        return parts is null ? null : session.Catalog.FindType(parts.Count > 1 ? parts[^2] : session.DefaultSchema, parts[^1]);
    }

    private static string Unquote(string name) => Syntax.Parser.TryParseName(name) is [{ } only] ? only : name;
}
