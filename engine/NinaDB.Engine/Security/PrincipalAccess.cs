using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Security;

/// <summary>
/// What one principal may do in one state of the catalog: everything granted or denied to it and to its roles, asked along the hierarchy of securables (column, object,
/// schema, database) and of permissions (CONTROL covers the rest). A DENY anywhere on the way beats every GRANT; ownership beats both.
/// </summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/security/permissions-hierarchy-database-engine</remarks>
internal sealed class PrincipalAccess
{
    public const byte DatabaseClass = 0, ObjectClass = 1, SchemaClass = 3, PrincipalClass = 4, AssemblyClass = 5, TypeClass = 6, XmlCollectionClass = 10;

    private static readonly ConditionalWeakTable<CatalogSnapshot, ConcurrentDictionary<(int PrincipalId, int LoginId), PrincipalAccess>> Cache = [];

    private readonly CatalogSnapshot _catalog;

    /// <summary>The principal and all its roles, public included.</summary>
    private readonly HashSet<int> _identities;

    /// <summary>True granted, false denied.</summary>
    private readonly Dictionary<(byte Class, int MajorId, int MinorId, string Permission), bool> _entries = [];

    /// <summary>Objects of which some column is mentioned by a grant or a denial.</summary>
    private readonly HashSet<int> _withColumns = [];

    private readonly HashSet<(byte Class, int MajorId, string Permission)> _grantable = [];
    private readonly ConcurrentDictionary<int, bool> _visible = new();

    /// <param name="server">The login, where its permissions of the server reach into the database; null where they do not.</param>
    private PrincipalAccess(CatalogSnapshot catalog, int principalId, ServerAccess? server)
    {
        _catalog = catalog;
        PrincipalId = principalId;
        _identities = Principals.IdentitiesOf(catalog, principalId);
        IsUnlimited = principalId == InitialCatalog.DboId;
        foreach (PermissionDefinition permission in catalog.Permissions)
        {
            if (_identities.Contains(permission.GranteeId))
            {
                Add(permission.Class, permission.MajorId, permission.MinorId, permission.Permission, permission.State != 'D');
                if (permission.State == 'W')
                {
                    _grantable.Add((permission.Class, permission.MajorId, permission.Permission));
                }
            }
        }

        foreach ((string permission, bool isGranted) in server?.DatabaseEntries ?? [])
        {
            Add(DatabaseClass, 0, 0, permission, isGranted);
        }

        foreach (int role in _identities)
        {
            foreach ((string permission, bool isGranted) in FixedRolePermissions.Of(role))
            {
                Add(DatabaseClass, 0, 0, permission, isGranted);
            }
        }
    }

    public int PrincipalId { get; }

    /// <summary>dbo: nothing is refused to it.</summary>
    public bool IsUnlimited { get; }

    public static PrincipalAccess Of(EngineSession session) =>
        Of(session.Catalog, session.PrincipalId, session.PrincipalId == InitialCatalog.DboId ? null : ServerAccess.Of(session));

    /// <summary>As <see cref="Of(EngineSession)"/>, in another database; null where the session has no business there.</summary>
    public static PrincipalAccess? In(EngineSession session, CatalogSnapshot catalog) =>
        session.PrincipalIn(catalog) is { } principal ? Of(catalog, principal, ServerAccess.Of(session)) : null;

    /// <summary>What the session may do with an object, which may be in another database: it is who its login is there. Error 916 when that is nobody.</summary>
    public static PrincipalAccess Of(EngineSession session, CatalogObject value)
    {
        if (value.DatabaseId == session.DatabaseId || value is TableDefinition { Storage: not TableStorageKind.Durable })
        {
            return Of(session);
        }

        CatalogSnapshot catalog = session.CatalogOf(value);
        return In(session, catalog) ?? throw Errors.SqlErrors.Create(916, session.CurrentLogin, catalog.DatabaseName);
    }

    public static PrincipalAccess Of(CatalogSnapshot catalog, int principalId, ServerAccess? server = null)
    {
        ServerAccess? reaching = server is { DatabaseEntries.Count: > 0 } ? server : null;
        return Cache.GetValue(catalog, static _ => new())
            .GetOrAdd((principalId, reaching?.Login.PrincipalId ?? 0), static (key, x) => new PrincipalAccess(x.Catalog, key.PrincipalId, x.Server), (Catalog: catalog, Server: reaching));
    }

    /// <summary>Whether it is the principal itself or one of its roles.</summary>
    public bool Is(int principalId) => _identities.Contains(principalId);

    public bool OnDatabase(string permission) => IsUnlimited || Decide(DatabaseChain(permission));

    /// <summary>CONNECT: who was made with a grant of it needs one; older users are only kept out by a DENY.</summary>
    public bool MayConnect => IsUnlimited || OnDatabase("CONNECT")
        || (!IsDenied(DatabaseChain("CONNECT")) && _catalog.Principals.GetValueOrDefault(PrincipalId) is { NeedsConnect: false });

