using NinaDB.Engine.Catalog;
using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>Values that one key column is compared with for equality: one, or several for IN.</summary>
/// <param name="Values">Already converted to the column's type.</param>
/// <param name="MatchesNull">IS NULL, or IS NOT DISTINCT FROM: a NULL value seeks the NULLs instead of nothing.</param>
internal sealed record SeekKey(Evaluator[] Values, bool MatchesNull = false);

/// <summary>A bound of a range on one key column.</summary>
internal sealed record SeekBound(Evaluator Value, bool IsInclusive);

/// <summary>Which part of an index a scan reads: equality on a prefix of the key, then a range. All values are evaluated when the scan starts.</summary>
internal sealed record SeekSpec(IReadOnlyList<SeekKey> Prefix, SeekBound? Lower, SeekBound? Upper)
{
    /// <summary>The range includes NULLs (column IS NULL OR ...); normally bounds exclude them.</summary>
    public bool IncludeNull { get; init; }
}

/// <summary>Reads a table through one of its indexes: all of it, or ranges of its key. Columns are decoded straight into their registers.</summary>
internal sealed class TableScanNode : PlanNode
{
    private const int CancellationInterval = 1024;

    public required TableDefinition Table { get; init; }

    /// <summary>Slot of a table variable; its definition with the trees of this call is in the variable frame.</summary>
    public int? VariableSlot { get; init; }

    /// <summary>Position of the index in <see cref="TableDefinition.Indexes"/>.</summary>
    public required int Index { get; init; }

    public required int[] Ordinals { get; init; }

    public required int[] Targets { get; init; }

    public int? LocatorRegister { get; init; }

    /// <summary>Null to read the whole index.</summary>
    public SeekSpec? Seek { get; init; }

    public bool IsBackward { get; init; }

    /// <summary>Filter predicates of security policies. A row that they hide is never shown to <see cref="Residual"/>.</summary>
    public RowPredicate[] Security { get; init; } = [];

    /// <summary>What of the condition the seek does not decide.</summary>
    public PredicateEvaluator? Residual { get; init; }

    /// <summary>Whether the index holds every column that is read.</summary>
    public bool IsCovering { get; init; } = true;

    public required string Name { get; init; }

    /// <summary>The decoder of the last run, for the definition it was made for (table variables have one a call).</summary>
    private Tuple<TableDefinition, RowDecoder>? _decoder;

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    private RowDecoder DecoderFor(TableAccess access)
    {
        Tuple<TableDefinition, RowDecoder>? known = _decoder;
        if (known is null || !ReferenceEquals(known.Item1, access.Table))
        {
            known = Tuple.Create(access.Table, access.Decoder(Ordinals, Targets));
            _decoder = known;
        }

        return known.Item2;
    }

    public override string Describe()
    {
        IndexDefinition index = Table.Indexes[Index];
        string operation = (index.Kind, Seek) switch
        {
            (IndexKind.Heap, _) => "Table Scan",
            (IndexKind.Clustered, null) => "Clustered Index Scan",
            (IndexKind.Clustered, _) => "Clustered Index Seek",
            (_, null) => "Index Scan",
            _ => "Index Seek",
        };
        string lookup = IsCovering ? "" : " with Key Lookup";
        string name = index.Name is null ? $"[{Name}]" : $"[{Name}].[{index.Name}]";
        return $"{operation}(OBJECT:({name}){(Residual is null ? "" : ", WHERE")}{(IsBackward ? ", BACKWARD" : "")}){lookup}";
    }

    /// <summary>The scan finds rows of the row store by their keys alone.</summary>
    public bool IsKeyRange => Residual is null && Security.Length == 0 && Table.Indexes[Index].Kind is IndexKind.Heap or IndexKind.Clustered;

    /// <summary>The key ranges that a scan would read now.</summary>
    public KeyRange[] Ranges(TableAccess access, ExecutionContext context) =>
        Seek is { } seek ? SeekRanges.Make(seek, access, access.Table.Indexes[Index], context) : [KeyRange.All];

    private sealed class Iterator : RowIterator
    {
        private readonly TableScanNode _node;
        private readonly ExecutionContext _context;
        private readonly TableAccess _access;
        private readonly TableReads? _reads;
        private readonly IndexDefinition _index;
        private readonly RowDecoder _decoder;
        private readonly RowPredicate.Run[]? _security;
        private TableCursor? _cursor;
        private KeyRange[]? _ranges;
        private int _nextRange;
        private int _count;

        public Iterator(TableScanNode node, ExecutionContext context)
        {
            _node = node;
            _context = context;
            TableDefinition table = node.VariableSlot is { } slot ? context.Variables.Tables[slot]! : node.Table;
            _access = new TableAccess(table, context.Session.StoreFor(table));
            _reads = context.Session.Reads?.Of(table);
            _index = table.Indexes[node.Index];
            _decoder = node.DecoderFor(_access);
            _security = node.Security.Length == 0 ? null : Array.ConvertAll(node.Security, p => p.Begin(context));
            Start();
        }

