using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Planning;

/// <summary>
/// Turns bound relations into operators: pushes conditions down to where their columns appear, picks indexes, orders joins by estimated cost, avoids sorts that an
/// index makes unnecessary. Conditions travel down as a list of conjuncts that each relation takes over, passes on or checks on top.
/// </summary>
internal sealed partial class QueryPlanner : IQueryPlanner
{
    private readonly CompilationContext _context;
    private readonly ExpressionCompiler _compiler;

    private readonly PlanOptions _options;

    public QueryPlanner(CompilationContext context, PlanOptions? options = null)
    {
        _context = context;
        _options = options ?? new PlanOptions();
        _compiler = new ExpressionCompiler(this, context.Options);
    }

    public ExpressionCompiler Compiler => _compiler;

    /// <summary>Plans a subquery; all of its columns are wanted.</summary>
    public PlanNode Plan(BoundQuery query)
    {
        var select = (BoundSelect)query;
        var required = new RegisterSet();
        foreach (OutputColumn column in select.Columns)
        {
            required.Add(column.Register);
        }

        foreach ((_, BoundExpression value) in select.Assignments)
        {
            required.AddRange(ExpressionInfo.Registers(value));
        }

        return Plan(select.Root, [], required, Wish.Nothing).Node;
    }

    /// <param name="conjuncts">Conditions that the result must meet, over the relation's own columns and registers from outside.</param>
    /// <param name="required">Registers that somebody above reads (others may be left unset).</param>
    private Planned Plan(Relation relation, IReadOnlyList<BoundPredicate> conjuncts, RegisterSet required, Wish wish)
    {
        switch (relation)
        {
            case FilterRelation filter:
                return Plan(filter.Input, Join(ExpressionInfo.Conjuncts(filter.Predicate), conjuncts), required, wish);
            case SingleRowRelation or WorkRowRelation:
                return Check(new Planned(new SingleRowNode(), 1, 0, Planned.Unordered), conjuncts);
            case ValuesRelation values:
                return PlanValues(values, conjuncts);
            case ProducedRelation produced:
                return PlanProduced(produced, conjuncts, required);
            case TableRelation table:
                return HasSubqueryJoin(conjuncts) ? PlanBlock(table, conjuncts, required, wish) : PlanTable(table, conjuncts, required, wish);
            case ProjectRelation project:
                return PlanProject(project, conjuncts, required, wish);
            case SampleRelation sample:
                return PlanSample(sample, conjuncts, required);
            case JoinRelation:
                return PlanBlock(relation, conjuncts, required, wish);
            case AggregateRelation aggregate:
                return PlanAggregate(aggregate, conjuncts, required);
            case WindowRelation window:
                return PlanWindow(window, conjuncts, required);
            case SortRelation sort:
                return PlanSort(sort, conjuncts, required, wish);
            case TopRelation top:
                return PlanTop(top, conjuncts, required);
            case DistinctRelation distinct:
                return PlanDistinct(distinct, conjuncts);
            case ConcatRelation concat:
                return PlanConcat(concat, conjuncts, required);
            case MatchSetRelation match:
                return PlanMatchSet(match, conjuncts);
            case RecursiveRelation recursive:
                return PlanRecursive(recursive, conjuncts);
            case FormatRelation format:
                return PlanFormat(format, conjuncts);
            case ShortestPathRelation path:
                return PlanShortestPath(path, conjuncts, required);
            case VectorSearchRelation search:
                return PlanVectorSearch(search, conjuncts, required, null);
            default:
                throw SqlErrors.NotSupported(relation.GetType().Name);
        }
    }

    private static IReadOnlyList<BoundPredicate> Join(IReadOnlyList<BoundPredicate> first, IReadOnlyList<BoundPredicate> second) =>
        first.Count == 0 ? second : second.Count == 0 ? first : [.. first, .. second];

    /// <summary>Checks conditions on top of a plan; those without columns of the plan before it starts.</summary>
    private Planned Check(Planned input, IReadOnlyList<BoundPredicate> conjuncts)
    {
        if (conjuncts.Count == 0)
        {
            return input;
        }

        var startup = new List<BoundPredicate>();
        var perRow = new List<BoundPredicate>();
        foreach (BoundPredicate conjunct in conjuncts)
        {
            (IsStartup(conjunct) ? startup : perRow).Add(conjunct);
        }

        double rows = input.Rows;
        foreach (BoundPredicate conjunct in perRow)
        {
            rows *= Selectivity(conjunct);
        }

        Planned result = input;
        if (perRow.Count > 0)
        {
            result = result.With(new FilterNode(result.Node, _compiler.Compile(ExpressionInfo.And(perRow)!)), rows, result.Cost + (input.Rows * Costs.Predicate * perRow.Count));
        }

        return startup.Count == 0 ? result : result.With(new StartupFilterNode(result.Node, _compiler.Compile(ExpressionInfo.And(startup)!)), rows, result.Cost);
    }

