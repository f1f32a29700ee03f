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

    private Collation(string name, bool caseSensitive, bool accentSensitive, bool binary, bool utf8)
    {
        Name = name;
        IsCaseSensitive = caseSensitive;
        IsAccentSensitive = accentSensitive;
        IsBinary = binary;
        IsUtf8 = utf8;
    }

    /// <summary>The default of a new database: SQL_Latin1_General_CP1_CI_AS.</summary>
    public static Collation Default { get; } = Find("SQL_Latin1_General_CP1_CI_AS")!;

    /// <summary>The collation of json and of text that clients without vector support get.</summary>
    public static Collation Utf8Binary { get; } = Find("Latin1_General_100_BIN2_UTF8")!;

    public string Name { get; }

    public bool IsCaseSensitive { get; }

    public bool IsAccentSensitive { get; }

    /// <summary>_BIN or _BIN2: compares code units.</summary>
    public bool IsBinary { get; }

    /// <summary>varchar holds UTF-8 instead of code page 1252.</summary>
    public bool IsUtf8 { get; }

    /// <summary>Names of the collations that are offered in sys.fn_helpcollations.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "Latin1_General_100_BIN2", "Latin1_General_100_BIN2_UTF8", "Latin1_General_100_CI_AI", "Latin1_General_100_CI_AI_SC", "Latin1_General_100_CI_AI_SC_UTF8",
        "Latin1_General_100_CI_AS", "Latin1_General_100_CI_AS_SC", "Latin1_General_100_CI_AS_SC_UTF8", "Latin1_General_100_CS_AI", "Latin1_General_100_CS_AS",
        "Latin1_General_100_CS_AS_SC", "Latin1_General_100_CS_AS_SC_UTF8", "Latin1_General_BIN", "Latin1_General_BIN2", "Latin1_General_CI_AI", "Latin1_General_CI_AS",
        "Latin1_General_CS_AI", "Latin1_General_CS_AS", "SQL_Latin1_General_CP1_CI_AI", "SQL_Latin1_General_CP1_CI_AS", "SQL_Latin1_General_CP1_CS_AS",
    ];

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
