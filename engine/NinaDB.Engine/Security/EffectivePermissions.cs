using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Security;

/// <summary>A securable as HAS_PERMS_BY_NAME and fn_my_permissions name it.</summary>
/// <param name="Kind">Name of the class: LOGIN and SERVER ROLE have one number, as have USER and ROLE.</param>
/// <param name="Object">Of an object that the catalog holds; null for system objects and other classes.</param>
internal sealed record Securable(PermissionClass Kind, int MajorId, CatalogObject? Object)
{
    /// <summary>The database that a securable of the class DATABASE means, where it is another than the current one.</summary>
    private CatalogSnapshot? Elsewhere { get; init; }

    private byte Class => Kind.Number;

    /// <summary>Finds it by class and name, visible or not; null when there is none.</summary>
    public static Securable? Find(EngineSession session, PermissionClass kind, string? name)
    {
        CatalogSnapshot catalog = session.Catalog;
        switch (kind.Name)
        {
            case "SERVER":
                return new Securable(kind, 0, null);
            case "DATABASE" when name is null || Same(Unquote(name), catalog.DatabaseName) || Same(name, "database"):
                return new Securable(kind, 0, null);
            case "DATABASE":
                return session.Server.Find(Unquote(name!)) is { } database ? new Securable(kind, 0, null) { Elsewhere = database } : null;
        }

        if (name is null)
        {
            return null;
        }

        byte @class = kind.Number;

        int? id = @class switch
        {
            1 => Functions.BuiltinFunctions.ObjectId(session, name, null, isVisible: false),
            3 => catalog.SchemasByName.GetValueOrDefault(Unquote(name))?.SchemaId,
            4 => catalog.FindPrincipal(Unquote(name)) is { } principal && (principal.Type == 'R') == (kind.Name == "ROLE") ? principal.PrincipalId : null,
            5 => catalog.Assemblies.GetValueOrDefault(Unquote(name))?.AssemblyId,
            6 => TypeNamed(session, name)?.UserTypeId,
            PrincipalAccess.XmlCollectionClass => CollectionNamed(session, name)?.CollectionId,
            PermissionNames.ServerPrincipalClass => kind.Name == "LOGIN" ? catalog.Logins.GetValueOrDefault(Unquote(name))?.PrincipalId : catalog.ServerSecurity.FindRole(Unquote(name))?.PrincipalId,
            _ => null,
        };
        return id is { } found ? new Securable(kind, found, @class == 1 ? catalog.Find(found) : null) : null;
    }

    /// <summary>Whether the session's principal has a permission on it.</summary>
    public bool Allows(EngineSession session, string permission)
    {
        if (PermissionNames.IsOfServer(Class))
        {
            return ServerAccess.Of(session).Allows(permission, Class, MajorId, Kind.Name == "SERVER ROLE");
        }

        if (Elsewhere is not null)
        {
            return PrincipalAccess.In(session, Elsewhere) is { } there && (there.OnDatabase(permission) || permission == "CONNECT");
        }

        var access = PrincipalAccess.Of(session);
        CatalogSnapshot catalog = session.Catalog;
        switch (Class)
        {
            case 0 when permission == "CREATE DATABASE" && catalog.DatabaseId != ServerCatalog.MasterId:
                return false;
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
            case PrincipalAccess.XmlCollectionClass:
                return catalog.XmlCollections.GetValueOrDefault(MajorId) is not { } collection || access.OnXmlCollection(permission, collection);
            default:
                return access.IsUnlimited;
        }
    }

    /// <summary>The permissions that mean something on it.</summary>
    public IEnumerable<string> Permissions() => Object is null ? PermissionNames.Of(Kind.Name) : PermissionNames.Of(Kind.Name).Intersect(PrincipalAccess.PermissionsOn(Object));

    private static XmlSchemaCollectionDefinition? CollectionNamed(EngineSession session, string name)
    {
        IReadOnlyList<string>? parts = Syntax.Parser.TryParseName(name);
        return parts is null ? null : session.Catalog.FindXmlCollection(parts.Count > 1 ? parts[^2] : session.DefaultSchema, parts[^1]);
    }

    private static TypeDefinition? TypeNamed(EngineSession session, string name)
    {
        IReadOnlyList<string>? parts = Syntax.Parser.TryParseName(name);
        return parts is null ? null : session.Catalog.FindType(parts.Count > 1 ? parts[^2] : session.DefaultSchema, parts[^1]);
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static string Unquote(string name) => Syntax.Parser.TryParseName(name) is [{ } only] ? only : name;
}
