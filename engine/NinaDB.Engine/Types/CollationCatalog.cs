using System.Collections.Frozen;
using System.Globalization;

namespace NinaDB.Engine.Types;

/// <summary>A family of collations: what stands before version and flags in their names.</summary>
/// <param name="Lcid">Windows locale of COLLATIONPROPERTY.</param>
/// <param name="CodePage">Code page of varchar; 0 where the family is for Unicode types only.</param>
/// <param name="Versions">Versions of the family: 80 (not written), 90, 100, 140, 160.</param>
internal sealed record CollationFamily(string Name, int Lcid, int CodePage, int[] Versions);

/// <summary>The names of collations: families of Windows collations with their versions, and the SQL collations one by one.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/statements/windows-collation-name-transact-sql and sql-server-collation-name-transact-sql.</remarks>
internal static class CollationCatalog
{
    private const string WindowsFamilies =
        "Albanian 1052 1250 80,100;Arabic 1025 1256 80,100;Assamese 1101 0 100;Azeri_Cyrillic 2092 1251 90,100;Azeri_Latin 1068 1254 90,100;Bashkir 1133 1251 100;Bengali 1093 0 100;"
        + "Bosnian_Cyrillic 8218 1251 100;Bosnian_Latin 5146 1250 100;Breton 1150 1252 100;Chinese_Hong_Kong_Stroke 3076 950 90,100;Chinese_PRC 2052 936 80,90;"
        + "Chinese_PRC_Stroke 133124 936 80,90;Chinese_Simplified_Pinyin 2052 936 100,160;Chinese_Simplified_Stroke_Order 133124 936 100,160;Chinese_Taiwan_Bopomofo 197636 950 80,90;"
        + "Chinese_Taiwan_Stroke 1028 950 80,90;Chinese_Traditional_Bopomofo 197636 950 100,160;Chinese_Traditional_Pinyin 136196 950 100,160;Chinese_Traditional_Stroke_Count 1028 950 100;"
        + "Chinese_Traditional_Stroke_Order 1028 950 100,160;Corsican 1155 1252 100;Croatian 1050 1250 80,100;Cyrillic_General 1049 1251 80,100;Czech 1029 1250 80,100;"
        + "Danish_Greenlandic 1030 1252 100;Danish_Norwegian 1030 1252 80;Dari 1164 1256 100;Divehi 1125 0 90,100;Estonian 1061 1257 80,100;Finnish_Swedish 1035 1252 80,100;French 1036 1252 80,100;"
        + "Frisian 1122 1252 100;Georgian_Modern_Sort 66615 1252 80,100;German_PhoneBook 66567 1252 80,100;Greek 1032 1253 80,100;Hebrew 1037 1255 80,100;Hungarian 1038 1250 80,100;"
        + "Hungarian_Technical 66574 1250 80,100;Icelandic 1039 1252 80,100;Indic_General 1081 0 90,100;Japanese 1041 932 80,90;Japanese_Bushu_Kakusu 263185 932 100,140;"
        + "Japanese_Unicode 66577 932 80;Japanese_XJIS 1041 932 100,140;Kazakh 1087 1251 90,100;Khmer 1107 0 100;Korean 1042 949 90,100;Korean_Wansung 1042 949 80;Lao 1108 0 100;"
        + "Latin1_General 1033 1252 80,100;Latvian 1062 1257 80,100;Lithuanian 1063 1257 80,100;Macedonian_FYROM 1071 1251 80,90,100;Maltese 1082 0 100;Maori 1153 0 100;Mapudungan 1146 1252 100;"
        + "Modern_Spanish 3082 1252 80,100;Mohawk 1148 1252 100;Nepali 1121 0 100;Norwegian 1044 1252 100;Pashto 1123 0 100;Persian 1065 1256 100;Polish 1045 1250 80,100;Romanian 1048 1250 80,100;"
        + "Romansh 1047 1252 100;Sami_Norway 1083 1252 100;Sami_Sweden_Finland 2107 1252 100;Serbian_Cyrillic 3098 1251 100;Serbian_Latin 2074 1250 100;Slovak 1051 1250 80,100;"
        + "Slovenian 1060 1250 80,100;Syriac 1114 0 90,100;Tamazight 2143 1252 100;Tatar 1092 1251 90,100;Thai 1054 874 80,100;Tibetan 1105 0 100;Traditional_Spanish 1034 1252 80,100;"
        + "Turkish 1055 1254 80,100;Turkmen 1090 1250 100;Uighur 1152 1256 100;Ukrainian 1058 1251 80,100;Upper_Sorbian 1070 1252 100;Urdu 1056 1256 100;Uzbek_Latin 1091 1254 90,100;"
        + "Vietnamese 1066 1258 80,100;Welsh 1106 1252 100;Yakut 1157 1251 100";

