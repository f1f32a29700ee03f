using System.Globalization;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

internal enum DatePart
{
    Year, Quarter, Month, DayOfYear, Day, Week, Weekday, Hour, Minute, Second, Millisecond, Microsecond, Nanosecond, TimeZoneOffset, IsoWeek,
}

/// <summary>Dateparts: their names, which types have them, and calendar arithmetic on ticks since 0001-01-01.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/datepart-transact-sql.</remarks>
internal static class DateParts
{
    private static readonly Dictionary<string, DatePart> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["year"] = DatePart.Year,
        ["yy"] = DatePart.Year,
        ["yyyy"] = DatePart.Year,
        ["quarter"] = DatePart.Quarter,
        ["qq"] = DatePart.Quarter,
        ["q"] = DatePart.Quarter,
        ["month"] = DatePart.Month,
        ["mm"] = DatePart.Month,
        ["m"] = DatePart.Month,
        ["dayofyear"] = DatePart.DayOfYear,
        ["dy"] = DatePart.DayOfYear,
        ["y"] = DatePart.DayOfYear,
        ["day"] = DatePart.Day,
        ["dd"] = DatePart.Day,
        ["d"] = DatePart.Day,
        ["week"] = DatePart.Week,
        ["wk"] = DatePart.Week,
        ["ww"] = DatePart.Week,
        ["weekday"] = DatePart.Weekday,
        ["dw"] = DatePart.Weekday,
        ["w"] = DatePart.Weekday,
        ["hour"] = DatePart.Hour,
        ["hh"] = DatePart.Hour,
        ["minute"] = DatePart.Minute,
        ["mi"] = DatePart.Minute,
        ["n"] = DatePart.Minute,
        ["second"] = DatePart.Second,
        ["ss"] = DatePart.Second,
        ["s"] = DatePart.Second,
        ["millisecond"] = DatePart.Millisecond,
        ["ms"] = DatePart.Millisecond,
        ["microsecond"] = DatePart.Microsecond,
        ["mcs"] = DatePart.Microsecond,
        ["nanosecond"] = DatePart.Nanosecond,
        ["ns"] = DatePart.Nanosecond,
        ["tzoffset"] = DatePart.TimeZoneOffset,
        ["tz"] = DatePart.TimeZoneOffset,
        ["iso_week"] = DatePart.IsoWeek,
        ["isowk"] = DatePart.IsoWeek,
        ["isoww"] = DatePart.IsoWeek,
    };

    /// <summary>Error 155 for a word that is no datepart.</summary>
    public static DatePart Parse(string? word, string function) =>
        word is not null && Names.TryGetValue(word, out DatePart part) ? part : throw SqlErrors.Create(155, word, function);

    /// <summary>A call for the week or the weekday, which SET DATEFIRST changes.</summary>
    public static bool DependsOnFirstDay(Syntax.Ast.FunctionCallExpression call) =>
        call.Arguments is [Syntax.Ast.ColumnExpression word, ..] && Names.TryGetValue(word.Name, out DatePart part) && part is DatePart.Week or DatePart.Weekday;

    public static string NameOf(DatePart part) => part switch
    {
        DatePart.TimeZoneOffset => "tzoffset",
        DatePart.IsoWeek => "iso_week",
        _ => part.ToString().ToLowerInvariant(),
    };

    public static bool IsTimePart(DatePart part) => part is >= DatePart.Hour and <= DatePart.Nanosecond;

    /// <summary>Throws 9810 when a type does not have the part.</summary>
    public static void Require(DatePart part, SqlType type, string function, bool adding, byte state = 1)
    {
        bool ok = type.Id switch
        {
            SqlTypeId.Date => !IsTimePart(part) && part != DatePart.TimeZoneOffset,
            SqlTypeId.Time => IsTimePart(part),
            SqlTypeId.DateTimeOffset => true,
            SqlTypeId.DateTime2 => part != DatePart.TimeZoneOffset || !adding,
            _ => part != DatePart.TimeZoneOffset && !(adding && part is DatePart.Microsecond or DatePart.Nanosecond && adding),
        };
        if (!ok || (adding && part is DatePart.TimeZoneOffset or DatePart.IsoWeek && adding))
        {
            throw SqlErrors.CreateWithState(9810, state, NameOf(part), function, type.Name);
        }
    }

    /// <summary>One part of a wall clock.</summary>
    /// <param name="dateFirst">SET DATEFIRST: 1 = Monday ... 7 = Sunday.</param>
    public static int Get(DatePart part, long ticks, int offsetMinutes, int dateFirst)
    {
        var d = new DateTime(ticks);
        return part switch
        {
            DatePart.Year => d.Year,
            DatePart.Quarter => ((d.Month - 1) / 3) + 1,
            DatePart.Month => d.Month,
            DatePart.DayOfYear => d.DayOfYear,
            DatePart.Day => d.Day,
            DatePart.Week => ((d.DayOfYear - 1 + WeekdayIndex(new DateTime(d.Year, 1, 1), dateFirst)) / 7) + 1,
            DatePart.Weekday => WeekdayIndex(d, dateFirst) + 1,
            DatePart.Hour => d.Hour,
            DatePart.Minute => d.Minute,
            DatePart.Second => d.Second,
            DatePart.Millisecond => d.Millisecond,
            DatePart.Microsecond => (int)(ticks % TimeSpan.TicksPerSecond / 10),
            DatePart.Nanosecond => (int)(ticks % TimeSpan.TicksPerSecond * 100),
            DatePart.TimeZoneOffset => offsetMinutes,
            _ => ISOWeek.GetWeekOfYear(d),
        };
    }

    /// <summary>Adds units to a wall clock; null when the result is outside 0001..9999.</summary>
    public static long? Add(DatePart part, long ticks, long number)
    {
        Int128 result;
        switch (part)
        {
            case DatePart.Year:
                return AddMonths(ticks, (Int128)number * 12);
            case DatePart.Quarter:
                return AddMonths(ticks, (Int128)number * 3);
            case DatePart.Month:
                return AddMonths(ticks, number);
            case DatePart.Nanosecond:
                // 100 ns resolution, rounded half away from zero.
                long whole = number / 100;
                result = ticks + (Int128)whole + (Math.Abs(number % 100) >= 50 ? Math.Sign(number) : 0);
                break;
            default:
                result = ticks + ((Int128)number * TicksOf(part));
                break;
        }

        return result >= 0 && result < DateTimes.EndTicks ? (long)result : null;
    }

    /// <summary>Boundaries of a part between two wall clocks.</summary>
    public static Int128 Difference(DatePart part, long from, long to)
    {
        if (part is DatePart.Year or DatePart.Quarter or DatePart.Month)
        {
            var a = new DateTime(from);
            var b = new DateTime(to);
            return part switch
            {
                DatePart.Year => b.Year - a.Year,
                DatePart.Quarter => ((b.Year - a.Year) * 4) + ((b.Month - 1) / 3) - ((a.Month - 1) / 3),
                _ => ((b.Year - a.Year) * 12) + b.Month - a.Month,
            };
        }

        if (part == DatePart.Week)
        {
            // Weeks begin on Sunday, whatever DATEFIRST; 0001-01-01 is a Monday.
            return (((to / TimeSpan.TicksPerDay) + 1) / 7) - (((from / TimeSpan.TicksPerDay) + 1) / 7);
        }

        if (part == DatePart.Nanosecond)
        {
            return (Int128)(to - from) * 100;
        }

        long unit = TicksOf(part);
        return (to / unit) - (from / unit);
    }

    /// <summary>The start of the part that a wall clock lies in.</summary>
    public static long Truncate(DatePart part, long ticks, int dateFirst)
    {
        var d = new DateTime(ticks);
        switch (part)
        {
            case DatePart.Year:
                return new DateTime(d.Year, 1, 1).Ticks;
            case DatePart.Quarter:
                return new DateTime(d.Year, ((d.Month - 1) / 3 * 3) + 1, 1).Ticks;
            case DatePart.Month:
                return new DateTime(d.Year, d.Month, 1).Ticks;
            case DatePart.Week:
                return d.Date.Ticks - (WeekdayIndex(d, dateFirst) * TimeSpan.TicksPerDay);
            case DatePart.IsoWeek:
                return d.Date.Ticks - (WeekdayIndex(d, 1) * TimeSpan.TicksPerDay);
            default:
                long unit = TicksOf(part);
                return ticks / unit * unit;
        }
    }

    public static long TicksOf(DatePart part) => part switch
    {
        DatePart.Week or DatePart.IsoWeek => 7 * TimeSpan.TicksPerDay,
        DatePart.Hour => TimeSpan.TicksPerHour,
        DatePart.Minute => TimeSpan.TicksPerMinute,
        DatePart.Second => TimeSpan.TicksPerSecond,
        DatePart.Millisecond => TimeSpan.TicksPerMillisecond,
        DatePart.Microsecond => 10,
        DatePart.Nanosecond => 1,
        _ => TimeSpan.TicksPerDay,
    };

    private static long? AddMonths(long ticks, Int128 months)
    {
        var d = new DateTime(ticks);
        Int128 total = ((Int128)d.Year * 12) + d.Month - 1 + months;
        if (total < 12 || total >= 120000)
        {
            return null;
        }

        int year = (int)(total / 12);
        int month = (int)(total % 12) + 1;
        int day = Math.Min(d.Day, DateTime.DaysInMonth(year, month));
        return new DateTime(year, month, day).Ticks + d.TimeOfDay.Ticks;
    }

    /// <summary>0 for the first day of the week.</summary>
    private static int WeekdayIndex(DateTime d, int dateFirst) => ((int)d.DayOfWeek + 7 - (dateFirst % 7)) % 7;
}
