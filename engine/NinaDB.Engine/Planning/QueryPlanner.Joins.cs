using NinaDB.Engine.Binding;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Planning;

internal sealed partial class QueryPlanner
{
    /// <summary>Where many inputs are joined: how many of the smallest are tried as the first.</summary>
    private const int StartingPoints = 3;

    /// <summary>Conditions of a block that a set of bits can name.</summary>
    private const int MostConditions = 64;

    /// <summary>An inner side this costly is a scan: a wrong estimate of the outer rows would be dear, so some more are reckoned with.</summary>
    private const double CostlyInner = 200;
    private const double CautiousRepeats = 8;
    private readonly Dictionary<Relation, RegisterSet> _free = new(ReferenceEqualityComparer.Instance);

    /// <summary>Plans inner joins in any order, then outer joins, then semi joins for EXISTS and IN.</summary>
    private Planned PlanBlock(Relation relation, IReadOnlyList<BoundPredicate> conjuncts, RegisterSet required, Wish wish)
    {
        var units = new List<Relation>();
        var conditions = new List<BoundPredicate>();
        Flatten(relation, units, conditions);
        conditions.AddRange(conjuncts);
        if (units.Count > 1)
        {
            units.RemoveAll(u => u is SingleRowRelation);
        }

        RegisterSet inner = required.Copy();
        var semiJoins = new List<SemiJoin>();
        var plain = new List<BoundPredicate>();
        foreach (BoundPredicate condition in conditions)
        {
            if (Unnest(condition) is { } semiJoin)
            {
                semiJoins.Add(semiJoin);
                foreach (BoundPredicate on in semiJoin.On)
                {
                    inner.AddRange(ExpressionInfo.Registers(on));
                }
            }
            else
            {
                plain.Add(condition);
            }
        }

        Planned result = PlanWithSemiJoins(units, plain, semiJoins, inner, wish);
        if (_options.Uses(PlanRewrites.DistinctFirst) && semiJoins is [{ Kind: RelationJoinKind.Semi } only] && DistinctMatches(only) is { } distinct)
        {
            // Few values from the subquery may be the better side to start from.
            Planned other = PlanJoins([.. units, distinct], [.. plain, .. only.On], inner, wish);
            bool isBetter = other.Cost + SortPenalty(other, wish) < result.Cost + SortPenalty(result, wish);
            return isBetter ? other : result;
        }

        return result;
    }

    private static double SortPenalty(Planned plan, Wish wish) => wish.Order.Count == 0 || plan.Satisfies(wish.Order) ? 0 : Costs.Sort(plan.Rows);

    private Planned PlanWithSemiJoins(List<Relation> units, List<BoundPredicate> conditions, List<SemiJoin> semiJoins, RegisterSet required, Wish wish)
    {
        Planned result = units.Count == 1 ? PlanUnit(units[0], conditions, required, wish) : PlanJoins(units, conditions, required, wish);
        var outputs = new RegisterSet();
        foreach (Relation unit in units)
        {
            outputs.AddRange(unit.Outputs);
        }

        foreach (SemiJoin semiJoin in semiJoins)
        {
            result = BuildJoin(semiJoin.Kind, result, outputs, semiJoin.Inner, [], semiJoin.On, required, null);
        }

        return result;
    }

    /// <summary>The distinct values that a subquery compares its outer row with; null when it is no single equality with a column.</summary>
    private static DistinctRelation? DistinctMatches(SemiJoin semiJoin)
    {
        if (semiJoin.On is not [BoundComparison { Operator: ComparisonOperator.Equal } equality])
        {
            return null;
        }

        RegisterSet outputs = semiJoin.Inner.Outputs;
        BoundColumn? column = equality.Right is BoundColumn right && outputs.Contains(right.Register) && !RegisterSet.Of(equality.Left).Overlaps(outputs) ? right
            : equality.Left is BoundColumn left && outputs.Contains(left.Register) && !RegisterSet.Of(equality.Right).Overlaps(outputs) ? left
            : null;
        return column is null ? null : new DistinctRelation(semiJoin.Inner, [column]);
    }

    private Planned PlanUnit(Relation unit, IReadOnlyList<BoundPredicate> conditions, RegisterSet required, Wish wish) => unit switch
    {
        TableRelation table => PlanTable(table, conditions, required, wish),
        JoinRelation join => PlanOuterJoin(join, conditions, required, wish),
        _ => Plan(unit, conditions, required, wish),
    };