        public override bool MoveNext()
        {
            while (true)
            {
                if (_cursor is null && !NextRange())
                {
                    return false;
                }

                TableCursor cursor = _cursor!;
                while (cursor.MoveNext())
                {
                    if ((++_count & (CancellationInterval - 1)) == 0)
                    {
                        _context.ThrowIfCancelled();
                    }

                    if (_security is not null && !IsVisible(_security))
                    {
                        continue;
                    }

                    if (_node.Residual is { } residual && residual(_context) != Truth.True)
                    {
                        continue;
                    }

                    if (_node.LocatorRegister is { } register)
                    {
                        _context.Registers[register] = SqlValue.FromBinary(cursor.Locator.ToArray());
                    }

                    return true;
                }

                cursor.Dispose();
                _cursor = null;
            }
        }

        private static bool IsVisible(RowPredicate.Run[] security)
        {
            foreach (RowPredicate.Run predicate in security)
            {
                if (!predicate.Admits())
                {
                    return false;
                }
            }

            return true;
        }

        public override bool TryRestart()
        {
            _cursor?.Dispose();
            _cursor = null;
            Start();
            return true;
        }

        public override void Dispose()
        {
            _cursor?.Dispose();
            _cursor = null;
        }

        private void Start()
        {
            _nextRange = 0;
            if (_node.Seek is { } seek)
            {
                _ranges = SeekRanges.Make(seek, _access, _index, _context);
            }
        }

        private bool NextRange()
        {
            KeyRange range;
            if (_ranges is null)
            {
                if (_nextRange++ > 0)
                {
                    return false;
                }

                range = KeyRange.All;
            }
            else
            {
                if (_nextRange == _ranges.Length)
                {
                    return false;
                }

                range = _node.IsBackward ? _ranges[_ranges.Length - 1 - _nextRange++] : _ranges[_nextRange++];
            }

            _cursor = _access.Scan(_index, range, _node.Ordinals, _decoder, _context.Registers, _node.IsBackward, _node.LocatorRegister is not null);
            if (_reads is not null)
            {
                _cursor = _reads.Watch(_cursor, _access.Connection, isLookup: _node.Seek is { Lower: null, Upper: null } seek && _index.IsUnique && seek.Prefix.Count == _index.KeyColumns.Length);
            }

            return true;
        }
    }
}

/// <summary>Turns a <see cref="SeekSpec"/> into key ranges for one start of a scan.</summary>
internal static class SeekRanges
{
    private static readonly KeyRange[] None = [];

    public static KeyRange[] Make(SeekSpec seek, TableAccess access, IndexDefinition index, ExecutionContext context)
    {
        SqlValue? lower = null;
        SqlValue? upper = null;
        if (seek.Lower is { } low)
        {
            SqlValue value = low.Value(context);
            if (value.IsNull)
            {
                return None;
            }

            lower = value;
        }

        if (seek.Upper is { } high)
        {
            SqlValue value = high.Value(context);
            if (value.IsNull)
            {
                return None;
            }

            upper = value;
        }

        int count = seek.Prefix.Count;
        var prefix = new SqlValue[count];
        bool isSimple = true;
        for (int i = 0; i < count; i++)
        {
            SeekKey key = seek.Prefix[i];
            if (key.Values.Length > 1)
            {
                isSimple = false;
                break;
            }

            prefix[i] = key.Values[0](context);
            if (prefix[i].IsNull && !key.MatchesNull)
            {
                return None;
            }
        }

        if (isSimple)
        {
            return [Range(seek, access, index, prefix, lower, upper)];
        }

        return Several(seek, access, index, context, prefix, lower, upper);
    }

    private static KeyRange Range(SeekSpec seek, TableAccess access, IndexDefinition index, SqlValue[] prefix, SqlValue? lower, SqlValue? upper) =>
        access.Range(index, prefix, lower, seek.Lower?.IsInclusive ?? true, upper, seek.Upper?.IsInclusive ?? true, seek.IncludeNull);

    /// <summary>IN lists: every combination once, in key order.</summary>
    private static KeyRange[] Several(SeekSpec seek, TableAccess access, IndexDefinition index, ExecutionContext context, SqlValue[] prefix, SqlValue? lower, SqlValue? upper)
    {
        var ranges = new List<KeyRange>();
        Combine(0);
        if (ranges.Count == 0)
        {
            return None;
        }

        ranges.Sort(static (a, b) => a.Lower.AsSpan().SequenceCompareTo(b.Lower));
        var distinct = new List<KeyRange>(ranges.Count) { ranges[0] };
        for (int i = 1; i < ranges.Count; i++)
        {
            if (!ranges[i].Lower.AsSpan().SequenceEqual(distinct[^1].Lower))
            {
                distinct.Add(ranges[i]);
            }
        }

        return [.. distinct];

        void Combine(int column)
        {
            if (column == prefix.Length)
            {
                ranges.Add(Range(seek, access, index, prefix, lower, upper));
                return;
            }

            foreach (Evaluator evaluator in seek.Prefix[column].Values)
            {
                prefix[column] = evaluator(context);
                if (!prefix[column].IsNull || seek.Prefix[column].MatchesNull)
                {
                    Combine(column + 1);
                }
            }
        }
    }
}
