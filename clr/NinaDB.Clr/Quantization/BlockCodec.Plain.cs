using NinaDB.Clr.Errors;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Quantization;

/// <summary>
/// Types that hold one number after another. The small floats are those of the Open Compute Project: FP8 (E4M3 without infinities, E5M2 like IEEE
/// 754) and MX 1.0 (E8M0 scales, E2M1); integers round to the nearest float.
/// </summary>
internal static unsafe partial class BlockCodec
{
    private static readonly float[] E4M3 = Table(256, DecodeE4M3);
    private static readonly float[] E5M2 = Table(256, b => HalfFloat.ToSingle((ushort)(b << 8)));
    private static readonly float[] E8M0 = Table(256, b => b == 255 ? float.NaN : b == 0 ? FromBits(0x00400000) : FromBits((uint)b << 23));

    /// <summary>Sign, two bits of exponent (bias 1), one of mantissa.</summary>
    private static readonly float[] E2M1 = { 0f, 0.5f, 1f, 1.5f, 2f, 3f, 4f, 6f, -0f, -0.5f, -1f, -1.5f, -2f, -3f, -4f, -6f };

    private static void DecodePlain(DType type, byte* source, float* target, long elements)
    {
        switch (type)
        {
            case DType.F64:
                for (long i = 0; i < elements; i++)
                {
                    target[i] = (float)((double*)source)[i];
                }

                break;
            case DType.F8E4M3:
                Look(E4M3, source, target, elements);
                break;
            case DType.F8E5M2:
                Look(E5M2, source, target, elements);
                break;
            case DType.F8E8M0:
                Look(E8M0, source, target, elements);
                break;
            case DType.F4:
                // The first of two numbers is in the low four bits, as in PyTorch's float4_e2m1fn_x2.
                for (long i = 0; i < elements / 2; i++)
                {
                    target[2 * i] = E2M1[source[i] & 15];
                    target[(2 * i) + 1] = E2M1[source[i] >> 4];
                }

                break;
            case DType.I64:
                for (long i = 0; i < elements; i++)
                {
                    target[i] = ((long*)source)[i];
                }

                break;
            case DType.I32:
                for (long i = 0; i < elements; i++)
                {
                    target[i] = ((int*)source)[i];
                }

                break;
            case DType.I16:
                for (long i = 0; i < elements; i++)
                {
                    target[i] = ((short*)source)[i];
                }

                break;
            case DType.I8:
                for (long i = 0; i < elements; i++)
                {
                    target[i] = (sbyte)source[i];
                }

                break;
            case DType.U64:
                for (long i = 0; i < elements; i++)
                {
                    target[i] = FromUInt64(((ulong*)source)[i]);
                }

                break;
            case DType.U32:
                for (long i = 0; i < elements; i++)
                {
                    target[i] = (long)((uint*)source)[i];
                }

                break;
            case DType.U16:
                for (long i = 0; i < elements; i++)
                {
                    target[i] = ((ushort*)source)[i];
                }

                break;
            case DType.U8:
                for (long i = 0; i < elements; i++)
                {
                    target[i] = source[i];
                }

                break;
            case DType.Bool:
                for (long i = 0; i < elements; i++)
                {
                    target[i] = source[i] != 0 ? 1f : 0f;
                }

                break;
            default:
                throw NotDecodable(type);
        }
    }

    /// <summary>The error of a type without a decoder; it says what can be done instead.</summary>
    internal static NinaException NotDecodable(DType type)
        => type == DType.F6E2M3 || type == DType.F6E3M2
            ? new NinaException(
                ErrorNumber.DTypePackingUndefined,
                $"The data type {DTypeInfo.Of(type).Name} packs four numbers into three bytes, in an order that its format does not define: it can be read as bytes only.")
            : new NinaException(
                ErrorNumber.DTypeNotDecodable, $"The data type {DTypeInfo.Of(type).Name} cannot be decoded to numbers by this version. It can be read as bytes.");

    private static void Look(float[] table, byte* source, float* target, long elements)
    {
        for (long i = 0; i < elements; i++)
        {
            target[i] = table[source[i]];
        }
    }

    /// <summary>Rounds once: halving a number that has its top bit set keeps the bit that falls out as a sticky one.</summary>
    private static float FromUInt64(ulong value) => value <= long.MaxValue ? (long)value : (float)(long)((value >> 1) | (value & 1)) * 2f;

    private static float DecodeE4M3(int bits)
    {
        int exponent = (bits >> 3) & 15;
        int mantissa = bits & 7;
        float magnitude = (bits & 0x7F) == 0x7F ? float.NaN
            : exponent == 0 ? mantissa * 0.001953125f
            : FromBits((uint)((exponent + 120) << 23) | (uint)(mantissa << 20));
        return (bits & 0x80) != 0 ? -magnitude : magnitude;
    }

    private static float[] Table(int count, System.Func<int, float> value)
    {
        float[] table = new float[count];
        for (int i = 0; i < count; i++)
        {
            table[i] = value(i);
        }

        return table;
    }
}
