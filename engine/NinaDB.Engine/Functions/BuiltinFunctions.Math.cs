using System.Numerics;
using System.Runtime.CompilerServices;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Mathematical functions.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/mathematical-functions-transact-sql.</remarks>
internal static partial class BuiltinFunctions
{
    private static readonly ConditionalWeakTable<EngineSession, RandomState> SessionRandom = [];
    private static readonly ConditionalWeakTable<ExecutionContext, Dictionary<object, double>> StatementRandom = [];

    private static void AddMathFamily(Action<BuiltinFunction> add)
    {
        add(Function("ABS", 1, 1, BindAbs));
        add(Function("SIGN", 1, 1, BindSign));
        add(Function("CEILING", 1, 1, b => BindWhole(b, up: true)));
        add(Function("FLOOR", 1, 1, b => BindWhole(b, up: false)));
        add(Function("ROUND", 2, 3, BindRound));
        add(Function("POWER", 2, 2, BindPower));
        add(Function("DEGREES", 1, 1, b => BindAngle(b, static x => x * (180 / Math.PI))));
        add(Function("RADIANS", 1, 1, b => BindAngle(b, static x => x * (Math.PI / 180))));
        add(Function("RAND", 0, 1, BindRand) with { IsDeterministic = false });
        add(Simple("PI", SqlType.Float, [], static _ => SqlValue.FromFloat(Math.PI)));
        add(FloatFunction("ACOS", static x => x is >= -1 and <= 1 ? Math.Acos(x) : double.NaN));
        add(FloatFunction("ASIN", static x => x is >= -1 and <= 1 ? Math.Asin(x) : double.NaN));
        add(FloatFunction("ATAN", Math.Atan));
        add(FloatFunction("COS", Math.Cos));
        add(FloatFunction("COT", static x => 1 / Math.Tan(x)));
        add(FloatFunction("EXP", Math.Exp, overflows: true));
        add(FloatFunction("LOG10", static x => x > 0 ? Math.Log10(x) : double.NaN));
        add(FloatFunction("SIN", Math.Sin));
        add(FloatFunction("SQRT", static x => x >= 0 ? Math.Sqrt(x) : double.NaN));
        add(FloatFunction("SQUARE", static x => x * x, overflows: true));
        add(FloatFunction("TAN", Math.Tan));
        add(Simple("ATN2", SqlType.Float, [SqlType.Float, SqlType.Float], static a =>
            a[0].AsDouble == 0 && a[1].AsDouble == 0 ? throw SqlErrors.Create(3623) : SqlValue.FromFloat(Math.Atan2(a[0].AsDouble, a[1].AsDouble))));
        add(Function("LOG", 1, 2, static _ => new BoundFunction(SqlType.Float, true, [SqlType.Float, SqlType.Float], static (_, a) =>
        {
            double x = a[0].AsDouble;
            double value = x > 0 ? Math.Log(x) : double.NaN;
            if (a.Length > 1)
            {
                double radix = a[1].AsDouble;
                value = radix > 0 && radix != 1 ? value / Math.Log(radix) : double.NaN;
            }

            return double.IsFinite(value) ? SqlValue.FromFloat(value) : throw SqlErrors.Create(3623);
        })));
    }

    private static BuiltinFunction FloatFunction(string name, Func<double, double> apply, bool overflows = false) =>
        Simple(name, SqlType.Float, [SqlType.Float], a => apply(a[0].AsDouble) is var value && double.IsFinite(value)
            ? SqlValue.FromFloat(value)
            : throw (overflows ? SqlErrors.CreateWithState(8115, 2, "expression", "float") : SqlErrors.Create(3623)));

    /// <summary>tinyint and smallint count as int, smallmoney as money, bit, real and strings as float.</summary>
    private static SqlType MathArgument(FunctionBinding b, int index = 0)
    {
        SqlType type = b.ArgumentTypes[index];
        return type.Id switch
        {
            SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int => SqlType.Int,
            SqlTypeId.BigInt or SqlTypeId.Decimal or SqlTypeId.Numeric or SqlTypeId.Money => type,
            SqlTypeId.SmallMoney => SqlType.Money,
            SqlTypeId.Null => SqlType.Float,
            _ when type.IsNumber || (type.IsString && !type.IsLegacyLob) => SqlType.Float,
            _ => throw InvalidArgument(b, index),
        };
    }

