using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

internal sealed partial class RoutineCompiler
{
    private void Body(IReadOnlyList<Statement> statements)
    {
        foreach (Statement statement in statements)
        {
            Declare(statement);
        }

        foreach (Statement statement in statements)
        {
            Emit(statement);
        }
    }

    /// <summary>Declares every variable of a statement, nested ones too: their scope is the whole batch.</summary>
    private void Declare(Statement statement)
    {
        switch (statement)
        {
            case BlockStatement s:
                foreach (Statement inner in s.Statements)
                {
                    Declare(inner);
                }

                break;
            case IfStatement s:
                Declare(s.Then);
                if (s.Else is not null)
                {
                    Declare(s.Else);
                }

                break;
            case WhileStatement s:
                Declare(s.Body);
                break;
            case TryCatchStatement s:
                Declare(s.Try);
                Declare(s.Catch);
                break;
            case DeclareStatement s:
                foreach (VariableDeclaration declaration in s.Variables)
                {
                    DeclareVariable(s, declaration);
                }

                break;
        }
    }

    private void DeclareVariable(DeclareStatement statement, VariableDeclaration declaration)
    {
        try
        {
            if (declaration.Table is not null)
            {
                DeclareTable(declaration.Name, declaration.Table);
                return;
            }

            ResolvedType type = Resolve(declaration.Type!, declaration.Name, _variables.Count + 1);
            VariableInfo variable = _variables.Add(declaration.Name, type.Type, type.Table is null ? null : type.Table with { Name = declaration.Name }) ?? throw SqlErrors.Create(134, declaration.Name);
            if (type.Type.Id is SqlTypeId.Text or SqlTypeId.NText or SqlTypeId.Image)
            {
                throw SqlErrors.Create(2739);
            }

            if (type.Table is not null)
            {
                _declaredTables.Add(variable);
            }
        }
        catch (SqlErrorException error)
        {
            error.Locate(declaration.Line == 0 ? statement.Line : declaration.Line, null);
            throw;
        }
    }

    private VariableInfo Variable(Statement statement, string name) =>
        _variables.Find(name) ?? throw At(statement, SqlErrors.Create(137, name));

    /// <summary>A variable that is set: the state of error 137 tells it from one that is read.</summary>
    private VariableInfo Target(SetVariableStatement statement) =>
        _variables.Find(statement.Variable) is { Table: null } found ? found : throw At(statement, SqlErrors.CreateWithState(137, 1, statement.Variable));

    private T Add<T>(T operation)
        where T : Operation
    {
        operation.Source = _emitting;
        _operations.Add(operation);
        return operation;
    }

    /// <summary>The innermost statement that is being compiled.</summary>
    private Statement? _emitting;

    private void Emit(Statement statement)
    {
        Statement? outer = _emitting;
        _emitting = statement;
        EmitOne(statement);
        _emitting = outer;
    }

