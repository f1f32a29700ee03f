using NinaDB.Engine.Binding;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>For every outer row, the inner rows; the inner plan reads the outer row's registers. Also APPLY, and semi and anti joins.</summary>
/// <param name="innerRegisters">Registers to set to NULL for an outer row without match (left join).</param>
internal sealed class NestedLoopsNode(RelationJoinKind kind, PlanNode outer, PlanNode inner, PredicateEvaluator? predicate, int[] innerRegisters) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = [outer, inner];

    protected override RowIterator Iterate(ExecutionContext context) => kind switch
    {
        RelationJoinKind.Inner => new InnerIterator(this, context),
        RelationJoinKind.Left => new LeftIterator(this, context),
        _ => new SemiIterator(this, context, kind == RelationJoinKind.Semi),
    };

    public override string Describe() => kind switch
    {
        RelationJoinKind.Inner => "Nested Loops(Inner Join)",
        RelationJoinKind.Left => "Nested Loops(Left Outer Join)",
        RelationJoinKind.Semi => "Nested Loops(Left Semi Join)",
        _ => "Nested Loops(Left Anti Semi Join)",
    };

    private abstract class Iterator(NestedLoopsNode node, ExecutionContext context) : RowIterator
    {
        protected ExecutionContext Context { get; } = context;

        protected RowIterator Outer { get; private set; } = node.Inputs[0].Open(context);

        protected RowIterator? Inner { get; private set; }

        protected void StartInner()
        {
            if (Inner is null || !Inner.TryRestart())
            {
                Inner?.Dispose();
                Inner = node.Inputs[1].Open(Context);
            }
        }

        protected virtual void Reset()
        {
        }

        public override bool TryRestart()
        {
            if (!Outer.TryRestart())
            {
                Outer.Dispose();
                Outer = node.Inputs[0].Open(Context);
            }

            // Rows that an inner spool keeps are those of the outside as it was.
            if (node.Inputs[1] is SpoolNode { IsInvariant: false })
            {
                Inner?.Dispose();
                Inner = null;
            }

            Reset();
            return true;
        }

        public override void Dispose()
        {
            Inner?.Dispose();
            Outer.Dispose();
        }
    }

    private sealed class InnerIterator(NestedLoopsNode node, ExecutionContext context) : Iterator(node, context)
    {
        private readonly PredicateEvaluator? _predicate = node.Predicate;
        private bool _hasOuter;

        public override bool MoveNext()
        {
            while (true)
            {
                if (!_hasOuter)
                {
                    if (!Outer.MoveNext())
                    {
                        return false;
                    }

                    StartInner();
                    _hasOuter = true;
                }

                while (Inner!.MoveNext())
                {
                    if (_predicate is null || _predicate(Context) == Truth.True)
                    {
                        return true;
                    }
                }

                _hasOuter = false;
            }
        }

        protected override void Reset() => _hasOuter = false;
    }

    private sealed class LeftIterator(NestedLoopsNode node, ExecutionContext context) : Iterator(node, context)
    {
        private readonly PredicateEvaluator? _predicate = node.Predicate;
        private readonly int[] _innerRegisters = node.InnerRegisters;
        private bool _hasOuter;
        private bool _matched;

        public override bool MoveNext()
        {
            while (true)
            {
                if (!_hasOuter)
                {
                    if (!Outer.MoveNext())
                    {
                        return false;
                    }

                    StartInner();
                    _hasOuter = true;
                    _matched = false;
                }

                while (Inner!.MoveNext())
                {
                    if (_predicate is null || _predicate(Context) == Truth.True)
                    {
                        _matched = true;
                        return true;
                    }
                }

                _hasOuter = false;
                if (!_matched)
                {
                    RowBuffer.Clear(Context.Registers, _innerRegisters);
                    return true;
                }
            }
        }

        protected override void Reset() => _hasOuter = false;
    }

    private sealed class SemiIterator(NestedLoopsNode node, ExecutionContext context, bool wanted) : Iterator(node, context)
    {
        private readonly PredicateEvaluator? _predicate = node.Predicate;

        public override bool MoveNext()
        {
            while (Outer.MoveNext())
            {
                StartInner();
                bool found = false;
                while (!found && Inner!.MoveNext())
                {
                    found = _predicate is null || _predicate(Context) == Truth.True;
                }

                if (found == wanted)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private PredicateEvaluator? Predicate { get; } = predicate;

    private int[] InnerRegisters { get; } = innerRegisters;
}

/// <summary>Keeps the rows of an input that does not change between restarts (the inner side of nested loops).</summary>
/// <param name="registers">Registers to keep of each row.</param>
internal sealed class SpoolNode(PlanNode input, int[] registers) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = [input];

    /// <summary>The input reads no register of an outer query, so the rows stay right also where the join itself begins anew.</summary>
    public bool IsInvariant { get; init; }

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(input, registers, context);

    public override string Describe() => "Table Spool(Lazy)";

    private sealed class Iterator(PlanNode plan, int[] registers, ExecutionContext context) : RowIterator
    {
        private readonly List<Types.SqlValue[]> _rows = [];
        private RowIterator? _input = plan.Open(context);
        private int _next;

        public override bool MoveNext()
        {
            if (_next < _rows.Count)
            {
                RowBuffer.Load(context.Registers, registers, _rows[_next++]);
                return true;
            }

            if (_input is null)
            {
                return false;
            }

            if (!_input.MoveNext())
            {
                _input.Dispose();
                _input = null;
                return false;
            }

            _rows.Add(RowBuffer.Save(context.Registers, registers));
            _next++;
            return true;
        }

        public override bool TryRestart()
        {
            _next = 0;
            return true;
        }

        public override void Dispose() => _input?.Dispose();
    }
}

/// <summary>FULL JOIN without an equality to hash: a left join that remembers which inner rows found a match.</summary>
internal sealed class FullLoopsNode(PlanNode left, PlanNode right, PredicateEvaluator? predicate, int[] leftRegisters, int[] rightRegisters) : PlanNode
{
    public override IReadOnlyList<PlanNode> Inputs { get; } = [left, right];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => "Nested Loops(Full Outer Join)";

    private IEnumerator<bool> Run(ExecutionContext context)
    {
        var rows = new List<Types.SqlValue[]>();
        using (RowIterator inner = right.Open(context))
        {
            while (inner.MoveNext())
            {
                rows.Add(RowBuffer.Save(context.Registers, rightRegisters));
            }
        }

        var matched = new bool[rows.Count];
        using (RowIterator outer = left.Open(context))
        {
            while (outer.MoveNext())
            {
                context.ThrowIfCancelled();
                bool any = false;
                for (int i = 0; i < rows.Count; i++)
                {
                    RowBuffer.Load(context.Registers, rightRegisters, rows[i]);
                    if (predicate is null || predicate(context) == Truth.True)
                    {
                        any = matched[i] = true;
                        yield return true;
                    }
                }

                if (!any)
                {
                    RowBuffer.Clear(context.Registers, rightRegisters);
                    yield return true;
                }
            }
        }

        RowBuffer.Clear(context.Registers, leftRegisters);
        for (int i = 0; i < rows.Count; i++)
        {
            if (!matched[i])
            {
                RowBuffer.Load(context.Registers, rightRegisters, rows[i]);
                yield return true;
            }
        }
    }

    private sealed class Iterator(FullLoopsNode node, ExecutionContext context) : RowIterator
    {
        private readonly IEnumerator<bool> _rows = node.Run(context);

        public override bool MoveNext() => _rows.MoveNext();

        public override void Dispose() => _rows.Dispose();
    }
}
