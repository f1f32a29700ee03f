namespace NinaDB.Engine.Syntax.Ast;

/// <summary>A scalar expression.</summary>
public abstract class Expression : SyntaxNode;

public enum LiteralKind
{
    Null, Integer, Decimal, Float, Money, String, NationalString, Binary, Default, Max,
}

/// <summary>A literal. Text is the value without quotes/prefix (strings unescaped; binary as hex digits; integers may exceed int).</summary>
public sealed class LiteralExpression : Expression
{
    public required LiteralKind Kind { get; init; }

    public required string Text { get; init; }
}

/// <summary>A column: [[[db.]schema.]table.]column, or a pseudo column ($action, $identity, $rowguid, $node_id, $edge_id, $from_id, $to_id).</summary>
public sealed class ColumnExpression : Expression
{
    /// <summary>Qualifier parts before the column name, outermost first; empty when unqualified.</summary>
    public IReadOnlyList<string> Qualifier { get; init; } = [];

    public required string Name { get; init; }

    /// <summary>Written by the host, not by the user, who needs no permission for it. Never produced by the parser.</summary>
    internal bool IsImplicit { get; init; }
}

/// <summary>@local variable or parameter.</summary>
public sealed class VariableExpression : Expression
{
    /// <summary>With the leading @.</summary>
    public required string Name { get; init; }
}

/// <summary>@@ROWCOUNT and the like; name with both @.</summary>
public sealed class GlobalVariableExpression : Expression
{
    public required string Name { get; init; }
}

public enum UnaryOperator
{
    Plus, Minus, BitwiseNot,
}

public sealed class UnaryExpression : Expression
{
    public required UnaryOperator Operator { get; init; }

    public required Expression Operand { get; init; }
}

public enum BinaryOperator
{
    Add, Subtract, Multiply, Divide, Modulo, BitwiseAnd, BitwiseOr, BitwiseXor, LeftShift, RightShift,
    /// <summary>The ANSI || operator of SQL Server 2025.</summary>
    Concat,
}

public sealed class BinaryExpression : Expression
{
    public required BinaryOperator Operator { get; init; }

    public required Expression Left { get; init; }

    public required Expression Right { get; init; }
}

/// <summary>expr COLLATE name.</summary>
public sealed class CollateExpression : Expression
{
    public required Expression Operand { get; init; }

    public required string Collation { get; init; }
}

/// <summary>expr AT TIME ZONE zone.</summary>
public sealed class AtTimeZoneExpression : Expression
{
    public required Expression Operand { get; init; }

    public required Expression TimeZone { get; init; }
}

public sealed class WhenClause : SyntaxNode
{
    /// <summary>Value to compare with (simple CASE), or null for a searched CASE.</summary>
    public Expression? Value { get; init; }

    /// <summary>Condition of a searched CASE, or null.</summary>
    public Predicate? Condition { get; init; }

    public required Expression Result { get; init; }
}

public sealed class CaseExpression : Expression
{
    /// <summary>Input of a simple CASE; null for a searched CASE.</summary>
    public Expression? Input { get; init; }

    public required IReadOnlyList<WhenClause> Whens { get; init; }

    public Expression? Else { get; init; }
}

/// <summary>CAST, TRY_CAST, CONVERT, TRY_CONVERT, PARSE, TRY_PARSE.</summary>
public sealed class ConvertExpression : Expression
{
    public required DataTypeSyntax Type { get; init; }

    public required Expression Operand { get; init; }

    /// <summary>Style argument of CONVERT.</summary>
    public Expression? Style { get; init; }

    public bool IsTry { get; init; }

    /// <summary>Written CAST rather than CONVERT (differs in nothing but error text).</summary>
    public bool IsCast { get; init; }

    /// <summary>PARSE / TRY_PARSE.</summary>
    public bool IsParse { get; init; }

    /// <summary>USING culture of PARSE.</summary>
    public Expression? Culture { get; init; }
}

public sealed class IifExpression : Expression
{
    public required Predicate Condition { get; init; }

    public required Expression WhenTrue { get; init; }

    public required Expression WhenFalse { get; init; }
}

