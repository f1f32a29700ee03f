using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Cdc;

/// <summary>Reads a list of column names as @captured_column_list is written: separated by commas, optionally in brackets or double quotes.</summary>
internal static class ColumnList
{
    /// <summary>The names. Error 22965 for a quote that does not end.</summary>
    public static IReadOnlyList<string> Parse(string text)
    {
        var names = new List<string>();
        int position = 0;
        while (true)
        {
            while (position < text.Length && char.IsWhiteSpace(text[position]))
            {
                position++;
            }

            names.Add(position < text.Length && text[position] is '[' or '"' ? Quoted(text, ref position) : Plain(text, ref position));
            int comma = text.IndexOf(',', position);
            if (comma < 0)
            {
                return names;
            }

            position = comma + 1;
        }
    }

    private static string Plain(string text, ref int position)
    {
        int end = text.IndexOf(',', position);
        string name = text[position..(end < 0 ? text.Length : end)].TrimEnd();
        position += name.Length;
        return name;
    }

    private static string Quoted(string text, ref int position)
    {
        char close = text[position] == '[' ? ']' : '"';
        var name = new StringBuilder();
        for (position++; position < text.Length; position++)
        {
            if (text[position] != close)
            {
                name.Append(text[position]);
            }
            else if (position + 1 < text.Length && text[position + 1] == close)
            {
                name.Append(text[position++]);
            }
            else
            {
                position++;
                return name.ToString();
            }
        }

        throw SqlErrors.Create(22965);
    }
}
