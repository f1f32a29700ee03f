using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>A function may read, but not change anything outside itself nor talk to the client (errors 443 and 444).</summary>
internal static class FunctionBodyCheck
{
    /// <summary>Functions that leave something changed behind them.</summary>
    private static readonly HashSet<string> SideEffects = new(StringComparer.OrdinalIgnoreCase) { "NEWID", "RAND", "NEWSEQUENTIALID" };

    public static void Check(string function, IReadOnlyList<Statement> body)
    {
        try
        {
            Check(body);
            foreach (SyntaxNode node in SyntaxWalker.Descendants(body))
            {
                switch (node)
                {
                    case FunctionCallExpression { Name: { Parts.Count: 1 } name } when SideEffects.Contains(name.Name):
                        throw SqlErrors.CreateWithState(443, 1, name.Name.ToLowerInvariant());
                    case NamedTableSource { Name: var table } when table.Name.StartsWith('#'):
                        throw SqlErrors.Create(2772);
                }
            }
        }
        catch (SqlErrorException error)
        {
            throw new SqlErrorException(error.Error with { Procedure = function }, error);
        }
    }

    private static void Check(IReadOnlyList<Statement> body)
    {
        foreach (Statement statement in body)
        {
            Check(statement);
        }
    }

    private static void Check(Statement statement)
    {
        switch (statement)
        {
            case BlockStatement s:
                Check(s.Statements);
                break;
            case IfStatement s:
                Check(s.Then);
                if (s.Else is not null)
                {
                    Check(s.Else);
                }

                break;
            case WhileStatement s:
                Check(s.Body);
                break;
            case DmlStatement { Target: VariableTableSource } s:
                if (s.Outputs.Any(o => o.Into is null))
                {
                    throw At(s, SqlErrors.CreateWithState(444, 2));
                }

                if (s is InsertStatement { Execute: not null })
                {
                    throw Refuse(s, "INSERT EXEC");
                }

                break;
            case InsertStatement s:
                throw Refuse(s, "INSERT");
            case UpdateStatement s:
                throw Refuse(s, "UPDATE");
            case DeleteStatement s:
                throw Refuse(s, "DELETE");
            case MergeStatement s:
                throw Refuse(s, "MERGE");
            case SelectStatement { Query: SelectQuery { Into: not null } } s:
                throw Refuse(s, "SELECT INTO");
            case SelectStatement s when !IsAssignment(s.Query):
                throw At(s, SqlErrors.CreateWithState(444, (byte)(SyntaxWalker.Descendants(s.Query).Any(n => n is TableSource or SetOperationQuery) ? 2 : 3)));
            case PrintStatement s:
                throw Refuse(s, "PRINT", Signalling);
            case RaiserrorStatement s:
                throw Refuse(s, "RAISERROR", Signalling);
            case ThrowStatement s:
                throw Refuse(s, "THROW", Signalling);
            case TryCatchStatement s:
                throw Refuse(s, "BEGIN TRY", Signalling);
            case WaitForStatement s:
                throw Refuse(s, "WAITFOR", Signalling);
            case TransactionStatement s:
                throw Refuse(s, s.Action switch
                {
                    TransactionAction.Begin => "BEGIN TRANSACTION",
                    TransactionAction.Commit => "COMMIT TRANSACTION",
                    TransactionAction.Rollback => "ROLLBACK TRANSACTION",
                    _ => "SAVEPOINT",
                });
            case ExecuteStatement { DynamicSql: not null } s:
                throw Refuse(s, "EXECUTE STRING", Signalling);
            case SetOptionStatement s when !s.Options.All(o => o is "ANSI_NULLS" or "QUOTED_IDENTIFIER"):
                throw Refuse(s, NameOf(s));
            case TruncateTableStatement s:
                throw Refuse(s, "TRUNCATE TABLE");
            case CreateTableStatement s:
                throw Refuse(s, "CREATE TABLE");
            case DropStatement s:
                throw Refuse(s, "DROP OBJECT");
            case AlterTableStatement s:
                throw Refuse(s, "ALTER TABLE");
            case CreateIndexStatement s:
                throw Refuse(s, "CREATE INDEX");
        }
    }

    private static bool IsAssignment(QueryExpression query) => query is SelectQuery select && select.Items.All(i => i is AssignmentItem);

    /// <summary>State of error 443 for statements that signal or wait; the others change something.</summary>
    private const byte Signalling = 14, Changing = 15;

    /// <summary>A SET as the server names it.</summary>
    private static string NameOf(SetOptionStatement statement)
    {
        string option = statement.Options[0], onOff = statement.IsOn == true ? "ON" : "OFF";
        return option switch
        {
            "TRANSACTION ISOLATION LEVEL" => "SET TRANSACTION ISOLATION LEVEL",
            "ROWCOUNT" => "SET ROW COUNT",
            "TEXTSIZE" => "SET TEXTSIZE",
            "IDENTITY_INSERT" => "SET IDENTITY_INSERT " + onOff,
            _ when option.StartsWith("STATISTICS ", StringComparison.Ordinal) => "SET STATISTICS " + onOff,
            _ => statement.IsOn is null ? "SET COMMAND" : "SET OPTION " + onOff,
        };
    }

    private static SqlErrorException Refuse(Statement statement, string operation, byte state = Changing) => At(statement, SqlErrors.CreateWithState(443, state, operation));

    private static SqlErrorException At(Statement statement, SqlErrorException error)
    {
        error.Locate(statement.Line, null);
        return error;
    }
}
