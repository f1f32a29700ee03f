using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Catalog;

/// <summary>
/// Changes the catalog on behalf of one session: every change is written to the catalog tree and shows in the session's snapshot at once.
/// Commit and rollback of both belong to the session's transaction.
/// </summary>
internal sealed partial class CatalogEditor(EngineSession session)
{
    private IStoreConnection Store => session.Store;

    public EngineSession Session => session;

    public CatalogSnapshot Catalog
    {
        get => session.Catalog;
        private set => session.Catalog = value;
    }

    /// <summary>Creation and modification dates of what this statement touches (datetime precision).</summary>
    public DateTime Now { get; } = new(DateTime.Now.Ticks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond);

    /// <summary>Allocates an object id; recorded so that ids are not handed out again after a drop.</summary>
    public int NextObjectId()
    {
        int id = CatalogStore.NextObjectId(session.Server);
        CatalogSnapshot home = session.Server.Home with { LastObjectId = id };
        session.Server = session.Server.With(home);
        CatalogStore.SaveHeader(Store, home);
        session.Database.ForgetCounter(id);
        return id;
    }

    public void Put(CatalogObject value)
    {
        if (value is TableDefinition { Storage: not TableStorageKind.Durable } temporary)
        {
            session.Temporary = session.Temporary.With(session.NestLevel, temporary);
            return;
        }

        if (value is ModuleDefinition procedure && TemporaryNames.IsLocal(procedure.Name))
        {
            session.Temporary = session.Temporary.With(0, procedure);
            return;
        }

        Write(CatalogRecord.Object, CatalogStore.Key(CatalogRecord.Object, value.ObjectId), CatalogCodec.Write(value));
        Catalog = Catalog.WithObject(value);
    }

    /// <summary>Removes an object with its extended properties and permissions (not what depends on it).</summary>
    public void Remove(CatalogObject value)
    {
        if (value is TableDefinition { Storage: not TableStorageKind.Durable } || TemporaryNames.IsLocal(value.Name))
        {
            session.Temporary = session.Temporary.Without(value.ObjectId);
            return;
        }

        Erase(CatalogStore.Key(CatalogRecord.Object, value.ObjectId));
        if (value is TableDefinition table)
        {
            foreach (ConstraintObject constraint in CatalogSnapshot.ConstraintsOf(table))
            {
                RemoveProperties(1, constraint.ObjectId, null);
            }
        }

        Catalog = Catalog.WithoutObject(value.ObjectId);
        RemoveProperties(1, value.ObjectId, null);
        RemoveProperties(2, value.ObjectId, null);
        RemoveProperties(7, value.ObjectId, null);
        RemovePermissions(1, value.ObjectId);
    }

    public void Put(SchemaDefinition schema)
    {
        Write(CatalogRecord.Schema, CatalogStore.Key(CatalogRecord.Schema, schema.SchemaId), CatalogCodec.Write(schema));
        Catalog = Catalog.WithSchema(schema);
    }

    public void Remove(SchemaDefinition schema)
    {
        Erase(CatalogStore.Key(CatalogRecord.Schema, schema.SchemaId));
        Catalog = Catalog.WithoutSchema(schema.Name);
        RemoveProperties(3, schema.SchemaId, null);
        RemovePermissions(3, schema.SchemaId);
    }

    public void Put(TypeDefinition type)
    {
        Write(CatalogRecord.Type, CatalogStore.Key(CatalogRecord.Type, type.UserTypeId), CatalogCodec.Write(type));
        Catalog = Catalog.WithType(type);
    }

    public void Remove(TypeDefinition type)
    {
        Erase(CatalogStore.Key(CatalogRecord.Type, type.UserTypeId));
        Catalog = Catalog.WithoutType(type.UserTypeId);
        RemoveProperties(6, type.UserTypeId, null);
        RemovePermissions(6, type.UserTypeId);
    }

    public void Put(XmlSchemaCollectionDefinition collection)
    {
        Write(CatalogRecord.XmlSchemaCollection, CatalogStore.Key(CatalogRecord.XmlSchemaCollection, collection.CollectionId), CatalogCodec.Write(collection));
        Catalog = Catalog.WithXmlCollection(collection);
    }

    public void Remove(XmlSchemaCollectionDefinition collection)
    {
        Erase(CatalogStore.Key(CatalogRecord.XmlSchemaCollection, collection.CollectionId));
        Catalog = Catalog.WithoutXmlCollection(collection.CollectionId);
        RemoveProperties(10, collection.CollectionId, null);
        RemovePermissions(10, collection.CollectionId);
    }

    public void Put(AssemblyDefinition assembly)
    {
        Write(CatalogRecord.Assembly, CatalogStore.Key(CatalogRecord.Assembly, assembly.AssemblyId), CatalogCodec.Write(assembly));
        Catalog = Catalog.WithAssembly(assembly);
    }

    public void Remove(AssemblyDefinition assembly)
    {
        Erase(CatalogStore.Key(CatalogRecord.Assembly, assembly.AssemblyId));
        Catalog = Catalog.WithoutAssembly(assembly.Name);
        RemoveProperties(5, assembly.AssemblyId, null);
        RemovePermissions(5, assembly.AssemblyId);
    }

    public void Put(PrincipalDefinition principal)
    {
        Write(CatalogRecord.Principal, CatalogStore.Key(CatalogRecord.Principal, principal.PrincipalId), CatalogCodec.Write(principal));
        Catalog = Catalog.WithPrincipal(principal);
    }

