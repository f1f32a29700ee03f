using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>BEGIN, COMMIT, ROLLBACK and SAVE TRANSACTION.</summary>
internal sealed class TransactionOperation(TransactionStatement statement) : CompiledOperation<ValueUnit>
{
    private const int MaximumNameLength = 32;

    protected override ValueUnit Compile(UnitCompiler compiler) => new(statement.Name is LiteralExpression or null
        ? _ => SqlValue.FromString(((LiteralExpression?)statement.Name)?.Text ?? "")
        : QueryCompiler.CompileExpression(statement.Name, compiler.Scope, SqlType.NVarChar(128)));

    public override int Execute(BatchExecution run, Frame frame)
    {
        EngineSession session = run.Session;
        string? name = null;
        if (statement.Name is not null)
        {
            ValueUnit unit = Prepare(run, frame);
            SqlValue value = unit.Value(ContextFor(run, frame, unit));
            name = value.IsNull ? null : value.AsString;
            if (name is { Length: > MaximumNameLength })
            {
                if (statement.Name is LiteralExpression)
                {
                    throw SqlErrors.Create(103, "identifier", name, MaximumNameLength);
                }

                name = name[..MaximumNameLength];
            }
        }

        switch (statement.Action)
        {
            case TransactionAction.Begin:
                if (statement.IsMarked)
                {
                    Mark(run, name);
                }

                if (session.Options.ImplicitTransactions && session.TransactionCount == 0)
                {
                    // The statement begins the implicit transaction as others do, and its own inside.
                    session.BeginTransaction(null, isImplicit: true);
                }

                session.BeginTransaction(name);
                break;
            case TransactionAction.Commit:
                session.CommitTransaction(statement.IsDelayed);
                break;
            case TransactionAction.Save:
                session.SaveTransaction(name ?? "");
                break;
            default:
                if (name is null && run.IsCollecting)
                {
                    throw new SqlErrorException(SqlErrors.CreateWithState(3915, 0).Error) { EndsTransaction = true };
                }

                session.RollbackTransaction(name);
                break;
        }

        if (session.Options.CursorCloseOnCommit && session.TransactionCount == 0 && statement.Action is TransactionAction.Commit or TransactionAction.Rollback)
        {
            Cursors.CloseAll(run, frame);
        }

        session.RowCount = 0;
        return Next;
    }

    /// <summary>A mark needs a name (error 3901); of one transaction only the first counts (message 3920).</summary>
    private static void Mark(BatchExecution run, string? name)
    {
        EngineSession session = run.Session;
        if (name is null)
        {
            throw SqlErrors.Create(3901);
        }

        if (session.TransactionCount > 0 && session.IsTransactionMarked)
        {
            run.SendMessage(SqlErrors.Create(3920).Error);
        }

        session.IsTransactionMarked = true;
    }
}
