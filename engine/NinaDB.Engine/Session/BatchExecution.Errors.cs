using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Statements;

namespace NinaDB.Engine.Session;

/// <summary>What an error does: which CATCH block it goes to, and what it ends when there is none.</summary>
public sealed partial class BatchExecution
{
    private void Handle(SqlErrorException exception, Frame frame, Operation? operation)
    {
        bool isBinding = _isCompiling;
        _isCompiling = false;
        if (!frame.IsInlined)
        {
            exception.Locate(operation?.Line ?? 0, frame.Name);
        }

        if (operation is { RedactsErrors: true })
        {
            exception.Redact();
        }

        SqlError error = exception.Error;
        if (!exception.HasPassedFrame)
        {
            frame.WorstSeverity = Math.Max(frame.WorstSeverity, error.Severity);
        }

        Session.LastError = error.Number;
        Session.RaisedError = 0;
        ErrorEffect effect = ErrorEffects.Of(exception, isBinding, Session.Options);
        if (exception.EndsOpenTransaction && Session.TransactionCount > 0)
        {
            effect = ErrorEffect.EndsTransaction;
        }


        if (error.Severity < 20 && !exception.AbortsBatch && _top is not null)
        {
            // An error of binding (a missing table, say) cannot be caught in the scope that could not be compiled, only by its callers.
            Frame? from = isBinding ? _top.Caller : _top;
            if (isBinding && _top == _floor)
            {
                from = _floor;
            }

            Frame? target = from;
            while (target is not null && target != _floor && target.Handlers is not { Count: > 0 })
            {
                target = target.Caller;
            }

            if (target is not null && target != _floor)
            {
                Catch(exception.Error, effect, target);
                return;
            }

            if (HasHandlerBelowFloor() || (_floor is not null && NestedRoot() is { RaisesToCaller: true } root && !(exception.IsRaised && root.Routine.Kind == RoutineKind.Trigger) && PrepareRaise(exception, root)))
            {
                throw exception;
            }
        }
        else if (_floor is not null)
        {
            throw exception;
        }

        if (error.Severity >= 20 || exception.AbortsBatch)
        {
            effect = ErrorEffect.EndsTransaction;
        }

        SendErrors(exception);
        if (effect == ErrorEffect.EndsStatement && operation is IDataChange change && !isBinding && change.IsTerminatedBy(error.Number == 1750 && exception.Preceding.Count > 0 ? exception.Preceding[^1].Number : error.Number) && ErrorEffects.IsFollowedByTermination(error.Number))
        {
            // The counter of an identity column has a message of its own.
            int number = error is { Number: 8115, State: 1 } ? 3606 : 3621;
            SendMessage(new SqlError(number, 0, 0, SqlErrors.Find(number)!.Value.Text, error.Line, error.Procedure));
        }

        switch (effect)
        {
            case ErrorEffect.EndsStatement:
                return;
            case ErrorEffect.EndsScope when _top is { Caller: not null } && _top != _floor && _top.Caller != _floor:
                Pop(_top);
                return;
            case ErrorEffect.EndsTransaction:
                if (Session.TransactionCount > 0)
                {
                    Session.RollbackAll();
                }

                break;
        }

        bool isNested = _floor is not null;
        while (_top is not null && _top != _floor)
        {
            Pop(_top);
        }

        if (isNested)
        {
            throw new BatchAbortedException();
        }
    }

    /// <summary>An error of one row of a bulk load, which goes on; inside a TRY block it is not shown.</summary>
    internal void SendRowError(SqlError error)
    {
        for (Frame? frame = _top; frame is not null; frame = frame.Caller)
        {
            if (frame.Handlers is { Count: > 0 })
            {
                return;
            }
        }

        SendError(error with { Line = _current?.Line ?? 0, Procedure = _top?.Name });
        Session.RaisedError = error.Number;
    }

    /// <summary>The error, after those that led to it (1750 follows the error that says why).</summary>
    private void SendErrors(SqlErrorException exception)
    {
        SqlError error = exception.Error;
        foreach (SqlError earlier in exception.Preceding)
        {
            SendError(earlier.Line == 0 ? earlier with { Line = error.Line, Procedure = error.Procedure } : earlier);
        }

        SendError(error);
        foreach (SqlError later in exception.Following)
        {
            SendError(later.Number == 596 ? later with { Line = 0 } : later);
        }
    }

    private void Catch(SqlError error, ErrorEffect effect, Frame target)
    {
        while (_top != target)
        {
            Pop(_top!);
        }

        if (effect == ErrorEffect.EndsTransaction || Session.Options.XactAbort)
        {
            Session.Doom();
        }

        List<TryHandler> handlers = target.Handlers!;
        TryHandler handler = handlers[^1];
        handlers.RemoveAt(handlers.Count - 1);
        Session.TrimCaught(handler.CaughtDepth);
        Session.PushCaught(error);
        target.Position = handler.CatchPosition;
    }

    private bool HasHandlerBelowFloor()
    {
        for (Frame? frame = _floor; frame is not null; frame = frame.Caller)
        {
            if (frame.Handlers is { Count: > 0 })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The frame that <see cref="RunNested"/> was called with.</summary>
    private Frame? NestedRoot()
    {
        Frame? frame = _top;
        while (frame is not null && frame.Caller != _floor)
        {
            frame = frame.Caller;
        }

        return frame;
    }

    /// <summary>An error that leaves a trigger ends the transaction.</summary>
    private static bool PrepareRaise(SqlErrorException exception, Frame root)
    {
        if (root.Routine.Kind == RoutineKind.Trigger)
        {
            exception.EndsTransaction = true;
        }

        return true;
    }
}
