namespace NinaDB.Engine.Execution.Operators;

/// <summary>Takes or leaves whole pages of its input, a page being so many rows in the order of the scan.</summary>
/// <param name="share">Part of the pages to take, 0 to 1.</param>
internal sealed class SampleNode(PlanNode input, double share, int rowsPerPage, long? seed) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(input.Open(context), share, rowsPerPage, seed is { } s ? new Random(unchecked((int)s ^ (int)(s >> 32))) : new Random());

    public override string Describe() => "Sample";

    private sealed class Iterator(RowIterator input, double share, int rowsPerPage, Random random) : RowIterator
    {
        private int _left;
        private bool _takes;

        public override bool MoveNext()
        {
            while (input.MoveNext())
            {
                if (_left == 0)
                {
                    _left = rowsPerPage;
                    _takes = random.NextDouble() < share;
                }

                _left--;
                if (_takes)
                {
                    return true;
                }
            }

            return false;
        }

        public override void Dispose() => input.Dispose();
    }
}
