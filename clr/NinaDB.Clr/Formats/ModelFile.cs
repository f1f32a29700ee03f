using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Formats;

/// <summary>The format of a model's files.</summary>
public enum ModelFormat
{
    /// <summary>One or more safetensors files.</summary>
    Safetensors,

    /// <summary>A GGUF file, or the parts of a split one.</summary>
    Gguf,
}

/// <summary>
/// A model as files: which there are, the tensors in them, and the texts beside them (config.json, tokenizer.json).
/// Only headers are read. Any architecture opens.
/// </summary>
public sealed class ModelFile
{
    private const long MaxSideFileBytes = 256L << 20;
    private const string ShardIndexName = "model.safetensors.index.json";

    private readonly Dictionary<string, TensorInfo> _byName;

    private ModelFile(
        string name,
        ModelFormat format,
        IReadOnlyList<FileIdentity> files,
        IReadOnlyList<TensorInfo> tensors,
        Dictionary<string, TensorInfo> byName,
        IReadOnlyDictionary<string, string> metadata,
        GgufHeader? gguf,
        string? configJson,
        TokenizerSource? tokenizer)
    {
        Name = name;
        Format = format;
        Files = files;
        Tensors = tensors;
        _byName = byName;
        Metadata = metadata;
        Gguf = gguf;
        ConfigJson = configJson;
        Tokenizer = tokenizer;
    }

    /// <summary>A short name: the folder's or file's.</summary>
    public string Name { get; }

    /// <summary>The format.</summary>
    public ModelFormat Format { get; }

    /// <summary>The files that hold tensors, by ordinal, as they were when they were opened.</summary>
    public IReadOnlyList<FileIdentity> Files { get; }

    /// <summary>Every tensor.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>The <c>__metadata__</c> of the safetensors files.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The GGUF header, for a GGUF file; of a split one, that of the first part, which has the metadata.</summary>
    public GgufHeader? Gguf { get; }

    /// <summary>The text of config.json, null when there is none.</summary>
    public string? ConfigJson { get; }

    /// <summary>The files of the tokenizer, null when there are none.</summary>
    public TokenizerSource? Tokenizer { get; }

    /// <summary>The text of tokenizer.json, null when there is none.</summary>
    public string? TokenizerJson => Tokenizer?.Json;

    /// <summary>The elements of all tensors.</summary>
    public long ParameterCount
    {
        get
        {
            long count = 0;
            foreach (TensorInfo tensor in Tensors)
            {
                count += tensor.ElementCount;
            }

            return count;
        }
    }

    /// <summary>The data type that most of the bytes have; Unknown without tensors.</summary>
    public DType MainDType
    {
        get
        {
            var bytes = new Dictionary<DType, long>();
            DType main = DType.Unknown;
            foreach (TensorInfo tensor in Tensors)
            {
                bytes.TryGetValue(tensor.DType, out long sum);
                bytes[tensor.DType] = sum + tensor.ByteLength;
                if (main == DType.Unknown || bytes[tensor.DType] > bytes[main])
                {
                    main = tensor.DType;
                }
            }

            return main;
        }
    }

    /// <summary>Opens a safetensors file, a GGUF file, or a Hugging Face folder (one file, or shards with an index).</summary>
    public static ModelFile Open(string path)
    {
        NinaException.Require(!string.IsNullOrEmpty(path), "The model path is empty.");
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            return OpenFolder(full);
        }

        if (GgufSplit.PartsOf(full) is string[] parts)
        {
            return Build(Path.GetFileNameWithoutExtension(full), Array.ConvertAll(parts, FileIdentity.Of), null, null, null);
        }

