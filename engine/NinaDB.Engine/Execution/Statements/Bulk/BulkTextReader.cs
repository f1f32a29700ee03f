using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>Splits a text file into rows of fields as bulk loads do: a field runs to its own terminator, whatever lines the text has; CSV fields may be quoted.</summary>
internal sealed class BulkTextReader(TextReader text, BulkOptions options, int width, string path) : IBulkReader
{
    private readonly StringBuilder _field = new();

    /// <summary>Number of the row read last, from 1.</summary>
    public long Row { get; private set; }

    /// <summary>The next row; null at the end of the file. An empty field is null. Errors 4832 and 4879.</summary>
    public BulkValue[]? Read()
    {
        if (text.Peek() < 0)
        {
            return null;
        }

        Row++;
        var fields = new BulkValue[width];
        for (int i = 0; i < width; i++)
        {
            bool isLast = i == width - 1;
            bool isEnd = options.IsCsv ? ReadCsv(i, isLast) : ReadField(isLast ? options.RowTerminator : options.FieldTerminator, isLast && options.TakesCarriageReturn);
            if (isEnd && !isLast)
            {
                // A file may end in an empty line.
                return i == 0 && _field.ToString().Trim('\r', '\n').Length == 0 ? null : throw SqlErrors.Create(4832);
            }

            fields[i] = new BulkValue(_field.Length == 0 ? null : _field.Length == 1 && _field[0] == '\0' ? "" : _field.ToString(), null);
            if (isEnd && width == 1 && fields[0].IsNull)
            {
                return null;
            }
        }

        return fields;
    }

    /// <summary>Reads to a terminator; true when the file ended first.</summary>
    private bool ReadField(string terminator, bool dropsCarriageReturn)
    {
        _field.Clear();
        while (text.Read() is >= 0 and var c)
        {
            if (dropsCarriageReturn && c == '\r' && terminator.Length > 1 && text.Peek() == '\n' && EndsWith(terminator[..^1]))
            {
                // \n in a longer terminator stands for the end of a line, in either form.
                continue;
            }

            _field.Append((char)c);
            if (!EndsWith(terminator))
            {
                continue;
            }

            _field.Length -= terminator.Length;
            if (dropsCarriageReturn && _field.Length > 0 && _field[^1] == '\r')
            {
                _field.Length--;
            }

            return false;
        }

        if (dropsCarriageReturn && _field.Length > 0 && _field[^1] == '\r')
        {
            _field.Length--;
        }

        return true;
    }

    private bool EndsWith(string terminator)
    {
        if (_field.Length < terminator.Length)
        {
            return false;
        }

        for (int i = 0; i < terminator.Length; i++)
        {
            if (_field[_field.Length - terminator.Length + i] != terminator[i])
            {
                return false;
            }
        }

        return true;
    }

    private bool ReadCsv(int index, bool isLast)
    {
        string terminator = isLast ? options.RowTerminator : options.FieldTerminator;
        if (text.Peek() != options.Quote)
        {
            bool isEnd = ReadField(terminator, isLast && options.TakesCarriageReturn);
            string read = _field.ToString();
            if (read.Contains(options.Quote, StringComparison.Ordinal) || (isLast ? read.Contains(options.FieldTerminator, StringComparison.Ordinal) : read.Contains(options.RowTerminator, StringComparison.Ordinal)))
            {
                throw SqlErrors.Create(4879, path, Row, index + 1);
            }

            return isEnd;
        }

        text.Read();
        var value = new StringBuilder();
        while (true)
        {
            int c = text.Read();
            if (c < 0)
            {
                throw SqlErrors.Create(4832);
            }

            if (c != options.Quote)
            {
                value.Append((char)c);
                continue;
            }

            if (text.Peek() != options.Quote)
            {
                break;
            }

            value.Append((char)text.Read());
        }

        bool ended = ReadField(terminator, isLast && options.TakesCarriageReturn);
        if (_field.Length > 0)
        {
            throw SqlErrors.Create(4879, path, Row, index + 1);
        }

        // A quoted empty field is an empty string, not a missing value.
        _field.Append(value.Length == 0 ? "\0" : value.ToString());
        return ended;
    }
}