    /// <summary>Takes a tree of inner joins apart into its inputs and its conditions.</summary>
    private void Flatten(Relation relation, List<Relation> units, List<BoundPredicate> conditions)
    {
        switch (relation)
        {
            case FilterRelation filter:
                conditions.AddRange(ExpressionInfo.Conjuncts(filter.Predicate));
                Flatten(filter.Input, units, conditions);
                return;
            case JoinRelation { Kind: RelationJoinKind.Inner, Hint: null } join when _options.Uses(PlanRewrites.JoinOrder):
                if (!join.IsApply)
                {
                    Flatten(join.Left, units, conditions);
                    Flatten(join.Right, units, conditions);
                    conditions.AddRange(ExpressionInfo.Conjuncts(join.On));
                    return;
                }

                // An APPLY whose correlation is only in its filter is a join.
                var filters = new List<BoundPredicate>();
                Relation core = StripFilters(join.Right, filters);
                if (!Free(core).Overlaps(join.Left.Outputs))
                {
                    Flatten(join.Left, units, conditions);
                    Flatten(core, units, conditions);
                    conditions.AddRange(filters);
                    return;
                }

                break;
        }

        units.Add(relation);
    }

    private static Relation StripFilters(Relation relation, List<BoundPredicate> filters)
    {
        while (relation is FilterRelation filter)
        {
            filters.AddRange(ExpressionInfo.Conjuncts(filter.Predicate));
            relation = filter.Input;
        }

        return relation;
    }

    /// <summary>Registers from outside that a relation reads.</summary>
    private RegisterSet Free(Relation relation)
    {
        if (!_free.TryGetValue(relation, out RegisterSet? free))
        {
            free = relation.References.Copy();
            var defined = new RegisterSet();
            AddDefined(relation, defined);
            free.RemoveRange(defined);
            _free.Add(relation, free);
        }

        return free;
    }

    private static void AddDefined(Relation relation, RegisterSet set)
    {
        relation.AddOutputs(set);
        switch (relation)
        {
            case UnaryRelation unary:
                AddDefined(unary.Input, set);
                break;
            case JoinRelation join:
                AddDefined(join.Left, set);
                AddDefined(join.Right, set);
                break;
            case AggregateRelation aggregate:
                AddDefined(aggregate.Input, set);
                break;
            case DistinctRelation distinct:
                AddDefined(distinct.Input, set);
                break;
            case ConcatRelation concat:
                foreach (Relation input in concat.Inputs)
                {
                    AddDefined(input, set);
                }

                break;
            case MatchSetRelation match:
                AddDefined(match.Left, set);
                AddDefined(match.Right, set);
                break;
            case RecursiveRelation recursive:
                set.AddRange(recursive.WorkRegisters);
                AddDefined(recursive.Anchor, set);
                foreach (Relation member in recursive.Members)
                {
                    AddDefined(member, set);
                }

                break;
            case FormatRelation format:
                AddDefined(format.Input, set);
                break;
            case ShortestPathRelation path:
                set.Add(path.FrontierObjectRegister);
                set.Add(path.FrontierIdRegister);
                AddDefined(path.Step, set);
                break;
        }
    }

    /// <summary>Chooses the sequence of joins: the best one where there are few inputs, otherwise greedily from several starting points.</summary>
    private Planned PlanJoins(List<Relation> units, List<BoundPredicate> conditions, RegisterSet required, Wish wish)
    {
        int count = units.Count;
        var local = new List<BoundPredicate>[count];
        var outputs = new RegisterSet[count];
        for (int i = 0; i < count; i++)
        {
            local[i] = [];
            outputs[i] = units[i].Outputs;
        }

        var joins = new List<(BoundPredicate Condition, RegisterSet Registers, int[] Units)>();
        var top = new List<BoundPredicate>();
        RegisterSet needed = required.Copy();
        foreach (BoundPredicate condition in conditions)
        {
            RegisterSet registers = RegisterSet.Of(condition);
            int[] used = Enumerable.Range(0, count).Where(i => registers.Overlaps(outputs[i])).ToArray();
            if (used.Length == 0)
            {
                top.Add(condition);
            }
            else if (used.Length == 1)
            {
                local[used[0]].Add(condition);
            }
            else
            {
                joins.Add((condition, registers, used));
                needed.AddRange(registers);
            }
        }

        if (_options.Uses(PlanRewrites.Inference))
        {
            Infer(joins, local, outputs);
        }

        Planned[] alone = new Planned[count];
        for (int i = 0; i < count; i++)
        {
            alone[i] = PlanUnit(units[i], local[i], needed, Wish.Nothing);
        }

        if (count <= ThoroughSearchLimit && joins.Count <= MostConditions)
        {
            return Check(SearchThoroughly(new JoinBlock(units, local, outputs, joins, needed), alone, wish), top);
        }

        IEnumerable<int> candidates = Enumerable.Range(0, count).OrderBy(i => alone[i].Rows).Take(StartingPoints);
        if (wish.Order.Count > 0)
        {
            // The unit that the wanted order belongs to is worth starting from.
            int owner = Array.FindIndex(outputs, o => o.Contains(wish.Order[0].Register));
            candidates = owner < 0 ? candidates : candidates.Append(owner).Distinct();
        }

        Planned? best = null;
        double bestCost = double.PositiveInfinity;
        foreach (int start in candidates)
        {
            bool isOwner = wish.Order.Count > 0 && outputs[start].Contains(wish.Order[0].Register);
            Planned current = isOwner ? PlanUnit(units[start], local[start], needed, wish) : alone[start];
            current = Extend(current, start, units, local, outputs, joins, needed, wish);
            double cost = current.Cost;
            if (wish.Order.Count > 0)
            {
                cost = current.Satisfies(wish.Order) ? cost * Math.Min(1, wish.RowGoal / Math.Max(1, current.Rows)) : cost + Costs.Sort(current.Rows);
            }

            if (cost < bestCost)
            {
                (best, bestCost) = (current, cost);
            }
        }

        return Check(best!, top);
    }