    /// <summary>A condition on variables and constants only: one value for the whole run.</summary>
    private static bool IsStartup(BoundPredicate predicate) =>
        ExpressionInfo.Registers(predicate).Count == 0 && !ExpressionInfo.ContainsSubquery(predicate) && ExpressionInfo.IsDeterministic(predicate);

    private Planned PlanValues(ValuesRelation values, IReadOnlyList<BoundPredicate> conjuncts)
    {
        Evaluator[][] rows = values.Rows.Select(r => r.Select(_compiler.Compile).ToArray()).ToArray();
        return Check(new Planned(new ValuesNode(values.Registers, rows), rows.Length, rows.Length * 0.1, Planned.Unordered), conjuncts);
    }

    private Planned PlanProduced(ProducedRelation produced, IReadOnlyList<BoundPredicate> conjuncts, RegisterSet required)
    {
        RegisterSet needed = WithReferences(required, conjuncts);
        int[] registers = Array.ConvertAll(produced.Registers, r => needed.Contains(r) ? r : -1);
        Evaluator?[] arguments = produced.Arguments.Select(a => a is null ? null : _compiler.Compile(a)).ToArray();
        var node = new ProducedNode(produced.Name, registers, arguments, produced.Producer) { EstimatedRows = produced.EstimatedRows };
        return Check(new Planned(node, produced.EstimatedRows, produced.EstimatedRows + 20, Planned.Unordered), conjuncts);
    }

    private Planned PlanProject(ProjectRelation project, IReadOnlyList<BoundPredicate> conjuncts, RegisterSet required, Wish wish)
    {
        var computed = new RegisterSet();
        var map = new Dictionary<int, BoundExpression>();
        foreach (ComputedColumn column in project.Columns)
        {
            computed.Add(column.Register);
            if (ExpressionInfo.IsDeterministic(column.Expression) && !ExpressionInfo.ContainsSubquery(column.Expression))
            {
                map[column.Register] = column.Expression;
            }
        }

        // Conditions on computed columns go down as conditions on what they are computed from, where that cannot change the result.
        var pushed = new List<BoundPredicate>();
        var kept = new List<BoundPredicate>();
        foreach (BoundPredicate conjunct in conjuncts)
        {
            RegisterSet registers = RegisterSet.Of(conjunct);
            if (!registers.Overlaps(computed))
            {
                pushed.Add(conjunct);
            }
            else if (registers.Intersect(computed).ToArray().All(map.ContainsKey) && ExpressionInfo.Substitute(conjunct, r => map.GetValueOrDefault(r)) is { } substituted)
            {
                pushed.Add(substituted);
            }
            else
            {
                kept.Add(conjunct);
            }
        }

        RegisterSet needed = WithReferences(required, kept);
        ComputedColumn[] columns = project.Columns.Where(c => needed.Contains(c.Register)).ToArray();
        RegisterSet below = needed.Copy();
        below.RemoveRange(computed);
        foreach (ComputedColumn column in columns)
        {
            below.AddRange(ExpressionInfo.Registers(column.Expression));
        }

        Planned input = Plan(project.Input, pushed, below, TranslateWish(wish, project));
        if (columns.Length > 0)
        {
            var node = new ComputeNode(input.Node, Array.ConvertAll(columns, c => c.Register), Array.ConvertAll(columns, c => _compiler.Compile(c.Expression)));
            var order = input.Order.ToList();
            foreach (ComputedColumn column in columns)
            {
                // A copy of an ordered column is ordered too.
                if (column.Expression is BoundColumn source && order.FindIndex(o => o.Register == source.Register) is >= 0 and int at && required.Contains(column.Register) && !required.Contains(source.Register))
                {
                    order[at] = order[at] with { Register = column.Register };
                }
            }

            input = input.With(node, input.Rows, input.Cost + (input.Rows * 0.1 * columns.Length)) with { Order = order };
        }

        return Check(input, kept);
    }

    private static Wish TranslateWish(Wish wish, ProjectRelation project)
    {
        if (wish.Order.Count == 0)
        {
            return wish;
        }

        var order = new List<OrderColumn>();
        foreach (OrderColumn column in wish.Order)
        {
            int at = -1;
            for (int i = 0; i < project.Columns.Count; i++)
            {
                at = project.Columns[i].Register == column.Register ? i : at;
            }

            if (at < 0)
            {
                order.Add(column);
            }
            else if (project.Columns[at].Expression is BoundColumn source)
            {
                order.Add(column with { Register = source.Register });
            }
            else
            {
                return Wish.Nothing;
            }
        }

        return wish with { Order = order };
    }

