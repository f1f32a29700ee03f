using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Quantization;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>Products of matrices against plain loops in double precision, and against themselves cut in other ways.</summary>
public sealed unsafe class KernelTests
{
    public static TheoryData<int, int, int> Shapes
    {
        get
        {
            var data = new TheoryData<int, int, int>();
            foreach (int tokens in new[] { 1, 2, 3, 5, 6, 7, 13, 50, 97 })
            {
                data.Add(tokens, 1, 1);
                data.Add(tokens, 7, 9);
                data.Add(tokens, 12, 64);
                data.Add(tokens, 67, 513);
                data.Add(tokens, 70, 1100);
                data.Add(tokens, 9, 2055);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_is_that_of_plain_loops_whatever_it_is_cut_into(int tokens, int rows, int columns)
    {
        float[] x = Random(tokens * columns, 1), w = Random(rows * columns, 2);
        var matrix = new WeightMatrix(rows, columns, w);
        float[] y = Multiply(matrix, x, tokens, 1);
        for (int t = 0; t < tokens; t++)
        {
            for (int r = 0; r < rows; r++)
            {
                double sum = 0, size = 1e-6;
                for (int i = 0; i < columns; i++)
                {
                    double product = (double)x[(t * columns) + i] * w[(r * columns) + i];
                    sum += product;
                    size += Math.Abs(product);
                }

                Assert.Equal(sum, y[(t * rows) + r], size * 1e-6);
            }
        }

        for (int t = 0; t < tokens; t++)
        {
            Assert.Equal(y[(t * rows)..((t + 1) * rows)], Multiply(matrix, x[(t * columns)..((t + 1) * columns)], 1, 1));
        }
    }

    [Fact]
    public void Threads_do_not_change_a_product()
    {
        const int tokens = 37, rows = 517, columns = 1064;
        var matrix = new WeightMatrix(rows, columns, Random(rows * columns, 3));
        float[] x = Random(tokens * columns, 4);
        float[] expected = Multiply(matrix, x, tokens, 1);
        Assert.Equal(expected, Multiply(matrix, x, tokens, 2));
        Assert.Equal(expected, Multiply(matrix, x, tokens, 5));
        Assert.Equal(expected[..rows], Multiply(matrix, x[..columns], 1, 3));
    }

    [Theory]
    [InlineData(DType.F32, 257)]
    [InlineData(DType.F16, 256)]
    [InlineData(DType.F16, 75)]
    [InlineData(DType.BF16, 256)]
    [InlineData(DType.BF16, 75)]
    [InlineData(DType.Q8_0, 256)]
    [InlineData(DType.Q8_0, 1056)]
    [InlineData(DType.Q4_0, 544)]
    [InlineData(DType.Q5_1, 64)]
    [InlineData(DType.Q4_K, 768)]
    [InlineData(DType.Q6_K, 256)]
    [InlineData(DType.MXFP4, 96)]
    public void A_mapped_matrix_gives_the_numbers_of_the_decoded_one_to_the_last_bit(DType type, int columns)
    {
        const int rows = 71;
        using var folder = new TemporaryFolder();
        byte[] file = Encoded(type, rows * columns, 5);
        string path = folder.Write("weights.bin", file);
        var tensor = new TensorInfo("w", type, [rows, columns], 0, 0, file.Length);
        WeightMatrix mapped = WeightMatrix.Mapped(new SegmentHold(SegmentCache.Shared.Open(path)), tensor, rows, columns);
        float[] values = new float[rows * columns];
        fixed (byte* source = file)
        fixed (float* target = values)
        {
            BlockCodec.Decode(type, source, target, values.Length);
        }

        var decoded = new WeightMatrix(rows, columns, values);
        Assert.Equal(values, mapped.Values);
        Assert.Equal(decoded.Row(70), mapped.Row(70));
        Assert.Equal(decoded.Column(columns - 1), mapped.Column(columns - 1));
        Assert.Equal(decoded.ColumnNorms(), mapped.ColumnNorms());
        Assert.Equal(decoded.Transpose().Values, mapped.Transpose().Values);
        Assert.Equal(0, mapped.ManagedBytes);
        int[] order = [.. Enumerable.Range(0, rows).Select(i => (i * 20) % rows)];
        foreach (int tokens in new[] { 1, 3, 6, 20 })
        {
            float[] x = Random(tokens * columns, 6);
            Assert.Equal(Multiply(decoded, x, tokens, 1), Multiply(mapped, x, tokens, 2));
            Assert.Equal(Multiply(decoded.SelectRows(order), x, tokens, 1), Multiply(mapped.Reorder(order), x, tokens, 1));
        }

        Assert.Equal(decoded.SelectRows(order).Values, mapped.Reorder(order).Values);
        SegmentCache.Shared.Close(path);
    }

    [Fact]
    public void A_matrix_that_is_not_inside_its_tensor_is_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("weights.bin", new byte[4096]);
        var hold = new SegmentHold(SegmentCache.Shared.Open(path));
        Assert.Equal(ErrorNumber.PeekOutOfRange, Refused(new TensorInfo("w", DType.F32, [32, 32], 0, 0, 4096), 33, 32, 0));
        Assert.Equal(ErrorNumber.PeekOutOfRange, Refused(new TensorInfo("w", DType.F32, [32, 32], 0, 0, 4096), 32, 32, 4));
        Assert.Equal(ErrorNumber.PeekOutOfRange, Refused(new TensorInfo("w", DType.F32, [32, 32], 0, 4, 4096), 32, 32, 0));
        Assert.Equal(ErrorNumber.PeekOutOfRange, Refused(new TensorInfo("w", DType.F32, [32, 32], 0, 0, 4096), int.MaxValue, int.MaxValue, 0));
        Assert.Equal(ErrorNumber.PeekOutOfRange, Refused(new TensorInfo("w", DType.F32, [32, 32], 0, 0, 4096), 1, 1, long.MaxValue));
        SegmentCache.Shared.Close(path);

        int Refused(TensorInfo tensor, int rows, int columns, long offset)
            => Assert.Throws<NinaException>(() => WeightMatrix.Mapped(hold, tensor, rows, columns, offset)).Number;
    }

    [Fact]
    public void A_mapping_lives_as_long_as_its_matrices()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("weights.bin", Encoded(DType.F32, 64, 7));
        Segment segment = Segment.Open(path);
        Use(segment);
        Collect();
        Assert.False(segment.TryAcquire());

        // In a method of its own, so that nothing of it is left on the stack.
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Use(Segment segment)
        {
            WeightMatrix matrix = WeightMatrix.Mapped(new SegmentHold(new SegmentLease(segment)), new TensorInfo("w", DType.F32, [8, 8], 0, 0, 256), 8, 8).Reorder([7, 6, 5, 4, 3, 2, 1, 0]);
            float[] expected = matrix.Row(3);
            Collect();
            Assert.True(segment.TryAcquire());
            segment.Release();
            Assert.Equal(expected, matrix.Row(3));
        }

        static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
    }

    [Fact]
    public void Work_is_done_once_on_any_number_of_threads_and_errors_come_through()
    {
        foreach (int degree in new[] { 1, 2, 3, 16 })
        {
            int[] times = new int[1000];
            for (int round = 0; round < 50; round++)
            {
                ParallelWork.For(times.Length, degree, i => Interlocked.Increment(ref times[i]));
            }

            Assert.All(times, n => Assert.Equal(50, n));
            Assert.Throws<InvalidOperationException>(() => ParallelWork.For(100, degree, i => throw new InvalidOperationException()));
        }

        int[] nested = new int[8];
        ParallelWork.For(8, 4, i => ParallelWork.For(100, 4, _ => Interlocked.Increment(ref nested[i])));
        Assert.All(nested, n => Assert.Equal(100, n));
    }

    private static float[] Multiply(WeightMatrix matrix, float[] x, int tokens, int parallelism)
    {
        float[] y = new float[tokens * matrix.Rows];
        fixed (float* source = x, target = y)
        {
            matrix.Multiply(source, tokens, target, parallelism);
        }

        return y;
    }

    private static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private static byte[] Encoded(DType type, int count, int seed)
    {
        DTypeInfo info = DTypeInfo.Of(type);
        byte[] bytes = new byte[info.ByteLength(count)];
        new Random(seed).NextBytes(bytes);
        float[] values = Random(count, seed);
        for (int block = 0; block < bytes.Length / info.BlockBytes; block++)
        {
            // Random bytes are good quants; scales and plain numbers have to be finite.
            Span<byte> start = bytes.AsSpan(block * info.BlockBytes);
            switch (type)
            {
                case DType.F32:
                    BitConverter.TryWriteBytes(start, values[block]);
                    break;
                case DType.BF16:
                    BitConverter.TryWriteBytes(start, HalfFloat.BFloatFromSingle(values[block]));
                    break;
                case DType.MXFP4:
                    start[0] = (byte)(120 + (block % 8));
                    break;
                case DType.Q6_K:
                    BitConverter.TryWriteBytes(start[208..], HalfFloat.FromSingle(values[block]));
                    break;
                default:
                    BitConverter.TryWriteBytes(start, HalfFloat.FromSingle(values[block]));
                    if (info.BlockBytes >= 20)
                    {
                        BitConverter.TryWriteBytes(start[2..], HalfFloat.FromSingle(-values[block]));
                    }

                    break;
            }
        }

        return bytes;
    }
}
