using System.Runtime.CompilerServices;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Types;

internal static partial class SqlOperators
{
    /// <summary>The operation on operands that were converted as <see cref="Resolve"/> says. NULL operands give NULL.</summary>
    public static Func<SqlValue, SqlValue, SqlValue> Get(BinaryOperator op, SqlType result)
    {
        if (op is BinaryOperator.Concat || (op == BinaryOperator.Add && (result.IsString || result.IsBinary)))
        {
            return result.IsBinary ? ConcatBinary(result) : ConcatStrings(result);
        }

        if (op is BinaryOperator.LeftShift or BinaryOperator.RightShift)
        {
            return ShiftDelegate(op == BinaryOperator.LeftShift, result);
        }

        return result.Id switch
        {
            SqlTypeId.Int => IntOperator(op),
            SqlTypeId.BigInt => BigIntOperator(op),
            SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt => SmallIntegerOperator(op, result.Id),
            SqlTypeId.Float => FloatOperator(op),
            SqlTypeId.Real => RealOperator(op),
            SqlTypeId.Decimal or SqlTypeId.Numeric => DecimalOperator(op, result),
            SqlTypeId.Money or SqlTypeId.SmallMoney => MoneyOperator(op, result.Id),
            SqlTypeId.DateTime => DateTimeOperator(op),
            SqlTypeId.SmallDateTime => SmallDateTimeOperator(op),
            _ => throw SqlErrors.Create(8117, result.ErrorName, NameOf(op)),
        };
    }

    /// <summary>The unary operation on an operand converted to <paramref name="result"/>.</summary>
    public static Func<SqlValue, SqlValue> Get(UnaryOperator op, SqlType result)
    {
        if (op == UnaryOperator.Plus)
        {
            return static v => v;
        }

        SqlTypeId id = result.Id;
        if (op == UnaryOperator.BitwiseNot)
        {
            return id switch
            {
                SqlTypeId.Bit => static v => v.IsNull ? v : SqlValue.FromBit(!v.AsBoolean),
                SqlTypeId.TinyInt => static v => v.IsNull ? v : SqlValue.FromTinyInt((byte)~v.AsInt64),
                _ => v => v.IsNull ? v : SqlValue.FromInteger(id, ~v.AsInt64),
            };
        }

        return id switch
        {
            SqlTypeId.Int or SqlTypeId.SmallInt => v => v.IsNull ? v : SqlConvert.InRange(-v.AsInt64, id) ? SqlValue.FromInteger(id, -v.AsInt64) : throw IntegerOverflow(id),
            SqlTypeId.BigInt => static v => v.IsNull ? v : v.AsInt64 != long.MinValue ? SqlValue.FromBigInt(-v.AsInt64) : throw IntegerOverflow(SqlTypeId.BigInt),
            SqlTypeId.Float => static v => v.IsNull ? v : SqlValue.FromFloat(-v.AsDouble),
            SqlTypeId.Real => static v => v.IsNull ? v : SqlValue.FromReal(-(float)v.AsDouble),
            SqlTypeId.Decimal or SqlTypeId.Numeric => v => v.IsNull ? v : SqlValue.FromNumeric(new Numeric128(-v.AsNumeric.Unscaled, v.AsNumeric.Scale), id),
            SqlTypeId.Money => static v => v.IsNull ? v : v.AsInt64 != long.MinValue ? SqlValue.FromMoney(-v.AsInt64) : throw Overflow("money"),
            SqlTypeId.SmallMoney => static v => v.IsNull ? v : v.AsInt64 != int.MinValue ? SqlValue.FromSmallMoney((int)-v.AsInt64) : throw Overflow("smallmoney"),
            _ => throw SqlErrors.Create(8117, result.ErrorName, "minus"),
        };
    }

    private static SqlErrorException Overflow(string type) => SqlErrors.CreateWithState(8115, 2, "expression", type);

    private static SqlErrorException IntegerOverflow(SqlTypeId id) => Overflow(SqlConvert.IntegerName(id));

