using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Formats;

/// <summary>A tensor to be written: its numbers are asked for when their turn comes.</summary>
public sealed class TensorToWrite
{
    /// <summary>Describes a tensor; <paramref name="values"/> returns its numbers in row-major order.</summary>
    public TensorToWrite(string name, DType dtype, long[] shape, Func<float[]> values)
    {
        Name = name;
        DType = dtype;
        Shape = shape;
        Values = values;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>F32, F16 or BF16.</summary>
    public DType DType { get; }

    /// <summary>The dimensions.</summary>
    public long[] Shape { get; }

    /// <summary>The numbers.</summary>
    public Func<float[]> Values { get; }
}

/// <summary>Writes safetensors: larger types first, then by name, the header padded with blanks so that the data is aligned to 8 bytes.</summary>
public static class SafetensorsWriter
{
    private const int ChunkElements = 1 << 16;

    /// <summary>Writes tensors to a stream.</summary>
    public static void Write(Stream stream, IReadOnlyList<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sorted = new List<TensorToWrite>(tensors);
        sorted.Sort((a, b) =>
        {
            int bySize = DTypeInfo.Of(b.DType).BlockBytes.CompareTo(DTypeInfo.Of(a.DType).BlockBytes);
            return bySize != 0 ? bySize : string.CompareOrdinal(a.Name, b.Name);
        });
        byte[] header = Header(sorted, metadata);
        stream.Write(BitConverter.GetBytes((ulong)header.Length), 0, 8);
        stream.Write(header, 0, header.Length);
        foreach (TensorToWrite tensor in sorted)
        {
            WriteValues(stream, tensor);
        }
    }

    private static byte[] Header(List<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var text = new StringBuilder("{\"__metadata__\":{");
        bool first = true;
        foreach (KeyValuePair<string, string> entry in metadata ?? new Dictionary<string, string> { ["format"] = "pt" })
        {
            text.Append(first ? string.Empty : ",");
            JsonWriter.AppendString(text, entry.Key);
            text.Append(':');
            JsonWriter.AppendString(text, entry.Value);
            first = false;
        }

        text.Append('}');
        long offset = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (TensorToWrite tensor in tensors)
        {
            DTypeInfo type = DTypeInfo.Of(tensor.DType);
            long elements = DTypeInfo.ElementCount(tensor.Shape);
            NinaException.Require(type.IsDecodable && elements >= 0, $"Tensor '{tensor.Name}' cannot be written as {type.Name}.");
            NinaException.Require(names.Add(tensor.Name), $"Tensor '{tensor.Name}' occurs twice.");
            long end = offset + type.ByteLength(elements);
            text.Append(',');
            JsonWriter.AppendString(text, tensor.Name);
            text.Append(":{\"dtype\":\"").Append(type.SafetensorsName).Append("\",\"shape\":[");
            for (int i = 0; i < tensor.Shape.Length; i++)
            {
                text.Append(i == 0 ? string.Empty : ",").Append(tensor.Shape[i].ToString(CultureInfo.InvariantCulture));
            }

            text.Append("],\"data_offsets\":[").Append(offset.ToString(CultureInfo.InvariantCulture)).Append(',')
                .Append(end.ToString(CultureInfo.InvariantCulture)).Append("]}");
            offset = end;
        }

        text.Append('}');
        int length = Encoding.UTF8.GetByteCount(text.ToString());
        text.Append(' ', (8 - (length % 8)) % 8);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void WriteValues(Stream stream, TensorToWrite tensor)
    {
        float[] values = tensor.Values();
        if (values.LongLength != DTypeInfo.ElementCount(tensor.Shape))
        {
            throw new NinaException(ErrorNumber.ShapeMismatch, $"Tensor '{tensor.Name}' has {values.LongLength} numbers, its shape another count.");
        }

        int size = DTypeInfo.Of(tensor.DType).BlockBytes;
        byte[] buffer = new byte[ChunkElements * size];
        ushort[] halves = new ushort[ChunkElements];
        for (long start = 0; start < values.LongLength; start += ChunkElements)
        {
            int count = (int)Math.Min(ChunkElements, values.LongLength - start);
            if (tensor.DType == DType.F32)
            {
                CopyBytes(values, start, buffer, count);
            }
            else
            {
                for (int i = 0; i < count; i++)
                {
                    halves[i] = tensor.DType == DType.F16 ? HalfFloat.FromSingle(values[start + i]) : HalfFloat.BFloatFromSingle(values[start + i]);
                }

                Buffer.BlockCopy(halves, 0, buffer, 0, count * 2);
            }

            stream.Write(buffer, 0, count * size);
        }
    }

    /// <summary>Buffer.BlockCopy counts source bytes in 32 bits, which a large tensor exceeds.</summary>
    private static unsafe void CopyBytes(float[] values, long start, byte[] buffer, int count)
    {
        fixed (float* source = values)
        fixed (byte* target = buffer)
        {
            Buffer.MemoryCopy(source + start, target, buffer.Length, (long)count * 4);
        }
    }
}
