using NinaDB.Engine.Binding;
using NinaDB.Engine.Planning;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Expressions;

/// <summary>
/// A compiled security predicate. Within one execution of a statement the answer for the same values cannot change (one snapshot, one session context), so it is
/// asked once for each combination of values, not once a row.
/// </summary>
internal sealed class RowPredicate
{
    private readonly Evaluator[] _arguments;

    /// <summary>Register to read instead of evaluating; -1 where the argument is no plain column.</summary>
    private readonly int[] _columns;
    private readonly int[] _parameters;
    private readonly PlanNode _query;
    private readonly bool _isRemembered;

    public RowPredicate(BoundRowPredicate bound, QueryPlanner planner)
    {
        _arguments = [.. bound.Arguments.Select(planner.Compiler.Compile)];
        _columns = [.. bound.Arguments.Select(a => a is BoundColumn column ? column.Register : -1)];
        _parameters = bound.Parameters;
        _query = planner.Plan(bound.Query);
        Reads = bound.Reads;
        _isRemembered = bound.Arguments.All(a => !a.Type.IsMax && !a.Type.IsLegacyLob);
    }

    /// <summary>Ids of the tables that its function reads; null when that is not known.</summary>
    public IReadOnlySet<int>? Reads { get; }

    /// <summary>The answers of this execution so far.</summary>
    public Run Begin(ExecutionContext context)
    {
        if (context.FindCached(this) is Run known)
        {
            return known;
        }

        var run = new Run(this, context);
        context.Cache(this, run);
        return run;
    }

    /// <summary>The predicate during one execution.</summary>
    internal sealed class Run
    {
        private const int MaximumAnswers = 100_000;

        private readonly RowPredicate _predicate;
        private readonly ExecutionContext _context;
        private readonly SqlValue[] _values;
        private readonly SqlValue[] _last;
        private readonly Dictionary<SqlValue[], bool> _answers = new(ValuesComparer.Instance);
        private bool _hasLast;
        private bool _lastAnswer;

        public Run(RowPredicate predicate, ExecutionContext context)
        {
            _predicate = predicate;
            _context = context;
            _values = new SqlValue[predicate._arguments.Length];
            _last = new SqlValue[_values.Length];
        }

        /// <summary>Whether the row in the registers is admitted.</summary>
        public bool Admits()
        {
            SqlValue[] values = _values;
            int[] columns = _predicate._columns;
            bool isSame = _hasLast;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = columns[i] >= 0 ? _context.Registers[columns[i]] : _predicate._arguments[i](_context);
                isSame = isSame && SqlValue.SameRepresentation(values[i], _last[i]);
            }

            if (isSame)
            {
                return _lastAnswer;
            }

            if (!_predicate._isRemembered)
            {
                return Ask();
            }

            if (!_answers.TryGetValue(values, out bool answer))
            {
                answer = Ask();
                if (_answers.Count >= MaximumAnswers)
                {
                    _answers.Clear();
                }

                _answers.Add(values.AsSpan().ToArray(), answer);
            }

            values.CopyTo(_last, 0);
            (_hasLast, _lastAnswer) = (true, answer);
            return answer;
        }

        /// <summary>Forgets the answers: the tables that the function reads may have changed.</summary>
        public void Forget()
        {
            _answers.Clear();
            _hasLast = false;
        }

        private bool Ask()
        {
            int[] parameters = _predicate._parameters;
            for (int i = 0; i < parameters.Length; i++)
            {
                _context.Registers[parameters[i]] = _values[i];
            }

            using RowIterator rows = _predicate._query.Open(_context);
            return rows.MoveNext();
        }
    }

    private sealed class ValuesComparer : IEqualityComparer<SqlValue[]>
    {
        public static readonly ValuesComparer Instance = new();

        public bool Equals(SqlValue[]? x, SqlValue[]? y)
        {
            for (int i = 0; i < x!.Length; i++)
            {
                if (!SqlValue.SameRepresentation(x[i], y![i]))
                {
                    return false;
                }
            }

            return true;
        }

        public int GetHashCode(SqlValue[] values)
        {
            var hash = default(HashCode);
            foreach (SqlValue value in values)
            {
                hash.Add(value.RepresentationHash);
            }

            return hash.ToHashCode();
        }
    }
}
