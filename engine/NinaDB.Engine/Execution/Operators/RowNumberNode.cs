using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>ROW_NUMBER() over an input sorted by partition and order: counts rows as they pass, keeping none.</summary>
/// <param name="partition">Registers of the PARTITION BY columns.</param>
/// <param name="results">Registers that receive the number.</param>
internal sealed class RowNumberNode(PlanNode input, int[] partition, SqlComparer[] comparers, int[] results) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => "Sequence Project";

    private sealed class Iterator(RowNumberNode node, ExecutionContext context) : RowIterator
    {
        private readonly RowIterator _input = node.Inputs[0].Open(context);
        private SqlValue[]? _key;
        private long _number;

        public override bool MoveNext()
        {
            if (!_input.MoveNext())
            {
                return false;
            }

            SqlValue[] file = context.Registers;
            if (_key is null || !IsSame(file, _key))
            {
                _key = RowBuffer.Save(file, node.Partition);
                _number = 0;
            }

            SqlValue number = SqlValue.FromBigInt(++_number);
            foreach (int register in node.Results)
            {
                file[register] = number;
            }

            return true;
        }

        private bool IsSame(SqlValue[] file, SqlValue[] key)
        {
            for (int i = 0; i < key.Length; i++)
            {
                if (!node.Comparers[i].Equals(key[i], file[node.Partition[i]]))
                {
                    return false;
                }
            }

            return true;
        }

        public override void Dispose() => _input.Dispose();
    }

    private int[] Partition { get; } = partition;

    private SqlComparer[] Comparers { get; } = comparers;

    private int[] Results { get; } = results;
}
