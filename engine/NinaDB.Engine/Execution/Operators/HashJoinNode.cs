using NinaDB.Engine.Binding;
using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>
/// Equality join through a hash table over the right (build) input, probed with the left input in its order. NULL keys match nothing.
/// </summary>
internal sealed class HashJoinNode : PlanNode
{
    private const int CancellationInterval = 1024;

    public required RelationJoinKind Kind { get; init; }

    public required PlanNode Left { get; init; }

    public required PlanNode Right { get; init; }

    public required Evaluator[] LeftKeys { get; init; }

    public required Evaluator[] RightKeys { get; init; }

    public required SqlComparer[] Comparers { get; init; }

    /// <summary>The keys of both sides where there is one and it is a number of 64 bits; null otherwise.</summary>
    public (IntegerEvaluator Left, IntegerEvaluator Right)? IntegerKeys { get; init; }

    /// <summary>What of the condition the keys do not decide.</summary>
    public PredicateEvaluator? Residual { get; init; }

    /// <summary>Registers of the right input that somebody reads later.</summary>
    public required int[] RightRegisters { get; init; }

    /// <summary>Registers of the left input, to clear for right rows without match (full join).</summary>
    public int[] LeftRegisters { get; init; } = [];

    public override IReadOnlyList<PlanNode> Inputs => [Left, Right];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => Kind switch
    {
        RelationJoinKind.Inner => "Hash Match(Inner Join)",
        RelationJoinKind.Left => "Hash Match(Left Outer Join)",
        RelationJoinKind.Full => "Hash Match(Full Outer Join)",
        RelationJoinKind.Semi => "Hash Match(Left Semi Join)",
        _ => "Hash Match(Left Anti Semi Join)",
    };

    private sealed class Iterator : RowIterator
    {
        private readonly HashJoinNode _node;
        private readonly ExecutionContext _context;
        private readonly RowIterator _left;
        private readonly SqlValue[] _probe;
        private readonly bool _needsRows;
        private readonly RowArena _rows;
        private readonly IntegerJoinTable? _integers;
        private readonly GeneralJoinTable? _table;
        private readonly HashJoinTable _chains;
        private int _entryCount;

        /// <summary>Entries that some left row has met; for a full join only.</summary>
        private readonly List<bool>? _met;

        private bool _buildHasNull;
        private int _chain = -1;
        private bool _hasLeft;
        private bool _matched;
        private int _unmatched = -1;
        private int _count;

        public Iterator(HashJoinNode node, ExecutionContext context)
        {
            _node = node;
            _context = context;
            _probe = new SqlValue[node.LeftKeys.Length];
            _needsRows = node.Kind is RelationJoinKind.Inner or RelationJoinKind.Left or RelationJoinKind.Full || node.Residual is not null;
            _rows = new RowArena(node.RightRegisters);
            _met = node.Kind == RelationJoinKind.Full ? [] : null;
            if (node.IntegerKeys is null)
            {
                _chains = _table = new GeneralJoinTable(node.Comparers);
            }
            else
            {
                _chains = _integers = new IntegerJoinTable();
            }

            Build();
            _left = node.Left.Open(context);
        }

        public override bool MoveNext()
        {
            while (true)
            {
                if (_unmatched >= 0)
                {
                    return NextUnmatched();
                }

                if (_hasLeft)
                {
                    while (_chain >= 0)
                    {
                        int entry = _chain;
                        _chain = _chains.Next(entry);
                        _rows.Load(entry, _context.Registers);
                        if (_node.Residual is null || _node.Residual(_context) == Truth.True)
                        {
                            _matched = true;
                            if (_met is not null)
                            {
                                _met[entry] = true;
                            }

                            return true;
                        }
                    }

                    _hasLeft = false;
                    if (!_matched && _node.Kind is RelationJoinKind.Left or RelationJoinKind.Full && !_matched)
                    {
                        RowBuffer.Clear(_context.Registers, _node.RightRegisters);
                        return true;
                    }
                }

                if ((++_count & (CancellationInterval - 1)) == 0)
                {
                    _context.ThrowIfCancelled();
                }

                if (!_left.MoveNext())
                {
                    if (_node.Kind != RelationJoinKind.Full)
                    {
                        return false;
                    }

                    RowBuffer.Clear(_context.Registers, _node.LeftRegisters);
                    _unmatched = 0;
                    continue;
                }

                int chain = Probe(out bool isNull);
                switch (_node.Kind)
                {
                    case RelationJoinKind.Semi:
                        if (AnyMatch(chain))
                        {
                            return true;
                        }

                        break;
                    case RelationJoinKind.Anti:
                        if (!AnyMatch(chain))
                        {
                            return true;
                        }

                        break;
                    case RelationJoinKind.NullAwareAnti:
                        // x NOT IN (empty set) is true even for a NULL x.
                        if (_entryCount == 0 ? !_buildHasNull : !_buildHasNull && !isNull && chain < 0)
                        {
                            return true;
                        }

                        break;
                    default:
                        _chain = chain;
                        _matched = false;
                        _hasLeft = true;
                        break;
                }
            }
        }

        public override void Dispose() => _left?.Dispose();

        private bool AnyMatch(int chain)
        {
            if (chain < 0 || _node.Residual is null)
            {
                return chain >= 0;
            }

            for (; chain >= 0; chain = _chains.Next(chain))
            {
                _rows.Load(chain, _context.Registers);
                if (_node.Residual(_context) == Truth.True)
                {
                    return true;
                }
            }

            return false;
        }

        private bool NextUnmatched()
        {
            while (_unmatched < _entryCount)
            {
                int entry = _unmatched++;
                if (!_met![entry])
                {
                    _rows.Load(entry, _context.Registers);
                    return true;
                }
            }

            return false;
        }

        private int Probe(out bool isNull)
        {
            isNull = false;
            if (_integers is not null)
            {
                if (!_node.IntegerKeys!.Value.Left(_context, out long number))
                {
                    isNull = true;
                    return -1;
                }

                return _integers.First(number);
            }

            return Keys(_node.LeftKeys, out isNull) ? _table!.First(_probe) : -1;
        }

        /// <summary>Computes the keys of a row; false when one is NULL.</summary>
        private bool Keys(Evaluator[] keys, out bool isNull)
        {
            isNull = false;
            for (int i = 0; i < keys.Length; i++)
            {
                _probe[i] = keys[i](_context);
                if (_probe[i].IsNull)
                {
                    isNull = true;
                    return false;
                }
            }

            return true;
        }

        private void Build()
        {
            using RowIterator right = _node.Right.Open(_context);
            while (right.MoveNext())
            {
                if ((++_count & (CancellationInterval - 1)) == 0)
                {
                    _context.ThrowIfCancelled();
                }

                long number = 0;
                bool hasKey = _integers is null ? Keys(_node.RightKeys, out _) : _node.IntegerKeys!.Value.Right(_context, out number);
                if (!hasKey)
                {
                    _buildHasNull = true;
                    if (_met is null)
                    {
                        continue;
                    }
                }

                int entry = _entryCount++;
                if (_needsRows)
                {
                    _rows.Add(_context.Registers);
                }

                _met?.Add(false);
                if (!hasKey)
                {
                    continue;
                }

                if (_integers is not null)
                {
                    _integers.Add(number, entry);
                }
                else
                {
                    _table!.Add(_probe, entry);
                }
            }

            _chains.Finish();
        }
    }
}