    public bool OnSchema(string permission, int schemaId) => Owns(schemaId) || Decide(SchemaChain(permission, schemaId));

    public bool OnObject(string permission, CatalogObject value) => Owns(value.SchemaId) || Decide(ObjectChain(permission, value));

    /// <summary>A permission of a user or role.</summary>
    public bool OnPrincipal(string permission, PrincipalDefinition principal) =>
        IsUnlimited || (principal.Type == 'R' && principal.OwnerId != 0 && _identities.Contains(principal.OwnerId)) || Decide(PrincipalChain(permission, principal));

    public bool OnAssembly(string permission, int assemblyId) =>
        IsUnlimited || Decide([(AssemblyClass, assemblyId, permission), (AssemblyClass, assemblyId, "CONTROL"), .. DatabaseChain(permission == "ALTER" ? "ALTER ANY ASSEMBLY" : permission)]);

    public bool OnType(string permission, TypeDefinition type) =>
        Owns(type.SchemaId) || Decide([(TypeClass, type.UserTypeId, permission), (TypeClass, type.UserTypeId, "CONTROL"), .. SchemaChain(permission, type.SchemaId)]);

    public bool OnXmlCollection(string permission, XmlSchemaCollectionDefinition collection) =>
        Owns(collection.SchemaId) || Decide([(XmlCollectionClass, collection.CollectionId, permission), (XmlCollectionClass, collection.CollectionId, "CONTROL"), .. SchemaChain(permission, collection.SchemaId)]);

    /// <summary>
    /// SELECT, UPDATE or REFERENCES on a column. What is said of the column itself comes first: a column may be granted although the table is denied, as SQL Server keeps it
    /// for compatibility.
    /// </summary>
    public bool OnColumn(string permission, CatalogObject value, int columnId)
    {
        if (Owns(value.SchemaId))
        {
            return true;
        }

        if (_entries.TryGetValue((ObjectClass, value.ObjectId, columnId, permission), out bool granted))
        {
            return granted && !IsDenied(SchemaChain(permission, value.SchemaId));
        }

        return Decide(ObjectChain(permission, value));
    }

    /// <summary>Whether columns of an object have permissions of their own.</summary>
    public bool HasColumnPermissions(int objectId) => _withColumns.Contains(objectId);

    /// <summary>Whether some column of an object is granted.</summary>
    public bool OnAnyColumn(string permission, CatalogObject value) =>
        _withColumns.Contains(value.ObjectId) && _entries.Any(e => e.Key.MajorId == value.ObjectId && e.Key.Class == ObjectClass && e.Key.MinorId > 0 && e.Key.Permission == permission && e.Value);

    /// <summary>May it grant the permission to others: WITH GRANT OPTION, or control of the securable.</summary>
    public bool MayGrant(byte @class, int majorId, string permission, int? schemaId) => _grantable.Contains((@class, majorId, permission)) || Controls(@class, majorId, schemaId);

    /// <summary>Whether it owns or controls a securable, and so may grant every permission on it.</summary>
    public bool Controls(byte @class, int majorId, int? schemaId) =>
        IsUnlimited || (schemaId is { } owned && Owns(owned)) || Decide(DatabaseChain("CONTROL")) || _identities.Contains(FixedRolePermissions.SecurityAdmin)
        || (@class is ObjectClass or SchemaClass or PrincipalClass or AssemblyClass or TypeClass or XmlCollectionClass && Decide([(@class, majorId, "CONTROL")]))
        || (@class == ObjectClass && schemaId is { } schema && Decide([(SchemaClass, schema, "CONTROL")]));

    /// <summary>
    /// Metadata visibility: who owns an object or has any permission on it sees that it exists.
    /// https://learn.microsoft.com/en-us/sql/relational-databases/security/metadata-visibility-configuration
    /// </summary>
    public bool Sees(CatalogObject value) => IsUnlimited || _visible.GetOrAdd(value.ObjectId, static (_, x) => x.Access.ComputeVisibility(x.Value), (Access: this, Value: value));

    /// <summary>Who may read the text of a module or constraint.</summary>
    public bool SeesDefinition(CatalogObject value) => OnObject("VIEW DEFINITION", value) || OnObject("ALTER", value) || OnObject("TAKE OWNERSHIP", value);

