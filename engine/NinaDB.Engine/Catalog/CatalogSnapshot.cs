using System.Collections.Immutable;

namespace NinaDB.Engine.Catalog;

/// <summary>
/// Everything that exists in one database at one moment. Immutable: DDL makes a new snapshot, which the session that runs it sees at once and everybody else
/// when its transaction commits; a rollback (also to a savepoint) simply returns to the older snapshot. Plans are cached against <see cref="Version"/>.
/// </summary>
public sealed partial record CatalogSnapshot
{
    /// <summary>Changes with every DDL; unique within a process, also between snapshots that were rolled back.</summary>
    public required long Version { get; init; }

    public ImmutableDictionary<string, SchemaDefinition> SchemasByName { get; init; } =
        ImmutableDictionary.Create<string, SchemaDefinition>(StringComparer.OrdinalIgnoreCase);

    public ImmutableDictionary<int, CatalogObject> ObjectsById { get; init; } = ImmutableDictionary<int, CatalogObject>.Empty;

    /// <summary>Keyed by (schema id, name). Includes tables, modules, sequences, synonyms, policies; constraints are found through their tables.</summary>
    public ImmutableDictionary<(int SchemaId, string Name), int> ObjectIdsByName { get; init; } = EmptyNames;

    /// <summary>No names; carries the comparison of names.</summary>
    internal static ImmutableDictionary<(int SchemaId, string Name), int> EmptyNames { get; } =
        ImmutableDictionary.Create<(int, string), int>(ObjectNameComparer.Instance);

    public ImmutableDictionary<(int SchemaId, string Name), TypeDefinition> Types { get; init; } =
        ImmutableDictionary.Create<(int, string), TypeDefinition>(ObjectNameComparer.Instance);

    public ImmutableDictionary<string, AssemblyDefinition> Assemblies { get; init; } =
        ImmutableDictionary.Create<string, AssemblyDefinition>(StringComparer.OrdinalIgnoreCase);

    public ImmutableList<ExtendedProperty> ExtendedProperties { get; init; } = [];

    public ImmutableDictionary<int, PrincipalDefinition> Principals { get; init; } = ImmutableDictionary<int, PrincipalDefinition>.Empty;

    public ImmutableList<PermissionDefinition> Permissions { get; init; } = [];

    /// <summary>Object by schema and name, or null. <paramref name="schema"/> null means dbo.</summary>
    public CatalogObject? Find(string? schema, string name) =>
        SchemasByName.TryGetValue(schema ?? "dbo", out SchemaDefinition? s) && ObjectIdsByName.TryGetValue((s.SchemaId, name), out int id)
            ? ObjectsById[id]
            : null;

    public T? Find<T>(string? schema, string name) where T : CatalogObject => Find(schema, name) as T;

    private sealed class ObjectNameComparer : IEqualityComparer<(int SchemaId, string Name)>
    {
        public static readonly ObjectNameComparer Instance = new();

        public bool Equals((int SchemaId, string Name) x, (int SchemaId, string Name) y) =>
            x.SchemaId == y.SchemaId && string.Equals(x.Name, y.Name, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode((int SchemaId, string Name) value) =>
            HashCode.Combine(value.SchemaId, StringComparer.OrdinalIgnoreCase.GetHashCode(value.Name));
    }
}
