using NinaDB.Engine.Binding;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Planning;

/// <summary>The node that joins a plan with a relation, and how many rows it gives.</summary>
internal sealed partial class QueryPlanner
{
    /// <summary>Joins a plan with a relation in the cheapest way: through a seek for every row, a hash table, or a spool.</summary>
    /// <param name="conditions">Which conditions of a searched block <paramref name="on"/> is, as bits; null outside such a search.</param>
    private Planned BuildJoin(
        RelationJoinKind kind,
        Planned left,
        RegisterSet leftOutputs,
        Relation right,
        IReadOnlyList<BoundPredicate> rightConditions,
        IReadOnlyList<BoundPredicate> on,
        RegisterSet required,
        string? hint,
        double rowGoal = double.PositiveInfinity,
        ulong? conditions = null)
    {
        bool isCorrelated = Free(right).Overlaps(leftOutputs);
        bool keepsRight = kind is RelationJoinKind.Inner or RelationJoinKind.Left or RelationJoinKind.Full;
        RegisterSet above = keepsRight ? required : new RegisterSet();
        RegisterSet rightOutputs = right.Outputs;
        int[] nullRegisters = kind is RelationJoinKind.Left or RelationJoinKind.Full ? required.Intersect(rightOutputs).ToArray() : [];
        (List<(BoundExpression Left, BoundExpression Right)> keys, List<BoundPredicate> rest) = _options.Uses(PlanRewrites.HashJoins) || hint is "HASH" or "MERGE" ? SplitKeys(on, rightOutputs) : ([], [.. on]);
        hint ??= keepsRight ? _options.Join : null;
        if (isCorrelated && kind == RelationJoinKind.Full)
        {
            throw Errors.SqlErrors.NotSupported("FULL JOIN with a correlated side");
        }

        Planned? best = null;
        double loopGoalCost = double.PositiveInfinity;
        bool mayLoop = kind != RelationJoinKind.Full && (isCorrelated || hint is null or "LOOP");
        if (mayLoop && (isCorrelated || on.Count > 0 || hint == "LOOP"))
        {
            Planned inner = PlanInput(right, conditions, Join(rightConditions, on), above, Wish.Nothing with { RowGoal = keepsRight ? double.PositiveInfinity : 1 });
            double rows = JoinedRows(kind, left.Rows, left.Rows * inner.Rows);
            double fraction = keepsRight ? 1 : 0.6;
            double perRow = (inner.Cost * fraction) + Costs.Restart;
            double repeats = inner.Cost > CostlyInner && !isCorrelated ? Math.Max(left.Rows, CautiousRepeats) : Math.Max(1, left.Rows);
            double cost = left.Cost + (repeats * perRow);
            best = left.With(new NestedLoopsNode(kind, left.Node, inner.Node, null, nullRegisters), rows, cost);
            if (rows > rowGoal)
            {
                // Only so many rows will be asked for.
                loopGoalCost = (left.Cost + (left.Rows * perRow)) * (rowGoal / rows);
            }
        }

        if (isCorrelated || (hint == "LOOP" && best is not null))
        {
            return best!;
        }

        RegisterSet plainRequired = WithReferences(above, on);
        Planned plain = PlanInput(right, conditions is null ? null : 0, rightConditions, plainRequired, Wish.Nothing);
        if (keys.Count > 0)
        {
            double matched = MatchedRows(keys, left, plain);
            double cost = left.Cost + plain.Cost + (plain.Rows * Costs.HashBuild) + (left.Rows * Costs.HashProbe);
            double goalCost = matched > rowGoal ? plain.Cost + (plain.Rows * Costs.HashBuild) + ((left.Cost + left.Rows) * (rowGoal / matched)) : cost;
            if (best is null || hint is "HASH" or "MERGE" || goalCost < Math.Min(best.Cost, loopGoalCost))
            {
                HashJoinNode node = HashJoin(kind, left.Node, plain.Node, keys, rest, WithReferences(above, rest).Intersect(rightOutputs), kind == RelationJoinKind.Full ? required.Intersect(leftOutputs) : null);
                Planned hash = left.With(node, JoinedRows(kind, left.Rows, matched), cost);
                best = kind == RelationJoinKind.Full ? hash with { Order = Planned.Unordered, Constants = [] } : hash;
            }

            if (kind == RelationJoinKind.Inner && hint is null && double.IsInfinity(rowGoal))
            {
                // The other way round: what is joined already becomes the hash table.
                double swappedCost = left.Cost + plain.Cost + (left.Rows * Costs.HashBuild) + (plain.Rows * Costs.HashProbe);
                if (swappedCost < best!.Cost)
                {
                    HashJoinNode node = HashJoin(kind, plain.Node, left.Node, [.. keys.Select(k => (k.Right, k.Left))], rest, WithReferences(above, rest).Intersect(leftOutputs), null);
                    best = plain.With(node, JoinedRows(kind, left.Rows, matched), swappedCost) with { Constants = [.. plain.Constants, .. left.Constants] };
                }
            }

            return best;
        }

        int[] spooled = plainRequired.Intersect(rightOutputs).ToArray();
        PredicateEvaluator? predicate = on.Count == 0 ? null : _compiler.Compile(ExpressionInfo.And(on)!);
        double crossRows = JoinedRows(kind, left.Rows, left.Rows * plain.Rows * on.Aggregate(1.0, (s, c) => s * Selectivity(c)));
        double spoolCost = left.Cost + plain.Cost + (plain.Rows * Costs.SpoolWrite) + (left.Rows * plain.Rows * (Costs.SpoolRead + Costs.Predicate));
        if (kind == RelationJoinKind.Full)
        {
            var node = new FullLoopsNode(left.Node, plain.Node, predicate, required.Intersect(leftOutputs).ToArray(), spooled);
            return left.With(node, crossRows, spoolCost) with { Order = Planned.Unordered, Constants = [] };
        }

        if (best is not null && best.Cost <= spoolCost)
        {
            return best;
        }

        bool isInvariant = Free(right).IsEmpty && rightConditions.All(c => RegisterSet.Of(c).IsSubsetOf(rightOutputs));
        PlanNode innerNode = left.Rows <= 1 && plain.Rows > 1000 ? plain.Node : new SpoolNode(plain.Node, spooled) { EstimatedRows = plain.Rows, IsInvariant = isInvariant };
        return left.With(new NestedLoopsNode(kind, left.Node, innerNode, predicate, nullRegisters), crossRows, spoolCost);
    }

