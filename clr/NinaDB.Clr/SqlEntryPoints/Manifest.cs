using System.Collections.Generic;
using System.Data.SqlTypes;
using System.Globalization;
using System.IO;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Json;
using NinaDB.Clr.Models;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>
/// A model as SQL addresses it: a JSON array <c>[{"name": "model.safetensors", "kind": "weights", "path": "/..."}, ...]</c> in ordinal order, made by
/// <c>mqe.ModelManifest</c>. Paths are those of segments, so names and kinds come from SQL.
/// </summary>
internal sealed class Manifest
{
    private readonly List<string> _weights = new List<string>();
    private readonly List<string> _patches = new List<string>();
    private readonly List<KeyValuePair<string, string>> _files = new List<KeyValuePair<string, string>>();
    private readonly List<Entry> _entries = new List<Entry>();
    private string? _config;
    private string? _tokenizer;

    private Manifest()
    {
    }

    /// <summary>Name and path of every file but patches, in ordinal order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Files => _files;

    /// <summary>The same files with their kinds and hashes.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Parses a manifest.</summary>
    public static Manifest Parse(SqlString json)
    {
        NinaException.Require(!json.IsNull, "The model has no files.");
        JsonValue root = JsonValue.Parse(json.Value, "manifest");
        var manifest = new Manifest();
        foreach (JsonValue file in root.Items)
        {
            string? name = file["name"]?.AsString();
            string? path = file["path"]?.AsString();
            NinaException.Require(name != null && path != null, "Every file of a manifest has a name and a path.");
            string? kind = file["kind"]?.AsString();
            if (kind == ModelFiles.Patch)
            {
                manifest._patches.Add(path!);
                continue;
            }

            manifest._files.Add(new KeyValuePair<string, string>(name!, path!));
            manifest._entries.Add(new Entry(name!, path!, kind, file["sha256"]?.AsString()));
            switch (kind)
            {
                case ModelFiles.Weights:
                    manifest._weights.Add(path!);
                    break;
                case ModelFiles.Config:
                    manifest._config = path;
                    break;
                case ModelFiles.Tokenizer:
                    manifest._tokenizer = path;
                    break;
            }
        }

        return manifest;
    }

    /// <summary>The headers of the files; patches change no header.</summary>
    public ModelFile Open() => ModelFile.Open(ModelName, _weights, ReadText(_config), ReadTokenizer());

    /// <summary>Whether patches are applied to the files.</summary>
    public bool IsPatched => _patches.Count > 0;

    /// <summary>The model with its patches, loaded; from the cache where it was loaded before.</summary>
    public LanguageModel Load() => ModelCache.Shared.Get(ModelName, _weights, ReadText(_config), ReadTokenizer(), _patches);

    /// <summary>The tokenizer alone, without weights; from the cache where it was read before. Raises <see cref="ErrorNumber.TokenizerMissing"/>.</summary>
    public Tokenizer LoadTokenizer()
    {
        TokenizerSource? source = ReadTokenizer();
        string key = source != null ? source.Key() : _weights.Count > 0 ? "gguf " + Identity(_weights[0]) : string.Empty;
        return TokenizerCache.Shared.Get(key, () =>
        {
            Tokenizer? tokenizer = _weights.Count == 0 ? source?.Read(ModelName) : LanguageModel.ReadTokenizer(Open());
            return tokenizer ?? throw new NinaException(ErrorNumber.TokenizerMissing, $"Model '{ModelName}' has no tokenizer (tokenizer.json, tokenizer.model, or tokenizer.ggml.* in a GGUF file).");
        });
    }

    private string ModelName => _files.Count == 0 ? "model" : _files[0].Key;

    private static string Identity(string path)
    {
        FileIdentity file = FileIdentity.Of(path);
        return string.Concat(file.Path, "|", file.Length.ToString(CultureInfo.InvariantCulture), "|", file.LastWriteUtc.Ticks.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The path of a file by its name, null when the model has none of that name.</summary>
    private string? PathOf(string name) => _files.Find(f => f.Key == name).Value;

    private TokenizerSource? ReadTokenizer()
    {
        string? sentencePiece = _tokenizer == null ? PathOf("tokenizer.model") : null;
        if (_tokenizer == null && sentencePiece == null)
        {
            return null;
        }

        return new TokenizerSource(
            ReadText(_tokenizer),
            sentencePiece == null ? null : ReadBytes(sentencePiece),
            ReadText(PathOf("tokenizer_config.json")),
            ReadText(PathOf("chat_template.jinja")));
    }

    private static byte[] ReadBytes(string path)
    {
        using (FileStream stream = FileIdentity.OpenRead(path, 1 << 16))
        using (var copy = new MemoryStream())
        {
            stream.CopyTo(copy);
            return copy.ToArray();
        }
    }

    private static string? ReadText(string? path)
    {
        if (path == null)
        {
            return null;
        }

        using (FileStream stream = FileIdentity.OpenRead(path, 1 << 16))
        using (var reader = new StreamReader(stream, Encoding.UTF8))
        {
            return reader.ReadToEnd();
        }
    }

    /// <summary>A file of a manifest.</summary>
    internal sealed class Entry
    {
        public Entry(string name, string path, string? kind, string? sha256)
        {
            Name = name;
            Path = path;
            Kind = kind;
            Sha256 = sha256 == null ? null : ContentHash.FromHex(sha256);
        }

        public string Name { get; }

        public string Path { get; }

        public string? Kind { get; }

        public byte[]? Sha256 { get; }
    }
}
