using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using NinaDB.Engine.Security;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Catalog;

/// <summary>What one catalog record describes: the first byte of its key.</summary>
internal enum CatalogRecord : byte
{
    /// <summary>Database name, creation date, last object id.</summary>
    Header = 1,
    Schema = 2,
    Principal = 3,
    Type = 4,
    Object = 5,
    Assembly = 6,
    ExtendedProperty = 7,
    Permission = 8,
    DatabaseOption = 9,
    Configuration = 10,
    Login = 11,
    TrustedAssembly = 12,

    /// <summary>Another database of the server and the tree of its catalog; in the first database's tree.</summary>
    Database = 13,

    XmlSchemaCollection = 30,

    /// <summary>A user-defined server role.</summary>
    ServerRole = 20,

    /// <summary>A permission of the server that everybody has from the start, and that was revoked.</summary>
    RevokedServerPermission = 21,
}

/// <summary>
/// Persists the catalogs: one record a definition, in one tree a database, so that DDL is as transactional as the rows it goes with.
/// The tree of the first database exists in every store from the start; it also holds what belongs to the server, and the list of the other databases.
/// </summary>
internal static class CatalogStore
{
    /// <summary>Tree of the first database's catalog and of the server's records.</summary>
    public const int HomeTree = SystemTrees.Catalog;

    private const int FirstObjectId = 581577110;
    private const int ObjectIdStep = 16000057;

    /// <summary>Creates the catalog of a new server and its first database inside the connection's write transaction.</summary>
    public static ServerCatalog Create(IStoreConnection connection, string databaseName)
    {
        CatalogSnapshot snapshot = InitialCatalog.Create(databaseName, DateTime.Now) with { LastObjectId = FirstObjectId };
        SaveHeader(connection, snapshot);
        return WithSystemDatabases(ServerCatalog.Empty.With(snapshot));
    }

    /// <summary>Reads the catalogs of all databases. The caller has pinned a snapshot (BeginStatement) or is the writer.</summary>
    public static ServerCatalog Load(IStoreConnection connection)
    {
        var others = new List<(int Id, int Tree)>();
        CatalogSnapshot home = Load(connection, HomeTree, ServerCatalog.HomeId, others);
        ServerCatalog server = ServerCatalog.Empty.With(home);
        foreach ((int id, int tree) in others)
        {
            server = server.With(Load(connection, tree, id, []).OnServerOf(home));
        }

        return WithSystemDatabases(server);
    }

    /// <summary>Adds the system databases that nothing has been written to: they are built in.</summary>
    private static ServerCatalog WithSystemDatabases(ServerCatalog server)
    {
        CatalogSnapshot home = server.Home;
        foreach ((int id, _) in ServerCatalog.SystemDatabases)
        {
            if (server.Find(id) is null)
            {
                server = server.With(InitialCatalog.CreateSystem(id).OnServerOf(home));
            }
        }

        return server;
    }

