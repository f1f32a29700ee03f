using System;
using System.Collections.Generic;
using System.IO;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Formats;

/// <summary>
/// The header of a GGUF file, versions 2 and 3 (little endian): metadata and tensor infos
/// (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
/// </summary>
public sealed class GgufHeader
{
    /// <summary>"GGUF" as a little-endian number.</summary>
    public const uint Magic = 0x46554747;

    private const int DefaultAlignment = 32;
    private const int MaxDimensions = 4;
    private const int MaxArrayDepth = 4;
    private const int MaxKeyBytes = 65535;
    private const int MaxTensorNameBytes = 1024;
    private const int MaxStringBytes = 64 << 20;

    private GgufHeader(uint version, int alignment, IReadOnlyDictionary<string, GgufValue> metadata, IReadOnlyList<string> keys, IReadOnlyList<TensorInfo> tensors, long dataOffset)
    {
        Version = version;
        Alignment = alignment;
        Metadata = metadata;
        Keys = keys;
        Tensors = tensors;
        DataOffset = dataOffset;
    }

    /// <summary>The version of the format.</summary>
    public uint Version { get; }

    /// <summary>The alignment of tensor data, in bytes.</summary>
    public int Alignment { get; }

    /// <summary>The metadata.</summary>
    public IReadOnlyDictionary<string, GgufValue> Metadata { get; }

    /// <summary>The metadata keys in their order.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>The tensors; shapes are row-major, offsets count from the start of the file.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Where the data starts in the file.</summary>
    public long DataOffset { get; }

    /// <summary>The value of a key, or null.</summary>
    public GgufValue? this[string key] => Metadata.TryGetValue(key, out GgufValue? value) ? value : null;

    /// <summary>Reads the header of a stream of <paramref name="length"/> bytes; <paramref name="name"/> names it in errors.</summary>
    public static GgufHeader Read(Stream stream, long length, string name, int fileOrdinal = 0)
    {
        var cursor = new GgufCursor(stream, length, name);
        uint magic = cursor.ReadUInt32();
        if (magic != Magic)
        {
            throw NinaException.InFile(ErrorNumber.GgufMagic, name, 0, $"the file starts with 0x{magic:X8}, not with the GGUF magic number.");
        }

        uint version = cursor.ReadUInt32();
        if (version != 0 && (version & 0xFFFF) == 0)
        {
            throw NinaException.InFile(ErrorNumber.GgufBigEndian, name, 4, "the file is big-endian, which cannot be read: its version is in the upper half of the number.");
        }

        if (version != 2 && version != 3)
        {
            throw NinaException.InFile(ErrorNumber.GgufVersion, name, 4, $"GGUF version {version} cannot be read; 2 and 3 can.");
        }

        // A tensor info takes at least name length 8 + dimensions 4 + type 4 + offset 8; a metadata entry 8 + 4 + 1.
        int tensorCount = cursor.ReadCount(24, "tensors");
        int metadataCount = cursor.ReadCount(13, "metadata entries");
        var metadata = new Dictionary<string, GgufValue>(StringComparer.Ordinal);
        var keys = new List<string>();
        for (int i = 0; i < metadataCount; i++)
        {
            string key = cursor.ReadString(MaxKeyBytes, isName: true);
            if (metadata.ContainsKey(key))
            {
                throw cursor.Error(ErrorNumber.GgufDuplicateKey, $"the metadata key '{key}' occurs twice.");
            }

            metadata.Add(key, ReadValue(cursor));
            keys.Add(key);
        }

        int alignment = ReadAlignment(cursor, metadata);
        List<RawTensor> raw = ReadTensorInfos(cursor, tensorCount);
        long dataOffset = AlignUp(cursor.Position, alignment);
        List<TensorInfo> tensors = Place(raw, name, fileOrdinal, dataOffset, alignment, length);
        return new GgufHeader(version, alignment, metadata, keys, tensors, dataOffset);
    }

    private static int ReadAlignment(GgufCursor cursor, Dictionary<string, GgufValue> metadata)
    {
        if (!metadata.TryGetValue("general.alignment", out GgufValue? value))
        {
            return DefaultAlignment;
        }

        long? alignment = value.AsInt64();
        if (alignment == null || alignment <= 0 || alignment > 1 << 24 || (alignment & (alignment - 1)) != 0)
        {
            throw NinaException.InFile(ErrorNumber.GgufAlignment, cursor.Name, value.ByteOffset, $"general.alignment is {value.Value}; a power of two up to 16777216 is expected.");
        }

        return (int)alignment;
    }

