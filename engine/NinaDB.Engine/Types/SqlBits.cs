using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types;

/// <summary>Shifts and bit access on integers and binary strings. Bits are numbered from the right; shifts fill with zeros (logical).</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/bit-manipulation-functions-overview.</remarks>
internal static class SqlBits
{
    /// <summary>Width in bits of an integer type.</summary>
    public static int Width(SqlTypeId id) => id switch
    {
        SqlTypeId.Bit => 1,
        SqlTypeId.TinyInt => 8,
        SqlTypeId.SmallInt => 16,
        SqlTypeId.Int => 32,
        _ => 64,
    };

    /// <summary>Shifts left by <paramref name="distance"/> (right when negative).</summary>
    public static SqlValue Shift(SqlValue value, long distance, SqlType type)
    {
        if (type.IsBinary)
        {
            return SqlValue.FromBinary(ShiftBytes(value.AsBytes, distance), type.Id);
        }

        int width = Width(type.Id);
        ulong mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
        ulong bits = (ulong)value.AsInt64 & mask;
        bits = distance >= width || distance <= -width ? 0 : distance >= 0 ? (bits << (int)distance) & mask : bits >> (int)-distance;
        return FromBits(bits, type.Id);
    }

    public static bool GetBit(SqlValue value, long offset, SqlType type)
    {
        if (type.IsBinary)
        {
            byte[] bytes = value.AsBytes;
            CheckOffset(offset, bytes.Length * 8L, "get_bit", 1);
            return (bytes[bytes.Length - 1 - (int)(offset / 8)] >> (int)(offset % 8) & 1) != 0;
        }

        CheckOffset(offset, Width(type.Id), "get_bit", 1);
        return (value.AsInt64 >> (int)offset & 1) != 0;
    }

    public static SqlValue SetBit(SqlValue value, long offset, bool bit, SqlType type)
    {
        if (type.IsBinary)
        {
            var bytes = (byte[])value.AsBytes.Clone();
            CheckOffset(offset, bytes.Length * 8L, "set_bit", 2);
            int index = bytes.Length - 1 - (int)(offset / 8);
            int mask = 1 << (int)(offset % 8);
            bytes[index] = (byte)(bit ? bytes[index] | mask : bytes[index] & ~mask);
            return SqlValue.FromBinary(bytes, type.Id);
        }

        CheckOffset(offset, Width(type.Id), "set_bit", 2);
        ulong bits = (ulong)value.AsInt64;
        return FromBits(bit ? bits | (1UL << (int)offset) : bits & ~(1UL << (int)offset), type.Id);
    }

    public static long Count(SqlValue value, SqlType type)
    {
        if (type.IsBinary)
        {
            long count = 0;
            foreach (byte b in value.AsBytes)
            {
                count += System.Numerics.BitOperations.PopCount(b);
            }

            return count;
        }

        int width = Width(type.Id);
        return System.Numerics.BitOperations.PopCount((ulong)value.AsInt64 & (width == 64 ? ulong.MaxValue : (1UL << width) - 1));
    }

    private static SqlValue FromBits(ulong bits, SqlTypeId id) => SqlValue.FromInteger(id, id switch
    {
        SqlTypeId.Bit => (long)(bits & 1),
        SqlTypeId.TinyInt => (byte)bits,
        SqlTypeId.SmallInt => (short)bits,
        SqlTypeId.Int => (int)bits,
        _ => (long)bits,
    });

    private static void CheckOffset(long offset, long width, string function, byte state)
    {
        if (offset < 0 || offset >= width)
        {
            throw SqlErrors.CreateWithState(9838, state, function, width - 1);
        }
    }

    private static byte[] ShiftBytes(byte[] bytes, long distance)
    {
        var result = new byte[bytes.Length];
        long bits = bytes.Length * 8L;
        if (distance >= bits || distance <= -bits)
        {
            return result;
        }

        int wholeBytes = (int)(Math.Abs(distance) / 8);
        int rest = (int)(Math.Abs(distance) % 8);
        for (int i = 0; i < bytes.Length; i++)
        {
            if (distance >= 0)
            {
                int from = i + wholeBytes;
                int high = from < bytes.Length ? bytes[from] << rest : 0;
                int low = from + 1 < bytes.Length ? bytes[from + 1] >> (8 - rest) : 0;
                result[i] = (byte)(high | low);
            }
            else
            {
                int from = i - wholeBytes;
                int low = from >= 0 ? bytes[from] >> rest : 0;
                int high = from - 1 >= 0 ? bytes[from - 1] << (8 - rest) : 0;
                result[i] = (byte)(high | low);
            }
        }

        return result;
    }
}
