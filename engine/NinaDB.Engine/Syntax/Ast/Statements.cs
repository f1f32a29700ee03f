namespace NinaDB.Engine.Syntax.Ast;

/// <summary>A statement.</summary>
public abstract class Statement : SyntaxNode;

public sealed class BlockStatement : Statement
{
    public required IReadOnlyList<Statement> Statements { get; init; }
}

public sealed class IfStatement : Statement
{
    public required Predicate Condition { get; init; }

    public required Statement Then { get; init; }

    public Statement? Else { get; init; }
}

public sealed class WhileStatement : Statement
{
    public required Predicate Condition { get; init; }

    public required Statement Body { get; init; }
}

public sealed class BreakStatement : Statement;

public sealed class ContinueStatement : Statement;

public sealed class ReturnStatement : Statement
{
    public Expression? Value { get; init; }
}

public sealed class GotoStatement : Statement
{
    public required string Label { get; init; }
}

public sealed class LabelStatement : Statement
{
    public required string Label { get; init; }
}

public sealed class TryCatchStatement : Statement
{
    public required BlockStatement Try { get; init; }

    public required BlockStatement Catch { get; init; }
}

public sealed class ThrowStatement : Statement
{
    /// <summary>All three null for a re-throw.</summary>
    public Expression? Number { get; init; }

    public Expression? Message { get; init; }

    public Expression? State { get; init; }
}

public sealed class RaiserrorStatement : Statement
{
    public required Expression Message { get; init; }

    public required Expression Severity { get; init; }

    public required Expression State { get; init; }

    public IReadOnlyList<Expression> Arguments { get; init; } = [];

    public bool WithNoWait { get; init; }

    public bool WithLog { get; init; }

    public bool WithSetError { get; init; }
}

public sealed class PrintStatement : Statement
{
    public required Expression Value { get; init; }
}

public sealed class WaitForStatement : Statement
{
    /// <summary>DELAY (true) or TIME.</summary>
    public bool IsDelay { get; init; }

    public required Expression Value { get; init; }
}

/// <summary>One variable of DECLARE; a table variable has a Table definition.</summary>
public sealed class VariableDeclaration : SyntaxNode
{
    public required string Name { get; init; }

    /// <summary>Null for an inline TABLE definition.</summary>
    public DataTypeSyntax? Type { get; init; }

    public TableDefinitionSyntax? Table { get; init; }

    public Expression? Value { get; init; }
}

public sealed class DeclareStatement : Statement
{
    public required IReadOnlyList<VariableDeclaration> Variables { get; init; }
}

/// <summary>SET @v = expr, and compound forms; also SET @xml.modify(...).</summary>
public sealed class SetVariableStatement : Statement
{
    public required string Variable { get; init; }

    public required Expression Value { get; init; }

    public BinaryOperator? Operator { get; init; }

    /// <summary>SET @cursor = CURSOR FOR ...</summary>
    public CursorDefinition? Cursor { get; init; }

    /// <summary>SET @j.modify(...): the method call.</summary>
    public MethodCallExpression? Method { get; init; }
}

/// <summary>SET NOCOUNT ON; SET LOCK_TIMEOUT 100; SET TRANSACTION ISOLATION LEVEL ...; SET IDENTITY_INSERT t ON; one option a node.</summary>
public sealed class SetOptionStatement : Statement
{
    /// <summary>Upper-cased options set together (SET NOCOUNT, XACT_ABORT ON has two). "TRANSACTION ISOLATION LEVEL" is one option.</summary>
    public required IReadOnlyList<string> Options { get; init; }

    /// <summary>ON/OFF as a bool where the option is a switch.</summary>
    public bool? IsOn { get; init; }

    /// <summary>Value of options that are not switches.</summary>
    public Expression? Value { get; init; }

    /// <summary>Words of a value that is not an expression (READ COMMITTED, us_english).</summary>
    public string? Word { get; init; }

    /// <summary>Table of IDENTITY_INSERT.</summary>
    public ObjectName? Table { get; init; }
}

public sealed class UseStatement : Statement
{
    public required string Database { get; init; }
}

public enum TransactionAction
{
    Begin, Commit, Rollback, Save,
}

public sealed class TransactionStatement : Statement
{
    public required TransactionAction Action { get; init; }

    /// <summary>BEGIN ... WITH MARK.</summary>
    public bool IsMarked { get; init; }