    private static Func<SqlValue, SqlValue, SqlValue> IntOperator(BinaryOperator op) => op switch
    {
        BinaryOperator.Add => static (a, b) => a.IsNull || b.IsNull ? default : Int(a.AsInt64 + b.AsInt64),
        BinaryOperator.Subtract => static (a, b) => a.IsNull || b.IsNull ? default : Int(a.AsInt64 - b.AsInt64),
        BinaryOperator.Multiply => static (a, b) => a.IsNull || b.IsNull ? default : Int(a.AsInt64 * b.AsInt64),
        BinaryOperator.Divide => static (a, b) => a.IsNull || b.IsNull ? default : Int(a.AsInt64 / NotZero(b.AsInt64)),
        BinaryOperator.Modulo => static (a, b) => a.IsNull || b.IsNull ? default
            : b.AsInt64 == -1 && a.AsInt64 == int.MinValue ? throw Overflow("int") : Int(a.AsInt64 % NotZero(b.AsInt64)),
        BinaryOperator.BitwiseAnd => static (a, b) => a.IsNull || b.IsNull ? default : SqlValue.FromInteger(SqlTypeId.Int, a.AsInt64 & b.AsInt64),
        BinaryOperator.BitwiseOr => static (a, b) => a.IsNull || b.IsNull ? default : SqlValue.FromInteger(SqlTypeId.Int, a.AsInt64 | b.AsInt64),
        _ => static (a, b) => a.IsNull || b.IsNull ? default : SqlValue.FromInteger(SqlTypeId.Int, a.AsInt64 ^ b.AsInt64),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SqlValue Int(long value) => value == (int)value ? SqlValue.FromInteger(SqlTypeId.Int, value) : throw Overflow("int");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long NotZero(long value) => value != 0 ? value : throw SqlErrors.Create(8134);

    private static Func<SqlValue, SqlValue, SqlValue> BigIntOperator(BinaryOperator op) => op switch
    {
        BinaryOperator.Add => static (a, b) =>
        {
            if (a.IsNull || b.IsNull)
            {
                return default;
            }

            long sum = unchecked(a.AsInt64 + b.AsInt64);
            return ((a.AsInt64 ^ sum) & (b.AsInt64 ^ sum)) >= 0 ? SqlValue.FromBigInt(sum) : throw Overflow("bigint");
        }
        ,
        BinaryOperator.Subtract => static (a, b) =>
        {
            if (a.IsNull || b.IsNull)
            {
                return default;
            }

            long difference = unchecked(a.AsInt64 - b.AsInt64);
            return ((a.AsInt64 ^ b.AsInt64) & (a.AsInt64 ^ difference)) >= 0 ? SqlValue.FromBigInt(difference) : throw Overflow("bigint");
        }
        ,
        BinaryOperator.Multiply => static (a, b) =>
        {
            if (a.IsNull || b.IsNull)
            {
                return default;
            }

            long high = Math.BigMul(a.AsInt64, b.AsInt64, out long low);
            return high == low >> 63 ? SqlValue.FromBigInt(low) : throw Overflow("bigint");
        }
        ,
        BinaryOperator.Divide => static (a, b) => a.IsNull || b.IsNull ? default
            : b.AsInt64 == -1 ? a.AsInt64 == long.MinValue ? throw Overflow("bigint") : SqlValue.FromBigInt(-a.AsInt64)
            : SqlValue.FromBigInt(a.AsInt64 / NotZero(b.AsInt64)),
        BinaryOperator.Modulo => static (a, b) => a.IsNull || b.IsNull ? default : b.AsInt64 == -1 && a.AsInt64 == long.MinValue ? throw Overflow("bigint")
            : SqlValue.FromBigInt(b.AsInt64 == -1 ? 0 : a.AsInt64 % NotZero(b.AsInt64)),
        BinaryOperator.BitwiseAnd => static (a, b) => a.IsNull || b.IsNull ? default : SqlValue.FromBigInt(a.AsInt64 & b.AsInt64),
        BinaryOperator.BitwiseOr => static (a, b) => a.IsNull || b.IsNull ? default : SqlValue.FromBigInt(a.AsInt64 | b.AsInt64),
        _ => static (a, b) => a.IsNull || b.IsNull ? default : SqlValue.FromBigInt(a.AsInt64 ^ b.AsInt64),
    };

    private static Func<SqlValue, SqlValue, SqlValue> SmallIntegerOperator(BinaryOperator op, SqlTypeId id) => (a, b) =>
    {
        if (a.IsNull || b.IsNull)
        {
            return default;
        }

        long value = op switch
        {
            BinaryOperator.Add => a.AsInt64 + b.AsInt64,
            BinaryOperator.Subtract => a.AsInt64 - b.AsInt64,
            BinaryOperator.Multiply => a.AsInt64 * b.AsInt64,
            BinaryOperator.Divide => a.AsInt64 / NotZero(b.AsInt64),
            BinaryOperator.Modulo => b.AsInt64 == -1 && a.AsInt64 == short.MinValue ? throw IntegerOverflow(id) : a.AsInt64 % NotZero(b.AsInt64),
            BinaryOperator.BitwiseAnd => a.AsInt64 & b.AsInt64,
            BinaryOperator.BitwiseOr => a.AsInt64 | b.AsInt64,
            _ => a.AsInt64 ^ b.AsInt64,
        };
        return SqlConvert.InRange(value, id) ? SqlValue.FromInteger(id, value) : throw IntegerOverflow(id);
    };

    private static Func<SqlValue, SqlValue, SqlValue> FloatOperator(BinaryOperator op) => op switch
    {
        BinaryOperator.Add => static (a, b) => a.IsNull || b.IsNull ? default : Finite(a.AsDouble + b.AsDouble),
        BinaryOperator.Subtract => static (a, b) => a.IsNull || b.IsNull ? default : Finite(a.AsDouble - b.AsDouble),
        BinaryOperator.Multiply => static (a, b) => a.IsNull || b.IsNull ? default : Finite(a.AsDouble * b.AsDouble),
        BinaryOperator.Divide => static (a, b) => a.IsNull || b.IsNull ? default : b.AsDouble == 0 ? throw SqlErrors.Create(8134) : Finite(a.AsDouble / b.AsDouble),
        _ => throw SqlErrors.Create(402, "float", "float", NameOf(op)),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SqlValue Finite(double value) => double.IsFinite(value) ? SqlValue.FromFloat(value) : throw Overflow("float");

    private static Func<SqlValue, SqlValue, SqlValue> RealOperator(BinaryOperator op)
    {
        static SqlValue Real(double value) => float.IsFinite((float)value) ? SqlValue.FromReal((float)value) : throw Overflow("real");
        return op switch
        {
            BinaryOperator.Add => static (a, b) => a.IsNull || b.IsNull ? default : Real(a.AsDouble + b.AsDouble),
            BinaryOperator.Subtract => static (a, b) => a.IsNull || b.IsNull ? default : Real(a.AsDouble - b.AsDouble),
            BinaryOperator.Multiply => static (a, b) => a.IsNull || b.IsNull ? default : Real(a.AsDouble * b.AsDouble),
            BinaryOperator.Divide => static (a, b) => a.IsNull || b.IsNull ? default : b.AsDouble == 0 ? throw SqlErrors.Create(8134) : Real(a.AsDouble / b.AsDouble),
            _ => throw SqlErrors.Create(402, "real", "real", NameOf(op)),
        };
    }

    private static Func<SqlValue, SqlValue, SqlValue> DecimalOperator(BinaryOperator op, SqlType result)
    {
        Func<Numeric128, Numeric128, int, Numeric128?> apply = op switch
        {
            BinaryOperator.Add => Numeric128.Add,
            BinaryOperator.Subtract => Numeric128.Subtract,
            BinaryOperator.Multiply => Numeric128.Multiply,
            BinaryOperator.Divide => Numeric128.Divide,
            BinaryOperator.Modulo => Numeric128.Modulo,
            _ => throw SqlErrors.Create(8117, result.Name, NameOf(op)),
        };
        int scale = result.Scale;
        int precision = result.Precision;
        SqlTypeId id = result.Id;
        SqlValue Exact(SqlValue a, SqlValue b) =>
            apply(a.AsNumeric, b.AsNumeric, scale) is { } value && value.Fits(precision) ? SqlValue.FromNumeric(value, id)
            : throw SqlErrors.CreateWithState(8115, 2, "expression", "numeric");
        long limit = precision >= 19 ? long.MaxValue : (long)Numeric128.Power10(precision) - 1;
        return op switch
        {
            BinaryOperator.Add or BinaryOperator.Subtract => (a, b) =>
            {
                if (a.IsNull || b.IsNull)
                {
                    return default;
                }

                if (a.IsSmallNumeric && b.IsSmallNumeric && a.SmallNumericScale == scale && b.SmallNumericScale == scale)
                {
                    // Both in 64 bits at the result's scale: no 128-bit arithmetic needed.
                    long x = a.AsInt64;
                    long y = op == BinaryOperator.Add ? b.AsInt64 : -b.AsInt64;
                    long sum = unchecked(x + y);
                    if (((x ^ sum) & (y ^ sum)) >= 0 && y != long.MinValue && sum <= limit && sum >= -limit)
                    {
                        return SqlValue.FromSmallNumeric(sum, scale, id);
                    }
                }

                return Exact(a, b);
            }
            ,
            BinaryOperator.Multiply => (a, b) =>
            {
                if (a.IsNull || b.IsNull)
                {
                    return default;
                }

                if (a.IsSmallNumeric && b.IsSmallNumeric && a.SmallNumericScale + b.SmallNumericScale == scale)
                {
                    long high = Math.BigMul(a.AsInt64, b.AsInt64, out long low);
                    if (high == low >> 63 && low <= limit && low >= -limit)
                    {
                        return SqlValue.FromSmallNumeric(low, scale, id);
                    }
                }

                return Exact(a, b);
            }
            ,
            _ => (a, b) => a.IsNull || b.IsNull ? default : Exact(a, b),
        };
    }

    private static Func<SqlValue, SqlValue, SqlValue> MoneyOperator(BinaryOperator op, SqlTypeId id) => (a, b) =>
    {
        if (a.IsNull || b.IsNull)
        {
            return default;
        }

        Int128 x = a.AsInt64;
        Int128 y = b.AsInt64;
        if (y == 0 && op is BinaryOperator.Divide or BinaryOperator.Modulo)
        {
            throw SqlErrors.Create(8134);
        }

        Int128 amount = op switch
        {
            BinaryOperator.Add => x + y,
            BinaryOperator.Subtract => x - y,
            BinaryOperator.Multiply => RoundQuotient(x * y, 10_000),
            BinaryOperator.Divide => x * 10_000 / y,
            BinaryOperator.Modulo => x % y,
            _ => throw SqlErrors.Create(8117, id == SqlTypeId.Money ? "money" : "smallmoney", NameOf(op)),
        };
        if (id == SqlTypeId.Money)
        {
            return amount >= long.MinValue && amount <= long.MaxValue ? SqlValue.FromMoney((long)amount) : throw Overflow("money");
        }

        return amount >= int.MinValue && amount <= int.MaxValue ? SqlValue.FromSmallMoney((int)amount) : throw Overflow("smallmoney");
    };

    /// <summary>Rounded half away from zero.</summary>
    private static Int128 RoundQuotient(Int128 value, Int128 divisor)
    {
        (Int128 quotient, Int128 remainder) = Int128.DivRem(value, divisor);
        return Int128.Abs(remainder) * 2 >= Int128.Abs(divisor) ? quotient + (Int128.IsNegative(value) == Int128.IsNegative(divisor) ? 1 : -1) : quotient;
    }

    private static Func<SqlValue, SqlValue, SqlValue> DateTimeOperator(BinaryOperator op)
    {
        bool add = op == BinaryOperator.Add;
        return (a, b) =>
        {
            if (a.IsNull || b.IsNull)
            {
                return default;
            }

            long units = add ? a.AsInt64 + b.AsInt64 : a.AsInt64 - b.AsInt64;
            return units >= (DateTimes.Days1753 - DateTimes.Days1900) * DateTimes.UnitsPerDay && units < (DateTimes.EndDays - DateTimes.Days1900) * DateTimes.UnitsPerDay
                ? SqlValue.FromDateTimeUnits(units)
                : throw Overflow("datetime");
        };
    }

    private static Func<SqlValue, SqlValue, SqlValue> SmallDateTimeOperator(BinaryOperator op)
    {
        bool add = op == BinaryOperator.Add;
        return (a, b) =>
        {
            if (a.IsNull || b.IsNull)
            {
                return default;
            }

            long left = a.AsInt64 - DateTimes.Ticks1900;
            long right = b.AsInt64 - DateTimes.Ticks1900;
            long ticks = add ? left + right : left - right;
            return ticks >= 0 && ticks < 65536 * TimeSpan.TicksPerDay ? SqlValue.FromSmallDateTime(ticks + DateTimes.Ticks1900) : throw Overflow("smalldatetime");
        };
    }

    private static Func<SqlValue, SqlValue, SqlValue> ConcatStrings(SqlType result)
    {
        SqlTypeId id = result.Id;
        int limit = result.IsMax ? int.MaxValue : result.Length;
        if (result.EffectiveCollation.CodePage != 1252 && result.IsAnsiString)
        {
            return (a, b) => a.IsNull || b.IsNull ? default
                : SqlValue.FromString(limit == int.MaxValue ? a.AsString + b.AsString : TextEncodings.Truncate(a.AsString + b.AsString, limit, result.EffectiveCollation), id);
        }

        return (a, b) =>
        {
            if (a.IsNull || b.IsNull)
            {
                return default;
            }

            string left = a.AsString;
            string right = b.AsString;
            return SqlValue.FromString(left.Length + (long)right.Length <= limit ? string.Concat(left, right) : string.Concat(left, right)[..limit], id);
        };
    }

    private static Func<SqlValue, SqlValue, SqlValue> ConcatBinary(SqlType result)
    {
        SqlTypeId id = result.Id;
        int limit = result.IsMax ? int.MaxValue : result.Length;
        return (a, b) =>
        {
            if (a.IsNull || b.IsNull)
            {
                return default;
            }

            byte[] bytes = [.. a.AsBytes, .. b.AsBytes];
            return SqlValue.FromBinary(bytes.Length <= limit ? bytes : bytes[..limit], id);
        };
    }

    private static Func<SqlValue, SqlValue, SqlValue> ShiftDelegate(bool left, SqlType result) =>
        (a, b) => a.IsNull || b.IsNull ? default : SqlBits.Shift(a, left ? b.AsInt64 : -Math.Max(b.AsInt64, -long.MaxValue), result);
}
