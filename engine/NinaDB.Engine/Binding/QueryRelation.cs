using NinaDB.Engine.Catalog;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>A bound relational operator: what a query block means, before the planner decides how to run it. Columns are registers.</summary>
internal abstract class Relation
{
    private RegisterSet? _outputs;
    private RegisterSet? _references;

    /// <summary>Registers that each row of this relation fills. Asked only once binding is over.</summary>
    public RegisterSet Outputs
    {
        get
        {
            if (_outputs is null)
            {
                var set = new RegisterSet();
                AddOutputs(set);
                _outputs = set;
            }

            return _outputs;
        }
    }

    /// <summary>Registers that expressions anywhere inside read, its own columns included.</summary>
    public RegisterSet References
    {
        get
        {
            if (_references is null)
            {
                var set = new RegisterSet();
                AddReferences(set);
                _references = set;
            }

            return _references;
        }
    }

    public abstract void AddOutputs(RegisterSet set);

    public abstract void AddReferences(RegisterSet set);
}

/// <summary>One row without columns: SELECT without FROM.</summary>
internal sealed class SingleRowRelation : Relation
{
    public override void AddOutputs(RegisterSet set)
    {
    }

    public override void AddReferences(RegisterSet set)
    {
    }
}

/// <summary>The current row of a recursive CTE as its recursive member sees it: the recursion operator has filled the registers.</summary>
internal sealed class WorkRowRelation(int[] registers) : Relation
{
    public int[] Registers { get; } = registers;

    public override void AddOutputs(RegisterSet set) => set.AddRange(Registers);

    public override void AddReferences(RegisterSet set)
    {
    }
}

/// <summary>A base table, temp table or table variable. Column i of the table goes to <c>Registers[i]</c>.</summary>
internal sealed class TableRelation(TableDefinition table, int[] registers) : Relation
{
    public TableDefinition Table { get; } = table;

    public int[] Registers { get; } = registers;

    /// <summary>Slot of a table variable (its trees are only known at run time); null for other tables.</summary>
    public int? VariableSlot { get; init; }

    /// <summary>Register of the row locator; null as long as nobody asked for it.</summary>
    public int? LocatorRegister { get; set; }

    /// <summary>Hints as written, upper-cased.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];

    /// <summary>Name for SHOWPLAN.</summary>
    public required string Name { get; init; }

    public string Alias { get; init; } = "";

    /// <summary>Filter predicates of security policies: they decide before any condition of the query sees a row.</summary>
    public IReadOnlyList<BoundRowPredicate> Security { get; init; } = [];

    public override void AddOutputs(RegisterSet set)
    {
        set.AddRange(Registers);
        if (LocatorRegister is { } locator)
        {
            set.Add(locator);
        }
    }

    public override void AddReferences(RegisterSet set)
    {
    }
}

/// <summary>Makes the rows of a system view, table-valued function, OPENJSON and the like. The argument array is the caller's; rows have one value a column.</summary>
internal delegate IEnumerable<SqlValue[]> RowProducer(ExecutionContext context, SqlValue?[] arguments);

/// <summary>Rows made by code. A null argument asks for a parameter's default.</summary>
internal sealed class ProducedRelation(string name, int[] registers, IReadOnlyList<BoundExpression?> arguments, RowProducer producer) : Relation
{
    public string Name { get; } = name;

    public int[] Registers { get; } = registers;

    public IReadOnlyList<BoundExpression?> Arguments { get; } = arguments;

    public RowProducer Producer { get; } = producer;

    public double EstimatedRows { get; init; } = 100;

    public override void AddOutputs(RegisterSet set) => set.AddRange(Registers);

    public override void AddReferences(RegisterSet set)
    {
        foreach (BoundExpression? argument in Arguments)
        {
            if (argument is not null)
            {
                set.AddRange(ExpressionInfo.Registers(argument));
            }
        }
    }
}

/// <summary>VALUES (...), (...).</summary>
internal sealed class ValuesRelation(int[] registers, IReadOnlyList<IReadOnlyList<BoundExpression>> rows) : Relation
{
    public int[] Registers { get; } = registers;

    public IReadOnlyList<IReadOnlyList<BoundExpression>> Rows { get; } = rows;

    public override void AddOutputs(RegisterSet set) => set.AddRange(Registers);

    public override void AddReferences(RegisterSet set)
    {
        foreach (IReadOnlyList<BoundExpression> row in Rows)
        {
            foreach (BoundExpression cell in row)
            {
                set.AddRange(ExpressionInfo.Registers(cell));
            }
        }
    }
}