    private static CatalogSnapshot Load(IStoreConnection connection, int tree, int databaseId, List<(int Id, int Tree)> others)
    {
        CatalogSnapshot snapshot = (ServerCatalog.IsSystemDatabase(databaseId) ? InitialCatalog.CreateSystem(databaseId) : InitialCatalog.Create("NinaDB", default))
            with { DatabaseId = databaseId, TreeId = tree };
        var objects = ImmutableDictionary.CreateBuilder<int, CatalogObject>();
        var names = snapshot.ObjectIdsByName.ToBuilder();
        var constraints = snapshot.ConstraintsByName.ToBuilder();
        var constraintTables = snapshot.ConstraintTables.ToBuilder();
        var schemas = snapshot.SchemasByName.ToBuilder();
        var principals = snapshot.Principals.ToBuilder();
        var types = snapshot.Types.ToBuilder();
        var typesById = snapshot.TypesById.ToBuilder();
        var assemblies = snapshot.Assemblies.ToBuilder();
        var properties = snapshot.ExtendedProperties.ToBuilder();
        var permissions = snapshot.Permissions.ToBuilder();
        var options = snapshot.DatabaseOptions.ToBuilder();
        var configurations = snapshot.Configurations.ToBuilder();
        var logins = snapshot.Logins.ToBuilder();
        var trusted = snapshot.TrustedAssemblies.ToBuilder();
        var xmlCollections = new Dictionary<int, XmlSchemaCollectionDefinition>();
        ServerSecurity security = snapshot.ServerSecurity;

        using IStoreCursor cursor = connection.Scan(tree, KeyRange.All);
        while (cursor.MoveNext())
        {
            var reader = new CatalogReader(cursor.Value.ToArray()) { DatabaseId = databaseId, XmlCollections = id => xmlCollections[id].Model };
            switch ((CatalogRecord)cursor.Key[0])
            {
                case CatalogRecord.Header:
                    snapshot = snapshot with { DatabaseName = reader.String(), DatabaseCreateDate = reader.DateTime(), LastObjectId = reader.Int32() };
                    break;
                case CatalogRecord.Schema:
                    SchemaDefinition schema = CatalogCodec.ReadSchema(reader);
                    schemas[schema.Name] = schema;
                    break;
                case CatalogRecord.Principal:
                    PrincipalDefinition principal = CatalogCodec.ReadPrincipal(reader);
                    principals[principal.PrincipalId] = principal;
                    break;
                case CatalogRecord.Type:
                    TypeDefinition type = CatalogCodec.ReadType(reader);
                    types[(type.SchemaId, type.Name)] = type;
                    typesById[type.UserTypeId] = type;
                    break;
                case CatalogRecord.Object:
                    CatalogObject value = CatalogSnapshot.Settle(CatalogCodec.ReadObject(reader), databaseId);
                    objects[value.ObjectId] = value;
                    names[(value.SchemaId, value.Name)] = value.ObjectId;
                    if (value is TableDefinition table)
                    {
                        foreach (ConstraintObject constraint in CatalogSnapshot.ConstraintsOf(table))
                        {
                            constraints[(table.SchemaId, constraint.Name)] = (table.ObjectId, constraint.ObjectId);
                            constraintTables[constraint.ObjectId] = table.ObjectId;
                        }
                    }

                    break;
                case CatalogRecord.Assembly:
                    AssemblyDefinition assembly = CatalogCodec.ReadAssembly(reader);
                    assemblies[assembly.Name] = assembly;
                    break;
                case CatalogRecord.ExtendedProperty:
                    properties.Add(CatalogCodec.ReadProperty(reader));
                    break;
                case CatalogRecord.Permission:
                    PermissionDefinition permission = CatalogCodec.ReadPermission(reader);
                    if (PermissionNames.IsOfServer(permission.Class))
                    {
                        // The first releases also wrote ids of database users here: nobody of the server has an id of theirs.
                        security = permission.GranteeId is > FixedServerRoles.Public and < ServerSecurity.FirstUserId ? security : security.With(permission);
                    }
                    else
                    {
                        permissions.RemoveAll(p => p.HasKeyOf(permission));
                        permissions.Add(permission);
                    }

                    break;
                case CatalogRecord.ServerRole:
                    ServerRoleDefinition role = CatalogCodec.ReadServerRole(reader);
                    security = security with { Roles = security.Roles.SetItem(role.PrincipalId, role) };
                    break;
                case CatalogRecord.RevokedServerPermission:
                    security = security.Without(CatalogCodec.ReadPermission(reader));
                    break;
                case CatalogRecord.DatabaseOption:
                    options[reader.String()] = reader.String();
                    break;
                case CatalogRecord.Configuration:
                    configurations[reader.String()] = new ConfigurationValue(reader.Int32(), reader.Int32());
                    break;
                case CatalogRecord.Login:
                    LoginDefinition login = CatalogCodec.ReadLogin(reader);
                    logins[login.Name] = login;
                    break;
                case CatalogRecord.TrustedAssembly:
                    TrustedAssembly hash = CatalogCodec.ReadTrusted(reader);
                    trusted[hash.HashHex] = hash;
                    break;
                case CatalogRecord.XmlSchemaCollection:
                    XmlSchemaCollectionDefinition collection = CatalogCodec.ReadXmlCollection(reader);
                    xmlCollections[collection.CollectionId] = collection;
                    break;
                case CatalogRecord.Database:
                    others.Add((reader.Int32(), reader.Int32()));
                    break;
                default:
                    throw new InvalidDataException($"The catalog has a record of unknown class {cursor.Key[0]}: it was written by a newer version.");
            }
        }

        return snapshot with
        {
            Version = CatalogSnapshot.NextVersion(),
            ObjectsById = objects.ToImmutable(),
            ObjectIdsByName = names.ToImmutable(),
            ConstraintsByName = constraints.ToImmutable(),
            ConstraintTables = constraintTables.ToImmutable(),
            SchemasByName = schemas.ToImmutable(),
            Principals = principals.ToImmutable(),
            Types = types.ToImmutable(),
            TypesById = typesById.ToImmutable(),
            Assemblies = assemblies.ToImmutable(),
            ExtendedProperties = properties.ToImmutable(),
            Permissions = permissions.ToImmutable(),
            DatabaseOptions = options.ToImmutable(),
            Configurations = configurations.ToImmutable(),
            Logins = logins.ToImmutable(),
            TrustedAssemblies = trusted.ToImmutable(),
            XmlCollections = xmlCollections.ToImmutableDictionary(),
            ServerSecurity = security,
        };
    }

