using System.Text;

namespace NinaDB.Conformance.Tests;

/// <summary>
/// What a client receives as one text: a line of name:type for the columns of a result set, a line a row, "(n rows affected)" where
/// a count says more than the rows shown, messages as they are, errors as Msg lines. A result set that an error cuts short is left out:
/// how many of its rows had been sent already is nobody's contract.
/// </summary>
internal sealed class CanonicalText
{
    private readonly StringBuilder _text = new();
    private long _rows;
    private bool _afterRows;
    private int _resultStart = -1;

    public override string ToString()
    {
        DropUnfinished();
        return _text.ToString().TrimEnd('\n');
    }

    public void Columns(string line)
    {
        DropUnfinished();
        _rows = 0;
        _resultStart = _text.Length;
        Line(line);
    }

    public void Row(string line)
    {
        _rows++;
        Line(line);
    }

    public void EndRows() => _afterRows = _resultStart >= 0;

    public void Done(long? rowCount)
    {
        _resultStart = -1;
        bool shown = _afterRows && rowCount == _rows;
        _afterRows = false;
        if (rowCount is not null && !shown)
        {
            Line($"({rowCount} {(rowCount == 1 ? "row" : "rows")} affected)");
        }
    }

    public void Message(string text)
    {
        DropUnfinished();
        Line(text);
    }

    public void Error(int number, int severity, int state, string? procedure, int line, string message)
    {
        if (_resultStart >= 0)
        {
            _text.Length = _resultStart;
            _resultStart = -1;
            _afterRows = false;
        }

        Line($"Msg {number}, Level {severity}, State {state}{(procedure is null ? "" : $", Procedure {procedure}")}, Line {line}");
        Line(message);
    }

    /// <summary>A result set that ended without its count was cut short by an error that a CATCH block took.</summary>
    private void DropUnfinished()
    {
        if (_afterRows)
        {
            _text.Length = _resultStart;
            _resultStart = -1;
            _afterRows = false;
        }
    }

    private void Line(string line) => _text.Append(line.Replace("\r\n", "\n", StringComparison.Ordinal)).Append('\n');
}
