using NinaDB.Engine.Functions;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>How strongly an expression holds on to its collation when it meets another one (collation precedence).</summary>
internal enum CollationLabel : byte
{
    /// <summary>Literals, variables, results of functions over them: gives way to everything.</summary>
    CoercibleDefault,

    /// <summary>A column.</summary>
    Implicit,

    /// <summary>Two different implicit collations met: usable where no collation is needed.</summary>
    None,

    /// <summary>A COLLATE clause.</summary>
    Explicit,
}

/// <summary>A typed scalar expression: names resolved to registers and slots, implicit conversions made explicit.</summary>
internal abstract class BoundExpression(SqlType type, bool isNullable)
{
    public SqlType Type { get; } = type;

    public bool IsNullable { get; } = isNullable;

    /// <summary>Collation precedence of a character expression; meaningless for other types.</summary>
    public CollationLabel Label { get; init; }

    /// <summary>The conflict that this operation made, where <see cref="Label"/> is <see cref="CollationLabel.None"/>; null where it comes from below.</summary>
    public CollationConflict? Conflict { get; init; }
}

internal sealed class BoundConstant(SqlValue value, SqlType type) : BoundExpression(type, value.IsNull)
{
    public SqlValue Value { get; } = value;

    /// <summary>Written in the text (a sign may stand before it): an integer counts with its own digits beside decimals.</summary>
    public bool IsLiteral { get; init; }

    /// <summary>Digits of an integer literal; 0 for everything else.</summary>
    public int LiteralDigits => IsLiteral && Value.Kind == SqlTypeId.Int ? Numeric128.FromInt64(Value.AsInt64).Digits : 0;
}

/// <summary>The type of an expression among others that stand for it (CASE, UNION), where integer literals count with their own digits beside decimals.</summary>
/// <param name="Digits">Digits of an integer literal; 0 for everything else.</param>
internal readonly record struct SizedType(SqlType Type, int Digits)
{
    public static SizedType Of(BoundExpression expression) => new(expression.Type, (expression as BoundConstant)?.LiteralDigits ?? 0);

    /// <summary>The common type, as <see cref="TypePrecedence.Common"/> finds it.</summary>
    public SizedType With(SizedType other)
    {
        if (Digits > 0 && other.Digits > 0)
        {
            return new(TypePrecedence.Common(Type, other.Type), Math.Max(Digits, other.Digits));
        }

        SqlType left = Digits > 0 && other.Type.IsDecimal ? SqlType.Numeric(Digits, 0) : Type;
        SqlType right = other.Digits > 0 && Type.IsDecimal ? SqlType.Numeric(other.Digits, 0) : other.Type;

        // The name of a decimal beside a literal is its own.
        SqlType common = TypePrecedence.Common(left, right);
        bool isDecimal = common.Id == SqlTypeId.Numeric && ((Digits > 0 && other.Type.Id == SqlTypeId.Decimal) || (other.Digits > 0 && Type.Id == SqlTypeId.Decimal));
        int digits = Type.Id == SqlTypeId.Null ? other.Digits : other.Type.Id == SqlTypeId.Null ? Digits : 0;
        return new(isDecimal ? SqlType.Decimal(common.Precision, common.Scale) : common, digits);
    }
}

/// <summary>A column of the current row (of this or an outer query block), by register.</summary>
internal sealed class BoundColumn(int register, SqlType type, bool isNullable, string name) : BoundExpression(type, isNullable)
{
    public int Register { get; } = register;

    public string Name { get; } = name;

    /// <summary>A derived table's column whose collation gives way as that of a literal does.</summary>
    public bool IsCoercible { get; init; }
}

internal sealed class BoundVariable(int slot, SqlType type, string name) : BoundExpression(type, true)
{
    public int Slot { get; } = slot;

    public string Name { get; } = name;
}

/// <summary>
/// Arithmetic, bitwise and string operators; operands already converted to the operation's types. Arithmetic counts as nullable whatever its operands are
/// (an overflow may yield NULL, depending on SET options).
/// </summary>
internal sealed class BoundBinary(BinaryOperator op, BoundExpression left, BoundExpression right, SqlType type)
    : BoundExpression(type, left.IsNullable || right.IsNullable || !(type.IsString || type.IsBinary))
{
    public BinaryOperator Operator { get; } = op;

    public BoundExpression Left { get; } = left;

    public BoundExpression Right { get; } = right;
}

internal sealed class BoundUnary(UnaryOperator op, BoundExpression operand, SqlType type) : BoundExpression(type, operand.IsNullable)
{
    public UnaryOperator Operator { get; } = op;

    public BoundExpression Operand { get; } = operand;
}

