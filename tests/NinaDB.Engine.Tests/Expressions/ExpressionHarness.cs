using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Aggregates;
using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;
using ExecutionContext = NinaDB.Engine.Execution.ExecutionContext;

namespace NinaDB.Engine.Tests.Expressions;

/// <summary>A hand-made scope: columns with values, variables, and a query binder whose subqueries are lists of values.</summary>
internal sealed class ExpressionHarness : IQueryBinder, IQueryPlanner
{
    VariableInfo? IQueryBinder.FindTableVariable(string name) => null;

    private readonly Dictionary<int, SqlValue> _values = [];
    private readonly List<SqlValue> _variables = [];

    public ExpressionHarness()
    {
        Session = new EngineSession();
        Context = new CompilationContext(Session, new CatalogSnapshot { Version = 1 }, new VariableMap());
        Scope = new BindingScope(Context);
    }

    public EngineSession Session { get; }

    public CompilationContext Context { get; }

    public BindingScope Scope { get; }

    /// <summary>Rows that any subquery returns, in one column.</summary>
    public List<SqlValue> SubqueryRows { get; } = [];

    public SqlType SubqueryType { get; set; } = SqlType.Int;

    /// <summary>How often a subquery was opened.</summary>
    public int SubqueryRuns { get; private set; }

    /// <summary>Column that a subquery reads from the outer block; null for an uncorrelated one.</summary>
    public string? Correlation { get; set; }

    public ExpressionHarness Source(string alias, params (string Name, SqlType Type, SqlValue Value)[] columns)
    {
        var list = new List<ScopeColumn>();
        foreach ((string name, SqlType type, SqlValue value) in columns)
        {
            int register = Context.AllocateRegister();
            _values[register] = value;
            list.Add(new ScopeColumn(name, type, true, register));
        }

        Scope.Sources.Add(new ScopeSource(alias, null, list));
        return this;
    }

    public ExpressionHarness Variable(string name, SqlType type, SqlValue value)
    {
        Context.Variables.Add(name, type);
        _variables.Add(value);
        return this;
    }

    public BoundExpression Bind(string text) => new ExpressionBinder(Scope, this).BindTyped(Parser.ParseScalarExpression(text, ParseOptions.Default));

    public BoundPredicate BindCondition(string text) => new ExpressionBinder(Scope, this).Bind(Parser.ParseCondition(text, ParseOptions.Default));

    public (SqlValue Value, SqlType Type) Evaluate(string text)
    {
        BoundExpression bound = Bind(text);
        return (new ExpressionCompiler(this).Compile(bound)(NewContext()), bound.Type);
    }

    /// <summary>"value : type" as a reader would write it.</summary>
    public string Show(string text)
    {
        (SqlValue value, SqlType type) = Evaluate(text);
        return (value.IsNull ? "NULL" : SqlFormat.ToText(value, type)) + " : " + type.DisplayName;
    }

    public string Value(string text)
    {
        (SqlValue value, SqlType type) = Evaluate(text);
        return value.IsNull ? "NULL" : SqlFormat.ToText(value, type);
    }

    public Truth Test(string text) => new ExpressionCompiler(this).Compile(BindCondition(text))(NewContext());

    /// <summary>The error number that binding or evaluating raises; 0 for none.</summary>
    public int ErrorOf(string text)
    {
        try
        {
            Evaluate(text);
            return 0;
        }
        catch (SqlErrorException error)
        {
            return error.Error.Number;
        }
    }

    public int ErrorOfCondition(string text)
    {
        try
        {
            Test(text);
            return 0;
        }
        catch (SqlErrorException error)
        {
            return error.Error.Number;
        }
    }

    public ExecutionContext NewContext()
    {
        var frame = new VariableFrame(_variables.Count);
        _variables.CopyTo(frame.Values);
        var context = new ExecutionContext(Session, frame, Context.RegisterCount, default);
        foreach ((int register, SqlValue value) in _values)
        {
            context.Registers[register] = value;
        }

        return context;
    }

    /// <summary>Aggregates the values of the first column over the given rows.</summary>
    public SqlValue Aggregate(string text, int register, params SqlValue[] rows)
    {
        var call = (FunctionCallExpression)Parser.ParseScalarExpression(text, ParseOptions.Default);
        BoundAggregate bound = new ExpressionBinder(Scope, this).BindAggregate(call);
        CompiledAggregate compiled = CompiledAggregate.Compile(bound, new ExpressionCompiler(this));
        ExecutionContext context = NewContext();
        Accumulator accumulator = compiled.Create(context);
        foreach (SqlValue row in rows)
        {
            context.Registers[register] = row;
            compiled.Accumulate(accumulator, context);
        }

        return accumulator.Result;
    }

    /// <summary>Evaluates a window function over one partition whose rows differ in one column.</summary>
    public SqlValue[] Window(string text, int register, params SqlValue[] rows)
    {
        var call = (FunctionCallExpression)Parser.ParseScalarExpression(text, ParseOptions.Default);
        BoundWindow bound = new ExpressionBinder(Scope, this).BindWindow(call);
        return WindowEvaluator.Compile(bound, new ExpressionCompiler(this)).Evaluate(new Partition(register, rows), NewContext());
    }

    public void NoteNamed(CatalogObject found) => Context.Access.Named.Add(found);

    public BoundQuery BindSubquery(QueryExpression query, BindingScope outer)
    {
        if (Correlation is { } column)
        {
            new ExpressionBinder(outer, this).Bind(new ColumnExpression { Name = column });
        }

        return new ListQuery([new OutputColumn("x", SubqueryType, true, Context.AllocateRegister())]);
    }

    public PlanNode Plan(BoundQuery query) => new ListPlan(this, query.Columns[0].Register);

    private sealed class ListQuery(IReadOnlyList<OutputColumn> columns) : BoundQuery
    {
        public override IReadOnlyList<OutputColumn> Columns => columns;
    }

    private sealed class ListPlan(ExpressionHarness harness, int register) : PlanNode
    {
        protected override RowIterator Iterate(ExecutionContext context)
        {
            harness.SubqueryRuns++;
            return new ListIterator(harness.SubqueryRows, register, context);
        }

        public override string Describe() => "List";
    }

    private sealed class ListIterator(List<SqlValue> rows, int register, ExecutionContext context) : RowIterator
    {
        private int _next;

        public override bool MoveNext()
        {
            if (_next == rows.Count)
            {
                return false;
            }

            context.Registers[register] = rows[_next++];
            return true;
        }
    }

    private sealed class Partition(int register, SqlValue[] rows) : IWindowPartition
    {
        public int Count => rows.Length;

        public void Load(int row, ExecutionContext context) => context.Registers[register] = rows[row];
    }
}
