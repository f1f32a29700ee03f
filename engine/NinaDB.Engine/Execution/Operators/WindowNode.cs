using NinaDB.Engine.Execution.Aggregates;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>Window functions of one PARTITION BY and ORDER BY over an input sorted accordingly; holds one partition at a time.</summary>
/// <param name="partition">Registers of the PARTITION BY columns.</param>
/// <param name="registers">Registers to keep of each row: what the functions read and what is needed above.</param>
/// <param name="results">Register of each function.</param>
internal sealed class WindowNode(PlanNode input, int[] partition, SqlComparer[] comparers, int[] registers, WindowEvaluator[] functions, int[] results) : PlanNode
{
    private const int CancellationInterval = 1024;

    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => "Window Aggregate";

    private sealed class Rows(int[] registers) : IWindowPartition
    {
        public RowArena Items { get; } = new(registers);

        public int Count => Items.Count;

        public void Load(int row, ExecutionContext context) => Items.Load(row, context.Registers);
    }

    private sealed class Iterator(WindowNode node, ExecutionContext context) : RowIterator
    {
        private readonly RowIterator _input = node.Inputs[0].Open(context);
        private readonly Rows _rows = new(node.Registers);
        private readonly SqlValue[][] _values = new SqlValue[node.Functions.Length][];

        /// <summary>The first row of the next partition, read with the last one of this.</summary>
        private readonly SqlValue[] _waiting = new SqlValue[node.Registers.Length];
        private readonly SqlValue[] _key = new SqlValue[node.Partition.Length];
        private bool _isWaiting;
        private bool _started;
        private int _next;

        public override bool MoveNext()
        {
            if (_next == _rows.Count && !ReadPartition())
            {
                return false;
            }

            _rows.Load(_next, context);
            for (int i = 0; i < _values.Length; i++)
            {
                context.Registers[node.Results[i]] = _values[i][_next];
            }

            _next++;
            return true;
        }

        private bool ReadPartition()
        {
            SqlValue[] file = context.Registers;
            _rows.Items.Clear();
            _next = 0;
            if (!_started)
            {
                _started = true;
                if (!_input.MoveNext())
                {
                    return false;
                }
            }
            else if (_isWaiting)
            {
                RowBuffer.Load(file, node.Registers, _waiting);
            }
            else
            {
                return false;
            }

            for (int i = 0; i < _key.Length; i++)
            {
                _key[i] = file[node.Partition[i]];
            }

            _rows.Items.Add(file);
            _isWaiting = false;
            while (_input.MoveNext())
            {
                if (!IsSame(file))
                {
                    for (int i = 0; i < _waiting.Length; i++)
                    {
                        _waiting[i] = file[node.Registers[i]];
                    }

                    _isWaiting = true;
                    break;
                }

                _rows.Items.Add(file);
                if ((_rows.Count & (CancellationInterval - 1)) == 0)
                {
                    context.ThrowIfCancelled();
                }
            }

            for (int i = 0; i < _values.Length; i++)
            {
                _values[i] = node.Functions[i].Evaluate(_rows, context);
            }

            return true;
        }

        private bool IsSame(SqlValue[] file)
        {
            for (int i = 0; i < _key.Length; i++)
            {
                if (!node.Comparers[i].Equals(_key[i], file[node.Partition[i]]))
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

    private int[] Registers { get; } = registers;

    private WindowEvaluator[] Functions { get; } = functions;

    private int[] Results { get; } = results;
}
