using NinaDB.Engine.Execution;

namespace NinaDB.Engine.Planning;

/// <summary>A column of an ordering.</summary>
internal readonly record struct OrderColumn(int Register, bool IsDescending);

/// <summary>An operator tree with what the planner knows about it.</summary>
/// <param name="Cost">Estimated work, in rows read sequentially.</param>
/// <param name="Order">The order of its rows, as far as known; empty for none.</param>
internal sealed record Planned(PlanNode Node, double Rows, double Cost, IReadOnlyList<OrderColumn> Order)
{
    public static readonly IReadOnlyList<OrderColumn> Unordered = [];

    /// <summary>Registers that hold one value in all rows of a run (compared with a constant): they may be left out of any ordering.</summary>
    public IReadOnlyList<int> Constants { get; init; } = [];

    public Planned With(PlanNode node, double rows, double cost)
    {
        node.EstimatedRows = rows;
        return this with { Node = node, Rows = rows, Cost = cost };
    }

    /// <summary>Whether rows come out in the wanted order.</summary>
    public bool Satisfies(IReadOnlyList<OrderColumn> wanted)
    {
        int at = 0;
        foreach (OrderColumn column in wanted)
        {
            // Columns that do not vary may stand anywhere.
            while (at < Order.Count && Order[at] != column && Constants.Contains(Order[at].Register))
            {
                at++;
            }

            if (at < Order.Count && Order[at] == column)
            {
                at++;
            }
            else if (!Constants.Contains(column.Register))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>What the parent of an operator would like.</summary>
/// <param name="Order">Preferred order; empty for none.</param>
/// <param name="RowGoal">How many rows will be asked for; infinity for all.</param>
internal readonly record struct Wish(IReadOnlyList<OrderColumn> Order, double RowGoal)
{
    public static Wish Nothing => new([], double.PositiveInfinity);
}

/// <summary>Costs of operators relative to reading one row in a scan.</summary>
internal static class Costs
{
    public const double Seek = 4;
    public const double Lookup = 3;
    public const double Predicate = 0.1;
    public const double HashBuild = 1.2;
    public const double HashProbe = 0.5;
    public const double SpoolRead = 0.15;
    public const double SpoolWrite = 0.5;
    public const double Restart = 0.5;

    public static double Sort(double rows) => rows < 2 ? 0 : rows * Math.Log2(rows) * 0.3;
}
