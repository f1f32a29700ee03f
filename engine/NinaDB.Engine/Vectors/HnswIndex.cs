using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Vectors;

/// <summary>A row found by a vector index.</summary>
internal readonly record struct VectorMatch(byte[] Locator, double Distance);

/// <summary>
/// A Hierarchical Navigable Small World graph over the vectors of one column (arXiv:1603.09320). Committed state is read by any number of threads without locks: nodes
/// are immutable objects, replaced as a whole. The one writer keeps its changes in an overlay (<see cref="HnswTransaction"/>) that only its own session sees and that is
/// applied with the commit. Rows with identical vectors share a node, so duplicates are always found together.
/// </summary>
internal sealed partial class HnswIndex
{
    private readonly VectorIndexRegistry _registry;

    /// <summary>The overlay of the session that is writing; there is at most one.</summary>
    private volatile HnswTransaction? _transaction;

    internal HnswIndex(VectorIndexRegistry registry, int tree, HnswOptions options)
    {
        _registry = registry;
        Tree = tree;
        Options = options;
    }

    /// <summary>Storage tree of the graph.</summary>
    public int Tree { get; }

    public HnswOptions Options { get; }

    /// <summary>Rows that the connection's session sees in the index.</summary>
    public int Count(IStoreConnection connection) => ViewOf(connection).RowCount;

    /// <summary>Adds a row's vector within the connection's write transaction.</summary>
    public void Insert(IStoreConnection connection, byte[] locator, ReadOnlySpan<float> vector)
    {
        float[] prepared = Prepare(vector);
        HnswTransaction transaction = Enlist(connection);
        ulong hash = VectorMath.Hash(prepared);
        int twin = transaction.FindVector(hash);
        if (twin >= 0 && VectorOf(twin).SequenceEqual(prepared))
        {
            transaction.AddLocator(twin, locator);
            return;
        }

        int id = transaction.Allocate(hash);
        prepared.CopyTo(VectorOf(id));
        EncodeVector(id);
        Link(transaction, id, locator);
    }

    /// <summary>Removes a row within the connection's write transaction; does nothing when it is not in the index.</summary>
    public void Delete(IStoreConnection connection, byte[] locator)
    {
        HnswTransaction transaction = Enlist(connection);
        if (transaction.RemoveLocator(locator) && transaction.Tombstones > 32 && transaction.Tombstones > transaction.NodeCount / 4)
        {
            Compact(transaction);
        }
    }

    private HnswTransaction Enlist(IStoreConnection connection)
    {
        HnswTransaction? transaction = _transaction;
        if (transaction?.Connection != connection)
        {
            transaction = new HnswTransaction(this, connection);
            connection.Enlist(transaction);
            _transaction = transaction;
        }

        return transaction;
    }

    private View ViewOf(IStoreConnection connection) =>
        _transaction is { } transaction && transaction.Connection == connection && connection.InWriteTransaction ? new View(this, transaction) : new View(this, null);

    private float[] Prepare(ReadOnlySpan<float> vector)
    {
        if (vector.Length != Options.Dimensions)
        {
            throw SqlErrors.Create(42204, vector.Length, Options.Dimensions);
        }

        float[] copy = vector.ToArray();
        if (Options.Metric == VectorMetric.Cosine)
        {
            VectorMath.Normalize(copy);
        }

        return copy;
    }

    /// <summary>Order of nearness: smaller is nearer. Squared for euclidean.</summary>
    private float Nearness(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Options.Metric switch
    {
        VectorMetric.Cosine => 1 - VectorMath.Dot(a, b),
        VectorMetric.Dot => -VectorMath.Dot(a, b),
        _ => VectorMath.SquaredDistance(a, b),
    };

    /// <summary>Nearness as VECTOR_DISTANCE reports it.</summary>
    private double DistanceOf(float nearness) => Options.Metric == VectorMetric.Euclidean ? Math.Sqrt(nearness) : nearness;
}
