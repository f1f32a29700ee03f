using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>
/// Runs every CREATE, ALTER, DROP, GRANT and the like. The caller has begun the write (durable and temporary store alike), has set a savepoint and refreshed
/// <see cref="EngineSession.Catalog"/>; the executor writes the new definitions and replaces the session's snapshot.
/// </summary>
internal static partial class DdlExecutor
{
    /// <summary>True for statements that <see cref="Execute"/> runs.</summary>
    public static bool Handles(Statement statement) => statement is
        CreateTableStatement or AlterTableStatement or CreateIndexStatement or CreateVectorIndexStatement or CreateSpecialIndexStatement or AlterIndexStatement
        or ModuleStatement or CreateSchemaStatement or AlterSchemaStatement or CreateTypeStatement or SequenceStatement or CreateSynonymStatement
        or AssemblyStatement or DropStatement or DatabaseStatement or PermissionStatement or PrincipalStatement or SecurityPolicyStatement
        or TriggerStateStatement or StatisticsStatement;

    public static void Execute(Statement statement, EngineSession session, ExecutionContext context) =>
        throw SqlErrors.NotSupported(statement.GetType().Name);
}
