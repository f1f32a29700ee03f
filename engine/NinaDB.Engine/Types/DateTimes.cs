namespace NinaDB.Engine.Types;

/// <summary>Arithmetic between the payloads of the date and time types.</summary>
internal static class DateTimes
{
    /// <summary>1900-01-01 in days since 0001-01-01.</summary>
    public const int Days1900 = 693595;

    public const long Ticks1900 = Days1900 * TimeSpan.TicksPerDay;

    /// <summary>1753-01-01, the first datetime.</summary>
    public const int Days1753 = 639905;

    /// <summary>1/300 s units in a day.</summary>
    public const long UnitsPerDay = 25_920_000;

    /// <summary>One past 9999-12-31, in days.</summary>
    public const int EndDays = 3652059;

    public const long EndTicks = EndDays * TimeSpan.TicksPerDay;

    /// <summary>2079-06-07, one past the last smalldatetime.</summary>
    public const int EndSmallDateTimeDays = Days1900 + 65536;

    private static readonly long[] ScaleTicks = [10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

    /// <summary>Ticks of one unit of the last fractional digit.</summary>
    public static long TicksOfScale(int scale) => ScaleTicks[scale];

    /// <summary>Rounds ticks half up to a fractional scale.</summary>
    public static long RoundToScale(long ticks, int scale)
    {
        long unit = ScaleTicks[scale];
        return unit == 1 ? ticks : (ticks + (unit / 2)) / unit * unit;
    }

    /// <summary>Ticks since 0001-01-01 of 1/300 s units since 1900-01-01, rounded to 100 ns.</summary>
    public static long TicksOfUnits(long units)
    {
        long days = Math.DivRem(units, UnitsPerDay, out long inDay);
        if (inDay < 0)
        {
            inDay += UnitsPerDay;
            days--;
        }

        return ((days + Days1900) * TimeSpan.TicksPerDay) + (((inDay * 200_000) + 3) / 6);
    }

    /// <summary>1/300 s units since 1900-01-01 of ticks since 0001-01-01, rounded half up.</summary>
    public static long UnitsOfTicks(long ticks)
    {
        long days = ticks / TimeSpan.TicksPerDay;
        long inDay = ticks % TimeSpan.TicksPerDay;
        return ((days - Days1900) * UnitsPerDay) + (((inDay * 6) + 100_000) / 200_000);
    }

    /// <summary>
    /// The wall clock of any date or time value in ticks since 0001-01-01 (a time value is on 1900-01-01; a datetimeoffset gives its local time).
    /// </summary>
    public static long LocalTicks(SqlValue value) => value.Kind switch
    {
        SqlTypeId.Date => value.AsInt64 * TimeSpan.TicksPerDay,
        SqlTypeId.Time => Ticks1900 + value.AsInt64,
        SqlTypeId.DateTime => TicksOfUnits(value.AsInt64),
        SqlTypeId.DateTimeOffset => value.AsInt64 + (value.OffsetMinutes * TimeSpan.TicksPerMinute),
        _ => value.AsInt64,
    };
}
