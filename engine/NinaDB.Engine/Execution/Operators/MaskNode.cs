using NinaDB.Engine.Security;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>A column that masks on its way out of a query.</summary>
/// <param name="Source">Register of the stored value.</param>
/// <param name="Target">Register that receives what the principal reads; the same one where the reader above only knows that.</param>
internal readonly record struct MaskedColumn(int Source, int Target, MaskFunction Mask, SqlType Type);

/// <summary>Dynamic data masking, above everything that looks at values: conditions, joins, orderings.</summary>
internal sealed class MaskNode(PlanNode input, IReadOnlyList<MaskedColumn> columns) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    private IReadOnlyList<MaskedColumn> Columns { get; } = columns;

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => "Compute Scalar";

    private sealed class Iterator(MaskNode node, ExecutionContext context) : RowIterator
    {
        private readonly RowIterator _input = node.Inputs[0].Open(context);
        private readonly SqlValue[] _stored = new SqlValue[node.Columns.Count];
        private bool _isMasked;

        public override bool MoveNext()
        {
            SqlValue[] file = context.Registers;
            if (_isMasked)
            {
                // An operator below may go on with the row that it has put out.
                for (int i = 0; i < _stored.Length; i++)
                {
                    file[node.Columns[i].Source] = _stored[i];
                }
            }

            _isMasked = _input.MoveNext();
            if (!_isMasked)
            {
                return false;
            }

            for (int i = 0; i < _stored.Length; i++)
            {
                _stored[i] = file[node.Columns[i].Source];
            }

            for (int i = 0; i < _stored.Length; i++)
            {
                MaskedColumn column = node.Columns[i];
                file[column.Target] = column.Mask.Apply(_stored[i], column.Type);
            }

            return true;
        }

        public override void Dispose() => _input.Dispose();
    }
}
