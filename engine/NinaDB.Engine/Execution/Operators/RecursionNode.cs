using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>
/// A recursive CTE. As SQL Server does it, rows wait on a stack: all anchor rows first, then the rows that each recursive member makes of the topmost one.
/// </summary>
/// <param name="registers">Registers that anchor and members fill.</param>
/// <param name="workRegisters">Registers through which the members read the row they extend.</param>
internal sealed class RecursionNode(PlanNode anchor, IReadOnlyList<PlanNode> members, int[] registers, int[] workRegisters, int maximum) : PlanNode
{
    private const int CancellationInterval = 256;

    public override IReadOnlyList<PlanNode> Inputs { get; } = [anchor, .. members];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => "Index Spool(WITH STACK)";

    private sealed class Iterator(RecursionNode node, ExecutionContext context) : RowIterator
    {
        private readonly Stack<(int Level, SqlValue[] Row)> _stack = new();
        private readonly RowIterator?[] _members = new RowIterator?[node.Inputs.Count];
        private RowIterator? _current = node.Inputs[0].Open(context);
        private int _member;
        private int _level;
        private SqlValue[] _row = [];
        private int _count;

        public override bool MoveNext()
        {
            if ((++_count & (CancellationInterval - 1)) == 0)
            {
                context.ThrowIfCancelled();
            }

            while (true)
            {
                if (_current is not null)
                {
                    if (_current.MoveNext())
                    {
                        int level = _member == 0 ? 0 : _level + 1;
                        if (node.Maximum > 0 && level > node.Maximum)
                        {
                            throw SqlErrors.Create(530, node.Maximum);
                        }

                        _stack.Push((level, RowBuffer.Save(context.Registers, node.Registers)));
                        return true;
                    }

                    _current = null;
                    if (_member > 0 && _member + 1 < _members.Length)
                    {
                        StartMember(_member + 1);
                        continue;
                    }
                }

                if (!_stack.TryPop(out (int Level, SqlValue[] Row) top))
                {
                    return false;
                }

                (_level, _row) = top;
                StartMember(1);
            }
        }

        private void StartMember(int member)
        {
            _member = member;
            RowBuffer.Load(context.Registers, node.WorkRegisters, _row);
            RowIterator? iterator = _members[member];
            if (iterator is null || !iterator.TryRestart())
            {
                iterator?.Dispose();
                iterator = node.Inputs[member].Open(context);
                _members[member] = iterator;
            }

            _current = iterator;
        }

        public override void Dispose()
        {
            if (_member == 0)
            {
                _current?.Dispose();
            }

            foreach (RowIterator? member in _members)
            {
                member?.Dispose();
            }
        }
    }

    private int[] Registers { get; } = registers;

    private int[] WorkRegisters { get; } = workRegisters;

    private int Maximum { get; } = maximum;
}
