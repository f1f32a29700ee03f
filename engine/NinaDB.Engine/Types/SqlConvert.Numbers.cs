using System.Buffers.Binary;
using System.Globalization;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types;

/// <summary>Conversions to numbers.</summary>
internal static partial class SqlConvert
{
    private static SqlValue ToBit(SqlValue value, SqlType from)
    {
        switch (value.Kind)
        {
            case SqlTypeId.Real or SqlTypeId.Float:
                return SqlValue.FromBit(value.AsDouble != 0);
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                return SqlValue.FromBit(value.AsNumeric.Unscaled != 0);
            case SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.Text or SqlTypeId.NText:
                ReadOnlySpan<char> text = value.AsString.AsSpan().Trim();
                if (text.Equals("true", StringComparison.OrdinalIgnoreCase))
                {
                    return SqlValue.FromBit(true);
                }

                if (text.Equals("false", StringComparison.OrdinalIgnoreCase))
                {
                    return SqlValue.FromBit(false);
                }

                ReadOnlySpan<char> digits = text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;
                bool nonZero = false;
                foreach (char c in digits)
                {
                    if (!char.IsAsciiDigit(c))
                    {
                        throw SqlErrors.Create(245, from.SourceName, value.AsString, "bit");
                    }

                    nonZero |= c != '0';
                }

                return SqlValue.FromBit(nonZero);
            case SqlTypeId.DateTime or SqlTypeId.SmallDateTime or SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.RowVersion:
                return SqlValue.FromBit(ToInteger(value, from, SqlTypeId.BigInt).AsInt64 != 0);
            default:
                return SqlValue.FromBit(value.AsInt64 != 0);
        }
    }

    /// <summary>A float as overflow errors show it: seventeen digits that count, six decimals.</summary>
    internal static string Shown(double number)
    {
        if (Math.Abs(number) < 1e17)
        {
            return number.ToString("F6", CultureInfo.InvariantCulture);
        }

        string[] parts = number.ToString("E16", CultureInfo.InvariantCulture).Split('E');
        string digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        int whole = int.Parse(parts[1], CultureInfo.InvariantCulture) + 1 + (digits[0] == '-' ? 1 : 0);
        return digits.PadRight(whole, '0') + ".000000";
    }

    /// <summary>Amounts that int cannot hold have an error of their own; others are judged by the target.</summary>
    private static SqlErrorException MoneyOverflow(long amount, SqlType from, SqlTypeId target)
    {
        const long Unit = 10_000;
        if (from.Id == SqlTypeId.SmallMoney)
        {
            return target == SqlTypeId.SmallInt ? SqlErrors.CreateWithState(220, 5, "smallint", amount / Unit) : SqlErrors.Create(8115, "expression", IntegerName(target));
        }

        long whole = target == SqlTypeId.Int ? RoundDivide(amount, Unit) : amount / Unit;
        if (whole is < int.MinValue or > int.MaxValue)
        {
            return SqlErrors.CreateWithState(237, (byte)(target switch { SqlTypeId.Int => 1, SqlTypeId.SmallInt => 2, _ => 3 }), IntegerName(target));
        }

        return target == SqlTypeId.SmallInt
            ? SqlErrors.CreateWithState(220, 7, "smallint", amount)
            : SqlErrors.CreateWithState(232, 11, "tinyint", (amount / (decimal)Unit).ToString("F6", CultureInfo.InvariantCulture));
    }