    private static BoundFunction BindAbs(FunctionBinding b)
    {
        SqlType type = MathArgument(b);
        return new BoundFunction(type, true, [type], (_, a) =>
        {
            switch (type.Id)
            {
                case SqlTypeId.Float:
                    return SqlValue.FromFloat(Math.Abs(a[0].AsDouble));
                case SqlTypeId.Decimal or SqlTypeId.Numeric:
                    return SqlValue.FromNumeric(new Numeric128(Int128.Abs(a[0].AsNumeric.Unscaled), a[0].AsNumeric.Scale), type.Id);
                default:
                    long value = a[0].AsInt64;
                    if (value == (type.Id == SqlTypeId.Int ? int.MinValue : long.MinValue))
                    {
                        throw SqlErrors.CreateWithState(8115, 2, "expression", type.Name);
                    }

                    return SqlValue.FromInteger(type.Id, Math.Abs(value));
            }
        });
    }

    private static BoundFunction BindSign(FunctionBinding b)
    {
        SqlType type = MathArgument(b);
        return new BoundFunction(type, true, [type], (_, a) => type.Id switch
        {
            SqlTypeId.Float => SqlValue.FromFloat(Math.Sign(a[0].AsDouble)),
            SqlTypeId.Decimal or SqlTypeId.Numeric => Rescaled(new Numeric128(Int128.Sign(a[0].AsNumeric.Unscaled), 0), type),
            SqlTypeId.Money => SqlValue.FromMoney(Math.Sign(a[0].AsInt64) * 10_000L),
            _ => SqlValue.FromInteger(type.Id, Math.Sign(a[0].AsInt64)),
        });
    }

    private static SqlValue Rescaled(Numeric128 value, SqlType type) => value.TryRescale(type.Scale, false, out Numeric128 result) && result.Fits(type.Precision)
        ? SqlValue.FromNumeric(result, type.Id)
        : throw SqlErrors.CreateWithState(8115, 2, "expression", "numeric");

    private static BoundFunction BindWhole(FunctionBinding b, bool up)
    {
        SqlType type = MathArgument(b);
        SqlType result = type.IsDecimal ? type.Id == SqlTypeId.Numeric ? SqlType.Numeric(type.Precision, 0) : SqlType.Decimal(type.Precision, 0) : type;
        return new BoundFunction(result, true, [type], (_, a) =>
        {
            switch (type.Id)
            {
                case SqlTypeId.Float:
                    return SqlValue.FromFloat(up ? Math.Ceiling(a[0].AsDouble) : Math.Floor(a[0].AsDouble));
                case SqlTypeId.Decimal or SqlTypeId.Numeric:
                    Numeric128 number = a[0].AsNumeric;
                    Int128 divisor = Numeric128.Power10(number.Scale);
                    (Int128 whole, Int128 rest) = Int128.DivRem(number.Unscaled, divisor);
                    whole += up && rest > 0 ? 1 : !up && rest < 0 ? -1 : 0;
                    return SqlValue.FromNumeric(new Numeric128(whole, 0), result.Id);
                case SqlTypeId.Money:
                    long amount = a[0].AsInt64;
                    (long units, long fraction) = Math.DivRem(amount, 10_000);
                    units += up && fraction > 0 ? 1 : !up && fraction < 0 ? -1 : 0;
                    return SqlValue.FromMoney(units * 10_000);
                default:
                    return a[0];
            }
        });
    }

