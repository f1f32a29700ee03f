using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>Sorts its input, in memory, stably.</summary>
/// <param name="registers">Registers to keep of each row, the keys among them.</param>
internal sealed class SortNode(PlanNode input, SortKey[] keys, int[] registers) : PlanNode
{
    private const int CancellationInterval = 1024;

    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    public override RowIterator Open(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => "Sort";

    private List<SqlValue[]> Read(ExecutionContext context)
    {
        var rows = new List<SqlValue[]>();
        using RowIterator iterator = Inputs[0].Open(context);
        while (iterator.MoveNext())
        {
            rows.Add(RowBuffer.Save(context.Registers, Registers));
            if ((rows.Count & (CancellationInterval - 1)) == 0)
            {
                context.ThrowIfCancelled();
            }
        }

        RowSorter.Sort(rows, keys, Registers);
        return rows;
    }

    private sealed class Iterator(SortNode node, ExecutionContext context) : RowIterator
    {
        private List<SqlValue[]>? _rows;
        private int _next;

        public override bool MoveNext()
        {
            _rows ??= node.Read(context);
            if (_next == _rows.Count)
            {
                return false;
            }

            RowBuffer.Load(context.Registers, node.Registers, _rows[_next++]);
            return true;
        }
    }

    private int[] Registers { get; } = registers;
}

/// <summary>Stable sorting of saved rows.</summary>
internal static class RowSorter
{
    /// <param name="registers">Which register each element of a row came from.</param>
    public static void Sort(List<SqlValue[]> rows, SortKey[] keys, int[] registers)
    {
        if (rows.Count < 2)
        {
            return;
        }

        var comparer = new RowComparer(keys, registers);
        int count = rows.Count;
        var order = new int[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        SqlValue[][] source = [.. rows];
        Array.Sort(order, new IndexComparer(source, comparer));
        for (int i = 0; i < count; i++)
        {
            rows[i] = source[order[i]];
        }
    }

    private sealed class IndexComparer(SqlValue[][] rows, RowComparer comparer) : IComparer<int>
    {
        public int Compare(int x, int y)
        {
            int order = comparer.Compare(rows[x], rows[y]);
            return order != 0 ? order : x.CompareTo(y);
        }
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

    public override RowIterator Open(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => "Sort(TOP)";

    private List<SqlValue[]> Read(ExecutionContext context, long offset, long limit)
    {
        long keep = limit > LargestHeap - offset ? long.MaxValue : offset + limit;
        var comparer = new RowComparer(keys, Registers);
        if (keep == 0)
        {
            return [];
        }

        List<SqlValue[]> rows;
        using RowIterator iterator = Inputs[0].Open(context);
        int seen = 0;
        if (keep == long.MaxValue)
        {
            rows = [];
            while (iterator.MoveNext())
            {
                rows.Add(RowBuffer.Save(context.Registers, Registers));
            }

            RowSorter.Sort(rows, keys, Registers);
        }
        else
        {
            // The heap has the worst row on top; among equals the latest one is the worst, which keeps the order stable.
            var heap = new PriorityQueue<SqlValue[], (SqlValue[] Row, int Order)>(new WorstFirst(comparer));
            while (iterator.MoveNext())
            {
                if ((++seen & (CancellationInterval - 1)) == 0)
                {
                    context.ThrowIfCancelled();
                }

                if (heap.Count < keep)
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

            rows = new List<SqlValue[]>(heap.Count);
            while (heap.TryDequeue(out SqlValue[]? row, out _))
            {
                rows.Add(row);
            }

            rows.Reverse();
        }

        int skip = (int)Math.Min(offset, rows.Count);
        int take = (int)Math.Min(limit, rows.Count - skip);
        return rows.GetRange(skip, take);
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
        private List<SqlValue[]>? _rows;
        private int _next;

        public override bool MoveNext()
        {
            if (_rows is null)
            {
                (long offset, long limit) = node.Count.Evaluate(context);
                _rows = node.Read(context, offset, limit);
            }

            if (_next == _rows.Count)
            {
                return false;
            }

            RowBuffer.Load(context.Registers, node.Registers, _rows[_next++]);
            return true;
        }
    }

    private TopCount Count { get; } = count;

    private int[] Registers { get; } = registers;
}
