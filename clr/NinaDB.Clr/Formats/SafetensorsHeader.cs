using System;
using System.Collections.Generic;
using System.IO;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Formats;

/// <summary>
/// The header of a safetensors file: 8 bytes of length (little endian), JSON, then the data.
/// What the format forbids is refused: overlaps, holes, duplicate names, headers over 100 MB, offsets outside the file
/// (https://huggingface.co/docs/safetensors, format).
/// </summary>
public sealed class SafetensorsHeader
{
    /// <summary>The longest header that the format allows.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    private const int MaxDimensions = 16;
    private const int MaxNameLength = 4096;

    private static readonly System.Text.UTF8Encoding StrictUtf8 = new(false, true);

    private static readonly JsonLimits HeaderLimits = new(MaxHeaderBytes, 8, int.MaxValue);

    private SafetensorsHeader(IReadOnlyList<TensorInfo> tensors, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<KeyValuePair<string, string>> metadataEntries, long dataOffset)
    {
        Tensors = tensors;
        Metadata = metadata;
        MetadataEntries = metadataEntries;
        DataOffset = dataOffset;
    }

    /// <summary>The tensors, in the order of the header; byte offsets count from the start of the file.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>The strings of <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The same in the order of the file.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> MetadataEntries { get; }

    /// <summary>Where the data starts in the file.</summary>
    public long DataOffset { get; }

    /// <summary>Reads the header of a stream of <paramref name="length"/> bytes; <paramref name="name"/> names it in errors.</summary>
    public static SafetensorsHeader Read(Stream stream, long length, string name, int fileOrdinal = 0)
    {
        if (length < 10)
        {
            throw NinaException.InFile(ErrorNumber.SafetensorsTruncated, name, 0, $"a file of {length} bytes is too short for a safetensors header.");
        }

        byte[] prefix = ReadExactly(stream, 8, name, 0);
        ulong headerLength = BitConverter.ToUInt64(prefix, 0);
        if (headerLength > MaxHeaderBytes && headerLength <= (ulong)(length - 8))
        {
            throw NinaException.InFile(
                ErrorNumber.SafetensorsHeaderTooLarge, name, 0, $"the header has {headerLength} bytes; the format allows {MaxHeaderBytes}.");
        }

        if (headerLength > (ulong)(length - 8) || headerLength < 2)
        {
            throw NinaException.InFile(
                ErrorNumber.SafetensorsHeaderLength, name, 0, $"a header length of {headerLength} bytes is not possible (the file has {length} bytes, the format allows {MaxHeaderBytes}).");
        }

        byte[] text = ReadExactly(stream, (int)headerLength, name, 8);
        if (text[0] != '{')
        {
            throw NinaException.InFile(ErrorNumber.SafetensorsHeaderStart, name, 8, "the header does not start with '{'.");
        }

        RequireUtf8(text, name);
        long dataOffset = 8 + (long)headerLength;
        var reader = new JsonReader(text, 0, text.Length, name, 8, HeaderLimits);
        var tensors = new List<TensorInfo>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new List<KeyValuePair<string, string>>();
        bool hasMetadata = false;
        reader.Expect(JsonTokenKind.StartObject);
        while (reader.Read() && reader.Kind == JsonTokenKind.PropertyName)
        {
            string key = reader.GetString();
            if (key == "__metadata__")
            {
                if (hasMetadata)
                {
                    throw reader.Error(ErrorNumber.JsonDuplicateKey, "__metadata__ occurs twice.");
                }

                hasMetadata = true;
                ReadMetadata(reader, metadata, entries);
                continue;
            }

            if (key.Length == 0 || key.Length > MaxNameLength)
            {
                throw reader.Error(ErrorNumber.SafetensorsHeader, $"a tensor name of {key.Length} characters.");
            }

            if (!names.Add(key))
            {
                throw reader.Error(ErrorNumber.DuplicateTensor, $"the tensor '{key}' occurs twice.");
            }

            tensors.Add(ReadTensor(reader, key, fileOrdinal, dataOffset, length));
        }

        reader.Read();
        CheckLayout(tensors, name, dataOffset, length);
        return new SafetensorsHeader(tensors, metadata, entries, dataOffset);
    }

    internal static byte[] ReadExactly(Stream stream, int count, string name, long offset)
    {
        byte[] bytes = new byte[count];
        int done = 0;
        while (done < count)
        {
            int read = stream.Read(bytes, done, count - done);
            if (read == 0)
            {
                throw NinaException.InFile(ErrorNumber.SafetensorsTruncated, name, offset + done, $"the file ends; {count - done} more bytes are expected.");
            }

            done += read;
        }

        return bytes;
    }

    private static void RequireUtf8(byte[] text, string name)
    {
        try
        {
            StrictUtf8.GetCharCount(text);
        }
        catch (System.Text.DecoderFallbackException error)
        {
            throw NinaException.InFile(ErrorNumber.SafetensorsHeaderText, name, 8 + Math.Max(0, error.Index), "the header is not valid UTF-8.");
        }
    }

