using System.Text;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Searching text under a collation, for CHARINDEX and REPLACE.</summary>
internal static class TextSearch
{
    /// <summary>0-based position of the first occurrence at or after <paramref name="start"/>; -1 when there is none.</summary>
    public static int IndexOf(string text, string sought, int start, Collation collation)
    {
        if (collation.IsBinary)
        {
            return text.IndexOf(sought, start, StringComparison.Ordinal);
        }

        if (collation.HasPlainAscii && Ascii.IsValid(text.AsSpan(start)) && Ascii.IsValid(sought))
        {
            // Among ASCII characters a collation tells apart what case (in)sensitive ordinal comparison does.
            return text.IndexOf(sought, start, collation.IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
        }

        long first = collation.Fold(sought[0]);
        for (int i = start; i <= text.Length - sought.Length; i++)
        {
            if (collation.Fold(text[i]) == first && Matches(text.AsSpan(i, sought.Length), sought, collation))
            {
                return i;
            }
        }

        return -1;
    }

    public static string Replace(string text, string sought, string replacement, Collation collation)
    {
        if (sought.Length == 0)
        {
            return text;
        }

        int at = IndexOf(text, sought, 0, collation);
        if (at < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        int from = 0;
        while (at >= 0)
        {
            result.Append(text, from, at - from).Append(replacement);
            from = at + sought.Length;
            at = from <= text.Length - sought.Length ? IndexOf(text, sought, from, collation) : -1;
        }

        return result.Append(text, from, text.Length - from).ToString();
    }

    private static bool Matches(ReadOnlySpan<char> text, string sought, Collation collation)
    {
        for (int i = 0; i < sought.Length; i++)
        {
            if (text[i] != sought[i] && collation.Fold(text[i]) != collation.Fold(sought[i]))
            {
                return false;
            }
        }

        return true;
    }
}
