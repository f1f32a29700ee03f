using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Session;

/// <summary>Identity values, sequences and row versions as the session takes them: outside transactions, but made durable by commits.</summary>
public sealed partial class EngineSession
{
    /// <summary>Counters that the transaction has advanced.</summary>
    private readonly HashSet<int> _touchedCounters = [];

    /// <summary>Counters set back by TRUNCATE or RESEED, with what to return to on rollback.</summary>
    private readonly List<(int ObjectId, CounterState State)> _reseeds = [];

    /// <summary>Identity counters of temp tables and table variables, by object id.</summary>
    private readonly Dictionary<int, CounterState> _localCounters = [];

    /// <summary>Sequences whose reserve was written by the running transaction: written again should it roll back.</summary>
    private readonly HashSet<int> _reserves = [];

    internal void NoteReserve(int objectId) => _reserves.Add(objectId);

    private void PersistLostReserves()
    {
        if (_reserves.Count > 0)
        {
            Database.PersistAlone([.. _reserves]);
            _reserves.Clear();
        }
    }

    /// <summary>Takes the next identity value of a table.</summary>
    internal Int128 NextIdentity(TableDefinition table, ColumnDefinition column)
    {
        CounterState state = IdentityCounter(table);
        IdentityDefinition identity = column.Identity!;
        Int128 value = state.HasLast ? state.Last + (Int128)identity.Increment : (Int128)identity.Seed;
        if (!Fits(value, column.Type))
        {
            throw SqlErrors.CreateWithState(8115, 1, "IDENTITY", column.Type.Name);
        }

        state.Last = value;
        state.HasLast = true;
        Touch(table);
        return value;
    }

    /// <summary>Takes the next graph_id of a node or edge table. Ids of rows that were rolled back are not given again, nor after TRUNCATE.</summary>
    internal long NextGraphId(TableDefinition table)
    {
        int id = GraphCounter(table);
        CounterState state = Database.Counter(id);
        state.Last = state.HasLast ? state.Last + 1 : 0;
        state.HasLast = true;
        _touchedCounters.Add(id);
        return (long)state.Last;
    }

    /// <summary>A row came with an id of its own: those after it lie beyond.</summary>
    internal void NoteGraphId(TableDefinition table, long value)
    {
        int id = GraphCounter(table);
        CounterState state = Database.Counter(id);
        if (!state.HasLast || value > state.Last)
        {
            state.Last = value;
            state.HasLast = true;
            _touchedCounters.Add(id);
        }
    }

    /// <summary>A table may have an identity column as well, which has the counter under the table's own id.</summary>
    private static int GraphCounter(TableDefinition table) => ~table.ObjectId;

    /// <summary>An explicit value was inserted under IDENTITY_INSERT: moves the counter on when it lies beyond.</summary>
    internal void NoteIdentity(TableDefinition table, ColumnDefinition column, Int128 value)
    {
        CounterState state = IdentityCounter(table);
        bool ascending = column.Identity!.Increment >= 0;
        if (!state.HasLast || (ascending ? value > state.Last : value < state.Last))
        {
            state.Last = value;
            state.HasLast = true;
            Touch(table);
        }
    }

    /// <summary>Sets the counter: to its seed (null, TRUNCATE) or to a last value (DBCC CHECKIDENT ... RESEED). Undone by a rollback.</summary>
    internal void ReseedIdentity(TableDefinition table, Int128? last)
    {
        CounterState state = IdentityCounter(table);
        if (table.Storage == TableStorageKind.Durable)
        {
            _reseeds.Add((table.ObjectId, state.Copy()));
        }

        if (last is not null && !state.HasLast)
        {
            // A table that never had a row gives the new value itself to its first one.
            last -= (Int128)table.Columns.First(c => c.Identity is not null).Identity!.Increment;
        }

        state.HasLast = last is not null;
        state.Last = last ?? 0;
        Touch(table);
    }

