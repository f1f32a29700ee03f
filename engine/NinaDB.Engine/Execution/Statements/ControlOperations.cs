using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>A compiled condition.</summary>
internal sealed class ConditionUnit(PredicateEvaluator condition) : CompiledUnit
{
    public PredicateEvaluator Condition { get; } = condition;
}

/// <summary>A compiled value.</summary>
internal sealed class ValueUnit(Evaluator value) : CompiledUnit
{
    public Evaluator Value { get; } = value;
}

/// <summary>Jumps, leaving the TRY and CATCH blocks that the target is not in.</summary>
internal sealed class JumpOperation : Operation
{
    public int Target { get; set; }

    /// <summary>TRY blocks (of this routine) open at the target; -1 leaves them as they are.</summary>
    public int HandlerDepth { get; set; } = -1;

    /// <summary>CATCH blocks (of this routine) running at the target.</summary>
    public int CatchDepth { get; set; }

    public override bool IsControl => true;

    public override int Execute(BatchExecution run, Frame frame)
    {
        if (HandlerDepth >= 0)
        {
            if (frame.Handlers is { } handlers && handlers.Count > HandlerDepth)
            {
                handlers.RemoveRange(HandlerDepth, handlers.Count - HandlerDepth);
            }

            run.Session.TrimCaught(frame.EntryCaughtDepth + CatchDepth);
        }

        return Target;
    }
}

/// <summary>IF and WHILE: goes on when the condition is true, else jumps.</summary>
internal sealed class BranchOperation(Predicate condition) : CompiledOperation<ConditionUnit>
{
    public int Target { get; set; }

    protected override ConditionUnit Compile(UnitCompiler compiler) => new(QueryCompiler.CompilePredicate(condition, compiler.Scope));

    public override int Execute(BatchExecution run, Frame frame)
    {
        ConditionUnit unit = PrepareRead(run, frame, out bool holdsRead);
        bool isTrue;
        if (!holdsRead)
        {
            isTrue = unit.Condition(ContextFor(run, frame, unit)) == Truth.True;
            run.Session.RowCount = 0;
            return isTrue ? Next : Target;
        }

        try
        {
            isTrue = unit.Condition(ContextFor(run, frame, unit)) == Truth.True;
        }
        finally
        {
            run.Session.EndRead();
        }

        run.Session.RowCount = 0;
        return isTrue ? Next : Target;
    }
}

internal sealed class EnterTryOperation : Operation
{
    public int CatchPosition { get; set; }

    public override bool IsControl => true;

    public override int Execute(BatchExecution run, Frame frame)
    {
        (frame.Handlers ??= []).Add(new TryHandler(CatchPosition, run.Session.CaughtDepth));
        return Next;
    }
}

/// <summary>The end of a TRY block: jumps over its CATCH block.</summary>
internal sealed class LeaveTryOperation : Operation
{
    public int Target { get; set; }

    public override bool IsControl => true;

    public override int Execute(BatchExecution run, Frame frame)
    {
        frame.Handlers!.RemoveAt(frame.Handlers.Count - 1);
        return Target;
    }
}

/// <summary>The end of a CATCH block: its error is forgotten.</summary>
internal sealed class LeaveCatchOperation : Operation
{
    public override bool IsControl => true;

    public override int Execute(BatchExecution run, Frame frame)
    {
        run.Session.TrimCaught(run.Session.CaughtDepth - 1);
        return Next;
    }
}

/// <summary>RETURN of a batch or procedure, with or without a code; of a function, with its value.</summary>
internal sealed class ReturnOperation(Expression? value, RoutineKind kind, SqlType? type) : CompiledOperation<ValueUnit>
{
    public override bool IsControl => value is null;

    protected override ValueUnit Compile(UnitCompiler compiler) => new(QueryCompiler.CompileExpression(value!, compiler.Scope, type ?? SqlType.Int));

    public override void Precompile(BatchExecution run, Frame frame)
    {
        if (value is not null)
        {
            Prepare(run, frame);
        }
    }

