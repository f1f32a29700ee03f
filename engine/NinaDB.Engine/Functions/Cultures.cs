using System.Collections.Concurrent;
using System.Globalization;

namespace NinaDB.Engine.Functions;

/// <summary>
/// Cultures for FORMAT and PARSE. en-US is built here, so that it is the same on every machine (newer ICU data put a narrow no-break space before AM/PM, and a
/// machine without ICU has no cultures at all); others come from the system where it has them.
/// </summary>
internal static class Cultures
{
    private static readonly ConcurrentDictionary<string, CultureInfo?> Known = new(StringComparer.OrdinalIgnoreCase);

    public static CultureInfo UnitedStates { get; } = BuildUnitedStates();

    /// <summary>The culture with this name, or null (error 9818).</summary>
    public static CultureInfo? Find(string name) => Known.GetOrAdd(name, static n =>
    {
        if (n.Equals("en-US", StringComparison.OrdinalIgnoreCase))
        {
            return UnitedStates;
        }

        if (n.Length == 0 || n.Equals("iv", StringComparison.OrdinalIgnoreCase))
        {
            return CultureInfo.InvariantCulture;
        }

        if (CultureTable.Find(n) is { } known)
        {
            return known;
        }

        try
        {
            return CultureInfo.GetCultureInfo(n, predefinedOnly: true);
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    });

    private static CultureInfo BuildUnitedStates()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        NumberFormatInfo numbers = culture.NumberFormat;
        numbers.CurrencySymbol = "$";
        numbers.CurrencyDecimalDigits = 2;
        numbers.CurrencyPositivePattern = 0;
        numbers.CurrencyNegativePattern = 0;
        numbers.NumberDecimalDigits = 2;
        numbers.PercentDecimalDigits = 2;
        numbers.PercentPositivePattern = 0;
        numbers.PercentNegativePattern = 0;
        DateTimeFormatInfo dates = culture.DateTimeFormat;
        dates.ShortDatePattern = "M/d/yyyy";
        dates.LongDatePattern = "dddd, MMMM d, yyyy";
        dates.ShortTimePattern = "h:mm tt";
        dates.LongTimePattern = "h:mm:ss tt";
        dates.FullDateTimePattern = "dddd, MMMM d, yyyy h:mm:ss tt";
        dates.MonthDayPattern = "MMMM d";
        dates.YearMonthPattern = "MMMM yyyy";
        dates.FirstDayOfWeek = DayOfWeek.Sunday;
        return CultureInfo.ReadOnly(culture);
    }
}
