using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Vectors;

internal readonly record struct VectorMatch(byte[] Locator, double Distance);

internal sealed partial class HnswIndex
{
    public void Insert(IStoreConnection connection, byte[] locator, float[] vector) => throw new NotImplementedException();

    public void Delete(IStoreConnection connection, byte[] locator) => throw new NotImplementedException();

    public IReadOnlyList<VectorMatch> Search(IStoreConnection connection, float[] query, int count, int effort, Func<byte[], bool>? filter) => throw new NotImplementedException();
}
