using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>ISNUMERIC, GREATEST, LEAST, NEWID.</summary>
internal static partial class BuiltinFunctions
{
    private static void AddConversionFamily(Action<BuiltinFunction> add)
    {
        add(Function("ISNUMERIC", 1, 1, BindIsNumeric));
        add(Function("GREATEST", 1, 254, b => BindExtreme(b, greatest: true)));
        add(Function("LEAST", 1, 254, b => BindExtreme(b, greatest: false)));
        add(new BuiltinFunction("NEWID", 0, 0, static _ => new BoundFunction(SqlType.UniqueIdentifier, false, [], static (_, _) => SqlValue.FromGuid(Guid.NewGuid()))) { IsDeterministic = false });
        add(new BuiltinFunction("NEWSEQUENTIALID", 0, 0, static _ => new BoundFunction(SqlType.UniqueIdentifier, false, [], static (_, _) => SqlValue.FromGuid(SequentialGuid.Next()))) { IsDeterministic = false });
    }

    private static BoundFunction BindIsNumeric(FunctionBinding b)
    {
        SqlType type = b.ArgumentTypes[0];
        if (!type.IsString)
        {
            int answer = type.IsNumber && type.Id != SqlTypeId.Bit ? 1 : 0;
            return new BoundFunction(SqlType.Int, false, [null], (_, a) => SqlValue.FromInt(a[0].IsNull ? 0 : answer)) { NullIfAnyNull = false };
        }

        return new BoundFunction(SqlType.Int, false, [null], static (_, a) => SqlValue.FromInt(!a[0].IsNull && IsNumeric(a[0].AsString) ? 1 : 0)) { NullIfAnyNull = false };
    }

    /// <summary>
    /// What might be a number of some type: sign and currency in either order, digits with commas and one point, an exponent. Any one of them is enough, a digit is not needed.
    /// </summary>
    private static bool IsNumeric(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest.IsEmpty)
        {
            return false;
        }

        bool sign = false;
        bool currency = false;
        while (!rest.IsEmpty && ((!sign && rest[0] is '+' or '-') || (!currency && IsCurrency(rest[0]))))
        {
            sign |= rest[0] is '+' or '-';
            currency |= IsCurrency(rest[0]);
            rest = rest[1..].TrimStart(' ');
        }

        bool point = false;
        bool comma = false;
        bool digit = false;
        while (!rest.IsEmpty && (char.IsAsciiDigit(rest[0]) || rest[0] == ',' || (rest[0] == '.' && !point)))
        {
            digit |= char.IsAsciiDigit(rest[0]);
            point |= rest[0] == '.';
            comma |= rest[0] == ',';
            rest = rest[1..];
        }

        if (!rest.IsEmpty && digit && !comma && !currency && rest[0] is 'e' or 'E' or 'd' or 'D')
        {
            rest = rest[1..];
            rest = !rest.IsEmpty && rest[0] is '+' or '-' ? rest[1..] : rest;
            return !rest.IsEmpty && rest.IndexOfAnyExceptInRange('0', '9') < 0;
        }

        return rest.IsEmpty;
    }

    private static bool IsCurrency(char c) => c is '$' or '\\' || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.CurrencySymbol;

    /// <summary>NULL arguments are passed over; all NULL gives NULL.</summary>
    private static BoundFunction BindExtreme(FunctionBinding b, bool greatest)
    {
        SqlType type = b.ArgumentTypes[0];
        foreach (SqlType argument in b.ArgumentTypes)
        {
            type = TypePrecedence.Common(type, argument);
        }

        type = type.Id == SqlTypeId.Null ? SqlType.Int : type;
        if (type.Id is SqlTypeId.Json or SqlTypeId.Vector or SqlTypeId.Xml || type.IsLegacyLob)
        {
            throw InvalidArgument(b, 0);
        }

        SqlComparer comparer = SqlComparer.For(type);
        return new BoundFunction(type, true, [.. b.ArgumentTypes.Select(_ => type)], (_, a) =>
        {
            SqlValue best = SqlValue.Null;
            foreach (SqlValue value in a)
            {
                if (!value.IsNull && (best.IsNull || (greatest ? comparer.CompareValues(value, best) > 0 : comparer.CompareValues(value, best) < 0)))
                {
                    best = value;
                }
            }

            return best;
        })
        { NullIfAnyNull = false };
    }
}
