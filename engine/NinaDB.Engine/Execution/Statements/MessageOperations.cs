using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>Several compiled values.</summary>
internal sealed class ValuesUnit(IReadOnlyList<(Evaluator Value, SqlType Type)> values) : CompiledUnit
{
    public IReadOnlyList<(Evaluator Value, SqlType Type)> Values { get; } = values;
}

internal sealed class PrintOperation(Expression value) : CompiledOperation<ValueUnit>
{
    private const int MaximumLength = 8000;

    /// <summary>Binary values are shown as the characters they stand for.</summary>
    protected override ValueUnit Compile(UnitCompiler compiler) =>
        new(QueryCompiler.CompileExpression(value, compiler.Scope, QueryCompiler.Describe(value, compiler.Scope).Type.IsBinary ? SqlType.VarCharMax : SqlType.NVarCharMax));

    public override int Execute(BatchExecution run, Frame frame)
    {
        ValueUnit unit = PrepareRead(run, frame, out bool holdsRead);
        SqlValue text;
        try
        {
            text = unit.Value(ContextFor(run, frame, unit));
        }
        finally
        {
            if (holdsRead)
            {
                run.Session.EndRead();
            }
        }

        string message = text.IsNull ? " " : text.AsString;
        run.SendMessage(new SqlError(0, 0, 1, message.Length > MaximumLength ? message[..MaximumLength] : message, Line, frame.Name));
        run.Session.RowCount = 0;
        return Next;
    }
}

/// <summary>THROW, with arguments or (inside CATCH) without.</summary>
internal sealed class ThrowOperation(ThrowStatement statement) : CompiledOperation<ValuesUnit>
{
    protected override ValuesUnit Compile(UnitCompiler compiler) => statement.Number is null
        ? new ValuesUnit([])
        : new ValuesUnit(
        [
            (QueryCompiler.CompileExpression(statement.Number, compiler.Scope, SqlType.Int), SqlType.Int),
            (QueryCompiler.CompileExpression(statement.Message!, compiler.Scope, SqlType.NVarChar(2048)), SqlType.NVarChar(2048)),
            (QueryCompiler.CompileExpression(statement.State!, compiler.Scope, SqlType.Int), SqlType.Int),
        ]);

    public override int Execute(BatchExecution run, Frame frame)
    {
        if (statement.Number is null)
        {
            throw new SqlErrorException(run.Session.CaughtError ?? throw SqlErrors.Create(10704)) { IsThrown = true };
        }

        ValuesUnit unit = Prepare(run, frame);
        ExecutionContext context = ContextFor(run, frame, unit);
        SqlValue number = unit.Values[0].Value(context), message = unit.Values[1].Value(context), state = unit.Values[2].Value(context);
        int code = number.IsNull ? 0 : number.AsInt32;
        if (code < 50000)
        {
            throw SqlErrors.Create(35100, code);
        }

        int stateNumber = state.IsNull ? 1 : state.AsInt32;
        if (stateNumber is < 0 or > 255)
        {
            throw SqlErrors.Create(220, "tinyint", stateNumber);
        }

        throw new SqlErrorException(new SqlError(code, 16, (byte)stateNumber, message.IsNull ? "" : message.AsString, Line, frame.Name)) { IsThrown = true };
    }
}

/// <summary>RAISERROR with a text or a message number.</summary>
internal sealed class RaiserrorOperation(RaiserrorStatement statement) : CompiledOperation<ValuesUnit>
{
    private const int TextMessage = 50000;
    private const int MaximumArguments = 20;

    /// <summary>Number of the first argument, counting message, severity and state.</summary>
    private const int FirstArgument = 4;