    /// <summary>COMMIT ... WITH (DELAYED_DURABILITY = ON).</summary>
    public bool IsDelayed { get; init; }

    /// <summary>Transaction or savepoint name: an identifier literal (String kind) or a variable; null for none.</summary>
    public Expression? Name { get; init; }
}

public sealed class SelectStatement : Statement
{
    public IReadOnlyList<CommonTableExpression> With { get; init; } = [];

    public required QueryExpression Query { get; init; }

    public IReadOnlyList<QueryHint> Hints { get; init; } = [];
}

/// <summary>OPTION (MAXRECURSION 0, RECOMPILE ...): name upper-cased, value where there is one.</summary>
public sealed record QueryHint(string Name, Expression? Value = null);

public sealed class OutputClause : SyntaxNode
{
    public required IReadOnlyList<SelectItem> Items { get; init; }

    /// <summary>OUTPUT ... INTO target; null when rows go to the client.</summary>
    public TableSource? Into { get; init; }

    public IReadOnlyList<string> IntoColumns { get; init; } = [];
}

/// <summary>Common parts of INSERT, UPDATE, DELETE and MERGE.</summary>
public abstract class DmlStatement : Statement
{
    public IReadOnlyList<CommonTableExpression> With { get; init; } = [];

    public TopClause? Top { get; init; }

    /// <summary>A <see cref="NamedTableSource"/>, <see cref="VariableTableSource"/> (or an alias of FROM, as a named source).</summary>
    public required TableSource Target { get; init; }

    /// <summary>Zero, one or two clauses (one INTO and one to the client).</summary>
    public IReadOnlyList<OutputClause> Outputs { get; init; } = [];

    public IReadOnlyList<QueryHint> Hints { get; init; } = [];
}

public sealed class InsertStatement : DmlStatement
{
    /// <summary>Empty when the list is omitted.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Query or VALUES; null for DEFAULT VALUES and EXECUTE.</summary>
    public QueryExpression? Source { get; init; }

    public ExecuteStatement? Execute { get; init; }

    public bool IsDefaultValues { get; init; }
}

/// <summary>SET column = expr, @v = expr, @v = column = expr, column.WRITE(...), and compound operators.</summary>
public sealed class SetClause : SyntaxNode
{
    public ColumnExpression? Column { get; init; }

    public string? Variable { get; init; }

    public BinaryOperator? Operator { get; init; }

    /// <summary>New value (a Default literal for DEFAULT).</summary>
    public Expression? Value { get; init; }

    /// <summary>Column.WRITE(value, offset, length) or xml/json .modify(...).</summary>
    public MethodCallExpression? Method { get; init; }
}

public sealed class UpdateStatement : DmlStatement
{
    public required IReadOnlyList<SetClause> Set { get; init; }

    public IReadOnlyList<TableSource> From { get; init; } = [];

    public Predicate? Where { get; init; }

    /// <summary>WHERE CURRENT OF cursor.</summary>
    public string? CurrentOf { get; init; }
}

public sealed class DeleteStatement : DmlStatement
{
    public IReadOnlyList<TableSource> From { get; init; } = [];

    public Predicate? Where { get; init; }

    public string? CurrentOf { get; init; }
}

public enum MergeMatch
{
    Matched, NotMatchedByTarget, NotMatchedBySource,
}

public sealed class MergeClause : SyntaxNode
{
    public required MergeMatch Match { get; init; }

    public Predicate? Condition { get; init; }

    /// <summary>THEN UPDATE SET ...; null otherwise.</summary>
    public IReadOnlyList<SetClause>? Set { get; init; }

    /// <summary>THEN DELETE.</summary>
    public bool IsDelete { get; init; }

    /// <summary>THEN INSERT (columns) VALUES (...) / DEFAULT VALUES.</summary>
    public IReadOnlyList<string>? InsertColumns { get; init; }

    public IReadOnlyList<Expression>? InsertValues { get; init; }

    public bool IsInsertDefaultValues { get; init; }
}

public sealed class MergeStatement : DmlStatement
{
    public string? TargetAlias { get; init; }

    public required TableSource Source { get; init; }

    public required Predicate On { get; init; }

    public required IReadOnlyList<MergeClause> Clauses { get; init; }
}

public sealed class TruncateTableStatement : Statement
{
    public required ObjectName Table { get; init; }

    /// <summary>WITH (PARTITIONS (n, n TO m)); empty for all rows.</summary>
    public IReadOnlyList<(Expression From, Expression? To)> Partitions { get; init; } = [];
}

