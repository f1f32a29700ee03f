using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>A changing statement inside an INSERT: the rows of its OUTPUT are the source.</summary>
internal interface INestedChange
{
    /// <summary>The columns of its OUTPUT clause.</summary>
    IReadOnlyList<ResultColumn> Describe(UnitCompiler compiler);

    /// <summary>Runs inside the outer statement and returns the rows of its OUTPUT clause.</summary>
    IReadOnlyList<SqlValue[]> RunNested(BatchExecution run, Frame frame);
}

internal static class NestedChange
{
    /// <summary>The operation of the statement that a query reads from; null when it reads none.</summary>
    public static INestedChange? Of(QueryExpression? source)
    {
        if (source is not SelectQuery { From: [DmlTableSource nested] })
        {
            return null;
        }

        return nested.Statement switch
        {
            InsertStatement s => new InsertOperation(s) { Line = s.Line },
            UpdateStatement s => new UpdateOperation(s) { Line = s.Line },
            DeleteStatement s => new DeleteOperation(s) { Line = s.Line },
            MergeStatement s => new MergeOperation(s) { Line = s.Line },
            _ => throw SqlErrors.NotSupported(nested.Statement.GetType().Name),
        };
    }
}
