using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Clr;

/// <summary>
/// An assembly of the catalog in a collectible context of its own. It lives as long as something refers to its <see cref="AssemblyDefinition"/>:
/// dropping or altering the assembly leaves the context to the garbage collector.
/// </summary>
internal sealed class LoadedAssembly
{
    private readonly ImmutableDictionary<string, AssemblyDefinition> _siblings;

    public LoadedAssembly(AssemblyDefinition definition, ImmutableDictionary<string, AssemblyDefinition> siblings)
    {
        _siblings = siblings;
        var context = new AssemblyLoadContext("sqlclr:" + definition.Name, isCollectible: true);
        context.Resolving += Resolve;
        Assembly = context.LoadFromStream(new MemoryStream(definition.Content, writable: false));
    }

    public Assembly Assembly { get; }

    /// <summary>References to other assemblies of the catalog load into the same context.</summary>
    private Assembly? Resolve(AssemblyLoadContext context, AssemblyName name)
    {
        AssemblyDefinition? sibling = _siblings.Values.FirstOrDefault(a =>
            AssemblyInspector.SimpleName(a.ClrName).Equals(name.Name, StringComparison.OrdinalIgnoreCase));
        return sibling is null ? null : context.LoadFromStream(new MemoryStream(sibling.Content, writable: false));
    }
}
