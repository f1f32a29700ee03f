using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>The rows of a view, CTE or derived table as OUTPUT shows them: inserted and deleted have its columns, not those of the table that changes.</summary>
internal sealed class ViewRow
{
    private readonly ScopeSource _source;
    private readonly int[] _tableRegisters;
    private readonly List<(int Register, BoundExpression Expression)> _derived = [];
    private readonly HashSet<int> _foreign = [];
    private (int Register, Evaluator Value)[] _evaluators = [];

    /// <param name="table">The table that is written.</param>
    public ViewRow(BoundTarget target, int table)
    {
        _source = target.Source;
        _tableRegisters = target.Tables.Tables[table].Registers;
        var known = new HashSet<int>(_tableRegisters);
        foreach (ComputedColumn column in target.Derivations)
        {
            if (ExpressionInfo.Registers(column.Expression).All(known.Contains))
            {
                known.Add(column.Register);
                _derived.Add((column.Register, column.Expression));
            }
        }

        foreach (ScopeColumn column in _source.Columns)
        {
            if (!known.Contains(column.Register))
            {
                _foreign.Add(column.Register);
            }
        }
    }

    public IReadOnlyList<ScopeColumn> Columns => _source.Columns;

    /// <summary>Error 404: a column of inserted that is not made from the written table alone.</summary>
    public void RequireWritten(string column)
    {
        if (Find(column) is { } found && _foreign.Contains(found.Register))
        {
            throw SqlErrors.Create(404, $"inserted.{found.Name}");
        }
    }

    /// <summary>Compiles what the named columns of inserted need; the others are not computed.</summary>
    public void Use(IReadOnlySet<string> columns, CompilationContext context)
    {
        var needed = new HashSet<int>(_source.Columns.Where(c => columns.Contains(c.Name)).Select(c => c.Register));
        for (int i = _derived.Count - 1; i >= 0; i--)
        {
            if (needed.Contains(_derived[i].Register))
            {
                needed.UnionWith(ExpressionInfo.Registers(_derived[i].Expression));
            }
        }

        _evaluators = [.. _derived.Where(d => needed.Contains(d.Register)).Select(d => (d.Register, QueryCompiler.Compile(d.Expression, context)))];
    }

    /// <summary>The view's row for a row of the written table.</summary>
    public SqlValue[] Of(ExecutionContext context, SqlValue[] row)
    {
        SqlValue[] registers = context.Registers;
        for (int i = 0; i < _tableRegisters.Length; i++)
        {
            registers[_tableRegisters[i]] = row[i];
        }

        foreach ((int register, Evaluator value) in _evaluators)
        {
            registers[register] = value(context);
        }

        return [.. _source.Columns.Select(c => registers[c.Register])];
    }

    private ScopeColumn? Find(string name) => _source.Columns.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase));
}
