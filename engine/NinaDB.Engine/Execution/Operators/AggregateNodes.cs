using NinaDB.Engine.Execution.Aggregates;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>An aggregate and the register that receives its result.</summary>
internal readonly record struct AggregateSlot(int Register, CompiledAggregate Aggregate);

/// <summary>Aggregates over all rows of the input: always exactly one row.</summary>
internal sealed class ScalarAggregateNode : PlanNode
{
    private const int CancellationInterval = 4096;
    private readonly AggregateSlot[] _aggregates;
    private readonly PlanNode _input;

    public ScalarAggregateNode(PlanNode input, AggregateSlot[] aggregates)
    {
        _input = input;
        _aggregates = aggregates;
        Inputs = [input];
        EstimatedRows = 1;
    }

    public override IReadOnlyList<PlanNode> Inputs { get; }

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => "Stream Aggregate";

    private void Run(ExecutionContext context)
    {
        Accumulator[] states = Array.ConvertAll(_aggregates, a => a.Aggregate.Create(context));
        Action<Accumulator, ExecutionContext>[] accumulate = Array.ConvertAll(_aggregates, a => a.Aggregate.Accumulate);
        using (RowIterator rows = _input.Open(context))
        {
            int count = 0;
            while (rows.MoveNext())
            {
                for (int i = 0; i < states.Length; i++)
                {
                    accumulate[i](states[i], context);
                }

                if ((++count & (CancellationInterval - 1)) == 0)
                {
                    context.ThrowIfCancelled();
                }
            }
        }

        for (int i = 0; i < states.Length; i++)
        {
            context.Registers[_aggregates[i].Register] = states[i].Result;
        }
    }

    private sealed class Iterator(ScalarAggregateNode node, ExecutionContext context) : RowIterator
    {
        private bool _done;

        public override bool MoveNext()
        {
            if (_done)
            {
                return false;
            }

            _done = true;
            node.Run(context);
            return true;
        }

        public override bool TryRestart()
        {
            _done = false;
            return true;
        }
    }
}

/// <summary>GROUP BY over an input that is sorted by the grouping columns: holds one group at a time.</summary>
/// <param name="groups">Registers of the grouping columns, the same in the input and in the output.</param>
/// <param name="inputRegisters">Registers of the input that aggregates read, and the groups: the first row of the next group waits in a copy.</param>
internal sealed class StreamAggregateNode(PlanNode input, int[] groups, SqlComparer[] comparers, AggregateSlot[] aggregates, int[] inputRegisters) : PlanNode
{
    private const int CancellationInterval = 4096;

    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => "Stream Aggregate(GROUP BY)";

    private sealed class Iterator(StreamAggregateNode node, ExecutionContext context) : RowIterator
    {
        private readonly RowIterator _input = node.Inputs[0].Open(context);
        private readonly int[] _groups = node.Groups;
        private readonly SqlComparer[] _comparers = node.Comparers;
        private readonly AggregateSlot[] _aggregates = node.Aggregates;
        private readonly Accumulator[] _states = Array.ConvertAll(node.Aggregates, a => a.Aggregate.Create(context));
        private SqlValue[]? _waiting;
        private bool _started;
        private int _count;

        public override bool MoveNext()
        {
            SqlValue[] file = context.Registers;
            if (!_started)
            {
                _started = true;
                if (!_input.MoveNext())
                {
                    return false;
                }
            }
            else if (_waiting is null)
            {
                return false;
            }
            else
            {
                RowBuffer.Load(file, node.InputRegisters, _waiting);
                _waiting = null;
            }

            SqlValue[] key = RowBuffer.Save(file, _groups);
            foreach (Accumulator state in _states)
            {
                state.Reset();
            }

            do
            {
                for (int i = 0; i < _states.Length; i++)
                {
                    _aggregates[i].Aggregate.Accumulate(_states[i], context);
                }

                if ((++_count & (CancellationInterval - 1)) == 0)
                {
                    context.ThrowIfCancelled();
                }

                if (!_input.MoveNext())
                {
                    break;
                }

                if (!IsSame(file, key))
                {
                    _waiting = RowBuffer.Save(file, node.InputRegisters);
                    break;
                }
            }
            while (true);

            RowBuffer.Load(file, _groups, key);
            for (int i = 0; i < _states.Length; i++)
            {
                file[_aggregates[i].Register] = _states[i].Result;
            }

            return true;
        }