    private static GgufValue ReadValue(GgufCursor cursor)
    {
        long offset = cursor.Position;
        int replaced = cursor.ReplacedTexts;
        uint type = cursor.ReadUInt32();
        if (type == (uint)GgufType.Array)
        {
            object array = ReadArray(cursor, 1, out GgufType elementType);
            return new GgufValue(GgufType.Array, elementType, array, offset, cursor.ReplacedTexts == replaced);
        }

        object scalar = ReadScalar(cursor, type);
        return new GgufValue((GgufType)type, (GgufType)type, scalar, offset, cursor.ReplacedTexts == replaced);
    }

    private static object ReadScalar(GgufCursor cursor, uint type) => (GgufType)type switch
    {
        GgufType.UInt8 => cursor.ReadByte(),
        GgufType.Int8 => (sbyte)cursor.ReadByte(),
        GgufType.UInt16 => cursor.ReadUInt16(),
        GgufType.Int16 => (short)cursor.ReadUInt16(),
        GgufType.UInt32 => cursor.ReadUInt32(),
        GgufType.Int32 => (int)cursor.ReadUInt32(),
        GgufType.Float32 => BitConverter.ToSingle(BitConverter.GetBytes(cursor.ReadUInt32()), 0),
        GgufType.Bool => ReadBool(cursor),
        GgufType.String => cursor.ReadString(MaxStringBytes, isName: false),
        GgufType.UInt64 => cursor.ReadUInt64(),
        GgufType.Int64 => (long)cursor.ReadUInt64(),
        GgufType.Float64 => BitConverter.Int64BitsToDouble((long)cursor.ReadUInt64()),
        _ => throw cursor.Error(ErrorNumber.GgufMetadataType, $"the metadata type {type} is unknown."),
    };

    private static bool ReadBool(GgufCursor cursor)
    {
        byte value = cursor.ReadByte();
        return value <= 1 ? value == 1 : throw cursor.Error(ErrorNumber.GgufMetadataType, $"a boolean has the value {value}.");
    }

    private static object ReadArray(GgufCursor cursor, int depth, out GgufType elementType)
    {
        uint type = cursor.ReadUInt32();
        elementType = (GgufType)type;
        if (type > (uint)GgufType.Float64)
        {
            throw cursor.Error(ErrorNumber.GgufMetadataType, $"the metadata type {type} is unknown.");
        }

        int size = ElementBytes(elementType);
        int count = cursor.ReadCount(size, "array items");
        switch (elementType)
        {
            case GgufType.String:
                string[] strings = new string[count];
                for (int i = 0; i < count; i++)
                {
                    strings[i] = cursor.ReadString(MaxStringBytes, isName: false);
                }

                return strings;
            case GgufType.Array:
                if (depth >= MaxArrayDepth)
                {
                    throw cursor.Error(ErrorNumber.GgufCount, $"metadata arrays are nested deeper than {MaxArrayDepth} levels.");
                }

                object[] arrays = new object[count];
                for (int i = 0; i < count; i++)
                {
                    arrays[i] = ReadArray(cursor, depth + 1, out _);
                }

                return arrays;
            case GgufType.Bool:
                bool[] flags = new bool[count];
                for (int i = 0; i < count; i++)
                {
                    flags[i] = ReadBool(cursor);
                }

                return flags;
            default:
                if ((long)count * size > int.MaxValue)
                {
                    throw cursor.Error(ErrorNumber.GgufCount, $"a metadata array of {count} items is too large.");
                }

                byte[] bytes = cursor.ReadBytes(count * size);
                Array numbers = elementType switch
                {
                    GgufType.UInt8 => new byte[count],
                    GgufType.Int8 => new sbyte[count],
                    GgufType.UInt16 => new ushort[count],
                    GgufType.Int16 => new short[count],
                    GgufType.UInt32 => new uint[count],
                    GgufType.Int32 => new int[count],
                    GgufType.Float32 => new float[count],
                    GgufType.UInt64 => new ulong[count],
                    GgufType.Int64 => new long[count],
                    _ => new double[count],
                };
                Buffer.BlockCopy(bytes, 0, numbers, 0, bytes.Length);
                return numbers;
        }
    }

    /// <summary>The bytes that an array element takes at least.</summary>
    private static int ElementBytes(GgufType type) => type switch
    {
        GgufType.UInt8 or GgufType.Int8 or GgufType.Bool => 1,
        GgufType.UInt16 or GgufType.Int16 => 2,
        GgufType.UInt32 or GgufType.Int32 or GgufType.Float32 => 4,
        GgufType.Array => 12,
        _ => 8,
    };

