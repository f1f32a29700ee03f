namespace NinaDB.Engine.Syntax.Ast;

public sealed class OrderByItem : SyntaxNode
{
    public required Expression Expression { get; init; }

    public bool IsDescending { get; init; }
}

public enum FrameUnit
{
    Rows, Range,
}

public enum FrameBoundKind
{
    UnboundedPreceding, Preceding, CurrentRow, Following, UnboundedFollowing,
}

public sealed record FrameBound(FrameBoundKind Kind, Expression? Offset = null);

public sealed class OverClause : SyntaxNode
{
    /// <summary>OVER name, or OVER (name ...): a window of the WINDOW clause.</summary>
    public string? WindowName { get; init; }

    public IReadOnlyList<Expression> PartitionBy { get; init; } = [];

    public IReadOnlyList<OrderByItem> OrderBy { get; init; } = [];

    public FrameUnit? FrameUnit { get; init; }

    public FrameBound? FrameStart { get; init; }

    public FrameBound? FrameEnd { get; init; }
}

/// <summary>A query: SELECT ..., a set operation, VALUES or a parenthesised query. ORDER BY and OFFSET belong to the outermost.</summary>
public abstract class QueryExpression : SyntaxNode
{
    public IReadOnlyList<OrderByItem> OrderBy { get; set; } = [];

    public Expression? OffsetRows { get; set; }

    public Expression? FetchRows { get; set; }

    /// <summary>FOR JSON / FOR XML of this query (allowed on subqueries too).</summary>
    public ForClause? For { get; set; }
}

public enum SetOperator
{
    Union, UnionAll, Except, Intersect,
}

public sealed class SetOperationQuery : QueryExpression
{
    public required SetOperator Operator { get; init; }

    public required QueryExpression Left { get; init; }

    public required QueryExpression Right { get; init; }
}

public sealed class TopClause : SyntaxNode
{
    public required Expression Count { get; init; }

    public bool IsPercent { get; init; }

    public bool WithTies { get; init; }

    /// <summary>TOP (n) WITH APPROXIMATE, of VECTOR_SEARCH queries.</summary>
    public bool WithApproximate { get; init; }
}

public enum GroupingKind
{
    Expressions, Rollup, Cube, GroupingSets,
}

/// <summary>One item of GROUP BY: an expression, ROLLUP(...), CUBE(...), GROUPING SETS(...) or the empty set ().</summary>
public sealed class GroupingItem : SyntaxNode
{
    public required GroupingKind Kind { get; init; }

    /// <summary>The expressions of a plain item (one, or several in parentheses inside a grouping set; none for ()).</summary>
    public IReadOnlyList<Expression> Expressions { get; init; } = [];

    /// <summary>Elements of ROLLUP, CUBE, GROUPING SETS.</summary>
    public IReadOnlyList<GroupingItem> Items { get; init; } = [];
}

public abstract class SelectItem : SyntaxNode;

/// <summary>* or alias.*.</summary>
public sealed class StarItem : SelectItem
{
    public IReadOnlyList<string> Qualifier { get; init; } = [];
}

public sealed class ExpressionItem : SelectItem
{
    public required Expression Expression { get; init; }

    /// <summary>Alias: expr AS a, expr a, a = expr; null when none.</summary>
    public string? Alias { get; init; }
}

/// <summary>SELECT @v = expr (or @v += expr).</summary>
public sealed class AssignmentItem : SelectItem
{
    public required string Variable { get; init; }

    public required Expression Expression { get; init; }

    /// <summary>The operator of a compound assignment; null for =.</summary>
    public BinaryOperator? Operator { get; init; }
}

/// <summary>SELECT ... FROM ... WHERE ... GROUP BY ... HAVING ... .</summary>
public sealed class SelectQuery : QueryExpression
{
    public bool IsDistinct { get; init; }

    public TopClause? Top { get; init; }

    public required IReadOnlyList<SelectItem> Items { get; init; }

    /// <summary>SELECT ... INTO target.</summary>
    public ObjectName? Into { get; init; }

    /// <summary>Comma-separated table sources; empty when there is no FROM.</summary>
    public IReadOnlyList<TableSource> From { get; init; } = [];

    public Predicate? Where { get; init; }

    public IReadOnlyList<GroupingItem> GroupBy { get; init; } = [];

