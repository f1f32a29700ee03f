using System.Collections.Immutable;

namespace NinaDB.Engine.Catalog;

/// <summary>A key, check, default or foreign-key constraint as an entry of sys.objects.</summary>
public sealed record ConstraintObject(int ObjectId, string Name, string Type, TableDefinition Table, bool IsSystemNamed);

/// <summary>Value of an sp_configure option: what was configured, and what RECONFIGURE put in use.</summary>
public sealed record ConfigurationValue(int Configured, int InUse);

/// <summary>A hash added by sp_add_trusted_assembly.</summary>
public sealed record TrustedAssembly(string HashHex, string? Description, DateTime CreateDate);

/// <summary>How one snapshot is made from another, and what is derived from it.</summary>
public sealed partial record CatalogSnapshot
{
    private static long _lastVersion;

    private (long Version, DerivedCatalog Value)? _derived;

    /// <summary>Name of the database.</summary>
    public string DatabaseName { get; init; } = "NinaDB";

    public DateTime DatabaseCreateDate { get; init; }

    /// <summary>DB_ID(): 1 to 4 for the system databases.</summary>
    public int DatabaseId { get; init; } = ServerCatalog.HomeId;

    /// <summary>Tree of the store that holds the catalog; 0 while nothing has been written to a system database.</summary>
    internal int TreeId { get; init; } = Storage.SystemTrees.Catalog;

    /// <summary>Key constraints, checks, defaults and foreign keys of durable tables by schema and name; the value is (table id, constraint id).</summary>
    public ImmutableDictionary<(int SchemaId, string Name), (int TableId, int ConstraintId)> ConstraintsByName { get; init; } =
        ImmutableDictionary.Create<(int, string), (int, int)>(ObjectNameComparer.Instance);

    /// <summary>Table of each constraint by the constraint's object id.</summary>
    public ImmutableDictionary<int, int> ConstraintTables { get; init; } = ImmutableDictionary<int, int>.Empty;

    public ImmutableDictionary<int, TypeDefinition> TypesById { get; init; } = ImmutableDictionary<int, TypeDefinition>.Empty;

    /// <summary>ALTER DATABASE SET options that differ from the defaults; scoped configurations are kept under "SCOPED:NAME".</summary>
    public ImmutableDictionary<string, string> DatabaseOptions { get; init; } =
        ImmutableDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>sp_configure options that differ from the defaults.</summary>
    public ImmutableDictionary<string, ConfigurationValue> Configurations { get; init; } =
        ImmutableDictionary.Create<string, ConfigurationValue>(StringComparer.OrdinalIgnoreCase);

    public ImmutableDictionary<string, LoginDefinition> Logins { get; init; } =
        ImmutableDictionary.Create<string, LoginDefinition>(StringComparer.OrdinalIgnoreCase);

    public ImmutableDictionary<string, TrustedAssembly> TrustedAssemblies { get; init; } =
        ImmutableDictionary.Create<string, TrustedAssembly>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Server roles and the permissions of the server.</summary>
    public ServerSecurity ServerSecurity { get; init; } = ServerSecurity.Initial;

    /// <summary>The same database with what belongs to the server taken from another database's snapshot.</summary>
    internal CatalogSnapshot OnServerOf(CatalogSnapshot other) => this with
    {
        Logins = other.Logins,
        Configurations = other.Configurations,
        TrustedAssemblies = other.TrustedAssemblies,
        ServerSecurity = other.ServerSecurity,
    };

    /// <summary>The login that owns the database, and so is dbo in it: who made it, or whom ALTER AUTHORIZATION gave it to.</summary>
    public string OwnerLogin => (FindLogin(int.Parse(DatabaseOptions.GetValueOrDefault("OWNER", "1"), System.Globalization.CultureInfo.InvariantCulture)) ?? FindLogin(1))?.Name ?? "sa";

    /// <summary>A login by its principal id, or null.</summary>
    public LoginDefinition? FindLogin(int principalId) => Logins.Values.FirstOrDefault(l => l.PrincipalId == principalId);

