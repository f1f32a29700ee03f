using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace NinaDB.Clr.Matching;

/// <summary>
/// Brings a text to the form in which rules are matched (docs/safety.md): compatibility forms, accents, case and invisible characters are gone, look-alikes of
/// other scripts are Latin letters, any run of white space is one blank. The result is for comparing only.
/// </summary>
public static class TextFold
{
    /// <summary>Folds a text; without <paramref name="lookAlikes"/> letters of other scripts stay what they are, in lower case.</summary>
    public static string Fold(string text, bool lookAlikes = true)
    {
        var result = new StringBuilder(text.Length);
        bool blank = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c < 0x80)
            {
                if (c > ' ' && c < 0x7F)
                {
                    Append(result, ref blank, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
                }
                else if (c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1C && c <= 0x1F))
                {
                    blank = true;
                }

                continue;
            }

            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                FoldPair(result, ref blank, text, i);
                i++;
                continue;
            }

            FoldOne(result, ref blank, c, lookAlikes);
        }

        return result.ToString();
    }

    private static void FoldOne(StringBuilder result, ref bool blank, char c, bool lookAlikes)
    {
        UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(c);
        if (c == '\u0085' || category == UnicodeCategory.SpaceSeparator || category == UnicodeCategory.LineSeparator || category == UnicodeCategory.ParagraphSeparator)
        {
            blank = true;
        }
        else if (IsInvisible(c, category))
        {
            return;
        }
        else if (FoldTable.One.TryGetValue(c, out char one))
        {
            Append(result, ref blank, one);
        }
        else if (FoldTable.Several.TryGetValue(c, out string? several))
        {
            foreach (char letter in several!)
            {
                Append(result, ref blank, letter);
            }
        }
        else if (c >= '\uFF01' && c <= '\uFF5E')
        {
            // Full-width forms of ASCII.
            Append(result, ref blank, char.ToLowerInvariant((char)(c - 0xFEE0)));
        }
        else if (c >= '\u2460' && c <= '\u24FF')
        {
            AppendEnclosed(result, ref blank, c);
        }
        else if (FoldTable.Bare.TryGetValue(c, out char bare))
        {
            Append(result, ref blank, lookAlikes && (FoldTable.Looks.TryGetValue(c, out char shown) || FoldTable.Looks.TryGetValue(bare, out shown)) ? shown : bare);
        }
        else if (lookAlikes && FoldTable.Looks.TryGetValue(c, out char looks))
        {
            Append(result, ref blank, looks);
        }
        else
        {
            Append(result, ref blank, char.IsSurrogate(c) ? '\uFFFD' : char.ToLowerInvariant(c));
        }
    }

    /// <summary>Characters that show nothing, or only change the one before them.</summary>
    private static bool IsInvisible(char c, UnicodeCategory category) => category switch
    {
        UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => true,

        // Fillers that count as letters or symbols and are drawn as nothing.
        _ => c == '\u115F' || c == '\u1160' || c == '\u3164' || c == '\uFFA0' || c == '\u180E' || c == '\u2800',
    };

    /// <summary>Circled and parenthesised digits and letters: 1 to 20 three times over, then letters.</summary>
    private static void AppendEnclosed(StringBuilder result, ref bool blank, char c)
    {
        if (c >= '\u249C' && c <= '\u24E9')
        {
            Append(result, ref blank, (char)('a' + ((c - 0x249C) % 26)));
            return;
        }

        int number = c < '\u249C' ? ((c - 0x2460) % 20) + 1
            : c == '\u24EA' || c == '\u24FF' ? 0
            : c <= '\u24F4' ? c - 0x24EB + 11
            : c - 0x24F5 + 1;
        foreach (char digit in number.ToString(CultureInfo.InvariantCulture))
        {
            Append(result, ref blank, digit);
        }
    }

    private static void FoldPair(StringBuilder result, ref bool blank, string text, int index)
    {
        int code = char.ConvertToUtf32(text, index);
        if (code >= 0x1D400 && code <= 0x1D6A3)
        {
            // Mathematical alphabets: 13 of them, capitals first.
            Append(result, ref blank, (char)('a' + ((code - 0x1D400) % 26)));
        }
        else if (code >= 0x1D7CE && code <= 0x1D7FF)
        {
            Append(result, ref blank, (char)('0' + ((code - 0x1D7CE) % 10)));
        }
        else if (code >= 0x1FBF0 && code <= 0x1FBF9)
        {
            Append(result, ref blank, (char)('0' + (code - 0x1FBF0)));
        }
        else if (Letter(code, 0x1F110) is char parenthesised)
        {
            Append(result, ref blank, parenthesised);
        }
        else if (Letter(code, 0x1F130) is char squared)
        {
            Append(result, ref blank, squared);
        }
        else if (Letter(code, 0x1F150) is char circled)
        {
            Append(result, ref blank, circled);
        }
        else if (Letter(code, 0x1F170) is char boxed)
        {
            Append(result, ref blank, boxed);
        }
        else if (Letter(code, 0x1F1E6) is char regional)
        {
            Append(result, ref blank, regional);
        }
        else if ((code >= 0xE0000 && code <= 0xE0FFF) || IsInvisible('\0', CharUnicodeInfo.GetUnicodeCategory(text, index)))
        {
            // Tags and variation selectors.
            return;
        }
        else
        {
            Append(result, ref blank, text[index]);
            Append(result, ref blank, text[index + 1]);
        }
    }

    private static char? Letter(int code, int first) => code >= first && code < first + 26 ? (char)('a' + (code - first)) : (char?)null;

    private static void Append(StringBuilder result, ref bool blank, char c)
    {
        if (blank && result.Length > 0)
        {
            result.Append(' ');
        }

        blank = false;
        result.Append(c);
    }

    /// <summary>
    /// Overlapping windows of a text, so that what a long text says in one place is not averaged away: <paramref name="words"/> words each, a quarter of a
    /// window apart. A text without a letter or digit has none.
    /// </summary>
    public static IReadOnlyList<string> Passages(string text, int words)
    {
        string[] all = Fold(text).Split(new[] { ' ' }, System.StringSplitOptions.RemoveEmptyEntries);
        var passages = new List<string>();
        for (int start = 0; start < all.Length; start += System.Math.Max(1, words / 4))
        {
            string passage = string.Join(" ", all, start, System.Math.Min(words, all.Length - start));
            foreach (char c in passage)
            {
                if (char.IsLetterOrDigit(c))
                {
                    passages.Add(passage);
                    break;
                }
            }

            if (start + words >= all.Length)
            {
                break;
            }
        }

        return passages;
    }
}
