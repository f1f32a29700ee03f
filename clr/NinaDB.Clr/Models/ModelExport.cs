using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Json;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Models;

/// <summary>A file of a stored model: its name in the model's folder, where its bytes are, and what they must hash to (null: not known).</summary>
internal sealed class StoredFile
{
    public StoredFile(string name, string path, bool isWeights, byte[]? sha256)
    {
        NinaException.Require(name.Length > 0 && name == Path.GetFileName(name) && name != "." && name != "..", $"'{name}' is not a plain file name.");
        Name = name;
        SourcePath = path;
        IsWeights = isWeights;
        Sha256 = sha256;
    }

    public string Name { get; }

    public string SourcePath { get; }

    public bool IsWeights { get; }

    public byte[]? Sha256 { get; }
}

/// <summary>
/// Writes a stored model into a folder: as it came, byte for byte; with another data type, tensor by tensor, whatever the architecture; or in the other format,
/// for architectures that have an equal there. The folder appears complete or not at all.
/// </summary>
internal sealed class ModelExport
{
    private const string GgufExtension = ".gguf";

    private readonly string _name;
    private readonly IReadOnlyList<StoredFile> _stored;
    private readonly ModelFile _file;
    private readonly Func<LanguageModel> _load;

    /// <summary>Describes an export; <paramref name="load"/> loads the model, which only a conversion between formats needs.</summary>
    public ModelExport(string name, IReadOnlyList<StoredFile> stored, ModelFile file, Func<LanguageModel> load)
    {
        _name = name;
        _stored = stored;
        _file = file;
        _load = load;
    }

    /// <summary>
    /// Writes the folder, which must not exist or be empty. A null <paramref name="format"/> or <paramref name="dtype"/> is the model's own. Raises
    /// <see cref="ErrorNumber.FormatConversion"/>, <see cref="ErrorNumber.DTypeNotEncodable"/>, <see cref="ErrorNumber.HashMismatch"/>,
    /// <see cref="ErrorNumber.WriteFailed"/>.
    /// </summary>
    public IReadOnlyList<WrittenModelFile> Write(string folder, ModelFormat? format, DType? dtype)
    {
        ModelFormat target = format ?? _file.Format;
        if (dtype is DType wanted && (!DTypeInfo.Of(wanted).IsEncodable || (target == ModelFormat.Safetensors && DTypeInfo.Of(wanted).SafetensorsName == null)))
        {
            throw new NinaException(
                ErrorNumber.DTypeNotEncodable,
                $"A model cannot be written as {DTypeInfo.Of(wanted).Name} in {(target == ModelFormat.Gguf ? "GGUF; F32, F16, BF16, Q8_0, Q4_0 and Q4_K" : "safetensors; F32, F16 and BF16")} are possible.");
        }

        return WriteFolder(folder, partial =>
        {
            if (target != _file.Format)
            {
                Convert(partial, target, dtype ?? Default(target));
            }
            else if (dtype == null || dtype == _file.MainDType)
            {
                Copy(partial);
            }
            else if (target == ModelFormat.Gguf)
            {
                RetypeGguf(partial, dtype.Value);
            }
            else
            {
                RetypeSafetensors(partial, dtype.Value);
            }
        });
    }

