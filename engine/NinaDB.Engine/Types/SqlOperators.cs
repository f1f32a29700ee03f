using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Types;

/// <summary>Types of one use of an operator: what its operands are converted to first, and what comes out.</summary>
/// <remarks>Decimal operands keep their own precision and scale, because the result's depend on them.</remarks>
internal readonly record struct OperatorTypes(SqlType Left, SqlType Right, SqlType Result);

/// <summary>Arithmetic, bitwise and concatenation operators.</summary>
internal static partial class SqlOperators
{
    /// <summary>Operand and result types. Throws 402 (incompatible), 8117 (invalid operand type), 403, 206.</summary>
    public static OperatorTypes Resolve(BinaryOperator op, SqlType left, SqlType right) => throw SqlErrors.NotSupported(op.ToString());

    /// <summary>Result type of <paramref name="op"/>.</summary>
    public static SqlType ResultType(BinaryOperator op, SqlType left, SqlType right) => Resolve(op, left, right).Result;

    /// <summary>The operation on operands that were converted as <see cref="Resolve"/> says. NULL operands give NULL.</summary>
    public static Func<SqlValue, SqlValue, SqlValue> Get(BinaryOperator op, SqlType result) => throw SqlErrors.NotSupported(op.ToString());

    /// <summary>Result type of a unary operator. Throws 8117.</summary>
    public static SqlType ResultType(UnaryOperator op, SqlType operand) => throw SqlErrors.NotSupported(op.ToString());

    /// <summary>The unary operation on an operand converted to <paramref name="result"/>.</summary>
    public static Func<SqlValue, SqlValue> Get(UnaryOperator op, SqlType result) => throw SqlErrors.NotSupported(op.ToString());
}