/// <summary>
/// A function call: built-in, user-defined scalar (schema-qualified), aggregate or window function; also niladic functions written without parentheses
/// (CURRENT_TIMESTAMP, SYSTEM_USER ...), COALESCE, NULLIF, CHOOSE, TRIM, LEFT/RIGHT and the rest.
/// Keyword arguments (datepart of DATEADD, 'cosine') stay ordinary arguments: a datepart arrives as an unqualified <see cref="ColumnExpression"/>.
/// </summary>
public sealed class FunctionCallExpression : Expression
{
    public required ObjectName Name { get; init; }

    public IReadOnlyList<Expression> Arguments { get; init; } = [];

    /// <summary>COUNT(*): a single star argument.</summary>
    public bool IsStar { get; init; }

    /// <summary>SUM(DISTINCT x).</summary>
    public bool IsDistinct { get; init; }

    public OverClause? Over { get; init; }

    /// <summary>WITHIN GROUP (ORDER BY ...), of STRING_AGG, PERCENTILE_CONT.</summary>
    public IReadOnlyList<OrderByItem>? WithinGroup { get; init; }

    /// <summary>IGNORE NULLS (true), RESPECT NULLS (false), or unsaid.</summary>
    public bool? IgnoreNulls { get; init; }

    /// <summary>JSON_OBJECT('a':1): keys, parallel to Arguments which hold the values. Null for other functions.</summary>
    public IReadOnlyList<Expression>? JsonKeys { get; init; }

    /// <summary>NULL ON NULL (false) / ABSENT ON NULL (true), of the JSON constructors.</summary>
    public bool? AbsentOnNull { get; init; }

    /// <summary>RETURNING type, of JSON functions.</summary>
    public DataTypeSyntax? Returning { get; init; }

    /// <summary>WITH ARRAY WRAPPER of JSON_QUERY.</summary>
    public bool WithArrayWrapper { get; init; }

    /// <summary>WITHIN GROUP (GRAPH PATH), of aggregates over a shortest path.</summary>
    public bool IsGraphPath { get; init; }

    /// <summary>COUNT(alias.*), over a shortest path.</summary>
    public string? StarQualifier { get; init; }

    /// <summary>type::Property, without parentheses.</summary>
    public bool IsStaticProperty { get; init; }

    /// <summary>LEADING, TRAILING or BOTH of TRIM.</summary>
    public string? TrimSpecification { get; init; }
}

/// <summary>value.Method(args): Content.PathName(), xml.value('...','int'), json.modify(...).</summary>
public sealed class MethodCallExpression : Expression
{
    public required Expression Target { get; init; }

    public required string Method { get; init; }

    public IReadOnlyList<Expression> Arguments { get; init; } = [];

    /// <summary>value.Property, without parentheses; of a mutator: value.Property = argument.</summary>
    public bool IsProperty { get; init; }

    /// <summary>Stands for the new value of its target, in SET @v.modify(...) and UPDATE ... SET c.modify(...). Never set by the parser.</summary>
    internal bool IsMutator { get; init; }
}

/// <summary>NEXT VALUE FOR sequence [OVER (ORDER BY ...)].</summary>
public sealed class NextValueForExpression : Expression
{
    public required ObjectName Sequence { get; init; }

    public OverClause? Over { get; init; }
}

/// <summary>A subquery used as a value.</summary>
public sealed class ScalarSubqueryExpression : Expression
{
    public required QueryExpression Query { get; init; }
}

/// <summary>
/// The storage key of the current row of a table source, as varbinary: what UPDATE, DELETE and MERGE are rewritten with.
/// Never produced by the parser.
/// </summary>
public sealed class RowLocatorExpression : Expression
{
    /// <summary>Alias (or exposed name) of a source in FROM.</summary>
    public required string SourceAlias { get; init; }

    /// <summary>Which of the tables behind the source.</summary>
    public int Table { get; init; }
}

/// <summary>A column of a table behind a view, CTE or derived table in FROM, which need not show it. Never produced by the parser.</summary>
public sealed class TargetColumnExpression : Expression
{
    public required string SourceAlias { get; init; }

    public required int Table { get; init; }

    public required int Ordinal { get; init; }
}

