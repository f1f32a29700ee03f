using System.Diagnostics;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>How often a plan has run since it was compiled, for how long, and with how many rows. Noted by every session that runs it, without locks.</summary>
/// <param name="generation">1 for the first compilation, one more for each after it.</param>
internal sealed class ExecutionStatistics(long generation)
{
    private static readonly long Origin = Stopwatch.GetTimestamp();
    private static readonly DateTime OriginTime = DateTime.Now;

    private long _count, _total, _last, _least = long.MaxValue, _most, _lastStarted;
    private long _rows, _lastRows, _leastRows = long.MaxValue, _mostRows;

    public long Generation { get; } = generation;

    /// <summary>When the plan was made.</summary>
    public DateTime Created { get; } = TimeOf(Stopwatch.GetTimestamp());

    /// <summary>Executions that have come to their end.</summary>
    public long Count => Volatile.Read(ref _count);

    public DateTime LastStarted => TimeOf(_lastStarted);

    /// <summary>Elapsed microseconds: all together, the last, the shortest, the longest.</summary>
    public (long Total, long Last, long Least, long Most) Elapsed => (Micro(_total), Micro(_last), Micro(_least == long.MaxValue ? 0 : _least), Micro(_most));

    /// <summary>Rows returned or changed: all together, the last, the fewest, the most.</summary>
    public (long Total, long Last, long Least, long Most) Rows => (_rows, _lastRows, _leastRows == long.MaxValue ? 0 : _leastRows, _mostRows);

    /// <summary>An execution that began at a timestamp has ended.</summary>
    public void Note(long started, long rows)
    {
        long elapsed = Stopwatch.GetTimestamp() - started;
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _total, elapsed);
        _lastStarted = started;
        _last = elapsed;
        if (elapsed < _least)
        {
            _least = elapsed;
        }

        if (elapsed > _most)
        {
            _most = elapsed;
        }

        _lastRows = rows;
        if (rows != 0)
        {
            Interlocked.Add(ref _rows, rows);
        }

        if (rows < _leastRows)
        {
            _leastRows = rows;
        }

        if (rows > _mostRows)
        {
            _mostRows = rows;
        }
    }

    private static DateTime TimeOf(long timestamp) => OriginTime + Stopwatch.GetElapsedTime(Origin, timestamp);

    private static long Micro(long ticks) => (long)(ticks * (1_000_000.0 / Stopwatch.Frequency));
}
