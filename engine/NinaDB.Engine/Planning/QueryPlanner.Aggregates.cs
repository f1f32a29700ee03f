using NinaDB.Engine.Binding;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Aggregates;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Planning;

internal sealed partial class QueryPlanner
{
    private Planned PlanAggregate(AggregateRelation aggregate, IReadOnlyList<BoundPredicate> conjuncts, RegisterSet required)
    {
        RegisterSet above = WithReferences(required, conjuncts);
        AggregateColumn[] used = aggregate.Aggregates.Where(a => above.Contains(a.Register)).ToArray();
        var needed = new RegisterSet();
        foreach (AggregateColumn column in used)
        {
            AggregateRelation.AddReferences(needed, column.Aggregate);
        }

        foreach (ComputedColumn group in aggregate.Groups)
        {
            needed.AddRange(ExpressionInfo.Registers(group.Expression));
        }

        AggregateSlot[] slots = Array.ConvertAll(used, a => new AggregateSlot(a.Register, CompiledAggregate.Compile(a.Aggregate, _compiler)));
        if (aggregate.Groups.Count == 0 && aggregate.Sets is null)
        {
            Planned rows = PlanExtreme(aggregate, used, needed) ?? Plan(aggregate.Input, [], needed, Wish.Nothing);
            return Check(new Planned(new ScalarAggregateNode(rows.Node, slots), 1, rows.Cost + rows.Rows, Planned.Unordered), conjuncts);
        }

        (List<BoundPredicate> pushed, List<BoundPredicate> kept) = SplitByGroups(aggregate, conjuncts);
        var wanted = new Wish(aggregate.Groups.All(g => g.Expression is BoundColumn) && aggregate.Sets is null
            ? aggregate.Groups.Select(g => new OrderColumn(g.Register, false)).ToArray()
            : [], double.PositiveInfinity);
        Planned input = Plan(aggregate.Input, pushed, needed, wanted with { Order = [] });
        double groups = Math.Max(1, Math.Min(input.Rows, Math.Sqrt(input.Rows) * aggregate.Groups.Count * 2));
        SqlComparer[] comparers = aggregate.Groups.Select(g => SqlComparer.For(g.Expression.Type)).ToArray();
        if (wanted.Order.Count > 0 && IsGroupedBy(input, wanted.Order))
        {
            var stream = new StreamAggregateNode(input.Node, aggregate.Groups.Select(g => g.Register).ToArray(), comparers, slots, needed.Intersect(aggregate.Input.Outputs).ToArray());
            return Check(input.With(stream, groups, input.Cost + (input.Rows * 0.5)), kept);
        }

        var hash = new HashAggregateNode
        {
            Input = input.Node,
            Groups = aggregate.Groups.Select(g => _compiler.Compile(g.Expression)).ToArray(),
            GroupRegisters = aggregate.Groups.Select(g => g.Register).ToArray(),
            Comparers = comparers,
            Aggregates = slots,
            Sets = aggregate.Sets,
            GroupingRegister = aggregate.GroupingRegister,
            EstimatedRows = groups,
        };
        return Check(new Planned(hash, groups, input.Cost + (input.Rows * Costs.HashBuild), Planned.Unordered), kept);
    }

    /// <summary>Conditions on plain grouping columns hold for whole groups: they can be checked on the rows before.</summary>
    private static (List<BoundPredicate> Pushed, List<BoundPredicate> Kept) SplitByGroups(AggregateRelation aggregate, IReadOnlyList<BoundPredicate> conjuncts)
    {
        var pushed = new List<BoundPredicate>();
        var kept = new List<BoundPredicate>();
        RegisterSet own = aggregate.Outputs.Copy();
        foreach (ComputedColumn group in aggregate.Groups)
        {
            if (group.Expression is BoundColumn column && column.Register == group.Register)
            {
                own.Remove(group.Register);
            }
        }

        foreach (BoundPredicate conjunct in conjuncts)
        {
            bool isPlain = aggregate.Sets is null && !RegisterSet.Of(conjunct).Overlaps(own) && !ExpressionInfo.ContainsSubquery(conjunct) && ExpressionInfo.IsDeterministic(conjunct);
            (isPlain ? pushed : kept).Add(conjunct);
        }

        return (pushed, kept);
    }

