using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Positions and lengths in a string as its collation counts them: in code units, or in characters where surrogate pairs are one (_SC).</summary>
internal static class SupplementaryText
{
    /// <summary>Characters of a text.</summary>
    public static int Count(ReadOnlySpan<char> text, Collation collation)
    {
        if (!collation.IsSupplementaryAware)
        {
            return text.Length;
        }

        int count = text.Length;
        for (int i = 0; i + 1 < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i], text[i + 1]))
            {
                count--;
                i++;
            }
        }

        return count;
    }

    /// <summary>The code unit at which the character with a 0-based number begins; the end of the text where there are not so many.</summary>
    public static int UnitOf(ReadOnlySpan<char> text, long character, Collation collation)
    {
        if (!collation.IsSupplementaryAware)
        {
            return (int)Math.Min(character, text.Length);
        }

        int unit = 0;
        for (long passed = 0; passed < character && unit < text.Length; passed++)
        {
            unit += unit + 1 < text.Length && char.IsSurrogatePair(text[unit], text[unit + 1]) ? 2 : 1;
        }

        return unit;
    }

    /// <summary>The text from its last character to its first.</summary>
    public static string Reverse(string text, Collation collation) => string.Create(text.Length, (text, collation.IsSupplementaryAware), static (span, state) =>
    {
        state.text.CopyTo(span);
        span.Reverse();
        if (!state.Item2)
        {
            return;
        }

        for (int i = 0; i + 1 < span.Length; i++)
        {
            if (char.IsSurrogatePair(span[i + 1], span[i]))
            {
                (span[i], span[i + 1]) = (span[i + 1], span[i]);
                i++;
            }
        }
    });
}
