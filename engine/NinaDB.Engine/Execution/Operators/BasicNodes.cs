using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>One row without columns.</summary>
internal sealed class SingleRowNode : PlanNode
{
    public SingleRowNode() => EstimatedRows = 1;

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator();

    public override string Describe() => "Constant Scan";

    private sealed class Iterator : RowIterator
    {
        private bool _done;

        public override bool MoveNext() => !_done && (_done = true);

        public override bool TryRestart()
        {
            _done = false;
            return true;
        }
    }
}

/// <summary>No rows: a condition was found to be false for ever.</summary>
internal sealed class EmptyNode : PlanNode
{
    public EmptyNode() => EstimatedRows = 0;

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator();

    public override string Describe() => "Constant Scan(no rows)";

    private sealed class Iterator : RowIterator
    {
        public override bool MoveNext() => false;

        public override bool TryRestart() => true;
    }
}

/// <summary>VALUES.</summary>
internal sealed class ValuesNode : PlanNode
{
    private readonly int[] _registers;
    private readonly Evaluator[][] _rows;

    public ValuesNode(int[] registers, Evaluator[][] rows)
    {
        _registers = registers;
        _rows = rows;
        EstimatedRows = rows.Length;
    }

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => $"Constant Scan({_rows.Length} rows)";

    private sealed class Iterator(ValuesNode node, ExecutionContext context) : RowIterator
    {
        private int _next;

        public override bool MoveNext()
        {
            if (_next >= node._rows.Length)
            {
                return false;
            }

            Evaluator[] row = node._rows[_next++];
            for (int i = 0; i < row.Length; i++)
            {
                context.Registers[node._registers[i]] = row[i](context);
            }

            return true;
        }

        public override bool TryRestart()
        {
            _next = 0;
            return true;
        }
    }
}

/// <summary>Rows that code makes: system views, table-valued functions, OPENJSON.</summary>
internal sealed class ProducedNode(string name, int[] registers, Evaluator?[] arguments, Binding.RowProducer producer) : PlanNode
{
    private const int CancellationInterval = 256;

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => $"Table-valued function([{name}])";

    private IEnumerator<SqlValue[]> Start(ExecutionContext context)
    {
        var values = new SqlValue?[arguments.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i]?.Invoke(context);
        }

        return producer(context, values).GetEnumerator();
    }

    private sealed class Iterator(ProducedNode node, ExecutionContext context) : RowIterator
    {
        private readonly int[] _registers = node.Registers;
        private IEnumerator<SqlValue[]> _rows = node.Start(context);
        private int _count;

        public override bool MoveNext()
        {
            if (++_count % CancellationInterval == 0)
            {
                context.ThrowIfCancelled();
            }

            if (!_rows.MoveNext())
            {
                return false;
            }

            SqlValue[] row = _rows.Current;
            for (int i = 0; i < _registers.Length; i++)
            {
                if (_registers[i] >= 0)
                {
                    context.Registers[_registers[i]] = row[i];
                }
            }

            return true;
        }

        public override bool TryRestart()
        {
            _rows.Dispose();
            _rows = node.Start(context);
            return true;
        }

        public override void Dispose() => _rows.Dispose();
    }

    /// <summary>Register of each column; -1 for columns that nobody reads.</summary>
    private int[] Registers { get; } = registers;
}

internal sealed class FilterNode(PlanNode input, PredicateEvaluator predicate) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(input.Open(context), predicate, context);

    public override string Describe() => "Filter";

    private sealed class Iterator(RowIterator input, PredicateEvaluator predicate, ExecutionContext context) : RowIterator
    {
        public override bool MoveNext()
        {
            while (input.MoveNext())
            {
                if (predicate(context) == Truth.True)
                {
                    return true;
                }
            }

            return false;
        }

        public override bool TryRestart() => input.TryRestart();

        public override void Dispose() => input.Dispose();
    }
}

