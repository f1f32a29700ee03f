using System.Collections.Concurrent;

namespace NinaDB.Engine.Types;

/// <summary>
/// A collation: how strings compare and sort, and which encoding varchar uses. Instances are shared; get one by name.
/// Trailing blanks never matter in comparisons, whatever the collation (SQL-92 padding). Sort keys are stored in indexes, so comparison uses tables of its own
/// (<see cref="CollationWeights"/>), never those of the operating system.
/// </summary>
public sealed partial class Collation
{
    private static readonly ConcurrentDictionary<string, Collation?> Known = new(StringComparer.OrdinalIgnoreCase);

    private long[]? _asciiFold;

    private Collation(string name, string family, int lcid, int codePage, int version)
    {
        Name = name;
        Family = family;
        Lcid = lcid;
        CodePage = codePage;
        Version = version;
        string[] flags = name.Split('_');
        IsBinary = flags.Contains("BIN") || flags.Contains("BIN2");
        IsCaseSensitive = IsBinary || flags.Contains("CS");
        IsAccentSensitive = IsBinary || !flags.Contains("AI");
        IsKanaSensitive = IsBinary || flags.Contains("KS");
        IsWidthSensitive = IsBinary || flags.Contains("WS");
        IsSupplementaryAware = flags.Contains("SC") || version >= 140;
        _tailoring = IsBinary ? null : CollationTailoring.For(family);
        _tertiaryMask = (byte)((IsCaseSensitive ? 3 : 0) | (IsKanaSensitive ? CollationWeights.KatakanaFlag : 0) | (IsWidthSensitive ? CollationWeights.WidthFlag : 0));
    }

    private readonly CollationTailoring? _tailoring;

    /// <summary>What of the third level tells characters apart: case, kana type, width.</summary>
    private readonly byte _tertiaryMask;

    /// <summary>The default of a new database: SQL_Latin1_General_CP1_CI_AS.</summary>
    public static Collation Default { get; } = Find("SQL_Latin1_General_CP1_CI_AS")!;

    /// <summary>The collation of json and of text that clients without vector support get.</summary>
    public static Collation Utf8Binary { get; } = Find("Latin1_General_100_BIN2_UTF8")!;

    public string Name { get; }

    public bool IsCaseSensitive { get; }

    public bool IsAccentSensitive { get; }

    /// <summary>_BIN or _BIN2: compares code units.</summary>
    public bool IsBinary { get; }

    public bool IsKanaSensitive { get; }

    public bool IsWidthSensitive { get; }

    /// <summary>Surrogate pairs count as one character in string functions (_SC, and every version from 140 on).</summary>
    public bool IsSupplementaryAware { get; }

    /// <summary>Code page of varchar: 65001 for UTF-8, 0 where only Unicode types may use the collation.</summary>
    public int CodePage { get; }

    /// <summary>Windows locale.</summary>
    public int Lcid { get; }

    /// <summary>80, 90, 100, 140 or 160.</summary>
    public int Version { get; }

    /// <summary>What stands before version and flags in the name.</summary>
    internal string Family { get; }

    /// <summary>varchar holds UTF-8.</summary>
    public bool IsUtf8 => CodePage == 65001;

    /// <summary>Among ASCII characters it tells apart what ordinal comparison, minding case or not, does. Not so where i has its own capital.</summary>
    internal bool HasPlainAscii => _tailoring is not { ChangesAscii: true };

    /// <summary>Names of the collations that are offered in sys.fn_helpcollations.</summary>
    public static IEnumerable<string> Names => CollationCatalog.Names;

    /// <summary>The collation with this name, or null when it is not known (error 448). database_default and catalog_default are the default.</summary>
    public static partial Collation? Find(string name);

    /// <summary>Compares as SQL Server does: case and accent rules of this collation, trailing blanks ignored.</summary>
    public partial int Compare(string left, string right);

    /// <summary>Equality consistent with <see cref="Compare"/>.</summary>
    public partial bool Equals(string left, string right);

    /// <summary>Hash code consistent with <see cref="Equals(string, string)"/>.</summary>
    public partial int GetHashCode(string value);

    /// <summary>Memcomparable sort key: byte order of keys equals <see cref="Compare"/> order. May contain zero bytes.</summary>
    public partial byte[] GetSortKey(string value);

    /// <summary>Bytes that the sort key of every string starting with <paramref name="prefix"/> begins with (blanks at its end count).</summary>
    public partial byte[] GetSortKeyPrefix(string prefix);

    public override string ToString() => Name;
}
