using System.Collections.Immutable;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>CREATE PARTITION FUNCTION. It belongs to no schema; boundaries are sorted.</summary>
public sealed record PartitionFunctionDefinition : CatalogObject
{
    /// <summary>Stands for a schema, so that names of functions are a space of their own.</summary>
    internal const int NameSpace = -1;

    internal const int FirstId = 65536;

    public required int FunctionId { get; init; }

    public required SqlType ParameterType { get; init; }

    public bool IsRight { get; init; }

    public ImmutableArray<SqlValue> Boundaries { get; init; } = [];

    public int PartitionCount => Boundaries.Length + 1;

    /// <summary>Number of the partition that holds a value of the parameter's type; NULL comes before everything.</summary>
    public int PartitionOf(SqlValue value)
    {
        SqlComparer comparer = SqlComparer.For(ParameterType);
        int partition = 1;
        foreach (SqlValue boundary in Boundaries)
        {
            int order = Compare(comparer, boundary, value);
            if (IsRight ? order > 0 : order >= 0)
            {
                break;
            }

            partition++;
        }

        return partition;
    }

    internal static int Compare(SqlComparer comparer, SqlValue a, SqlValue b) => a.IsNull || b.IsNull ? (a.IsNull ? 0 : 1) - (b.IsNull ? 0 : 1) : comparer.Compare(a, b);
}

/// <summary>CREATE PARTITION SCHEME: a filegroup for each partition of a function. Rows are not stored apart; filegroups are names.</summary>
public sealed record PartitionSchemeDefinition : CatalogObject
{
    internal const int NameSpace = -2;

    internal const int FirstId = 65601;

    public required int SchemeId { get; init; }

    /// <summary>Object id of the function.</summary>
    public required int FunctionObjectId { get; init; }

    public ImmutableArray<string> Filegroups { get; init; } = [];

    public string? NextUsed { get; init; }
}

/// <summary>Partition functions and schemes of a database.</summary>
internal static class Partitions
{
    public static PartitionFunctionDefinition? Function(CatalogSnapshot catalog, string name) =>
        catalog.ObjectIdsByName.TryGetValue((PartitionFunctionDefinition.NameSpace, name), out int id) ? catalog.Find<PartitionFunctionDefinition>(id) : null;

    public static PartitionSchemeDefinition? Scheme(CatalogSnapshot catalog, string name) =>
        catalog.ObjectIdsByName.TryGetValue((PartitionSchemeDefinition.NameSpace, name), out int id) ? catalog.Find<PartitionSchemeDefinition>(id) : null;

    public static IEnumerable<PartitionFunctionDefinition> Functions(CatalogSnapshot catalog) => catalog.ObjectsById.Values.OfType<PartitionFunctionDefinition>().OrderBy(f => f.FunctionId);

    public static IEnumerable<PartitionSchemeDefinition> Schemes(CatalogSnapshot catalog) => catalog.ObjectsById.Values.OfType<PartitionSchemeDefinition>().OrderBy(s => s.SchemeId);

    /// <summary>The scheme and function of a table; null for a table that is not partitioned.</summary>
    public static (PartitionSchemeDefinition Scheme, PartitionFunctionDefinition Function)? Of(CatalogSnapshot catalog, TableDefinition table) =>
        table.PartitionSchemeId != 0 && catalog.Find<PartitionSchemeDefinition>(table.PartitionSchemeId) is { } scheme
            ? (scheme, catalog.Find<PartitionFunctionDefinition>(scheme.FunctionObjectId)!)
            : null;
}
