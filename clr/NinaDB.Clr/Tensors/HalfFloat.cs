namespace NinaDB.Clr.Tensors;

/// <summary>Conversions between float and its 16-bit relatives F16 (IEEE 754 binary16) and BF16, rounding to nearest, ties to even.</summary>
public static unsafe class HalfFloat
{
    /// <summary>F16 bits to float, exactly.</summary>
    public static float ToSingle(ushort half)
    {
        uint magnitude = (uint)(half & 0x7FFF) << 13;
        uint sign = (uint)(half & 0x8000) << 16;
        uint bits;
        if (magnitude >= 0x0F800000)
        {
            bits = magnitude | 0x7F800000;
        }
        else
        {
            float scaled = *(float*)&magnitude * 5.192296858534828e33f;
            bits = *(uint*)&scaled;
        }

        bits |= sign;
        return *(float*)&bits;
    }

    /// <summary>Float to F16 bits; what is too large becomes an infinity.</summary>
    public static ushort FromSingle(float value)
    {
        uint bits = *(uint*)&value;
        uint sign = (bits >> 16) & 0x8000;
        uint magnitude = bits & 0x7FFFFFFF;
        if (magnitude > 0x7F800000)
        {
            return (ushort)(sign | 0x7E00 | ((magnitude >> 13) & 0x3FF));
        }

        if (magnitude >= 0x47800000)
        {
            return (ushort)(sign | 0x7C00);
        }

        if (magnitude < 0x33000000)
        {
            return (ushort)sign;
        }

        int exponent = (int)(magnitude >> 23);
        uint mantissa = (magnitude & 0x7FFFFF) | 0x800000;
        // In a normal number the leading one of the mantissa, still in, completes the exponent.
        int shift = exponent >= 113 ? 13 : 126 - exponent;
        uint result = exponent >= 113 ? ((uint)(exponent - 113) << 10) + (mantissa >> 13) : mantissa >> shift;
        uint rest = mantissa & ((1u << shift) - 1);
        uint halfway = 1u << (shift - 1);
        if (rest > halfway || (rest == halfway && (result & 1) != 0))
        {
            result++;
        }

        return (ushort)(sign | result);
    }

    /// <summary>BF16 bits to float, exactly.</summary>
    public static float BFloatToSingle(ushort value)
    {
        uint bits = (uint)value << 16;
        return *(float*)&bits;
    }

    /// <summary>Float to BF16 bits; NaN stays NaN.</summary>
    public static ushort BFloatFromSingle(float value)
    {
        uint bits = *(uint*)&value;
        if ((bits & 0x7FFFFFFF) > 0x7F800000)
        {
            return (ushort)((bits >> 16) | 0x40);
        }

        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
