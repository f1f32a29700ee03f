namespace NinaDB.Engine.Execution;

/// <summary>Rows and executions of the operators of one statement.</summary>
internal sealed class PlanProfile
{
    private readonly Dictionary<PlanNode, Count> _counts = new(ReferenceEqualityComparer.Instance);

    private sealed class Count
    {
        public long Rows, Executions;
    }

    public RowIterator Watch(PlanNode node, RowIterator rows)
    {
        if (!_counts.TryGetValue(node, out Count? count))
        {
            _counts[node] = count = new Count();
        }

        count.Executions++;
        return new Watched(rows, count);
    }

    /// <summary>Rows that an operator has produced in all, and how often it was started.</summary>
    public (long Rows, long Executions) Of(PlanNode node) => _counts.TryGetValue(node, out Count? count) ? (count.Rows, count.Executions) : (0, 0);

    private sealed class Watched(RowIterator inner, Count count) : RowIterator
    {
        public override bool MoveNext()
        {
            if (!inner.MoveNext())
            {
                return false;
            }

            count.Rows++;
            return true;
        }

        public override bool TryRestart()
        {
            if (!inner.TryRestart())
            {
                return false;
            }

            count.Executions++;
            return true;
        }

        public override void Dispose() => inner.Dispose();
    }
}
