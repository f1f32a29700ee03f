using NinaDB.Engine.Catalog;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>The body of a CLR trigger: a call of its method.</summary>
internal sealed class ClrTriggerOperation(ModuleDefinition module) : Operation
{
    public override int Execute(BatchExecution run, Frame frame)
    {
        ClrHost.InvokeTrigger(module, run.ContextFor(frame, 0), frame);
        return Next;
    }
}
