using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Types;

/// <summary>Types of one use of an operator: what its operands are converted to first, and what comes out.</summary>
/// <remarks>Decimal operands keep their own precision and scale, because the result's depend on them.</remarks>
internal readonly record struct OperatorTypes(SqlType Left, SqlType Right, SqlType Result);

/// <summary>Arithmetic, bitwise and concatenation operators: their types (here) and their delegates.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/data-types/precision-scale-and-length-transact-sql.</remarks>
internal static partial class SqlOperators
{
    /// <summary>Operand and result types. Throws 402 (incompatible), 8117 (invalid operand type), 206.</summary>
    /// <param name="leftConstant">Value of a literal on the left, or NULL: integer literals count with their own digits beside decimals.</param>
    /// <param name="rightConstant">The same on the right.</param>
    public static OperatorTypes Resolve(BinaryOperator op, SqlType left, SqlType right, SqlValue leftConstant = default, SqlValue rightConstant = default)
    {
        if (left.Id == SqlTypeId.Null)
        {
            left = right.Id == SqlTypeId.Null ? SqlType.Int : NullPartner(op, right);
        }
        else if (right.Id == SqlTypeId.Null)
        {
            right = NullPartner(op, left);
        }

        if (left.Id == SqlTypeId.HierarchyId || right.Id == SqlTypeId.HierarchyId)
        {
            throw SqlErrors.Create(403, NameOf(op), "hierarchyid");
        }

        if (left.Id == SqlTypeId.Udt || right.Id == SqlTypeId.Udt)
        {
            throw SqlErrors.Create(403, NameOf(op), left.Id == SqlTypeId.Udt ? left.Name : right.Name);
        }

        switch (op)
        {
            case BinaryOperator.Concat:
                return Concatenation(op, left, right);
            case BinaryOperator.LeftShift or BinaryOperator.RightShift:
                return Shift(op, left, right);
            case BinaryOperator.BitwiseAnd or BinaryOperator.BitwiseOr or BinaryOperator.BitwiseXor:
                return Bitwise(op, left, right);
        }

        if (op == BinaryOperator.Add && (left.IsString || left.IsBinary) && (right.IsString || right.IsBinary))
        {
            return Concatenation(op, left, right);
        }

        if (left.Id is SqlTypeId.DateTime or SqlTypeId.SmallDateTime || right.Id is SqlTypeId.DateTime or SqlTypeId.SmallDateTime)
        {
            return DayArithmetic(op, left, right);
        }

        return Arithmetic(op, left, right, leftConstant, rightConstant);
    }

    /// <summary>Result type of <paramref name="op"/>.</summary>
    public static SqlType ResultType(BinaryOperator op, SqlType left, SqlType right) => Resolve(op, left, right).Result;

    /// <summary>Result type of a unary operator. Throws 8117.</summary>
    public static SqlType ResultType(UnaryOperator op, SqlType operand)
    {
        bool allowed = op switch
        {
            UnaryOperator.Plus => true,
            UnaryOperator.Minus => operand.Id == SqlTypeId.Null || (operand.IsNumber && operand.Id != SqlTypeId.Bit),
            _ => operand.Id == SqlTypeId.Null || operand.IsExactInteger,
        };
        if (!allowed)
        {
            throw SqlErrors.Create(8117, operand.ErrorName, op == UnaryOperator.Minus ? "minus" : "'~'");
        }

        return operand.Id switch
        {
            SqlTypeId.Null => SqlType.Int,
            SqlTypeId.TinyInt when op == UnaryOperator.Minus => SqlType.SmallInt,
            _ => operand,
        };
    }

    internal static string NameOf(BinaryOperator op) => op switch
    {
        BinaryOperator.Add => "add",
        BinaryOperator.Subtract => "subtract",
        BinaryOperator.Multiply => "multiply",
        BinaryOperator.Divide => "divide",
        BinaryOperator.Modulo => "modulo",
        BinaryOperator.BitwiseAnd => "'&'",
        BinaryOperator.BitwiseOr => "'|'",
        BinaryOperator.BitwiseXor => "'^'",
        BinaryOperator.LeftShift => "'<<'",
        BinaryOperator.RightShift => "'>>'",
        _ => "concat",
    };