    /// <summary>IDENT_CURRENT: the value generated last, or the seed when none was; null when the table has no identity column.</summary>
    internal decimal? CurrentIdentity(TableDefinition table)
    {
        ColumnDefinition? column = table.Columns.FirstOrDefault(c => c.Identity is not null);
        if (column is null)
        {
            return null;
        }

        CounterState state = IdentityCounter(table);
        return state.HasLast ? (decimal)state.Last : column.Identity!.Seed;
    }

    /// <summary>sys.identity_columns.last_value: null until a value was generated.</summary>
    internal decimal? LastIdentityOf(TableDefinition table) => IdentityCounter(table) is { HasLast: true } state ? (decimal)state.Last : null;

    private CounterState IdentityCounter(TableDefinition table)
    {
        if (table.Storage == TableStorageKind.Durable)
        {
            return Database.Counter(table.ObjectId);
        }

        if (!_localCounters.TryGetValue(table.ObjectId, out CounterState? state))
        {
            _localCounters[table.ObjectId] = state = new CounterState();
        }

        return state;
    }

    private void Touch(TableDefinition table)
    {
        if (table.Storage == TableStorageKind.Durable)
        {
            _touchedCounters.Add(table.ObjectId);
        }
    }

    /// <summary>The next rowversion value of the database, big-endian.</summary>
    internal SqlValue NextRowVersion()
    {
        _touchedCounters.Add(Database.RowVersionCounter);
        return SqlValue.FromBinary(Database.RowVersionBytes(Database.NextRowVersion()), SqlTypeId.RowVersion);
    }

    /// <summary>Takes the next value of a sequence. It survives a rollback of the running transaction.</summary>
    internal SqlValue NextSequenceValue(SequenceDefinition sequence)
    {
        if (Options.RowCountLimit > 0)
        {
            throw SqlErrors.Create(11739);
        }

        if (RowSequences is not { } taken)
        {
            return TakeSequenceValue(sequence);
        }

        if (!taken.TryGetValue(sequence.ObjectId, out SqlValue value))
        {
            taken[sequence.ObjectId] = value = TakeSequenceValue(sequence);
        }

        return value;
    }

    /// <summary>Values that the row of VALUES being inserted has taken, by sequence: it takes one of each. Null while there is no such row.</summary>
    internal Dictionary<int, SqlValue>? RowSequences { get; set; }

    private SqlValue TakeSequenceValue(SequenceDefinition sequence)
    {
        CounterState state = Database.Counter(sequence.ObjectId);
        Int128 value;
        lock (state)
        {
            var increment = (Int128)sequence.Increment;
            if (!state.HasLast)
            {
                value = (Int128)sequence.Start;
            }
            else
            {
                value = state.Last + increment;
                if (value > (Int128)sequence.Maximum || value < (Int128)sequence.Minimum)
                {
                    if (!sequence.IsCycling)
                    {
                        throw SqlErrors.Create(11728, sequence.Name);
                    }

                    value = (Int128)(increment > 0 ? sequence.Minimum : sequence.Maximum);
                    state.HasReserve = false;
                }
            }

            Take(sequence, state, value);
        }

        return IntegerValue(value, sequence.DataType);
    }

    /// <summary>Makes a value the last one of a sequence, and durable what may be handed out before the next time.</summary>
    private void Take(SequenceDefinition sequence, CounterState state, Int128 value)
    {
        var increment = (Int128)sequence.Increment;
        bool isReserved = state.HasReserve && (increment > 0 ? value <= state.Reserved : value >= state.Reserved);
        if (!isReserved)
        {
            state.Reserved = value + (increment * Math.Max(sequence.CacheSize - 1, 0));
            state.HasReserve = true;
            Database.PersistReserve(this, sequence.ObjectId, state);
        }

        state.Last = value;
        state.HasLast = true;
    }

