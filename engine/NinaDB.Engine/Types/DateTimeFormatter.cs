using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types;

/// <summary>Dates and times as text, by the styles of CONVERT.</summary>
internal static class DateTimeFormatter
{
    private static readonly string[] HijriMonths =
    [
        "محرم", "صفر", "ربيع الاول", "ربيع الثاني", "جمادى الاولى", "جمادى الثانية", "رجب", "شعبان", "رمضان", "شوال", "ذو القعدة", "ذو الحجة",
    ];

    /// <summary>Text of a value under a style; 0 is the type's default. Errors 281 (no such style) and 8114 (style needs parts the type has not).</summary>
    public static string Format(SqlValue value, SqlType type, int style, string targetName, SqlLanguage? language = null)
    {
        bool legacy = type.Id is SqlTypeId.DateTime or SqlTypeId.SmallDateTime;
        if (style == 0 && !legacy)
        {
            style = 121;
        }

        var clock = new DateTime(DateTimes.LocalTicks(value));
        int scale = type.Id switch { SqlTypeId.DateTime or SqlTypeId.SmallDateTime => 3, SqlTypeId.Date => 0, _ => type.Scale };
        if (value.Kind == SqlTypeId.DateTimeOffset && style == 127)
        {
            clock = new DateTime(value.AsInt64);
        }

        string? date = DatePart(clock, style, language ?? SqlLanguage.English);
        string? time = TimePart(clock, style, legacy, scale, dateless: type.Id == SqlTypeId.Time);
        if (date is null && time is null)
        {
            throw SqlErrors.Create(281, style, type.Name);
        }

        string separator = style is 126 or 127 ? "T" : " ";
        switch (type.Id)
        {
            case SqlTypeId.Date:
                return date ?? throw (style is 14 or 114 ? SqlErrors.Create(281, style, "date") : SqlErrors.CreateWithState(8114, 5, "date", targetName));
            case SqlTypeId.Time:
                return time ?? throw SqlErrors.CreateWithState(8114, 5, "time", targetName);
        }

        var text = new StringBuilder(40);
        text.Append(date);
        if (time is not null)
        {
            text.Append(date is null ? string.Empty : separator).Append(time);
        }

        if (type.Id == SqlTypeId.DateTimeOffset && time is not null)
        {
            if (style == 127)
            {
                text.Append('Z');
            }
            else
            {
                text.Append(style == 126 ? string.Empty : " ").Append(Offset(value.OffsetMinutes));
            }
        }

        return text.ToString();
    }

    /// <summary>+hh:mm.</summary>
    public static string Offset(int minutes) =>
        string.Create(CultureInfo.InvariantCulture, $"{(minutes < 0 ? '-' : '+')}{Math.Abs(minutes) / 60:00}:{Math.Abs(minutes) % 60:00}");

    private static string? DatePart(DateTime d, int style, SqlLanguage language)
    {
        string month = language.ShortMonthNames[d.Month - 1];
        return style switch
        {
            0 or 100 or 9 or 109 => string.Create(CultureInfo.InvariantCulture, $"{month} {d.Day,2} {d.Year:0000}"),
            1 => string.Create(CultureInfo.InvariantCulture, $"{d.Month:00}/{d.Day:00}/{d.Year % 100:00}"),
            22 => string.Create(CultureInfo.InvariantCulture, $"{d.Month:00}/{d.Day:00}/{d.Year % 100:00}"),
            101 => string.Create(CultureInfo.InvariantCulture, $"{d.Month:00}/{d.Day:00}/{d.Year:0000}"),
            2 => string.Create(CultureInfo.InvariantCulture, $"{d.Year % 100:00}.{d.Month:00}.{d.Day:00}"),
            102 => string.Create(CultureInfo.InvariantCulture, $"{d.Year:0000}.{d.Month:00}.{d.Day:00}"),
            3 => string.Create(CultureInfo.InvariantCulture, $"{d.Day:00}/{d.Month:00}/{d.Year % 100:00}"),
            103 => string.Create(CultureInfo.InvariantCulture, $"{d.Day:00}/{d.Month:00}/{d.Year:0000}"),
            4 => string.Create(CultureInfo.InvariantCulture, $"{d.Day:00}.{d.Month:00}.{d.Year % 100:00}"),
            104 => string.Create(CultureInfo.InvariantCulture, $"{d.Day:00}.{d.Month:00}.{d.Year:0000}"),
            5 => string.Create(CultureInfo.InvariantCulture, $"{d.Day:00}-{d.Month:00}-{d.Year % 100:00}"),
            105 => string.Create(CultureInfo.InvariantCulture, $"{d.Day:00}-{d.Month:00}-{d.Year:0000}"),
            6 => string.Create(CultureInfo.InvariantCulture, $"{d.Day:00} {month} {d.Year % 100:00}"),
            106 or 13 or 113 => string.Create(CultureInfo.InvariantCulture, $"{d.Day:00} {month} {d.Year:0000}"),
            7 => string.Create(CultureInfo.InvariantCulture, $"{month} {d.Day:00}, {d.Year % 100:00}"),
            107 => string.Create(CultureInfo.InvariantCulture, $"{month} {d.Day:00}, {d.Year:0000}"),
            10 => string.Create(CultureInfo.InvariantCulture, $"{d.Month:00}-{d.Day:00}-{d.Year % 100:00}"),
            110 => string.Create(CultureInfo.InvariantCulture, $"{d.Month:00}-{d.Day:00}-{d.Year:0000}"),
            11 => string.Create(CultureInfo.InvariantCulture, $"{d.Year % 100:00}/{d.Month:00}/{d.Day:00}"),
            111 => string.Create(CultureInfo.InvariantCulture, $"{d.Year:0000}/{d.Month:00}/{d.Day:00}"),
            12 => string.Create(CultureInfo.InvariantCulture, $"{d.Year % 100:00}{d.Month:00}{d.Day:00}"),
            112 => string.Create(CultureInfo.InvariantCulture, $"{d.Year:0000}{d.Month:00}{d.Day:00}"),
            20 or 120 or 21 or 121 or 25 or 23 or 126 or 127 => string.Create(CultureInfo.InvariantCulture, $"{d.Year:0000}-{d.Month:00}-{d.Day:00}"),
            130 or 131 => HijriDate(d, style),
            _ => null,
        };
    }

