namespace NinaDB.Feed.Tests;

/// <summary>A test that needs PostgreSQL's programs; skipped with the reason where they are absent.</summary>
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (PostgresCluster.Missing is { } reason)
        {
            Skip = reason;
        }
    }
}
