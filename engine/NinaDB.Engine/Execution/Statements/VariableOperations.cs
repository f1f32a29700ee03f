using NinaDB.Engine.Binding;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>SET @v = expression (and compound forms), and the initialiser of DECLARE.</summary>
internal sealed class AssignOperation(VariableInfo variable, Expression value, BinaryOperator? compound) : CompiledOperation<ValueUnit>
{
    protected override ValueUnit Compile(UnitCompiler compiler)
    {
        Expression full = compound is { } op
            ? new BinaryExpression { Operator = op, Left = new VariableExpression { Name = variable.Name, Line = value.Line }, Right = value, Line = value.Line }
            : value;
        return new ValueUnit(QueryCompiler.CompileMasked(full, compiler.Scope, variable.Type));
    }

    public override int Execute(BatchExecution run, Frame frame)
    {
        ValueUnit unit = PrepareRead(run, frame, out bool holdsRead);
        if (!holdsRead)
        {
            frame.Variables.Values[variable.Slot] = unit.Value(ContextFor(run, frame, unit)).Kept();
            run.Session.RowCount = 1;
            return Next;
        }

        try
        {
            frame.Variables.Values[variable.Slot] = unit.Value(ContextFor(run, frame, unit)).Kept();
        }
        finally
        {
            run.Session.EndRead();
        }

        run.Session.RowCount = 1;
        return Next;
    }
}

/// <summary>SET @json.modify(...) and SET @xml.modify(...).</summary>
internal sealed class ModifyVariableOperation(VariableInfo variable, MethodCallExpression method) : CompiledOperation<ValueUnit>
{
    protected override ValueUnit Compile(UnitCompiler compiler) => new(QueryCompiler.CompileExpression(MethodRewriter.Modify(method), compiler.Scope, variable.Type));

    public override int Execute(BatchExecution run, Frame frame)
    {
        ValueUnit unit = Prepare(run, frame);
        frame.Variables.Values[variable.Slot] = unit.Value(ContextFor(run, frame, unit));
        run.Session.RowCount = 1;
        return Next;
    }
}

/// <summary>The mutator methods as the functions that compute the new value.</summary>
internal static class MethodRewriter
{
    /// <summary>The call as an expression that gives the new value; the binder knows whether its target is json or xml.</summary>
    /// <param name="column">The column that is set, where other tables of FROM may have one of its name.</param>
    public static Expression Modify(MethodCallExpression method, Expression? column = null) => new MethodCallExpression
    {
        Target = column ?? method.Target,
        Method = method.Method,
        Arguments = method.Arguments,
        IsMutator = true,
        IsProperty = method.IsProperty,
        Line = method.Line,
        Offset = method.Offset,
        EndOffset = method.EndOffset,
    };
}