    /// <summary>The type an untyped NULL takes beside another operand.</summary>
    private static SqlType NullPartner(BinaryOperator op, SqlType other) => op switch
    {
        BinaryOperator.LeftShift or BinaryOperator.RightShift => SqlType.Int,
        _ when other.Id == SqlTypeId.Bit && op is BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Modulo => SqlType.Int,
        BinaryOperator.Add or BinaryOperator.Concat => other,
        _ when other.IsString || other.IsBinary => SqlType.Int,
        _ => other,
    };

    private static OperatorTypes Arithmetic(BinaryOperator op, SqlType left, SqlType right, SqlValue leftConstant, SqlValue rightConstant)
    {
        if (!IsOperand(left) || !IsOperand(right) || (!left.IsNumber && !right.IsNumber))
        {
            throw Invalid(op, left, right);
        }

        if (left.Id == SqlTypeId.Bit && right.Id == SqlTypeId.Bit)
        {
            throw Invalid(op, left, right);
        }

        // A string or binary operand takes the number's type; bit does beside decimal.
        SqlType numericLeft = left.IsNumber ? left : right;
        SqlType numericRight = right.IsNumber ? right : left;
        if (left.Id == SqlTypeId.Bit && (numericRight.IsDecimal || !right.IsNumber))
        {
            numericLeft = numericRight;
        }

        if (right.Id == SqlTypeId.Bit && (numericLeft.IsDecimal || !left.IsNumber))
        {
            numericRight = numericLeft;
        }

        if (numericLeft.Id == SqlTypeId.Bit && numericRight.Id == SqlTypeId.Bit)
        {
            throw Invalid(op, left, right);
        }

        SqlType winner = TypePrecedence.Rank(numericLeft.Id) >= TypePrecedence.Rank(numericRight.Id) ? numericLeft : numericRight;
        if (winner.IsApproximate)
        {
            if (op == BinaryOperator.Modulo)
            {
                throw left.IsApproximate && right.IsApproximate
                    ? SqlErrors.Create(8117, left.ErrorName, NameOf(op))
                    : SqlErrors.Create(402, left.ErrorName, right.ErrorName, NameOf(op));
            }

            return left.IsBinary || right.IsBinary ? throw SqlErrors.Create(206, (left.IsBinary ? left : right).ErrorName, winner.Name) : new(winner, winner, winner);
        }

        if (!winner.IsDecimal)
        {
            return new(winner, winner, winner);
        }

        (int p1, int s1) = Precision(numericLeft, leftConstant);
        (int p2, int s2) = Precision(numericRight, rightConstant);
        bool isNumeric = numericLeft.Id == SqlTypeId.Numeric || numericRight.Id == SqlTypeId.Numeric;
        return new(MakeDecimal(isNumeric, p1, s1), MakeDecimal(isNumeric, p2, s2), DecimalResult(op, p1, s1, p2, s2, isNumeric));
    }

    private static bool IsOperand(SqlType type) => type.IsNumber || (type.IsString && !type.IsLegacyLob) || (type.IsBinary && type.Id != SqlTypeId.Image);

    private static SqlErrorException Invalid(BinaryOperator op, SqlType left, SqlType right)
    {
        if ((left.Id == SqlTypeId.SqlVariant && right.IsNumber) || (right.Id == SqlTypeId.SqlVariant && left.IsNumber))
        {
            return left.Id == SqlTypeId.SqlVariant ? SqlErrors.Create(257, left.Name, right.ErrorName) : SqlErrors.Create(257, right.Name, left.ErrorName);
        }

        if ((left.Id == SqlTypeId.UniqueIdentifier && right.IsNumber) || (right.Id == SqlTypeId.UniqueIdentifier && left.IsNumber))
        {
            return SqlErrors.Create(206, "uniqueidentifier", (left.IsNumber ? left : right).ErrorName);
        }

        if (left.IsDateOrTime && right.IsNumber || left.IsNumber && right.IsDateOrTime)
        {
            return left.IsDateOrTime ? SqlErrors.Create(206, left.ErrorName, right.ErrorName) : SqlErrors.Create(206, right.ErrorName, left.ErrorName);
        }

        bool sameOperandError = op is BinaryOperator.Multiply or BinaryOperator.Divide || (left.IsDateOrTime && left.Id == right.Id) || (left.IsString && right.IsString)
            || left.Id is SqlTypeId.Vector or SqlTypeId.Json || (left.Id == SqlTypeId.UniqueIdentifier && right.Id == left.Id);
        return sameOperandError ? SqlErrors.Create(8117, left.ErrorName, NameOf(op)) : SqlErrors.Create(402, left.ErrorName, right.ErrorName, NameOf(op));
    }