/// <summary>Implicit or explicit conversion (CAST, CONVERT, TRY_ variants).</summary>
internal sealed class BoundConvert(BoundExpression operand, SqlType type, bool isTry = false, BoundExpression? style = null, bool isImplicit = true)
    : BoundExpression(type, operand.IsNullable || isTry || (!isImplicit && operand is not BoundConstant && operand.Type.Id != type.Id))
{
    public BoundExpression Operand { get; } = operand;

    public bool IsTry { get; } = isTry;

    public BoundExpression? Style { get; } = style;

    public bool IsImplicit { get; } = isImplicit;
}

internal sealed class BoundCase(IReadOnlyList<(BoundPredicate Condition, BoundExpression Result)> whens, BoundExpression? otherwise, SqlType type)
    : BoundExpression(type, otherwise is null || otherwise.IsNullable || whens.Any(w => w.Result.IsNullable))
{
    public IReadOnlyList<(BoundPredicate Condition, BoundExpression Result)> Whens { get; } = whens;

    public BoundExpression? Else { get; } = otherwise;
}

internal sealed class BoundFunctionCall(string name, IReadOnlyList<BoundExpression> arguments, BoundFunction function) : BoundExpression(function.ResultType, function.IsNullable)
{
    public string Name { get; } = name;

    public IReadOnlyList<BoundExpression> Arguments { get; } = arguments;

    public BoundFunction Function { get; } = function;

    /// <summary>False for GETDATE(), NEWID(), @@ROWCOUNT and the like: never folded, never moved.</summary>
    public bool IsDeterministic { get; init; } = true;

    /// <summary>What distinguishes two calls besides their arguments: dateparts, RETURNING, ABSENT ON NULL ...; null for none.</summary>
    public string? Options { get; init; }
}

/// <summary>COALESCE, and ISNULL (whose second operand is converted to the type of the first): the first operand that is not NULL.</summary>
internal sealed class BoundCoalesce(IReadOnlyList<BoundExpression> operands, SqlType type, bool isNullable) : BoundExpression(type, isNullable)
{
    public IReadOnlyList<BoundExpression> Operands { get; } = operands;
}

/// <summary>expr COLLATE name: only the type changes.</summary>
internal sealed class BoundCollate(BoundExpression operand, SqlType type) : BoundExpression(type, operand.IsNullable)
{
    public BoundExpression Operand { get; } = operand;
}

/// <summary>NEXT VALUE FOR a sequence.</summary>
internal sealed class BoundNextValue(Catalog.SequenceDefinition sequence) : BoundExpression(sequence.DataType, false)
{
    public Catalog.SequenceDefinition Sequence { get; } = sequence;
}

/// <summary>A user-defined (T-SQL or CLR) scalar function; called through the session's module runner. A null argument means its default.</summary>
internal sealed class BoundUserFunction(Catalog.ModuleDefinition module, IReadOnlyList<BoundExpression?> arguments) : BoundExpression(module.ReturnType!, true)
{
    public Catalog.ModuleDefinition Module { get; } = module;

    public IReadOnlyList<BoundExpression?> Arguments { get; } = arguments;
}

/// <summary>A subquery that yields one value; more than one row is error 512.</summary>
internal sealed class BoundScalarSubquery(BoundQuery query) : BoundExpression(query.Columns[0].Type, true)
{
    public BoundQuery Query { get; } = query;
}

/// <summary>A typed condition.</summary>
internal abstract class BoundPredicate;

internal sealed class BoundComparison(ComparisonOperator op, BoundExpression left, BoundExpression right) : BoundPredicate
{
    /// <summary>Equal, NotEqual, Less, LessOrEqual, Greater or GreaterOrEqual (!&lt; and !&gt; are normalised away).
    /// Operands have types that compare alike under one collation: the same type, or integers, strings, decimals, floats of different widths.</summary>
    public ComparisonOperator Operator { get; } = op;

    public BoundExpression Left { get; } = left;

    public BoundExpression Right { get; } = right;
}

internal sealed class BoundLogical(bool isAnd, IReadOnlyList<BoundPredicate> terms) : BoundPredicate
{
    /// <summary>AND when true, OR when false. Flattened.</summary>
    public bool IsAnd { get; } = isAnd;

    public IReadOnlyList<BoundPredicate> Terms { get; } = terms;
}

internal sealed class BoundNot(BoundPredicate operand) : BoundPredicate
{
    public BoundPredicate Operand { get; } = operand;
}

internal sealed class BoundIsNull(BoundExpression operand, bool isNegated) : BoundPredicate
{
    public BoundExpression Operand { get; } = operand;

    public bool IsNegated { get; } = isNegated;
}

/// <summary>IS [NOT] DISTINCT FROM: never unknown.</summary>
internal sealed class BoundDistinct(BoundExpression left, BoundExpression right, bool isNegated) : BoundPredicate
{
    public BoundExpression Left { get; } = left;

    public BoundExpression Right { get; } = right;

    public bool IsNegated { get; } = isNegated;
}