    /// <summary>GROUP BY ALL: groups without a row that meets WHERE are there as well.</summary>
    public bool GroupsAllRows { get; init; }

    public Predicate? Having { get; init; }

    /// <summary>WINDOW clause: name and definition.</summary>
    public IReadOnlyList<(string Name, OverClause Definition)> Windows { get; init; } = [];
}

/// <summary>VALUES (...), (...) as a query (derived tables, INSERT, MERGE).</summary>
public sealed class ValuesQuery : QueryExpression
{
    /// <summary>Cells; DEFAULT arrives as a <see cref="LiteralExpression"/> of kind Default (INSERT only).</summary>
    public required IReadOnlyList<IReadOnlyList<Expression>> Rows { get; init; }
}

public sealed class CommonTableExpression : SyntaxNode
{
    public required string Name { get; init; }

    public IReadOnlyList<string>? Columns { get; init; }

    public required QueryExpression Query { get; init; }

    /// <summary>WITH XMLNAMESPACES, which stands where the first common table expression may: prefixes (empty for DEFAULT) and URIs. Null for a common table expression.</summary>
    public IReadOnlyList<(string Prefix, string Uri)>? XmlNamespaces { get; init; }
}

public enum ForKind
{
    JsonPath, JsonAuto, XmlPath, XmlAuto, XmlRaw, XmlExplicit,
}

public sealed class ForClause : SyntaxNode
{
    public required ForKind Kind { get; init; }

    /// <summary>ROOT('x'), "root" for ROOT without a name; null for none.</summary>
    public string? Root { get; init; }

    /// <summary>ROOT without a name: FOR JSON AUTO names it after the first table.</summary>
    public bool HasDefaultRoot { get; init; }

    /// <summary>Element name of XML PATH('x') / RAW('x').</summary>
    public string? ElementName { get; init; }

    public bool IncludeNullValues { get; init; }

    public bool WithoutArrayWrapper { get; init; }

    public bool Type { get; init; }

    public bool Elements { get; init; }

    public bool ElementsXsiNil { get; init; }

    public bool BinaryBase64 { get; init; }

    /// <summary>XMLDATA or XMLSCHEMA: a schema goes before the rows; null for none.</summary>
    public string? InlineSchema { get; init; }

    /// <summary>Target namespace of XMLSCHEMA('uri'); null for one that is numbered.</summary>
    public string? SchemaUri { get; init; }
}

/// <summary>Something in FROM.</summary>
public abstract class TableSource : SyntaxNode
{
    public string? Alias { get; set; }

    /// <summary>AS t(a, b): renamed columns.</summary>
    public IReadOnlyList<string>? ColumnAliases { get; set; }

    /// <summary>FOR PATH, of graph shortest-path queries.</summary>
    public bool IsForPath { get; set; }
}

/// <summary>A table, view, CTE, temp table, synonym or system view by name; inserted/deleted in triggers and OUTPUT.</summary>
public sealed class NamedTableSource : TableSource
{
    public required ObjectName Name { get; init; }

    /// <summary>Hints in WITH (...): upper-cased words such as NOLOCK, UPDLOCK, INDEX(ix).</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];

    /// <summary>FOR SYSTEM_TIME ...; null when absent.</summary>
    public SystemTimeClause? SystemTime { get; init; }

    public TableSampleClause? Sample { get; init; }
}

public enum SystemTimeKind
{
    AsOf, FromTo, BetweenAnd, ContainedIn, All,
}

public sealed record SystemTimeClause(SystemTimeKind Kind, Expression? Start = null, Expression? End = null);

public sealed record TableSampleClause(Expression Size, bool IsPercent, Expression? Repeatable = null);

/// <summary>@table variable.</summary>
public sealed class VariableTableSource : TableSource
{
    public required string Name { get; init; }
}

/// <summary>(INSERT, UPDATE, DELETE or MERGE ... OUTPUT ...) AS alias: what INSERT ... SELECT may read from.</summary>
public sealed class DmlTableSource : TableSource
{
    public required DmlStatement Statement { get; init; }
}

/// <summary>(query) AS alias, including (VALUES ...) AS alias(cols).</summary>
public sealed class DerivedTableSource : TableSource
{
    public required QueryExpression Query { get; init; }

    /// <summary>Database that its names resolve in: that of the view whose query it is. Null where somebody wrote it.</summary>
    public int? DatabaseId { get; init; }
}

