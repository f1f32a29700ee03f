using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Formats;

/// <summary>
/// Writes GGUF (version 3 unless asked for 2, little endian): metadata and tensors in the order given, every tensor's data padded to the alignment, the last one's
/// too, as the format's own writers do. A file that was written so comes out byte for byte the same.
/// </summary>
public static class GgufWriter
{
    private const string AlignmentKey = "general.alignment";
    private const int DefaultAlignment = 32;
    private const int MaxKeyBytes = 65535;
    private const int MaxDimensions = 4;

    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    /// <summary>
    /// Writes a file to a stream. Data is aligned to <c>general.alignment</c> where the metadata has it, else to 32 bytes. Raises
    /// <see cref="ErrorNumber.GgufWrite"/>.
    /// </summary>
    public static void Write(Stream stream, IReadOnlyList<(string Key, GgufValue Value)> metadata, IReadOnlyList<TensorToWrite> tensors, uint version = 3)
    {
        Require(version == 2 || version == 3, $"GGUF version {version} cannot be written.");
        int alignment = DefaultAlignment;
        var header = new MemoryStream();
        var writer = new BinaryWriter(header);
        writer.Write(GgufHeader.Magic);
        writer.Write(version);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)metadata.Count);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string key, GgufValue value) in metadata)
        {
            Require(keys.Add(key), $"The metadata key '{key}' occurs twice.");
            byte[] bytes = Utf8(key, key);
            Require(bytes.Length > 0 && bytes.Length <= MaxKeyBytes, $"A metadata key of {bytes.Length} bytes is not possible.");
            if (key == AlignmentKey)
            {
                long? wanted = value.AsInt64();
                Require(wanted is > 0 and <= (1 << 24) && (wanted & (wanted - 1)) == 0, $"{AlignmentKey} is {value.Value}; a power of two is expected.");
                alignment = (int)wanted!.Value;
            }

            WriteBytes(writer, bytes);
            writer.Write((uint)value.Type);
            Require(value.IsExact, $"The text of '{key}' was not valid UTF-8 where it was read, and would come out changed.");
            WriteValue(writer, value.Value, key);
        }

        WriteTensorInfos(writer, tensors, alignment);
        writer.Flush();
        if (tensors.Count > 0)
        {
            // A file of metadata only, such as a vocabulary, ends with it.
            Pad(header, header.Length, alignment);
        }

        stream.Write(header.GetBuffer(), 0, checked((int)header.Length));
        foreach (TensorToWrite tensor in tensors)
        {
            tensor.WriteTo(stream, ErrorNumber.GgufWrite);
            Pad(stream, tensor.ByteLength, alignment);
        }
    }

    /// <summary>Writes a model that came as GGUF again, parts of a split file as one: the same metadata, the tensors in the order of their data.</summary>
    public static void Rewrite(Stream stream, ModelFile file)
    {
        NinaException.Require(file.Gguf != null, $"Model '{file.Name}' is not GGUF.");
        var metadata = new List<(string, GgufValue)>();
        foreach (string key in file.Gguf!.Keys)
        {
            if (file.Files.Count == 1 || !key.StartsWith("split.", StringComparison.Ordinal))
            {
                metadata.Add((key, file.Gguf[key]!));
            }
        }

        var tensors = new List<TensorToWrite>(file.Tensors.Count);
        foreach (TensorInfo tensor in file.Tensors)
        {
            tensors.Add(TensorToWrite.CopyOf(file, tensor));
        }

        Write(stream, metadata, tensors, file.Gguf.Version);
    }

    private static void WriteTensorInfos(BinaryWriter writer, IReadOnlyList<TensorToWrite> tensors, int alignment)
    {
        long offset = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (TensorToWrite tensor in tensors)
        {
            DTypeInfo type = DTypeInfo.Of(tensor.DType);
            long length = tensor.ByteLength;
            long row = tensor.Shape.Length == 0 ? 1 : tensor.Shape[tensor.Shape.Length - 1];
            Require(type.GgufId >= 0, $"Tensor '{tensor.Name}' has the type {type.Name}, which GGUF lacks.");
            Require(tensor.IsWritable, $"Tensor '{tensor.Name}' cannot be written as {type.Name}.");
            Require(names.Add(tensor.Name), $"The tensor name '{tensor.Name}' occurs twice.");
            Require(tensor.Shape.Length <= MaxDimensions, $"Tensor '{tensor.Name}' has {tensor.Shape.Length} dimensions; GGUF allows {MaxDimensions}.");
            Require(length >= 0 && row % type.BlockElements == 0, $"The rows of tensor '{tensor.Name}' do not fill whole {type.Name} blocks of {type.BlockElements}.");
            WriteBytes(writer, Utf8(tensor.Name, tensor.Name));
            writer.Write((uint)tensor.Shape.Length);
            for (int i = tensor.Shape.Length - 1; i >= 0; i--)
            {
                writer.Write((ulong)tensor.Shape[i]);
            }

            writer.Write((uint)type.GgufId);
            writer.Write((ulong)offset);
            offset += (length + alignment - 1) / alignment * alignment;
        }
    }

    private static void WriteValue(BinaryWriter writer, object value, string key)
    {
        switch (value)
        {
            case byte v: writer.Write(v); break;
            case sbyte v: writer.Write(v); break;
            case ushort v: writer.Write(v); break;
            case short v: writer.Write(v); break;
            case uint v: writer.Write(v); break;
            case int v: writer.Write(v); break;
            case float v: writer.Write(v); break;
            case ulong v: writer.Write(v); break;
            case long v: writer.Write(v); break;
            case double v: writer.Write(v); break;
            case bool v: writer.Write((byte)(v ? 1 : 0)); break;
            case string v: WriteBytes(writer, Utf8(v, key)); break;
            case Array array:
                writer.Write((uint)GgufValue.ElementTypeOf(array));
                writer.Write((ulong)array.LongLength);
                WriteItems(writer, array, key);
                break;
            default: throw new NinaException(ErrorNumber.GgufWrite, $"The value of '{key}' has a type that GGUF metadata lacks.");
        }
    }

    private static void WriteItems(BinaryWriter writer, Array array, string key)
    {
        if (array is string[] || array is object[] || array is bool[])
        {
            foreach (object? item in array)
            {
                WriteValue(writer, item!, key);
            }

            return;
        }

        byte[] bytes = new byte[Buffer.ByteLength(array)];
        Buffer.BlockCopy(array, 0, bytes, 0, bytes.Length);
        writer.Write(bytes);
    }

    private static void WriteBytes(BinaryWriter writer, byte[] bytes)
    {
        writer.Write((ulong)bytes.LongLength);
        writer.Write(bytes);
    }

    private static byte[] Utf8(string text, string key)
    {
        try
        {
            return StrictUtf8.GetBytes(text);
        }
        catch (ArgumentException error)
        {
            throw new NinaException(ErrorNumber.GgufWrite, $"A text of '{key}' is not valid Unicode.", error);
        }
    }

    private static void Pad(Stream stream, long length, int alignment)
    {
        int rest = (int)(length % alignment);
        if (rest > 0)
        {
            stream.Write(new byte[alignment - rest], 0, alignment - rest);
        }
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new NinaException(ErrorNumber.GgufWrite, message);
        }
    }
}
