using NinaDB.Engine.Session;

namespace NinaDB.Engine.Types;

/// <summary>A language of sys.syslanguages: how its dates are ordered and what its months and days are called.</summary>
/// <param name="Id">sys.syslanguages.langid (@@LANGID).</param>
/// <param name="DateFormat">Order of numeric dates.</param>
/// <param name="DateFirst">First day of the week, 1 = Monday.</param>
/// <param name="Name">Official name, as @@LANGUAGE shows it.</param>
/// <param name="Alias">English name; both are accepted by SET LANGUAGE.</param>
/// <param name="Lcid">Windows locale.</param>
/// <param name="Months">Full names, January first, by commas.</param>
/// <param name="ShortMonths">Abbreviations, by commas.</param>
/// <param name="Days">Names of the days, Monday first, by commas.</param>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/system-compatibility-views/sys-syslanguages-transact-sql.</remarks>
internal sealed partial record SqlLanguage(short Id, string DateFormat, byte DateFirst, string Name, string Alias, int Lcid, string Months, string ShortMonths, string Days)
{
    public string[] MonthNames { get; } = Months.Split(',');

    public string[] ShortMonthNames { get; } = ShortMonths.Split(',');

    /// <summary>Monday first.</summary>
    public string[] DayNames { get; } = Days.Split(',');

    /// <summary>Message 5703 in the language itself, where the server is translated into it; null for English.</summary>
    public string? ChangedText => Id switch
    {
        1 => $"Die Spracheneinstellung wurde in {Name} geändert.",
        2 => $"Le paramètre de langue est passé à {Name}.",
        5 => $"Se cambió la configuración de idioma a {Name}.",
        6 => $"L'impostazione della lingua è stata sostituita con {Name}.",
        27 => $"Configuração de idioma alterada para {Name}.",
        _ => null,
    };

    public static SqlLanguage English => All[0];

    /// <summary>By official name or alias; null when there is no such language (error 2740).</summary>
    public static SqlLanguage? Find(string name) => ByName.GetValueOrDefault(name.Trim());

    /// <summary>The language of a session.</summary>
    public static SqlLanguage Of(SessionOptions options) => options.LanguageInfo;

    /// <summary>SET LANGUAGE: the language with its date settings.</summary>
    public void ApplyTo(SessionOptions options)
    {
        options.Language = Name;
        options.DateFormat = DateFormat;
        options.DateFirst = DateFirst;
    }

    /// <summary>Name of a day: 0 = Sunday, as .NET counts.</summary>
    public string DayName(DayOfWeek day) => DayNames[((int)day + 6) % 7];

    /// <summary>Month 1..12 whose full or short name a word is; 0 when it is none.</summary>
    public int FindMonth(ReadOnlySpan<char> word)
    {
        for (int i = 0; i < 12; i++)
        {
            if (word.Equals(MonthNames[i], StringComparison.OrdinalIgnoreCase) || word.Equals(ShortMonthNames[i], StringComparison.OrdinalIgnoreCase))
            {
                return i + 1;
            }
        }

        return 0;
    }
}
