using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Binding;

/// <summary>
/// Everything that is wrong with a statement. A statement that cannot be bound is bound a second time with a report: names that mean nothing are noted and something
/// stands in for them, so that the names after them are looked at as well; of the errors of types only one is told, where nothing before it is wrong.
/// </summary>
internal sealed class BindReport
{
    private readonly List<SqlError> _errors = [];
    private readonly HashSet<SyntaxNode> _noted = new(ReferenceEqualityComparer.Instance);
    private int _termStart;
    private bool _isTypeKnownWrong;

    /// <summary>An object of the statement does not exist (yet): nothing is said of the statement before it runs.</summary>
    public bool IsDeferred { get; private set; }

    public bool HasErrors => _errors.Count > 0;

    /// <summary>A term (an item of a select list, a condition between ANDs, a sort key) begins.</summary>
    public void BeginTerm() => _termStart = _errors.Count;

    /// <summary>Notes a name that means nothing, once a place; false for what ends the report.</summary>
    public bool Note(SqlErrorException error, SyntaxNode node)
    {
        if (error.Error.Number is 8120 or 8121 or 8127)
        {
            // A column outside GROUP BY is told where nothing before its term is wrong, together with those of the same term.
            if (_termStart > 0 || _errors.Exists(e => e.Number != error.Error.Number))
            {
                return true;
            }
        }
        else if (error.Error.Number is not (207 or 209 or 4104))
        {
            return false;
        }

        if (_noted.Add(node))
        {
            _errors.Add(error.Error);
        }

        return true;
    }

    /// <summary>Notes a name of a list of columns that is none.</summary>
    public void Add(SqlErrorException error) => _errors.Add(error.Error);

    /// <summary>Notes an error that ended a term; true where binding goes on with the next term.</summary>
    public bool EndTerm(SqlErrorException error)
    {
        SqlError found = error.Error;
        if (IsDeferral(found.Number))
        {
            IsDeferred = true;
            return false;
        }

        if (found.Severity != 16 || found.Number is 1011 or 1012 or 1013 or 40517 || (found.Number == 529 && _errors.Count == 0))
        {
            return false;
        }

        if (_errors.Count == 0 && !_isTypeKnownWrong)
        {
            _errors.Add(found);
        }

        _isTypeKnownWrong = true;
        return true;
    }

    /// <summary>Ends the binding of a part whose plan would be of no use.</summary>
    public void Finish()
    {
        if (HasErrors)
        {
            throw new SqlErrorException(_errors[0]);
        }
    }

    /// <summary>What the statement's client is told, for the error that ended its first binding.</summary>
    /// <param name="first">The error of the first binding.</param>
    /// <param name="last">What ended the second one; null where it went to its end.</param>
    public SqlErrorException Of(SqlErrorException first, SqlErrorException? last)
    {
        if (last is not null && (IsDeferral(last.Error.Number) || last.Error.Severity == 15 || last.Error.Number is 120 or 121))
        {
            return last;
        }

        if (last is { Error.Number: 104 or 1011 or 1012 or 1013 })
        {
            _errors.Add(last.Error);
        }

        return _errors.Count switch
        {
            0 => last ?? first,
            1 => new SqlErrorException(_errors[0], first),
            _ => new SqlErrorException(_errors[0], first) { Following = _errors[1..] },
        };
    }

    /// <summary>Errors about objects that may yet be made.</summary>
    private static bool IsDeferral(int number) => number is 208 or 4121;
}
