using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Planning;

/// <summary>What the planner does to a query beside carrying it out as written. None of it may change an answer: tests plan with and without each.</summary>
[Flags]
internal enum PlanRewrites
{
    None = 0,

    /// <summary>EXISTS and IN become semi joins.</summary>
    SemiJoins = 1,

    /// <summary>A semi join begins with the distinct values of its subquery.</summary>
    DistinctFirst = 2,

    /// <summary>Inner joins change their order.</summary>
    JoinOrder = 4,

    /// <summary>Conditions become seeks in indexes.</summary>
    Seeks = 8,

    /// <summary>Equalities become hash tables.</summary>
    HashJoins = 16,

    /// <summary>Outer joins become inner joins where a condition above refuses NULL.</summary>
    OuterToInner = 32,

    /// <summary>Conditions follow from equalities between columns.</summary>
    Inference = 64,
}

/// <summary>What a planner is told: by the hints of a query, and by tests.</summary>
internal sealed class PlanOptions
{
    /// <summary>Rewrites that plans made on this thread go without. For tests; statements with the same text share plans, so texts must differ.</summary>
    [field: ThreadStatic]
    public static PlanRewrites Without { get; set; }

    private PlanRewrites _off = Without;

    /// <summary>LOOP, HASH or MERGE for every join that has no hint of its own.</summary>
    public string? Join { get; private set; }

    public bool Uses(PlanRewrites rewrite) => (_off & rewrite) == 0;

    /// <summary>OPTION (LOOP JOIN), (HASH JOIN), (MERGE JOIN), (FORCE ORDER).</summary>
    public static PlanOptions From(IReadOnlyList<QueryHint>? hints)
    {
        var options = new PlanOptions();
        foreach (QueryHint hint in hints ?? [])
        {
            switch (hint.Name)
            {
                case "FORCE ORDER":
                    options._off |= PlanRewrites.JoinOrder | PlanRewrites.DistinctFirst;
                    break;
                case "LOOP JOIN" or "HASH JOIN" or "MERGE JOIN":
                    options.Join = hint.Name[..^5];
                    break;
            }
        }

        return options;
    }
}