    /// <summary>ALTER DATABASE ... SET READ_ONLY.</summary>
    public bool IsReadOnly => DatabaseOptions.GetValueOrDefault("READ_ONLY") is "ON" || DatabaseOptions.GetValueOrDefault("STATE") is "EMERGENCY";

    /// <summary>The object id handed out last on this server; kept with the first database.</summary>
    public int LastObjectId { get; init; }

    /// <summary>A version no other snapshot of this process has.</summary>
    public static long NextVersion() => Interlocked.Increment(ref _lastVersion);

    /// <summary>Name of a schema; null when there is none with this id.</summary>
    public string? SchemaName(int schemaId) => Derived.SchemaNames.GetValueOrDefault(schemaId);

    /// <summary>Owner of a schema, and so of the objects in it; null when there is no schema with this id.</summary>
    public int? SchemaOwner(int schemaId) => Derived.SchemaOwners.TryGetValue(schemaId, out int owner) ? owner : null;

    /// <summary>schema.name of an object, as error texts and procedures show it.</summary>
    public string QualifiedName(CatalogObject value) => $"{SchemaName(value.SchemaId) ?? "dbo"}.{value.Name}";

    public CatalogObject? Find(int objectId) => ObjectsById.GetValueOrDefault(objectId);

    public T? Find<T>(int objectId) where T : CatalogObject => ObjectsById.GetValueOrDefault(objectId) as T;

    public TypeDefinition? FindType(string? schema, string name) =>
        SchemasByName.TryGetValue(schema ?? "dbo", out SchemaDefinition? s) ? Types.GetValueOrDefault((s.SchemaId, name)) : null;

    public TypeDefinition? FindType(int userTypeId) => TypesById.GetValueOrDefault(userTypeId);

    /// <summary>A constraint by schema and name, or null.</summary>
    public ConstraintObject? FindConstraint(string? schema, string name) =>
        SchemasByName.TryGetValue(schema ?? "dbo", out SchemaDefinition? s) && ConstraintsByName.TryGetValue((s.SchemaId, name), out (int TableId, int ConstraintId) found)
            ? FindConstraint(found.ConstraintId)
            : null;

    public ConstraintObject? FindConstraint(int objectId) =>
        ConstraintTables.TryGetValue(objectId, out int tableId) && Find<TableDefinition>(tableId) is { } table
            ? ConstraintsOf(table).FirstOrDefault(c => c.ObjectId == objectId)
            : null;

    /// <summary>Foreign keys that reference a table, with the tables that own them.</summary>
    public IReadOnlyList<(TableDefinition Table, ForeignKeyDefinition Key)> ForeignKeysReferencing(int tableId) =>
        Derived.ReferencingKeys.TryGetValue(tableId, out var keys) ? keys : [];

    /// <summary>Edge constraints that name a node table, with the edge tables that own them.</summary>
    public IReadOnlyList<(TableDefinition Table, EdgeConstraintDefinition Constraint)> EdgeConstraintsOn(int nodeTableId) =>
        Derived.EdgeConstraints.TryGetValue(nodeTableId, out var constraints) ? constraints : [];

    /// <summary>DML triggers of a table or view, oldest first.</summary>
    public IReadOnlyList<ModuleDefinition> TriggersOn(int tableId) => Derived.Triggers.TryGetValue(tableId, out var triggers) ? triggers : [];

    /// <summary>Predicates that enabled security policies put on a table, with their policies.</summary>
    public IReadOnlyList<(SecurityPolicyDefinition Policy, SecurityPredicateDefinition Predicate)> SecurityPredicatesOn(int tableId) =>
        Derived.SecurityPredicates.TryGetValue(tableId, out var predicates) ? predicates : [];

    /// <summary>Change tables of a table that is tracked by change data capture, oldest first.</summary>
    internal IReadOnlyList<TableDefinition> ChangeTablesOf(int sourceId) => Derived.ChangeTables.TryGetValue(sourceId, out var tables) ? tables : [];

    /// <summary>Whether a table of the database has masked columns.</summary>
    internal bool HasMaskedColumns => Derived.HasMaskedColumns;