    /// <summary>The sample is drawn before any condition is looked at.</summary>
    private Planned PlanSample(SampleRelation sample, IReadOnlyList<BoundPredicate> conjuncts, RegisterSet required)
    {
        Planned input = Plan(sample.Input, [], WithReferences(required, conjuncts), Wish.Nothing);
        double share = sample.IsPercent ? sample.Size / 100 : Math.Min(1, sample.Size / Math.Max(1, input.Rows));
        var node = new SampleNode(input.Node, share, sample.RowsPerPage, sample.Seed);
        return Check(input.With(node, Math.Max(1, input.Rows * share), input.Cost), conjuncts);
    }

    private static RegisterSet WithReferences(RegisterSet required, IReadOnlyList<BoundPredicate> conjuncts)
    {
        if (conjuncts.Count == 0)
        {
            return required;
        }

        RegisterSet result = required.Copy();
        foreach (BoundPredicate conjunct in conjuncts)
        {
            result.AddRange(ExpressionInfo.Registers(conjunct));
        }

        return result;
    }

    private static IReadOnlyList<OrderColumn> OrderOf(IReadOnlyList<BoundOrder> keys) =>
        keys.Select(k => new OrderColumn(((BoundColumn)k.Expression).Register, k.IsDescending)).ToArray();

    private static SortKey[] SortKeysOf(IReadOnlyList<BoundOrder> keys) =>
        keys.Select(k => new SortKey(((BoundColumn)k.Expression).Register, SqlComparer.For(k.Expression.Type), k.IsDescending)).ToArray();

    private Planned PlanSort(SortRelation sort, IReadOnlyList<BoundPredicate> conjuncts, RegisterSet required, Wish wish)
    {
        (Planned input, RegisterSet needed) = PlanSortInput(sort, conjuncts, required, wish.RowGoal);
        return SortUnlessOrdered(input, sort, needed);
    }

    private (Planned Input, RegisterSet Needed) PlanSortInput(SortRelation sort, IReadOnlyList<BoundPredicate> conjuncts, RegisterSet required, double rowGoal)
    {
        RegisterSet needed = required.Copy();
        foreach (BoundOrder key in sort.Keys)
        {
            needed.AddRange(ExpressionInfo.Registers(key.Expression));
        }

        return (Plan(sort.Input, conjuncts, needed, new Wish(OrderOf(sort.Keys), rowGoal)), needed);
    }

    private static Planned SortUnlessOrdered(Planned input, SortRelation sort, RegisterSet needed)
    {
        IReadOnlyList<OrderColumn> order = OrderOf(sort.Keys);
        if (input.Satisfies(order))
        {
            return input;
        }

        int[] registers = needed.Intersect(sort.Outputs).ToArray();
        return input.With(new SortNode(input.Node, SortKeysOf(sort.Keys), registers), input.Rows, input.Cost + Costs.Sort(input.Rows)) with { Order = order };
    }

    private Planned PlanTop(TopRelation top, IReadOnlyList<BoundPredicate> conjuncts, RegisterSet required)
    {
        if (top.WithApproximate)
        {
            CheckApproximate(top);
        }

        double goal = top.Count is BoundConstant { Value.IsNull: false } constant && !top.IsPercent ? constant.Value.AsInt64 : top.IsPercent ? double.PositiveInfinity : 100;
        if (top.Offset is BoundConstant { Value.IsNull: false } offset)
        {
            goal += offset.Value.AsInt64;
        }

        var sort = top.Input as SortRelation;
        RegisterSet needed = required;
        Planned input;
        if (sort is null)
        {
            input = Plan(top.Input, [], WithReferences(required, conjuncts), new Wish([], goal));
        }
        else
        {
            (input, needed) = PlanSortInput(sort, [], WithReferences(required, conjuncts), goal);
        }

        Planned result = LimitRows(top, sort, input, needed, goal);
        return Check(result, conjuncts);
    }

