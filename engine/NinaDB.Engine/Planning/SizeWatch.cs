using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Planning;

/// <summary>The size of a table that a plan was made for; tells when the table has changed so much that another plan may be better.</summary>
internal sealed class SizeWatch
{
    /// <summary>Changes that even a small table must see.</summary>
    private const double LeastChange = 200;

    private readonly TreeSize _size;
    private readonly int _generation;
    private readonly long _entries;
    private readonly double _tolerated;

    /// <param name="rows">Rows of the table as the plan reckoned with.</param>
    public SizeWatch(TreeSize size, double rows)
    {
        _size = size;
        _generation = size.Generation;
        _entries = size.Entries;
        _tolerated = Tolerated(rows);
    }

    /// <summary>Whether the table is still about as large as it was.</summary>
    public bool Holds => _size.Generation == _generation && Math.Abs(_size.Entries - _entries) <= _tolerated;

    /// <summary>
    /// How many rows a table may gain or lose before what is known about it is stale: SQL Server's rule since compatibility level 130
    /// (https://learn.microsoft.com/sql/relational-databases/statistics/statistics), MIN(500 + 0.20 n, SQRT(1000 n)).
    /// </summary>
    public static double Tolerated(double rows) => Math.Max(LeastChange, Math.Min(500 + (0.2 * rows), Math.Sqrt(1000 * rows)));
}