/// <summary>A filter that reads no column: evaluated once; the input is not even opened when it is not true.</summary>
internal sealed class StartupFilterNode(PlanNode input, PredicateEvaluator predicate) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(input, predicate, context);

    public override string Describe() => "Filter(STARTUP EXPR)";

    private sealed class Iterator(PlanNode plan, PredicateEvaluator predicate, ExecutionContext context) : RowIterator
    {
        private bool _started;
        private bool _isTrue;
        private RowIterator? _input;

        public override bool MoveNext()
        {
            if (!_started)
            {
                _started = true;
                _isTrue = predicate(context) == Truth.True;
                if (_isTrue && (_input is null || !_input.TryRestart()))
                {
                    _input?.Dispose();
                    _input = plan.Open(context);
                }
            }

            return _isTrue && _input!.MoveNext();
        }

        public override bool TryRestart()
        {
            _started = false;
            return true;
        }

        public override void Dispose() => _input?.Dispose();
    }
}

/// <summary>Computes columns.</summary>
internal sealed class ComputeNode(PlanNode input, int[] registers, Evaluator[] values) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(input.Open(context), registers, values, context);

    public override string Describe() => "Compute Scalar";

    private sealed class Iterator(RowIterator input, int[] registers, Evaluator[] values, ExecutionContext context) : RowIterator
    {
        public override bool MoveNext()
        {
            if (!input.MoveNext())
            {
                return false;
            }

            SqlValue[] file = context.Registers;
            for (int i = 0; i < values.Length; i++)
            {
                file[registers[i]] = values[i](context);
            }

            return true;
        }

        public override bool TryRestart() => input.TryRestart();

        public override void Dispose() => input.Dispose();
    }
}

/// <summary>UNION ALL.</summary>
internal sealed class ConcatNode(IReadOnlyList<PlanNode> inputs) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = inputs;

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(Inputs, context);

    public override string Describe() => "Concatenation";

    private sealed class Iterator(IReadOnlyList<PlanNode> inputs, ExecutionContext context) : RowIterator
    {
        private int _next;
        private RowIterator? _current;

        public override bool MoveNext()
        {
            while (true)
            {
                if (_current is not null)
                {
                    if (_current.MoveNext())
                    {
                        return true;
                    }

                    _current.Dispose();
                    _current = null;
                }

                if (_next == inputs.Count)
                {
                    return false;
                }

                _current = inputs[_next++].Open(context);
            }
        }

        public override bool TryRestart()
        {
            _current?.Dispose();
            _current = null;
            _next = 0;
            return true;
        }

        public override void Dispose() => _current?.Dispose();
    }
}

/// <summary>FOR JSON, FOR XML: all rows become one text.</summary>
/// <param name="input">The rows.</param>
/// <param name="register">Where the text goes.</param>
/// <param name="formatter">Makes the writer.</param>
/// <param name="inChunks">Whether the text is the result of a statement: then it comes in rows of some length.</param>
internal sealed class FormatNode(PlanNode input, int register, Func<Binding.RowFormatter> formatter, bool inChunks) : PlanNode
{
    /// <summary>Characters a row of a statement's FOR JSON or FOR XML.</summary>
    public const int ChunkLength = 2033;

    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(input, register, formatter, inChunks, context);

    public override string Describe() => "UDX(FOR)";

    private sealed class Iterator(PlanNode input, int register, Func<Binding.RowFormatter> formatter, bool inChunks, ExecutionContext context) : RowIterator
    {
        private bool _done;
        private string? _rest;
        private int _sent;

        public override bool MoveNext()
        {
            if (_rest is not null)
            {
                return Send();
            }

            if (_done)
            {
                return false;
            }

            _done = true;
            Binding.RowFormatter text = formatter();
            text.Begin(context.Session);
            long count = 0;
            using RowIterator rows = input.Open(context);
            while (rows.MoveNext())
            {
                if ((++count & 0xFF) == 0)
                {
                    context.ThrowIfCancelled();
                }

                text.Add(context.Registers);
            }

            SqlValue value = text.Finish();
            if (inChunks)
            {
                context.FormattedRows = count;
                if (value is { IsNull: false, Kind: not SqlTypeId.Xml } && value.AsString.Length > ChunkLength)
                {
                    _rest = value.AsString;
                    return Send();
                }
            }

            context.Registers[register] = value;
            return count > 0 || text.IsNullWithoutRows || !value.IsNull;
        }

        private bool Send()
        {
            int length = Math.Min(ChunkLength, _rest!.Length - _sent);
            if (length <= 0)
            {
                return false;
            }

            context.Registers[register] = SqlValue.FromString(_rest.Substring(_sent, length));
            _sent += length;
            return true;
        }

        public override bool TryRestart()
        {
            _done = false;
            _rest = null;
            _sent = 0;
            return true;
        }
    }
}
