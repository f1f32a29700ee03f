using NinaDB.Engine.Types;

namespace NinaDB.Cli.Output;

/// <summary>
/// Aligned columns as sqlcmd prints them: names, dashes, rows, "(n rows affected)". Widths come from the first rows, which are held back;
/// everything after streams.
/// </summary>
internal sealed class TablePrinter(TextWriter output, TextWriter messages, int maxWidth) : ResultPrinter(output, messages)
{
    private const int RowsForWidths = 200;

    private readonly List<string[]> _held = [];
    private int[]? _widths;
    private bool[] _rightAligned = [];

    protected override void BeginRows()
    {
        _held.Clear();
        _widths = null;
        _rightAligned = [.. Current.Select(c => c.Type.IsNumber && c.Type.Id != SqlTypeId.Bit)];
    }

    public override void Row(ReadOnlySpan<SqlValue> values)
    {
        var cells = new string[values.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = Clean(TextOf(i, values[i]) ?? "NULL");
        }

        if (_widths is not null)
        {
            Write(cells);
            return;
        }

        _held.Add(cells);
        if (_held.Count == RowsForWidths)
        {
            Release();
        }
    }

    public override void EndRows()
    {
        if (_widths is null)
        {
            Release();
        }

        Output.WriteLine();
    }

    public override void Done(long? rowCount)
    {
        if (rowCount is long count)
        {
            Output.WriteLine(count == 1 ? "(1 row affected)" : $"({count} rows affected)");
            Output.WriteLine();
        }
    }

    private void Release()
    {
        _widths = new int[Current.Count];
        for (int i = 0; i < _widths.Length; i++)
        {
            _widths[i] = Math.Max(1, Current[i].Name.Length);
            foreach (string[] cells in _held)
            {
                _widths[i] = Math.Max(_widths[i], cells[i].Length);
            }
        }

        Write([.. Current.Select(c => c.Name)]);
        Write([.. _widths.Select(w => new string('-', w))]);
        foreach (string[] cells in _held)
        {
            Write(cells);
        }

        _held.Clear();
    }

    private void Write(string[] cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            bool isLast = i == cells.Length - 1;
            string cell = _rightAligned[i] ? cells[i].PadLeft(_widths![i]) : isLast ? cells[i] : cells[i].PadRight(_widths![i]);
            Output.Write(cell);
            if (!isLast)
            {
                Output.Write(' ');
            }
        }

        Output.WriteLine();
    }

    /// <summary>One line, cut to the widest that a column may be; full values are what csv and json are for.</summary>
    private string Clean(string text)
    {
        if (text.AsSpan().IndexOfAny('\r', '\n', '\t') >= 0)
        {
            text = text.Replace("\r\n", " ", StringComparison.Ordinal).Replace('\n', ' ').Replace('\r', ' ').Replace('\t', ' ');
        }

        return maxWidth > 0 && text.Length > maxWidth ? string.Concat(text.AsSpan(0, maxWidth - 1), "…") : text;
    }
}