/// <summary>A relation over one input whose columns it passes on.</summary>
internal abstract class UnaryRelation(Relation input) : Relation
{
    public Relation Input { get; } = input;

    public override void AddOutputs(RegisterSet set) => Input.AddOutputs(set);

    public override void AddReferences(RegisterSet set) => set.AddRange(Input.References);
}

internal sealed class FilterRelation(Relation input, BoundPredicate predicate) : UnaryRelation(input)
{
    public BoundPredicate Predicate { get; } = predicate;

    public override void AddReferences(RegisterSet set)
    {
        base.AddReferences(set);
        set.AddRange(ExpressionInfo.Registers(Predicate));
    }
}

/// <summary>A computed column: its register and what it holds.</summary>
internal readonly record struct ComputedColumn(int Register, BoundExpression Expression);

/// <summary>Adds computed columns.</summary>
internal sealed class ProjectRelation(Relation input, IReadOnlyList<ComputedColumn> columns) : UnaryRelation(input)
{
    public IReadOnlyList<ComputedColumn> Columns { get; } = columns;

    public override void AddOutputs(RegisterSet set)
    {
        base.AddOutputs(set);
        foreach (ComputedColumn column in Columns)
        {
            set.Add(column.Register);
        }
    }

    public override void AddReferences(RegisterSet set)
    {
        base.AddReferences(set);
        foreach (ComputedColumn column in Columns)
        {
            set.AddRange(ExpressionInfo.Registers(column.Expression));
        }
    }
}

internal enum RelationJoinKind : byte
{
    Inner, Left, Full, Semi, Anti,

    /// <summary>NOT IN: a NULL on either side rejects the row.</summary>
    NullAwareAnti,
}

/// <summary>A join. RIGHT joins arrive here with their sides exchanged. In an apply the right side reads the left side's registers.</summary>
internal sealed class JoinRelation(RelationJoinKind kind, Relation left, Relation right, BoundPredicate? on, bool isApply) : Relation
{
    public RelationJoinKind Kind { get; } = kind;

    public Relation Left { get; } = left;

    public Relation Right { get; } = right;

    public BoundPredicate? On { get; } = on;

    public bool IsApply { get; } = isApply;

    /// <summary>HASH, MERGE, LOOP; null for none.</summary>
    public string? Hint { get; init; }

    public override void AddOutputs(RegisterSet set)
    {
        Left.AddOutputs(set);
        if (Kind is RelationJoinKind.Inner or RelationJoinKind.Left or RelationJoinKind.Full)
        {
            Right.AddOutputs(set);
        }
    }

    public override void AddReferences(RegisterSet set)
    {
        set.AddRange(Left.References);
        set.AddRange(Right.References);
        if (On is not null)
        {
            set.AddRange(ExpressionInfo.Registers(On));
        }
    }
}

/// <summary>An aggregate and the register that receives it.</summary>
internal readonly record struct AggregateColumn(int Register, BoundAggregate Aggregate);

/// <summary>
/// GROUP BY. A grouping expression that is a plain column keeps its register unless there are grouping sets (which replace it by NULL in some rows).
/// Without grouping expressions there is always exactly one row (unless <see cref="Sets"/> says otherwise).
/// </summary>
internal sealed class AggregateRelation(Relation input, IReadOnlyList<ComputedColumn> groups, IReadOnlyList<AggregateColumn> aggregates) : Relation
{
    public Relation Input { get; } = input;

    public IReadOnlyList<ComputedColumn> Groups { get; } = groups;

    public IReadOnlyList<AggregateColumn> Aggregates { get; } = aggregates;

    /// <summary>Grouping sets as lists of indexes into <see cref="Groups"/>; null for one set of all.</summary>
    public IReadOnlyList<int[]>? Sets { get; init; }

    /// <summary>Register that receives a bit map of the groups that are NOT in the row's grouping set (bit i = group i); null when nobody asks.</summary>
    public int? GroupingRegister { get; init; }

    public override void AddOutputs(RegisterSet set)
    {
        foreach (ComputedColumn group in Groups)
        {
            set.Add(group.Register);
        }

        foreach (AggregateColumn aggregate in Aggregates)
        {
            set.Add(aggregate.Register);
        }

        if (GroupingRegister is { } grouping)
        {
            set.Add(grouping);
        }
    }

    public override void AddReferences(RegisterSet set)
    {
        set.AddRange(Input.References);
        foreach (ComputedColumn group in Groups)
        {
            set.AddRange(ExpressionInfo.Registers(group.Expression));
        }

        foreach (AggregateColumn aggregate in Aggregates)
        {
            AddReferences(set, aggregate.Aggregate);
        }
    }

