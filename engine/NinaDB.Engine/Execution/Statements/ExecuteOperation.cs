using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>Compiled arguments of an EXECUTE.</summary>
/// <param name="arguments">Evaluator and type of each argument; a null evaluator is DEFAULT or a table variable.</param>
/// <param name="text">Dynamic SQL.</param>
internal sealed class ExecuteUnit((Evaluator? Value, SqlType Type, VariableInfo? Variable, bool IsDefault)[] arguments, Evaluator? text) : CompiledUnit
{
    public (Evaluator? Value, SqlType Type, VariableInfo? Variable, bool IsDefault)[] Arguments { get; } = arguments;

    public Evaluator? Text { get; } = text;
}

/// <summary>EXECUTE of a procedure, a procedure variable, or a string.</summary>
internal sealed class ExecuteOperation(ExecuteStatement statement) : CompiledOperation<ExecuteUnit>
{
    protected override ExecuteUnit Compile(UnitCompiler compiler)
    {
        var arguments = new (Evaluator?, SqlType, VariableInfo?, bool)[statement.Arguments.Count];
        bool named = false;
        for (int i = 0; i < arguments.Length; i++)
        {
            ExecuteArgument argument = statement.Arguments[i];
            if (argument.Name is not null)
            {
                named = true;
            }
            else if (named)
            {
                throw SqlErrors.Create(119, i + 1);
            }

            arguments[i] = CompileArgument(compiler, argument);
        }

        Evaluator? text = statement.DynamicSql is null ? null : QueryCompiler.CompileExpression(statement.DynamicSql, compiler.Scope, SqlType.NVarCharMax);
        return new ExecuteUnit(arguments, text);
    }

    private static (Evaluator?, SqlType, VariableInfo?, bool) CompileArgument(UnitCompiler compiler, ExecuteArgument argument)
    {
        if (argument.Value is LiteralExpression { Kind: LiteralKind.Default })
        {
            return (null, SqlType.Null, null, true);
        }

        VariableInfo? variable = null;
        if (argument.Value is VariableExpression v)
        {
            variable = compiler.Context.Variables.Find(v.Name) ?? throw SqlErrors.Create(137, v.Name);
            if (variable.Table is not null || variable.Type.Id == SqlTypeId.Cursor)
            {
                return (null, variable.Type, variable, false);
            }
        }
        else if (argument.IsOutput)
        {
            throw SqlErrors.Create(179);
        }

        return (QueryCompiler.CompileExpression(argument.Value, compiler.Scope), QueryCompiler.Describe(argument.Value, compiler.Scope).Type, variable, false);
    }

    public override int Execute(BatchExecution run, Frame frame)
    {
        if (statement.AtServer is not null)
        {
            throw SqlErrors.NotSupported("EXECUTE ... AT");
        }

        ExecuteUnit unit = Prepare(run, frame);
        if (statement.ResultSets is { } sets)
        {
            StartPromised(run, frame, unit, ResultSetContract.Create(run.Session, sets, new UnitCompiler(run.Session, frame.Routine)));
        }
        else
        {
            Start(run, frame, unit);
        }

        return Next;
    }

    /// <summary>WITH RESULT SETS: the contract holds until the called frame has gone, or the call has ended without one.</summary>
    private void StartPromised(BatchExecution run, Frame frame, ExecuteUnit unit, ResultSetContract contract)
    {
        ResultSetContract? outer = run.Contract;
        run.Contract = contract;
        bool isPushed = false;
        try
        {
            Start(run, frame, unit);
            if (run.Top is { } callee && callee != frame)
            {
                isPushed = true;
                callee.HasContract = true;
                callee.OuterContract = outer;
                Action<BatchExecution, Frame>? returned = callee.Returned;
                callee.Returned = (r, f) =>
                {
                    returned?.Invoke(r, f);
                    contract.End(Line, frame.Name);
                };
            }
        }
        finally
        {
            if (!isPushed)
            {
                run.Contract = outer;
            }
        }

        if (!isPushed)
        {
            contract.End(Line, frame.Name);
        }
    }

