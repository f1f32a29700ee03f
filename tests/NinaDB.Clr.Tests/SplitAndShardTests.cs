using System.Buffers.Binary;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Fuzzing;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>Models of several files, files beyond 4 GiB, and safetensors of every type written and rewritten.</summary>
public sealed class SplitAndShardTests
{
    [Fact]
    public void Any_part_of_a_split_gguf_opens_all_of_it()
    {
        using var folder = new TemporaryFolder();
        WriteParts(folder, 3);
        foreach (string name in new[] { "m-00001-of-00003.gguf", "m-00003-of-00003.gguf", string.Empty })
        {
            ModelFile file = ModelFile.Open(Path.Combine(folder.FullPath, name));
            Assert.Equal(["t0", "t1", "t2"], file.Tensors.Select(t => t.Name));
            Assert.Equal([0, 1, 2], file.Tensors.Select(t => t.FileOrdinal));
            Assert.Equal("test", file.Gguf!["general.architecture"]!.AsString());
            using SegmentLease lease = SegmentCache.Shared.Open(file.Files[2].Path);
            Assert.Equal([2f, 3f], TensorReader.ReadAll(lease.Segment, file["t2"]));
        }

        using var joint = new MemoryStream();
        GgufWriter.Rewrite(joint, ModelFile.Open(folder.FullPath));
        folder.Write("joint.bin", joint.ToArray());
        GgufHeader header = GgufHeader.Read(new MemoryStream(joint.ToArray()), joint.Length, "joint");
        Assert.Equal(["general.architecture"], header.Keys);
        Assert.Equal(3, header.Tensors.Count);
    }

    [Fact]
    public void Missing_and_wrong_parts_are_named()
    {
        using var folder = new TemporaryFolder();
        WriteParts(folder, 3);
        string first = folder.File("m-00001-of-00003.gguf");
        File.Delete(folder.File("m-00002-of-00003.gguf"));
        NinaException error = Assert.Throws<NinaException>(() => ModelFile.Open(first));
        Assert.Equal(ErrorNumber.GgufSplit, error.Number);
        Assert.Contains("m-00002-of-00003.gguf is missing", error.Message, StringComparison.Ordinal);

        File.Copy(first, folder.File("m-00002-of-00003.gguf"));
        Assert.Equal(ErrorNumber.GgufSplit, Assert.Throws<NinaException>(() => ModelFile.Open(first)).Number);
        File.Copy(first, folder.File("alone.gguf"));
        Assert.Contains("one of 3 parts", Assert.Throws<NinaException>(() => ModelFile.Open(folder.File("alone.gguf"))).Message, StringComparison.Ordinal);
        folder.Write("m-00005-of-00003.gguf", [1]);
        Assert.Equal(ErrorNumber.GgufSplit, Assert.Throws<NinaException>(() => ModelFile.Open(folder.File("m-00005-of-00003.gguf"))).Number);
    }

