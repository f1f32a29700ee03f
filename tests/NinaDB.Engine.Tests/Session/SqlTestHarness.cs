using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Tests.Session;

/// <summary>
/// A scratch database and a session on it: script in, text out. Result sets become lines of values joined by " | " (NULL as NULL), counts "(n)", messages their
/// text, errors "Msg number, Level severity, State state, Line line: text" (with the procedure where there is one).
/// </summary>
internal sealed class SqlTestHarness : IDisposable
{
    private readonly bool _ownsDatabase;

    public SqlTestHarness()
        : this(Database.CreateInMemory(), ownsDatabase: true)
    {
    }

    public SqlTestHarness(Database database, bool ownsDatabase = false)
    {
        Database = database;
        _ownsDatabase = ownsDatabase;
        Session = database.OpenSession();
    }

    public Database Database { get; }

    public EngineSession Session { get; }

    /// <summary>Show "(n)" after each statement that counts rows.</summary>
    public bool ShowCounts { get; init; }

    /// <summary>Show column names above the rows.</summary>
    public bool ShowNames { get; init; }

    /// <summary>Runs a script (GO separates batches) and returns what it produced.</summary>
    public string Run(string script, params SessionParameter[] parameters)
    {
        var sink = new TextSink(ShowCounts, ShowNames);
        foreach (ScriptBatch batch in BatchSplitter.Split(script))
        {
            for (int i = 0; i < batch.Count; i++)
            {
                Session.Execute(batch.Text, parameters, sink);
            }
        }

        return sink.ToString();
    }

    /// <summary>Runs a script on a scratch database.</summary>
    public static string RunAlone(string script)
    {
        using var harness = new SqlTestHarness();
        return harness.Run(script);
    }

    /// <summary>A second session on the same database.</summary>
    public SqlTestHarness Another() => new(Database) { ShowCounts = ShowCounts, ShowNames = ShowNames };

    public void Dispose()
    {
        Session.Dispose();
        if (_ownsDatabase)
        {
            Database.Dispose();
        }
    }

    private sealed class TextSink(bool showCounts, bool showNames) : IResultSink
    {
        private readonly StringBuilder _text = new();
        private IReadOnlyList<ResultColumn> _columns = [];

        public void Columns(IReadOnlyList<ResultColumn> columns)
        {
            _columns = columns;
            if (showNames)
            {
                Line(string.Join(" | ", columns.Select(c => c.Name)));
            }
        }

        public void Row(ReadOnlySpan<SqlValue> values)
        {
            var cells = new string[values.Length];
            for (int i = 0; i < cells.Length; i++)
            {
                cells[i] = values[i].IsNull ? "NULL" : SqlFormat.ToText(values[i], _columns[i].Type);
            }

            Line(string.Join(" | ", cells));
        }

        public void EndRows()
        {
        }

        public void Done(long? rowCount)
        {
            if (showCounts && rowCount is not null)
            {
                Line($"({rowCount})");
            }
        }

        public void Message(SqlError message, bool flush) => Line(message.Message);

        public void Error(SqlError error) =>
            Line($"Msg {error.Number}, Level {error.Severity}, State {error.State}{(error.Procedure is null ? "" : ", Procedure " + error.Procedure)}, Line {error.Line}: {error.Message}");

        public override string ToString() => _text.ToString().TrimEnd('\n');

        private void Line(string text) => _text.Append(text).Append('\n');
    }
}