    private HashJoinNode HashJoin(
        RelationJoinKind kind, PlanNode probe, PlanNode build, List<(BoundExpression Left, BoundExpression Right)> keys, List<BoundPredicate> rest, RegisterSet kept, RegisterSet? cleared) => new()
        {
            Kind = kind,
            Left = probe,
            Right = build,
            LeftKeys = keys.Select(k => _compiler.Compile(k.Left)).ToArray(),
            RightKeys = keys.Select(k => _compiler.Compile(k.Right)).ToArray(),
            Comparers = keys.Select(k => SqlComparer.For(k.Left.Type)).ToArray(),
            IntegerKeys = keys is [var only] && only.Left.Type.IsExactInteger && only.Right.Type.IsExactInteger
                ? (_compiler.CompileInteger(only.Left), _compiler.CompileInteger(only.Right))
                : null,
            Residual = rest.Count == 0 ? null : _compiler.Compile(ExpressionInfo.And(rest)!),
            RightRegisters = kept.ToArray(),
            LeftRegisters = cleared?.ToArray() ?? [],
        };

    /// <summary>Pairs that an equality finds: every value of the side with more values meets the rows of the other side that have it.</summary>
    private double MatchedRows(List<(BoundExpression Left, BoundExpression Right)> keys, Planned leftPlan, Planned rightPlan)
    {
        double left = leftPlan.Rows;
        double right = rightPlan.Rows;
        double values = 1;
        foreach ((BoundExpression leftKey, BoundExpression rightKey) in keys)
        {
            if (leftKey is BoundColumn leftColumn && rightKey is BoundColumn rightColumn && leftPlan.Constants.Contains(leftColumn.Register) && rightPlan.Constants.Contains(rightColumn.Register))
            {
                // Both sides have been narrowed to the same value already.
                continue;
            }

            double? leftValues = DistinctValues(leftKey);
            double? rightValues = DistinctValues(rightKey);
            double known = leftValues is null && rightValues is null ? Math.Max(left, right) : Math.Max(leftValues ?? 1, rightValues ?? 1);
            values = Math.Max(values, known);
        }

        return left * right / Math.Max(1, values);
    }

    private static double JoinedRows(RelationJoinKind kind, double left, double matched) => kind switch
    {
        RelationJoinKind.Inner => Math.Max(1, matched),
        RelationJoinKind.Left or RelationJoinKind.Full => Math.Max(left, matched),
        _ => Math.Max(1, left * 0.5),
    };

    /// <summary>Equalities between an expression of the right side and one of the rest, for hashing.</summary>
    private static (List<(BoundExpression Left, BoundExpression Right)> Keys, List<BoundPredicate> Residual) SplitKeys(IReadOnlyList<BoundPredicate> on, RegisterSet rightOutputs)
    {
        var keys = new List<(BoundExpression, BoundExpression)>();
        var rest = new List<BoundPredicate>();
        foreach (BoundPredicate condition in on)
        {
            if (condition is BoundComparison { Operator: ComparisonOperator.Equal } equality)
            {
                RegisterSet first = RegisterSet.Of(equality.Left);
                RegisterSet second = RegisterSet.Of(equality.Right);
                if (!second.IsEmpty && second.IsSubsetOf(rightOutputs) && !first.Overlaps(rightOutputs))
                {
                    keys.Add((equality.Left, equality.Right));
                    continue;
                }

                if (!first.IsEmpty && first.IsSubsetOf(rightOutputs) && !second.Overlaps(rightOutputs))
                {
                    keys.Add((equality.Right, equality.Left));
                    continue;
                }
            }

            rest.Add(condition);
        }

        return (keys, rest);
    }
}