    public PrincipalDefinition? FindPrincipal(string name) => Derived.PrincipalsByName.GetValueOrDefault(name);

    /// <summary>True when sp_configure has put an option in use (or it is on by default).</summary>
    public int ConfigurationInUse(string name, int defaultValue) =>
        Configurations.TryGetValue(name, out ConfigurationValue? value) ? value.InUse : defaultValue;

    /// <summary>Value of an ALTER DATABASE SCOPED CONFIGURATION option; null when it was never set.</summary>
    public string? ScopedConfiguration(string name) => DatabaseOptions.GetValueOrDefault("SCOPED:" + name);

    /// <summary>The constraints that a table owns, as objects.</summary>
    public static IEnumerable<ConstraintObject> ConstraintsOf(TableDefinition table)
    {
        foreach (IndexDefinition index in table.Indexes)
        {
            if (index.ConstraintObjectId != 0)
            {
                yield return new ConstraintObject(
                    index.ConstraintObjectId, index.Name!, index.IsPrimaryKey ? ObjectTypes.PrimaryKey : ObjectTypes.Unique, table, index.IsSystemNamed);
            }
        }

        foreach (ColumnDefinition column in table.Columns)
        {
            if (column.Default is { IsBound: false } value)
            {
                yield return new ConstraintObject(value.ObjectId, value.Name, ObjectTypes.Default, table, value.IsSystemNamed);
            }
        }

        foreach (CheckDefinition check in table.Checks)
        {
            yield return new ConstraintObject(check.ObjectId, check.Name, ObjectTypes.Check, table, check.IsSystemNamed);
        }

        foreach (ForeignKeyDefinition key in table.ForeignKeys)
        {
            yield return new ConstraintObject(key.ObjectId, key.Name, ObjectTypes.ForeignKey, table, key.IsSystemNamed);
        }

        foreach (EdgeConstraintDefinition constraint in table.EdgeConstraints)
        {
            yield return new ConstraintObject(constraint.ObjectId, constraint.Name, ObjectTypes.EdgeConstraint, table, constraint.IsSystemNamed);
        }
    }

    /// <summary>Adds or replaces an object (matched by its id, so a rename or a schema change is a replacement too).</summary>
    public CatalogSnapshot WithObject(CatalogObject value)
    {
        value = Settle(value, DatabaseId);

        CatalogSnapshot next = ObjectsById.ContainsKey(value.ObjectId) ? WithoutObject(value.ObjectId) : this;
        next = next with
        {
            Version = NextVersion(),
            ObjectsById = next.ObjectsById.SetItem(value.ObjectId, value),
            ObjectIdsByName = next.ObjectIdsByName.SetItem((value.SchemaId, value.Name), value.ObjectId),
        };
        if (value is not TableDefinition table)
        {
            return next;
        }

        var byName = next.ConstraintsByName.ToBuilder();
        var tables = next.ConstraintTables.ToBuilder();
        foreach (ConstraintObject constraint in ConstraintsOf(table))
        {
            byName[(table.SchemaId, constraint.Name)] = (table.ObjectId, constraint.ObjectId);
            tables[constraint.ObjectId] = table.ObjectId;
        }

        return next with { ConstraintsByName = byName.ToImmutable(), ConstraintTables = tables.ToImmutable() };
    }

    /// <summary>An object as it is in a database: what a module holds (numbered procedures, the rows of an indexed view) goes by the module's name and place.</summary>
    internal static CatalogObject Settle(CatalogObject value, int databaseId)
    {
        if (value is ModuleDefinition { Numbered.Length: > 0 } group)
        {
            value = group with { Numbered = [.. group.Numbered.Select(n => n with { Name = group.Name, SchemaId = group.SchemaId, DatabaseId = databaseId })] };
        }

        if (value is ModuleDefinition { Materialized: { } rows } view && (rows.Name != view.Name || rows.SchemaId != view.SchemaId || rows.DatabaseId != databaseId))
        {
            value = view with { Materialized = rows with { Name = view.Name, SchemaId = view.SchemaId, DatabaseId = databaseId } };
        }

        return value.DatabaseId == databaseId ? value : value with { DatabaseId = databaseId };
    }

