using System.Security.Cryptography;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

public sealed class StorageTests
{
    [Fact]
    public void A_peek_outside_the_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a", [1, 2, 3, 4, 5, 6, 7, 8]);
        var cache = new SegmentCache(4, 1 << 20);
        using SegmentLease lease = cache.Open(path);
        Assert.Equal([3, 4], lease.Segment.ReadBytes(2, 2));
        Assert.Equal([], lease.Segment.ReadBytes(8, 0));
        foreach ((long offset, int count) in new (long, int)[] { (-1, 1), (8, 1), (0, 9), (7, 2), (long.MaxValue, 1), (0, int.MaxValue), (long.MinValue, 8) })
        {
            Assert.Equal(ErrorNumber.PeekOutOfRange, Assert.Throws<NinaException>(() => lease.Segment.ReadBytes(offset, count)).Number);
        }
    }

    [Fact]
    public void Slices_keep_inside_their_tensor()
    {
        ModelFile file = ModelFile.Open(TestData.NinaMini);
        TensorInfo tensor = file["model.layers.1.mlp.up_proj.weight"];
        using SegmentLease lease = SegmentCache.Shared.Open(file.Files[0].Path);
        float[] all = TensorReader.ReadAll(lease.Segment, tensor);
        Assert.Equal(all[(511 * 128)..], TensorReader.ReadSlice(lease.Segment, tensor, 511, 1, 1, 0, 128, 1));
        Assert.Equal([all[127], all[(128 * 511) + 127]], TensorReader.ReadSlice(lease.Segment, tensor, 0, 2, 511, 127, 1, 1));
        Assert.Equal(all[1000..1010], TensorReader.ReadElements(lease.Segment, tensor, 1000, 10));
        foreach (Action peek in new Action[]
        {
            () => TensorReader.ReadSlice(lease.Segment, tensor, 512, 1, 1, 0, 1, 1),
            () => TensorReader.ReadSlice(lease.Segment, tensor, 0, 2, 512, 0, 1, 1),
            () => TensorReader.ReadSlice(lease.Segment, tensor, 0, 1, 1, 1, 128, 1),
            () => TensorReader.ReadSlice(lease.Segment, tensor, 0, 2, long.MaxValue, 0, 1, 1),
            () => TensorReader.ReadElements(lease.Segment, tensor, 512 * 128, 1),
            () => TensorReader.ReadBytes(lease.Segment, tensor, tensor.ByteLength, 1),
        })
        {
            Assert.Equal(ErrorNumber.PeekOutOfRange, Assert.Throws<NinaException>(peek).Number);
        }
    }

    [Fact]
    public void The_cache_is_bounded_and_never_closes_what_is_in_use()
    {
        using var folder = new TemporaryFolder();
        var cache = new SegmentCache(2, 1 << 20);
        string[] paths = [.. Enumerable.Range(0, 5).Select(i => folder.Write("f" + i, [(byte)i]))];
        SegmentLease first = cache.Open(paths[0]);
        foreach (string path in paths)
        {
            using SegmentLease lease = cache.Open(path);
        }

        Assert.Equal(2, cache.Count);
        Assert.Equal(2, cache.MappedBytes);
        Assert.Equal([0], first.Segment.ReadBytes(0, 1));
        Segment segment = first.Segment;
        first.Dispose();
        Assert.Equal(ErrorNumber.SegmentClosed, Assert.Throws<NinaException>(() => segment.ReadBytes(0, 1)).Number);
        cache.Clear();
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void A_changed_file_is_mapped_anew()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a", [1, 2, 3]);
        var cache = new SegmentCache(2, 1 << 20);
        using (SegmentLease old = cache.Open(path))
        {
            File.Delete(path);
            folder.Write("a", [4, 5, 6, 7]);
            using SegmentLease renewed = cache.Open(path, 4, checkNow: true);
            Assert.Equal([4, 5, 6, 7], renewed.Segment.ReadBytes(0, 4));
            Assert.Equal([1, 2, 3], old.Segment.ReadBytes(0, 3));
        }

        Assert.Equal(ErrorNumber.FileChanged, Assert.Throws<NinaException>(() => cache.Open(path, 3, checkNow: true)).Number);
        File.Delete(path);
        Assert.Equal(ErrorNumber.FileNotFound, Assert.Throws<NinaException>(() => cache.Open(path, checkNow: true)).Number);
    }

    [Fact]
    public void Files_that_are_missing_empty_or_change_are_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(ErrorNumber.FileNotFound, Assert.Throws<NinaException>(() => ModelFile.Open(folder.File("none"))).Number);
        Assert.Equal(ErrorNumber.UnknownFormat, Assert.Throws<NinaException>(() => ModelFile.Open(folder.FullPath)).Number);
        string empty = folder.Write("empty", []);
        Assert.Equal(ErrorNumber.FileEmpty, Assert.Throws<NinaException>(() => Segment.Open(empty)).Number);
        Assert.Equal(ErrorNumber.SafetensorsTruncated, Assert.Throws<NinaException>(() => ModelFile.Open(empty)).Number);
        string path = folder.Write("changing", new byte[3 << 20]);
        NinaException error = Assert.Throws<NinaException>(() => ContentHash.OfFile(path, (done, _) =>
        {
            if (done == 1 << 20)
            {
                using FileStream stream = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
                stream.WriteByte(1);
            }
        }));
        Assert.Equal(ErrorNumber.FileChanged, error.Number);
    }

    [Fact]
    public void The_segment_store_holds_what_it_says_and_leaves_nothing_else()
    {
        using var folder = new TemporaryFolder();
        byte[] content = RandomNumberGenerator.GetBytes(3_000_000);
        byte[] hash = SHA256.HashData(content);
        var store = new SegmentStore(folder.File("cache"));
        Assert.Null(store.TryGet(hash, content.Length));
        NinaException error = Assert.Throws<NinaException>(() => store.Put(new MemoryStream(content), "m", new byte[32], content.Length, out _));
        Assert.Equal(ErrorNumber.HashMismatch, error.Number);
        error = Assert.Throws<NinaException>(() => store.Put(new MemoryStream(content), "m", hash, content.Length + 1, out _));
        Assert.Equal(ErrorNumber.FileChanged, error.Number);
        Assert.Empty(Directory.GetFiles(store.Folder, "*", SearchOption.AllDirectories));

        string path = store.Put(new MemoryStream(content), "m", hash, content.Length, out byte[] actual);
        Assert.Equal(hash, actual);
        Assert.Equal(path, store.Put(new MemoryStream(content), "m", null, -1, out _));
        Assert.Equal(path, store.TryGet(hash, content.Length));
        Assert.Equal([path, path + ".verified"], Directory.GetFiles(store.Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        store.Verify(hash);
        using (FileStream stream = new(path, FileMode.Open, FileAccess.Write))
        {
            stream.WriteByte((byte)~content[0]);
        }

        Assert.Equal(ErrorNumber.HashMismatch, Assert.Throws<NinaException>(() => store.Verify(hash)).Number);
        Assert.Equal(content.Length, store.Evict(0, TimeSpan.Zero));
        Assert.Null(store.TryGet(hash, content.Length));
        Assert.Empty(Directory.GetFiles(store.Folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Peeks_and_evictions_may_meet()
    {
        using var folder = new TemporaryFolder();
        string[] paths = [.. Enumerable.Range(0, 6).Select(i => folder.Write("f" + i, [.. Enumerable.Repeat((byte)i, 10_000)]))];
        var cache = new SegmentCache(2, 1 << 20);
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, worker =>
        {
            var random = new Random(worker);
            for (int i = 0; i < 2000; i++)
            {
                int file = random.Next(paths.Length);
                using SegmentLease lease = cache.Open(paths[file]);
                byte[] bytes = lease.Segment.ReadBytes(random.Next(9000), 100);
                Assert.All(bytes, b => Assert.Equal(file, b));
            }
        });
        Assert.InRange(cache.Count, 1, 2);
    }
}