    private static (int Precision, int Scale) Precision(SqlType type, SqlValue constant)
    {
        if (type.IsExactInteger && constant.Kind is SqlTypeId.Int or SqlTypeId.BigInt && type.IsExactInteger)
        {
            return (Numeric128.FromInt64(constant.AsInt64).Digits, 0);
        }

        return TypePrecedence.ExactPrecision(type);
    }

    private static SqlType MakeDecimal(bool isNumeric, int precision, int scale) => isNumeric ? SqlType.Numeric(precision, scale) : SqlType.Decimal(precision, scale);

    internal static SqlType DecimalResult(BinaryOperator op, int p1, int s1, int p2, int s2, bool isNumeric)
    {
        int precision;
        int scale;
        switch (op)
        {
            case BinaryOperator.Add or BinaryOperator.Subtract:
                scale = Math.Max(s1, s2);
                int integral = Math.Max(p1 - s1, p2 - s2);
                precision = integral + scale + 1;
                if (precision > Numeric128.MaxPrecision)
                {
                    precision = Numeric128.MaxPrecision;
                    scale = Math.Min(scale, precision - integral);
                }

                return MakeDecimal(isNumeric, precision, scale);
            case BinaryOperator.Modulo:
                scale = Math.Max(s1, s2);
                precision = Math.Min(p1 - s1, p2 - s2) + scale;
                return MakeDecimal(isNumeric, Math.Clamp(precision, 1, Numeric128.MaxPrecision), Math.Min(scale, Numeric128.MaxPrecision));
            case BinaryOperator.Multiply:
                scale = s1 + s2;
                precision = p1 + p2 + 1;
                break;
            default:
                scale = Math.Max(6, s1 + p2 + 1);
                precision = p1 - s1 + s2 + scale;
                break;
        }

        if (precision > Numeric128.MaxPrecision)
        {
            int integral = precision - scale;
            scale = integral < 32 ? Math.Min(scale, Numeric128.MaxPrecision - integral) : Math.Min(scale, 6);
            precision = Numeric128.MaxPrecision;
        }

        return MakeDecimal(isNumeric, precision, scale);
    }

    private static OperatorTypes DayArithmetic(BinaryOperator op, SqlType left, SqlType right)
    {
        bool leftOld = left.Id is SqlTypeId.DateTime or SqlTypeId.SmallDateTime;
        SqlType other = leftOld ? right : left;
        if (op is not (BinaryOperator.Add or BinaryOperator.Subtract))
        {
            throw op is BinaryOperator.Multiply or BinaryOperator.Divide && other.IsNumber
                ? SqlErrors.Create(257, (leftOld ? left : right).Name, other.Name)
                : SqlErrors.Create(8117, left.Name, NameOf(op));
        }

        if (other.IsDateOrTime && other.Id is not (SqlTypeId.DateTime or SqlTypeId.SmallDateTime))
        {
            throw SqlErrors.Create(402, left.Name, right.Name, NameOf(op));
        }

        SqlType result = left.Id == SqlTypeId.DateTime || right.Id == SqlTypeId.DateTime ? SqlType.DateTime : SqlType.SmallDateTime;
        SqlConvert.EnsureAllowed(other, result, isImplicit: true);
        return new(result, result, result);
    }

    private static OperatorTypes Bitwise(BinaryOperator op, SqlType left, SqlType right)
    {
        bool valid = (left.IsExactInteger || left.IsBinary) && (right.IsExactInteger || right.IsBinary) && (left.IsExactInteger || right.IsExactInteger);
        if (!valid)
        {
            throw SqlErrors.Create(402, left.ErrorName, right.ErrorName, NameOf(op));
        }

        SqlType result = TypePrecedence.Rank(left.Id) >= TypePrecedence.Rank(right.Id) ? left : right;
        return new(result, result, result);
    }

