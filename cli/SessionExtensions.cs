using NinaDB.Cli.Sessions;
using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Cli;

/// <summary>Short ways to run a statement inside the program itself. The first error throws.</summary>
internal static class SessionExtensions
{
    /// <summary>Runs a batch for its effect.</summary>
    public static void RunText(this EngineSession session, string text, CancellationToken cancellation, string? source = null, int lineOffset = 0) =>
        Run(new LocalSession(session), text, cancellation, source, lineOffset);

    /// <summary>Runs a batch for its effect.</summary>
    public static void RunText(this ISqlSession session, string text, CancellationToken cancellation) => Run(session, text, cancellation, null, 0);

    /// <summary>The rows of the batch's result sets as text; null for NULL.</summary>
    public static IReadOnlyList<string?[]> QueryText(this EngineSession session, string text, CancellationToken cancellation) =>
        new LocalSession(session).QueryText(text, cancellation);

    /// <summary>The rows of the batch's result sets as text; null for NULL.</summary>
    public static IReadOnlyList<string?[]> QueryText(this ISqlSession session, string text, CancellationToken cancellation) =>
        Run(session, text, cancellation, null, 0).Rows;

    private static Collector Run(ISqlSession session, string text, CancellationToken cancellation, string? source, int lineOffset)
    {
        var collector = new Collector();
        session.Execute(text, collector, cancellation);
        if (collector.Failure is SqlError error)
        {
            string place = source is null ? string.Empty : $"{source}: ";
            throw new CliException(Errors.ExitCodeOf(error), place + Errors.Format(error, lineOffset));
        }

        return collector;
    }

    private sealed class Collector : IResultSink
    {
        private IReadOnlyList<ResultColumn> _columns = [];

        public List<string?[]> Rows { get; } = [];

        public SqlError? Failure { get; private set; }

        public void Columns(IReadOnlyList<ResultColumn> columns) => _columns = columns;

        public void Row(ReadOnlySpan<SqlValue> values)
        {
            var cells = new string?[values.Length];
            for (int i = 0; i < cells.Length; i++)
            {
                cells[i] = values[i].IsNull ? null : SqlFormat.ToText(values[i], _columns[i].Type);
            }

            Rows.Add(cells);
        }

        public void EndRows()
        {
        }

        public void Done(long? rowCount)
        {
        }

        public void Message(SqlError message, bool flush)
        {
        }

        public void Error(SqlError error) => Failure ??= error;
    }
}