    protected override ValuesUnit Compile(UnitCompiler compiler)
    {
        if (statement.Arguments.Count > MaximumArguments)
        {
            throw SqlErrors.Create(2747);
        }

        var values = new List<(Evaluator, SqlType)>();
        SqlType messageType = QueryCompiler.Describe(statement.Message, compiler.Scope).Type;
        SqlType target = messageType.IsExactInteger ? SqlType.BigInt : SqlType.NVarCharMax;
        values.Add((QueryCompiler.CompileExpression(statement.Message, compiler.Scope, target), target));
        values.Add((QueryCompiler.CompileExpression(statement.Severity, compiler.Scope, SqlType.Int), SqlType.Int));
        values.Add((QueryCompiler.CompileExpression(statement.State, compiler.Scope, SqlType.Int), SqlType.Int));
        for (int i = 0; i < statement.Arguments.Count; i++)
        {
            SqlType type = QueryCompiler.Describe(statement.Arguments[i], compiler.Scope).Type;
            SqlType converted = type.Id switch
            {
                SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.Null => SqlType.Int,
                SqlTypeId.BigInt => SqlType.BigInt,
                SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.NChar or SqlTypeId.NVarChar => SqlType.NVarCharMax,
                SqlTypeId.Binary or SqlTypeId.VarBinary => type,
                SqlTypeId.Decimal or SqlTypeId.Numeric when statement.Arguments[i] is not VariableExpression => SqlType.BigInt,
                SqlTypeId.Decimal or SqlTypeId.Numeric => throw SqlErrors.Create(2748, type.DisplayName, i + FirstArgument),
                _ => throw SqlErrors.Create(2748, type.Name, i + FirstArgument),
            };
            values.Add((QueryCompiler.CompileExpression(statement.Arguments[i], compiler.Scope, converted), converted));
        }

        return new ValuesUnit(values);
    }

    public override int Execute(BatchExecution run, Frame frame)
    {
        ValuesUnit unit = Prepare(run, frame);
        ExecutionContext context = ContextFor(run, frame, unit);
        var values = new SqlValue[unit.Values.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = unit.Values[i].Value(context);
        }

        bool isOwnSeverity = !values[1].IsNull && values[1].AsInt32 == -1;
        int severity = values[1].IsNull ? 0 : Math.Max(values[1].AsInt32, 0);
        if (severity > 18 && !statement.WithLog)
        {
            throw SqlErrors.Create(2754);
        }

        severity = Math.Min(severity, 25);
        byte state = StateOf(values[2]);
        int number = TextMessage;
        string template;
        if (unit.Values[0].Type.Id == SqlTypeId.BigInt)
        {
            long wanted = values[0].IsNull ? 0 : values[0].AsInt64;
            if (wanted is < UserMessages.FirstNumber or TextMessage or > int.MaxValue)
            {
                throw SqlErrors.Create(2732, wanted);
            }

            number = (int)wanted;
            UserMessage message = UserMessages.Find(run.Session, number) ?? throw SqlErrors.Create(18054, number, severity, state);
            template = message.Text;
            severity = isOwnSeverity ? message.Severity : severity;
        }
        else
        {
            template = values[0].IsNull ? " " : values[0].AsString;
        }

        string text = MessageFormatter.Format(template, values.AsSpan(3), unit.Values.Skip(3).Select(v => v.Type).ToArray());
        var error = new SqlError(number, (byte)severity, state, text, Line, frame.Name);
        run.Session.RowCount = 0;
        if (severity > 10)
        {
            throw severity < FatalSeverity ? new SqlErrorException(error) { IsRaised = true } : Fatal(run.Session, error);
        }

        run.SendMessage(error, statement.WithNoWait);
        if (statement.WithSetError)
        {
            run.Session.RaisedError = number;
        }

        return Next;
    }

    private const int FatalSeverity = 20;

    /// <summary>From severity 20 on the error ends the session: 2745 says so before it, 596 after it.</summary>
    private static SqlErrorException Fatal(EngineSession session, SqlError error)
    {
        session.EndItself();
        SqlError terminating = SqlErrors.CreateWithState(2745, 2, session.SessionId, error.Number, error.Severity).Error;
        return new SqlErrorException(error) { Preceding = [terminating], Following = [SqlErrors.Create(596).Error], AbortsBatch = true };
    }

    /// <summary>Below zero the state is 1; above 255 the highest number of an int is cut, others wrap.</summary>
    private static byte StateOf(SqlValue state) => state.IsNull ? (byte)0 : state.AsInt32 switch
    {
        < 0 => (byte)1,
        int value => unchecked((byte)value),
    };
}
