using System.Data.SqlTypes;
using System.Globalization;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>PARSE and TRY_PARSE: text to number or date in a culture, as .NET reads it (which is what SQL Server does too).</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/parse-transact-sql.</remarks>
internal static class ParseFunction
{
    public static BoundExpression Bind(ConvertExpression syntax, BoundExpression operand, SqlType type, BoundExpression? culture)
    {
        string name = syntax.IsTry ? "try_parse" : "parse";
        if (operand.Type.Id != SqlTypeId.Null && !operand.Type.IsString)
        {
            throw SqlErrors.Create(8116, operand.Type.Name, 1, name).At(syntax);
        }

        bool allowed = (type.IsNumber && type.Id != SqlTypeId.Bit) || type.IsDateOrTime;
        if (!allowed)
        {
            throw SqlErrors.Create(10761, type.Name, name).At(syntax);
        }

        bool isTry = syntax.IsTry;
        var function = new BoundFunction(type, true, [SqlType.NVarChar(4000), SqlType.NVarChar(4000)], (context, arguments) =>
            Evaluate(arguments[0].AsString, arguments.Length > 1 ? arguments[1].AsString : Cultures.NameOf(context.Session.Options), type, isTry));
        BoundExpression text = operand.Type.Id == SqlTypeId.Null
            ? new BoundConstant(SqlValue.Null, SqlType.NVarChar(4000))
            : new BoundConvert(operand, SqlType.NVarChar(4000));
        return new BoundFunctionCall(name.ToUpperInvariant(), culture is null ? [text] : [text, culture], function) { Options = type.ToString() };
    }

    private static SqlValue Evaluate(string text, string cultureName, SqlType type, bool isTry)
    {
        CultureInfo culture = Cultures.Find(cultureName) ?? throw SqlErrors.Create(9818, cultureName);
        SqlValue? value;
        try
        {
            value = Read(text, culture, type);
        }
        catch (SqlErrorException) when (isTry)
        {
            value = null;
        }

        return value ?? (isTry ? SqlValue.Null : throw SqlErrors.Create(9819, text, type.Name, cultureName));
    }

    private static SqlValue? Read(string text, CultureInfo culture, SqlType type)
    {
        const NumberStyles Integer = NumberStyles.Integer | NumberStyles.AllowThousands;
        if (type.IsExactInteger)
        {
            return long.TryParse(text, Integer, culture, out long number)
                ? SqlConvert.Convert(SqlValue.FromBigInt(number), SqlType.BigInt, type)
                : null;
        }

        if (type.IsApproximate)
        {
            return double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, culture, out double number)
                ? SqlConvert.Convert(SqlValue.FromFloat(number), SqlType.Float, type)
                : null;
        }

        if (type.IsNumber)
        {
            NumberStyles style = type.IsMoney ? NumberStyles.Currency : NumberStyles.Number;
            if (!decimal.TryParse(text, style, culture, out decimal number))
            {
                return null;
            }

            var wide = new SqlDecimal(number);
            return SqlConvert.Convert(SqlValue.FromDecimal(wide), SqlType.Decimal(Math.Max(wide.Precision, wide.Scale), wide.Scale), type);
        }

        if (!DateTimeOffset.TryParse(text, culture, DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeUniversal, out DateTimeOffset moment))
        {
            return null;
        }

        return type.Id == SqlTypeId.DateTimeOffset
            ? SqlConvert.Convert(SqlValue.FromDateTimeOffset(moment.UtcTicks, (int)moment.Offset.TotalMinutes), SqlType.DateTimeOffset(7), type)
            : SqlConvert.Convert(SqlValue.FromDateTime2(moment.Ticks), SqlType.DateTime2(7), type);
    }
}