        FileIdentity file = FileIdentity.Of(full);
        string folder = Path.GetDirectoryName(full)!;
        bool alone = !IsGguf(file);
        return Build(
            Path.GetFileNameWithoutExtension(full),
            new[] { file },
            alone ? ReadSideFile(Path.Combine(folder, "config.json")) : null,
            alone ? ReadTokenizer(folder) : null,
            null);
    }

    /// <summary>Opens a model from its files in ordinal order, whatever they are called, and the texts that belong to it.</summary>
    public static ModelFile Open(string name, IReadOnlyList<string> paths, string? configJson, TokenizerSource? tokenizer)
    {
        NinaException.Require(paths != null && paths.Count > 0, "A model has at least one file.");
        var files = new FileIdentity[paths!.Count];
        for (int i = 0; i < files.Length; i++)
        {
            files[i] = FileIdentity.Of(paths[i]);
        }

        return Build(name, files, configJson, tokenizer, null);
    }

    /// <summary>The tensor of that name, or null.</summary>
    public TensorInfo? Find(string name) => _byName.TryGetValue(name, out TensorInfo? tensor) ? tensor : null;

    /// <summary>The tensor of that name; raises <see cref="ErrorNumber.TensorNotFound"/>.</summary>
    public TensorInfo this[string name]
        => Find(name) ?? throw new NinaException(ErrorNumber.TensorNotFound, $"Model '{Name}' has no tensor '{name}'.");

    /// <summary>Raises <see cref="ErrorNumber.FileChanged"/> when a file is not what it was when the model was opened.</summary>
    public void ThrowIfChanged()
    {
        foreach (FileIdentity file in Files)
        {
            file.ThrowIfChanged();
        }
    }

    private static ModelFile OpenFolder(string folder)
    {
        string name = new DirectoryInfo(folder).Name;
        string? config = ReadSideFile(Path.Combine(folder, "config.json"));
        TokenizerSource? tokenizer = ReadTokenizer(folder);
        string index = Path.Combine(folder, ShardIndexName);
        if (File.Exists(index))
        {
            Dictionary<string, int> ordinals = ReadShardIndex(index, out List<string> shards);
            List<string> missing = shards.FindAll(shard => !File.Exists(Path.Combine(folder, shard)));
            if (missing.Count > 0)
            {
                throw GgufSplit.Missing(ErrorNumber.ShardMissing, index, missing);
            }

            var files = new FileIdentity[shards.Count];
            for (int i = 0; i < files.Length; i++)
            {
                files[i] = FileIdentity.Of(Path.Combine(folder, shards[i]));
            }

            return Build(name, files, config, tokenizer, ordinals);
        }

        string single = Path.Combine(folder, "model.safetensors");
        if (!File.Exists(single))
        {
            var candidates = new List<string>(Directory.GetFiles(folder, "*.safetensors"));
            if (candidates.Count == 0)
            {
                candidates.AddRange(Directory.GetFiles(folder, "*.gguf"));
            }

            candidates.Sort(StringComparer.Ordinal);
            if (GgufSplit.Common(candidates) is string part)
            {
                return Build(name, Array.ConvertAll(GgufSplit.PartsOf(part)!, FileIdentity.Of), config, tokenizer, null);
            }

            if (candidates.Count != 1)
            {
                throw NinaException.InFile(
                    ErrorNumber.UnknownFormat,
                    folder,
                    candidates.Count == 0
                        ? "the folder has no safetensors and no GGUF file."
                        : $"the folder has {candidates.Count} model files and no {ShardIndexName}; name one of them.");
            }

            single = candidates[0];
        }

        return Build(name, new[] { FileIdentity.Of(single) }, config, tokenizer, null);
    }

    private static ModelFile Build(string name, FileIdentity[] files, string? config, TokenizerSource? tokenizer, Dictionary<string, int>? shardOf)
    {
        if (IsGguf(files[0]))
        {
            return BuildGguf(name, files, config, tokenizer);
        }

        var tensors = new List<TensorInfo>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < files.Length; i++)
        {
            SafetensorsHeader header;
            using (FileStream stream = FileIdentity.OpenRead(files[i].Path))
            {
                header = SafetensorsHeader.Read(stream, files[i].Length, files[i].Path, i);
            }

            files[i].ThrowIfChanged();
            tensors.AddRange(header.Tensors);
            foreach (KeyValuePair<string, string> entry in header.Metadata)
            {
                metadata[entry.Key] = entry.Value;
            }
        }

        Dictionary<string, TensorInfo> byName = IndexByName(tensors, files);
        if (shardOf != null)
        {
            foreach (KeyValuePair<string, int> entry in shardOf)
            {
                if (!byName.TryGetValue(entry.Key, out TensorInfo? tensor) || tensor.FileOrdinal != entry.Value)
                {
                    throw NinaException.InFile(ErrorNumber.ShardIndex, files[entry.Value].Path, $"the tensor '{entry.Key}', which {ShardIndexName} places here, is not in it.");
                }
            }

            foreach (TensorInfo tensor in tensors)
            {
                if (!shardOf.ContainsKey(tensor.Name))
                {
                    throw NinaException.InFile(
                        ErrorNumber.ShardIndex, files[tensor.FileOrdinal].Path, tensor.ByteOffset, $"the tensor '{tensor.Name}' is not in {ShardIndexName}.");
                }
            }
        }

        return new ModelFile(name, ModelFormat.Safetensors, files, tensors, byName, metadata, null, config, tokenizer);
    }

    private static ModelFile BuildGguf(string name, FileIdentity[] files, string? config, TokenizerSource? tokenizer)
    {
        var headers = new GgufHeader[files.Length];
        var tensors = new List<TensorInfo>();
        for (int i = 0; i < files.Length; i++)
        {
            using (FileStream stream = FileIdentity.OpenRead(files[i].Path))
            {
                headers[i] = GgufHeader.Read(stream, files[i].Length, files[i].Path, i);
            }

            files[i].ThrowIfChanged();
            tensors.AddRange(headers[i].Tensors);
        }

        GgufSplit.Check(headers, files);
        return new ModelFile(name, ModelFormat.Gguf, files, tensors, IndexByName(tensors, files), new Dictionary<string, string>(), headers[0], config, tokenizer);
    }

    private static Dictionary<string, TensorInfo> IndexByName(IReadOnlyList<TensorInfo> tensors, FileIdentity[] files)
    {
        var byName = new Dictionary<string, TensorInfo>(StringComparer.Ordinal);
        foreach (TensorInfo tensor in tensors)
        {
            if (byName.ContainsKey(tensor.Name))
            {
                throw NinaException.InFile(ErrorNumber.DuplicateTensor, files[tensor.FileOrdinal].Path, $"the tensor '{tensor.Name}' is also in another file of the model.");
            }

            byName.Add(tensor.Name, tensor);
        }

        return byName;
    }

    private static Dictionary<string, int> ReadShardIndex(string path, out List<string> shards)
    {
        JsonValue index = JsonValue.Parse(ReadSideFile(path)!, path);
        JsonValue? map = index["weight_map"];
        if (map == null || map.Kind != JsonKind.Object || map.Members.Count == 0)
        {
            throw NinaException.InFile(ErrorNumber.ShardIndex, path, "there is no weight_map.");
        }

        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (KeyValuePair<string, JsonValue> entry in map.Members)
        {
            string? shard = entry.Value.AsString();
            if (string.IsNullOrEmpty(shard) || shard!.IndexOfAny(new[] { '/', '\\', ':', '\0' }) >= 0 || shard[0] == '.')
            {
                throw NinaException.InFile(ErrorNumber.ShardIndex, path, $"the shard name of tensor '{entry.Key}' is not a plain file name.");
            }

            names.Add(shard);
        }

        shards = new List<string>(names);
        var ordinals = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (KeyValuePair<string, JsonValue> entry in map.Members)
        {
            ordinals.Add(entry.Key, shards.BinarySearch(entry.Value.AsString()!, StringComparer.Ordinal));
        }

        return ordinals;
    }

    private static bool IsGguf(FileIdentity file)
    {
        using FileStream stream = FileIdentity.OpenRead(file.Path);
        byte[] magic = new byte[4];
        return stream.Read(magic, 0, 4) == 4 && BitConverter.ToUInt32(magic, 0) == GgufHeader.Magic;
    }

    /// <summary>The text of a small file beside the model; null when it is not there.</summary>
    /// <summary>The tokenizer's files in a folder; null when there is neither tokenizer.json nor tokenizer.model.</summary>
    private static TokenizerSource? ReadTokenizer(string folder)
    {
        string? json = ReadSideFile(Path.Combine(folder, "tokenizer.json"));
        string sentencePiece = Path.Combine(folder, "tokenizer.model");
        if (json == null && !File.Exists(sentencePiece))
        {
            return null;
        }

        return new TokenizerSource(
            json,
            json == null ? ReadSideBytes(sentencePiece) : null,
            ReadSideFile(Path.Combine(folder, "tokenizer_config.json")),
            ReadSideFile(Path.Combine(folder, "chat_template.jinja")));
    }

    private static byte[] ReadSideBytes(string path)
    {
        FileIdentity identity = FileIdentity.Of(path);
        if (identity.Length > MaxSideFileBytes)
        {
            throw NinaException.InFile(ErrorNumber.JsonTooLarge, path, $"is {identity.Length} bytes long; the limit is {MaxSideFileBytes}.");
        }

        using FileStream stream = FileIdentity.OpenRead(path);
        return SafetensorsHeader.ReadExactly(stream, (int)identity.Length, path, 0);
    }

    private static string? ReadSideFile(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        byte[] bytes = ReadSideBytes(path);
        int start = bytes.Length >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0;
        try
        {
            return new UTF8Encoding(false, true).GetString(bytes, start, bytes.Length - start);
        }
        catch (ArgumentException)
        {
            throw NinaException.InFile(ErrorNumber.JsonSyntax, path, "is not valid UTF-8.");
        }
    }
}
