using System.Globalization;
using System.Text.RegularExpressions;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Tests.Queries;

/// <summary>A scratch database: scripts in, rows as text out; and the plans behind them.</summary>
internal sealed partial class QueryHarness : IDisposable
{
    private readonly Database _database = Database.CreateInMemory();

    public QueryHarness() => Session = _database.OpenSession();

    public EngineSession Session { get; }

    public QueryHarness Run(string script)
    {
        foreach (string batch in Go().Split(script))
        {
            Execute(batch);
        }

        return this;
    }

    /// <summary>Rows as text: columns separated by |, rows by new lines.</summary>
    public string Query(string text) => string.Join('\n', Rows(text));

    /// <summary>Rows in any order.</summary>
    public string Sorted(string text) => string.Join('\n', Rows(text).Order(StringComparer.Ordinal));

    public List<string> Rows(string text) => Execute(text).Rows;

    public string Columns(string text) =>
        string.Join(", ", Execute(text).Definition.Select(c => $"{c.Name} {c.Type.DisplayName}{(c.IsNullable ? "" : " not null")}"));

    public int Error(string text) => Assert.Throws<SqlErrorException>(() => Execute(text)).Error.Number;

    public string Plan(string text)
    {
        var statement = (SelectStatement)Parser.ParseBatch(text, ParseOptions.Default).Statements[^1];
        var compilation = new CompilationContext(Session, Session.Catalog, new VariableMap());
        var lines = new List<string>();
        Describe(QueryCompiler.Compile(statement, compilation).Root, 0, lines);
        return string.Join('\n', lines);
    }

    public void Dispose()
    {
        Session.Dispose();
        _database.Dispose();
    }

    private Sink Execute(string batch)
    {
        var sink = new Sink();
        Session.Execute(batch, [], sink);
        return sink;
    }

    private static void Describe(PlanNode node, int depth, List<string> lines)
    {
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{new string(' ', depth * 2)}{node.Describe()} [{node.EstimatedRows:0.#}]"));
        foreach (PlanNode input in node.Inputs)
        {
            Describe(input, depth + 1, lines);
        }
    }

    [GeneratedRegex(@"^\s*GO\s*$", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Go();

    private sealed class Sink : IResultSink
    {
        public List<string> Rows { get; } = [];

        public IReadOnlyList<ResultColumn> Definition { get; private set; } = [];

        public void Columns(IReadOnlyList<ResultColumn> columns) => Definition = columns;

        public void Row(ReadOnlySpan<SqlValue> values)
        {
            var texts = new string[values.Length];
            for (int i = 0; i < texts.Length; i++)
            {
                texts[i] = values[i].IsNull ? "NULL" : SqlFormat.ToText(values[i], Definition[i].Type);
            }

            Rows.Add(string.Join('|', texts));
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

        public void Error(SqlError error) => throw new SqlErrorException(error);
    }
}
