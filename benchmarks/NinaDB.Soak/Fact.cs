using System.Diagnostics;

namespace NinaDB.Soak;

/// <summary>
/// Something that is true or false, and is changed by acts that take a while. What a reader may see is known only up to the acts that overlap its reading: a fact
/// therefore tells both whether it can have been true and whether it can have been false.
/// </summary>
internal sealed class Fact(bool initial)
{
    private readonly Lock _lock = new();

    private readonly List<Change> _changes = [new Change(long.MinValue, long.MinValue, initial)];

    /// <summary>An act that sets the fact begins. Call before the statement is sent; then <see cref="Commit"/> or <see cref="Cancel"/>.</summary>
    public Change Begin(bool value)
    {
        var change = new Change(Stopwatch.GetTimestamp(), long.MaxValue, value);
        lock (_lock)
        {
            _changes.Add(change);
        }

        return change;
    }

    /// <summary>The act succeeded.</summary>
    public void Commit(Change change)
    {
        lock (_lock)
        {
            change.End = Stopwatch.GetTimestamp();

            // No reading is under way that began before what was superseded that long ago.
            long old = change.End - (30 * Stopwatch.Frequency);
            _changes.RemoveAll(c => _changes.Exists(later => later.Start > c.End && later.End < old));
        }
    }

    /// <summary>The act was refused and changed nothing.</summary>
    public void Cancel(Change change)
    {
        lock (_lock)
        {
            _changes.Remove(change);
        }
    }

    /// <summary>What the fact can have been for a reading from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public (bool CanBeTrue, bool CanBeFalse) During(long from, long to)
    {
        bool canBeTrue = false;
        bool canBeFalse = false;
        lock (_lock)
        {
            foreach (Change change in _changes)
            {
                if (change.Start > to)
                {
                    continue;
                }

                // Superseded: another act began after this one was over, and was over before the reading began.
                bool isSuperseded = _changes.Exists(later => later.Start > change.End && later.End < from);
                if (!isSuperseded)
                {
                    canBeTrue |= change.Value;
                    canBeFalse |= !change.Value;
                }
            }
        }

        return (canBeTrue, canBeFalse);
    }
}

/// <summary>One act upon a fact, with the time that it took.</summary>
internal sealed class Change(long start, long end, bool value)
{
    public long Start { get; } = start;

    /// <summary><see cref="long.MaxValue"/> while the act is under way.</summary>
    public long End { get; set; } = end;

    public bool Value { get; } = value;
}