    public override int Execute(BatchExecution run, Frame frame)
    {
        if (value is not null)
        {
            ValueUnit unit = PrepareRead(run, frame, out bool holdsRead);
            SqlValue result;
            try
            {
                result = unit.Value(ContextFor(run, frame, unit));
            }
            finally
            {
                if (holdsRead)
                {
                    run.Session.EndRead();
                }
            }

            if (kind == RoutineKind.ScalarFunction)
            {
                frame.Result = result;
            }
            else if (result.IsNull)
            {
                run.SendMessage(new SqlError(282, 10, 1, SqlErrors.Create(282, frame.Name?.Split('.')[^1]).Error.Message, Line, frame.Name));
                frame.ReturnCode = 0;
                frame.HasReturnCode = true;
            }
            else
            {
                frame.ReturnCode = result.AsInt32;
                frame.HasReturnCode = true;
            }
        }

        frame.Handlers?.Clear();
        return frame.Routine.Operations.Length;
    }
}

/// <summary>WAITFOR DELAY and WAITFOR TIME.</summary>
internal sealed class WaitForOperation(WaitForStatement statement) : CompiledOperation<ValueUnit>
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    protected override ValueUnit Compile(UnitCompiler compiler)
    {
        switch (QueryCompiler.Describe(statement.Value, compiler.Scope).Type.Id)
        {
            case SqlTypeId.Time:
                throw SqlErrors.Create(9815);
            case SqlTypeId.DateTime or SqlTypeId.SmallDateTime:
                // The time of day is meant.
                Evaluator time = QueryCompiler.CompileExpression(statement.Value, compiler.Scope, SqlType.Time(3));
                return new(context => SqlConvert.Convert(time(context), SqlType.Time(3), SqlType.NVarChar(64)));
            default:
                return new(QueryCompiler.CompileExpression(statement.Value, compiler.Scope, SqlType.NVarChar(64)));
        }
    }

    public override int Execute(BatchExecution run, Frame frame)
    {
        ValueUnit unit = Prepare(run, frame);
        SqlValue value = unit.Value(ContextFor(run, frame, unit));
        TimeSpan wait = TimeSpan.Zero;
        if (!value.IsNull && value.AsString.Trim().Length > 0)
        {
            string text = value.AsString;
            if (!TryReadTime(text, out TimeSpan time))
            {
                throw SqlErrors.Create(148, text, "WAITFOR");
            }

            wait = time;
            if (!statement.IsDelay)
            {
                wait = time - DateTime.Now.TimeOfDay;
                if (wait < TimeSpan.Zero)
                {
                    wait += Day;
                }
            }
        }

        if (wait > TimeSpan.Zero)
        {
            run.Session.Store.ReleaseSnapshot();
            run.Cancellation.WaitHandle.WaitOne(wait);
            run.Cancellation.ThrowIfCancellationRequested();
        }

        run.Session.RowCount = 0;
        return Next;
    }

    /// <summary>hh:mm[[:ss][.mss]], or a whole datetime whose date part is 1900-01-01.</summary>
    private static bool TryReadTime(string text, out TimeSpan time)
    {
        text = text.Trim();
        if (text.StartsWith("1900-01-01", StringComparison.Ordinal))
        {
            text = text[10..].TrimStart(' ', 'T');
        }

        string[] parts = text.Split(':');
        time = default;
        if (parts.Length is < 2 or > 4 || !int.TryParse(parts[0], out int hours) || hours is < 0 or > 23 || !int.TryParse(parts[1], out int minutes) || minutes is < 0 or > 59)
        {
            return false;
        }

        double seconds = 0;
        if (parts.Length > 2 && (!double.TryParse(parts[2], System.Globalization.CultureInfo.InvariantCulture, out seconds) || seconds is < 0 or >= 60))
        {
            return false;
        }

        time = new TimeSpan(0, hours, minutes, 0) + TimeSpan.FromSeconds(seconds);
        return true;
    }
}
