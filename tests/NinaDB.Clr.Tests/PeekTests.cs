using System.Security.Cryptography;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>Statistics and histograms, and segments that change or vanish behind their reader.</summary>
public sealed class PeekTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(5000, 3)]
    [InlineData(2_100_001, 17)]
    public void Statistics_are_those_of_the_numbers_on_any_number_of_threads(int count, int poisoned)
    {
        float[] values = [.. Enumerable.Range(0, count).Select(i => i % 11 == 0 ? 0f : (float)Math.Sin(i * 0.37) * 5)];
        var random = new Random(3);
        for (int i = 0; i < poisoned; i++)
        {
            values[random.Next(count)] = i % 3 == 0 ? float.NaN : i % 3 == 1 ? float.PositiveInfinity : float.NegativeInfinity;
        }

        using var folder = new TemporaryFolder();
        byte[] bytes = new byte[count * 4];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        string path = folder.Write("t", bytes);
        var tensor = new TensorInfo("t", DType.F32, [count], 0, 0, bytes.Length);
        using SegmentLease lease = new SegmentCache(1, 1 << 30).Open(path);
        TensorStatistics one = TensorStatistics.Of(lease.Segment, tensor, 13);
        TensorStatistics four = TensorStatistics.Of(lease.Segment, tensor, 13, 4);

        double[] finite = [.. values.Where(float.IsFinite).Select(v => (double)v)];
        Assert.Equal(count, one.Count);
        Assert.Equal(values.Count(float.IsNaN), one.NaNs);
        Assert.Equal(values.Count(float.IsInfinity), one.Infinities);
        Assert.Equal(finite.Count(v => v == 0), one.Zeros);
        Assert.Equal(finite.Min(), one.Minimum);
        Assert.Equal(finite.Max(), one.Maximum);
        Assert.Equal(finite.Average(), one.Mean, 1e-6);
        double mean = finite.Average();
        Assert.Equal(Math.Sqrt(finite.Average(v => (v - mean) * (v - mean))), one.StandardDeviation, 1e-5);
        Assert.Equal(finite.Length, one.Histogram.Sum());
        double width = (one.Maximum - one.Minimum) / 13;
        Assert.InRange(Math.Abs(one.Histogram[0] - finite.Count(v => v < one.Minimum + width || width == 0)), 0, 1);
        Assert.Equal(one.Mean, four.Mean);
        Assert.Equal(one.StandardDeviation, four.StandardDeviation);
        Assert.Equal(one.Histogram, four.Histogram);
    }

    [Fact]
    public void A_quantised_tensor_has_the_statistics_of_its_decoded_numbers()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = new byte[144 * 64];
        new Random(5).NextBytes(bytes);
        for (int i = 0; i < bytes.Length; i += 144)
        {
            // Scales that are finite halves.
            (bytes[i + 1], bytes[i + 3]) = ((byte)(bytes[i + 1] & 0x3B), (byte)(bytes[i + 3] & 0x3B));
        }

        string path = folder.Write("q", bytes);
        var tensor = new TensorInfo("q", DType.Q4_K, [64, 256], 0, 0, bytes.Length);
        using SegmentLease lease = new SegmentCache(1, 1 << 30).Open(path);
        float[] values = TensorReader.ReadAll(lease.Segment, tensor);
        TensorStatistics statistics = TensorStatistics.Of(lease.Segment, tensor);
        Assert.Equal(values.Min(), statistics.Minimum);
        Assert.Equal(values.Max(), statistics.Maximum);
        Assert.Equal(values.Average(v => (double)v), statistics.Mean, 1e-3 * Math.Abs(statistics.Maximum));
        Assert.Equal(values.Count(v => v == 0), statistics.Zeros);
    }

    [Fact]
    public void A_stored_file_that_changed_is_never_read_from_again()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("stored", [1, 2, 3, 4]);
        var cache = new SegmentCache(4, 1 << 20);
        using (SegmentLease lease = cache.OpenStored(path))
        {
            Assert.Equal([1, 2], lease.Segment.ReadBytes(0, 2));
        }

        // Another file under the same name, as somebody who edits it leaves behind. In-place writes would show through the mapping.
        File.Delete(path);
        File.WriteAllBytes(path, [9, 9, 9, 9]);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));
        Assert.Equal(ErrorNumber.FileChanged, Eventually(() => cache.OpenStored(path).Dispose()));
        File.Delete(path);
        Assert.Equal(ErrorNumber.FileChanged, Eventually(() => cache.OpenStored(path).Dispose()));
    }

    [Fact]
    public void A_segment_that_was_altered_or_removed_is_not_served_and_is_made_anew()
    {
        using var folder = new TemporaryFolder();
        var store = new SegmentStore(Path.Combine(folder.FullPath, "segments"));
        byte[] content = RandomNumberGenerator.GetBytes(5000);
        byte[] hash = SHA256.HashData(content);
        string path = store.Put(new MemoryStream(content), "c", hash, content.Length, out _);
        Assert.Equal(path, store.TryGet(hash, content.Length));

        // The same length, other bytes.
        byte[] altered = [.. content];
        altered[77] ^= 1;
        File.WriteAllBytes(path, altered);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));
        Assert.Null(store.TryGet(hash, content.Length));
        Assert.False(File.Exists(path));
        store.Put(new MemoryStream(content), "c", hash, content.Length, out _);
        Assert.Equal(content, File.ReadAllBytes(store.TryGet(hash, content.Length)!));

        // Copied back by a restore: another time, the same bytes.
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(5));
        Assert.Equal(path, store.TryGet(hash, content.Length));

        File.Delete(path);
        Assert.Null(store.TryGet(hash, content.Length));
    }

    [Fact]
    public void Peeks_survive_eviction_by_size()
    {
        using var folder = new TemporaryFolder();
        const int Size = 1 << 16;
        string[] paths = [.. Enumerable.Range(0, 8).Select(i => folder.Write("s" + i, [.. Enumerable.Repeat((byte)i, Size)]))];
        var cache = new SegmentCache(100, 3 * Size);
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, worker =>
        {
            var random = new Random(worker);
            for (int i = 0; i < 400; i++)
            {
                int file = random.Next(paths.Length);
                using SegmentLease lease = cache.OpenStored(paths[file]);
                Assert.All(lease.Segment.ReadBytes(random.Next(Size - 64), 64), b => Assert.Equal(file, b));
            }
        });
        Assert.True(cache.MappedBytes <= 3 * Size);
    }

    /// <summary>The error that comes once the file is looked at again, which is at most every twentieth of a second.</summary>
    private static int Eventually(Action open)
    {
        for (int i = 0; i < 200; i++)
        {
            try
            {
                open();
            }
            catch (NinaException error)
            {
                return error.Number;
            }

            Thread.Sleep(5);
        }

        return 0;
    }
}
