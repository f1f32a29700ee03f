using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>
/// Compiles the statements of a routine ahead of its run, and gathers what is wrong with them. A statement that names an object that does not exist is left to its turn
/// (deferred name resolution); its variables must be declared all the same.
/// </summary>
internal sealed class CompileErrors
{
    private readonly List<SqlErrorException> _errors = [];
    private bool _isOver;

    /// <param name="module">Name of the module that is made or runs, as its errors show it.</param>
    public void Precompile(Operation operation, BatchExecution run, Frame frame, string? module)
    {
        if (_isOver)
        {
            return;
        }

        try
        {
            operation.Precompile(run, frame);
        }
        catch (SqlErrorException error)
        {
            run.EndCompiling();
            if (!ErrorEffects.StopsCompilation(error.Error.Number))
            {
                error = FindUndeclared(operation, frame.Routine)!;
            }

            if (error is not null)
            {
                error.Locate(operation.Line, module);
                Add(error);
            }
        }
    }

    /// <summary>Throws what has been found: mistakes of syntax alone where there are any.</summary>
    public void Throw()
    {
        if (Combine() is { } error)
        {
            throw error;
        }
    }

    /// <summary>What has been found as one exception; null for nothing.</summary>
    public SqlErrorException? Combine()
    {
        List<SqlErrorException> told = _errors.Exists(IsSyntax) ? _errors.FindAll(IsSyntax) : _errors;
        if (told.Count <= 1)
        {
            return told.Count == 0 ? null : told[0];
        }

        return new SqlErrorException(told[0].Error, told[0])
        {
            Preceding = told[0].Preceding,
            Following = [.. told[0].Following, .. told.Skip(1).SelectMany(e => (IEnumerable<SqlError>)[.. e.Preceding, e.Error, .. e.Following])],
        };
    }

    private void Add(SqlErrorException error)
    {
        // A conversion that is never allowed ends the report; behind other errors it is told and ends it as well.
        _errors.Add(error);
        _isOver = error.Error.Number == 529;
    }

    /// <summary>What a parser would have refused before it asked for a table.</summary>
    private static bool IsSyntax(SqlErrorException error) => error.Error.Severity == 15;

    /// <summary>A statement without those inside it, which have operations of their own.</summary>
    private static SyntaxNode? OwnPart(Statement? statement) => statement switch
    {
        IfStatement s => s.Condition,
        WhileStatement s => s.Condition,
        BlockStatement or TryCatchStatement => null,
        _ => statement,
    };

    private static SqlErrorException? FindUndeclared(Operation operation, Routine routine)
    {
        foreach (SyntaxNode node in SyntaxWalker.Descendants(OwnPart(operation.Source)))
        {
            if (node is VariableExpression variable && routine.Variables.Find(variable.Name) is null)
            {
                SqlErrorException error = SqlErrors.Create(137, variable.Name);
                error.Locate(node.Line, null);
                return error;
            }
        }

        return null;
    }
}