/// <summary>A table-valued function: user-defined, CLR or built-in (STRING_SPLIT, GENERATE_SERIES, sys.fn_...).</summary>
public sealed class FunctionTableSource : TableSource
{
    public required FunctionCallExpression Call { get; init; }
}

/// <summary>xmlcol.nodes('...') AS t(c), @x.nodes(...).</summary>
public sealed class MethodTableSource : TableSource
{
    public required MethodCallExpression Call { get; init; }
}

/// <summary>A column of OPENJSON ... WITH (...).</summary>
public sealed class OpenJsonColumn : SyntaxNode
{
    public required string Name { get; init; }

    public required DataTypeSyntax Type { get; init; }

    public string? Path { get; init; }

    public bool AsJson { get; init; }
}

public sealed class OpenJsonTableSource : TableSource
{
    public required Expression Json { get; init; }

    public Expression? Path { get; init; }

    /// <summary>Null for the default schema (key, value, type).</summary>
    public IReadOnlyList<OpenJsonColumn>? Columns { get; init; }
}

/// <summary>A column of OPENXML ... WITH (...).</summary>
public sealed class OpenXmlColumn : SyntaxNode
{
    public required string Name { get; init; }

    public required DataTypeSyntax Type { get; init; }

    public string? Pattern { get; init; }
}

/// <summary>OPENXML(@handle, 'rowpattern' [, flags]) [WITH (columns) | WITH table].</summary>
public sealed class OpenXmlTableSource : TableSource
{
    public required Expression Handle { get; init; }

    public required Expression Pattern { get; init; }

    public Expression? Flags { get; init; }

    /// <summary>Null for the edge table, or where a table gives the columns.</summary>
    public IReadOnlyList<OpenXmlColumn>? Columns { get; init; }

    public ObjectName? Schema { get; init; }
}

/// <summary>OPENROWSET(BULK 'file', SINGLE_BLOB | SINGLE_CLOB | SINGLE_NCLOB | FORMAT = 'CSV' ...).</summary>
public sealed class OpenRowsetBulkSource : TableSource
{
    public required Expression File { get; init; }

    /// <summary>Options upper-cased: SINGLE_BLOB -> "", FORMAT -> CSV ...</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>A list of columns follows WITH.</summary>
    public bool HasSchema { get; init; }
}

/// <summary>VECTOR_SEARCH(TABLE = t AS a, COLUMN = c, SIMILAR_TO = @q, METRIC = 'cosine' [, TOP_N = k]) AS s.</summary>
public sealed class VectorSearchTableSource : TableSource
{
    public required ObjectName Table { get; init; }

    public string? TableAlias { get; init; }

    public required string Column { get; init; }

    public required Expression SimilarTo { get; init; }

    /// <summary>Literal metric: cosine, dot or euclidean.</summary>
    public required string Metric { get; init; }

    /// <summary>Null in the TOP (n) WITH APPROXIMATE form.</summary>
    public Expression? TopN { get; init; }

    public bool ForceAnnOnly { get; init; }
}

public enum JoinKind
{
    Inner, LeftOuter, RightOuter, FullOuter, Cross, CrossApply, OuterApply,
}

public sealed class JoinTableSource : TableSource
{
    public required JoinKind Kind { get; init; }

    public required TableSource Left { get; init; }

    public required TableSource Right { get; init; }

    /// <summary>ON condition; null for CROSS JOIN and APPLY.</summary>
    public Predicate? On { get; init; }

    /// <summary>HASH, MERGE, LOOP or REMOTE hint; null for none.</summary>
    public string? Hint { get; init; }

    /// <summary>The join of MERGE with its source: MATCH may be part of its condition. Never set by the parser.</summary>
    internal bool AllowsMatch { get; init; }
}

public sealed class PivotTableSource : TableSource
{
    public required TableSource Source { get; init; }

    public required FunctionCallExpression Aggregate { get; init; }

    public required ColumnExpression PivotColumn { get; init; }

    public required IReadOnlyList<string> Values { get; init; }
}

public sealed class UnpivotTableSource : TableSource
{
    public required TableSource Source { get; init; }

    public required string ValueColumn { get; init; }

    public required string PivotColumn { get; init; }

    public required IReadOnlyList<ColumnExpression> Columns { get; init; }
}