public sealed class ExecuteArgument : SyntaxNode
{
    /// <summary>@name = value; null when positional.</summary>
    public string? Name { get; init; }

    /// <summary>Value: literal, variable, identifier (as a String literal) or DEFAULT.</summary>
    public required Expression Value { get; init; }

    public bool IsOutput { get; init; }
}

/// <summary>EXEC [@rc =] proc args; EXEC @procvar args; EXEC ('string' + @x) [AS USER ...]; WITH RECOMPILE / RESULT SETS accepted.</summary>
public sealed class ExecuteStatement : Statement
{
    public string? ReturnVariable { get; init; }

    /// <summary>Null when dynamic SQL or a procedure variable.</summary>
    public ObjectName? Procedure { get; init; }

    public string? ProcedureVariable { get; init; }

    /// <summary>The n of name;n, null where it is not written.</summary>
    public int? ProcedureNumber { get; init; }

    public IReadOnlyList<ExecuteArgument> Arguments { get; init; } = [];

    /// <summary>EXEC (expr): the concatenated text.</summary>
    public Expression? DynamicSql { get; init; }

    /// <summary>AS USER/LOGIN = 'name' of EXEC (...).</summary>
    public string? AsUser { get; init; }

    /// <summary>AT linked server; refused by name at run time.</summary>
    public string? AtServer { get; init; }

    /// <summary>WITH RESULT SETS: empty for NONE, null for UNDEFINED or when it is not written.</summary>
    public IReadOnlyList<ResultSetSyntax>? ResultSets { get; init; }
}

/// <summary>One result set of WITH RESULT SETS: columns, or the columns of something.</summary>
public sealed class ResultSetSyntax : SyntaxNode
{
    public IReadOnlyList<ResultSetColumnSyntax> Columns { get; init; } = [];

    /// <summary>AS OBJECT.</summary>
    public ObjectName? Object { get; init; }

    /// <summary>AS TYPE.</summary>
    public ObjectName? Type { get; init; }

    /// <summary>AS FOR XML.</summary>
    public bool IsXml { get; init; }
}

public sealed record ResultSetColumnSyntax(string Name, DataTypeSyntax Type, bool IsNullable);

public sealed class ExecuteAsStatement : Statement
{
    /// <summary>USER, LOGIN, CALLER, OWNER, SELF.</summary>
    public required string Kind { get; init; }

    public Expression? Name { get; init; }

    public bool NoRevert { get; init; }

    /// <summary>WITH COOKIE INTO @variable; null when absent.</summary>
    public string? CookieVariable { get; init; }
}

/// <summary>REVERT [WITH COOKIE = @variable].</summary>
public sealed class RevertStatement : Statement
{
    public Expression? Cookie { get; init; }
}

/// <summary>DECLARE c CURSOR options FOR query.</summary>
public sealed class CursorDefinition : SyntaxNode
{
    /// <summary>Upper-cased option words: LOCAL, GLOBAL, FORWARD_ONLY, SCROLL, STATIC, KEYSET, DYNAMIC, FAST_FORWARD, READ_ONLY ...</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    public required SelectStatement Query { get; init; }

    /// <summary>FOR UPDATE OF columns; null when absent.</summary>
    public IReadOnlyList<string>? UpdateColumns { get; init; }
}

public sealed class DeclareCursorStatement : Statement
{
    public required string Name { get; init; }

    public required CursorDefinition Definition { get; init; }
}

public enum CursorAction
{
    Open, Close, Deallocate, Fetch,
}

public sealed class CursorStatement : Statement
{
    public required CursorAction Action { get; init; }

    /// <summary>Cursor name, or @variable.</summary>
    public required string Name { get; init; }

    public bool IsGlobal { get; init; }

    /// <summary>NEXT, PRIOR, FIRST, LAST, ABSOLUTE, RELATIVE (FETCH only).</summary>
    public string? Orientation { get; init; }

    public Expression? FetchOffset { get; init; }

    public IReadOnlyList<string> Into { get; init; } = [];
}

/// <summary>DBCC, KILL, CHECKPOINT, RECONFIGURE, and the like: accepted words, run or refused by name.</summary>
public sealed class UtilityStatement : Statement
{
    /// <summary>Upper-cased leading word(s).</summary>
    public required string Command { get; init; }

    public IReadOnlyList<Expression> Arguments { get; init; } = [];

    /// <summary>WITH options of DBCC, upper-cased.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}
