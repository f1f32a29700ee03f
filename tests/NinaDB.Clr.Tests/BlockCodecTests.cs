using System.Runtime.InteropServices;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Fuzzing;
using NinaDB.Clr.Quantization;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;
using static NinaDB.Clr.Fuzzing.ReferenceBlocks;

namespace NinaDB.Clr.Tests;

/// <summary>
/// Numbers out of every data type, bit for bit as the formats' reference has them (<see cref="ReferenceBlocks"/>); the small blocks here are worked out by hand.
/// </summary>
public sealed class BlockCodecTests
{
    [Fact]
    public void Random_blocks_decode_and_encode_to_the_bits_of_the_reference()
        => Assert.Empty(ReferenceBlocks.Check().Where(r => !r.IsSame).Select(r => r.What));

    [Fact]
    public void The_scalar_decoders_make_the_same_bits()
    {
        BlockCodec.s_scalarOnly = true;
        try
        {
            Assert.Empty(ReferenceBlocks.Check().Where(r => !r.IsSame).Select(r => r.What));
        }
        finally
        {
            BlockCodec.s_scalarOnly = false;
        }
    }

    [Theory]
    [InlineData(DType.Q8_0, 0.004, 0.009)]
    [InlineData(DType.Q4_0, 0.07, 0.13)]
    [InlineData(DType.Q4_K, 0.05, 0.1)]
    [InlineData(DType.F16, 0.0003, 0.0005)]
    [InlineData(DType.BF16, 0.002, 0.004)]
    [InlineData(DType.F32, 0, 0)]
    public void Quantised_numbers_come_back_within_their_bounds(DType type, double meanBound, double largestBound)
    {
        // Relative to the largest magnitude of the 256 numbers: half a step is 1/254 for eight bits, 1/16 for four.
        float[] values = RandomNumbers(99, 256 * 64);
        float[] back = Decode(type, Encode(type, values), values.Length);
        double largest = 0, sum = 0, reference = 0;
        for (int start = 0; start < values.Length; start += 256)
        {
            double extreme = values.Skip(start).Take(256).Max(Math.Abs);
            for (int i = start; i < start + 256; i++)
            {
                largest = Math.Max(largest, Math.Abs(values[i] - back[i]) / extreme);
                sum += Math.Pow(values[i] - back[i], 2);
                reference += Math.Pow(values[i], 2);
            }
        }

        Assert.True(Math.Sqrt(sum / reference) <= meanBound * 2, $"{Math.Sqrt(sum / reference)}");
        Assert.True(largest <= largestBound, $"{largest}");
    }

