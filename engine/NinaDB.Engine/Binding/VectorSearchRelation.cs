using NinaDB.Engine.Catalog;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>A search of a vector index (or, without one, of the whole table) for the rows nearest to a vector.</summary>
internal sealed class VectorSearchRelation(TableRelation table, int column, BoundExpression query, string metric, int distanceRegister) : Relation
{
    public TableRelation Table { get; } = table;

    /// <summary>Ordinal of the vector column.</summary>
    public int Column { get; } = column;

    public BoundExpression Query { get; } = query;

    /// <summary>cosine, euclidean or dot.</summary>
    public string Metric { get; } = metric;

    public int DistanceRegister { get; } = distanceRegister;

    /// <summary>TOP_N; null where the block's TOP (n) WITH APPROXIMATE limits the search.</summary>
    public BoundExpression? TopN { get; init; }

    public override void AddOutputs(RegisterSet set)
    {
        Table.AddOutputs(set);
        set.Add(DistanceRegister);
    }

    public override void AddReferences(RegisterSet set)
    {
        set.AddRange(ExpressionInfo.Registers(Query));
        if (TopN is not null)
        {
            set.AddRange(ExpressionInfo.Registers(TopN));
        }
    }
}
