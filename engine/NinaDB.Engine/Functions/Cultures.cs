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

    /// <summary>Cultures of the languages of SET LANGUAGE, by their Windows locale.</summary>
    private static readonly Dictionary<int, string> OfLocales = new()
    {
        [1033] = "en-US", [1031] = "de-DE", [1036] = "fr-FR", [1041] = "ja-JP", [1030] = "da-DK", [3082] = "es-ES", [1040] = "it-IT", [1043] = "nl-NL", [2068] = "nn-NO", [2070] = "pt-PT",
        [1035] = "fi-FI", [1053] = "sv-SE", [1029] = "cs-CZ", [1038] = "hu-HU", [1045] = "pl-PL", [1048] = "ro-RO", [1050] = "hr-HR", [1051] = "sk-SK", [1060] = "sl-SI", [1032] = "el-GR",
        [1026] = "bg-BG", [1049] = "ru-RU", [1055] = "tr-TR", [2057] = "en-GB", [1061] = "et-EE", [1062] = "lv-LV", [1063] = "lt-LT", [1046] = "pt-BR", [1028] = "zh-TW", [1042] = "ko-KR",
        [2052] = "zh-CN", [1025] = "ar-SA", [1054] = "th-TH",
    };

    /// <summary>Name of the culture that FORMAT and PARSE take when the call names none: that of the session's language.</summary>
    public static string NameOf(Session.SessionOptions options) => OfLocales.GetValueOrDefault(Types.SqlLanguage.Of(options).Lcid, "en-US");

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