    [Fact]
    public void The_number_of_tensors_that_is_announced_must_be_there()
    {
        using var folder = new TemporaryFolder();
        WriteParts(folder, 2, announced: 5);
        NinaException error = Assert.Throws<NinaException>(() => ModelFile.Open(folder.FullPath));
        Assert.Contains("announces 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_beyond_four_gigabytes_are_found_and_read()
    {
        using var folder = new TemporaryFolder();
        const long Big = (5L << 30) + 3;
        byte[] header = Encoding.UTF8.GetBytes(
            $"{{\"big\":{{\"dtype\":\"U8\",\"shape\":[{Big}],\"data_offsets\":[0,{Big}]}},\"after\":{{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[{Big},{Big + 16}]}}}}");
        string path = folder.File("huge.safetensors");
        using (FileStream stream = File.Create(path))
        {
            byte[] length = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            stream.SetLength(8 + header.Length + Big + 16);
            stream.Position = 8 + header.Length + Big - 1;
            stream.WriteByte(9);
            foreach (float value in new[] { 1f, 2f, 3f, 4f })
            {
                stream.Write(BitConverter.GetBytes(value));
            }
        }

        ModelFile file = ModelFile.Open(path);
        using SegmentLease lease = SegmentCache.Shared.Open(path);
        Assert.Equal([3f, 4f], TensorReader.ReadSlice(lease.Segment, file["after"], 1, 1, 1, 0, 2, 1));
        Assert.Equal([0f, 9f], TensorReader.ReadElements(lease.Segment, file["big"], Big - 2, 2));
        Assert.Equal(ErrorNumber.PeekOutOfRange, Assert.Throws<NinaException>(() => TensorReader.ReadElements(lease.Segment, file["big"], Big - 1, 2)).Number);
    }

    [Fact]
    public void Every_type_of_safetensors_is_written_and_rewritten_the_same()
    {
        using var folder = new TemporaryFolder();
        var tensors = new List<TensorToWrite>();
        foreach (DType type in Enum.GetValues<DType>().Where(t => t != DType.Unknown && DTypeInfo.Of(t).SafetensorsName != null))
        {
            byte[] data = ReferenceBlocks.RandomBlocks(type, 3)[..(int)DTypeInfo.Of(type).ByteLength(8)];
            tensors.Add(TensorToWrite.OfBytes("t." + DTypeInfo.Of(type).Name, type, [2, 4], s => s.Write(data)));
        }

        KeyValuePair<string, string>[] metadata = [new("z", "last first"), new("a", "\"quoted\" \\ \n é 😀"), new("format", "pt")];
        foreach (bool keepOrder in new[] { false, true })
        {
            string path = folder.File($"all-{keepOrder}.safetensors");
            using (FileStream stream = File.Create(path))
            {
                SafetensorsWriter.Write(stream, tensors, keepOrder, metadata);
            }

            ModelFile file = ModelFile.Open(path);
            SafetensorsHeader header = Header(path);
            Assert.Equal(metadata, header.MetadataEntries);
            Assert.Equal(0, header.DataOffset % 8);
            Assert.Equal(tensors.Count, file.Tensors.Count);
            if (keepOrder)
            {
                Assert.Equal(tensors.Select(t => t.Name), file.Tensors.Select(t => t.Name));
            }
            else
            {
                Assert.Equal(file.Tensors.OrderByDescending(t => t.ByteLength).ThenBy(t => t.Name, StringComparer.Ordinal).Select(t => t.Name), file.Tensors.Select(t => t.Name));
            }

            using var again = new MemoryStream();
            SafetensorsWriter.Rewrite(again, file, 0, header);
            Assert.Equal(File.ReadAllBytes(path), again.ToArray());
        }
    }

    [Fact]
    public void The_sample_is_canonical()
    {
        string path = Path.Combine(TestData.NinaMini, "model.safetensors");
        using var again = new MemoryStream();
        SafetensorsWriter.Rewrite(again, ModelFile.Open(path), 0, Header(path));
        Assert.Equal(File.ReadAllBytes(path), again.ToArray());
    }

    [Fact]
    public void What_safetensors_cannot_hold_is_refused()
    {
        Refused([new("t", DType.Q8_0, [32], () => new float[32])]);
        Refused([new("__metadata__", DType.F32, [1], () => [1f])]);
        Refused([new("t", DType.F32, [1], () => [1f]), new("t", DType.F32, [1], () => [1f])]);
        Refused([new("t", DType.I32, [1], () => [1f])]);
        Refused([TensorToWrite.OfBytes("t", DType.I32, [1], s => s.WriteByte(0))]);
        Refused([TensorToWrite.OfBytes("t", DType.F4, [3], s => s.WriteByte(0))]);

        static void Refused(TensorToWrite[] tensors)
            => Assert.Equal(ErrorNumber.SafetensorsWrite, Assert.Throws<NinaException>(() => SafetensorsWriter.Write(new MemoryStream(), tensors)).Number);
    }

    [Fact]
    public void A_header_that_is_not_utf8_or_too_large_is_refused_by_its_own_number()
    {
        byte[] file = [6, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)'}', (byte)' '];
        NinaException error = Assert.Throws<NinaException>(() => SafetensorsHeader.Read(new MemoryStream(file), file.Length, "t.safetensors"));
        Assert.Equal(ErrorNumber.SafetensorsHeaderText, error.Number);
        Assert.Contains("offset 10", error.Message, StringComparison.Ordinal);

        byte[] prefix = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)SafetensorsHeader.MaxHeaderBytes + 1);
        Assert.Equal(ErrorNumber.SafetensorsHeaderTooLarge, Assert.Throws<NinaException>(() => SafetensorsHeader.Read(new MemoryStream(prefix), 1L << 30, "t.safetensors")).Number);
    }

    private static SafetensorsHeader Header(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return SafetensorsHeader.Read(stream, stream.Length, path);
    }

    private static void WriteParts(TemporaryFolder folder, int count, int? announced = null)
    {
        for (int i = 0; i < count; i++)
        {
            List<(string, GgufValue)> metadata =
            [
                ("split.no", GgufValue.Of((ushort)i)), ("split.count", GgufValue.Of((ushort)count)), ("split.tensors.count", GgufValue.Of(announced ?? count)),
            ];
            if (i == 0)
            {
                metadata.Insert(0, ("general.architecture", GgufValue.Of("test")));
            }

            float[] values = [i, i + 1];
            folder.Write($"m-{i + 1:D5}-of-{count:D5}.gguf", GgufWriterTests.Write(metadata, [new TensorToWrite("t" + i, DType.F32, [2], () => values)]));
        }
    }
}