    /// <summary>Takes several values of a sequence at once; a cycling one may go round for them.</summary>
    internal (SqlValue First, SqlValue Last, int Cycles) NextSequenceRange(SequenceDefinition sequence, long size)
    {
        CounterState state = Database.Counter(sequence.ObjectId);
        lock (state)
        {
            var increment = (Int128)sequence.Increment;
            var low = (Int128)sequence.Minimum;
            var high = (Int128)sequence.Maximum;
            Int128 first = state.HasLast ? state.Last + increment : (Int128)sequence.Start;
            int cycles = 0;
            if (first > high || first < low)
            {
                first = sequence.IsCycling ? Restarted() : throw SqlErrors.Create(11732, sequence.Name);
            }

            Int128 left = increment > 0 ? (high - first) / increment : (low - first) / increment;
            Int128 steps = size - 1;
            Int128 last = first + (steps * increment);
            if (steps > left)
            {
                if (!sequence.IsCycling)
                {
                    throw SqlErrors.Create(11732, sequence.Name);
                }

                Int128 perCycle = (increment > 0 ? (high - low) / increment : (low - high) / increment) + 1;
                steps -= left + 1;
                cycles += (int)Int128.Min((steps / perCycle) + 1, int.MaxValue);
                last = (increment > 0 ? low : high) + (steps % perCycle * increment);
                state.HasReserve = false;
            }

            Take(sequence, state, last);
            return (IntegerValue(first, sequence.DataType), IntegerValue(last, sequence.DataType), cycles);

            Int128 Restarted()
            {
                cycles++;
                state.HasReserve = false;
                return increment > 0 ? low : high;
            }
        }
    }

    /// <summary>ALTER SEQUENCE ... RESTART: the next value will be the start, as if none had been taken.</summary>
    internal void RestartSequence(SequenceDefinition sequence)
    {
        CounterState state = Database.Counter(sequence.ObjectId);
        lock (state)
        {
            _reseeds.Add((sequence.ObjectId, state.Copy()));
            state.HasLast = false;
            state.HasReserve = false;
            _touchedCounters.Add(sequence.ObjectId);
        }
    }

    /// <summary>The value handed out last; null before the first.</summary>
    internal decimal? LastSequenceValue(SequenceDefinition sequence) =>
        Database.Counter(sequence.ObjectId) is { HasLast: true } state ? (decimal)state.Last : null;

    /// <summary>An integer (or scale-0 decimal) as a value of a column's type.</summary>
    internal static SqlValue IntegerValue(Int128 value, SqlType type) => type.IsDecimal
        ? SqlValue.FromDecimal(new System.Data.SqlTypes.SqlDecimal((decimal)value) is var d && type.Precision >= d.Precision
            ? System.Data.SqlTypes.SqlDecimal.ConvertToPrecScale(d, type.Precision, type.Scale)
            : throw SqlErrors.Create(8115, "numeric", type.Name), type.Id)
        : SqlValue.FromInteger(type.Id, (long)value);

    private static bool Fits(Int128 value, SqlType type) => type.Id switch
    {
        SqlTypeId.TinyInt => value >= 0 && value <= byte.MaxValue,
        SqlTypeId.SmallInt => value >= short.MinValue && value <= short.MaxValue,
        SqlTypeId.Int => value >= int.MinValue && value <= int.MaxValue,
        SqlTypeId.BigInt => value >= long.MinValue && value <= long.MaxValue,
        _ => value.ToString().TrimStart('-').Length <= type.Precision,
    };

    /// <summary>Writes the counters that the transaction advanced, as part of its commit.</summary>
    private void PersistCounters()
    {
        if (_touchedCounters.Count == 0)
        {
            return;
        }

        foreach (int id in _touchedCounters)
        {
            Database.Persist(Store, id);
        }

        _touchedCounters.Clear();
    }

    /// <summary>Returns reseeded counters to what they were, newest first.</summary>
    private void RestoreReseeds()
    {
        for (int i = _reseeds.Count - 1; i >= 0; i--)
        {
            (int objectId, CounterState saved) = _reseeds[i];
            CounterState state = Database.Counter(objectId);
            lock (state)
            {
                state.Restore(saved);
            }
        }

        _reseeds.Clear();
    }
}
