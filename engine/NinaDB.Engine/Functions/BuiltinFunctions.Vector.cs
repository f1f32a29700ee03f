using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Vector functions of SQL Server 2025; all count as nondeterministic.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/vector-functions-transact-sql.</remarks>
internal static partial class BuiltinFunctions
{
    private static void AddVectorFamily(Action<BuiltinFunction> add)
    {
        add(Function("VECTOR_DISTANCE", 3, 3, BindVectorDistance) with { IsDeterministic = false });
        add(Function("VECTOR_NORM", 2, 2, static b =>
        {
            SqlType type = FullPrecisionVector(b);
            return new BoundFunction(SqlType.Float, true, [type, SqlType.VarChar(30)], static (_, a) => SqlValue.FromFloat(VectorDistance.Norm(a[1].AsString, a[0].AsVector)));
        }) with
        { IsDeterministic = false });
        add(Function("VECTOR_NORMALIZE", 2, 2, static b =>
        {
            SqlType type = FullPrecisionVector(b);
            return new BoundFunction(type, true, [type, SqlType.VarChar(30)], static (_, a) => SqlValue.FromVector(VectorDistance.Normalize(a[1].AsString, a[0].AsVector)));
        }) with
        { IsDeterministic = false });
        add(Function("VECTORPROPERTY", 2, 2, BindVectorProperty) with { IsDeterministic = false });
    }

    /// <summary>Strings do not convert here: only vectors (and NULL) are arguments. Error 8116.</summary>
    private static SqlType VectorArgument(FunctionBinding b, int index, SqlType? otherwise = null)
    {
        SqlType type = b.ArgumentTypes[index];
        return type.Id == SqlTypeId.Vector ? type : type.Id == SqlTypeId.Null ? otherwise ?? SqlType.Vector(1) : throw InvalidArgument(b, index);
    }

    private static SqlType FullPrecisionVector(FunctionBinding b)
    {
        SqlType type = VectorArgument(b, 0);
        return type.IsHalfPrecision ? throw SqlErrors.Create(42246, b.Name) : type;
    }

    private static BoundFunction BindVectorDistance(FunctionBinding b)
    {
        SqlType left = VectorArgument(b, 1, b.ArgumentTypes[2].Id == SqlTypeId.Vector ? b.ArgumentTypes[2] : null);
        SqlType right = VectorArgument(b, 2, left);
        SqlType metricType = b.ArgumentTypes[0].IsString || IsNullArgument(b, 0) ? SqlType.VarChar(30) : throw InvalidArgument(b, 0);
        if (left.IsHalfPrecision != right.IsHalfPrecision)
        {
            return new BoundFunction(SqlType.Float, true, [metricType, null, null], (_, _) =>
                throw SqlErrors.Create(42243, left.IsHalfPrecision ? "float16" : "float32", right.IsHalfPrecision ? "float16" : "float32"));
        }

        if (b.Constants[0] is { IsNull: false } constant)
        {
            VectorMetric metric = VectorDistance.ParseMetric(constant.AsString);
            return new BoundFunction(SqlType.Float, true, [metricType, null, null], (_, a) => SqlValue.FromFloat(VectorDistance.Compute(metric, a[1].AsVector, a[2].AsVector)));
        }

        return new BoundFunction(SqlType.Float, true, [metricType, null, null], static (_, a) =>
            SqlValue.FromFloat(VectorDistance.Compute(VectorDistance.ParseMetric(a[0].AsString), a[1].AsVector, a[2].AsVector)));
    }

    private static BoundFunction BindVectorProperty(FunctionBinding b)
    {
        SqlType type = VectorArgument(b, 0);
        string? property = b.Constants[1] is { IsNull: false } constant && b.ArgumentTypes[1].IsString ? constant.AsString.TrimEnd(' ') : null;
        if (property is null)
        {
            throw InvalidArgument(b, 1);
        }

        return property.ToUpperInvariant() switch
        {
            "DIMENSIONS" => new BoundFunction(SqlType.Int, true, [null, null], static (_, a) => SqlValue.FromInt(a[0].AsVector.Length)),
            "BASETYPE" => new BoundFunction(SqlType.SysName, true, [null, null], (_, _) => SqlValue.FromString(type.IsHalfPrecision ? "float16" : "float32")),
            _ => throw SqlErrors.Create(42248, property),
        };
    }
}
