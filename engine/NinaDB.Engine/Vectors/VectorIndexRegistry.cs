using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Vectors;

/// <summary>The vector indexes of a store that are in memory.</summary>
internal sealed class VectorIndexRegistry(IKeyValueStore store)
{
    public IKeyValueStore Store => store;

    /// <summary>The tree was cleared or dropped in the connection's transaction.</summary>
    public void TreeChanged(int tree, IStoreConnection connection)
    {
    }
}
