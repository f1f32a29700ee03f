using NinaDB.Engine.Binding;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Planning;

internal sealed partial class QueryPlanner
{
    /// <summary>A subquery condition as a join.</summary>
    private sealed record SemiJoin(RelationJoinKind Kind, Relation Inner, IReadOnlyList<BoundPredicate> On);

    private bool HasSubqueryJoin(IReadOnlyList<BoundPredicate> conjuncts)
    {
        foreach (BoundPredicate conjunct in conjuncts)
        {
            if (Unnest(conjunct) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// EXISTS, NOT EXISTS, IN and (where no NULL can meet it) NOT IN as semi joins, when the subquery is correlated only through its WHERE clause. Uncorrelated IN
    /// stays an expression: its values are hashed once.
    /// </summary>
    private SemiJoin? Unnest(BoundPredicate predicate)
    {
        if (!_options.Uses(PlanRewrites.SemiJoins))
        {
            return null;
        }

        switch (predicate)
        {
            case BoundExists exists:
                return Unnest(RelationJoinKind.Semi, (BoundSelect)exists.Query, null);
            case BoundNot { Operand: BoundExists exists }:
                return Unnest(RelationJoinKind.Anti, (BoundSelect)exists.Query, null);
            case BoundQuantified { IsAll: false, Operator: ComparisonOperator.Equal } any:
                return Unnest(RelationJoinKind.Semi, (BoundSelect)any.Query, any);
            case BoundQuantified { IsAll: true, Operator: ComparisonOperator.NotEqual } all when !all.Operand.IsNullable && !all.Value.IsNullable:
                return Unnest(RelationJoinKind.Anti, (BoundSelect)all.Query, all);
            default:
                return null;
        }
    }

    private SemiJoin? Unnest(RelationJoinKind kind, BoundSelect query, BoundQuantified? quantified)
    {
        if (query.OuterReferences.Count == 0 && kind == RelationJoinKind.Anti)
        {
            return null;
        }

        if (query.OuterReferences.Count == 0 && quantified is null)
        {
            return null;
        }

        if (quantified is not null && ExpressionInfo.ContainsSubquery(quantified.Operand))
        {
            return null;
        }

        var on = new List<BoundPredicate>();
        Relation? inner = Strip(query.Root, on, quantified is null);
        if (inner is null)
        {
            return null;
        }

        // What is left must not read the outer row; conditions that do not read the outer row go back in.
        if (quantified is not null)
        {
            on.Add(new BoundComparison(ComparisonOperator.Equal, quantified.Operand, quantified.Value));
        }

        var outer = new RegisterSet();
        outer.AddRange(query.OuterReferences);
        if (Free(inner).Overlaps(outer) || on.Exists(ExpressionInfo.ContainsSubquery))
        {
            return null;
        }

        var correlated = new List<BoundPredicate>();
        foreach (BoundPredicate condition in on)
        {
            RegisterSet registers = RegisterSet.Of(condition);
            registers.RemoveRange(inner.Outputs);
            if (registers.IsEmpty)
            {
                inner = new FilterRelation(inner, condition);
            }
            else
            {
                correlated.Add(condition);
            }
        }

        return correlated.Count == 0 ? null : new SemiJoin(kind, inner, correlated);
    }

    /// <summary>Takes off what does not matter to the question whether there is a row; null when the rest cannot be separated from its correlation.</summary>
    private static Relation? Strip(Relation relation, List<BoundPredicate> on, bool isExists)
    {
        while (true)
        {
            switch (relation)
            {
                case ProjectRelation project when isExists:
                    relation = project.Input;
                    break;
                case SortRelation sort:
                    relation = sort.Input;
                    break;
                case DistinctRelation distinct when isExists:
                    relation = distinct.Input;
                    break;
                case TopRelation { Offset: null, IsPercent: false, Count: BoundConstant { Value.IsNull: false } count } top when isExists && count.Value.AsInt64 > 0:
                    relation = top.Input;
                    break;
                case FilterRelation filter:
                    on.AddRange(ExpressionInfo.Conjuncts(filter.Predicate));
                    relation = filter.Input;
                    break;
                case AggregateRelation or TopRelation or MatchSetRelation:
                    return null;
                case SingleRowRelation:
                    return null;
                case JoinRelation { Kind: RelationJoinKind.Inner, IsApply: false, Hint: null, On: { } condition } join:
                    on.AddRange(ExpressionInfo.Conjuncts(condition));
                    relation = new JoinRelation(RelationJoinKind.Inner, join.Left, join.Right, null, isApply: false);
                    return relation;
                default:
                    return relation;
            }
        }
    }
}