    private static void ReadMetadata(JsonReader reader, Dictionary<string, string> metadata, List<KeyValuePair<string, string>> entries)
    {
        if (!reader.Read() || reader.Kind != JsonTokenKind.StartObject)
        {
            throw reader.Error(ErrorNumber.SafetensorsMetadata, "__metadata__ is not an object.");
        }

        while (reader.Read() && reader.Kind == JsonTokenKind.PropertyName)
        {
            string key = reader.GetString();
            if (metadata.ContainsKey(key))
            {
                throw reader.Error(ErrorNumber.JsonDuplicateKey, $"the key '{JsonReader.Shorten(key)}' occurs twice in __metadata__.");
            }

            if (!reader.Read() || reader.Kind != JsonTokenKind.String)
            {
                throw reader.Error(ErrorNumber.SafetensorsMetadata, $"the value of '{JsonReader.Shorten(key)}' in __metadata__ is not a string.");
            }

            string value = reader.GetString();
            metadata.Add(key, value);
            entries.Add(new KeyValuePair<string, string>(key, value));
        }
    }

    private static TensorInfo ReadTensor(JsonReader reader, string name, int fileOrdinal, long dataOffset, long fileLength)
    {
        long place = reader.TokenOffset;
        DTypeInfo? dtype = null;
        long[]? shape = null;
        long[]? offsets = null;
        reader.Expect(JsonTokenKind.StartObject);
        while (reader.Read() && reader.Kind == JsonTokenKind.PropertyName)
        {
            string key = reader.GetString();
            switch (key)
            {
                case "dtype" when dtype == null:
                    reader.Expect(JsonTokenKind.String);
                    string text = reader.GetString();
                    dtype = DTypeInfo.OfSafetensors(text)
                        ?? throw reader.Error(ErrorNumber.SafetensorsDType, $"tensor '{name}' has the unknown data type '{JsonReader.Shorten(text)}'.");
                    break;
                case "shape" when shape == null:
                    shape = ReadNumbers(reader, name, MaxDimensions, ErrorNumber.SafetensorsShape);
                    break;
                case "data_offsets" when offsets == null:
                    offsets = ReadNumbers(reader, name, 2, ErrorNumber.SafetensorsOffsets);
                    break;
                case "dtype":
                case "shape":
                case "data_offsets":
                    throw reader.Error(ErrorNumber.JsonDuplicateKey, $"tensor '{name}' has '{key}' twice.");
                default:
                    throw reader.Error(ErrorNumber.SafetensorsHeader, $"tensor '{name}' has the unknown field '{JsonReader.Shorten(key)}'.");
            }
        }

        if (dtype == null || shape == null || offsets == null || offsets.Length != 2)
        {
            throw reader.Error(ErrorNumber.SafetensorsHeader, $"tensor '{name}' needs dtype, shape and data_offsets.");
        }

        long elements = DTypeInfo.ElementCount(shape);
        long bytes = elements < 0 ? -1 : dtype.ByteLength(elements);
        if (bytes < 0)
        {
            throw reader.Error(ErrorNumber.SafetensorsShape, $"the shape of tensor '{name}' overflows or does not fill whole bytes.");
        }

        if (offsets[0] > offsets[1] || offsets[1] > fileLength - dataOffset)
        {
            throw reader.Error(
                ErrorNumber.SafetensorsOffsets, $"the data of tensor '{name}' [{offsets[0]}, {offsets[1]}) is outside the {fileLength - dataOffset} bytes of data.");
        }

        if (offsets[1] - offsets[0] != bytes)
        {
            throw reader.Error(ErrorNumber.SafetensorsLength, $"tensor '{name}' has {offsets[1] - offsets[0]} bytes of data, its shape needs {bytes}.");
        }

        return new TensorInfo(name, dtype.Type, shape, fileOrdinal, dataOffset + offsets[0], bytes);
    }

    private static long[] ReadNumbers(JsonReader reader, string name, int max, int errorNumber)
    {
        reader.Expect(JsonTokenKind.StartArray);
        var numbers = new List<long>(4);
        while (reader.Read() && reader.Kind != JsonTokenKind.EndArray)
        {
            if (numbers.Count == max)
            {
                throw reader.Error(errorNumber, $"tensor '{name}' has an array of more than {max} numbers.");
            }

            long number = reader.GetInt64();
            if (number < 0)
            {
                throw reader.Error(errorNumber, $"tensor '{name}' has the negative number {number}.");
            }

            numbers.Add(number);
        }

        return numbers.ToArray();
    }

    private static void CheckLayout(List<TensorInfo> tensors, string name, long dataOffset, long length)
    {
        var sorted = new List<TensorInfo>(tensors);
        sorted.Sort((a, b) => a.ByteOffset != b.ByteOffset ? a.ByteOffset.CompareTo(b.ByteOffset) : a.ByteLength.CompareTo(b.ByteLength));
        long end = dataOffset;
        string previous = string.Empty;
        foreach (TensorInfo tensor in sorted)
        {
            if (tensor.ByteOffset < end)
            {
                throw NinaException.InFile(ErrorNumber.SafetensorsOverlap, name, tensor.ByteOffset, $"the tensors '{previous}' and '{tensor.Name}' overlap.");
            }

            if (tensor.ByteOffset > end)
            {
                throw NinaException.InFile(ErrorNumber.SafetensorsHole, name, end, $"{tensor.ByteOffset - end} bytes before tensor '{tensor.Name}' belong to no tensor.");
            }

            end = tensor.ByteOffset + tensor.ByteLength;
            previous = tensor.Name;
        }

        if (end != length)
        {
            throw NinaException.InFile(ErrorNumber.SafetensorsHole, name, end, $"{length - end} bytes at the end belong to no tensor.");
        }
    }
}