    internal static void AddReferences(RegisterSet set, BoundAggregate aggregate)
    {
        foreach (BoundExpression argument in aggregate.Arguments)
        {
            set.AddRange(ExpressionInfo.Registers(argument));
        }

        foreach (BoundOrder order in aggregate.OrderBy)
        {
            set.AddRange(ExpressionInfo.Registers(order.Expression));
        }
    }
}

/// <summary>A window function and the register that receives it.</summary>
internal readonly record struct WindowColumn(int Register, BoundWindow Window)
{
    public void AddReferences(RegisterSet set)
    {
        foreach (BoundExpression argument in Window.Arguments.Concat(Window.PartitionBy))
        {
            set.AddRange(ExpressionInfo.Registers(argument));
        }

        foreach (BoundOrder order in Window.OrderBy)
        {
            set.AddRange(ExpressionInfo.Registers(order.Expression));
        }

        if (Window.Aggregate is { } aggregate)
        {
            AggregateRelation.AddReferences(set, aggregate);
        }
    }
}

/// <summary>Adds window functions.</summary>
internal sealed class WindowRelation(Relation input, IReadOnlyList<WindowColumn> columns) : UnaryRelation(input)
{
    public IReadOnlyList<WindowColumn> Columns { get; } = columns;

    public override void AddOutputs(RegisterSet set)
    {
        base.AddOutputs(set);
        foreach (WindowColumn column in Columns)
        {
            set.Add(column.Register);
        }
    }

    public override void AddReferences(RegisterSet set)
    {
        base.AddReferences(set);
        foreach (WindowColumn column in Columns)
        {
            column.AddReferences(set);
        }
    }
}

/// <summary>ORDER BY. Keys are plain columns.</summary>
internal sealed class SortRelation(Relation input, IReadOnlyList<BoundOrder> keys) : UnaryRelation(input)
{
    public IReadOnlyList<BoundOrder> Keys { get; } = keys;

    public override void AddReferences(RegisterSet set)
    {
        base.AddReferences(set);
        foreach (BoundOrder key in Keys)
        {
            set.AddRange(ExpressionInfo.Registers(key.Expression));
        }
    }
}

/// <summary>TOP or OFFSET/FETCH.</summary>
internal sealed class TopRelation(Relation input) : UnaryRelation(input)
{
    /// <summary>bigint, or float when <see cref="IsPercent"/>; null for OFFSET without FETCH.</summary>
    public BoundExpression? Count { get; init; }

    public BoundExpression? Offset { get; init; }

    public bool IsPercent { get; init; }

    public bool WithTies { get; init; }

    public bool WithApproximate { get; init; }

    /// <summary>True for FETCH (its errors differ from those of TOP).</summary>
    public bool IsFetch { get; init; }

    public override void AddReferences(RegisterSet set)
    {
        base.AddReferences(set);
        if (Count is not null)
        {
            set.AddRange(ExpressionInfo.Registers(Count));
        }

        if (Offset is not null)
        {
            set.AddRange(ExpressionInfo.Registers(Offset));
        }
    }
}

/// <summary>DISTINCT over the given columns (the only ones that remain).</summary>
internal sealed class DistinctRelation(Relation input, IReadOnlyList<BoundColumn> columns) : Relation
{
    public Relation Input { get; } = input;

    public IReadOnlyList<BoundColumn> Columns { get; } = columns;

    public override void AddOutputs(RegisterSet set)
    {
        foreach (BoundColumn column in Columns)
        {
            set.Add(column.Register);
        }
    }

    public override void AddReferences(RegisterSet set)
    {
        set.AddRange(Input.References);
        AddOutputs(set);
    }
}

/// <summary>UNION ALL: every input fills the same registers.</summary>
internal sealed class ConcatRelation(IReadOnlyList<Relation> inputs, int[] registers) : Relation
{
    public IReadOnlyList<Relation> Inputs { get; } = inputs;

    public int[] Registers { get; } = registers;

    public override void AddOutputs(RegisterSet set) => set.AddRange(Registers);

    public override void AddReferences(RegisterSet set)
    {
        foreach (Relation input in Inputs)
        {
            set.AddRange(input.References);
        }
    }
}

/// <summary>EXCEPT or INTERSECT: distinct rows of the left input that are absent from, or present in, the right one. Columns are parallel.</summary>
internal sealed class MatchSetRelation(bool isExcept, Relation left, Relation right, IReadOnlyList<BoundColumn> leftColumns, IReadOnlyList<BoundColumn> rightColumns) : Relation
{
    public bool IsExcept { get; } = isExcept;

