using System.Collections.Concurrent;
using System.Globalization;

namespace NinaDB.Engine.Types;

/// <summary>
/// A collation: how strings compare and sort, and which code page varchar uses. Instances are shared; get one by name.
/// Trailing blanks never matter in comparisons, whatever the collation (SQL-92 padding).
/// </summary>
public sealed partial class Collation
{
    private static readonly ConcurrentDictionary<string, Collation?> Known = new(StringComparer.OrdinalIgnoreCase);

    private Collation(string name, bool caseSensitive, bool accentSensitive, bool binary, bool utf8, CultureInfo culture)
    {
        Name = name;
        IsCaseSensitive = caseSensitive;
        IsAccentSensitive = accentSensitive;
        IsBinary = binary;
        IsUtf8 = utf8;
        Culture = culture;
    }

    /// <summary>The default of a new database: SQL_Latin1_General_CP1_CI_AS.</summary>
    public static Collation Default { get; } = Find("SQL_Latin1_General_CP1_CI_AS")!;

    public string Name { get; }

    public bool IsCaseSensitive { get; }

    public bool IsAccentSensitive { get; }

    /// <summary>_BIN or _BIN2: compares code points.</summary>
    public bool IsBinary { get; }

    /// <summary>varchar holds UTF-8 instead of a code page.</summary>
    public bool IsUtf8 { get; }

    public CultureInfo Culture { get; }

    /// <summary>The collation with this name, or null when it is not known (error 448).</summary>
    public static partial Collation? Find(string name);

    /// <summary>Compares as SQL Server does: culture, case and accent rules of this collation, trailing blanks ignored.</summary>
    public partial int Compare(string left, string right);

    /// <summary>Equality consistent with <see cref="Compare"/>.</summary>
    public partial bool Equals(string left, string right);

    /// <summary>Hash code consistent with <see cref="Equals(string, string)"/>.</summary>
    public partial int GetHashCode(string value);

    /// <summary>Memcomparable sort key: byte order of keys equals <see cref="Compare"/> order.</summary>
    public partial byte[] GetSortKey(string value);
}
