using NinaDB.Engine.Types;

namespace NinaDB.Cli.Output;

/// <summary>RFC 4180 comma-separated values with a header; a blank line between result sets; NULL is an empty field, an empty string is "".</summary>
internal sealed class CsvPrinter(TextWriter output, TextWriter messages) : ResultPrinter(output, messages)
{
    private bool _isSecond;

    protected override void BeginRows()
    {
        if (_isSecond)
        {
            Output.WriteLine();
        }

        _isSecond = true;
        Output.WriteLine(string.Join(',', Current.Select(c => Quote(c.Name))));
    }

    public override void Row(ReadOnlySpan<SqlValue> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (i > 0)
            {
                Output.Write(',');
            }

            string? text = TextOf(i, values[i]);
            Output.Write(text is null ? string.Empty : Quote(text));
        }

        Output.WriteLine();
    }

    public override void EndRows()
    {
    }

    private static string Quote(string text) => text.Length == 0 || text.AsSpan().IndexOfAny(",\"\r\n") >= 0
        ? '"' + text.Replace("\"", "\"\"", StringComparison.Ordinal) + '"'
        : text;
}
