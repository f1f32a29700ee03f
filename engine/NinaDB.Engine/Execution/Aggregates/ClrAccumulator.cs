using NinaDB.Engine.Catalog;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Aggregates;

/// <summary>A user-defined aggregate: an instance of its class a group. It sees NULLs, for only the class knows what they mean to it.</summary>
internal sealed class ClrAccumulator : Accumulator
{
    private readonly ModuleDefinition _module;
    private readonly ClrAggregate _aggregate;
    private readonly HashSet<SqlValue[]>? _seen;
    private object? _state;

    /// <param name="comparers">Of the arguments, for DISTINCT; null to take every row.</param>
    public ClrAccumulator(ModuleDefinition module, SqlComparer[]? comparers, ExecutionContext context)
    {
        _module = module;
        _aggregate = ClrHost.Aggregate(module, context.Session.CatalogOf(module));
        _seen = comparers is null ? null : new HashSet<SqlValue[]>(new RowComparer(comparers));
        Arguments = new SqlValue[module.Parameters.Length];
    }

    /// <summary>Where <see cref="Add()"/> takes the arguments of a row from.</summary>
    public SqlValue[] Arguments { get; }

    public override bool AcceptsNull => true;

    public override SqlValue Result
    {
        get
        {
            if (_state is null && _aggregate.IsNullIfEmpty)
            {
                return SqlValue.Null;
            }

            return Guard(static self => self._aggregate.Finish(self._state ??= self._aggregate.Start()));
        }
    }

    public override void Add(in SqlValue value)
    {
        Arguments[0] = value;
        Add();
    }

    /// <summary>Adds the row of <see cref="Arguments"/>.</summary>
    public void Add()
    {
        if (_seen is not null && !_seen.Add((SqlValue[])Arguments.Clone()))
        {
            return;
        }

        Guard(static self =>
        {
            self._aggregate.Accumulate(self._state ??= self._aggregate.Start(), self.Arguments);
            return SqlValue.Null;
        });
    }

    public override void Reset()
    {
        _state = null;
        _seen?.Clear();
    }

    private SqlValue Guard(Func<ClrAccumulator, SqlValue> call)
    {
        try
        {
            return call(this);
        }
        catch (Exception error) when (error is not SqlErrorException)
        {
            throw ClrHost.AggregateFailed(error, _module, _aggregate);
        }
    }

    private sealed class RowComparer(SqlComparer[] comparers) : IEqualityComparer<SqlValue[]>
    {
        public bool Equals(SqlValue[]? x, SqlValue[]? y)
        {
            for (int i = 0; i < comparers.Length; i++)
            {
                if (!comparers[i].Equals(x![i], y![i]))
                {
                    return false;
                }
            }

            return true;
        }

        public int GetHashCode(SqlValue[] row)
        {
            var hash = default(HashCode);
            for (int i = 0; i < comparers.Length; i++)
            {
                hash.Add(comparers[i].GetHashCode(row[i]));
            }

            return hash.ToHashCode();
        }
    }
}
