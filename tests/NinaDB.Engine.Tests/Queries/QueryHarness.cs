using System.Globalization;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;
using ExecutionContext = NinaDB.Engine.Execution.ExecutionContext;

namespace NinaDB.Engine.Tests.Queries;

/// <summary>Compiles and runs queries over a memory store without the statement executor: DDL, plain INSERT, SELECT.</summary>
internal sealed class QueryHarness : IDisposable
{
    private readonly IKeyValueStore _store;
    private readonly EngineSession _session;

    public QueryHarness(IKeyValueStore? store = null)
    {
        _store = store ?? new MemoryStore();
        IStoreConnection connection = _store.OpenConnection();
        connection.BeginWrite(-1, CancellationToken.None);
        _session = new EngineSession { Store = connection, Catalog = CatalogStore.Create(connection, "test") };
    }

    public EngineSession Session => _session;

    public QueryHarness Run(string script)
    {
        foreach (string batch in script.Split("\nGO\n"))
        {
            foreach (Statement statement in Parser.ParseBatch(batch, ParseOptions.Default).Statements)
            {
                switch (statement)
                {
                    case InsertStatement insert:
                        Insert(insert);
                        break;
                    default:
                        DdlExecutor.Execute(statement, _session, new ExecutionContext(_session, new VariableFrame(0), 0, default));
                        break;
                }
            }
        }

        return this;
    }

    /// <summary>Rows as text: columns separated by |, rows by new lines.</summary>
    public string Query(string text) => string.Join('\n', Rows(text));

    /// <summary>Rows in any order.</summary>
    public string Sorted(string text) => string.Join('\n', Rows(text).Order(StringComparer.Ordinal));

    public List<string> Rows(string text)
    {
        (CompiledQuery query, ExecutionContext context) = Compile(text);
        var rows = new List<string>();
        using RowIterator iterator = query.Root.Open(context);
        while (iterator.MoveNext())
        {
            rows.Add(string.Join('|', query.Columns.Select(c => context.Registers[c.Register].IsNull ? "NULL" : SqlFormat.ToText(context.Registers[c.Register], c.Type))));
        }

        return rows;
    }

    public string Columns(string text) => string.Join(", ", Compile(text).Query.Columns.Select(c => $"{c.Name} {c.Type.DisplayName}{(c.IsNullable ? "" : " not null")}"));

    public int Error(string text) => Assert.Throws<SqlErrorException>(() => Rows(text)).Error.Number;

    public string Plan(string text)
    {
        var lines = new List<string>();
        Describe(Compile(text).Query.Root, 0, lines);
        return string.Join('\n', lines);
    }

    public (CompiledQuery Query, ExecutionContext Context) Compile(string text)
    {
        var statement = (SelectStatement)Parser.ParseBatch(text, ParseOptions.Default).Statements[^1];
        var compilation = new CompilationContext(_session, _session.Catalog, new VariableMap());
        CompiledQuery query = QueryCompiler.Compile(statement, compilation);
        return (query, new ExecutionContext(_session, new VariableFrame(0), compilation.RegisterCount, default));
    }

    public void Dispose()
    {
        _session.Store.Dispose();
        _store.Dispose();
    }

    private static void Describe(PlanNode node, int depth, List<string> lines)
    {
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{new string(' ', depth * 2)}{node.Describe()}"));
        foreach (PlanNode input in node.Inputs)
        {
            Describe(input, depth + 1, lines);
        }
    }

    private void Insert(InsertStatement insert)
    {
        var name = ((NamedTableSource)insert.Target).Name;
        TableDefinition table = _session.FindTable(name.Schema, name.Name)!;
        var compilation = new CompilationContext(_session, _session.Catalog, new VariableMap());
        CompiledQuery query = QueryCompiler.Compile(insert.Source!, insert.With, compilation);
        int[] ordinals = insert.Columns.Count > 0
            ? insert.Columns.Select(table.FindColumn).ToArray()
            : Enumerable.Range(0, table.Columns.Length).Where(i => !table.Columns[i].IsComputed).ToArray();
        Evaluator[] values = query.Columns.Select((c, i) => QueryCompiler.CompileColumn(c, table.Columns[ordinals[i]].Type, compilation)).ToArray();
        var context = new ExecutionContext(_session, new VariableFrame(0), compilation.RegisterCount, default);
        var rows = new List<SqlValue[]>();
        using (RowIterator iterator = query.Root.Open(context))
        {
            while (iterator.MoveNext())
            {
                var row = new SqlValue[table.Columns.Length];
                for (int i = 0; i < values.Length; i++)
                {
                    row[ordinals[i]] = values[i](context);
                }

                rows.Add(row);
            }
        }

        TableAccess access = DdlExpressions.Access(table, _session, context);
        foreach (SqlValue[] row in rows)
        {
            access.Insert(row);
        }
    }
}
