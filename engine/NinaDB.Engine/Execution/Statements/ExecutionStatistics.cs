using System.Diagnostics;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>
/// How often a plan has run since it was compiled, for how long, and with how many rows. Noted by every session that runs it, without locks. Once it has run
/// often, only one execution of several is timed, for all of them: reading the clock would take longer than what a small routine does.
/// </summary>
/// <param name="generation">1 for the first compilation, one more for each after it.</param>
internal sealed class ExecutionStatistics(long generation)
{
    private static readonly long Origin = Stopwatch.GetTimestamp();
    private static readonly DateTime OriginTime = DateTime.Now;

    /// <summary>Executions that are all timed, and how many of the later ones a timing stands for (a power of 2).</summary>
    private const int TimedAtFirst = 64, TimedOf = 16;

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

    /// <summary>The timestamp for an execution that begins; 0 when it is not timed.</summary>
    public long Begin() => _count < TimedAtFirst || (_count & (TimedOf - 1)) == 0 ? Stopwatch.GetTimestamp() : 0;

    /// <summary>An execution has ended that <see cref="Begin"/> gave a timestamp.</summary>
    public void Note(long started, long rows)
    {
        long count = Interlocked.Increment(ref _count);
        if (started != 0)
        {
            Time(started, count > TimedAtFirst ? TimedOf : 1);
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

    private void Time(long started, int weight)
    {
        long elapsed = Stopwatch.GetTimestamp() - started;
        Interlocked.Add(ref _total, elapsed * weight);
        _lastStarted = started;
        _last = elapsed;
        _least = Math.Min(_least, elapsed);
        _most = Math.Max(_most, elapsed);
    }

    private static DateTime TimeOf(long timestamp) => OriginTime + Stopwatch.GetElapsedTime(Origin, timestamp);

    private static long Micro(long ticks) => (long)(ticks * (1_000_000.0 / Stopwatch.Frequency));
}