    private static BoundFunction BindRound(FunctionBinding b)
    {
        SqlType type = MathArgument(b);
        for (int i = 1; i < b.ArgumentTypes.Count; i++)
        {
            if (!b.ArgumentTypes[i].IsNumber && !IsNullArgument(b, i))
            {
                throw InvalidArgument(b, i);
            }
        }

        return new BoundFunction(type, true, [type, SqlType.Int, SqlType.Int], (_, a) =>
        {
            int digits = a[1].AsInt32;
            bool truncate = a.Length > 2 && a[2].AsInt64 != 0;
            switch (type.Id)
            {
                case SqlTypeId.Float:
                    return RoundFloat(a[0].AsDouble, digits, truncate);
                case SqlTypeId.Decimal or SqlTypeId.Numeric:
                    return Rescaled(RoundNumber(a[0].AsNumeric, digits, truncate), type);
                case SqlTypeId.Money:
                    Numeric128 amount = RoundNumber(new Numeric128(a[0].AsInt64, 4), digits, truncate);
                    return amount.TryRescale(4, false, out Numeric128 scaled) && Int128.Abs(scaled.Unscaled) <= long.MaxValue
                        ? SqlValue.FromMoney((long)scaled.Unscaled)
                        : throw SqlErrors.CreateWithState(8115, 2, "expression", "money");
                default:
                    Int128 whole = RoundNumber(Numeric128.FromInt64(a[0].AsInt64), digits, truncate).Unscaled;
                    return Int128.Abs(whole) <= (type.Id == SqlTypeId.Int ? int.MaxValue : long.MaxValue)
                        ? SqlValue.FromInteger(type.Id, (long)whole)
                        : throw SqlErrors.CreateWithState(8115, 2, "expression", type.Name);
            }
        });
    }

    private static Numeric128 RoundNumber(Numeric128 value, int digits, bool truncate)
    {
        if (digits >= value.Scale)
        {
            return value;
        }

        if (digits >= 0)
        {
            value.TryRescale(digits, truncate, out Numeric128 shorter);
            return shorter.TryRescale(value.Scale, false, out Numeric128 restored) ? restored : shorter;
        }

        // Left of the point: divide, round, multiply back.
        int drop = value.Scale - digits;
        if (drop > Numeric128.MaxPrecision)
        {
            return new Numeric128(0, value.Scale);
        }

        Int128 unit = Numeric128.Power10(drop);
        (Int128 quotient, Int128 remainder) = Int128.DivRem(value.Unscaled, unit);
        if (!truncate && Int128.Abs(remainder) >= unit - Int128.Abs(remainder))
        {
            quotient += Int128.IsNegative(value.Unscaled) ? -1 : 1;
        }

        BigInteger result = (BigInteger)quotient * (BigInteger)unit;
        return BigInteger.Abs(result) < (BigInteger)Numeric128.Power10(Numeric128.MaxPrecision)
            ? new Numeric128((Int128)result, value.Scale)
            : throw SqlErrors.CreateWithState(8115, 2, "expression", "numeric");
    }

    private static SqlValue RoundFloat(double value, int digits, bool truncate)
    {
        if (digits > 15)
        {
            return SqlValue.FromFloat(value);
        }

        double power = Math.Pow(10, Math.Abs(digits));
        if (double.IsInfinity(power))
        {
            return SqlValue.FromFloat(0);
        }

        double scaled = digits >= 0 ? value * power : value / power;
        if (!double.IsFinite(scaled))
        {
            return SqlValue.FromFloat(value);
        }

        double rounded = truncate ? Math.Truncate(scaled) : Math.Round(scaled, MidpointRounding.AwayFromZero);
        return SqlValue.FromFloat(digits >= 0 ? rounded / power : rounded * power);
    }

    private static BoundFunction BindPower(FunctionBinding b)
    {
        SqlType type = MathArgument(b);
        SqlType result = type.IsDecimal ? type.Id == SqlTypeId.Decimal ? SqlType.Decimal(38, type.Scale) : SqlType.Numeric(38, type.Scale) : type;
        bool exactExponent = b.ArgumentTypes[1].IsExactInteger;
        return new BoundFunction(result, true, [type, exactExponent ? SqlType.BigInt : SqlType.Float], (_, a) =>
        {
            long? exponent = exactExponent ? a[1].AsInt64 : null;
            if (exponent is >= 0 and <= 128 && type.IsDecimal && ExactPower(a[0].AsNumeric, (int)exponent) is { } exact)
            {
                return Rescaled(exact, result);
            }

            double x = SqlConvert.Convert(a[0], type, SqlType.Float).AsDouble;
            double y = exponent ?? a[1].AsDouble;
            if (x == 0 && y < 0)
            {
                throw SqlErrors.Create(8134);
            }

            double value = Math.Pow(x, y);
            if (double.IsNaN(value))
            {
                throw SqlErrors.Create(3623);
            }

            if (!double.IsFinite(value))
            {
                throw SqlErrors.CreateWithState(8115, 2, "expression", "float");
            }

            if (exponent >= 0 && type.Id is SqlTypeId.BigInt && Math.Abs(value) < 9.2e18)
            {
                return SqlValue.FromBigInt(IntegerPower(a[0].AsInt64, (int)Math.Min(exponent.Value, 64)));
            }

            return result.Id == SqlTypeId.Float ? SqlValue.FromFloat(value) : SqlConvert.Convert(SqlValue.FromFloat(value), SqlType.Float, result);
        });
    }

