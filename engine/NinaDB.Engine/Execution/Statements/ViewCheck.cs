using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>WITH CHECK OPTION: a row written through a view must be visible through it afterwards (error 550).</summary>
internal sealed class ViewCheck
{
    private readonly PredicateEvaluator _condition;
    private readonly int[] _registers;
    private readonly int _registerCount;

    /// <param name="where">The view's WHERE over its one base table, known there as <paramref name="alias"/>.</param>
    public ViewCheck(EngineSession session, TableDefinition table, string alias, Predicate where)
    {
        using DatabaseScope database = session.In(table);
        var compilation = new CompilationContext(session, session.Catalog, new VariableMap()) { Options = SessionOptions.Standard };
        ScopeSource source = QueryCompiler.BindSourceFor(table, alias, compilation, session.Catalog.SchemaName(table.SchemaId));
        BindingScope scope = QueryCompiler.BindScopeFor(compilation, [source]);
        scope.Clause = BindingClause.Other;
        _condition = QueryCompiler.CompilePredicate(where, scope);
        _registers = [.. source.Columns.Select(c => c.Register)];
        _registerCount = compilation.RegisterCount;
    }

    public void Require(EngineSession session, SqlValue[] row)
    {
        // A compiled statement is shared by sessions, so the registers are the call's own.
        var context = new ExecutionContext(session, new VariableFrame(0), _registerCount, CancellationToken.None);
        for (int i = 0; i < _registers.Length; i++)
        {
            context.Registers[_registers[i]] = row[i];
        }

        if (_condition(context) != Truth.True)
        {
            throw SqlErrors.Create(550);
        }
    }
}