    /// <summary>Whether rows of one group stand together: the grouping columns are, in any sequence, the first columns of the order.</summary>
    private static bool IsGroupedBy(Planned input, IReadOnlyList<OrderColumn> groups)
    {
        var open = groups.Select(g => g.Register).Where(r => !input.Constants.Contains(r)).ToHashSet();
        foreach (OrderColumn column in input.Order)
        {
            if (open.Count == 0)
            {
                break;
            }

            if (!open.Remove(column.Register) && !input.Constants.Contains(column.Register))
            {
                return false;
            }
        }

        return open.Count == 0;
    }

    /// <summary>A lone MIN or MAX of a column: the first row of an index that has it in order. Null where there is no such index.</summary>
    private Planned? PlanExtreme(AggregateRelation aggregate, AggregateColumn[] used, RegisterSet needed)
    {
        if (used is not [{ Aggregate: { Name: "MIN" or "MAX", Arguments: [BoundColumn column] } only }])
        {
            return null;
        }

        OrderColumn order = new(column.Register, only.Name == "MAX");
        BoundPredicate[] notNull = column.IsNullable ? [new BoundIsNull(column, isNegated: true)] : [];
        Planned input = Plan(aggregate.Input, notNull, needed, new Wish([order], 1));
        if (!input.Satisfies([order]))
        {
            return null;
        }

        SqlValue one = SqlValue.FromBigInt(1);
        return input.With(new TopNode(input.Node, new TopCount(null, _ => one, IsFetch: false), null), 1, Costs.Seek);
    }

    private Planned PlanWindow(WindowRelation window, IReadOnlyList<BoundPredicate> conjuncts, RegisterSet required)
    {
        RegisterSet above = WithReferences(required, conjuncts);
        WindowColumn[] columns = window.Columns.Where(c => above.Contains(c.Register)).ToArray();

        // A condition on PARTITION BY columns of every window takes or leaves whole partitions.
        var pushed = new List<BoundPredicate>();
        var kept = new List<BoundPredicate>();
        foreach (BoundPredicate conjunct in conjuncts)
        {
            RegisterSet registers = RegisterSet.Of(conjunct).Intersect(window.Outputs);
            bool isPartition = !ExpressionInfo.ContainsSubquery(conjunct) && ExpressionInfo.IsDeterministic(conjunct)
                && columns.All(c => registers.ToArray().All(r => c.Window.PartitionBy.Any(p => p is BoundColumn column && column.Register == r)));
            (isPartition ? pushed : kept).Add(conjunct);
        }

        RegisterSet needed = above.Copy();
        foreach (WindowColumn column in columns)
        {
            column.AddReferences(needed);
        }

        Planned plan = Plan(window.Input, pushed, needed, Wish.Nothing);
        RegisterSet produced = window.Input.Outputs.Copy();
        plan = ComputeWindowKeys(plan, ref columns, needed, produced);
        foreach (IGrouping<WindowSpec, WindowColumn> group in columns.GroupBy(c => new WindowSpec(c.Window, window.Input)))
        {
            plan = AddWindow(plan, group.Key, [.. group], needed.Intersect(produced));
            foreach (WindowColumn column in group)
            {
                produced.Add(column.Register);
            }
        }

        return Check(plan, kept);
    }

