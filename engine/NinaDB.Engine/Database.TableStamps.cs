using System.Collections.Concurrent;
using NinaDB.Engine.Catalog;

namespace NinaDB.Engine;

/// <summary>How often a table has changed, and what of it: an open cursor reads its rows again only where it must.</summary>
internal sealed class TableStamp
{
    private long[] _columns = [];
    private long _changes;
    private long _shape;

    /// <summary>Changes of any kind.</summary>
    public long Changes => Volatile.Read(ref _changes);

    /// <summary>Changes by which rows may have come or moved: not updates whose columns are known, nor deletes.</summary>
    public long Shape => Volatile.Read(ref _shape);

    /// <summary>Rows have come, moved, or changed in unknown columns.</summary>
    public void NoteShape()
    {
        Interlocked.Increment(ref _shape);
        Interlocked.Increment(ref _changes);
    }

    /// <summary>Rows have gone, or columns changed that <see cref="NoteColumns"/> tells.</summary>
    public void Note() => Interlocked.Increment(ref _changes);

    public void NoteColumns(IEnumerable<int> ordinals)
    {
        lock (this)
        {
            foreach (int ordinal in ordinals)
            {
                if (ordinal >= _columns.Length)
                {
                    Array.Resize(ref _columns, ordinal + 1);
                }

                _columns[ordinal]++;
            }
        }

        Interlocked.Increment(ref _changes);
    }

    /// <summary>Updates of one of the columns.</summary>
    public long ColumnChanges(IEnumerable<int> ordinals)
    {
        lock (this)
        {
            return ordinals.Sum(o => o < _columns.Length ? _columns[o] : 0);
        }
    }
}

public sealed partial class Database
{
    private readonly ConcurrentDictionary<int, TableStamp> _tableStamps = new();

    /// <summary>The stamp of a table by object id; it counts from the opening of the database.</summary>
    internal TableStamp StampOf(int objectId) => _tableStamps.GetOrAdd(objectId, static _ => new TableStamp());
}