    private void EmitOne(Statement statement)
    {
        int line = statement.Line;
        switch (statement)
        {
            case BlockStatement s:
                foreach (Statement inner in s.Statements)
                {
                    Emit(inner);
                }

                break;
            case IfStatement s:
                EmitIf(s);
                break;
            case WhileStatement s:
                EmitWhile(s);
                break;
            case BreakStatement:
                EmitLoopJump(statement, isBreak: true);
                break;
            case ContinueStatement:
                EmitLoopJump(statement, isBreak: false);
                break;
            case GotoStatement s:
                _gotos.Add((Add(new JumpOperation { Line = line }), s, _handlers, _catches));
                break;
            case LabelStatement s:
                if (!_labels.TryAdd(s.Label, (_operations.Count, _handlers, _catches)))
                {
                    throw At(s, SqlErrors.Create(132, s.Label));
                }

                break;
            case ReturnStatement s:
                EmitReturn(s);
                break;
            case TryCatchStatement s:
                EmitTry(s);
                break;
            case ThrowStatement s:
                if (s.Number is null && _catches == 0)
                {
                    throw At(s, SqlErrors.Create(10704));
                }

                Add(new ThrowOperation(s) { Line = line });
                break;
            case RaiserrorStatement s:
                Add(new RaiserrorOperation(s) { Line = line });
                break;
            case PrintStatement s:
                Add(new PrintOperation(s.Value) { Line = line });
                break;
            case WaitForStatement s:
                Add(new WaitForOperation(s) { Line = line });
                break;
            case DeclareStatement s:
                foreach (VariableDeclaration declaration in s.Variables)
                {
                    if (declaration.Value is not null)
                    {
                        Add(new AssignOperation(Variable(s, declaration.Name), declaration.Value, null) { Line = declaration.Line == 0 ? line : declaration.Line });
                    }
                }

                break;
            case SetVariableStatement { Cursor: { } definition } s:
                Add(new SetCursorOperation(Target(s), definition) { Line = line });
                break;
            case SetVariableStatement { Method: { } method } s:
                Add(new ModifyVariableOperation(Target(s), method) { Line = line });
                break;
            case SetVariableStatement s when Target(s) is { Type.Id: SqlTypeId.Cursor } target:
                if (s.Value is not VariableExpression { Name: var source })
                {
                    throw At(s, SqlErrors.Create(206, "cursor", "cursor"));
                }

                Add(new CopyCursorOperation(target, Variable(s, source)) { Line = line });
                break;
            case SetVariableStatement s:
                Add(new AssignOperation(Target(s), s.Value, s.Operator) { Line = line });
                break;
            case SetOptionStatement s:
                Add(new SetOptionOperation(s) { Line = line });
                break;
            case UseStatement s:
                Add(new UseOperation(s) { Line = line });
                break;
            case TransactionStatement s:
                Add(new TransactionOperation(s) { Line = line });
                break;
            case SelectStatement s:
                Add<Operation>(IsSelectInto(s.Query) ? new SelectIntoOperation(s) { Line = line } : new SelectOperation(s) { Line = line });
                break;
            case InsertStatement s:
                Add(new InsertOperation(s) { Line = line });
                break;
            case UpdateStatement s:
                Add(new UpdateOperation(s) { Line = line });
                break;
            case DeleteStatement s:
                Add(new DeleteOperation(s) { Line = line });
                break;
            case MergeStatement s:
                Add(new MergeOperation(s) { Line = line });
                break;
            case BulkInsertStatement s:
                Add(new BulkLoadOperation(s) { Line = line });
                break;
            case TruncateTableStatement s:
                Add(new TruncateOperation(s) { Line = line });
                break;
            case ExecuteStatement s:
                if (s.ReturnVariable is not null)
                {
                    Variable(s, s.ReturnVariable);
                }

                Add(new ExecuteOperation(s) { Line = line });
                break;
            case ExecuteAsStatement s:
                Add(new ExecuteAsOperation(s) { Line = line });
                break;
            case RevertStatement s:
                Add(new RevertOperation(s) { Line = line });
                break;
            case DeclareCursorStatement s:
                Add(new DeclareCursorOperation(s) { Line = line });
                break;
            case CursorStatement s:
                Add(new CursorOperation(s, [.. s.Into.Select(v => Variable(s, v))]) { Line = line });
                break;
            case UtilityStatement s:
                Add(new UtilityOperation(s) { Line = line });
                break;
            default:
                if (!DdlExecutor.Handles(statement))
                {
                    throw At(statement, SqlErrors.NotSupported(statement.GetType().Name.Replace("Statement", "", StringComparison.Ordinal)));
                }

                Add(new DdlOperation(statement) { Line = line, TextVariable = statement is XmlSchemaCollectionStatement { Text: VariableExpression text } ? Variable(statement, text.Name) : null });
                break;
        }
    }

    private static bool IsSelectInto(QueryExpression query) => query switch
    {
        SelectQuery s => s.Into is not null,
        SetOperationQuery s => IsSelectInto(s.Left),
        _ => false,
    };

    private void EmitIf(IfStatement s)
    {
        BranchOperation branch = Add(new BranchOperation(s.Condition) { Line = s.Line });
        Emit(s.Then);
        if (s.Else is null)
        {
            branch.Target = _operations.Count;
            return;
        }

        JumpOperation end = Add(new JumpOperation { Line = s.Line });
        branch.Target = _operations.Count;
        Emit(s.Else);
        end.Target = _operations.Count;
    }

    private void EmitWhile(WhileStatement s)
    {
        int start = _operations.Count;
        BranchOperation branch = Add(new BranchOperation(s.Condition) { Line = s.Line });
        var loop = new Loop(start, [], _handlers, _catches);
        _loops.Push(loop);
        Emit(s.Body);
        _loops.Pop();
        Add(new JumpOperation { Line = s.Line, Target = start });
        branch.Target = _operations.Count;
        foreach (JumpOperation jump in loop.Breaks)
        {
            jump.Target = _operations.Count;
        }
    }

    private void EmitLoopJump(Statement statement, bool isBreak)
    {
        if (!_loops.TryPeek(out Loop? loop))
        {
            throw At(statement, SqlErrors.Create(isBreak ? 135 : 136));
        }

        bool leavesTry = loop.Handlers != _handlers || loop.Catches != _catches;
        JumpOperation jump = Add(new JumpOperation
        {
            Line = statement.Line,
            Target = loop.Start,
            HandlerDepth = leavesTry ? loop.Handlers : -1,
            CatchDepth = loop.Catches,
        });
        if (isBreak)
        {
            loop.Breaks.Add(jump);
        }
    }

    private void EmitReturn(ReturnStatement s)
    {
        if (s.Value is not null && _kind is not (RoutineKind.Procedure or RoutineKind.ScalarFunction))
        {
            throw At(s, SqlErrors.Create(178));
        }

        Add(new ReturnOperation(s.Value, _kind, _returnType) { Line = s.Line });
    }

    private void EmitTry(TryCatchStatement s)
    {
        EnterTryOperation enter = Add(new EnterTryOperation { Line = s.Line });
        _handlers++;
        Emit(s.Try);
        _handlers--;
        LeaveTryOperation leave = Add(new LeaveTryOperation { Line = s.Line });
        enter.CatchPosition = _operations.Count;
        _catches++;
        Emit(s.Catch);
        _catches--;
        Add(new LeaveCatchOperation { Line = s.Line });
        leave.Target = _operations.Count;
    }
}
