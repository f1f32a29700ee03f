using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Formats;

/// <summary>
/// Writes safetensors as the format's own library does: metadata first, larger types before smaller ones and then by name, the header padded with blanks so that
/// the data is aligned to 8 bytes. A file that was written so comes out byte for byte the same.
/// </summary>
public static class SafetensorsWriter
{
    private static readonly Dictionary<string, string> DefaultMetadata = new() { ["format"] = "pt" };

    /// <summary>
    /// Writes tensors to a stream. Without <paramref name="metadata"/> it is <c>{"format":"pt"}</c>; an empty one is left out. With
    /// <paramref name="keepOrder"/> the tensors come in the order given. Raises <see cref="ErrorNumber.SafetensorsWrite"/>.
    /// </summary>
    public static void Write(Stream stream, IReadOnlyList<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata = null, bool keepOrder = false)
        => Write(stream, tensors, keepOrder, metadata ?? DefaultMetadata);

    /// <summary>Writes tensors to a stream, the metadata in the order given.</summary>
    public static void Write(Stream stream, IReadOnlyList<TensorToWrite> tensors, bool keepOrder, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var sorted = new List<TensorToWrite>(tensors);
        if (!keepOrder)
        {
            sorted.Sort((a, b) =>
            {
                int bySize = BitsOf(b).CompareTo(BitsOf(a));
                return bySize != 0 ? bySize : Utf8Order.Compare(a.Name, b.Name);
            });
        }

        byte[] header = Header(sorted, metadata);
        stream.Write(BitConverter.GetBytes((ulong)header.Length), 0, 8);
        stream.Write(header, 0, header.Length);
        foreach (TensorToWrite tensor in sorted)
        {
            tensor.WriteTo(stream, ErrorNumber.SafetensorsWrite);
        }
    }

    /// <summary>Writes a file's content again: the same metadata and the tensors in the order of their data.</summary>
    public static void Rewrite(Stream stream, ModelFile file, int fileOrdinal, SafetensorsHeader header)
    {
        var tensors = new List<TensorInfo>(header.Tensors);
        tensors.Sort((a, b) => a.ByteOffset.CompareTo(b.ByteOffset) is int order && order != 0 ? order : a.ByteLength.CompareTo(b.ByteLength));
        var copies = new List<TensorToWrite>(tensors.Count);
        foreach (TensorInfo tensor in tensors)
        {
            NinaException.Require(tensor.FileOrdinal == fileOrdinal, $"Tensor '{tensor.Name}' is in another file.");
            copies.Add(TensorToWrite.CopyOf(file, tensor));
        }

        Write(stream, copies, keepOrder: true, header.MetadataEntries);
    }

    /// <summary>The length of the file that <see cref="Write(Stream, IReadOnlyList{TensorToWrite}, IReadOnlyDictionary{string, string}, bool)"/> makes; no tensor's numbers are asked for.</summary>
    public static long LengthOf(IReadOnlyList<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sorted = new List<TensorToWrite>(tensors);
        sorted.Sort((a, b) =>
        {
            int bySize = BitsOf(b).CompareTo(BitsOf(a));
            return bySize != 0 ? bySize : Utf8Order.Compare(a.Name, b.Name);
        });
        long length = 8 + Header(sorted, metadata ?? DefaultMetadata).Length;
        foreach (TensorToWrite tensor in sorted)
        {
            length = checked(length + tensor.ByteLength);
        }

        return length;
    }

    /// <summary>Bits of an element: packed types count less than a byte.</summary>
    private static int BitsOf(TensorToWrite tensor)
    {
        DTypeInfo type = DTypeInfo.Of(tensor.DType);
        return type.BlockBytes * 8 / type.BlockElements;
    }

    private static byte[] Header(List<TensorToWrite> tensors, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var text = new StringBuilder("{");
        bool hasMetadata = false;
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (KeyValuePair<string, string> entry in metadata)
        {
            Require(keys.Add(entry.Key), $"The metadata key '{entry.Key}' occurs twice.");
            text.Append(hasMetadata ? "," : "\"__metadata__\":{");
            JsonWriter.AppendString(text, entry.Key);
            text.Append(':');
            JsonWriter.AppendString(text, entry.Value);
            hasMetadata = true;
        }

        text.Append(hasMetadata ? "}" : string.Empty);
        long offset = 0;
        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        foreach (TensorToWrite tensor in tensors)
        {
            DTypeInfo type = DTypeInfo.Of(tensor.DType);
            long length = tensor.ByteLength;
            Require(type.SafetensorsName != null, $"Tensor '{tensor.Name}' has the type {type.Name}, which safetensors lacks.");
            Require(tensor.IsWritable && length >= 0, $"Tensor '{tensor.Name}' cannot be written as {type.Name}.");
            Require(names.Add(tensor.Name), $"The tensor name '{tensor.Name}' is reserved or occurs twice.");
            long end = offset + length;
            text.Append(text.Length > 1 ? "," : string.Empty);
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
        int bytes = Encoding.UTF8.GetByteCount(text.ToString());
        text.Append(' ', (8 - (bytes % 8)) % 8);
        byte[] header = Encoding.UTF8.GetBytes(text.ToString());
        Require(header.LongLength <= SafetensorsHeader.MaxHeaderBytes, $"The header would have {header.LongLength} bytes; the format allows {SafetensorsHeader.MaxHeaderBytes}.");
        return header;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new NinaException(ErrorNumber.SafetensorsWrite, message);
        }
    }

    /// <summary>Compares texts as their UTF-8 bytes, which ordinal comparison of UTF-16 does not beyond the basic plane.</summary>
    private static class Utf8Order
    {
        public static int Compare(string a, string b)
        {
            for (int i = 0; i < a.Length && i < b.Length; i++)
            {
                if (a[i] != b[i])
                {
                    bool first = char.IsSurrogate(a[i]), second = char.IsSurrogate(b[i]);
                    return first == second ? a[i].CompareTo(b[i]) : first ? 1 : -1;
                }
            }

            return a.Length.CompareTo(b.Length);
        }
    }
}