    /// <summary>PARTITION BY and ORDER BY expressions that are no plain columns get registers.</summary>
    private Planned ComputeWindowKeys(Planned plan, ref WindowColumn[] columns, RegisterSet needed, RegisterSet produced)
    {
        var computed = new List<(BoundExpression Expression, BoundColumn Column)>();
        for (int i = 0; i < columns.Length; i++)
        {
            BoundWindow window = columns[i].Window;
            columns[i] = columns[i] with
            {
                Window = window with
                {
                    PartitionBy = window.PartitionBy.Select(Column).ToArray(),
                    OrderBy = window.OrderBy.Select(o => o with { Expression = Column(o.Expression) }).ToArray(),
                },
            };
        }

        if (computed.Count == 0)
        {
            return plan;
        }

        var node = new ComputeNode(plan.Node, computed.Select(c => c.Column.Register).ToArray(), computed.Select(c => _compiler.Compile(c.Expression)).ToArray());
        return plan.With(node, plan.Rows, plan.Cost + plan.Rows);

        BoundExpression Column(BoundExpression expression)
        {
            if (expression is BoundColumn or BoundConstant)
            {
                return expression;
            }

            foreach ((BoundExpression known, BoundColumn column) in computed)
            {
                if (ExpressionInfo.BoundComparer.Equals(known, expression))
                {
                    return column;
                }
            }

            var added = new BoundColumn(_context.AllocateRegister(), expression.Type, expression.IsNullable, "");
            computed.Add((expression, added));
            needed.Add(added.Register);
            produced.Add(added.Register);
            return added;
        }
    }

    /// <summary>Partition and order columns of a window; windows with the same share one pass.</summary>
    private sealed class WindowSpec(BoundWindow window, Relation input) : IEquatable<WindowSpec>
    {
        public BoundColumn[] Partition { get; } = window.PartitionBy.OfType<BoundColumn>().ToArray();

        public BoundOrder[] Order { get; } = window.OrderBy.Where(o => o.Expression is BoundColumn column && ConstantColumns.Find(input, column.Register) is null).ToArray();

        public bool Equals(WindowSpec? other) => other is not null
            && Partition.Select(p => p.Register).SequenceEqual(other.Partition.Select(p => p.Register))
            && Order.Select(o => (((BoundColumn)o.Expression).Register, o.IsDescending)).SequenceEqual(other.Order.Select(o => (((BoundColumn)o.Expression).Register, o.IsDescending)));

        public override bool Equals(object? obj) => Equals(obj as WindowSpec);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (BoundColumn column in Partition)
            {
                hash.Add(column.Register);
            }

            foreach (BoundOrder order in Order)
            {
                hash.Add(((BoundColumn)order.Expression).Register);
            }

            return hash.ToHashCode();
        }
    }

    private Planned AddWindow(Planned input, WindowSpec spec, WindowColumn[] columns, RegisterSet registers)
    {
        var keys = new List<SortKey>();
        foreach (BoundColumn column in spec.Partition)
        {
            keys.Add(new SortKey(column.Register, SqlComparer.For(column.Type), false));
        }

        foreach (BoundOrder order in spec.Order)
        {
            keys.Add(new SortKey(((BoundColumn)order.Expression).Register, SqlComparer.For(order.Expression.Type), order.IsDescending));
        }

        int[] kept = registers.ToArray();
        OrderColumn[] wanted = keys.ConvertAll(k => new OrderColumn(k.Register, k.IsDescending)).ToArray();
        if (!input.Satisfies(wanted))
        {
            input = input.With(new SortNode(input.Node, [.. keys], kept), input.Rows, input.Cost + Costs.Sort(input.Rows)) with { Order = wanted };
        }

        if (Array.TrueForAll(columns, c => c.Window is { Aggregate: null, Name: "ROW_NUMBER" }))
        {
            var numbers = new RowNumberNode(
                input.Node,
                Array.ConvertAll(spec.Partition, p => p.Register),
                Array.ConvertAll(spec.Partition, p => SqlComparer.For(p.Type)),
                Array.ConvertAll(columns, c => c.Register));
            return input.With(numbers, input.Rows, input.Cost + input.Rows);
        }

        var node = new WindowNode(
            input.Node,
            Array.ConvertAll(spec.Partition, p => p.Register),
            Array.ConvertAll(spec.Partition, p => SqlComparer.For(p.Type)),
            kept,
            Array.ConvertAll(columns, c => WindowEvaluator.Compile(c.Window, _compiler)),
            Array.ConvertAll(columns, c => c.Register));
        return input.With(node, input.Rows, input.Cost + (input.Rows * 2));
    }
}