    private Planned LimitRows(TopRelation top, SortRelation? sort, Planned input, RegisterSet needed, double goal)
    {
        SortKey[]? ties = top.WithTies && sort is not null ? SortKeysOf(sort.Keys) : null;
        if (top.IsPercent)
        {
            if (sort is not null)
            {
                input = SortUnlessOrdered(input, sort, needed);
            }

            int[] kept = needed.Intersect(top.Outputs).ToArray();
            return input.With(new TopPercentNode(input.Node, _compiler.Compile(top.Count!), ties, kept), input.Rows / 2, input.Cost + input.Rows);
        }

        var count = new TopCount(top.Offset is null ? null : _compiler.Compile(top.Offset), top.Count is null ? null : _compiler.Compile(top.Count), top.IsFetch);
        double rows = Math.Min(input.Rows, goal);
        if (sort is not null && !input.Satisfies(OrderOf(sort.Keys)) && ties is null && top.Count is not null)
        {
            int[] registers = needed.Intersect(sort.Outputs).ToArray();
            return input.With(new TopSortNode(input.Node, SortKeysOf(sort.Keys), registers, count), rows, input.Cost + (input.Rows * 0.5)) with { Order = OrderOf(sort.Keys) };
        }

        if (sort is not null)
        {
            input = SortUnlessOrdered(input, sort, needed);
        }

        return input.With(new TopNode(input.Node, count, ties), rows, input.Cost * (input.Rows > goal ? goal / input.Rows : 1));
    }

    private Planned PlanDistinct(DistinctRelation distinct, IReadOnlyList<BoundPredicate> conjuncts)
    {
        var needed = new RegisterSet();
        distinct.AddOutputs(needed);
        Planned input = Plan(distinct.Input, conjuncts, needed, Wish.Nothing);
        int[] registers = distinct.Columns.Select(c => c.Register).Distinct().ToArray();
        SqlComparer[] comparers = registers.Select(r => SqlComparer.For(distinct.Columns.First(c => c.Register == r).Type)).ToArray();
        return input.With(new DistinctNode(input.Node, registers, comparers), Math.Max(1, input.Rows * 0.5), input.Cost + (input.Rows * Costs.HashBuild));
    }

    private Planned PlanConcat(ConcatRelation concat, IReadOnlyList<BoundPredicate> conjuncts, RegisterSet required)
    {
        Planned[] inputs = concat.Inputs.Select(i => Plan(i, conjuncts, required, Wish.Nothing)).ToArray();
        double rows = inputs.Sum(i => i.Rows);
        return new Planned(new ConcatNode(Array.ConvertAll(inputs, i => i.Node)) { EstimatedRows = rows }, rows, inputs.Sum(i => i.Cost), Planned.Unordered);
    }

    private Planned PlanMatchSet(MatchSetRelation match, IReadOnlyList<BoundPredicate> conjuncts)
    {
        int[] left = match.LeftColumns.Select(c => c.Register).ToArray();
        int[] right = match.RightColumns.Select(c => c.Register).ToArray();
        var leftNeeded = new RegisterSet();
        leftNeeded.AddRange(left);
        var rightNeeded = new RegisterSet();
        rightNeeded.AddRange(right);
        Planned leftPlan = Plan(match.Left, [], leftNeeded, Wish.Nothing);
        Planned rightPlan = Plan(match.Right, [], rightNeeded, Wish.Nothing);
        SqlComparer[] comparers = match.LeftColumns.Select(c => SqlComparer.For(c.Type)).ToArray();
        var node = new MatchSetNode(match.IsExcept, leftPlan.Node, rightPlan.Node, left, right, comparers);
        double rows = Math.Max(1, leftPlan.Rows * 0.5);
        return Check(leftPlan.With(node, rows, leftPlan.Cost + rightPlan.Cost + ((leftPlan.Rows + rightPlan.Rows) * Costs.HashBuild)), conjuncts);
    }

    private Planned PlanRecursive(RecursiveRelation recursive, IReadOnlyList<BoundPredicate> conjuncts)
    {
        var all = new RegisterSet();
        all.AddRange(recursive.Registers);
        Planned anchor = Plan(recursive.Anchor, [], all, Wish.Nothing);
        Planned[] members = recursive.Members.Select(m => Plan(m, [], all, Wish.Nothing)).ToArray();
        var node = new RecursionNode(anchor.Node, Array.ConvertAll(members, m => m.Node), recursive.Registers, recursive.WorkRegisters, recursive.Maximum);
        double rows = anchor.Rows * 10;
        node.EstimatedRows = rows;
        return Check(new Planned(node, rows, anchor.Cost + (rows * members.Sum(m => m.Cost)), Planned.Unordered), conjuncts);
    }

    private Planned PlanFormat(FormatRelation format, IReadOnlyList<BoundPredicate> conjuncts)
    {
        var needed = new RegisterSet();
        needed.AddRange(format.Columns.Select(c => c.Register));
        Planned input = Plan(format.Input, [], needed, Wish.Nothing);
        PlanNode rows = format.Masked.Count == 0 ? input.Node : new MaskNode(input.Node, format.Masked) { EstimatedRows = input.Rows };
        return Check(input.With(new FormatNode(rows, format.Register, format.Formatter, format.IsStatementResult), 1, input.Cost + input.Rows) with { Order = Planned.Unordered }, conjuncts);
    }
}
