using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Cli.Output;

/// <summary>Base of the printers: messages and errors go to standard error, rows to the output. Remembers whether anything failed.</summary>
internal abstract class ResultPrinter(TextWriter output, TextWriter messages) : IResultSink
{
    /// <summary>Lines before the batch in its script, so that errors name the script's line.</summary>
    public int LineOffset { get; set; }

    public bool HasErrors { get; private set; }

    public SqlError? FirstError { get; private set; }

    /// <summary>Columns of the current result set.</summary>
    protected IReadOnlyList<ResultColumn> Current { get; private set; } = [];

    protected TextWriter Output { get; } = output;

    public void Columns(IReadOnlyList<ResultColumn> columns)
    {
        Current = columns;
        BeginRows();
    }

    public abstract void Row(ReadOnlySpan<SqlValue> values);

    public abstract void EndRows();

    public virtual void Done(long? rowCount)
    {
    }

    public virtual void Message(SqlError message, bool flush)
    {
        messages.WriteLine(message.Severity is 0 or 10 ? message.Message : Errors.Format(message, LineOffset));
        if (flush)
        {
            messages.Flush();
        }
    }

    public void Error(SqlError error)
    {
        HasErrors = true;
        FirstError ??= error;
        Output.Flush();
        messages.WriteLine(Errors.Format(error, LineOffset));
    }

    protected abstract void BeginRows();

    /// <summary>Text of a value; null for NULL.</summary>
    protected string? TextOf(int column, SqlValue value) => value.IsNull ? null : SqlFormat.ToText(value, Current[column].Type);

    public static ResultPrinter Create(OutputFormat format, TextWriter output, TextWriter messages, int maxWidth) => format switch
    {
        OutputFormat.Csv => new CsvPrinter(output, messages),
        OutputFormat.Json => new JsonPrinter(output, messages),
        _ => new TablePrinter(output, messages, maxWidth),
    };
}
