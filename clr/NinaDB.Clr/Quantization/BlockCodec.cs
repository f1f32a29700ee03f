using NinaDB.Clr.Errors;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Quantization;

/// <summary>
/// Numbers to and from the bytes of every data type that can be decoded. The order of the arithmetic is that of the formats' reference (ggml's
/// dequantize_row_* and quantize_row_*_ref), so that the floats have the same bits; no operation is fused.
/// Partial by kind: plain types, blocks of 32, super-blocks of 256, vector instructions, encoders.
/// </summary>
internal static unsafe partial class BlockCodec
{
    /// <summary>The most elements that a block of any type has.</summary>
    public const int MaxBlockElements = 256;

    /// <summary>Whether <see cref="Decode"/> knows the type.</summary>
    public static bool CanDecode(DType type)
    {
        switch (type)
        {
            case DType.F64:
            case DType.F32:
            case DType.F16:
            case DType.BF16:
            case DType.F8E4M3:
            case DType.F8E5M2:
            case DType.F8E8M0:
            case DType.F4:
            case DType.I64:
            case DType.I32:
            case DType.I16:
            case DType.I8:
            case DType.U64:
            case DType.U32:
            case DType.U16:
            case DType.U8:
            case DType.Bool:
            case DType.Q4_0:
            case DType.Q4_1:
            case DType.Q5_0:
            case DType.Q5_1:
            case DType.Q8_0:
            case DType.Q2_K:
            case DType.Q3_K:
            case DType.Q4_K:
            case DType.Q5_K:
            case DType.Q6_K:
            case DType.Q8_K:
            case DType.IQ4_NL:
            case DType.IQ4_XS:
            case DType.MXFP4:
            case DType.TQ1_0:
            case DType.TQ2_0:
            case DType.Q1_0:
            case DType.Q2_0:
            case DType.NVFP4:
                return true;
            default:
                return false;
        }
    }

    /// <summary>Whether <see cref="Encode"/> knows the type.</summary>
    public static bool CanEncode(DType type)
        => type == DType.F32 || type == DType.F16 || type == DType.BF16 || type == DType.Q8_0 || type == DType.Q4_0 || type == DType.Q4_K;

    /// <summary>
    /// Decodes <paramref name="elements"/> numbers, whole blocks of them, from <paramref name="source"/>, which needs no alignment.
    /// Raises <see cref="ErrorNumber.DTypeNotDecodable"/>.
    /// </summary>
    public static void Decode(DType type, byte* source, float* target, long elements)
    {
        long blocks = Blocks(type, elements);
        switch (type)
        {
            case DType.F32:
                System.Buffer.MemoryCopy(source, target, elements * 4, elements * 4);
                break;
            case DType.F16:
                DecodeHalves(source, target, elements, isBFloat: false);
                break;
            case DType.BF16:
                DecodeHalves(source, target, elements, isBFloat: true);
                break;
            case DType.Q4_0:
                DecodeQ4_0(source, target, blocks);
                break;
            case DType.Q4_1:
                DecodeQ4_1(source, target, blocks);
                break;
            case DType.Q5_0:
                DecodeQ5_0(source, target, blocks);
                break;
            case DType.Q5_1:
                DecodeQ5_1(source, target, blocks);
                break;
            case DType.Q8_0:
                DecodeQ8_0(source, target, blocks);
                break;
            case DType.Q2_K:
                DecodeQ2_K(source, target, blocks);
                break;
            case DType.Q3_K:
                DecodeQ3_K(source, target, blocks);
                break;
            case DType.Q4_K:
                DecodeQ4_K(source, target, blocks);
                break;
            case DType.Q5_K:
                DecodeQ5_K(source, target, blocks);
                break;
            case DType.Q6_K:
                DecodeQ6_K(source, target, blocks);
                break;
            case DType.Q8_K:
                DecodeQ8_K(source, target, blocks);
                break;
            case DType.IQ4_NL:
                DecodeIQ4_NL(source, target, blocks);
                break;
            case DType.IQ4_XS:
                DecodeIQ4_XS(source, target, blocks);
                break;
            case DType.MXFP4:
                DecodeMXFP4(source, target, blocks);
                break;
            case DType.NVFP4:
                DecodeNVFP4(source, target, blocks);
                break;
            case DType.Q1_0:
                DecodeQ1_0(source, target, blocks);
                break;
            case DType.Q2_0:
                DecodeQ2_0(source, target, blocks);
                break;
            case DType.TQ1_0:
                DecodeTQ1_0(source, target, blocks);
                break;
            case DType.TQ2_0:
                DecodeTQ2_0(source, target, blocks);
                break;
            default:
                DecodePlain(type, source, target, elements);
                break;
        }
    }

    /// <summary>
    /// Encodes <paramref name="elements"/> numbers, whole blocks of them. Raises <see cref="ErrorNumber.DTypeNotEncodable"/>, and
    /// <see cref="ErrorNumber.NotQuantizable"/> for a quantised block with a NaN or an infinity in it.
    /// </summary>
    public static void Encode(DType type, float* source, byte* target, long elements)
    {
        long blocks = Blocks(type, elements);
        switch (type)
        {
            case DType.F32:
                System.Buffer.MemoryCopy(source, target, elements * 4, elements * 4);
                break;
            case DType.F16:
                for (long i = 0; i < elements; i++)
                {
                    ((ushort*)target)[i] = HalfFloat.FromSingle(source[i]);
                }

                break;
            case DType.BF16:
                for (long i = 0; i < elements; i++)
                {
                    ((ushort*)target)[i] = HalfFloat.BFloatFromSingle(source[i]);
                }

                break;
            case DType.Q8_0:
                EncodeQ8_0(source, target, blocks);
                break;
            case DType.Q4_0:
                EncodeQ4_0(source, target, blocks);
                break;
            case DType.Q4_K:
                EncodeQ4_K(source, target, blocks);
                break;
            default:
                throw new NinaException(
                    ErrorNumber.DTypeNotEncodable, $"Numbers cannot be written as {DTypeInfo.Of(type).Name}; F32, F16, BF16, Q8_0, Q4_0 and Q4_K are possible.");
        }
    }

    private static long Blocks(DType type, long elements)
    {
        int size = DTypeInfo.Of(type).BlockElements;
        NinaException.Require(elements >= 0 && elements % size == 0, $"{elements} elements are not whole {DTypeInfo.Of(type).Name} blocks of {size}.");
        return elements / size;
    }

    /// <summary>The kernels count in 32 bits.</summary>
    private static void DecodeHalves(byte* source, float* target, long elements, bool isBFloat)
    {
        const int Chunk = 1 << 30;
        for (long start = 0; start < elements; start += Chunk)
        {
            int count = (int)System.Math.Min(Chunk, elements - start);
            if (isBFloat)
            {
                Kernels.DecodeBF16((ushort*)source + start, target + start, count);
            }
            else
            {
                Kernels.DecodeF16((ushort*)source + start, target + start, count);
            }
        }
    }

    private static float Half(byte* source) => HalfFloat.ToSingle((ushort)(source[0] | (source[1] << 8)));

    private static float FromBits(uint bits) => *(float*)&bits;
}
