using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;
using NinaDB.Engine.Vectors;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>
/// VECTOR_SEARCH: the rows nearest to a vector, nearest first, through the vector index or, where there is none, by measuring every row. Without TOP_N it goes on
/// for as long as rows are asked for (iterative filtering).
/// </summary>
internal sealed class VectorSearchNode : PlanNode
{
    private const int FirstBatch = 64;
    private const int CancellationInterval = 1024;

    public required TableDefinition Table { get; init; }

    /// <summary>Position of the vector index; -1 for none.</summary>
    public required int Index { get; init; }

    /// <summary>Ordinal of the vector column.</summary>
    public required int Column { get; init; }

    public required Evaluator Query { get; init; }

    public Evaluator? TopN { get; init; }

    public required string Metric { get; init; }

    public required int[] Ordinals { get; init; }

    public required int[] Targets { get; init; }

    public required int DistanceRegister { get; init; }

    public int? LocatorRegister { get; init; }

    public required string Name { get; init; }

    /// <summary>Filter predicates of security policies: they act inside the search, which goes on until enough of the rows that it finds are visible.</summary>
    public RowPredicate[] Security { get; init; } = [];

    protected override RowIterator Iterate(ExecutionContext context) => new Iterator(this, context);

    public override string Describe() => Index < 0 ? $"Vector Scan(OBJECT:([{Name}]))" : $"Vector Index Seek(OBJECT:([{Name}].[{Table.Indexes[Index].Name}]))";

    private sealed class Iterator(VectorSearchNode node, ExecutionContext context) : RowIterator
    {
        private readonly TableAccess _access = new(node.Table, context.Session.StoreFor(node.Table));
        private IReadOnlyList<VectorMatch> _matches = [];
        private float[]? _query;
        private long _limit;
        private long _returned;
        private int _next;
        private int _batch;
        private bool _isExhausted;
        private bool _started;
        private HashSet<LocatorKey>? _seen;
        private readonly RowPredicate.Run[]? _security = node.Security.Length == 0 ? null : Array.ConvertAll(node.Security, p => p.Begin(context));

        public override bool MoveNext()
        {
            if (!_started)
            {
                Start();
            }

            while (_returned < _limit)
            {
                if (_next == _matches.Count && !NextBatch())
                {
                    return false;
                }

                VectorMatch match = _matches[_next++];
                if ((_seen is not null && !_seen.Add(new LocatorKey(match.Locator))) || !_access.TryFetch(match.Locator, node.Ordinals, context.Registers, node.Targets))
                {
                    continue;
                }

                if (_security is not null && !Array.TrueForAll(_security, static p => p.Admits()))
                {
                    continue;
                }

                context.Registers[node.DistanceRegister] = SqlValue.FromFloat(match.Distance);
                if (node.LocatorRegister is { } register)
                {
                    context.Registers[register] = SqlValue.FromBinary(match.Locator);
                }

                _returned++;
                return true;
            }

            return false;
        }

        public override bool TryRestart()
        {
            _started = false;
            return true;
        }

        private void Start()
        {
            _started = true;
            _matches = [];
            _next = 0;
            _returned = 0;
            _isExhausted = false;
            _seen = null;
            SqlValue query = node.Query(context);
            _query = query.IsNull ? null : query.AsVector;
            _limit = long.MaxValue;
            if (node.TopN is { } top)
            {
                SqlValue count = top(context);
                _limit = count.IsNull || count.AsInt64 < 0 ? throw SqlErrors.Create(1014) : count.AsInt64;
            }

            if (_query is null || _limit == 0)
            {
                _isExhausted = true;
                return;
            }

            if (node.Index < 0)
            {
                _matches = Measure();
                _isExhausted = true;
                return;
            }

            if (IsIterative)
            {
                _batch = (int)Math.Min(_limit, FirstBatch);
                _seen = [];
            }
            else
            {
                _batch = (int)Math.Min(_limit, int.MaxValue);
            }
        }

        /// <summary>One search of TOP_N rows is not enough when some of them may turn out to be hidden, or when nobody says how many there are to be.</summary>
        private bool IsIterative => node.TopN is null || _security is not null;

        /// <summary>Searches again for more; rows that have been returned are passed over.</summary>
        private bool NextBatch()
        {
            if (_isExhausted)
            {
                return false;
            }

            context.ThrowIfCancelled();
            _matches = _access.SearchVectors(node.Table.Indexes[node.Index], _query!, _batch);
            _next = 0;
            _isExhausted = !IsIterative || _matches.Count < _batch;
            _batch = _batch > int.MaxValue / 4 ? int.MaxValue : _batch * 4;
            return _matches.Count > 0;
        }

        private List<VectorMatch> Measure()
        {
            var row = new SqlValue[1];
            var found = new List<VectorMatch>();
            using TableCursor cursor = _access.Scan(node.Table.RowStore, KeyRange.All, [node.Column], row, [0]);
            int count = 0;
            while (cursor.MoveNext())
            {
                if ((++count & (CancellationInterval - 1)) == 0)
                {
                    context.ThrowIfCancelled();
                }

                if (!row[0].IsNull)
                {
                    found.Add(new VectorMatch(cursor.Locator.ToArray(), Distance(row[0].AsVector)));
                }
            }

            found.Sort(static (a, b) => a.Distance.CompareTo(b.Distance));
            return found;
        }

        /// <summary>As VECTOR_DISTANCE defines it: cosine distance, Euclidean distance, negative dot product.</summary>
        private double Distance(float[] vector)
        {
            float[] query = _query!;
            switch (node.Metric)
            {
                case "euclidean":
                    return Math.Sqrt(VectorMath.SquaredDistance(query, vector));
                case "dot":
                    return -VectorMath.Dot(query, vector);
                default:
                    double lengths = Math.Sqrt((double)VectorMath.Dot(query, query) * VectorMath.Dot(vector, vector));
                    return lengths == 0 ? double.NaN : 1 - (VectorMath.Dot(query, vector) / lengths);
            }
        }
    }

    private readonly struct LocatorKey(byte[] bytes) : IEquatable<LocatorKey>
    {
        private readonly byte[] _bytes = bytes;

        public bool Equals(LocatorKey other) => _bytes.AsSpan().SequenceEqual(other._bytes);

        public override bool Equals(object? obj) => obj is LocatorKey other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.AddBytes(_bytes);
            return hash.ToHashCode();
        }
    }
}
