using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Aggregates;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>The numbers that identify a node.</summary>
internal readonly record struct GraphKey(int ObjectId, long Id);

internal readonly record struct CompiledGraphEnd(Evaluator Object, Evaluator Id)
{
    /// <summary>The node that the registers show; null when there is none.</summary>
    public GraphKey? Read(ExecutionContext context)
    {
        SqlValue table = Object(context), id = Id(context);
        return table.IsNull || id.IsNull ? null : new GraphKey(table.AsInt32, id.AsInt64);
    }
}

/// <summary>A column of the result: an aggregate over the steps of the path, or a value of its last step.</summary>
internal readonly record struct ShortestPathColumn(int Register, CompiledAggregate? Aggregate, Evaluator? Last);

/// <summary>
/// Breadth-first search from a start node: one row a node reached, nearest first, as far as rows are asked for. What it keeps is one entry a node reached (and, without
/// an index to look edges up with, the edges that the search may follow, up to a limit beyond which every level reads them anew).
/// </summary>
/// <param name="step">One repetition of the pattern: from the node of the frontier registers, or from every node.</param>
internal sealed class ShortestPathNode(PlanNode step) : PlanNode
{
    /// <summary>Nodes that one search may reach (error 701).</summary>
    private const int MaximumReached = 8_000_000;

    /// <summary>Steps that are kept in memory when there is no index to find them with.</summary>
    private const int MaximumKeptSteps = 1_000_000;

    private const int CancellationInterval = 1024;

    public override IReadOnlyList<PlanNode> Inputs { get; } = [step];

    /// <summary>The step reads the frontier registers.</summary>
    public required bool Seeks { get; init; }

    public required CompiledGraphEnd Start { get; init; }

    /// <summary>Where a step starts.</summary>
    public required CompiledGraphEnd Near { get; init; }

    /// <summary>Where a step ends.</summary>
    public required CompiledGraphEnd Far { get; init; }

    public required int FrontierObjectRegister { get; init; }

    public required int FrontierIdRegister { get; init; }

    public required int LastObjectRegister { get; init; }

    public required int LastIdRegister { get; init; }

    /// <summary>Registers of a step that the columns read.</summary>
    public required int[] Kept { get; init; }

    public required ShortestPathColumn[] Columns { get; init; }

    public required int MaximumHops { get; init; }

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => Seeks ? "Shortest Path(Index Seek)" : "Shortest Path";

    /// <summary>A node reached: over which entry, through which step, after how many.</summary>
    private readonly record struct Entry(GraphKey Key, int Previous, int Hops, SqlValue[] Row);

    private readonly record struct Step(GraphKey Far, SqlValue[] Row);

    private sealed class Iterator(ShortestPathNode node, ExecutionContext context) : RowIterator
    {
        private readonly List<Entry> _entries = [];
        private readonly HashSet<GraphKey> _visited = [];
        private readonly Accumulator?[] _accumulators = Array.ConvertAll(node.Columns, c => c.Aggregate?.Create(context));
        private readonly Stack<SqlValue[]> _path = new();
        private RowIterator? _steps;
        private Dictionary<GraphKey, List<Step>>? _kept;
        private bool _rereads;
        private bool _started;
        private int _next;
        private int _expanded;
        private int _count;

        public override bool MoveNext()
        {
            if (!_started)
            {
                Begin();
            }

            while (_next >= _entries.Count)
            {
                if (!Expand())
                {
                    return false;
                }
            }

            Show(_next++);
            return true;
        }

        public override bool TryRestart()
        {
            _started = false;
            return true;
        }

        private void Begin()
        {
            _started = true;
            _entries.Clear();
            _visited.Clear();
            _expanded = 0;
            _next = 1;
            if (node.Start.Read(context) is { } start)
            {
                // The start counts as reached only when a cycle leads back to it.
                _entries.Add(new Entry(start, -1, 0, []));
            }
        }

        /// <summary>Follows the edges of the next nodes until something new is reached; false when there is nothing to follow.</summary>
        private bool Expand()
        {
            int known = _entries.Count;
            while (_expanded < _entries.Count && _entries.Count == known)
            {
                if (_entries[_expanded].Hops >= node.MaximumHops)
                {
                    return false;
                }

                if (node.Seeks)
                {
                    Seek(_expanded++);
                }
                else if (KeptSteps() is { } kept)
                {
                    int previous = _expanded++;
                    if (kept.TryGetValue(_entries[previous].Key, out List<Step>? steps))
                    {
                        foreach (Step step in steps)
                        {
                            Reach(step.Far, previous, step.Row);
                        }
                    }
                }
                else
                {
                    ExpandLevel();
                }
            }

            return _entries.Count > known;
        }

