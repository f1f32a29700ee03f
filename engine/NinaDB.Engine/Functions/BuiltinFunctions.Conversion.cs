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
            int answer = type.IsNumber ? 1 : 0;
            return new BoundFunction(SqlType.Int, false, [null], (_, a) => SqlValue.FromInt(a[0].IsNull ? 0 : answer)) { NullIfAnyNull = false };
        }

        return new BoundFunction(SqlType.Int, false, [null], static (_, a) => SqlValue.FromInt(!a[0].IsNull && IsNumeric(a[0].AsString) ? 1 : 0)) { NullIfAnyNull = false };
    }

    /// <summary>True when the text converts to at least one of int, float, decimal and money.</summary>
    private static bool IsNumeric(string text)
    {
        if (text.AsSpan().Trim().IsEmpty)
        {
            return false;
        }

        SqlValue value = SqlValue.FromString(text);
        SqlType type = SqlType.NVarCharMax;
        return SqlConvert.TryParseDecimal(text, out _, out bool tooLong) || tooLong
            || !SqlConvert.TryConvert(value, type, SqlType.Float).IsNull
            || !SqlConvert.TryConvert(value, type, SqlType.Money).IsNull;
    }

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
