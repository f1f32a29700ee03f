using NinaDB.Engine.Catalog;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Vectors;

/// <summary>The vector indexes of a store that are in memory.</summary>
internal sealed class VectorIndexRegistry(IKeyValueStore store)
{
    public IKeyValueStore Store => store;

    public HnswIndex Get(IStoreConnection connection, IndexDefinition index, int dimensions) => throw new NotImplementedException();

    /// <summary>The tree was cleared or dropped in the connection's transaction.</summary>
    public void TreeChanged(int tree, IStoreConnection connection)
    {
    }
}