    /// <summary>a = b and a = 5 give b = 5: the other side of the join gets the condition too.</summary>
    private static void Infer(List<(BoundPredicate Condition, RegisterSet Registers, int[] Units)> joins, List<BoundPredicate>[] local, RegisterSet[] outputs)
    {
        var known = local.Select(l => l.ToArray()).ToArray();
        foreach ((BoundPredicate condition, _, int[] units) in joins)
        {
            if (units.Length != 2 || condition is not BoundComparison { Operator: ComparisonOperator.Equal, Left: BoundColumn first, Right: BoundColumn second } || !first.Type.Equals(second.Type))
            {
                continue;
            }

            foreach ((BoundColumn from, BoundColumn to) in new[] { (first, second), (second, first) })
            {
                int source = Array.FindIndex(outputs, o => o.Contains(from.Register));
                int target = Array.FindIndex(outputs, o => o.Contains(to.Register));
                foreach (BoundPredicate candidate in known[source])
                {
                    if (candidate is BoundComparison { Operator: ComparisonOperator.Equal } equality
                        && ValueFor(equality, from, outputs[source]) is { } value
                        && !local[target].Exists(c => c is BoundComparison { Operator: ComparisonOperator.Equal, Left: BoundColumn column } && column.Register == to.Register))
                    {
                        local[target].Add(new BoundComparison(ComparisonOperator.Equal, to, value));
                    }
                }
            }
        }
    }

    /// <summary>What a column is said to be equal to, where that does not depend on its own row.</summary>
    private static BoundExpression? ValueFor(BoundComparison equality, BoundColumn column, RegisterSet own)
    {
        BoundExpression? value = equality.Left is BoundColumn left && left.Register == column.Register ? equality.Right
            : equality.Right is BoundColumn right && right.Register == column.Register ? equality.Left
            : null;
        return value is null || RegisterSet.Of(value).Overlaps(own) || !ExpressionInfo.IsDeterministic(value) || ExpressionInfo.ContainsSubquery(value) ? null : value;
    }

    private Planned Extend(
        Planned current,
        int start,
        List<Relation> units,
        List<BoundPredicate>[] local,
        RegisterSet[] outputs,
        List<(BoundPredicate Condition, RegisterSet Registers, int[] Units)> joins,
        RegisterSet needed,
        Wish wish)
    {
        var joined = new HashSet<int> { start };
        RegisterSet bound = outputs[start].Copy();
        while (joined.Count < units.Count)
        {
            Planned? best = null;
            int bestUnit = -1;
            bool bestConnected = false;
            for (int i = 0; i < units.Count; i++)
            {
                if (joined.Contains(i))
                {
                    continue;
                }

                BoundPredicate[] on = joins.Where(j => j.Units.Contains(i) && j.Units.All(u => u == i || joined.Contains(u))).Select(j => j.Condition).ToArray();
                bool isConnected = on.Length > 0;
                if (bestConnected && !isConnected)
                {
                    continue;
                }

                double rowGoal = current.Satisfies(wish.Order) ? wish.RowGoal : double.PositiveInfinity;
                Planned plan = BuildJoin(RelationJoinKind.Inner, current, bound, units[i], local[i], on, needed, null, rowGoal);
                if (best is null || (isConnected && !bestConnected) || plan.Cost + (plan.Rows * 0.5) < best.Cost + (best.Rows * 0.5))
                {
                    (best, bestUnit, bestConnected) = (plan, i, isConnected);
                }
            }

            current = best!;
            joined.Add(bestUnit);
            bound.AddRange(outputs[bestUnit]);
        }

        return current;
    }

