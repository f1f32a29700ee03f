using System.Globalization;
using System.Text;

namespace NinaDB.Engine.Types;

/// <summary>What sys.fn_helpcollations says of a collation.</summary>
public sealed partial class Collation
{
    public string Description
    {
        get
        {
            bool isSql = Name.StartsWith("SQL_", StringComparison.Ordinal);
            var text = new StringBuilder((isSql ? Family[4..] : Family).Replace('_', '-'));
            if (Version > 80)
            {
                text.Append(CultureInfo.InvariantCulture, $"-{Version}");
            }

            if (IsBinary)
            {
                text.Append(Name.Contains("BIN2", StringComparison.Ordinal) ? ", binary code point comparison sort" : ", binary sort");
            }
            else
            {
                text.Append(IsCaseSensitive ? ", case-sensitive" : ", case-insensitive").Append(IsAccentSensitive ? ", accent-sensitive" : ", accent-insensitive")
                    .Append(IsKanaSensitive ? ", kanatype-sensitive" : ", kanatype-insensitive").Append(IsWidthSensitive ? ", width-sensitive" : ", width-insensitive");
            }

            if (isSql)
            {
                text.Append(" for Unicode Data, SQL Server Sort Order");
                if (WireBytes[4] != 0)
                {
                    text.Append(CultureInfo.InvariantCulture, $" {WireBytes[4]}");
                }

                return text.Append(CultureInfo.InvariantCulture, $" on Code Page {CodePage} for non-Unicode Data").ToString();
            }

            if (!IsBinary && IsSupplementaryAware)
            {
                text.Append(", supplementary characters");
            }

            return text.Append(IsUtf8 ? ", UTF8" : string.Empty).ToString();
        }
    }
}
