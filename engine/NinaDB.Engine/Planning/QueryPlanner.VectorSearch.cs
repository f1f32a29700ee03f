using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Planning;

internal sealed partial class QueryPlanner
{
    private const double VectorSearchCost = 500;

    private Planned PlanVectorSearch(VectorSearchRelation search, IReadOnlyList<BoundPredicate> conjuncts, RegisterSet required, Evaluator? limit)
    {
        if (search.TopN is null && !_approximate.Contains(search))
        {
            throw SqlErrors.Create(42271);
        }

        TableRelation table = search.Table;
        RegisterSet read = WithSecurity(table, WithReferences(required, conjuncts));
        var ordinals = new List<int>();
        var targets = new List<int>();
        for (int i = 0; i < table.Registers.Length; i++)
        {
            if (read.Contains(table.Registers[i]))
            {
                ordinals.Add(i);
                targets.Add(table.Registers[i]);
            }
        }

        int index = -1;
        for (int i = 0; i < table.Table.Indexes.Length; i++)
        {
            IndexDefinition candidate = table.Table.Indexes[i];
            if (candidate.Kind == IndexKind.Vector && !candidate.IsDisabled && candidate.KeyColumns[0].ColumnId == table.Table.Columns[search.Column].ColumnId)
            {
                index = i;
            }
        }

        var node = new VectorSearchNode
        {
            Table = table.Table,
            Index = index,
            Column = search.Column,
            Query = _compiler.Compile(search.Query),
            TopN = search.TopN is null ? limit : _compiler.Compile(search.TopN),
            Metric = search.Metric,
            Ordinals = [.. ordinals],
            Targets = [.. targets],
            DistanceRegister = search.DistanceRegister,
            LocatorRegister = table.LocatorRegister,
            Name = table.Name,
            Security = CompileSecurity(table),
        };
        double rows = search.TopN is BoundConstant { Value.IsNull: false } constant ? constant.Value.AsInt64 : 100;
        node.EstimatedRows = rows;
        return Check(new Planned(node, rows, VectorSearchCost + rows, [new OrderColumn(search.DistanceRegister, false)]), conjuncts);
    }

    /// <summary>Searches that a TOP (n) WITH APPROXIMATE above them limits: they go on, nearest first, for as long as rows are asked for.</summary>
    private readonly HashSet<VectorSearchRelation> _approximate = [];

    private void CheckApproximate(TopRelation top)
    {
        VectorSearchRelation search = FindSearch(top.Input) ?? throw SqlErrors.Create(42271);
        if (search.TopN is not null)
        {
            throw SqlErrors.Create(42274);
        }

        if (top.Input is not SortRelation { Keys: [{ IsDescending: false, Expression: BoundColumn key }] } || key.Register != search.DistanceRegister)
        {
            throw SqlErrors.Create(42271);
        }

        _approximate.Add(search);
    }

    private static VectorSearchRelation? FindSearch(Relation relation) => relation switch
    {
        VectorSearchRelation search => search,
        UnaryRelation unary => FindSearch(unary.Input),
        JoinRelation join => FindSearch(join.Left) ?? FindSearch(join.Right),
        _ => null,
    };
}
