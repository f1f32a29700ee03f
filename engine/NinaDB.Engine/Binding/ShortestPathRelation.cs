namespace NinaDB.Engine.Binding;

/// <summary>The numbers that identify a node: the object id of its table, and its id in there.</summary>
internal readonly record struct GraphEnd(BoundExpression Object, BoundExpression Id)
{
    public void AddReferences(RegisterSet set)
    {
        set.AddRange(ExpressionInfo.Registers(Object));
        set.AddRange(ExpressionInfo.Registers(Id));
    }
}

/// <summary>What a query asks of a path: an aggregate over its steps, or an expression over its last step.</summary>
internal readonly record struct PathColumn(int Register, BoundAggregate? Aggregate, BoundExpression? Last)
{
    public void AddReferences(RegisterSet set)
    {
        if (Aggregate is not null)
        {
            AggregateRelation.AddReferences(set, Aggregate);
        }
        else
        {
            set.AddRange(ExpressionInfo.Registers(Last!));
        }
    }
}

/// <summary>
/// SHORTEST_PATH: for a start node (of registers outside: the right side of an apply), every node that repeating the pattern reaches, with the first path found of
/// the smallest number of repetitions.
/// </summary>
internal sealed class ShortestPathRelation(GraphEnd start, Relation step, GraphEnd near, GraphEnd far, int objectRegister, int idRegister) : Relation
{
    public GraphEnd Start { get; } = start;

    /// <summary>One repetition of the pattern: edges and nodes joined, from any node.</summary>
    public Relation Step { get; } = step;

    /// <summary>The node that a repetition starts from, as the first edge names it.</summary>
    public GraphEnd Near { get; } = near;

    /// <summary>The node that a repetition ends at.</summary>
    public GraphEnd Far { get; } = far;

    /// <summary>Registers that receive the last node of the path.</summary>
    public int LastObjectRegister { get; } = objectRegister;

    public int LastIdRegister { get; } = idRegister;

    /// <summary>Registers through which the step reads the node to go on from, where it looks edges up one node at a time.</summary>
    public required int FrontierObjectRegister { get; init; }

    public required int FrontierIdRegister { get; init; }

    /// <summary>Most repetitions; null for any number.</summary>
    public int? MaximumHops { get; init; }

    public List<PathColumn> Columns { get; } = [];

    /// <summary>The first edge's table and the columns of its near end, where an index may find the edges of one node; null otherwise.</summary>
    public (Catalog.TableDefinition Table, int ObjectColumnId, int IdColumnId)? Entry { get; init; }

    public override void AddOutputs(RegisterSet set)
    {
        set.Add(LastObjectRegister);
        set.Add(LastIdRegister);
        foreach (PathColumn column in Columns)
        {
            set.Add(column.Register);
        }
    }

    public override void AddReferences(RegisterSet set)
    {
        Start.AddReferences(set);
        set.AddRange(Step.References);
        Near.AddReferences(set);
        Far.AddReferences(set);
        foreach (PathColumn column in Columns)
        {
            column.AddReferences(set);
        }
    }
}