        private void Seek(int previous)
        {
            GraphKey key = _entries[previous].Key;
            context.Registers[node.FrontierObjectRegister] = SqlValue.FromInt(key.ObjectId);
            context.Registers[node.FrontierIdRegister] = SqlValue.FromBigInt(key.Id);
            Restart();
            while (Next())
            {
                if (node.Far.Read(context) is { } far && !_visited.Contains(far))
                {
                    Reach(far, previous, RowBuffer.Save(context.Registers, node.Kept));
                }
            }
        }

        /// <summary>All steps by the node that they start at; null when they are too many to keep.</summary>
        private Dictionary<GraphKey, List<Step>>? KeptSteps()
        {
            if (_kept is not null || _rereads)
            {
                return _kept;
            }

            var kept = new Dictionary<GraphKey, List<Step>>();
            int count = 0;
            Restart();
            while (Next())
            {
                if (node.Near.Read(context) is not { } near || node.Far.Read(context) is not { } far)
                {
                    continue;
                }

                if (++count > MaximumKeptSteps)
                {
                    _rereads = true;
                    return null;
                }

                if (!kept.TryGetValue(near, out List<Step>? steps))
                {
                    kept.Add(near, steps = []);
                }

                steps.Add(new Step(far, RowBuffer.Save(context.Registers, node.Kept)));
            }

            return _kept = kept;
        }

        /// <summary>Reads every step for the nodes of one level together.</summary>
        private void ExpandLevel()
        {
            var level = new Dictionary<GraphKey, int>();
            for (int hops = _entries[_expanded].Hops; _expanded < _entries.Count && _entries[_expanded].Hops == hops; _expanded++)
            {
                level.TryAdd(_entries[_expanded].Key, _expanded);
            }

            Restart();
            while (Next())
            {
                if (node.Near.Read(context) is { } near && level.TryGetValue(near, out int previous) && node.Far.Read(context) is { } far && !_visited.Contains(far))
                {
                    Reach(far, previous, RowBuffer.Save(context.Registers, node.Kept));
                }
            }
        }

        private void Reach(GraphKey far, int previous, SqlValue[] row)
        {
            if (!_visited.Add(far))
            {
                return;
            }

            if (_entries.Count > MaximumReached)
            {
                throw SqlErrors.Create(701);
            }

            _entries.Add(new Entry(far, previous, _entries[previous].Hops + 1, row));
        }

        private void Restart()
        {
            if (_steps is null || !_steps.TryRestart())
            {
                _steps?.Dispose();
                _steps = node.Inputs[0].Open(context);
            }
        }

        private bool Next()
        {
            if (++_count % CancellationInterval == 0)
            {
                context.ThrowIfCancelled();
            }

            return _steps!.MoveNext();
        }

        /// <summary>Puts a node that was reached, and what is asked of its path, into the registers.</summary>
        private void Show(int index)
        {
            GraphKey last = _entries[index].Key;
            if (node.Columns.Length > 0)
            {
                for (int at = index; at > 0; at = _entries[at].Previous)
                {
                    _path.Push(_entries[at].Row);
                }

                foreach (Accumulator? accumulator in _accumulators)
                {
                    accumulator?.Reset();
                }

                while (_path.TryPop(out SqlValue[]? row))
                {
                    RowBuffer.Load(context.Registers, node.Kept, row);
                    for (int i = 0; i < _accumulators.Length; i++)
                    {
                        if (_accumulators[i] is { } accumulator)
                        {
                            node.Columns[i].Aggregate!.Accumulate(accumulator, context);
                        }
                    }
                }

                for (int i = 0; i < _accumulators.Length; i++)
                {
                    context.Registers[node.Columns[i].Register] = _accumulators[i] is { } accumulator ? accumulator.Result : node.Columns[i].Last!(context);
                }
            }

            context.Registers[node.LastObjectRegister] = SqlValue.FromInt(last.ObjectId);
            context.Registers[node.LastIdRegister] = SqlValue.FromBigInt(last.Id);
        }

        public override void Dispose() => _steps?.Dispose();
    }
}
