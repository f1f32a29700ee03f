using System.Text;

namespace NinaDB.Engine.Syntax;

/// <summary>
/// Names given as strings: OBJECT_ID, PARSENAME, EXECUTE @name, sp_rename. Unlike identifiers in T-SQL text their undelimited parts take any characters but the
/// dot, the quote and the opening bracket: N'dbo.Order Details' and N'192.168.0.1' are names.
/// </summary>
internal static class MultipartName
{
    /// <summary>The parts, empty where two dots meet; null when a delimiter is open, something follows a delimited part, or the last part is missing.</summary>
    public static IReadOnlyList<string>? TrySplit(string text)
    {
        var parts = new List<string>();
        int position = 0;
        while (true)
        {
            SkipBlanks(text, ref position);
            string? part = position == text.Length ? "" : text[position] switch
            {
                '[' => Delimited(text, ref position, ']'),
                '"' => Delimited(text, ref position, '"'),
                _ => Plain(text, ref position),
            };
            if (part is null)
            {
                return null;
            }

            parts.Add(part);
            SkipBlanks(text, ref position);
            if (position == text.Length)
            {
                return parts[^1].Length > 0 ? parts : null;
            }

            if (text[position++] != '.')
            {
                return null;
            }
        }
    }

    private static void SkipBlanks(string text, ref int position)
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }
    }

    private static string? Delimited(string text, ref int position, char end)
    {
        var part = new StringBuilder();
        for (position++; position < text.Length; position++)
        {
            if (text[position] != end)
            {
                part.Append(text[position]);
                continue;
            }

            if (position + 1 == text.Length || text[position + 1] != end)
            {
                position++;
                return part.Length > 0 ? part.ToString() : null;
            }

            part.Append(end);
            position++;
        }

        return null;
    }

    private static string? Plain(string text, ref int position)
    {
        int start = position;
        while (position < text.Length && text[position] != '.')
        {
            if (text[position] is '"' or '[')
            {
                return null;
            }

            position++;
        }

        return text[start..position].TrimEnd();
    }
}
