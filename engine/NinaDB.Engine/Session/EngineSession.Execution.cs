using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Session;

public sealed partial class EngineSession
{
    /// <summary>Runs a batch (no GO inside) and sends everything it produces to <paramref name="sink"/>. Errors of statements go to the sink, they are not thrown.</summary>
    public void Execute(string text, IReadOnlyList<SessionParameter> parameters, IResultSink sink, CancellationToken cancellation = default)
    {
        using BatchExecution execution = ExecuteBatch(text, parameters, cancellation);
        Drive(execution, sink);
    }

    /// <summary>Calls a procedure; output parameters are written back to <paramref name="parameters"/>. Returns its return code (null when it did not return).</summary>
    public int? ExecuteProcedure(string name, IReadOnlyList<SessionParameter> parameters, IResultSink sink, CancellationToken cancellation = default)
    {
        using BatchExecution execution = ExecuteProcedure(name, parameters, cancellation);
        Drive(execution, sink);
        return execution.ReturnValue;
    }

    /// <summary>Starts a batch; the caller pulls its events.</summary>
    public BatchExecution ExecuteBatch(string text, IReadOnlyList<SessionParameter> parameters, CancellationToken cancellation = default) =>
        throw SqlErrors.NotSupported("batch");

    /// <summary>Starts a procedure call; the caller pulls its events.</summary>
    public BatchExecution ExecuteProcedure(string name, IReadOnlyList<SessionParameter> parameters, CancellationToken cancellation = default) =>
        throw SqlErrors.NotSupported("EXECUTE");

    /// <summary>Sends the events of an execution to a sink until it ends.</summary>
    private static void Drive(BatchExecution execution, IResultSink sink)
    {
        while (execution.MoveNext())
        {
            switch (execution.Event)
            {
                case BatchEvent.Row:
                    sink.Row(execution.Row);
                    break;
                case BatchEvent.Columns:
                    sink.Columns(execution.Columns);
                    break;
                case BatchEvent.EndRows:
                    sink.EndRows();
                    break;
                case BatchEvent.Done:
                    sink.Done(execution.RowCount);
                    break;
                case BatchEvent.Message:
                    sink.Message(execution.Message!, execution.Flush);
                    break;
                case BatchEvent.Error:
                    sink.Error(execution.Message!);
                    break;
            }
        }
    }
}
