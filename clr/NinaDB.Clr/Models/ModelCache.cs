using System;
using System.Collections.Generic;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Patching;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Models;

/// <summary>
/// Loaded models shared by all sessions of the process, bounded by count and memory; the least recently used go first. A model that was
/// evicted while someone runs it lives until they are done. A changed file is loaded anew.
/// </summary>
public sealed class ModelCache
{
    private readonly object _lock = new();
    private readonly LinkedList<Entry> _recent = new();
    private readonly int _maxCount;
    private readonly long _maxBytes;

    /// <summary>Creates a cache with bounds.</summary>
    public ModelCache(int maxCount, long maxBytes)
    {
        NinaException.Require(maxCount > 0 && maxBytes > 0, "A model cache needs room for one model.");
        _maxCount = maxCount;
        _maxBytes = maxBytes;
    }

    /// <summary>The cache of the process: 16 models, 16 GiB of weights in managed memory. Mapped weights are the system's page cache and not counted.</summary>
    public static ModelCache Shared { get; } = new(16, LanguageModel.DefaultMaxBytes);

    /// <summary>The number of models held.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _recent.Count;
            }
        }
    }

    /// <summary>The model of these files (in ordinal order) and texts, loaded if need be.</summary>
    public LanguageModel Get(string name, IReadOnlyList<string> paths, string? configJson, TokenizerSource? tokenizer)
        => Get(name, paths, configJson, tokenizer, Array.Empty<string>());

    /// <summary>The same with patch files applied in order. What they leave as it is, is shared with the model without them.</summary>
    public LanguageModel Get(string name, IReadOnlyList<string> paths, string? configJson, TokenizerSource? tokenizer, IReadOnlyList<string> patchPaths)
    {
        NinaException.Require(paths != null && paths.Count > 0, "A model has at least one file.");
        string key = KeyOf(paths!, configJson, tokenizer, patchPaths);
        lock (_lock)
        {
            for (LinkedListNode<Entry>? node = _recent.First; node != null; node = node.Next)
            {
                if (node.Value.Key == key)
                {
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                    return node.Value.Model;
                }
            }
        }

        // Loading happens outside the lock: two sessions may load the same model at once, and the second result is dropped.
        LanguageModel model = patchPaths.Count == 0
            ? LanguageModel.Load(ModelFile.Open(name, paths!, configJson, tokenizer), _maxBytes)
            : ModelPatcher.Apply(Get(name, paths!, configJson, tokenizer), ReadPatches(patchPaths));
        lock (_lock)
        {
            foreach (Entry entry in _recent)
            {
                if (entry.Key == key)
                {
                    return entry.Model;
                }
            }

            _recent.AddFirst(new Entry(key, model));
            while (_recent.Count > 1 && (_recent.Count > _maxCount || Bytes() > _maxBytes))
            {
                _recent.RemoveLast();
            }
        }

        return model;
    }

    /// <summary>Forgets every model.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _recent.Clear();
        }
    }

    private long Bytes()
    {
        long bytes = 0;
        foreach (Entry entry in _recent)
        {
            bytes += entry.Bytes;
        }

        return bytes;
    }

    private static IEnumerable<ModelPatch> ReadPatches(IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            yield return ModelPatch.Read(path);
        }
    }

    private static string KeyOf(IReadOnlyList<string> paths, string? configJson, TokenizerSource? tokenizer, IReadOnlyList<string> patchPaths)
    {
        var key = new StringBuilder();
        AppendFiles(key, paths);
        key.Append("patches\n");
        AppendFiles(key, patchPaths);
        key.Append(ContentHash.ToHex(ContentHash.OfBytes(Encoding.UTF8.GetBytes(configJson ?? string.Empty)))).Append('\n');
        key.Append(tokenizer?.Key() ?? string.Empty);
        return key.ToString();
    }

    private static void AppendFiles(StringBuilder key, IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            FileIdentity file = FileIdentity.Of(path);
            key.Append(file.Path).Append('|').Append(file.Length).Append('|').Append(file.LastWriteUtc.Ticks).Append('\n');
        }
    }

    private sealed class Entry
    {
        public Entry(string key, LanguageModel model)
        {
            Key = key;
            Model = model;
            Bytes = model.Weights.ManagedBytes;
        }

        public string Key { get; }

        public LanguageModel Model { get; }

        public long Bytes { get; }
    }
}