    private static OperatorTypes Shift(BinaryOperator op, SqlType left, SqlType right)
    {
        if (!(left.IsExactInteger || left.Id is SqlTypeId.Binary or SqlTypeId.VarBinary) || !right.IsExactInteger)
        {
            throw SqlErrors.Create(402, left.ErrorName, right.ErrorName, NameOf(op));
        }

        return new(left, SqlType.BigInt, left);
    }

    private static OperatorTypes Concatenation(BinaryOperator op, SqlType left, SqlType right)
    {
        if (left.IsLegacyLob || right.IsLegacyLob || (left.IsString && right.IsBinary) || (left.IsBinary && right.IsString) || !(left.IsString || left.IsBinary || right.IsString || right.IsBinary))
        {
            throw SqlErrors.Create(402, left.ErrorName, right.ErrorName, NameOf(op));
        }

        if (left.IsBinary && right.IsBinary)
        {
            int length = SumLength(left.Length, right.Length, 8000);
            SqlType binary = left.Id == SqlTypeId.Binary && right.Id == SqlTypeId.Binary && length != SqlType.Max ? SqlType.Binary(length) : SqlType.VarBinary(length);
            return new(left, right, binary);
        }

        bool unicode = left.IsUnicodeString || right.IsUnicodeString;
        SqlType l = AsString(left, unicode);
        SqlType r = AsString(right, unicode);
        Collation? collation = TypePrecedence.CommonCollation(left, right);
        int total = SumLength(l.Length, r.Length, unicode ? 4000 : 8000);
        bool isFixed = l.IsFixedLength && r.IsFixedLength && total != SqlType.Max;
        SqlType result = unicode
            ? isFixed ? SqlType.NChar(total, collation) : SqlType.NVarChar(total, collation)
            : isFixed ? SqlType.Char(total, collation) : SqlType.VarChar(total, collation);
        return new(l, r, result);
    }

    /// <summary>The string type that an operand of a concatenation becomes on its own.</summary>
    internal static SqlType AsString(SqlType type, bool unicode)
    {
        if (type.IsUnicodeString || (type.IsString && !unicode))
        {
            return type;
        }

        if (type.IsString)
        {
            int length = type.IsMax ? SqlType.Max : Math.Min(type.Length, 4000);
            return type.Id == SqlTypeId.Char ? SqlType.NChar(length, type.Collation) : SqlType.NVarChar(length, type.Collation);
        }

        int display = TextLength(type);
        return unicode ? SqlType.NVarChar(display == SqlType.Max ? display : Math.Min(display, 4000)) : SqlType.VarChar(display);
    }

    /// <summary>The longest text that CAST of a value of this type to varchar gives.</summary>
    internal static int TextLength(SqlType type) => type.Id switch
    {
        SqlTypeId.Bit => 1,
        SqlTypeId.TinyInt => 3,
        SqlTypeId.SmallInt => 6,
        SqlTypeId.Int => 12,
        SqlTypeId.BigInt => 24,
        SqlTypeId.Decimal or SqlTypeId.Numeric => 41,
        SqlTypeId.Money or SqlTypeId.SmallMoney => 40,
        SqlTypeId.Real or SqlTypeId.Float => 32,
        SqlTypeId.Date => 40,
        SqlTypeId.Time or SqlTypeId.DateTime or SqlTypeId.SmallDateTime or SqlTypeId.DateTime2 => 40,
        SqlTypeId.DateTimeOffset => 45,
        SqlTypeId.UniqueIdentifier => 36,
        SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.NChar or SqlTypeId.NVarChar => type.Length,
        SqlTypeId.RowVersion => 8,
        SqlTypeId.Null => 1,
        SqlTypeId.SqlVariant => 8000,
        _ => SqlType.Max,
    };

    private static int SumLength(int left, int right, int limit) => left == SqlType.Max || right == SqlType.Max ? SqlType.Max : Math.Min(left + right, limit);
}