    private static long IntegerPower(long value, int exponent)
    {
        if (value is 0 or 1)
        {
            return exponent == 0 ? 1 : value;
        }

        long result = 1;
        for (int i = 0; i < exponent; i++)
        {
            result = unchecked(result * value);
        }

        return result;
    }

    private static Numeric128? ExactPower(Numeric128 value, int exponent)
    {
        BigInteger unscaled = BigInteger.Pow((BigInteger)value.Unscaled, exponent);
        int scale = value.Scale * exponent;
        int drop = scale - value.Scale;
        if (drop > 0)
        {
            BigInteger divisor = BigInteger.Pow(10, drop);
            BigInteger quotient = BigInteger.DivRem(unscaled, divisor, out BigInteger remainder);
            unscaled = BigInteger.Abs(remainder) * 2 >= divisor ? quotient + unscaled.Sign : quotient;
        }
        else if (drop < 0)
        {
            unscaled *= BigInteger.Pow(10, -drop);
        }

        return BigInteger.Abs(unscaled) < (BigInteger)Numeric128.Power10(38) ? new Numeric128((Int128)unscaled, value.Scale) : null;
    }

    private static BoundFunction BindAngle(FunctionBinding b, Func<double, double> convert)
    {
        SqlType type = MathArgument(b);
        int scale = Math.Max((int)type.Scale, 18);
        SqlType result = type.IsDecimal ? type.Id == SqlTypeId.Decimal ? SqlType.Decimal(38, scale) : SqlType.Numeric(38, scale) : type;
        return new BoundFunction(result, true, [type], (_, a) =>
        {
            double value = convert(SqlConvert.Convert(a[0], type, SqlType.Float).AsDouble);
            return result.Id == SqlTypeId.Float ? SqlValue.FromFloat(value)
                : result.IsDecimal && Numeric128.TryFromDouble(value, result.Scale, out Numeric128 number) ? Rescaled(number, result)
                : SqlConvert.Convert(SqlValue.FromFloat(value), SqlType.Float, result);
        });
    }

    /// <summary>RAND() is one value a statement for each place that it is written; RAND(seed) restarts the session's sequence.</summary>
    private static BoundFunction BindRand(FunctionBinding b)
    {
        if (b.ArgumentTypes.Count == 1)
        {
            return new BoundFunction(SqlType.Float, true, [SqlType.Int], static (context, a) =>
            {
                if (a[0].IsNull)
                {
                    return a[0];
                }

                RandomState state = SessionRandom.GetValue(context.Session, static _ => new RandomState());
                state.Seed(a[0].AsInt32);
                return SqlValue.FromFloat(state.Next());
            })
            { NullIfAnyNull = false };
        }

        var site = new object();
        return new BoundFunction(SqlType.Float, false, [], (context, _) =>
        {
            Dictionary<object, double> values = StatementRandom.GetOrCreateValue(context);
            if (!values.TryGetValue(site, out double value))
            {
                value = SessionRandom.GetValue(context.Session, static _ => new RandomState()).Next();
                values[site] = value;
            }

            return SqlValue.FromFloat(value);
        });
    }

    /// <summary>L'Ecuyer's combined multiplicative generator with the seeds that SQL Server's RAND(seed) shows.</summary>
    private sealed class RandomState
    {
        private const long Modulus1 = 2147483563;
        private const long Modulus2 = 2147483399;
        private const double Scale = 4.656613e-10;

        private long _first = Random.Shared.NextInt64(1, Modulus1);
        private long _second = Random.Shared.NextInt64(1, Modulus2);

        public void Seed(int seed)
        {
            _first = seed == 0 ? 12345 : Math.Abs((long)seed) % Modulus1;
            _second = 67890;
        }

        public double Next()
        {
            _first = _first * 40014 % Modulus1;
            _second = _second * 40692 % Modulus2;
            long combined = _first - _second;
            combined = combined < 1 ? combined + Modulus1 - 1 : combined;
            return combined * Scale;
        }
    }
}
