using NinaDB.Engine.Errors;
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
            SqlType type = b.ArgumentTypes[0].Id == SqlTypeId.Bit ? SqlType.Bit : BitsArgument(b);
            return new BoundFunction(SqlType.BigInt, true, [type], (_, a) => SqlValue.FromBigInt(SqlBits.Count(a[0], type)));
        }));
        add(Function("GET_BIT", 2, 2, b =>
        {
            SqlType type = BitsArgument(b);
            return new BoundFunction(SqlType.Bit, true, [type, PlaceArgument(b, 1)], (_, a) => SqlValue.FromBit(SqlBits.GetBit(a[0], a[1].AsInt64, type)));
        }));
        add(Function("SET_BIT", 2, 3, b =>
        {
            SqlType type = BitsArgument(b);
            return new BoundFunction(type, true, [type, PlaceArgument(b, 1), b.ArgumentTypes.Count > 2 ? PlaceArgument(b, 2) : null], (_, a) =>
            {
                long value = a.Length < 3 ? 1 : a[2].AsInt64;
                return value is 0 or 1 ? SqlBits.SetBit(a[0], a[1].AsInt64, value == 1, type) : throw SqlErrors.Create(9839, "set_bit");
            });
        }));
        add(Function("LEFT_SHIFT", 2, 2, b => BindShift(b, left: true)));
        add(Function("RIGHT_SHIFT", 2, 2, b => BindShift(b, left: false)));
    }

    /// <summary>An integer or bytes; bit only where a function says so.</summary>
    private static SqlType BitsArgument(FunctionBinding b)
    {
        SqlType type = b.ArgumentTypes[0];
        return type.IsExactInteger && type.Id != SqlTypeId.Bit ? type : type.Id is SqlTypeId.Binary or SqlTypeId.VarBinary && !type.IsMax ? type : throw InvalidArgument(b, 0);
    }

    /// <summary>A position, a distance or a bit's value: an integer already, taken as bigint and never narrowed.</summary>
    private static SqlType PlaceArgument(FunctionBinding b, int index)
    {
        SqlType type = b.ArgumentTypes[index];
        return type.IsExactInteger && (type.Id != SqlTypeId.Bit || index == 2) ? SqlType.BigInt : throw InvalidArgument(b, index);
    }

    private static BoundFunction BindShift(FunctionBinding b, bool left)
    {
        SqlType type = BitsArgument(b);
        return new BoundFunction(type, true, [type, PlaceArgument(b, 1)], (_, a) =>
            SqlBits.Shift(a[0], left ? a[1].AsInt64 : -Math.Max(a[1].AsInt64, -long.MaxValue), type));
    }
}