    /// <summary>The next free object id of the server, in the stride SQL Server uses.</summary>
    public static int NextObjectId(ServerCatalog server)
    {
        int id = server.Home.LastObjectId;
        do
        {
            id = (int)(((long)id + ObjectIdStep) % int.MaxValue);
        }
        while (id < 100 || server.HasObject(id));

        return id;
    }

    public static void SaveHeader(IStoreConnection connection, CatalogSnapshot snapshot)
    {
        var writer = new CatalogWriter();
        writer.String(snapshot.DatabaseName);
        writer.DateTime(snapshot.DatabaseCreateDate);
        writer.Int32(snapshot.LastObjectId);
        connection.Put(snapshot.TreeId, Key(CatalogRecord.Header), writer.ToArray());
    }

    /// <summary>Enters a database other than the first in the list of databases.</summary>
    public static void Register(IStoreConnection connection, CatalogSnapshot snapshot)
    {
        var writer = new CatalogWriter();
        writer.Int32(snapshot.DatabaseId);
        writer.Int32(snapshot.TreeId);
        connection.Put(HomeTree, Key(CatalogRecord.Database, snapshot.DatabaseId), writer.ToArray());
    }

    /// <summary>Removes a database with its rows: what is listed in the catalog, the catalog itself, and its entry in the list of databases.</summary>
    public static void Drop(IStoreConnection connection, CatalogSnapshot snapshot)
    {
        foreach (CatalogObject value in snapshot.ObjectsById.Values)
        {
            if (value is TableDefinition table)
            {
                new TableAccess(table, connection).Drop();
            }
        }

        if (snapshot.TreeId != 0)
        {
            connection.DropTree(snapshot.TreeId);
            connection.Delete(HomeTree, Key(CatalogRecord.Database, snapshot.DatabaseId));
        }
    }

    public static void Put(IStoreConnection connection, int tree, CatalogRecord record, byte[] key, CatalogWriter value) =>
        connection.Put(tree, key.Length > 0 && key[0] == (byte)record ? key : throw new ArgumentException("The key is of another class."), value.ToArray());

    public static void Delete(IStoreConnection connection, int tree, byte[] key) => connection.Delete(tree, key);

    public static byte[] Key(CatalogRecord record) => [(byte)record];

    public static byte[] Key(CatalogRecord record, int id)
    {
        var key = new byte[5];
        key[0] = (byte)record;
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(1), id);
        return key;
    }

    public static byte[] Key(CatalogRecord record, string name)
    {
        string folded = name.ToUpperInvariant();
        var key = new byte[1 + Encoding.UTF8.GetByteCount(folded)];
        key[0] = (byte)record;
        Encoding.UTF8.GetBytes(folded, key.AsSpan(1));
        return key;
    }

    public static byte[] Key(ExtendedProperty property) => Key(
        CatalogRecord.ExtendedProperty, $"{property.Class}:{property.MajorId}:{property.MinorId}:{property.Name}");

    public static byte[] Key(PermissionDefinition permission) => Key(
        CatalogRecord.Permission, $"{permission.Class}:{permission.MajorId}:{permission.MinorId}:{permission.GranteeId}:{permission.Permission}:{permission.GrantorId}");

    /// <summary>The key that a permission had while the grantor was no part of it.</summary>
    public static byte[] OldKey(PermissionDefinition permission) => Key(
        CatalogRecord.Permission, $"{permission.Class}:{permission.MajorId}:{permission.MinorId}:{permission.GranteeId}:{permission.Permission}");
}
