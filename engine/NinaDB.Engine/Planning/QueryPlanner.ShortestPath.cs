using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Execution.Aggregates;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Planning;

internal sealed partial class QueryPlanner
{
    /// <summary>Nodes that a path is reckoned to reach.</summary>
    private const double ReachedNodes = 100;

    /// <summary>With an index on the first edge's near end the edges of each node are looked up when the search comes to it; without one they are all read once.</summary>
    private Planned PlanShortestPath(ShortestPathRelation path, IReadOnlyList<BoundPredicate> conjuncts, RegisterSet required)
    {
        RegisterSet wanted = WithReferences(required, conjuncts);
        PathColumn[] columns = [.. path.Columns.Where(c => wanted.Contains(c.Register))];
        var read = new RegisterSet();
        foreach (PathColumn column in columns)
        {
            column.AddReferences(read);
        }

        int[] kept = read.Intersect(path.Step.Outputs).ToArray();
        path.Far.AddReferences(read);
        bool seeks = path.Entry is { } entry && entry.Table.Indexes.Any(i =>
            i is { Kind: IndexKind.Clustered or IndexKind.NonClustered, FilterText: null, IsDisabled: false, KeyColumns.Length: >= 2 }
            && i.KeyColumns[0].ColumnId == entry.ObjectColumnId && i.KeyColumns[1].ColumnId == entry.IdColumnId);
        Relation step = path.Step;
        if (seeks)
        {
            BoundPredicate[] isNear =
            [
                new BoundComparison(ComparisonOperator.Equal, path.Near.Object, new BoundColumn(path.FrontierObjectRegister, SqlType.Int, false, "")),
                new BoundComparison(ComparisonOperator.Equal, path.Near.Id, new BoundColumn(path.FrontierIdRegister, SqlType.BigInt, false, "")),
            ];
            step = new FilterRelation(step, ExpressionInfo.And(isNear)!);
        }
        else
        {
            path.Near.AddReferences(read);
        }

        Planned planned = Plan(step, [], read, Wish.Nothing);
        var node = new ShortestPathNode(planned.Node)
        {
            Seeks = seeks,
            Start = Compile(path.Start),
            Near = Compile(path.Near),
            Far = Compile(path.Far),
            FrontierObjectRegister = path.FrontierObjectRegister,
            FrontierIdRegister = path.FrontierIdRegister,
            LastObjectRegister = path.LastObjectRegister,
            LastIdRegister = path.LastIdRegister,
            Kept = kept,
            Columns =
            [
                .. columns.Select(c => new ShortestPathColumn(
                    c.Register, c.Aggregate is null ? null : CompiledAggregate.Compile(c.Aggregate, _compiler), c.Last is null ? null : _compiler.Compile(c.Last))),
            ],
            MaximumHops = path.MaximumHops ?? int.MaxValue,
            EstimatedRows = ReachedNodes,
        };
        double cost = (seeks ? ReachedNodes * (planned.Cost + Costs.Restart) : planned.Cost * 2) + ReachedNodes;
        return Check(new Planned(node, ReachedNodes, cost, Planned.Unordered), conjuncts);
    }

    private CompiledGraphEnd Compile(GraphEnd end) => new(_compiler.Compile(end.Object), _compiler.Compile(end.Id));
}
