using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>
/// Binds the body of a module when it is created: what cannot be bound whatever exists later refuses the CREATE; missing objects are left to the first run
/// (deferred name resolution).
/// </summary>
internal static class ModuleBinding
{
    public static void Check(EngineSession session, ModuleDefinition module)
    {
        if (session.Running is not { } run)
        {
            return;
        }

        Routine routine = RoutineCompiler.Module(session, module);
        var frame = new Frame(routine, null);
        var errors = new CompileErrors();
        foreach (Operation operation in routine.Operations)
        {
            errors.Precompile(operation, run, frame, module.Name);
        }

        if (errors.Combine() is { } error)
        {
            error.InModule(module.Name);
            throw error;
        }
    }
}
