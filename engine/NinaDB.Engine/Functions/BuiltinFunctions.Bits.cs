using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Bit manipulation functions.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/bit-manipulation-functions-overview.</remarks>
internal static partial class BuiltinFunctions
{
    private static void AddBitFamily(Action<BuiltinFunction> add)
    {
        add(Function("BIT_COUNT", 1, 1, b =>
        {
            SqlType type = BitsArgument(b);
            return new BoundFunction(SqlType.BigInt, true, [type], (_, a) => SqlValue.FromBigInt(SqlBits.Count(a[0], type)));
        }));
        add(Function("GET_BIT", 2, 2, b =>
        {
            SqlType type = BitsArgument(b);
            return new BoundFunction(SqlType.Bit, true, [type, SqlType.BigInt], (_, a) => SqlValue.FromBit(SqlBits.GetBit(a[0], a[1].AsInt64, type)));
        }));
        add(Function("SET_BIT", 2, 3, b =>
        {
            SqlType type = BitsArgument(b);
            return new BoundFunction(type, true, [type, SqlType.BigInt, SqlType.Bit], (_, a) => SqlBits.SetBit(a[0], a[1].AsInt64, a.Length < 3 || a[2].AsBoolean, type));
        }));
        add(Function("LEFT_SHIFT", 2, 2, b => BindShift(b, left: true)));
        add(Function("RIGHT_SHIFT", 2, 2, b => BindShift(b, left: false)));
    }

    private static SqlType BitsArgument(FunctionBinding b)
    {
        SqlType type = b.ArgumentTypes[0];
        return type.Id == SqlTypeId.Null ? SqlType.Int
            : type.IsExactInteger || (type.Id is SqlTypeId.Binary or SqlTypeId.VarBinary && !type.IsMax) ? type
            : throw InvalidArgument(b, 0);
    }

    private static BoundFunction BindShift(FunctionBinding b, bool left)
    {
        SqlType type = BitsArgument(b);
        return new BoundFunction(type, true, [type, SqlType.BigInt], (_, a) =>
            SqlBits.Shift(a[0], left ? a[1].AsInt64 : -Math.Max(a[1].AsInt64, -long.MaxValue), type));
    }
}