    /// <summary>A join that keeps its place: outer joins, applies that are really correlated, joins with a hint.</summary>
    private Planned PlanOuterJoin(JoinRelation join, IReadOnlyList<BoundPredicate> conditions, RegisterSet required, Wish wish)
    {
        RegisterSet rightOutputs = join.Right.Outputs;
        if (join.Kind == RelationJoinKind.Left && _options.Uses(PlanRewrites.OuterToInner) && conditions.Any(c => RejectsNull(c, rightOutputs)))
        {
            // Rows without a match would not survive: an inner join does.
            return PlanBlock(new JoinRelation(RelationJoinKind.Inner, join.Left, join.Right, join.On, join.IsApply) { Hint = join.Hint }, conditions, required, wish);
        }

        var leftConditions = new List<BoundPredicate>();
        var rightConditions = new List<BoundPredicate>();
        var on = new List<BoundPredicate>();
        var above = new List<BoundPredicate>();
        foreach (BoundPredicate condition in conditions)
        {
            RegisterSet registers = RegisterSet.Of(condition);
            if (join.Kind == RelationJoinKind.Full)
            {
                above.Add(condition);
            }
            else if (!registers.Overlaps(rightOutputs))
            {
                leftConditions.Add(condition);
            }
            else if (join.Kind == RelationJoinKind.Inner)
            {
                (registers.Overlaps(join.Left.Outputs) ? on : rightConditions).Add(condition);
            }
            else
            {
                above.Add(condition);
            }
        }

        Relation right = join.Right;
        List<BoundPredicate> joinConditions = [.. ExpressionInfo.Conjuncts(join.On)];
        if (join.IsApply)
        {
            var filters = new List<BoundPredicate>();
            Relation core = StripFilters(right, filters);
            if (!Free(core).Overlaps(join.Left.Outputs))
            {
                right = core;
                joinConditions.AddRange(filters);
            }
        }

        foreach (BoundPredicate condition in joinConditions)
        {
            RegisterSet registers = RegisterSet.Of(condition);
            bool readsLeft = registers.Overlaps(join.Left.Outputs);
            bool readsRight = registers.Overlaps(rightOutputs);
            if (readsRight && !readsLeft && join.Kind != RelationJoinKind.Full)
            {
                rightConditions.Add(condition);
            }
            else if (readsLeft && !readsRight && join.Kind == RelationJoinKind.Inner)
            {
                leftConditions.Add(condition);
            }
            else
            {
                on.Add(condition);
            }
        }

        RegisterSet needed = WithReferences(WithReferences(required, on), above);
        RegisterSet leftNeeded = needed.Union(Free(right));
        Planned left = Plan(join.Left, leftConditions, leftNeeded, join.Kind == RelationJoinKind.Full ? Wish.Nothing : wish);
        double rowGoal = above.Count == 0 && left.Satisfies(wish.Order) ? wish.RowGoal : double.PositiveInfinity;
        return Check(BuildJoin(join.Kind, left, join.Left.Outputs, right, rightConditions, on, needed, join.Hint, rowGoal), above);
    }

    /// <summary>True for conditions that no row with NULLs in the given columns can meet.</summary>
    private static bool RejectsNull(BoundPredicate predicate, RegisterSet registers)
    {
        return predicate switch
        {
            BoundComparison comparison => IsColumn(comparison.Left) || IsColumn(comparison.Right),
            BoundLike { IsNegated: false } like => IsColumn(like.Operand),
            BoundInList { IsNegated: false } list => IsColumn(list.Operand),
            BoundIsNull { IsNegated: true } isNotNull => IsColumn(isNotNull.Operand),
            _ => false,
        };

        bool IsColumn(BoundExpression expression) => expression switch
        {
            BoundColumn column => registers.Contains(column.Register),
            BoundConvert convert => IsColumn(convert.Operand),
            BoundCollate collate => IsColumn(collate.Operand),
            BoundBinary { Operator: BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply } binary when !binary.Type.IsString => IsColumn(binary.Left) || IsColumn(binary.Right),
            _ => false,
        };
    }
}