/// <summary>A boolean condition (T-SQL has no boolean values, so this is a separate family).</summary>
public abstract class Predicate : SyntaxNode;

public enum ComparisonOperator
{
    Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, NotLess, NotGreater,
}

public sealed class ComparisonPredicate : Predicate
{
    public required ComparisonOperator Operator { get; init; }

    public required Expression Left { get; init; }

    public required Expression Right { get; init; }
}

/// <summary>left op ALL|ANY|SOME (query).</summary>
public sealed class QuantifiedPredicate : Predicate
{
    public required ComparisonOperator Operator { get; init; }

    public required Expression Left { get; init; }

    public required QueryExpression Query { get; init; }

    /// <summary>ALL when true; ANY/SOME when false.</summary>
    public bool IsAll { get; init; }
}

public sealed class AndPredicate : Predicate
{
    public required Predicate Left { get; init; }

    public required Predicate Right { get; init; }
}

public sealed class OrPredicate : Predicate
{
    public required Predicate Left { get; init; }

    public required Predicate Right { get; init; }
}

public sealed class NotPredicate : Predicate
{
    public required Predicate Operand { get; init; }
}

public sealed class IsNullPredicate : Predicate
{
    public required Expression Operand { get; init; }

    public bool IsNegated { get; init; }
}

/// <summary>left IS [NOT] DISTINCT FROM right.</summary>
public sealed class DistinctPredicate : Predicate
{
    public required Expression Left { get; init; }

    public required Expression Right { get; init; }

    /// <summary>IS NOT DISTINCT FROM.</summary>
    public bool IsNegated { get; init; }
}

public sealed class BetweenPredicate : Predicate
{
    public required Expression Operand { get; init; }

    public required Expression Low { get; init; }

    public required Expression High { get; init; }

    public bool IsNegated { get; init; }
}

public sealed class LikePredicate : Predicate
{
    public required Expression Operand { get; init; }

    public required Expression Pattern { get; init; }

    public Expression? Escape { get; init; }

    public bool IsNegated { get; init; }
}

public sealed class InPredicate : Predicate
{
    public required Expression Operand { get; init; }

    /// <summary>Either a list of values ...</summary>
    public IReadOnlyList<Expression>? Values { get; init; }

    /// <summary>... or a subquery.</summary>
    public QueryExpression? Query { get; init; }

    public bool IsNegated { get; init; }
}

public sealed class ExistsPredicate : Predicate
{
    public required QueryExpression Query { get; init; }
}

/// <summary>A function usable as a condition: UPDATE(col), REGEXP_LIKE(...), CONTAINS(...), MATCH(...) is its own node.</summary>
public sealed class FunctionPredicate : Predicate
{
    public required FunctionCallExpression Call { get; init; }
}

/// <summary>MATCH(a-(e)->b AND ...) of graph queries.</summary>
public sealed class MatchPredicate : Predicate
{
    /// <summary>Chains of node and edge aliases with direction.</summary>
    public required IReadOnlyList<MatchStep> Steps { get; init; }

    /// <summary>LAST_NODE(a) = LAST_NODE(b).</summary>
    public IReadOnlyList<(string Left, string Right)> LastNodeEqualities { get; init; } = [];
}

/// <summary>One hop of a MATCH pattern: from -(edge)-> to (or &lt;-(edge)-).</summary>
public sealed record MatchStep(string FromAlias, string EdgeAlias, string ToAlias, bool IsShortestPath = false, int MinHops = 1, int? MaxHops = 1)
{
    /// <summary>Number of the SHORTEST_PATH the step belongs to (steps repeated together share it); -1 for a plain hop.</summary>
    public int PathGroup { get; init; } = -1;

    /// <summary>The arrow points to the left: <see cref="ToAlias"/> was written first.</summary>
    public bool IsBackwards { get; init; }

    /// <summary>SHORTEST_PATH with the repeated part first: (b-(e)->)+ a. The path starts at the node written last.</summary>
    public bool IsMirrored { get; init; }

    /// <summary>FromAlias was written LAST_NODE(alias).</summary>
    public bool FromIsLastNode { get; init; }

    /// <summary>ToAlias was written LAST_NODE(alias).</summary>
    public bool ToIsLastNode { get; init; }
}