        private bool IsSame(SqlValue[] file, SqlValue[] key)
        {
            for (int i = 0; i < _groups.Length; i++)
            {
                if (!_comparers[i].Equals(key[i], file[_groups[i]]))
                {
                    return false;
                }
            }

            return true;
        }

        public override void Dispose() => _input.Dispose();
    }

    private int[] Groups { get; } = groups;

    private SqlComparer[] Comparers { get; } = comparers;

    private AggregateSlot[] Aggregates { get; } = aggregates;

    private int[] InputRegisters { get; } = inputRegisters;
}

/// <summary>GROUP BY through a hash table, with any number of grouping sets. Groups come out in the order of their first rows.</summary>
internal sealed class HashAggregateNode : PlanNode
{
    private const int CancellationInterval = 1024;

    public required PlanNode Input { get; init; }

    /// <summary>Grouping expressions over the input.</summary>
    public required Evaluator[] Groups { get; init; }

    public required int[] GroupRegisters { get; init; }

    public required SqlComparer[] Comparers { get; init; }

    public required AggregateSlot[] Aggregates { get; init; }

    /// <summary>Grouping sets as masks over the groups; null for one set of all.</summary>
    public IReadOnlyList<int[]>? Sets { get; init; }

    public int? GroupingRegister { get; init; }

    public override IReadOnlyList<PlanNode> Inputs => [Input];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => "Hash Match(Aggregate)";

    private sealed class Group(int set, SqlValue[] key, Accumulator[] states)
    {
        public int Set { get; } = set;

        public SqlValue[] Key { get; } = key;

        public Accumulator[] States { get; } = states;
    }

    private List<Group> Run(ExecutionContext context)
    {
        int sets = Sets?.Count ?? 1;
        var tables = new Dictionary<SqlValue[], Group>[sets];
        var order = new List<Group>();
        for (int s = 0; s < sets; s++)
        {
            tables[s] = new Dictionary<SqlValue[], Group>(new RowKeyComparer(Comparers));
            if (Sets is not null && Sets[s].Length == 0)
            {
                // The grand total is there even without rows.
                var key = new SqlValue[Groups.Length];
                var total = new Group(s, key, NewStates(context));
                tables[s].Add(key, total);
                order.Add(total);
            }
        }

        var probe = new SqlValue[Groups.Length];
        int count = 0;
        using RowIterator rows = Input.Open(context);
        while (rows.MoveNext())
        {
            if ((++count & (CancellationInterval - 1)) == 0)
            {
                context.ThrowIfCancelled();
            }

            for (int i = 0; i < probe.Length; i++)
            {
                probe[i] = Groups[i](context);
            }

            for (int s = 0; s < sets; s++)
            {
                SqlValue[] key = Sets is null ? probe : Mask(probe, Sets[s]);
                if (!tables[s].TryGetValue(key, out Group? group))
                {
                    SqlValue[] kept = Sets is null ? (SqlValue[])probe.Clone() : key;
                    group = new Group(s, kept, NewStates(context));
                    tables[s].Add(kept, group);
                    order.Add(group);
                }

                for (int i = 0; i < Aggregates.Length; i++)
                {
                    Aggregates[i].Aggregate.Accumulate(group.States[i], context);
                }
            }
        }

        // Set by set: totals follow the rows that they sum up.
        return Sets is null ? order : [.. order.OrderBy(g => g.Set)];
    }

    private Accumulator[] NewStates(ExecutionContext context)
    {
        var states = new Accumulator[Aggregates.Length];
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = Aggregates[i].Aggregate.Create(context);
        }

