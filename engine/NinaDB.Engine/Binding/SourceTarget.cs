using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Binding;

/// <summary>What keeps rows from being changed through a table source.</summary>
internal enum TargetObstacle : byte
{
    None,

    /// <summary>DISTINCT, GROUP BY, aggregates, PIVOT (error 4403).</summary>
    Grouped,

    /// <summary>A set operation.</summary>
    SetOperation,
}

/// <summary>One of the tables that the rows of a table source are made from.</summary>
/// <param name="Registers">Register of each of its columns.</param>
/// <param name="Sequence">Which table source of the statement it is, in the order in which they are bound.</param>
internal sealed record TargetTable(int[] Registers, int Sequence)
{
    /// <summary>The base table; null where there is none (a function, a view with an INSTEAD OF trigger).</summary>
    public TableRelation? Relation { get; init; }

    /// <summary>The view whose INSTEAD OF trigger does the work; null for tables.</summary>
    public ModuleDefinition? View { get; init; }
}

/// <summary>A view WITH CHECK OPTION that rows are changed through.</summary>
/// <param name="FirstTable">Its first table among the tables of the source.</param>
/// <param name="TableCount">How many of them it has.</param>
/// <param name="Sequence">Number of the table source bound first inside it.</param>
internal sealed record CheckedView(ModuleDefinition View, string Schema, int FirstTable, int TableCount, int Sequence);

/// <summary>
/// What stands behind a table source for statements that change rows through it: the tables it reads, innermost ones of nested views and derived tables, in the
/// order of FROM. A column belongs to the table that has its register; one that belongs to none is derived.
/// </summary>
internal sealed record SourceTarget(IReadOnlyList<TargetTable> Tables)
{
    public TargetObstacle Obstacle { get; init; }

    /// <summary>TOP or OFFSET chooses among the rows.</summary>
    public bool IsLimited { get; init; }

    /// <summary>Inner ones first.</summary>
    public IReadOnlyList<CheckedView> Checks { get; init; } = [];

    /// <summary>The only table, where rows are its rows.</summary>
    public TableRelation? Single => Obstacle == TargetObstacle.None && Tables.Count == 1 ? Tables[0].Relation : null;

    /// <summary>The table and the ordinal of a column; (-1, -1) for a derived one.</summary>
    public (int Table, int Ordinal) Find(int register)
    {
        for (int t = 0; t < Tables.Count; t++)
        {
            if (Tables[t] is { Relation: null, View: null })
            {
                continue;
            }

            int ordinal = Array.IndexOf(Tables[t].Registers, register);
            if (ordinal >= 0)
            {
                return (t, ordinal);
            }
        }

        return (-1, -1);
    }

    /// <summary>The sources of a FROM clause taken together.</summary>
    public static SourceTarget Of(IEnumerable<ScopeSource> sources)
    {
        var tables = new List<TargetTable>();
        var checks = new List<CheckedView>();
        var obstacle = TargetObstacle.None;
        bool isLimited = false;
        foreach (ScopeSource source in sources)
        {
            if (source.Target is not { } target)
            {
                tables.Add(new TargetTable([], -1));
                continue;
            }

            checks.AddRange(target.Checks.Select(c => c with { FirstTable = c.FirstTable + tables.Count }));
            tables.AddRange(target.Tables);
            obstacle = (TargetObstacle)Math.Max((byte)obstacle, (byte)target.Obstacle);
            isLimited |= target.IsLimited;
        }

        return new SourceTarget(tables) { Obstacle = obstacle, IsLimited = isLimited, Checks = checks };
    }
}

/// <summary>The target of a statement as its query binds it.</summary>
/// <param name="Derivations">Columns that blocks inside it compute, in the order in which they may be computed.</param>
internal sealed record BoundTarget(ScopeSource Source, IReadOnlyList<ComputedColumn> Derivations)
{
    public SourceTarget Tables => Source.Target ?? new SourceTarget([]);
}
