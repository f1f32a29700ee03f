using System.Globalization;

namespace NinaDB.Engine.Types;

public sealed partial class Collation
{
    private CompareOptions Options =>
        (IsCaseSensitive ? CompareOptions.None : CompareOptions.IgnoreCase) | (IsAccentSensitive ? CompareOptions.None : CompareOptions.IgnoreNonSpace)
        | CompareOptions.IgnoreKanaType | CompareOptions.IgnoreWidth;

    public static partial Collation? Find(string name) => Known.GetOrAdd(name, static n => Parse(n));

    public partial int Compare(string left, string right) => IsBinary
        ? string.CompareOrdinal(left.TrimEnd(' '), right.TrimEnd(' '))
        : Culture.CompareInfo.Compare(left.TrimEnd(' '), right.TrimEnd(' '), Options);

    public partial bool Equals(string left, string right) => Compare(left, right) == 0;

    public partial int GetHashCode(string value) => IsBinary
        ? string.GetHashCode(value.AsSpan().TrimEnd(' '))
        : Culture.CompareInfo.GetHashCode(value.AsSpan().TrimEnd(' '), Options);

    public partial byte[] GetSortKey(string value) => IsBinary
        ? System.Text.Encoding.BigEndianUnicode.GetBytes(value.TrimEnd(' '))
        : Culture.CompareInfo.GetSortKey(value.TrimEnd(' '), Options).KeyData;

    private static Collation? Parse(string name)
    {
        bool known = name.StartsWith("SQL_Latin1_General_", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("Latin1_General_", StringComparison.OrdinalIgnoreCase);
        if (!known)
        {
            return null;
        }

        bool binary = name.Contains("_BIN", StringComparison.OrdinalIgnoreCase);
        return new Collation(
            name,
            caseSensitive: binary || name.Contains("_CS", StringComparison.OrdinalIgnoreCase),
            accentSensitive: binary || !name.Contains("_AI", StringComparison.OrdinalIgnoreCase),
            binary,
            utf8: name.EndsWith("_UTF8", StringComparison.OrdinalIgnoreCase),
            CultureInfo.GetCultureInfo("en-US"));
    }
}
