namespace NinaDB.Engine.Types;

/// <summary>Values of the period columns of system-versioned tables.</summary>
internal static class SystemTime
{
    /// <summary>The beginning of a version: the time (UTC) at which the transaction began, at the precision of the column.</summary>
    public static SqlValue Start(long utcTicks, SqlType type) => SqlValue.FromDateTime2(DateTimes.RoundToScale(utcTicks, type.Scale));

    /// <summary>The end of a current row: the last moment that the column's type knows.</summary>
    public static SqlValue Maximum(SqlType type) => SqlValue.FromDateTime2(DateTimes.EndTicks - DateTimes.TicksOfScale(type.Scale));
}