    private void Start(BatchExecution run, Frame frame, ExecuteUnit unit)
    {
        if (unit.Text is not null)
        {
            StartText(run, frame, unit);
            return;
        }

        ExecutionContext context = ContextFor(run, frame, unit);
        var arguments = new CallArgument[unit.Arguments.Length];
        bool hasOutput = statement.ReturnVariable is not null;
        for (int i = 0; i < arguments.Length; i++)
        {
            (Evaluator? value, SqlType type, VariableInfo? variable, bool isDefault) = unit.Arguments[i];
            ref CallArgument argument = ref arguments[i];
            argument.Name = statement.Arguments[i].Name;
            argument.IsOutput = statement.Arguments[i].IsOutput;
            argument.IsDefault = isDefault;
            argument.Type = type;
            if (value is not null)
            {
                argument.Value = value(context);
            }
            else if (variable?.Table is not null)
            {
                argument.Table = frame.Variables.Tables[variable.Slot];
            }
            else if (variable is not null)
            {
                PassCursor(ref argument, frame, variable);
                continue;
            }

            hasOutput |= argument.IsOutput;
        }

        CallCompleted? completed = hasOutput ? (code, output) => Complete(frame, unit, code, output) : null;
        IReadOnlyList<string> name;
        string display;
        if (statement.ProcedureVariable is not null)
        {
            VariableInfo variable = frame.Routine.Variables.Find(statement.ProcedureVariable) ?? throw SqlErrors.Create(137, statement.ProcedureVariable);
            SqlValue value = variable.Type.IsString ? frame.Variables.Values[variable.Slot] : throw SqlErrors.Create(8199);
            display = value.IsNull ? "" : value.AsString;
            name = Syntax.Parser.TryParseName(display) ?? throw SqlErrors.CreateWithState(2812, 62, display);
        }
        else
        {
            name = statement.Procedure!.Parts;
            display = statement.Procedure.ToString();
        }

        ProcedureCall.Start(run, name, display, arguments, completed, statement.ProcedureNumber ?? 1);
    }

    /// <summary>A cursor variable: OUTPUT takes the procedure's cursor and must not hold one before (error 16951).</summary>
    private static void PassCursor(ref CallArgument argument, Frame frame, VariableInfo variable)
    {
        argument.Cursor = frame.Variables.Cursors[variable.Slot];
        if (argument.IsOutput)
        {
            if (argument.Cursor is not null)
            {
                throw SqlErrors.Create(16951, variable.Name);
            }

            argument.ReturnCursor = cursor => frame.Variables.Cursors[variable.Slot] = cursor;
        }
    }

    private void StartText(BatchExecution run, Frame frame, ExecuteUnit unit)
    {
        SqlValue text = unit.Text!(ContextFor(run, frame, unit));
        if (unit.Arguments.Length > 0)
        {
            throw SqlErrors.NotSupported("EXECUTE with pass-through arguments");
        }

        if (text.IsNull)
        {
            return;
        }

        EngineSession.Place place = run.Session.CurrentPlace;
        int principal = place.PrincipalId;
        if (statement.AsUser is not null)
        {
            Catalog.PrincipalDefinition? user = run.Session.Catalog.FindPrincipal(statement.AsUser);
            run.Session.PrincipalId = user is not null && (user.PrincipalId == principal || Security.PrincipalAccess.Of(run.Session).OnPrincipal("IMPERSONATE", user))
                ? user.PrincipalId
                : throw SqlErrors.Create(15517, statement.AsUser);
        }

        try
        {
            Routine routine = ProcedureCall.Dynamic(run, text.AsString, "", static () => []);
            ProcedureCall.Call(run, routine, text.AsString, [], null);
            run.Top!.SavedPlace = place;
        }
        catch
        {
            run.Session.Return(place);
            throw;
        }
    }

    private void Complete(Frame frame, ExecuteUnit unit, int code, Func<int, (SqlValue Value, SqlType Type)> output)
    {
        if (statement.ReturnVariable is not null)
        {
            VariableInfo variable = frame.Routine.Variables.Find(statement.ReturnVariable)!;
            frame.Variables.Values[variable.Slot] = ProcedureCall.Convert(SqlValue.FromInt(code), SqlType.Int, variable.Type);
        }

        for (int i = 0; i < unit.Arguments.Length; i++)
        {
            if (statement.Arguments[i].IsOutput && unit.Arguments[i].Variable is { Type.Id: not SqlTypeId.Cursor } variable)
            {
                (SqlValue value, SqlType type) = output(i);
                frame.Variables.Values[variable.Slot] = ProcedureCall.Convert(value, type, variable.Type);
            }
        }
    }