    private static SqlValue ToInteger(SqlValue value, SqlType from, SqlTypeId target)
    {
        long result;
        switch (value.Kind)
        {
            case SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt:
                result = value.AsInt64;
                if (!InRange(result, target))
                {
                    throw target == SqlTypeId.Int
                        ? SqlErrors.CreateWithState(8115, 2, "expression", "int")
                        : SqlErrors.CreateWithState(220, (byte)(target == SqlTypeId.TinyInt ? 2 : 1), IntegerName(target), result);
                }

                return SqlValue.FromInteger(target, result);
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                Int128 whole = value.AsNumeric.Truncate();
                if (whole < long.MinValue || whole > long.MaxValue || !InRange((long)whole, target))
                {
                    throw SqlErrors.Create(8115, "numeric", IntegerName(target));
                }

                return SqlValue.FromInteger(target, (long)whole);
            case SqlTypeId.Money or SqlTypeId.SmallMoney:
                result = RoundDivide(value.AsInt64, 10_000);
                if (!InRange(result, target))
                {
                    throw MoneyOverflow(value.AsInt64, from, target);
                }

                return SqlValue.FromInteger(target, result);
            case SqlTypeId.Real or SqlTypeId.Float:
                double number = Math.Truncate(value.AsDouble);
                if (!(number >= -9223372036854775808.0 && number < 9223372036854775808.0) || !InRange((long)number, target))
                {
                    throw target == SqlTypeId.BigInt
                        ? SqlErrors.Create(8115, "expression", "bigint")
                        : SqlErrors.CreateWithState(232, (byte)(target switch { SqlTypeId.TinyInt => 1, SqlTypeId.SmallInt => 2, _ => 3 }), IntegerName(target), Shown(value.AsDouble));
                }

                return SqlValue.FromInteger(target, (long)number);
            case SqlTypeId.DateTime:
                result = FloorDivide(value.AsInt64 + (25_920_000L / 2), 25_920_000L);
                break;
            case SqlTypeId.SmallDateTime:
                result = FloorDivide(value.AsInt64 - DateTimes.Ticks1900 + (TimeSpan.TicksPerDay / 2), TimeSpan.TicksPerDay);
                break;
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.RowVersion or SqlTypeId.Image:
                return SqlValue.FromInteger(target, IntegerOfBytes(value.AsBytes, target));
            default:
                return ParseInteger(value.AsString, from, target);
        }

        if (!InRange(result, target))
        {
            throw SqlErrors.Create(8115, "expression", IntegerName(target));
        }

        return SqlValue.FromInteger(target, result);
    }

    private static SqlValue ParseInteger(string text, SqlType from, SqlTypeId target)
    {
        ReadOnlySpan<char> span = text.AsSpan().Trim();
        bool negative = span.Length > 0 && span[0] == '-';
        ReadOnlySpan<char> digits = span.Length > 0 && span[0] is '+' or '-' ? span[1..].TrimStart() : span;
        long result = 0;
        bool overflow = false;
        foreach (char c in digits)
        {
            if (!char.IsAsciiDigit(c))
            {
                throw target == SqlTypeId.BigInt
                    ? SqlErrors.CreateWithState(8114, 5, from.SourceName, "bigint")
                    : SqlErrors.Create(245, from.SourceName, text, IntegerName(target));
            }

            int digit = c - '0';
            if (overflow || result < (long.MinValue + digit) / 10)
            {
                overflow = true;
                continue;
            }

            // Accumulated as a negative number: the negative range is the larger one.
            result = (result * 10) - digit;
        }

        if (!overflow && !negative)
        {
            overflow = result == long.MinValue;
            result = -result;
        }

        if (overflow || !InRange(result, target))
        {
            throw target switch
            {
                SqlTypeId.BigInt => SqlErrors.Create(8115, "expression", "bigint"),
                SqlTypeId.Int => SqlErrors.Create(248, from.SourceName, text.Trim()),
                SqlTypeId.SmallInt => SqlErrors.CreateWithState(244, 2, from.SourceName, text.Trim(), "INT2"),
                _ => SqlErrors.Create(244, from.SourceName, text.Trim(), "INT1"),
            };
        }

        return SqlValue.FromInteger(target, result);
    }