    private bool ComputeVisibility(CatalogObject value)
    {
        if (value is ModuleDefinition { Type: ObjectTypes.Trigger } trigger && _catalog.Find(trigger.ParentObjectId) is { } parent)
        {
            return Sees(parent);
        }

        if (Owns(value.SchemaId) || (value is SecurityPolicyDefinition && OnDatabase("ALTER ANY SECURITY POLICY")))
        {
            return true;
        }

        foreach (string permission in PermissionsOn(value))
        {
            if (Decide(ObjectChain(permission, value)) || OnAnyColumn(permission, value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The permissions that mean something on an object of its kind.</summary>
    public static string[] PermissionsOn(CatalogObject value) => value.Type switch
    {
        ObjectTypes.UserTable or ObjectTypes.View or ObjectTypes.InlineFunction or ObjectTypes.TableFunction or ObjectTypes.ClrTableFunction =>
            ["SELECT", "UPDATE", "REFERENCES", "INSERT", "DELETE", "VIEW CHANGE TRACKING", "VIEW DEFINITION", "ALTER", "TAKE OWNERSHIP", "CONTROL"],
        ObjectTypes.Procedure or ObjectTypes.ClrProcedure => ["EXECUTE", "VIEW DEFINITION", "ALTER", "TAKE OWNERSHIP", "CONTROL"],
        ObjectTypes.ScalarFunction or ObjectTypes.ClrScalarFunction or ObjectTypes.ClrAggregate => ["EXECUTE", "REFERENCES", "VIEW DEFINITION", "ALTER", "TAKE OWNERSHIP", "CONTROL"],
        ObjectTypes.Sequence => ["UPDATE", "REFERENCES", "VIEW DEFINITION", "ALTER", "TAKE OWNERSHIP", "CONTROL"],
        ObjectTypes.Synonym => ["SELECT", "EXECUTE", "INSERT", "UPDATE", "DELETE", "VIEW DEFINITION", "TAKE OWNERSHIP", "CONTROL"],
        _ => ["VIEW DEFINITION", "ALTER", "CONTROL"],
    };

    /// <summary>Whether it is, or is a member of, the owner of a schema (who owns what is in it).</summary>
    private bool Owns(int schemaId) => IsUnlimited || (_catalog.SchemaOwner(schemaId) is { } owner && _identities.Contains(owner));

    private void Add(byte @class, int majorId, int minorId, string permission, bool isGranted)
    {
        var key = (@class, majorId, minorId, permission);
        _entries[key] = isGranted && _entries.GetValueOrDefault(key, true);
        if (minorId > 0)
        {
            _withColumns.Add(majorId);
        }
    }

    private bool Decide(IEnumerable<(byte Class, int MajorId, string Permission)> chain)
    {
        bool granted = false;
        foreach ((byte @class, int majorId, string permission) in chain)
        {
            if (_entries.TryGetValue((@class, majorId, 0, permission), out bool isGranted))
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

    private bool IsDenied(IEnumerable<(byte Class, int MajorId, string Permission)> chain)
    {
        foreach ((byte @class, int majorId, string permission) in chain)
        {
            if (_entries.TryGetValue((@class, majorId, 0, permission), out bool isGranted) && !isGranted)
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<(byte Class, int MajorId, string Permission)> ObjectChain(string permission, CatalogObject value)
    {
        yield return (ObjectClass, value.ObjectId, permission);
        if (permission != "CONTROL")
        {
            yield return (ObjectClass, value.ObjectId, "CONTROL");
        }

        foreach (var covering in SchemaChain(permission, value.SchemaId))
        {
            yield return covering;
        }
    }

    private static IEnumerable<(byte Class, int MajorId, string Permission)> SchemaChain(string permission, int schemaId)
    {
        yield return (SchemaClass, schemaId, permission);
        if (permission == "CREATE SEQUENCE")
        {
            yield return (SchemaClass, schemaId, "ALTER");
        }

        if (permission != "CONTROL")
        {
            yield return (SchemaClass, schemaId, "CONTROL");
        }

        foreach (var covering in DatabaseChain(permission is "ALTER" or "CREATE SEQUENCE" ? "ALTER ANY SCHEMA" : permission))
        {
            yield return covering;
        }
    }

    private static IEnumerable<(byte Class, int MajorId, string Permission)> PrincipalChain(string permission, PrincipalDefinition principal)
    {
        yield return (PrincipalClass, principal.PrincipalId, permission);
        if (permission != "CONTROL")
        {
            yield return (PrincipalClass, principal.PrincipalId, "CONTROL");
        }

        foreach (var covering in DatabaseChain(permission == "ALTER" ? principal.Type == 'R' ? "ALTER ANY ROLE" : "ALTER ANY USER" : permission == "VIEW DEFINITION" ? permission : "CONTROL"))
        {
            yield return covering;
        }
    }

    private static IEnumerable<(byte Class, int MajorId, string Permission)> DatabaseChain(string permission)
    {
        foreach (string link in PermissionCatalog.Chain(permission, DatabaseClass))
        {
            yield return (DatabaseClass, 0, link);
        }

        if (PermissionCatalog.Find(permission, DatabaseClass) is null)
        {
            yield return (DatabaseClass, 0, "CONTROL");
        }
    }
}
