namespace NinaDB.Engine.Catalog;

/// <summary>The columns of PERIOD FOR SYSTEM_TIME.</summary>
public sealed record PeriodDefinition(int StartColumnId, int EndColumnId);

/// <summary>Units of HISTORY_RETENTION_PERIOD, numbered as in sys.tables.history_retention_period_unit.</summary>
public enum RetentionUnit
{
    Infinite = -1, Day = 3, Week = 4, Month = 5, Year = 6,
}

/// <summary>The history table of a system-versioned table, and how long its rows are shown.</summary>
/// <param name="RetentionPeriod">Number of units; -1 for INFINITE.</param>
public sealed record SystemVersioning(int HistoryTableId, int RetentionPeriod = -1, RetentionUnit RetentionUnit = RetentionUnit.Infinite)
{
    /// <summary>What a version must end after to be seen now; null when history is kept for ever.</summary>
    public DateTime? Cutoff(DateTime now) => RetentionUnit switch
    {
        RetentionUnit.Day => now.AddDays(-RetentionPeriod),
        RetentionUnit.Week => now.AddDays(-7.0 * RetentionPeriod),
        RetentionUnit.Month => now.AddMonths(-RetentionPeriod),
        RetentionUnit.Year => now.AddYears(-RetentionPeriod),
        _ => null,
    };
}

/// <summary>sys.columns.generated_always_type of period columns.</summary>
internal static class GeneratedColumns
{
    public const byte RowStart = 1, RowEnd = 2;
}