    /// <summary>Family and code page token, then the flags that exist.</summary>
    private const string SqlFamilies =
        "SQL_1xCompat_CP850 CI_AS;SQL_AltDiction_CP850 CI_AI,CI_AS,CS_AS;SQL_AltDiction_Pref_CP850 CI_AS;SQL_AltDiction2_CP1253 CS_AS;SQL_Croatian_CP1250 CI_AS,CS_AS;SQL_Czech_CP1250 CI_AS,CS_AS;"
        + "SQL_Danish_Pref_CP1 CI_AS;SQL_EBCDIC037_CP1 CS_AS;SQL_EBCDIC1141_CP1 CS_AS;SQL_EBCDIC273_CP1 CS_AS;SQL_EBCDIC277_2_CP1 CS_AS;SQL_EBCDIC277_CP1 CS_AS;SQL_EBCDIC278_CP1 CS_AS;"
        + "SQL_EBCDIC280_CP1 CS_AS;SQL_EBCDIC284_CP1 CS_AS;SQL_EBCDIC285_CP1 CS_AS;SQL_EBCDIC297_CP1 CS_AS;SQL_Estonian_CP1257 CI_AS,CS_AS;SQL_Hungarian_CP1250 CI_AS,CS_AS;"
        + "SQL_Icelandic_Pref_CP1 CI_AS;SQL_Latin1_General_CP1 CI_AI,CI_AS,CS_AS;SQL_Latin1_General_CP1250 CI_AS,CS_AS;SQL_Latin1_General_CP1251 CI_AS,CS_AS;"
        + "SQL_Latin1_General_CP1253 CI_AI,CI_AS,CS_AS;SQL_Latin1_General_CP1254 CI_AS,CS_AS;SQL_Latin1_General_CP1255 CI_AS,CS_AS;SQL_Latin1_General_CP1256 CI_AS,CS_AS;"
        + "SQL_Latin1_General_CP1257 CI_AS,CS_AS;SQL_Latin1_General_CP437 BIN,BIN2,CI_AI,CI_AS,CS_AS;SQL_Latin1_General_CP850 BIN,BIN2,CI_AI,CI_AS,CS_AS;SQL_Latin1_General_Pref_CP1 CI_AS;"
        + "SQL_Latin1_General_Pref_CP437 CI_AS;SQL_Latin1_General_Pref_CP850 CI_AS;SQL_Latvian_CP1257 CI_AS,CS_AS;SQL_Lithuanian_CP1257 CI_AS,CS_AS;SQL_MixDiction_CP1253 CS_AS;"
        + "SQL_Polish_CP1250 CI_AS,CS_AS;SQL_Romanian_CP1250 CI_AS,CS_AS;SQL_Scandinavian_CP850 CI_AS,CS_AS;SQL_Scandinavian_Pref_CP850 CI_AS;SQL_Slovak_CP1250 CI_AS,CS_AS;"
        + "SQL_Slovenian_CP1250 CI_AS,CS_AS;SQL_SwedishPhone_Pref_CP1 CI_AS;SQL_SwedishStd_Pref_CP1 CI_AS;SQL_Ukrainian_CP1251 CI_AS,CS_AS";

