using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Numerics;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Benchmarks;

/// <summary>
/// Statistics of a large tensor beside a plain sum of its numbers from the memory map (vectorised; quantised numbers must be decoded to be summed) and beside a sum of the mapped
/// bytes as 64-bit integers, which no reading of the tensor can beat, all on the same threads; and the latency of small slices.
/// NINADB_BENCH_TENSOR_MEGABYTES sets the size (1024).
/// </summary>
internal static unsafe class TensorBenchmarks
{
    private const int Repeats = 5;
    private const int SliceColumns = 1024;

    public static void Run(Report report, string folder)
    {
        long megabytes = long.TryParse(Environment.GetEnvironmentVariable("NINADB_BENCH_TENSOR_MEGABYTES"), CultureInfo.InvariantCulture, out long given) ? given : 1024;
        foreach (DType type in new[] { DType.F32, DType.BF16, DType.Q4_K })
        {
            string path = Path.Combine(folder, "tensor-" + type);
            TensorInfo tensor = Write(path, type, megabytes << 20);
            foreach (int threads in new[] { 1, Environment.ProcessorCount }.Distinct())
            {
                Statistics(report, path, tensor, threads);
            }

            Slices(report, path, tensor);
            File.Delete(path);
        }
    }

    private static void Statistics(Report report, string path, TensorInfo tensor, int threads)
    {
        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using MemoryMappedViewAccessor view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* bytes = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref bytes);
        using SegmentLease lease = SegmentCache.Shared.Open(path);
        double[] raw = new double[Repeats], plain = new double[Repeats], own = new double[Repeats];
        ulong check = 0;
        double total = 0;
        for (int i = -1; i < Repeats; i++)
        {
            var clock = Stopwatch.StartNew();
            check ^= SumOfBytes(bytes, tensor.ByteLength, threads);
            double first = clock.Elapsed.TotalSeconds;
            clock.Restart();
            total += SumOfNumbers(bytes, tensor, threads);
            double second = clock.Elapsed.TotalSeconds;
            clock.Restart();
            check ^= (ulong)TensorStatistics.Of(lease.Segment, tensor, 0, threads).Zeros;
            if (i >= 0)
            {
                (raw[i], plain[i], own[i]) = (first, second, clock.Elapsed.TotalSeconds);
            }
        }

        view.SafeMemoryMappedViewHandle.ReleasePointer();
        double gigabytes = tensor.ByteLength / 1e9;
        double limit = gigabytes / Median(plain);
        double bandwidth = gigabytes / Median(raw);
        double rate = gigabytes / Median(own);
        report.Add(new Measurement(
            $"statistics of {tensor.ByteLength >> 20} MiB {DTypeInfo.Of(tensor.DType).Name}, {threads} thread{(threads == 1 ? "" : "s")}",
            rate, "GB/s", limit, string.Create(CultureInfo.InvariantCulture, $"plain sum of its numbers, {rate / limit:0.00}; of its bytes {bandwidth:0.0}, {rate / bandwidth:0.00}"), 0.7 * limit));
        GC.KeepAlive((check, total));
    }

    private static ulong SumOfBytes(byte* bytes, long length, int threads)
    {
        var sums = new ulong[threads];
        long part = length / threads / 64 * 64;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, t =>
        {
            ulong* start = (ulong*)(bytes + (t * part));
            long words = part / 8;
            Vector<ulong> a = Vector<ulong>.Zero, b = Vector<ulong>.Zero;
            int width = Vector<ulong>.Count;
            long i = 0;
            for (; i <= words - (2 * width); i += 2 * width)
            {
                a += Vector.Load(start + i);
                b += Vector.Load(start + i + width);
            }

            sums[t] = Vector.Sum(a + b);
        });
        return sums.Aggregate((x, y) => x + y);
    }

    private static double SumOfNumbers(byte* bytes, TensorInfo tensor, int threads)
    {
        const int Block = 4096;
        DTypeInfo type = DTypeInfo.Of(tensor.DType);
        long blocks = tensor.ElementCount / Block;
        double[] sums = new double[threads];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, t =>
        {
            float* decoded = stackalloc float[Block];
            double sum = 0;
            for (long b = blocks * t / threads; b < blocks * (t + 1) / threads; b++)
            {
                byte* source = bytes + type.ByteLength(b * Block);
                float* numbers = (float*)source;
                if (tensor.DType != DType.F32)
                {
                    numbers = decoded;
                    NinaDB.Clr.Quantization.BlockCodec.Decode(tensor.DType, source, decoded, Block);
                }

                int width = Vector<float>.Count;
                Vector<float> first = Vector<float>.Zero, second = Vector<float>.Zero;
                for (int i = 0; i < Block; i += 2 * width)
                {
                    first += Vector.Load(numbers + i);
                    second += Vector.Load(numbers + i + width);
                }

                sum += Vector.Sum(first + second);
            }

            sums[t] = sum;
        });
        return sums.Sum();
    }

    /// <summary>Rows of 1,024 numbers (4 KiB as floats) at random places, decoded.</summary>
    private static void Slices(Report report, string path, TensorInfo tensor)
    {
        using SegmentLease lease = SegmentCache.Shared.Open(path);
        var random = new Random(1);
        const int Count = 20_000;
        double[] times = new double[Count];
        float sum = 0;
        for (int i = -Count; i < Count; i++)
        {
            long row = random.NextInt64(tensor.RowCount);
            long start = Stopwatch.GetTimestamp();
            sum += TensorReader.ReadSlice(lease.Segment, tensor, row, 1, 1, 0, SliceColumns, 1)[7];
            if (i >= 0)
            {
                times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
        }

        Array.Sort(times);
        GC.KeepAlive(sum);
        report.Add(new Measurement($"slice of 1,024 {DTypeInfo.Of(tensor.DType).Name} numbers (4 KiB of floats), p50", times[Count / 2], "us"));
        report.Add(new Measurement($"slice of 1,024 {DTypeInfo.Of(tensor.DType).Name} numbers (4 KiB of floats), p99", times[Count * 99 / 100], "us", Floor: 20, HigherIsBetter: false));
    }

    private static TensorInfo Write(string path, DType type, long bytes)
    {
        DTypeInfo info = DTypeInfo.Of(type);
        long rows = bytes / info.ByteLength(SliceColumns);
        long length = info.ByteLength(rows * SliceColumns);
        float[] numbers = new float[1 << 20];
        var random = new Random(2);
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (float)((random.NextDouble() + random.NextDouble() - 1) * 0.1);
        }

        byte[] block = new byte[info.ByteLength(numbers.Length)];
        fixed (float* source = numbers)
        fixed (byte* target = block)
        {
            NinaDB.Clr.Quantization.BlockCodec.Encode(type, source, target, numbers.Length);
        }

        using FileStream file = File.Create(path);
        for (long done = 0; done < length; done += block.Length)
        {
            file.Write(block, 0, (int)Math.Min(block.Length, length - done));
        }

        return new TensorInfo("tensor", type, [rows, SliceColumns], 0, 0, length);
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