internal sealed class BoundLike(BoundExpression operand, BoundExpression pattern, BoundExpression? escape, bool isNegated) : BoundPredicate
{
    public BoundExpression Operand { get; } = operand;

    public BoundExpression Pattern { get; } = pattern;

    public BoundExpression? Escape { get; } = escape;

    public bool IsNegated { get; } = isNegated;
}

/// <summary>operand IN (values), operands of one type.</summary>
internal sealed class BoundInList(BoundExpression operand, IReadOnlyList<BoundExpression> values, bool isNegated) : BoundPredicate
{
    public BoundExpression Operand { get; } = operand;

    public IReadOnlyList<BoundExpression> Values { get; } = values;

    public bool IsNegated { get; } = isNegated;
}

internal sealed class BoundExists(BoundQuery query) : BoundPredicate
{
    public BoundQuery Query { get; } = query;
}

/// <summary>operand op ANY|ALL (query); IN (query) is = ANY, NOT IN is &lt;&gt; ALL. The query's column is read through <see cref="Value"/>, converted to the common type.</summary>
internal sealed class BoundQuantified(ComparisonOperator op, BoundExpression operand, BoundQuery query, BoundExpression value, bool isAll) : BoundPredicate
{
    public ComparisonOperator Operator { get; } = op;

    public BoundExpression Operand { get; } = operand;

    public BoundQuery Query { get; } = query;

    public BoundExpression Value { get; } = value;

    public bool IsAll { get; } = isAll;
}

/// <summary>A bit-valued function used as a condition (UPDATE(col), REGEXP_LIKE ...): true when the value is 1.</summary>
internal sealed class BoundTest(BoundExpression value) : BoundPredicate
{
    public BoundExpression Value { get; } = value;
}

/// <summary>A bound query block; concrete classes belong to the query binder. Its output columns own registers of the statement's register file.</summary>
internal abstract class BoundQuery
{
    public abstract IReadOnlyList<Execution.OutputColumn> Columns { get; }

    /// <summary>
    /// Registers of enclosing blocks that the query reads (its correlation); empty for an uncorrelated query. The expression binder fills it in for every
    /// subquery of an expression; the query binder does so for APPLY.
    /// </summary>
    public IReadOnlyCollection<int> OuterReferences { get; set; } = [];
}

/// <summary>What an aggregate call computes, bound against the rows it sees (before grouping). Made by <see cref="ExpressionBinder.BindAggregate"/>.</summary>
/// <param name="Name">Upper-case name: COUNT, SUM, STRING_AGG ...</param>
/// <param name="Arguments">Converted to the types that the accumulator works on; empty for COUNT(*).</param>
internal sealed record BoundAggregate(string Name, IReadOnlyList<BoundExpression> Arguments, bool IsDistinct, SqlType Type)
{
    /// <summary>Skips NULL without the warning: the columns of PIVOT.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>WITHIN GROUP (ORDER BY ...) of STRING_AGG, ORDER BY of JSON_ARRAYAGG; usually empty.</summary>
    public IReadOnlyList<BoundOrder> OrderBy { get; init; } = [];

    /// <summary>A user-defined aggregate; null for those of the language.</summary>
    public Catalog.ModuleDefinition? Module { get; init; }

    /// <summary>Result columns count as nullable, COUNT's too, as the server describes them.</summary>
    public bool IsNullable => true;

    /// <summary>JSON_ARRAYAGG, JSON_OBJECTAGG: ABSENT ON NULL.</summary>
    public bool AbsentOnNull { get; init; }
}

/// <summary>A sort key.</summary>
internal sealed record BoundOrder(BoundExpression Expression, bool IsDescending);

/// <summary>A frame of a window function; offsets of ROWS are constants or variables, evaluated when the partition is.</summary>
internal sealed record BoundFrame(FrameUnit Unit, FrameBoundKind StartKind, BoundExpression? StartOffset, FrameBoundKind EndKind, BoundExpression? EndOffset);

/// <summary>A window function call, bound against the rows of the block (after grouping). Made by <see cref="ExpressionBinder.BindWindow"/>.</summary>
internal sealed record BoundWindow(string Name, IReadOnlyList<BoundExpression> Arguments, SqlType Type)
{
    public IReadOnlyList<BoundExpression> PartitionBy { get; init; } = [];

    public IReadOnlyList<BoundOrder> OrderBy { get; init; } = [];

    /// <summary>Null where the function takes no frame (ranking, LAG, LEAD, PERCENTILE_CONT).</summary>
    public BoundFrame? Frame { get; init; }

    /// <summary>Set for an aggregate with OVER.</summary>
    public BoundAggregate? Aggregate { get; init; }

    public bool IgnoreNulls { get; init; }

    /// <summary>Result columns count as nullable, ROW_NUMBER's too, as the server describes them.</summary>
    public bool IsNullable => true;
}
