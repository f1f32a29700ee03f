using System.Runtime.CompilerServices;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Clr;

/// <remarks>The classes behind aggregates.</remarks>
internal static partial class ClrHost
{
    private static readonly ConditionalWeakTable<ModuleDefinition, ClrAggregate> Aggregates = [];

    /// <summary>The bound class of an aggregate; error 6263 unless clr enabled is on.</summary>
    public static ClrAggregate Aggregate(ModuleDefinition module, CatalogSnapshot catalog)
    {
        if (catalog.ConfigurationInUse("clr enabled", 0) == 0)
        {
            throw SqlErrors.Create(6263);
        }

        return AggregateClass(module, catalog);
    }

    /// <summary>Whether the aggregate says of itself that NULLs do not count.</summary>
    public static bool IsInvariantToNulls(ModuleDefinition module, CatalogSnapshot catalog) => AggregateClass(module, catalog).IsInvariantToNulls;

    /// <summary>What an aggregate's class throws, as error 6522.</summary>
    public static Exception AggregateFailed(Exception error, ModuleDefinition module, ClrAggregate aggregate) => Wrap(error, module.Name, aggregate.Type.Assembly, 6522, 2);

    private static ClrAggregate AggregateClass(ModuleDefinition module, CatalogSnapshot catalog)
    {
        if (Aggregates.TryGetValue(module, out ClrAggregate? known)
            && catalog.Assemblies.TryGetValue(module.External!.Assembly, out AssemblyDefinition? current) && ReferenceEquals(current, known.AssemblyDefinition))
        {
            return known;
        }

        ClrAggregate bound = ClrAggregate.Bind(module, catalog, a => Load(a, catalog));
        Aggregates.AddOrUpdate(module, bound);
        return bound;
    }
}
