using System.Globalization;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Types;

/// <summary>Value and type of a literal as T-SQL types it.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/data-types/constants-transact-sql.</remarks>
internal static class SqlLiteral
{
    /// <summary>Throws 1007 for a number of more than 38 digits. DEFAULT and MAX are not values: 156.</summary>
    public static (SqlValue Value, SqlType Type) Bind(LiteralExpression literal) => literal.Kind switch
    {
        LiteralKind.Null => (SqlValue.Null, SqlType.Null),
        LiteralKind.Integer => Integer(literal.Text),
        LiteralKind.Decimal => Decimal(literal.Text),
        LiteralKind.Float => Float(literal.Text),
        LiteralKind.Money => (SqlConvert.Convert(SqlValue.FromString(literal.Text, SqlTypeId.VarChar), SqlType.VarChar(100), SqlType.Money), SqlType.Money),
        LiteralKind.String => Text(literal.Text, unicode: false),
        LiteralKind.NationalString => Text(literal.Text, unicode: true),
        LiteralKind.Binary => Binary(literal.Text),
        _ => throw SqlErrors.Create(156, literal.Kind == LiteralKind.Default ? "DEFAULT" : "MAX"),
    };

    private static (SqlValue Value, SqlType Type) Integer(string text)
    {
        // Larger constants are numeric, not bigint.
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? (SqlValue.FromInt(value), SqlType.Int)
            : Decimal(text);
    }

    private static (SqlValue Value, SqlType Type) Decimal(string text)
    {
        if (!SqlConvert.TryParseDecimal(text, out Numeric128 number, out _) || SignificantDigits(text) > Numeric128.MaxPrecision)
        {
            throw SqlErrors.Create(1007, text);
        }

        int precision = Math.Max(Math.Max(number.Digits, number.Scale), 1);
        return (SqlValue.FromNumeric(number, SqlTypeId.Numeric), SqlType.Numeric(precision, number.Scale));
    }

    private static int SignificantDigits(string text)
    {
        ReadOnlySpan<char> digits = text.AsSpan().TrimStart('0');
        return digits.Length - (digits.Contains('.') ? 1 : 0);
    }

    private static (SqlValue Value, SqlType Type) Float(string text)
    {
        // "1e" is a legal float constant.
        string normal = char.IsAsciiDigit(text[^1]) || text[^1] == '.' ? text : text + "0";
        double value = double.Parse(normal, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? (SqlValue.FromFloat(value), SqlType.Float) : throw SqlErrors.Create(168, text, 8);
    }

    private static (SqlValue Value, SqlType Type) Text(string text, bool unicode)
    {
        if (unicode)
        {
            return (SqlValue.FromString(text), SqlType.NVarChar(text.Length > 4000 ? SqlType.Max : Math.Max(1, text.Length)));
        }

        string held = TextEncodings.ToVarChar(text, Collation.Default);
        return (SqlValue.FromString(held, SqlTypeId.VarChar), SqlType.VarChar(held.Length > 8000 ? SqlType.Max : Math.Max(1, held.Length)));
    }

    private static (SqlValue Value, SqlType Type) Binary(string digits)
    {
        byte[] bytes = Convert.FromHexString(digits.Length % 2 == 0 ? digits : "0" + digits);
        return (SqlValue.FromBinary(bytes), SqlType.VarBinary(bytes.Length > 8000 ? SqlType.Max : Math.Max(1, bytes.Length)));
    }
}
