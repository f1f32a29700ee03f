using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>
/// Runs every CREATE, ALTER, DROP, GRANT and the like. The caller has begun the write (durable and temporary store alike), has set a savepoint and refreshed
/// <see cref="EngineSession.Catalog"/>; the executor writes the new definitions and replaces the session's snapshot.
/// </summary>
internal sealed partial class DdlExecutor
{
    private readonly EngineSession _session;
    private readonly ExecutionContext _context;
    private readonly CatalogEditor _editor;

    private DdlExecutor(EngineSession session, ExecutionContext context)
    {
        _session = session;
        _context = context;
        _editor = new CatalogEditor(session);
    }

    private CatalogSnapshot Catalog => _session.Catalog;

    /// <summary>True for statements that <see cref="Execute"/> runs.</summary>
    public static bool Handles(Statement statement) => statement is
        CreateTableStatement or AlterTableStatement or CreateIndexStatement or CreateVectorIndexStatement or CreateSpecialIndexStatement or AlterIndexStatement
        or ModuleStatement or CreateSchemaStatement or AlterSchemaStatement or CreateTypeStatement or SequenceStatement or CreateSynonymStatement or CreateBindableStatement
        or AssemblyStatement or DropStatement or DatabaseStatement or PermissionStatement or PrincipalStatement or SecurityPolicyStatement
        or TriggerStateStatement or PartitionFunctionStatement or PartitionSchemeStatement or StatisticsStatement or AlterAuthorizationStatement
        or XmlSchemaCollectionStatement;

    public static void Execute(Statement statement, EngineSession session, ExecutionContext context)
    {
        using DatabaseScope scope = session.In(DatabaseOf(statement, session));
        new DdlExecutor(session, context).Run(statement);
    }

    /// <param name="messages">Receives what the statement says besides doing its work.</param>
    public static void Execute(Statement statement, EngineSession session, ExecutionContext context, List<SqlError> messages, (Types.SqlValue Value, Types.SqlType Type)? source = null) =>
        new DdlExecutor(session, context) { _messages = messages, _source = source }.Run(statement);

    /// <summary>Value of the variable that the statement reads its text from.</summary>
    private (Types.SqlValue Value, Types.SqlType Type)? _source;

    private List<SqlError> _messages = [];

    private void Inform(int number, params object?[] arguments) => _messages.Add(SqlErrors.Create(number, arguments).Error);

    private void Run(Statement statement)
    {
        Authorize(statement);
        switch (statement)
        {
            case CreateTableStatement s:
                CreateTable(s);
                break;
            case AlterTableStatement s:
                AlterTable(s);
                break;
            case CreateIndexStatement s:
                CreateIndex(s);
                break;
            case CreateVectorIndexStatement s:
                CreateVectorIndex(s);
                break;
            case CreateSpecialIndexStatement s:
                CreateSpecialIndex(s);
                break;
            case AlterIndexStatement s:
                AlterIndex(s);
                break;
            case CreateProcedureStatement s:
                CreateProcedure(s);
                break;
            case CreateFunctionStatement s:
                CreateFunction(s);
                break;
            case CreateAggregateStatement s:
                CreateAggregate(s);
                break;
            case CreateViewStatement s:
                CreateView(s);
                break;
            case CreateTriggerStatement s:
                CreateTrigger(s);
                break;
            case CreateSchemaStatement s:
                CreateSchema(s);
                break;
            case AlterSchemaStatement s:
                TransferObject(s);
                break;
            case CreateTypeStatement s:
                CreateType(s);
                break;
            case XmlSchemaCollectionStatement s:
                CreateOrAlterXmlCollection(s);
                break;
            case SequenceStatement s:
                CreateOrAlterSequence(s);
                break;
            case CreateSynonymStatement s:
                CreateSynonym(s);
                break;
            case CreateBindableStatement s:
                CreateBindable(s);
                break;
            case AssemblyStatement s:
                CreateOrAlterAssembly(s);
                break;
            case DropStatement s:
                Drop(s);
                break;
            case DatabaseStatement s:
                ChangeDatabase(s);
                break;
            case PermissionStatement s:
                ChangePermissions(s);
                break;
            case PrincipalStatement s:
                ChangePrincipal(s);
                break;
            case AlterAuthorizationStatement s:
                ChangeOwner(s);
                break;
            case SecurityPolicyStatement s:
                ChangeSecurityPolicy(s);
                break;
            case TriggerStateStatement s:
                ChangeTriggerState(s);
                break;
            case StatisticsStatement s:
                ChangeStatistics(s);
                break;
            case PartitionFunctionStatement s:
                ChangePartitionFunction(s);
                break;
            case PartitionSchemeStatement s:
                ChangePartitionScheme(s);
                break;
            default:
                throw SqlErrors.NotSupported(statement.GetType().Name.Replace("Statement", "", StringComparison.Ordinal));
        }
    }
}