    private static long IntegerOfBytes(byte[] bytes, SqlTypeId target)
    {
        int width = IntegerWidth(target);
        int start = Math.Max(0, bytes.Length - width);
        long result = 0;
        for (int i = start; i < bytes.Length; i++)
        {
            result = (result << 8) | bytes[i];
        }

        return target switch
        {
            SqlTypeId.SmallInt => (short)result,
            SqlTypeId.Int => (int)result,
            _ => result,
        };
    }

    private static SqlValue ToDecimal(SqlValue value, SqlType from, SqlType to)
    {
        Numeric128 number;
        switch (value.Kind)
        {
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                number = value.AsNumeric;
                break;
            case SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt:
                number = Numeric128.FromInt64(value.AsInt64);
                break;
            case SqlTypeId.Money or SqlTypeId.SmallMoney:
                number = new Numeric128(value.AsInt64, 4);
                break;
            case SqlTypeId.Real or SqlTypeId.Float:
                if (!Numeric128.TryFromDouble(value.AsDouble, to.Scale, out number))
                {
                    throw SqlErrors.CreateWithState(8115, 6, from.SourceName, "numeric");
                }

                break;
            case SqlTypeId.DateTime or SqlTypeId.SmallDateTime:
                if (!Numeric128.TryFromDouble(DaysSince1900(value), to.Scale, out number))
                {
                    throw SqlErrors.Create(8115, "expression", "numeric");
                }

                break;
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.RowVersion:
                number = DecimalOfBytes(value.AsBytes, from);
                break;
            default:
                if (!TryParseDecimal(value.AsString, out number, out bool tooLong))
                {
                    throw tooLong
                        ? SqlErrors.CreateWithState(8115, 6, from.SourceName, "numeric")
                        : SqlErrors.CreateWithState(8114, 5, from.SourceName, "numeric");
                }

                break;
        }

        if (!number.TryRescale(to.Scale, false, out Numeric128 result) || !result.Fits(to.Precision))
        {
            throw SqlErrors.CreateWithState(8115, 8, from.IsDecimal ? "numeric" : from.SourceName, "numeric");
        }

        return SqlValue.FromNumeric(result, to.Id);
    }

    /// <summary>Digits with an optional sign and point; no exponent, no separators.</summary>
    internal static bool TryParseDecimal(ReadOnlySpan<char> text, out Numeric128 number, out bool tooLong)
    {
        number = default;
        tooLong = false;
        text = text.Trim();
        bool negative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is '+' or '-')
        {
            text = text[1..].TrimStart();
        }

        Int128 unscaled = 0;
        int scale = -1;
        int seen = 0;
        bool roundUp = false;
        bool full = false;
        foreach (char c in text)
        {
            if (c == '.' && scale < 0)
            {
                scale = 0;
                continue;
            }

            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            seen++;
            if (full || unscaled >= Numeric128.Power10(37) || scale >= Numeric128.MaxPrecision)
            {
                // Digits beyond the 38th only matter after the point, and only the first of them.
                if (scale < 0)
                {
                    if (unscaled >= Numeric128.Power10(37))
                    {
                        tooLong = true;
                    }
                }
                else if (!full)
                {
                    roundUp = c >= '5';
                }

                full = true;
                continue;
            }

            unscaled = (unscaled * 10) + (c - '0');
            scale = scale >= 0 ? scale + 1 : scale;
        }

        if (seen == 0 || tooLong)
        {
            return false;
        }

