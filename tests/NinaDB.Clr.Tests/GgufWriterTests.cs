using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Fuzzing;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>GGUF written and read back: every metadata type, alignment, every tensor type that can be written, and what is refused.</summary>
public sealed class GgufWriterTests
{
    private static readonly (string Key, GgufValue Value)[] EveryType =
    [
        ("general.architecture", GgufValue.Of("test")),
        ("z.u8", GgufValue.Of((object)(byte)255)),
        ("z.i8", GgufValue.Of((object)(sbyte)-128)),
        ("z.u16", GgufValue.Of((ushort)65535)),
        ("z.i16", GgufValue.Of((object)(short)-32768)),
        ("z.u32", GgufValue.Of(uint.MaxValue)),
        ("z.i32", GgufValue.Of(int.MinValue)),
        ("z.f32", GgufValue.Of(1.5f)),
        ("z.bool", GgufValue.Of(true)),
        ("a.string", GgufValue.Of("Grüße, 世界 😀")),
        ("a.u64", GgufValue.Of(ulong.MaxValue)),
        ("a.i64", GgufValue.Of((object)long.MinValue)),
        ("a.f64", GgufValue.Of((object)Math.PI)),
        ("a.bytes", GgufValue.Of(new byte[] { 1, 2, 255 })),
        ("a.signed", GgufValue.Of(new sbyte[] { -1, 2 })),
        ("a.strings", GgufValue.Of(new[] { "a", string.Empty, "é" })),
        ("a.flags", GgufValue.Of(new[] { true, false })),
        ("a.empty", GgufValue.Of(Array.Empty<float>())),
        ("a.longs", GgufValue.Of(new[] { long.MaxValue, 0L })),
        ("a.nested", GgufValue.Of(new object[] { new[] { 1, 2, 3 }, Array.Empty<string>(), new object[] { new[] { 0.5 } } })),
    ];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_metadata_type_comes_back_in_its_order(uint version)
    {
        byte[] file = Write(EveryType, [], version);
        GgufHeader header = Read(file);
        Assert.Equal(version, header.Version);
        Assert.Equal(EveryType.Select(e => e.Key), header.Keys);
        foreach ((string key, GgufValue value) in EveryType)
        {
            Assert.Equal(value.Type, header[key]!.Type);
            Assert.Equal(value.ElementType, header[key]!.ElementType);
            Assert.Equal(value.Value, header[key]!.Value);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(32)]
    [InlineData(4096)]
    public void Data_is_aligned_and_rewriting_is_byte_identical(int alignment)
    {
        using var folder = new TemporaryFolder();
        float[] values = ReferenceBlocks.RandomNumbers(7, 3 * 256);
        DType[] types = [DType.F32, DType.Q4_K, DType.F16, DType.Q8_0, DType.BF16, DType.Q4_0];
        TensorToWrite[] tensors = [.. types.Select(t => new TensorToWrite("t." + t, t, [3, 256], () => values)), new("scalar", DType.F32, [], () => [5f]), new("none", DType.F32, [0, 4], () => [])];
        byte[] bytes = Write([.. EveryType, ("general.alignment", GgufValue.Of((uint)alignment))], tensors);
        string path = folder.Write("a.gguf", bytes);
        ModelFile file = ModelFile.Open(path);
        Assert.Equal(alignment, file.Gguf!.Alignment);
        Assert.Equal(tensors.Select(t => t.Name), file.Tensors.Select(t => t.Name));
        Assert.All(file.Tensors, t => Assert.Equal(0, t.ByteOffset % alignment));
        Assert.Equal([3L, 256L], file["t.Q4_K"].Shape);
        using (SegmentLease lease = SegmentCache.Shared.Open(path))
        {
            Assert.Equal(values, TensorReader.ReadAll(lease.Segment, file["t.F32"]));
            Assert.Equal(ReferenceBlocks.Decode(DType.Q4_K, ReferenceBlocks.Encode(DType.Q4_K, values), values.Length), TensorReader.ReadAll(lease.Segment, file["t.Q4_K"]));
        }

        using var again = new MemoryStream();
        GgufWriter.Rewrite(again, file);
        Assert.Equal(bytes, again.ToArray());
    }

    [SharedModelsFact]
    public void Files_of_other_writers_come_out_byte_for_byte()
    {
        string[] paths = [.. Directory.GetFiles(TestData.SharedModels, "*.gguf", SearchOption.AllDirectories)];
        Assert.NotEmpty(paths);
        foreach (string path in paths)
        {
            using var again = new MemoryStream();
            GgufWriter.Rewrite(again, ModelFile.Open(path));
            Assert.True(File.ReadAllBytes(path).AsSpan().SequenceEqual(again.ToArray()), path);
        }
    }

    [Fact]
    public void What_gguf_cannot_hold_is_refused()
    {
        float[] row = new float[100];
        Refused([], [new("t", DType.F8E4M3, [1], () => [1f])]);
        Refused([], [TensorToWrite.OfBytes("t", DType.F8E4M3, [1], s => s.WriteByte(1))]);
        Refused([], [new("t", DType.Q8_0, [2, 50], () => row)]);
        Refused([], [new("t", DType.Q6_K, [256], () => new float[256])]);
        Refused([], [new("t", DType.F32, [1, 1, 1, 1, 1], () => [1f])]);
        Refused([], [new("t", DType.F32, [1], () => [1f]), new("t", DType.F32, [1], () => [1f])]);
        Refused([], [TensorToWrite.OfBytes("t", DType.F32, [2], s => s.Write(new byte[7]))]);
        Refused([], [TensorToWrite.OfBytes("t", DType.F32, [2], s => s.Write(new byte[9]))]);
        Refused([("a", GgufValue.Of(1u)), ("a", GgufValue.Of(1u))], []);
        Refused([("general.alignment", GgufValue.Of(24u))], []);
        Refused([("a", GgufValue.Of("\uD800"))], []);
        Assert.Equal(ErrorNumber.GgufWrite, Assert.Throws<NinaException>(() => GgufValue.Of(1m)).Number);

        static void Refused((string, GgufValue)[] metadata, TensorToWrite[] tensors)
            => Assert.Equal(ErrorNumber.GgufWrite, Assert.Throws<NinaException>(() => Write(metadata, tensors)).Number);
    }

    [Fact]
    public void Text_that_was_not_utf8_is_read_and_never_written_back_changed()
    {
        byte[] bytes = Write([("a", GgufValue.Of("xx"))], []);
        bytes[Array.LastIndexOf(bytes, (byte)'x')] = 0xFF;
        GgufHeader header = Read(bytes);
        Assert.Equal("x\uFFFD", header["a"]!.AsString());
        Assert.False(header["a"]!.IsExact);
        Assert.Equal(ErrorNumber.GgufWrite, Assert.Throws<NinaException>(() => Write([("a", header["a"]!)], [])).Number);
    }

    [Fact]
    public void Big_endian_is_refused_by_name()
    {
        byte[] bytes = Write([], []);
        Array.Reverse(bytes, 4, 4);
        NinaException error = Assert.Throws<NinaException>(() => Read(bytes));
        Assert.Equal(ErrorNumber.GgufBigEndian, error.Number);
        Assert.Contains("big-endian", error.Message, StringComparison.Ordinal);
    }

    internal static byte[] Write(IReadOnlyList<(string, GgufValue)> metadata, IReadOnlyList<TensorToWrite> tensors, uint version = 3)
    {
        using var stream = new MemoryStream();
        GgufWriter.Write(stream, metadata, tensors, version);
        return stream.ToArray();
    }

    private static GgufHeader Read(byte[] file) => GgufHeader.Read(new MemoryStream(file), file.Length, "t.gguf");
}