    private static string HijriDate(DateTime d, int style)
    {
        var calendar = new HijriCalendar { HijriAdjustment = 0 };
        if (d < calendar.MinSupportedDateTime)
        {
            throw SqlErrors.Create(8115, "expression", "nvarchar");
        }

        int year = calendar.GetYear(d);
        int month = calendar.GetMonth(d);
        int day = calendar.GetDayOfMonth(d);
        return style == 130
            ? string.Create(CultureInfo.InvariantCulture, $"{day,2} {HijriMonths[month - 1]} {year}")
            : string.Create(CultureInfo.InvariantCulture, $"{day,2}/{month:00}/{year}");
    }

    private static string? TimePart(DateTime d, int style, bool legacy, int scale, bool dateless)
    {
        string seconds = string.Create(CultureInfo.InvariantCulture, $"{d.Hour:00}:{d.Minute:00}:{d.Second:00}");
        int hour12 = d.Hour % 12 == 0 ? 12 : d.Hour % 12;
        string half = d.Hour < 12 ? "AM" : "PM";
        string hour = dateless && style is 0 or 9 or 100 or 109 ? hour12.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{hour12,2}");
        switch (style)
        {
            case 0 or 100:
                return string.Create(CultureInfo.InvariantCulture, $"{hour}:{d.Minute:00}{half}");
            case 9 or 109 or 130 or 131:
                return string.Create(CultureInfo.InvariantCulture, $"{hour}:{d.Minute:00}:{d.Second:00}{Fraction(d, scale, legacy ? ':' : '.')}{half}");
            case 22:
                return string.Create(CultureInfo.InvariantCulture, $"{hour}:{d.Minute:00}:{d.Second:00} {half}");
            case 8 or 24 or 108 or 20 or 120:
                return seconds;
            case 13 or 113 or 14 or 114:
                return seconds + Fraction(d, scale, legacy ? ':' : '.');
            case 21 or 25 or 121:
                return seconds + Fraction(d, scale, '.');
            case 126 or 127:
                // ISO 8601 leaves a datetime's zero fraction away.
                return legacy && d.Ticks % TimeSpan.TicksPerSecond == 0 ? seconds : seconds + Fraction(d, scale, '.');
            default:
                return null;
        }
    }

    private static string Fraction(DateTime d, int scale, char separator)
    {
        if (scale == 0)
        {
            return string.Empty;
        }

        long ticks = d.Ticks % TimeSpan.TicksPerSecond;
        long unit = DateTimes.TicksOfScale(scale);

        // datetime's 1/300 s prints as .003 and .007: rounded to the millisecond.
        long digits = Math.Min((ticks + (unit / 2)) / unit, (TimeSpan.TicksPerSecond / unit) - 1);
        return separator + digits.ToString(CultureInfo.InvariantCulture).PadLeft(scale, '0');
    }
}