    /// <summary>Indexed views that read a table and are kept in step with it.</summary>
    internal IReadOnlyList<ModuleDefinition> IndexedViewsOn(int tableId) => Derived.IndexedViews.TryGetValue(tableId, out var views) ? views : [];

    public CatalogSnapshot WithoutObject(int objectId)
    {
        if (!ObjectsById.TryGetValue(objectId, out CatalogObject? value))
        {
            return this;
        }

        CatalogSnapshot next = this with
        {
            Version = NextVersion(),
            ObjectsById = ObjectsById.Remove(objectId),
            ObjectIdsByName = ObjectIdsByName.Remove((value.SchemaId, value.Name)),
        };
        return value is not TableDefinition table ? next : next with
        {
            ConstraintsByName = ConstraintsByName.RemoveRange(ConstraintsOf(table).Select(c => (table.SchemaId, c.Name))),
            ConstraintTables = ConstraintTables.RemoveRange(ConstraintsOf(table).Select(c => c.ObjectId)),
        };
    }

    public CatalogSnapshot WithSchema(SchemaDefinition schema) =>
        this with { Version = NextVersion(), SchemasByName = SchemasByName.SetItem(schema.Name, schema) };

    public CatalogSnapshot WithoutSchema(string name) => this with { Version = NextVersion(), SchemasByName = SchemasByName.Remove(name) };

    public CatalogSnapshot WithType(TypeDefinition type)
    {
        CatalogSnapshot next = TypesById.ContainsKey(type.UserTypeId) ? WithoutType(type.UserTypeId) : this;
        return next with
        {
            Version = NextVersion(),
            Types = next.Types.SetItem((type.SchemaId, type.Name), type),
            TypesById = next.TypesById.SetItem(type.UserTypeId, type),
        };
    }

    public CatalogSnapshot WithoutType(int userTypeId) => TypesById.TryGetValue(userTypeId, out TypeDefinition? type)
        ? this with { Version = NextVersion(), Types = Types.Remove((type.SchemaId, type.Name)), TypesById = TypesById.Remove(userTypeId) }
        : this;

    public CatalogSnapshot WithAssembly(AssemblyDefinition assembly) =>
        this with { Version = NextVersion(), Assemblies = Assemblies.SetItem(assembly.Name, assembly) };

    public CatalogSnapshot WithoutAssembly(string name) => this with { Version = NextVersion(), Assemblies = Assemblies.Remove(name) };

    public CatalogSnapshot WithPrincipal(PrincipalDefinition principal) =>
        this with { Version = NextVersion(), Principals = Principals.SetItem(principal.PrincipalId, principal) };

    public CatalogSnapshot WithoutPrincipal(int principalId) => this with { Version = NextVersion(), Principals = Principals.Remove(principalId) };

    /// <summary>Adds an extended property, replacing one with the same key. Plans do not depend on them, so the version stays.</summary>
    public CatalogSnapshot WithExtendedProperty(ExtendedProperty property) => this with { ExtendedProperties = RemoveProperty(property).Add(property) };

    public CatalogSnapshot WithoutExtendedProperty(ExtendedProperty property) => this with { ExtendedProperties = RemoveProperty(property) };

    /// <summary>Adds a permission, replacing what was recorded for the same securable, grantee, grantor and permission.</summary>
    public CatalogSnapshot WithPermission(PermissionDefinition permission) =>
        this with { Version = NextVersion(), Permissions = RemovePermission(permission).Add(permission) };

    public CatalogSnapshot WithoutPermission(PermissionDefinition permission) => this with { Version = NextVersion(), Permissions = RemovePermission(permission) };

    private ImmutableList<ExtendedProperty> RemoveProperty(ExtendedProperty property) => ExtendedProperties.RemoveAll(p =>
        p.Class == property.Class && p.MajorId == property.MajorId && p.MinorId == property.MinorId
        && string.Equals(p.Name, property.Name, StringComparison.OrdinalIgnoreCase));