        unscaled += roundUp && unscaled < Numeric128.Power10(38) - 1 ? 1 : 0;
        number = new Numeric128(negative ? -unscaled : unscaled, (byte)Math.Max(scale, 0));
        return true;
    }

    /// <summary>Storage form: precision, scale, 0, sign (1 = positive), then the unscaled value little-endian.</summary>
    private static Numeric128 DecimalOfBytes(byte[] bytes, SqlType from)
    {
        if (bytes.Length < 5 || bytes[0] is 0 or > 38 || bytes[1] > bytes[0])
        {
            throw SqlErrors.CreateWithState(8114, 5, from.SourceName, "numeric");
        }

        UInt128 magnitude = 0;
        for (int i = Math.Min(bytes.Length, 20) - 1; i >= 4; i--)
        {
            magnitude = (magnitude << 8) | bytes[i];
        }

        var unscaled = (Int128)magnitude;
        return new Numeric128(bytes[3] == 0 ? -unscaled : unscaled, bytes[1]);
    }

    private static SqlValue ToMoney(SqlValue value, SqlType from, SqlTypeId target)
    {
        Int128 amount;
        switch (value.Kind)
        {
            case SqlTypeId.Money or SqlTypeId.SmallMoney:
                amount = value.AsInt64;
                break;
            case SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt:
                amount = (Int128)value.AsInt64 * 10_000;
                break;
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                amount = value.AsNumeric.TryRescale(4, false, out Numeric128 rescaled) ? rescaled.Unscaled : Int128.MaxValue;
                break;
            case SqlTypeId.Real or SqlTypeId.Float:
                amount = Numeric128.TryFromDouble(value.AsDouble, 4, out Numeric128 exact) ? exact.Unscaled : Int128.MaxValue;
                break;
            case SqlTypeId.DateTime or SqlTypeId.SmallDateTime:
                amount = Numeric128.TryFromDouble(DaysSince1900(value), 4, out Numeric128 days) ? days.Unscaled : Int128.MaxValue;
                break;
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.RowVersion:
                amount = IntegerOfBytes(value.AsBytes, target == SqlTypeId.Money ? SqlTypeId.BigInt : SqlTypeId.Int);
                break;
            default:
                amount = ParseMoney(value.AsString, target);
                break;
        }

        if (target == SqlTypeId.Money)
        {
            return amount >= long.MinValue && amount <= long.MaxValue
                ? SqlValue.FromMoney((long)amount)
                : throw MoneyRange(value, from, "money");
        }

        return amount >= int.MinValue && amount <= int.MaxValue
            ? SqlValue.FromSmallMoney((int)amount)
            : throw MoneyRange(value, from, "smallmoney");
    }

    private static SqlErrorException MoneyRange(SqlValue value, SqlType from, string target) => from switch
    {
        { IsDecimal: true } => SqlErrors.CreateWithState(8115, 4, "numeric", target),
        { IsApproximate: true } => SqlErrors.CreateWithState(232, 2, target, Shown(value.AsDouble)),
        { Id: SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int } => SqlErrors.CreateWithState(220, 3, target, value.AsInt64),
        { Id: SqlTypeId.Money } => SqlErrors.CreateWithState(237, 3, target),
        _ => SqlErrors.Create(8115, "expression", target),
    };

    private static Int128 ParseMoney(string text, SqlTypeId target)
    {
        ReadOnlySpan<char> span = text.AsSpan().Trim();
        if (span.IsEmpty)
        {
            return 0;
        }

        bool negative = false;
        if (span[0] == '(' && span[^1] == ')')
        {
            negative = true;
            span = span[1..^1].Trim();
        }

        var digits = new System.Text.StringBuilder(span.Length);
        bool currency = false;
        foreach (char c in span)
        {
            if (digits.Length == 0 && c is '-' or '+')
            {
                negative ^= c == '-';
            }
            else if (!currency && digits.Length == 0 && CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.CurrencySymbol)
            {
                currency = true;
            }
            else if (char.IsAsciiDigit(c) || c == '.')
            {
                digits.Append(c);
            }
            else if (c is not (',' or ' ') || (c == ' ' && digits.Length > 0))
            {
                throw SqlErrors.Create(target == SqlTypeId.Money ? 235 : 293);
            }
        }

        if (digits.Length == 0)
        {
            return 0;
        }

        if (!TryParseDecimal(digits.ToString(), out Numeric128 number, out _))
        {
            throw SqlErrors.Create(target == SqlTypeId.Money ? 235 : 293);
        }

        Int128 amount = number.TryRescale(4, false, out Numeric128 rescaled) ? rescaled.Unscaled : Int128.MaxValue;
        return negative ? -amount : amount;
    }

    private static SqlValue ToFloat(SqlValue value, SqlType from, SqlTypeId target)
    {
        double number = value.Kind switch
        {
            SqlTypeId.Real or SqlTypeId.Float => value.AsDouble,
            SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt => value.AsInt64,
            SqlTypeId.Decimal or SqlTypeId.Numeric => value.AsNumeric.ToDouble(),
            SqlTypeId.Money or SqlTypeId.SmallMoney => value.AsInt64 / 10_000.0,
            SqlTypeId.DateTime or SqlTypeId.SmallDateTime => DaysSince1900(value),
            SqlTypeId.Binary or SqlTypeId.VarBinary => BinaryPrimitives.ReadDoubleBigEndian(value.AsBytes),
            _ => ParseFloat(value.AsString, from, target),
        };
        if (target == SqlTypeId.Float)
        {
            return SqlValue.FromFloat(number);
        }

        float narrow = (float)number;
        return float.IsFinite(narrow) ? SqlValue.FromReal(narrow) : throw SqlErrors.Create(232, "real", Shown(number));
    }

    private static double ParseFloat(string text, SqlType from, SqlTypeId target)
    {
        ReadOnlySpan<char> span = text.AsSpan().Trim();
        if (span.IsEmpty)
        {
            return 0;
        }

        bool plausible = char.IsAsciiDigit(span[0]) || (span[0] is '+' or '-' or '.' && span.IndexOfAnyInRange('0', '9') >= 0 && !char.IsAsciiLetter(span[Math.Min(1, span.Length - 1)]));
        if (!plausible || !double.TryParse(span, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number))
        {
            throw SqlErrors.CreateWithState(8114, 5, from.SourceName, target == SqlTypeId.Float ? "float" : "real");
        }

        return double.IsFinite(number) ? number : throw SqlErrors.Create(8115, "expression", target == SqlTypeId.Float ? "float" : "real");
    }

    private static double DaysSince1900(SqlValue value) => value.Kind == SqlTypeId.DateTime
        ? value.AsInt64 / 25_920_000.0
        : (value.AsInt64 - DateTimes.Ticks1900) / (double)TimeSpan.TicksPerDay;

    internal static bool InRange(long value, SqlTypeId target) => target switch
    {
        SqlTypeId.TinyInt => value is >= 0 and <= 255,
        SqlTypeId.SmallInt => value is >= short.MinValue and <= short.MaxValue,
        SqlTypeId.Int => value is >= int.MinValue and <= int.MaxValue,
        SqlTypeId.Bit => value is 0 or 1,
        _ => true,
    };

    internal static string IntegerName(SqlTypeId target) => target switch
    {
        SqlTypeId.Bit => "bit",
        SqlTypeId.TinyInt => "tinyint",
        SqlTypeId.SmallInt => "smallint",
        SqlTypeId.Int => "int",
        _ => "bigint",
    };

    private static int IntegerWidth(SqlTypeId target) => target switch
    {
        SqlTypeId.Bit or SqlTypeId.TinyInt => 1,
        SqlTypeId.SmallInt => 2,
        SqlTypeId.Int or SqlTypeId.SmallMoney => 4,
        _ => 8,
    };

    /// <summary>Quotient rounded half away from zero.</summary>
    private static long RoundDivide(long value, long divisor)
    {
        (long quotient, long remainder) = Math.DivRem(value, divisor);
        return Math.Abs(remainder) * 2 >= divisor ? quotient + Math.Sign(value) : quotient;
    }

    private static long FloorDivide(long value, long divisor)
    {
        (long quotient, long remainder) = Math.DivRem(value, divisor);
        return remainder < 0 ? quotient - 1 : quotient;
    }
}
