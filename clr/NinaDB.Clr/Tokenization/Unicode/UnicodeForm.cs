using System.Collections.Generic;
using System.Text;

namespace NinaDB.Clr.Tokenization.Unicode;

/// <summary>The Unicode normalisation forms (UAX 15), from this assembly's own tables.</summary>
internal static class UnicodeForm
{
    /// <summary>Brings a text to NFD or NFKD, or with <paramref name="compose"/> to NFC or NFKC.</summary>
    public static string Normalize(string text, bool compatible, bool compose)
    {
        int plain = 0;
        int limit = compose && !compatible ? 0x300 : 0xA0;
        while (plain < text.Length && text[plain] < limit)
        {
            plain++;
        }

        if (plain == text.Length)
        {
            return text;
        }

        var points = new List<int>(text.Length);
        for (int i = 0; i < text.Length;)
        {
            int codePoint = TextPattern.CodePointAt(text, i, text.Length);
            UnicodeTable.Decompose(codePoint, compatible, points);
            i += codePoint > 0xFFFF ? 2 : 1;
        }

        Reorder(points);
        return ToText(points, compose ? Compose(points) : points.Count);
    }

    /// <summary>Puts marks in the order of their combining classes, those of the same class as they stand.</summary>
    private static void Reorder(List<int> points)
    {
        for (int i = 0; i < points.Count; i++)
        {
            if (UnicodeTable.CombiningClass(points[i]) == 0)
            {
                continue;
            }

            int start = i;
            while (i < points.Count && UnicodeTable.CombiningClass(points[i]) != 0)
            {
                i++;
            }

            if (i - start > 1)
            {
                // Counting by class keeps a long hostile run of marks linear.
                var byClass = new SortedDictionary<int, List<int>>();
                for (int k = start; k < i; k++)
                {
                    int combining = UnicodeTable.CombiningClass(points[k]);
                    if (!byClass.TryGetValue(combining, out List<int>? list))
                    {
                        byClass.Add(combining, list = new List<int>());
                    }

                    list.Add(points[k]);
                }

                int at = start;
                foreach (List<int> list in byClass.Values)
                {
                    foreach (int point in list)
                    {
                        points[at++] = point;
                    }
                }
            }
        }
    }

    /// <summary>Composes in place; returns the new length.</summary>
    private static int Compose(List<int> points)
    {
        int starter = -1;
        int lastClass = -1;
        int length = 0;
        for (int i = 0; i < points.Count; i++)
        {
            int point = points[i];
            int combining = UnicodeTable.CombiningClass(point);
            if (starter >= 0 && (lastClass < combining || lastClass == -1))
            {
                int composed = UnicodeTable.Compose(points[starter], point);
                if (composed >= 0)
                {
                    points[starter] = composed;
                    continue;
                }
            }

            if (combining == 0)
            {
                starter = length;
                lastClass = -1;
            }
            else
            {
                lastClass = combining;
            }

            points[length++] = point;
        }

        return length;
    }

    private static string ToText(List<int> points, int count)
    {
        var builder = new StringBuilder(count + 8);
        for (int i = 0; i < count; i++)
        {
            Append(builder, points[i]);
        }

        return builder.ToString();
    }

    /// <summary>Appends a code point; half a surrogate pair stays what it is.</summary>
    public static void Append(StringBuilder builder, int codePoint)
    {
        if (codePoint < 0x10000)
        {
            builder.Append((char)codePoint);
        }
        else
        {
            builder.Append((char)(0xD800 + ((codePoint - 0x10000) >> 10))).Append((char)(0xDC00 + ((codePoint - 0x10000) & 0x3FF)));
        }
    }
}