    private ImmutableList<PermissionDefinition> RemovePermission(PermissionDefinition permission) => Permissions.RemoveAll(p => p.HasKeyOf(permission));

    /// <summary>Look-ups computed once a version. The field is copied by "with", so the version tells whether it still fits.</summary>
    private DerivedCatalog Derived
    {
        get
        {
            if (_derived is { } cached && cached.Version == Version)
            {
                return cached.Value;
            }

            var value = new DerivedCatalog(this);
            _derived = (Version, value);
            return value;
        }
    }

    private sealed class DerivedCatalog
    {
        public DerivedCatalog(CatalogSnapshot snapshot)
        {
            SchemaNames = snapshot.SchemasByName.Values.ToDictionary(s => s.SchemaId, s => s.Name);
            SchemaOwners = snapshot.SchemasByName.Values.ToDictionary(s => s.SchemaId, s => s.OwnerId);
            PrincipalsByName = snapshot.Principals.Values.ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
            foreach (CatalogObject value in snapshot.ObjectsById.Values)
            {
                if (value is TableDefinition table)
                {
                    HasMaskedColumns |= Binding.DataMasks.Masks(table);
                    foreach (ForeignKeyDefinition key in table.ForeignKeys)
                    {
                        Bucket(ReferencingKeys, key.ReferencedObjectId).Add((table, key));
                    }

                    foreach (EdgeConstraintDefinition constraint in table.EdgeConstraints)
                    {
                        foreach (int node in constraint.Clauses.SelectMany(c => (int[])[c.FromObjectId, c.ToObjectId]).Distinct())
                        {
                            Bucket(EdgeConstraints, node).Add((table, constraint));
                        }
                    }

                    if (Cdc.CaptureInstance.IsChangeTable(table))
                    {
                        Bucket(ChangeTables, Cdc.CaptureInstance.Of(table).SourceObjectId).Add(table);
                    }
                }
                else if (value is ModuleDefinition { Materialized.RowStore.IsDisabled: false } view)
                {
                    foreach (int id in view.Dependencies)
                    {
                        Bucket(IndexedViews, id).Add(view);
                    }
                }
                else if (value is ModuleDefinition { Type: ObjectTypes.Trigger } trigger)
                {
                    Bucket(Triggers, trigger.ParentObjectId).Add(trigger);
                }
                else if (value is SecurityPolicyDefinition { IsEnabled: true } policy)
                {
                    foreach (SecurityPredicateDefinition predicate in policy.Predicates)
                    {
                        Bucket(SecurityPredicates, predicate.TargetObjectId).Add((policy, predicate));
                    }
                }
            }

            foreach (List<TableDefinition> tables in ChangeTables.Values)
            {
                tables.Sort((a, b) => a.ObjectId.CompareTo(b.ObjectId));
            }

            foreach (List<ModuleDefinition> triggers in Triggers.Values)
            {
                triggers.Sort((a, b) => a.CreateDate.CompareTo(b.CreateDate));
            }
        }

        public Dictionary<int, string> SchemaNames { get; }

        public Dictionary<int, int> SchemaOwners { get; }

        public Dictionary<string, PrincipalDefinition> PrincipalsByName { get; }

        public bool HasMaskedColumns { get; }

        public Dictionary<int, List<(TableDefinition Table, ForeignKeyDefinition Key)>> ReferencingKeys { get; } = [];

        public Dictionary<int, List<(TableDefinition Table, EdgeConstraintDefinition Constraint)>> EdgeConstraints { get; } = [];

        public Dictionary<int, List<ModuleDefinition>> Triggers { get; } = [];

        public Dictionary<int, List<ModuleDefinition>> IndexedViews { get; } = [];

        public Dictionary<int, List<TableDefinition>> ChangeTables { get; } = [];

        public Dictionary<int, List<(SecurityPolicyDefinition Policy, SecurityPredicateDefinition Predicate)>> SecurityPredicates { get; } = [];

        private static List<T> Bucket<T>(Dictionary<int, List<T>> map, int key)
        {
            if (!map.TryGetValue(key, out List<T>? list))
            {
                map[key] = list = [];
            }

            return list;
        }
    }
}
