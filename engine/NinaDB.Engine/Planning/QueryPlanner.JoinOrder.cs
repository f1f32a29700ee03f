using System.Numerics;
using NinaDB.Engine.Binding;

namespace NinaDB.Engine.Planning;

/// <remarks>
/// The sequence of joins by dynamic programming (Selinger and others, Access path selection in a relational database management system, 1979): the cheapest plan of every set
/// of inputs that conditions connect, each made from the cheapest plan of a set with one input less. A hash join may build on either side, so the plans are not only left-deep.
/// </remarks>
internal sealed partial class QueryPlanner
{
    /// <summary>Up to this many inputs all sequences are looked at.</summary>
    private const int ThoroughSearchLimit = 8;

    /// <summary>What a row costs whoever comes next: between plans that are about as dear, the one with fewer rows.</summary>
    private const double RowPenalty = 0.1;

    /// <summary>Plans of an input by the join conditions that it is planned with (a set of bits); used while one sequence is searched.</summary>
    private Dictionary<(Relation Input, ulong Conditions), Planned>? _inputPlans;

    /// <summary>Inputs of a block of inner joins and the conditions that connect them.</summary>
    /// <param name="Local">Conditions on one input each.</param>
    private sealed record JoinBlock(
        List<Relation> Units,
        List<BoundPredicate>[] Local,
        RegisterSet[] Outputs,
        List<(BoundPredicate Condition, RegisterSet Registers, int[] Units)> Joins,
        RegisterSet Needed);

    private Planned SearchThoroughly(JoinBlock block, Planned[] alone, Wish wish)
    {
        int count = block.Units.Count;
        int all = (1 << count) - 1;
        int[] masks = [.. block.Joins.Select(j => j.Units.Aggregate(0, (m, u) => m | (1 << u)))];
        var cheapest = new Planned?[all + 1];
        var ordered = new Planned?[all + 1];
        for (int i = 0; i < count; i++)
        {
            cheapest[1 << i] = alone[i];
            if (wish.Order.Count > 0 && block.Outputs[i].Contains(wish.Order[0].Register))
            {
                Planned inOrder = PlanUnit(block.Units[i], block.Local[i], block.Needed, wish);
                ordered[1 << i] = inOrder.Satisfies(wish.Order) ? inOrder : null;
            }
        }

        Dictionary<(Relation, ulong), Planned>? outer = _inputPlans;
        _inputPlans = [];
        try
        {
            for (int set = 1; set < all; set++)
            {
                if (cheapest[set] is null && ordered[set] is null)
                {
                    continue;
                }

                RegisterSet bound = Bound(block, set);
                bool anyConnected = Enumerable.Range(0, count).Any(i => (set & (1 << i)) == 0 && Conditions(masks, set, i) != 0);
                for (int i = 0; i < count; i++)
                {
                    ulong conditions = (set & (1 << i)) == 0 ? Conditions(masks, set, i) : 0;
                    if ((set & (1 << i)) != 0 || (anyConnected && conditions == 0))
                    {
                        continue;
                    }

                    int larger = set | (1 << i);
                    BoundPredicate[] on = [.. Enumerable.Range(0, masks.Length).Where(j => (conditions >> j & 1) != 0).Select(j => block.Joins[j].Condition)];
                    foreach (Planned? current in new[] { cheapest[set], ordered[set] })
                    {
                        if (current is null)
                        {
                            continue;
                        }

                        double rowGoal = current.Satisfies(wish.Order) ? wish.RowGoal : double.PositiveInfinity;
                        Planned plan = BuildJoin(RelationJoinKind.Inner, current, bound, block.Units[i], block.Local[i], on, block.Needed, null, rowGoal, conditions);
                        cheapest[larger] = Better(cheapest[larger], plan);
                        if (wish.Order.Count > 0 && plan.Satisfies(wish.Order))
                        {
                            ordered[larger] = Better(ordered[larger], plan);
                        }
                    }
                }
            }
        }
        finally
        {
            _inputPlans = outer;
        }

        Planned best = cheapest[all]!;
        if (ordered[all] is { } sorted)
        {
            double sortedCost = sorted.Cost * Math.Min(1, wish.RowGoal / Math.Max(1, sorted.Rows));
            double bestCost = best.Satisfies(wish.Order) ? best.Cost * Math.Min(1, wish.RowGoal / Math.Max(1, best.Rows)) : best.Cost + Costs.Sort(best.Rows);
            return sortedCost < bestCost ? sorted : best;
        }

        return best;
    }

    /// <summary>Join conditions that become answerable when an input is added to a set.</summary>
    private static ulong Conditions(int[] masks, int set, int unit)
    {
        ulong found = 0;
        int larger = set | (1 << unit);
        for (int j = 0; j < masks.Length; j++)
        {
            if ((masks[j] & (1 << unit)) != 0 && (masks[j] & ~larger) == 0)
            {
                found |= 1UL << j;
            }
        }

        return found;
    }

    private static RegisterSet Bound(JoinBlock block, int set)
    {
        var bound = new RegisterSet();
        for (int rest = set; rest != 0; rest &= rest - 1)
        {
            bound.AddRange(block.Outputs[BitOperations.TrailingZeroCount(rest)]);
        }

        return bound;
    }

    private static Planned Better(Planned? known, Planned candidate) =>
        known is null || candidate.Cost + (candidate.Rows * RowPenalty) < known.Cost + (known.Rows * RowPenalty) ? candidate : known;

    /// <summary>The plan of an input, made once for the same conditions while a sequence is searched.</summary>
    /// <param name="key">The join conditions among them; null when no sequence is searched.</param>
    private Planned PlanInput(Relation input, ulong? key, IReadOnlyList<BoundPredicate> conditions, RegisterSet required, Wish wish)
    {
        if (key is null || _inputPlans is not { } plans)
        {
            return Plan(input, conditions, required, wish);
        }

        if (!plans.TryGetValue((input, key.Value), out Planned? known))
        {
            // Joins inside the input search for themselves.
            _inputPlans = null;
            known = Plan(input, conditions, required, wish);
            _inputPlans = plans;
            plans.Add((input, key.Value), known);
        }

        return known;
    }
}