    private static IReadOnlyList<WrittenModelFile> WriteFolder(string folder, Action<string> write)
    {
        NinaException.Require(!string.IsNullOrEmpty(folder), "The export folder is empty.");
        string target = Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        string partial = target + ".partial-" + Guid.NewGuid().ToString("N");
        try
        {
            if (File.Exists(target) || (Directory.Exists(target) && Directory.GetFileSystemEntries(target).Length > 0))
            {
                throw NinaException.InFile(ErrorNumber.WriteFailed, target, "exists already and is not an empty folder.");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            write(partial);
            var written = new List<WrittenModelFile>();
            string[] paths = Directory.GetFiles(partial);
            Array.Sort(paths, StringComparer.Ordinal);
            foreach (string path in paths)
            {
                written.Add(new WrittenModelFile(Path.GetFileName(path), new FileInfo(path).Length, ContentHash.OfFile(path)));
            }

            if (Directory.Exists(target))
            {
                Directory.Delete(target);
            }

            Directory.Move(partial, target);
            return written;
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            throw new NinaException(ErrorNumber.WriteFailed, $"Folder '{target}' cannot be written: {error.Message}", error);
        }
        finally
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }
        }
    }

    /// <summary>Every file as it came, hashed on the way: what was stored must be what is written.</summary>
    private void Copy(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (StoredFile file in _stored)
        {
            using FileStream source = FileIdentity.OpenRead(file.SourcePath, 1 << 20);
            using SHA256 hash = SHA256.Create();
            using (var target = new FileStream(Path.Combine(folder, file.Name), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
            {
                byte[] buffer = new byte[1 << 20];
                for (int read = source.Read(buffer, 0, buffer.Length); read > 0; read = source.Read(buffer, 0, buffer.Length))
                {
                    hash.TransformBlock(buffer, 0, read, null, 0);
                    target.Write(buffer, 0, read);
                }

                target.Flush(flushToDisk: true);
            }

            hash.TransformFinalBlock(Array.Empty<byte>(), 0, 0);
            string actual = ContentHash.ToHex(hash.Hash!);
            if (file.Sha256 != null && actual != ContentHash.ToHex(file.Sha256))
            {
                throw NinaException.InFile(ErrorNumber.HashMismatch, file.Name, $"the stored bytes have the SHA-256 {actual}, not {ContentHash.ToHex(file.Sha256)}.");
            }
        }
    }

    private void Convert(string folder, ModelFormat target, DType dtype)
    {
        LanguageModel loaded = _load();
        LanguageModel model = loaded.With(_name, loaded.Config, loaded.Weights);
        if (target == ModelFormat.Safetensors)
        {
            HuggingFaceWriter.Write(folder, model, dtype);
            return;
        }

        Directory.CreateDirectory(folder);
        GgufModelWriter.Write(Path.Combine(folder, GgufName(dtype)), model, dtype);
    }

    /// <summary>The model's own type where the other format has it, else F16.</summary>
    private DType Default(ModelFormat target)
    {
        DTypeInfo own = DTypeInfo.Of(_file.MainDType == DType.Unknown ? DType.F32 : _file.MainDType);
        return own.IsEncodable && (target == ModelFormat.Gguf || own.SafetensorsName != null) ? own.Type : DType.F16;
    }

    /// <summary>Numbers that are weights change their type; integers, flags and packed types stay what they are.</summary>
    private void RetypeSafetensors(string folder, DType dtype)
    {
        Directory.CreateDirectory(folder);
        long total = 0;
        int ordinal = 0;
        foreach (StoredFile file in _stored)
        {
            if (!file.IsWeights)
            {
                continue;
            }

            SafetensorsHeader header;
            using (FileStream stream = FileIdentity.OpenRead(file.SourcePath))
            {
                header = SafetensorsHeader.Read(stream, new FileInfo(file.SourcePath).Length, file.Name, ordinal);
            }

            var tensors = new List<TensorToWrite>();
            foreach (TensorInfo tensor in header.Tensors)
            {
                TensorToWrite retyped = TensorToWrite.ConversionOf(_file, tensor, tensor.Name, IsFloat(tensor.DType) ? dtype : tensor.DType);
                tensors.Add(retyped);
                total += retyped.ByteLength;
            }

            Write(Path.Combine(folder, file.Name), stream => SafetensorsWriter.Write(stream, tensors, keepOrder: false, header.MetadataEntries));
            ordinal++;
        }

        foreach (StoredFile file in _stored)
        {
            if (!file.IsWeights)
            {
                File.WriteAllText(Path.Combine(folder, file.Name), Retyped(file, dtype, total), new UTF8Encoding(false));
            }
        }
    }

    /// <summary>config.json names the type, the index of shards the size; the other files say nothing about it.</summary>
    private static string Retyped(StoredFile file, DType dtype, long total)
    {
        string text = File.ReadAllText(file.SourcePath, new UTF8Encoding(false, true));
        bool isConfig = file.Name == "config.json";
        if (!isConfig && file.Name != "model.safetensors.index.json")
        {
            return text;
        }

        JsonValue json = JsonValue.Parse(text, file.Name);
        if (json.Kind != JsonKind.Object)
        {
            return text;
        }

        json = json.CopyObject();
        if (isConfig)
        {
            json.Set(json["dtype"] != null ? "dtype" : "torch_dtype", JsonValue.Of(dtype == DType.F32 ? "float32" : dtype == DType.F16 ? "float16" : "bfloat16"));
        }
        else if (json["metadata"] is { Kind: JsonKind.Object } metadata)
        {
            json.Set("metadata", metadata.CopyObject().Set("total_size", JsonValue.Of(total)));
        }

        return JsonWriter.ToText(json, indented: true) + "\n";
    }

    /// <summary>Matrices change their type; vectors, which small errors would hurt, and what is not numbers stay. The parts of a split model become one file.</summary>
    private void RetypeGguf(string folder, DType dtype)
    {
        var metadata = new List<(string Key, GgufValue Value)>();
        foreach (string key in _file.Gguf!.Keys)
        {
            if (key == "general.file_type")
            {
                metadata.Add((key, GgufValue.Of(GgufModelWriter.FileType(dtype))));
            }
            else if (!key.StartsWith("split.", StringComparison.Ordinal))
            {
                metadata.Add((key, _file.Gguf[key]!));
            }
        }

        var tensors = new List<TensorToWrite>(_file.Tensors.Count);
        foreach (TensorInfo tensor in _file.Tensors)
        {
            bool changes = tensor.Shape.Count > 1 && IsWeight(tensor.DType) && !tensor.Name.EndsWith("ffn_gate_inp.weight", StringComparison.Ordinal);
            DType type = changes ? GgufModelWriter.Fitting(dtype, tensor.ColumnCount, tensor.Name) : tensor.DType;
            tensors.Add(TensorToWrite.ConversionOf(_file, tensor, tensor.Name, type));
        }

        Directory.CreateDirectory(folder);
        Write(Path.Combine(folder, GgufName(dtype)), stream => GgufWriter.Write(stream, metadata, tensors, _file.Gguf.Version));
        foreach (StoredFile file in _stored)
        {
            if (!file.IsWeights)
            {
                File.Copy(file.SourcePath, Path.Combine(folder, file.Name));
            }
        }
    }

    private static void Write(string path, Action<Stream> write)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        write(stream);
        stream.Flush(flushToDisk: true);
    }

    private static bool IsFloat(DType type) => type is DType.F64 or DType.F32 or DType.F16 or DType.BF16 or DType.F8E4M3 or DType.F8E5M2;

    private static bool IsWeight(DType type) => IsFloat(type) || (DTypeInfo.Of(type).BlockElements > 1 && DTypeInfo.Of(type).IsDecodable);

    /// <summary>The model's name and type, as GGUF files are called.</summary>
    private string GgufName(DType dtype)
    {
        var name = new StringBuilder();
        foreach (char c in _name)
        {
            name.Append(char.IsLetterOrDigit(c) || c == '.' || c == '_' || c == '-' ? c : '-');
        }

        string stem = name.ToString().Trim('.', '-');
        return (stem.Length == 0 ? "model" : stem) + "-" + DTypeInfo.Of(dtype).Name + GgufExtension;
    }
}

/// <summary>A file that was written.</summary>
internal sealed class WrittenModelFile
{
    public WrittenModelFile(string name, long length, byte[] sha256)
    {
        Name = name;
        Length = length;
        Sha256 = sha256;
    }

    public string Name { get; }

    public long Length { get; }

    public byte[] Sha256 { get; }
}