    public Relation Left { get; } = left;

    public Relation Right { get; } = right;

    public IReadOnlyList<BoundColumn> LeftColumns { get; } = leftColumns;

    public IReadOnlyList<BoundColumn> RightColumns { get; } = rightColumns;

    public override void AddOutputs(RegisterSet set)
    {
        foreach (BoundColumn column in LeftColumns)
        {
            set.Add(column.Register);
        }
    }

    public override void AddReferences(RegisterSet set)
    {
        set.AddRange(Left.References);
        set.AddRange(Right.References);
    }
}

/// <summary>A recursive CTE: anchor and recursive members fill the same registers; the recursive members read the previous row through work registers.</summary>
internal sealed class RecursiveRelation(Relation anchor, IReadOnlyList<Relation> members, int[] registers, int[] workRegisters, int maximum) : Relation
{
    public Relation Anchor { get; } = anchor;

    public IReadOnlyList<Relation> Members { get; } = members;

    public int[] Registers { get; } = registers;

    public int[] WorkRegisters { get; } = workRegisters;

    /// <summary>MAXRECURSION; 0 = unlimited.</summary>
    public int Maximum { get; } = maximum;

    public override void AddOutputs(RegisterSet set) => set.AddRange(Registers);

    public override void AddReferences(RegisterSet set)
    {
        set.AddRange(Anchor.References);
        foreach (Relation member in Members)
        {
            set.AddRange(member.References);
        }
    }
}

/// <summary>FOR JSON or FOR XML: one row with one text column made from all rows of the input.</summary>
internal sealed class FormatRelation(Relation input, IReadOnlyList<OutputColumn> columns, int register, Func<RowFormatter> formatter) : Relation
{
    public Relation Input { get; } = input;

    public IReadOnlyList<OutputColumn> Columns { get; } = columns;

    public int Register { get; } = register;

    /// <summary>The result of a statement: the text goes to the client in rows of <see cref="Execution.Operators.FormatNode.ChunkLength"/> characters.</summary>
    public bool IsStatementResult { get; init; }

    /// <summary>Columns that mask before they become text.</summary>
    public IReadOnlyList<Execution.Operators.MaskedColumn> Masked { get; set; } = [];

    /// <summary>Makes the writer of one execution.</summary>
    public Func<RowFormatter> Formatter { get; } = formatter;

    public override void AddOutputs(RegisterSet set) => set.Add(Register);

    public override void AddReferences(RegisterSet set)
    {
        set.AddRange(Input.References);
        foreach (OutputColumn column in Columns)
        {
            set.Add(column.Register);
        }
    }
}

/// <summary>Turns rows into one text (FOR JSON, FOR XML). One instance an execution.</summary>
internal abstract class RowFormatter
{
    /// <summary>Whether a query without rows gives NULL (FOR XML ... TYPE) instead of no row.</summary>
    public virtual bool IsNullWithoutRows => false;

    /// <summary>Before the first row.</summary>
    public virtual void Begin(Session.EngineSession session)
    {
    }

    public abstract void Add(SqlValue[] registers);

    /// <summary>The text; NULL when there was no row and the format says so.</summary>
    public abstract SqlValue Finish();
}

/// <summary>A bound query: its relation and its output columns.</summary>
internal sealed class BoundSelect(Relation root, IReadOnlyList<OutputColumn> columns) : BoundQuery
{
    public Relation Root { get; } = root;

    public override IReadOnlyList<OutputColumn> Columns { get; } = columns;

    /// <summary>Items of an assignment SELECT; empty otherwise.</summary>
    public IReadOnlyList<(VariableInfo Variable, BoundExpression Value)> Assignments { get; init; } = [];

    /// <summary>1-based numbers of the output columns that the rows are ordered by, as far as the first key that is not shown.</summary>
    public IReadOnlyList<int> Order { get; init; } = [];

    /// <summary>What ORDER BY behind a set operation may name beside the output columns: those of its first block. Null where there is none.</summary>
    public SortNames? Names { get; init; }

    /// <summary>The tables that a block's rows are made from.</summary>
    public SourceTarget? Target { get; init; }

    public BoundSelect WithTarget(SourceTarget target) => new(Root, Columns) { Assignments = Assignments, Order = Order, Names = Names, Target = target };
}

/// <summary>The sources of a query's first block, and what its output columns are made of.</summary>
internal sealed record SortNames(BindingScope Scope, IReadOnlyList<BoundExpression> Outputs);