    private static List<RawTensor> ReadTensorInfos(GgufCursor cursor, int count)
    {
        var tensors = new List<RawTensor>(Math.Min(count, 1 << 16));
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            long place = cursor.Position;
            string name = cursor.ReadString(MaxTensorNameBytes, isName: true);
            if (!names.Add(name))
            {
                throw cursor.Error(ErrorNumber.DuplicateTensor, $"the tensor '{name}' occurs twice.");
            }

            uint dimensions = cursor.ReadUInt32();
            if (dimensions > MaxDimensions)
            {
                throw cursor.Error(ErrorNumber.GgufShape, $"tensor '{name}' has {dimensions} dimensions; the format allows {MaxDimensions}.");
            }

            long[] shape = new long[dimensions];
            for (int d = 0; d < shape.Length; d++)
            {
                ulong size = cursor.ReadUInt64();
                shape[shape.Length - 1 - d] = size > long.MaxValue ? -1 : (long)size;
            }

            uint typeId = cursor.ReadUInt32();
            DTypeInfo type = DTypeInfo.OfGguf(typeId)
                ?? throw cursor.Error(ErrorNumber.GgufTensorType, $"tensor '{name}' has the unknown type {typeId}.");
            long elements = DTypeInfo.ElementCount(shape);
            long bytes = elements < 0 ? -1 : type.ByteLength(elements);
            long row = shape.Length == 0 ? 1 : shape[shape.Length - 1];
            if (bytes < 0 || row % type.BlockElements != 0)
            {
                throw cursor.Error(ErrorNumber.GgufShape, $"the shape of tensor '{name}' overflows or its rows do not fill whole {type.Name} blocks.");
            }

            tensors.Add(new RawTensor(name, type.Type, shape, cursor.ReadUInt64(), bytes, place));
        }

        return tensors;
    }

    private static List<TensorInfo> Place(List<RawTensor> raw, string file, int fileOrdinal, long dataOffset, int alignment, long length)
    {
        var tensors = new List<TensorInfo>(raw.Count);
        foreach (RawTensor tensor in raw)
        {
            if (tensor.Offset % (ulong)alignment != 0)
            {
                throw NinaException.InFile(ErrorNumber.GgufOffset, file, tensor.Place, $"the data of tensor '{tensor.Name}' is not aligned to {alignment} bytes.");
            }

            if (dataOffset > length || tensor.Offset > (ulong)(length - dataOffset) || tensor.Bytes > length - dataOffset - (long)tensor.Offset)
            {
                throw NinaException.InFile(
                    ErrorNumber.GgufOffset, file, tensor.Place, $"the data of tensor '{tensor.Name}' ({tensor.Bytes} bytes at {tensor.Offset}) is outside the file of {length} bytes.");
            }

            tensors.Add(new TensorInfo(tensor.Name, tensor.Type, tensor.Shape, fileOrdinal, dataOffset + (long)tensor.Offset, tensor.Bytes));
        }

        var sorted = new List<TensorInfo>(tensors);
        sorted.Sort((a, b) => a.ByteOffset != b.ByteOffset ? a.ByteOffset.CompareTo(b.ByteOffset) : a.ByteLength.CompareTo(b.ByteLength));
        for (int i = 1; i < sorted.Count; i++)
        {
            if (sorted[i].ByteOffset < sorted[i - 1].ByteOffset + sorted[i - 1].ByteLength)
            {
                throw NinaException.InFile(ErrorNumber.GgufOverlap, file, sorted[i].ByteOffset, $"the tensors '{sorted[i - 1].Name}' and '{sorted[i].Name}' overlap.");
            }
        }

        return tensors;
    }

    private static long AlignUp(long offset, int alignment) => (offset + alignment - 1) / alignment * alignment;

    /// <summary>A tensor info before its place in the file is known to be possible.</summary>
    private sealed class RawTensor
    {
        public RawTensor(string name, DType type, long[] shape, ulong offset, long bytes, long place)
        {
            Name = name;
            Type = type;
            Shape = shape;
            Offset = offset;
            Bytes = bytes;
            Place = place;
        }

        public string Name { get; }

        public DType Type { get; }

        public long[] Shape { get; }

        public ulong Offset { get; }

        public long Bytes { get; }

        public long Place { get; }
    }
}