        return states;
    }

    private static SqlValue[] Mask(SqlValue[] values, int[] set)
    {
        var key = new SqlValue[values.Length];
        foreach (int index in set)
        {
            key[index] = values[index];
        }

        return key;
    }

    private void Emit(Group group, ExecutionContext context)
    {
        RowBuffer.Load(context.Registers, GroupRegisters, group.Key);
        for (int i = 0; i < Aggregates.Length; i++)
        {
            context.Registers[Aggregates[i].Register] = group.States[i].Result;
        }

        if (GroupingRegister is { } register)
        {
            long missing = (1L << Groups.Length) - 1;
            foreach (int index in Sets![group.Set])
            {
                missing &= ~(1L << index);
            }

            context.Registers[register] = SqlValue.FromBigInt(missing);
        }
    }

    private sealed class Iterator(HashAggregateNode node, ExecutionContext context) : RowIterator
    {
        private List<Group>? _groups;
        private int _next;

        public override bool MoveNext()
        {
            _groups ??= node.Run(context);
            if (_next == _groups.Count)
            {
                return false;
            }

            node.Emit(_groups[_next++], context);
            return true;
        }
    }
}

/// <summary>DISTINCT: passes on the first row of each combination of values.</summary>
internal sealed class DistinctNode(PlanNode input, int[] registers, SqlComparer[] comparers) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(input.Open(context), registers, comparers, context);

    public override string Describe() => "Hash Match(Flow Distinct)";

    private sealed class Iterator(RowIterator input, int[] registers, SqlComparer[] comparers, ExecutionContext context) : RowIterator
    {
        private readonly HashSet<SqlValue[]> _seen = new(new RowKeyComparer(comparers));

        public override bool MoveNext()
        {
            while (input.MoveNext())
            {
                if (_seen.Add(RowBuffer.Save(context.Registers, registers)))
                {
                    return true;
                }
            }

            return false;
        }

        public override bool TryRestart()
        {
            if (!input.TryRestart())
            {
                return false;
            }

            _seen.Clear();
            return true;
        }

        public override void Dispose() => input.Dispose();
    }
}

/// <summary>EXCEPT and INTERSECT: distinct left rows by their presence among the right ones.</summary>
internal sealed class MatchSetNode(bool isExcept, PlanNode left, PlanNode right, int[] leftRegisters, int[] rightRegisters, SqlComparer[] comparers) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = [left, right];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => IsExcept ? "Hash Match(Left Anti Semi Join)" : "Hash Match(Left Semi Join)";

    private HashSet<SqlValue[]> ReadRight(ExecutionContext context)
    {
        var rows = new HashSet<SqlValue[]>(new RowKeyComparer(comparers));
        using RowIterator iterator = Inputs[1].Open(context);
        while (iterator.MoveNext())
        {
            rows.Add(RowBuffer.Save(context.Registers, rightRegisters));
        }

        return rows;
    }

    private sealed class Iterator : RowIterator
    {
        private readonly MatchSetNode _node;
        private readonly ExecutionContext _context;
        private readonly HashSet<SqlValue[]> _right;
        private readonly RowIterator _left;

        public Iterator(MatchSetNode node, ExecutionContext context)
        {
            _node = node;
            _context = context;
            _right = node.ReadRight(context);
            _left = node.Inputs[0].Open(context);
        }

        public override bool MoveNext()
        {
            while (_left.MoveNext())
            {
                SqlValue[] row = RowBuffer.Save(_context.Registers, _node.LeftRegisters);

                // A row found once must not come out again: EXCEPT adds it to, INTERSECT takes it from, the right side.
                if (_node.IsExcept ? _right.Add(row) : _right.Remove(row))
                {
                    return true;
                }
            }

            return false;
        }

        public override void Dispose() => _left.Dispose();
    }

    private bool IsExcept { get; } = isExcept;

    private int[] LeftRegisters { get; } = leftRegisters;
}