    /// <summary>Removes a principal, its memberships and what was granted to it.</summary>
    public void Remove(PrincipalDefinition principal)
    {
        Erase(CatalogStore.Key(CatalogRecord.Principal, principal.PrincipalId));
        Catalog = Catalog.WithoutPrincipal(principal.PrincipalId);
        foreach (PermissionDefinition permission in Catalog.Permissions.Where(p => p.GranteeId == principal.PrincipalId).ToList())
        {
            Remove(permission);
        }

        RemoveProperties(4, principal.PrincipalId, null);
    }

    public void Put(ExtendedProperty property)
    {
        Write(CatalogRecord.ExtendedProperty, CatalogStore.Key(property), CatalogCodec.Write(property));
        Catalog = Catalog.WithExtendedProperty(property);
    }

    public void Remove(ExtendedProperty property)
    {
        Erase(CatalogStore.Key(property));
        Catalog = Catalog.WithoutExtendedProperty(property);
    }

    /// <summary>Removes the extended properties of an entity; <paramref name="minorId"/> null for all its parts.</summary>
    public void RemoveProperties(byte @class, int majorId, int? minorId)
    {
        foreach (ExtendedProperty property in Catalog.ExtendedProperties
            .Where(p => p.Class == @class && p.MajorId == majorId && (minorId is null || p.MinorId == minorId)).ToList())
        {
            Remove(property);
        }
    }

    public void SetDatabaseOption(string name, string value)
    {
        var writer = new CatalogWriter();
        writer.String(name);
        writer.String(value);
        Write(CatalogRecord.DatabaseOption, CatalogStore.Key(CatalogRecord.DatabaseOption, name), writer);
        Catalog = Catalog with { Version = CatalogSnapshot.NextVersion(), DatabaseOptions = Catalog.DatabaseOptions.SetItem(name, value) };
    }

    /// <summary>READ_ONLY and the access modes: written also to a database that may only be read.</summary>
    public void SetAccess(string name, string value)
    {
        string? locked = Catalog.DatabaseOptions.GetValueOrDefault("READ_ONLY");
        string? state = Catalog.DatabaseOptions.GetValueOrDefault("STATE");
        Catalog = Catalog with { DatabaseOptions = Catalog.DatabaseOptions.Remove("READ_ONLY").Remove("STATE") };
        SetDatabaseOption(name, value);
        if (locked is not null && name != "READ_ONLY")
        {
            Catalog = Catalog with { DatabaseOptions = Catalog.DatabaseOptions.SetItem("READ_ONLY", locked) };
        }

        if (state is not null && name != "STATE")
        {
            Catalog = Catalog with { DatabaseOptions = Catalog.DatabaseOptions.SetItem("STATE", state) };
        }
    }

    public void RemoveDatabaseOption(string name)
    {
        Erase(CatalogStore.Key(CatalogRecord.DatabaseOption, name));
        Catalog = Catalog with { Version = CatalogSnapshot.NextVersion(), DatabaseOptions = Catalog.DatabaseOptions.Remove(name) };
    }

    public void SetConfiguration(string name, ConfigurationValue value)
    {
        var writer = new CatalogWriter();
        writer.String(name);
        writer.Int32(value.Configured);
        writer.Int32(value.InUse);
        WriteServer(CatalogRecord.Configuration, CatalogStore.Key(CatalogRecord.Configuration, name), writer);
        session.Server = session.Server.WithAll(c => c with { Version = CatalogSnapshot.NextVersion(), Configurations = c.Configurations.SetItem(name, value) });
    }

    public void Put(TrustedAssembly assembly)
    {
        WriteServer(CatalogRecord.TrustedAssembly, CatalogStore.Key(CatalogRecord.TrustedAssembly, assembly.HashHex), CatalogCodec.Write(assembly));
        session.Server = session.Server.WithAll(c => c with { TrustedAssemblies = c.TrustedAssemblies.SetItem(assembly.HashHex, assembly) });
    }

    public void Remove(TrustedAssembly assembly)
    {
        CatalogStore.Delete(Store, CatalogStore.HomeTree, CatalogStore.Key(CatalogRecord.TrustedAssembly, assembly.HashHex));
        session.Server = session.Server.WithAll(c => c with { TrustedAssemblies = c.TrustedAssemblies.Remove(assembly.HashHex) });
    }

    private void RemovePermissions(byte @class, int majorId)
    {
        foreach (PermissionDefinition permission in Catalog.Permissions.Where(p => p.Class == @class && p.MajorId == majorId).ToList())
        {
            Remove(permission);
        }
    }

    /// <summary>Writes a record of the current database.</summary>
    private void Write(CatalogRecord record, byte[] key, CatalogWriter value)
    {
        EnsureTree();
        CatalogStore.Put(Store, Catalog.TreeId, record, key, value);
    }

    private void Erase(byte[] key)
    {
        EnsureTree();
        CatalogStore.Delete(Store, Catalog.TreeId, key);
    }

    private void WriteServer(CatalogRecord record, byte[] key, CatalogWriter value) => CatalogStore.Put(Store, CatalogStore.HomeTree, record, key, value);

    /// <summary>A system database gets its tree with the first record. Error 3906 when the database may only be read.</summary>
    private void EnsureTree()
    {
        if (Catalog.IsReadOnly)
        {
            throw SqlErrors.Create(3906, Catalog.DatabaseName);
        }

        if (Catalog.TreeId == 0)
        {
            CatalogSnapshot stored = Catalog with { TreeId = Store.CreateTree() };
            CatalogStore.Register(Store, stored);
            CatalogStore.SaveHeader(Store, stored);
            Catalog = stored;
        }
    }
}
