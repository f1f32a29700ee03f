using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>Sorts its input, in memory, stably.</summary>
/// <param name="registers">Registers to keep of each row, the keys among them.</param>
internal sealed class SortNode(PlanNode input, SortKey[] keys, int[] registers) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => "Sort";

    private sealed class Iterator(SortNode node, ExecutionContext context) : RowIterator
    {
        private RowArena? _rows;
        private int[] _order = [];
        private int _next;

        public override bool MoveNext()
        {
            if (_rows is null)
            {
                _rows = SavedRows.Read(node.Inputs[0], node.Registers, context);
                _order = RowOrder.Of(_rows, node.Keys, node.Registers, context);
            }

            if (_next == _order.Length)
            {
                return false;
            }

            _rows.Load(_order[_next++], context.Registers);
            return true;
        }
    }

    private SortKey[] Keys { get; } = keys;

    private int[] Registers { get; } = registers;
}

/// <summary>Reads an input to its end.</summary>
internal static class SavedRows
{
    private const int CancellationInterval = 1024;

    public static RowArena Read(PlanNode input, int[] registers, ExecutionContext context)
    {
        var rows = new RowArena(registers);
        using RowIterator iterator = input.Open(context);
        while (iterator.MoveNext())
        {
            rows.Add(context.Registers);
            if ((rows.Count & (CancellationInterval - 1)) == 0)
            {
                context.ThrowIfCancelled();
            }
        }

        return rows;
    }
}

/// <summary>Compares saved rows by sort keys.</summary>
internal sealed class RowComparer : IComparer<SqlValue[]>
{
    private readonly SortKey[] _keys;
    private readonly int[] _positions;

    public RowComparer(SortKey[] keys, int[] registers)
    {
        _keys = keys;
        _positions = Array.ConvertAll(keys, k => Array.IndexOf(registers, k.Register));
    }

    public int Compare(SqlValue[]? x, SqlValue[]? y)
    {
        for (int i = 0; i < _keys.Length; i++)
        {
            int order = _keys[i].Compare(x![_positions[i]], y![_positions[i]]);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }
}

/// <summary>ORDER BY with TOP or OFFSET/FETCH: keeps only as many rows as will be returned, in a heap.</summary>
/// <param name="count">bigint; never NULL in effect (the planner uses a plain sort where the count may be huge).</param>
internal sealed class TopSortNode(PlanNode input, SortKey[] keys, int[] registers, TopCount count) : PlanNode
{
    private const int CancellationInterval = 1024;

    /// <summary>Beyond this many rows a full sort is no worse than the heap.</summary>
    private const long LargestHeap = 1_000_000;

    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => "Sort(TOP)";

    /// <summary>The rows up to the last one that is returned, and their order.</summary>
    private (RowArena Rows, int[] Order) Read(ExecutionContext context, long last)
    {
        if (last > LargestHeap)
        {
            RowArena all = SavedRows.Read(Inputs[0], Registers, context);
            return (all, RowOrder.Of(all, keys, Registers, context));
        }

        if (last == 0)
        {
            return (new RowArena(Registers), []);
        }

        // The heap has the worst row on top; among equals the latest one is the worst, which keeps the order stable.
        var comparer = new RowComparer(keys, Registers);
        var heap = new PriorityQueue<SqlValue[], (SqlValue[] Row, int Order)>(new WorstFirst(comparer));
        using RowIterator iterator = Inputs[0].Open(context);
        int seen = 0;
        while (iterator.MoveNext())
        {
            if ((++seen & (CancellationInterval - 1)) == 0)
            {
                context.ThrowIfCancelled();
            }

            if (heap.Count < last)
            {
                SqlValue[] row = RowBuffer.Save(context.Registers, Registers);
                heap.Enqueue(row, (row, seen));
            }
            else if (IsBetter(context.Registers, heap.Peek()))
            {
                SqlValue[] row = RowBuffer.Save(context.Registers, Registers);
                heap.EnqueueDequeue(row, (row, seen));
            }
        }

        var rows = new RowArena(Registers);
        var order = new int[heap.Count];
        for (int i = order.Length - 1; i >= 0; i--)
        {
            order[i] = rows.AddRow(heap.Dequeue());
        }

        return (rows, order);
    }

    private readonly int[] _positions = Array.ConvertAll(keys, k => Array.IndexOf(registers, k.Register));

    private bool IsBetter(SqlValue[] file, SqlValue[] worst)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            int order = keys[i].Compare(file[keys[i].Register], worst[_positions[i]]);
            if (order != 0)
            {
                return order < 0;
            }
        }

        return false;
    }

    private sealed class WorstFirst(RowComparer comparer) : IComparer<(SqlValue[] Row, int Order)>
    {
        public int Compare((SqlValue[] Row, int Order) x, (SqlValue[] Row, int Order) y)
        {
            int order = comparer.Compare(y.Row, x.Row);
            return order != 0 ? order : y.Order.CompareTo(x.Order);
        }
    }

    private sealed class Iterator(TopSortNode node, ExecutionContext context) : RowIterator
    {
        private RowArena? _rows;
        private int[] _order = [];
        private long _next;
        private long _end;

        public override bool MoveNext()
        {
            if (_rows is null)
            {
                (long offset, long limit) = node.Count.Evaluate(context);
                long last = limit > long.MaxValue - offset ? long.MaxValue : offset + limit;
                (_rows, _order) = node.Read(context, limit == 0 ? 0 : last);
                _next = offset;
                _end = Math.Min(last, _order.Length);
            }

            if (_next >= _end)
            {
                return false;
            }

            _rows.Load(_order[_next++], context.Registers);
            return true;
        }
    }

    private TopCount Count { get; } = count;

    private int[] Registers { get; } = registers;
}
