
namespace NinaDB.Differential.Tests.Parsing;

/// <summary>Makes near neighbours of a batch: tokens dropped, doubled, swapped, or put in from another batch.</summary>
internal static class Mutations
{
    public static string Mutate(string batch, string other, Random random)
    {
        List<string> tokens = Tokenize(batch);
        List<string> donor = Tokenize(other);
        int edits = 1 + (random.Next(4) == 0 ? 1 : 0);
        for (int i = 0; i < edits && tokens.Count > 1; i++)
        {
            int at = random.Next(tokens.Count);
            switch (random.Next(6))
            {
                case 0:
                    tokens.RemoveAt(at);
                    break;
                case 1:
                    tokens.Insert(at, tokens[at]);
                    break;
                case 2 when at + 1 < tokens.Count:
                    (tokens[at], tokens[at + 1]) = (tokens[at + 1], tokens[at]);
                    break;
                case 3 when donor.Count > 0:
                    tokens[at] = donor[random.Next(donor.Count)];
                    break;
                case 4 when donor.Count > 0:
                    int from = random.Next(donor.Count);
                    tokens.InsertRange(at, donor.Skip(from).Take(1 + random.Next(4)));
                    break;
                default:
                    tokens.RemoveRange(at, Math.Min(1 + random.Next(4), tokens.Count - at));
                    break;
            }
        }

        return string.Join(' ', tokens);
    }

    /// <summary>Words, numbers, strings, quoted names and operators; comments are left out.</summary>
    public static List<string> Tokenize(string text)
    {
        var tokens = new List<string>();
        int i = 0;
        while (i < text.Length)
        {
            int start = i;
            char c = text[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
                continue;
            }

            if (text.AsSpan(i).StartsWith("--"))
            {
                i = text.IndexOf('\n', i) is var end and >= 0 ? end : text.Length;
                continue;
            }

            if (text.AsSpan(i).StartsWith("/*"))
            {
                i = text.IndexOf("*/", i + 2, StringComparison.Ordinal) is var end and >= 0 ? end + 2 : text.Length;
                continue;
            }

            if (c is 'N' or 'n' && i + 1 < text.Length && text[i + 1] == '\'')
            {
                i++;
                c = '\'';
            }

            if (c is '\'' or '"' or '[')
            {
                i = EndOfQuoted(text, i, c == '[' ? ']' : c);
            }
            else if (char.IsLetterOrDigit(c) || c is '_' or '@' or '#' or '$')
            {
                while (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] is '_' or '@' or '#' or '$' || (char.IsDigit(c) && text[i] == '.')))
                {
                    i++;
                }
            }
            else
            {
                i += i + 1 < text.Length && text.Substring(i, 2) is "<>" or "<=" or ">=" or "!=" or "+=" or "-=" or "*=" or "/=" or "||" or "::" ? 2 : 1;
            }

            tokens.Add(text[start..i]);
        }

        return tokens;
    }

    private static int EndOfQuoted(string text, int start, char quote)
    {
        int i = start + 1;
        while (i < text.Length)
        {
            if (text[i] == quote)
            {
                if (i + 1 < text.Length && text[i + 1] == quote)
                {
                    i++;
                }
                else
                {
                    return i + 1;
                }
            }

            i++;
        }

        return i;
    }
}
