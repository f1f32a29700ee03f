using System.Globalization;
using System.Text;
using System.Xml;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>SQL names as XML names: RAW and AUTO escape what a name may not hold, PATH and the names written in the clause refuse it.</summary>
internal static class XmlNames
{
    /// <summary>A name with _xHHHH_ in place of characters that XML names do not take; also of an underscore before an x, so that it can be read back.</summary>
    public static string Encode(string name)
    {
        var text = new StringBuilder(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            bool isFirst = i == 0;
            if (char.IsHighSurrogate(c) && i + 1 < name.Length && char.IsLowSurrogate(name[i + 1]))
            {
                text.Append(CultureInfo.InvariantCulture, $"_x{char.ConvertToUtf32(c, name[++i]):X6}_");
            }
            else if ((c == '_' && i + 1 < name.Length && name[i + 1] == 'x') || !(IsName(c, isFirst) || (c == ':' && !isFirst)))
            {
                text.Append(CultureInfo.InvariantCulture, $"_x{(int)c:X4}_");
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    private static bool IsName(char c, bool isFirst) => isFirst ? XmlConvert.IsStartNCNameChar(c) : XmlConvert.IsNCNameChar(c);

    /// <summary>Checks a name of one step: errors 6867, 6846 and 6850.</summary>
    /// <param name="kind">Column, Row or ROOT.</param>
    /// <param name="step">The name itself.</param>
    /// <param name="whole">What messages quote: the whole alias of a column.</param>
    /// <param name="prefixes">Prefixes that WITH XMLNAMESPACES declares.</param>
    public static void Check(string kind, string step, string whole, IReadOnlyList<(string Prefix, string Uri)> prefixes)
    {
        int colon = step.IndexOf(':', StringComparison.Ordinal);
        string prefix = colon < 0 ? "" : step[..colon];
        if (step == "xmlns" || prefix == "xmlns")
        {
            throw SqlErrors.Create(6867);
        }

        if (colon >= 0 && prefix != "xml" && !prefixes.Any(p => p.Prefix == prefix && prefix.Length > 0))
        {
            throw SqlErrors.CreateWithState(6846, 4, prefix, kind == "ROOT" ? kind : kind.ToLowerInvariant(), whole);
        }

        CheckCharacters(kind, colon < 0 ? step : step[(colon + 1)..], whole);
    }

    public static void CheckCharacters(string kind, string name, string whole)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsHighSurrogate(name[i]) && i + 1 < name.Length && char.IsLowSurrogate(name[i + 1]))
            {
                i++;
            }
            else if (!IsName(name[i], i == 0))
            {
                throw SqlErrors.Create(6850, kind, whole, name[i].ToString(), ((int)name[i]).ToString("X4", CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>The first character of a prefix that a name may not hold; null for a name.</summary>
    public static char? Fault(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (!IsName(name[i], i == 0))
            {
                return name[i];
            }
        }

        return null;
    }
}
