using System.Diagnostics;
using NinaDB.Cli.Output;
using NinaDB.Cli.Sessions;
using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Cli;

/// <summary>
/// Runs statements for a person: shows the T-SQL as it could be pasted into any client, a progress bar fed by its NOWAIT messages, the rows, and how long it took.
/// The first error ends the command.
/// </summary>
internal sealed class StatementRunner(ISqlSession session, TextWriter output, bool quiet, OutputFormat format, bool showText = true)
{
    public ISqlSession Session { get; } = session;

    /// <summary>Runs a batch under a progress bar; rows are printed when it is done.</summary>
    public TimeSpan Run(string title, string text, CancellationToken cancellation, int maxWidth = 70)
    {
        if (!quiet && showText)
        {
            Show(text);
        }

        var clock = Stopwatch.StartNew();
        using var rows = new StringWriter();
        ResultPrinter printer = ResultPrinter.Create(format, rows, TextWriter.Null, maxWidth);
        ProgressDisplay.Run(quiet, title, display => Session.Execute(text, new Forwarder(printer, display), cancellation));
        clock.Stop();
        ThrowOnError(printer);
        output.Write(rows.ToString());
        return clock.Elapsed;
    }

    /// <summary>Runs a batch whose last column is text to be printed piece by piece as it comes.</summary>
    public TimeSpan Stream(string text, CancellationToken cancellation)
    {
        if (!quiet && showText)
        {
            Show(text);
        }

        var clock = Stopwatch.StartNew();
        var printer = new StreamPrinter(output);
        Session.Execute(text, printer, cancellation);
        output.WriteLine();
        ThrowOnError(printer);
        return clock.Elapsed;
    }

    /// <summary>Prints T-SQL, ready to be copied.</summary>
    public void Show(string text)
    {
        output.WriteLine();
        output.WriteLine(text);
        output.WriteLine("GO");
        output.WriteLine();
    }

    private static void ThrowOnError(ResultPrinter printer)
    {
        if (printer.FirstError is SqlError error)
        {
            throw new CliException(Errors.ExitCodeOf(error), Errors.Format(error));
        }
    }

    /// <summary>Passes everything on, and messages to the progress bar too.</summary>
    private sealed class Forwarder(ResultPrinter printer, ProgressDisplay display) : IResultSink
    {
        public void Columns(IReadOnlyList<ResultColumn> columns) => printer.Columns(columns);

        public void Row(ReadOnlySpan<SqlValue> values) => printer.Row(values);

        public void EndRows() => printer.EndRows();

        public void Done(long? rowCount)
        {
        }

        public void Message(SqlError message, bool flush) => display.Report(message.Message);

        public void Error(SqlError error) => printer.Error(error);
    }

    private sealed class StreamPrinter(TextWriter output) : ResultPrinter(output, TextWriter.Null)
    {
        protected override void BeginRows()
        {
        }

        public override void Row(ReadOnlySpan<SqlValue> values)
        {
            Output.Write(TextOf(values.Length - 1, values[^1]));
            Output.Flush();
        }

        public override void EndRows()
        {
        }
    }
}
