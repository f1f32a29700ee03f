using System.Runtime.InteropServices;
using NinaDB.Engine.Binding;
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

    /// <summary>There is one key, of exact integer types: the number itself is hashed.</summary>
    public bool IsIntegerKey { get; init; }

    /// <summary>What of the condition the keys do not decide.</summary>
    public PredicateEvaluator? Residual { get; init; }

    /// <summary>Registers of the right input that somebody reads later.</summary>
    public required int[] RightRegisters { get; init; }

    /// <summary>Registers of the left input, to clear for right rows without match (full join).</summary>
    public int[] LeftRegisters { get; init; } = [];

    public override IReadOnlyList<PlanNode> Inputs => [Left, Right];

    public override RowIterator Open(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => Kind switch
    {
        RelationJoinKind.Inner => "Hash Match(Inner Join)",
        RelationJoinKind.Left => "Hash Match(Left Outer Join)",
        RelationJoinKind.Full => "Hash Match(Full Outer Join)",
        RelationJoinKind.Semi => "Hash Match(Left Semi Join)",
        _ => "Hash Match(Left Anti Semi Join)",
    };

    /// <summary>A build row; rows of one key are chained.</summary>
    private struct Entry
    {
        public SqlValue[] Row;
        public int Next;
        public bool Matched;
    }

    private sealed class Iterator : RowIterator
    {
        private readonly HashJoinNode _node;
        private readonly ExecutionContext _context;
        private readonly RowIterator _left;
        private readonly SqlValue[] _probe;
        private readonly bool _needsRows;
        private Entry[] _entries = [];
        private int _entryCount;
        private Dictionary<SqlValue[], int>? _table;
        private Dictionary<long, int>? _integers;
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
                        ref Entry entry = ref _entries[_chain];
                        _chain = entry.Next;
                        RowBuffer.Load(_context.Registers, _node.RightRegisters, entry.Row);
                        if (_node.Residual is null || _node.Residual(_context) == Truth.True)
                        {
                            _matched = true;
                            entry.Matched = true;
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

            for (; chain >= 0; chain = _entries[chain].Next)
            {
                RowBuffer.Load(_context.Registers, _node.RightRegisters, _entries[chain].Row);
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
                ref Entry entry = ref _entries[_unmatched++];
                if (!entry.Matched)
                {
                    RowBuffer.Load(_context.Registers, _node.RightRegisters, entry.Row);
                    return true;
                }
            }

            return false;
        }

        private int Probe(out bool isNull)
        {
            isNull = false;
            for (int i = 0; i < _probe.Length; i++)
            {
                _probe[i] = _node.LeftKeys[i](_context);
                if (_probe[i].IsNull)
                {
                    isNull = true;
                    return -1;
                }
            }

            if (_integers is not null)
            {
                return _integers.TryGetValue(_probe[0].AsInt64, out int first) ? first : -1;
            }

            return _table!.TryGetValue(_probe, out int chain) ? chain : -1;
        }

        private void Build()
        {
            bool isInteger = _node.IsIntegerKey;
            if (isInteger)
            {
                _integers = [];
            }
            else
            {
                _table = new Dictionary<SqlValue[], int>(new RowKeyComparer(_node.Comparers));
            }

            // The last entry of each chain, to keep the rows of a key in their order.
            var tails = new List<int>();
            using RowIterator right = _node.Right.Open(_context);
            while (right.MoveNext())
            {
                if ((++_count & (CancellationInterval - 1)) == 0)
                {
                    _context.ThrowIfCancelled();
                }

                var key = new SqlValue[_node.RightKeys.Length];
                bool isNull = false;
                for (int i = 0; i < key.Length && !isNull; i++)
                {
                    key[i] = _node.RightKeys[i](_context);
                    isNull = key[i].IsNull;
                }

                if (isNull)
                {
                    _buildHasNull = true;
                    if (_node.Kind == RelationJoinKind.Full)
                    {
                        AddEntry(RowBuffer.Save(_context.Registers, _node.RightRegisters));
                        tails.Add(0);
                    }

                    continue;
                }

                ref int head = ref isInteger
                    ? ref CollectionsMarshal.GetValueRefOrAddDefault(_integers!, key[0].AsInt64, out bool exists)
                    : ref CollectionsMarshal.GetValueRefOrAddDefault(_table!, key, out exists);
                if (exists && !_needsRows)
                {
                    continue;
                }

                int entry = AddEntry(_needsRows ? RowBuffer.Save(_context.Registers, _node.RightRegisters) : []);
                tails.Add(entry);
                if (exists)
                {
                    _entries[tails[head]].Next = entry;
                    tails[head] = entry;
                }
                else
                {
                    head = entry;
                }
            }
        }

        private int AddEntry(SqlValue[] row)
        {
            if (_entryCount == _entries.Length)
            {
                Array.Resize(ref _entries, Math.Max(16, _entries.Length * 2));
            }

            _entries[_entryCount] = new Entry { Row = row, Next = -1 };
            return _entryCount++;
        }
    }
}
