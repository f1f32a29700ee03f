using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Registration of the scalar families and the typing helpers that they share.</summary>
internal static partial class BuiltinFunctions
{
    static partial void AddScalarFamilies(Action<BuiltinFunction> add)
    {
        AddStringFamily(add);
        AddStringSearchFamily(add);
        AddCharacterFamily(add);
        AddSimilarityFamily(add);
        AddRegexFamily(add);
        AddMathFamily(add);
        AddDateFamily(add);
        AddDateConstructionFamily(add);
        AddConversionFamily(add);
        AddJsonFamily(add);
        AddVectorFamily(add);
        AddHashFamily(add);
        AddCryptographyFamily(add);
        AddBitFamily(add);
    }

    /// <summary>Name as error messages show it.</summary>
    private static string ErrorName(FunctionBinding b) => b.Name.ToLowerInvariant();

    private static SqlErrorException InvalidArgument(FunctionBinding b, int index) =>
        SqlErrors.Create(8116, b.ArgumentTypes[index].Id == SqlTypeId.Null ? "NULL" : b.ArgumentTypes[index].ErrorName, index + 1, ErrorName(b));

    private static bool IsNullArgument(FunctionBinding b, int index) => b.ArgumentTypes[index].Id == SqlTypeId.Null;

    /// <summary>
    /// The character type an argument becomes: itself, or varchar wide enough for its text. Error 8116 for types that have no text, and for text and ntext where they are not
    /// only read.
    /// </summary>
    private static SqlType StringArgument(FunctionBinding b, int index, bool isRead = false)
    {
        SqlType type = b.ArgumentTypes[index];
        if (type.IsLegacyLob && type.IsString)
        {
            return !isRead ? throw InvalidArgument(b, index)
                : type.Id == SqlTypeId.Text ? SqlType.VarCharMax.WithCollation(type.Collation) : SqlType.NVarCharMax.WithCollation(type.Collation);
        }

        if (type.IsString)
        {
            return type;
        }

        return type.Id switch
        {
            SqlTypeId.Null => SqlType.VarChar(1),
            SqlTypeId.Image or SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector or SqlTypeId.Table or SqlTypeId.Cursor or SqlTypeId.HierarchyId or SqlTypeId.Udt => throw InvalidArgument(b, index),
            SqlTypeId.SqlVariant => throw SqlErrors.Create(257, "sql_variant", "varchar"),
            _ => SqlType.VarChar(SqlOperators.TextLength(type)),
        };
    }

    /// <summary>A variable-length type of the same encoding and collation, cut at the family's limit.</summary>
    private static SqlType VariableString(SqlType like, long length)
    {
        int declared = like.IsMax || length == SqlType.Max ? SqlType.Max : (int)Math.Clamp(length, 1, like.IsUnicodeString ? 4000 : 8000);
        return like.IsUnicodeString ? SqlType.NVarChar(declared, like.Collation) : SqlType.VarChar(declared, like.Collation);
    }

    private static SqlType VariableBinary(SqlType like, long length) =>
        SqlType.VarBinary(like.IsMax || length == SqlType.Max ? SqlType.Max : (int)Math.Clamp(length, 1, 8000));

    /// <summary>int for bounded types, bigint for max types.</summary>
    private static SqlType LengthType(SqlType type) => type.IsMax ? SqlType.BigInt : SqlType.Int;

    private static SqlValue Integer(SqlType type, long value) => SqlValue.FromInteger(type.Id, value);

    private static SqlValue Text(string value, SqlType type) => SqlValue.FromString(value, type.Id);

    /// <summary>Text cut to what a bounded result type holds.</summary>
    private static SqlValue CutText(string value, SqlType type) =>
        SqlValue.FromString(type.IsMax || value.Length <= type.Length ? value : value[..type.Length], type.Id);

    /// <summary>The value of a constant integer argument; null when it is not constant.</summary>
    private static long? ConstantInteger(FunctionBinding b, int index) =>
        index < b.Constants.Count && b.Constants[index] is { IsNull: false } value && b.ArgumentTypes[index].IsExactInteger ? value.AsInt64 : null;

    /// <summary>An argument that counts or indexes: int, or bigint where a max value is addressed. Error 8116 for types that are no numbers.</summary>
    private static SqlType CountArgument(FunctionBinding b, int index, bool isLarge = false)
    {
        SqlType type = b.ArgumentTypes[index];
        return type.IsNumber || type.IsString || type.Id == SqlTypeId.Null || type.IsBinary ? isLarge ? SqlType.BigInt : SqlType.Int : throw InvalidArgument(b, index);
    }

    private static BuiltinFunction Function(string name, int min, int max, Func<FunctionBinding, BoundFunction> bind) => new(name, min, max, bind);

    /// <summary>A function of fixed types.</summary>
    private static BuiltinFunction Simple(string name, SqlType result, SqlType[] arguments, Func<SqlValue[], SqlValue> evaluate)
    {
        var bound = new BoundFunction(result, true, arguments, (_, a) => evaluate(a));
        return new BuiltinFunction(name, arguments.Length, arguments.Length, _ => bound);
    }

    private static Collation CollationOf(params ReadOnlySpan<SqlType> types)
    {
        foreach (SqlType type in types)
        {
            if (type.IsString && type.Collation is { } collation)
            {
                return collation;
            }
        }

        return Collation.Default;
    }
}