    private static readonly FrozenDictionary<string, CollationFamily> Families = WindowsFamilies.Split(';').Select(ParseFamily).ToFrozenDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);

    private static readonly string[] SqlNames = [.. SqlFamilies.Split(';').SelectMany(f => f.Split(' ') is [var family, var flags] ? flags.Split(',').Select(x => $"{family}_{x}") : [])];

    private static readonly FrozenDictionary<string, string> SqlByName = SqlNames.ToFrozenDictionary(n => n, StringComparer.OrdinalIgnoreCase);

    private static readonly Lazy<FrozenDictionary<string, (string Name, CollationFamily Family, int Version)>> WindowsByName = new(() =>
        Families.Values.SelectMany(f => f.Versions.SelectMany(v => NamesOf(f, v).Select(n => (Name: n, f, v))))
            .ToFrozenDictionary(n => n.Name, n => (n.Name, n.f, n.v), StringComparer.OrdinalIgnoreCase));

    /// <summary>Every name, in order.</summary>
    public static IEnumerable<string> Names => WindowsByName.Value.Values.Select(n => n.Name).Concat(SqlNames).Order(StringComparer.OrdinalIgnoreCase);

    /// <summary>Name as the catalog writes it, locale, code page and version; null for a name that there is none of.</summary>
    public static (string Name, string Family, int Lcid, int CodePage, int Version)? Find(string name)
    {
        if (SqlByName.TryGetValue(name, out string? sql))
        {
            return (sql, sql[..sql.LastIndexOf("_CP", StringComparison.Ordinal)], SqlLocale(sql), SqlCodePage(sql), 80);
        }

        return WindowsByName.Value.TryGetValue(name, out (string Name, CollationFamily Family, int Version) found)
            ? (found.Name, found.Family.Name, found.Family.Lcid, found.Name.EndsWith("_UTF8", StringComparison.Ordinal) ? 65001 : found.Family.CodePage, found.Version)
            : null;
    }

    private static CollationFamily ParseFamily(string text)
    {
        string[] parts = text.Split(' ');
        return new(parts[0], Number(parts[1]), Number(parts[2]), [.. parts[3].Split(',').Select(Number)]);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The names of a family in one version: binary ones, then every combination of flags.</summary>
    private static IEnumerable<string> NamesOf(CollationFamily family, int version)
    {
        string prefix = version == 80 ? family.Name : $"{family.Name}_{version}";
        yield return prefix + "_BIN";
        yield return prefix + "_BIN2";
        if (version >= 100 && family.Name != "Indic_General")
        {
            yield return prefix + "_BIN2_UTF8";
        }

        foreach (string letters in (string[])["_CI_AI", "_CI_AS", "_CS_AI", "_CS_AS"])
        {
            foreach (string width in (string[])["", "_KS", "_WS", "_KS_WS"])
            {
                string name = prefix + letters + width;
                yield return name;
                if (version is 90 or 100)
                {
                    yield return name + "_SC";
                }

                if (version == 100)
                {
                    yield return name + "_SC_UTF8";
                }

                if (version >= 140)
                {
                    yield return name + "_VSS";
                    yield return name + "_UTF8";
                    yield return name + "_VSS_UTF8";
                }
            }
        }
    }

    private static int SqlCodePage(string name)
    {
        int at = name.LastIndexOf("_CP", StringComparison.Ordinal) + 3;
        int page = Number(name[at..name.IndexOf('_', at)]);
        return page == 1 ? 1252 : page;
    }

    private static int SqlLocale(string name) => name.Split('_')[1] switch
    {
        "Croatian" => 1050,
        "Czech" => 1029,
        "Danish" or "Scandinavian" => 1030,
        "Estonian" => 1061,
        "Hungarian" => 1038,
        "Icelandic" => 1039,
        "Latvian" => 1062,
        "Lithuanian" => 1063,
        "Polish" => 1045,
        "Romanian" => 1048,
        "Slovak" => 1051,
        "Slovenian" => 1060,
        "SwedishPhone" or "SwedishStd" => 1053,
        "Ukrainian" => 1058,
        _ when name.Contains("_CP1251_", StringComparison.Ordinal) => 1049,
        _ when name.Contains("_CP1253_", StringComparison.Ordinal) => 1032,
        _ when name.Contains("_CP1254_", StringComparison.Ordinal) => 1055,
        _ when name.Contains("_CP1255_", StringComparison.Ordinal) => 1037,
        _ when name.Contains("_CP1256_", StringComparison.Ordinal) => 1025,
        _ => 1033,
    };
}
