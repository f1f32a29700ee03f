using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>The row counts of TOP, OFFSET and FETCH, checked when they are evaluated.</summary>
internal sealed record TopCount(Evaluator? Offset, Evaluator? Count, bool IsFetch)
{
    public (long Offset, long Limit) Evaluate(ExecutionContext context)
    {
        long offset = 0;
        long limit = long.MaxValue;
        if (Offset is not null)
        {
            SqlValue value = Offset(context);
            offset = value.IsNull || value.AsInt64 < 0 ? throw SqlErrors.Create(10742) : value.AsInt64;
        }

        if (Count is not null)
        {
            SqlValue value = Count(context);
            if (value.IsNull)
            {
                throw SqlErrors.Create(IsFetch ? 10744 : 1014);
            }

            limit = value.AsInt64;
            if (limit < 0 || (IsFetch && limit == 0))
            {
                throw SqlErrors.Create(IsFetch ? 10744 : 127);
            }
        }

        return (offset, limit);
    }
}

/// <summary>TOP (n), OFFSET ... FETCH: passes on a part of its input, which is in the right order already.</summary>
internal sealed class TopNode(PlanNode input, TopCount count, SortKey[]? ties) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => Ties is null ? "Top" : "Top(WITH TIES)";

    private sealed class Iterator(TopNode node, ExecutionContext context) : RowIterator
    {
        private readonly SortKey[]? _ties = node.Ties;
        private RowIterator? _input;
        private long _limit;
        private long _returned;
        private bool _started;
        private SqlValue[] _last = [];

        public override bool MoveNext()
        {
            if (!_started)
            {
                _started = true;
                (long offset, _limit) = node.Count.Evaluate(context);
                if (_limit > 0)
                {
                    if (_input is null || !_input.TryRestart())
                    {
                        _input?.Dispose();
                        _input = node.Inputs[0].Open(context);
                    }

                    for (; offset > 0 && _input.MoveNext(); offset--)
                    {
                    }
                }
            }

            if (_returned < _limit)
            {
                if (!_input!.MoveNext())
                {
                    _limit = 0;
                    return false;
                }

                _returned++;
                if (_ties is not null && _returned == _limit)
                {
                    _last = Array.ConvertAll(_ties, k => context.Registers[k.Register]);
                }

                return true;
            }

            if (_ties is null || _limit == 0 || !_input!.MoveNext())
            {
                return false;
            }

            for (int i = 0; i < _ties.Length; i++)
            {
                if (_ties[i].Compare(_last[i], context.Registers[_ties[i].Register]) != 0)
                {
                    _limit = 0;
                    return false;
                }
            }

            return true;
        }

        public override bool TryRestart()
        {
            _started = false;
            _returned = 0;
            return true;
        }

        public override void Dispose() => _input?.Dispose();
    }

    private TopCount Count { get; } = count;

    private SortKey[]? Ties { get; } = ties;
}

/// <summary>TOP (n) PERCENT: reads everything first.</summary>
internal sealed class TopPercentNode(PlanNode input, Evaluator percent, SortKey[]? ties, int[] registers) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => "Top(PERCENT)";

    private (List<SqlValue[]> Rows, int Count) Read(ExecutionContext context)
    {
        SqlValue value = percent(context);
        if (value.IsNull || value.AsDouble < 0 || value.AsDouble > 100)
        {
            throw SqlErrors.Create(1031);
        }

        var rows = new List<SqlValue[]>();
        using RowIterator iterator = Inputs[0].Open(context);
        while (iterator.MoveNext())
        {
            rows.Add(RowBuffer.Save(context.Registers, Registers));
        }

        int count = (int)Math.Min(Math.Ceiling(rows.Count * value.AsDouble / 100), rows.Count);
        if (ties is not null && count > 0)
        {
            var comparer = new RowComparer(ties, Registers);
            while (count < rows.Count && comparer.Compare(rows[count - 1], rows[count]) == 0)
            {
                count++;
            }
        }

        return (rows, count);
    }

    private sealed class Iterator(TopPercentNode node, ExecutionContext context) : RowIterator
    {
        private List<SqlValue[]>? _rows;
        private int _count;
        private int _next;

        public override bool MoveNext()
        {
            if (_rows is null)
            {
                (_rows, _count) = node.Read(context);
            }

            if (_next == _count)
            {
                return false;
            }

            RowBuffer.Load(context.Registers, node.Registers, _rows[_next++]);
            return true;
        }
    }

    private int[] Registers { get; } = registers;
}