    /// <summary>Runs to the end inside the current statement, giving every row to a collector (INSERT ... EXEC).</summary>
    public void Collect(BatchExecution run, Frame frame, Action<SqlValue[]> collector)
    {
        ExecuteUnit unit = Prepare(run, frame);
        run.Collecting(frame, () => Start(run, frame, unit), collector);
    }
}

/// <summary>EXECUTE AS USER/LOGIN; ends with REVERT or with the module.</summary>
internal sealed class ExecuteAsOperation(ExecuteAsStatement statement) : CompiledOperation<ValueUnit>
{
    private const int CookieLength = 100;

    protected override ValueUnit Compile(UnitCompiler compiler) => new(statement.Name is null
        ? _ => SqlValue.Null
        : QueryCompiler.CompileExpression(statement.Name, compiler.Scope, SqlType.SysName));

    public override int Execute(BatchExecution run, Frame frame)
    {
        EngineSession session = run.Session;
        if (statement.Kind is not ("USER" or "LOGIN"))
        {
            if (statement.Kind == "CALLER")
            {
                session.ImpersonateCaller();
                return Next;
            }

            throw SqlErrors.NotSupported("EXECUTE AS " + statement.Kind);
        }

        ValueUnit unit = Prepare(run, frame);
        SqlValue name = unit.Value(ContextFor(run, frame, unit));
        session.RefreshCatalog();
        if ((statement.NoRevert || statement.CookieVariable is not null) && frame.Routine.Kind != RoutineKind.Batch)
        {
            throw SqlErrors.Create(15590);
        }

        string text = name.IsNull ? "" : name.AsString;
        Catalog.PrincipalDefinition principal = Find(session, text) ?? throw SqlErrors.Create(statement.Kind == "USER" ? 15517 : 15406, text);
        byte[]? cookie = null;
        if (statement.CookieVariable is { } variable)
        {
            VariableInfo target = frame.Routine.Variables.Find(variable) ?? throw SqlErrors.Create(137, variable);
            cookie = System.Security.Cryptography.RandomNumberGenerator.GetBytes(CookieLength);
            frame.Variables.Values[target.Slot] = ProcedureCall.Convert(SqlValue.FromBinary(cookie), SqlType.VarBinary(CookieLength), target.Type);
        }

        session.Impersonate(principal.PrincipalId, cookie, statement.NoRevert, statement.Kind == "LOGIN" ? text : null, statement.Kind == "USER");
        session.RowCount = 0;
        return Next;
    }

    /// <summary>The user to act as; null when there is none or IMPERSONATE on it is missing. Error 916 for a login that may not enter the database.</summary>
    private Catalog.PrincipalDefinition? Find(EngineSession session, string name)
    {
        if (statement.Kind == "USER")
        {
            return session.Catalog.FindPrincipal(name) is { IsFixedRole: false, Type: not 'R' } user
                && (user.PrincipalId == session.PrincipalId || Security.PrincipalAccess.Of(session).OnPrincipal("IMPERSONATE", user))
                    ? user
                    : null;
        }

        if (!session.Catalog.Logins.TryGetValue(name, out Catalog.LoginDefinition? login)
            || !(string.Equals(login.Name, session.CurrentLogin, StringComparison.OrdinalIgnoreCase)
                || Security.ServerAccess.Of(session).Allows("IMPERSONATE", Security.PermissionNames.ServerPrincipalClass, login.PrincipalId, isRole: false)))
        {
            return null;
        }

        return session.UserOfLogin(login.Name) ?? throw SqlErrors.Create(916, login.Name, session.Catalog.DatabaseName);
    }
}

internal sealed class RevertOperation(RevertStatement statement) : CompiledOperation<ValueUnit>
{
    protected override ValueUnit Compile(UnitCompiler compiler) => new(statement.Cookie is null
        ? _ => SqlValue.Null
        : QueryCompiler.CompileExpression(statement.Cookie, compiler.Scope, SqlType.VarBinary(8000)));

    public override int Execute(BatchExecution run, Frame frame)
    {
        ValueUnit unit = Prepare(run, frame);
        SqlValue cookie = unit.Value(ContextFor(run, frame, unit));
        run.Session.Revert(frame.SavedImpersonationDepth, cookie.IsNull ? null : cookie.AsBytes);
        run.Session.RowCount = 0;
        return Next;
    }
}