    [Theory]
    [InlineData(DType.Q8_0)]
    [InlineData(DType.Q4_0)]
    [InlineData(DType.Q4_K)]
    public void What_cannot_be_quantised_is_refused(DType type)
    {
        float[] values = new float[256];
        Assert.All(Decode(type, Encode(type, values), 256), v => Assert.Equal(0f, v));
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue })
        {
            values[200] = bad;
            Assert.Equal(ErrorNumber.NotQuantizable, Assert.Throws<NinaException>(() => Encode(type, values)).Number);
        }

        Assert.Equal(ErrorNumber.DTypeNotEncodable, Assert.Throws<NinaException>(() => Encode(DType.Q6_K, new float[256])).Number);
        Assert.Equal(ErrorNumber.InvalidArgument, Assert.Throws<NinaException>(() => Encode(type, new float[33])).Number);
    }

    [Fact]
    public void Plain_types_decode_by_their_definitions()
    {
        Assert.Equal([1.5f, -2f, 1e30f], Decode(DType.F64, Bytes(1.5, -2.0, 1e30), 3));

        // E4M3: 0x38 = 2^0; 0x7E = 1.75 * 2^8, the largest; 0x01 = 2^-9, the least; 0x7F is the NaN; there is no infinity.
        float[] e4m3 = Decode(DType.F8E4M3, [0x38, 0xB8, 0x7E, 0x01, 0x07, 0x08, 0x80, 0x7F, 0xFF], 9);
        Assert.Equal([1f, -1f, 448f, 0.001953125f, 0.013671875f, 0.015625f, -0f], e4m3[..7]);
        Assert.True(float.IsNegative(e4m3[6]) && float.IsNaN(e4m3[7]) && float.IsNaN(e4m3[8]));

        // E5M2 is the upper half of F16: 0x3C = 1; 0x7B = 1.75 * 2^15; 0x01 = 2^-16; 0x7C infinity; above it NaN.
        float[] e5m2 = Decode(DType.F8E5M2, [0x3C, 0xBC, 0x7B, 0x01, 0x7C, 0xFC, 0x7D], 7);
        Assert.Equal([1f, -1f, 57344f, 1.52587890625e-05f, float.PositiveInfinity, float.NegativeInfinity], e5m2[..6]);
        Assert.True(float.IsNaN(e5m2[6]));

        // E8M0 is a power of two, 2^(e - 127); 255 is the NaN.
        float[] e8m0 = Decode(DType.F8E8M0, [127, 128, 0, 254, 255], 5);
        Assert.Equal([1f, 2f, 5.877471754111438e-39f, 1.7014118346046923e38f], e8m0[..4]);
        Assert.True(float.IsNaN(e8m0[4]));

        // E2M1: the low four bits come first. 0x72 = 1, 6; 0x9F = -6, -0.5.
        Assert.Equal([1f, 6f, -6f, -0.5f], Decode(DType.F4, [0x72, 0x9F], 4));

        Assert.Equal([9007199254740992f, -1f], Decode(DType.I64, Bytes(9007199254740993L, -1L), 2));
        Assert.Equal([16777216f, -2147483648f], Decode(DType.I32, Bytes(16777217, int.MinValue), 2));
        Assert.Equal([-32768f, 7f], Decode(DType.I16, Bytes((short)-32768, (short)7), 2));
        Assert.Equal([-128f, 127f], Decode(DType.I8, [0x80, 0x7F], 2));
        Assert.Equal([18446744073709551616f, 9223373136366403584f, 9223373136366403584f], Decode(DType.U64, Bytes(ulong.MaxValue, 0x8000010000000001UL, 0x800000FFFFFFFFFFUL), 3));
        Assert.Equal([4294967296f, 5f], Decode(DType.U32, Bytes(uint.MaxValue, 5u), 2));
        Assert.Equal([65535f], Decode(DType.U16, [0xFF, 0xFF], 1));
        Assert.Equal([200f, 0f], Decode(DType.U8, [200, 0], 2));
        Assert.Equal([0f, 1f, 1f], Decode(DType.Bool, [0, 1, 255], 3));
    }

    [Fact]
    public void Blocks_worked_out_by_hand()
    {
        // 0x3C00 is 1.0, 0x3800 is 0.5 and 0xC000 is -2.0 as F16.
        // Q4_0, scale 0.5: byte 0x0F holds 15 - 8 = 7 -> 3.5 as number 0 and 0 - 8 -> -4 as number 16.
        float[] q4 = Decode(DType.Q4_0, Block(18, (0, 0x00), (1, 0x38), (2, 0x0F)), 32);
        Assert.Equal((3.5f, -4f, -4f), (q4[0], q4[16], q4[1]));

        // Q4_1, scale 0.5, minimum -2: 15 * 0.5 - 2 = 5.5; 0 * 0.5 - 2 = -2.
        float[] q41 = Decode(DType.Q4_1, Block(20, (1, 0x38), (3, 0xC0), (4, 0x0F)), 32);
        Assert.Equal((5.5f, -2f), (q41[0], q41[16]));

        // Q5_0, scale 1: the fifth bit of number 0 is bit 0 of the four bytes after the scale, that of 16 is bit 16: 31 - 16 = 15; 16 + 0 - 16 = 0; else 0 - 16.
        float[] q5 = Decode(DType.Q5_0, Block(22, (1, 0x3C), (2, 0x01), (4, 0x01), (6, 0x0F)), 32);
        Assert.Equal((15f, 0f, -16f), (q5[0], q5[16], q5[1]));

        // Q5_1, scale 1, minimum -2: 31 - 2; 16 - 2; 0 - 2.
        float[] q51 = Decode(DType.Q5_1, Block(24, (1, 0x3C), (3, 0xC0), (4, 0x01), (6, 0x01), (8, 0x0F)), 32);
        Assert.Equal((29f, 14f, -2f), (q51[0], q51[16], q51[1]));

        // Q8_0, scale -2: -128 * -2 = 256.
        float[] q8 = Decode(DType.Q8_0, Block(34, (1, 0xC0), (2, 0x80), (33, 0x7F)), 32);
        Assert.Equal((256f, -254f, 0f), (q8[0], q8[31], q8[1]));

        // IQ4_NL, scale 1: level 0 is -127, level 15 is 113. MXFP4, exponent 128 (halved: 2^0): level 7 is 12, level 15 is -12.
        float[] nonLinear = Decode(DType.IQ4_NL, Block(18, (1, 0x3C), (2, 0xF0)), 32);
        Assert.Equal((-127f, 113f), (nonLinear[0], nonLinear[16]));
        float[] mx = Decode(DType.MXFP4, Block(17, (0, 128), (1, 0xF7)), 32);
        Assert.Equal((12f, -12f, 0f), (mx[0], mx[16], mx[1]));

        // Q2_K, scale 1 (at 80), minimum -2 (at 82): group 0 has scale 3 and minimum 1: (3 * 3) - (-2 * 1) = 11 for quant 3; 2 for quant 0.
        float[] q2 = Decode(DType.Q2_K, Block(84, (81, 0x3C), (83, 0xC0), (0, 0x13), (16, 0x03)), 256);
        Assert.Equal((11f, 2f, 0f), (q2[0], q2[1], q2[16]));

        // Q3_K, scale 1: group 0's scale has low bits 5 (byte 96) and high bits 2 (byte 104): 37 - 32 = 5. Quant 3 with its third bit set is 3, without it 3 - 4 = -1.
        float[] q3 = Decode(DType.Q3_K, Block(110, (109, 0x3C), (96, 0x05), (104, 0x02), (0, 0x01), (32, 0x03), (33, 0x03)), 256);
        Assert.Equal((15f, -5f, -20f), (q3[0], q3[1], q3[2]));

        // Q4_K, scale 1, minimum 0.5: group 0 has scale 10 (byte 4) and minimum 4 (byte 8). Group 4: low bits of byte 12, high bits of byte 4's top: 3 | 1 << 4 = 19.
        float[] q4k = Decode(DType.Q4_K, Block(144, (1, 0x3C), (3, 0x38), (4, 0x0A | 0x40), (8, 0x04), (12, 0x03), (16, 0x0F), (80, 0x02)), 256);
        Assert.Equal((148f, -2f, 38f), (q4k[0], q4k[1], q4k[128]));

        // Q5_K: the same, and the fifth bit of number 0 of group 0 (bit 0 of byte 16) adds 16: 31 * 10 - 2.
        float[] q5k = Decode(DType.Q5_K, Block(176, (1, 0x3C), (3, 0x38), (4, 0x0A), (8, 0x04), (16, 0x01), (48, 0x0F)), 256);
        Assert.Equal((308f, -2f), (q5k[0], q5k[1]));

        // Q6_K, scale 0.5: group 0 has scale -4: 0.5 * -4 * (63 - 32) = -62 for quant 63 (low 15, high 3); quant 0: 0.5 * -4 * -32 = 64.
        float[] q6 = Decode(DType.Q6_K, Block(210, (209, 0x38), (192, 0xFC), (0, 0x0F), (128, 0x03)), 256);
        Assert.Equal((-62f, 64f), (q6[0], q6[1]));

        // Q8_K, F32 scale 0.5 (0x3F000000).
        float[] q8k = Decode(DType.Q8_K, Block(292, (3, 0x3F), (4, 0x81)), 256);
        Assert.Equal((-63.5f, 0f), (q8k[0], q8k[1]));

        // IQ4_XS, scale 1: group 0's scale has low bits 1 (byte 4) and high bits 2 (byte 2): 33 - 32 = 1; group 1's is 0 - 32. Level 0 is -127.
        float[] xs = Decode(DType.IQ4_XS, Block(136, (1, 0x3C), (2, 0x02), (4, 0x01), (8, 0xF0)), 256);
        Assert.Equal((-127f, 113f, 4064f), (xs[0], xs[16], xs[32]));
    }

    [Theory]
    [InlineData(DType.Q4_0)]
    [InlineData(DType.Q6_K)]
    [InlineData(DType.F4)]
    [InlineData(DType.BF16)]
    [InlineData(DType.I16)]
    public void Any_run_of_elements_is_read_wherever_it_starts(DType type)
    {
        using var folder = new TemporaryFolder();
        DTypeInfo info = DTypeInfo.Of(type);
        const int Rows = 3, Columns = 512;
        byte[] bytes = RandomBlocks(type, 5).AsSpan(0, Rows * Columns / info.BlockElements * info.BlockBytes).ToArray();
        string path = folder.Write("data.bin", [7, 7, 7, .. bytes]);
        var tensor = new TensorInfo("t", type, [Rows, Columns], 0, 3, bytes.Length);
        using SegmentLease lease = SegmentCache.Shared.Open(path);
        float[] all = TensorReader.ReadAll(lease.Segment, tensor);
        Assert.Equal(Decode(type, bytes, Rows * Columns), all);
        foreach ((int start, int count) in new[] { (0, 1), (1, 30), (31, 2), (255, 258), (300, 900), (1535, 1), (17, 0), (1536, 0) })
        {
            Assert.Equal(all[start..(start + count)], TensorReader.ReadElements(lease.Segment, tensor, start, count));
        }

        foreach (int step in new[] { 2, 3, 100, 511 })
        {
            int count = 1 + (500 / step);
            float[] slice = TensorReader.ReadSlice(lease.Segment, tensor, 1, 2, 1, 5, count, step);
            Assert.Equal(Enumerable.Range(0, count * 2).Select(i => all[((1 + (i / count)) * Columns) + 5 + (i % count * step)]), slice);
        }

        Assert.Equal(ErrorNumber.PeekOutOfRange, Assert.Throws<NinaException>(() => TensorReader.ReadElements(lease.Segment, tensor, 1530, 7)).Number);
    }

    [Fact]
    public void Types_without_a_decoder_say_so_by_name()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("data.bin", new byte[4096]);
        using SegmentLease lease = SegmentCache.Shared.Open(path);
        Assert.Equal(ErrorNumber.DTypePackingUndefined, Number(DType.F6E3M2));
        Assert.Equal(ErrorNumber.DTypeNotDecodable, Number(DType.IQ2_XS));
        Assert.Equal(ErrorNumber.DTypeNotDecodable, Number(DType.C64));

        int Number(DType type)
        {
            var tensor = new TensorInfo("t", type, [1, 256], 0, 0, DTypeInfo.Of(type).ByteLength(256));
            NinaException error = Assert.Throws<NinaException>(() => TensorReader.ReadAll(lease.Segment, tensor));
            Assert.Contains(DTypeInfo.Of(type).Name, error.Message, StringComparison.Ordinal);
            Assert.Equal(12, TensorReader.ReadBytes(lease.Segment, tensor, 3, 12).Length);
            return error.Number;
        }
    }

    private static byte[] Block(int length, params (int Place, byte Value)[] bytes)
    {
        byte[] block = new byte[length];
        foreach ((int place, byte value) in bytes)
        {
            block[place] = value;
        }

        return block;
    }

    private static byte[] Bytes<T>(params T[] values)
        where T : struct => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
