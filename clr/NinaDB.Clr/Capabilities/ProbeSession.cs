using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Capabilities;

/// <summary>
/// Collects what probe texts of several domains do to a model's components, batch by batch, so that a caller can show progress between
/// batches. <see cref="Finish"/> turns it into skills and meaning vectors; more texts may be added after that.
/// Memory is bounded: small probes are kept in memory (20 bytes a text and component), larger ones in a file that results are read from some
/// components at a time. With a file of its own (<see cref="Resumable"/>) a probe that was killed is gone on with.
/// </summary>
public sealed class ProbeSession : IDisposable
{
    /// <summary>The most bytes of texts that are kept in memory.</summary>
    public const long MaxMemoryBytes = 256L << 20;

    /// <summary>Bytes of results that are computed before they are written down.</summary>
    private const long BatchBytes = 64L << 20;

    private readonly object _lock = new();
    private readonly List<int> _domainOfText = new();
    private readonly List<byte[]> _textHashes = new();
    private readonly Dictionary<string, int> _domainIndex = new(StringComparer.OrdinalIgnoreCase);
    private readonly int _contexts;
    private readonly long _memoryLimit;
    private readonly ConcurrentBag<TextProbe> _probes = new();
    private readonly HeadGrams _grams;
    private ActivationStore _store;

    /// <summary>Starts a session over <paramref name="layout"/> (default: all components).</summary>
    public ProbeSession(LanguageModel model, IReadOnlyList<string> domains, ComponentLayout? layout = null, int contextsPerComponent = 4)
        : this(model, domains, layout, contextsPerComponent, null, MaxMemoryBytes)
    {
    }

    internal ProbeSession(LanguageModel model, IReadOnlyList<string> domains, ComponentLayout? layout, int contextsPerComponent, ProbeFile? file, long memoryLimit)
    {
        NinaException.Require(domains != null && domains.Count > 0 && domains.Count <= 4096, "A probe needs 1 to 4096 domains.");
        NinaException.Require(contextsPerComponent >= 0 && contextsPerComponent <= 64, "0 to 64 contexts a component are kept.");
        Model = model;
        Domains = domains!;
        Layout = layout ?? new ComponentLayout(model);
        for (int d = 0; d < Domains.Count; d++)
        {
            NinaException.Require(!string.IsNullOrEmpty(Domains[d]) && !_domainIndex.ContainsKey(Domains[d]), $"The domain '{Domains[d]}' is empty or named twice.");
            _domainIndex.Add(Domains[d], d);
        }

        _contexts = contextsPerComponent;
        _memoryLimit = memoryLimit;
        _grams = new HeadGrams(model);
        _store = (ActivationStore?)file ?? new MemoryActivationStore();
    }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>The components that are measured.</summary>
    public ComponentLayout Layout { get; }

    /// <summary>The domains.</summary>
    public IReadOnlyList<string> Domains { get; }

    /// <summary>The texts so far.</summary>
    public int TextCount => _store.Count;

    /// <summary>Texts (and passages whose loss was asked for) that an earlier run of the same probe had done already.</summary>
    public int ResumedCount { get; private set; }

    /// <summary>Whether texts are in a file rather than in memory.</summary>
    public bool IsSpilled => _store is ProbeFile;

    /// <summary>The tokens so far.</summary>
    public long TokenCount
    {
        get
        {
            long count = 0;
            for (int t = 0; t < _store.Count; t++)
            {
                count += _store.TokenCount(t);
            }

            return count;
        }
    }

    /// <summary>
    /// Starts a session that writes what it learns into a file belonging to <paramref name="owner"/> (a model's id and content hash), and goes
    /// on with what a killed session of that owner left there. Where another session is at work for the same owner it keeps to itself.
    /// </summary>
    public static ProbeSession Resumable(LanguageModel model, IReadOnlyList<string> domains, string owner, ComponentLayout? layout = null, int contextsPerComponent = 4)
    {
        NinaException.Require(!string.IsNullOrEmpty(owner), "A probe that can be resumed belongs to somebody.");
        layout ??= new ComponentLayout(model);
        ProbeFolder.Prepare();
        string path = ProbeFolder.FileOf(owner, layout, out byte[] key);
        ProbeFile? file = ProbeFile.TryOpen(path, key, layout.Count, model.Weights.Embedding.Rows);
        return new ProbeSession(model, domains, layout, contextsPerComponent, file, MaxMemoryBytes);
    }

    /// <summary>Runs texts of a domain. The result does not depend on how texts are split into batches, nor on the number of threads.</summary>
    public void Add(string domain, IReadOnlyList<string> texts, int parallelism = 1)
    {
        int d = DomainIndex(domain);
        lock (_lock)
        {
            int batch = BatchSize(parallelism);
            for (int start = 0; start < texts.Count; start += batch)
            {
                AddBatch(d, texts, start, Math.Min(batch, texts.Count - start), parallelism);
            }
        }
    }

    /// <summary>Adds a text that was run earlier (see <see cref="TextActivation.FromBytes"/>).</summary>
    public void Add(string domain, TextActivation activation)
    {
        int d = DomainIndex(domain);
        lock (_lock)
        {
            NinaException.Require(activation.MeanMagnitude.Length == Layout.Count, "The activation is of other components than the probe.");
            RoomFor(1);
            _store.Add(activation);
            Note(d, activation.Tokens);
        }
    }

    /// <summary>How well the model predicts passages, each as it was trained on. What an earlier run scored is not run again.</summary>
    public TextScore Score(IReadOnlyList<string> passages, int parallelism = 1)
    {
        lock (_lock)
        {
            var file = _store as ProbeFile;
            double nats = 0;
            long tokens = 0;
            int batch = BatchSize(parallelism);
            for (int start = 0; start < passages.Count; start += batch)
            {
                int count = Math.Min(batch, passages.Count - start);
                var scores = new TextScore?[count];
                byte[][] hashes = new byte[count][];
                for (int i = 0; i < count; i++)
                {
                    hashes[i] = HashOf("loss\n", passages[start + i]);
                    if (file != null && file.TryGetLoss(hashes[i], out TextScore known))
                    {
                        scores[i] = known;
                        ResumedCount++;
                    }
                }

                var fresh = new TextScore[count];
                ParallelWork.For(count, parallelism, i =>
                {
                    if (scores[i] == null)
                    {
                        fresh[i] = Model.Score(Model.EncodePassage(passages[start + i]));
                    }
                });
                for (int i = 0; i < count; i++)
                {
                    if (scores[i] == null)
                    {
                        file?.AppendLoss(hashes[i], fresh[i]);
                    }

                    TextScore score = scores[i] ?? fresh[i];
                    nats += score.Nats;
                    tokens += score.TokenCount;
                }

                file?.Flush();
            }

            return new TextScore(nats, tokens);
        }
    }

    /// <summary>SHA-256 of the probe set: of domain and tokens of every text, in order.</summary>
    public byte[] ProbeSetHash()
    {
        lock (_lock)
        {
            using SHA256 sha = SHA256.Create();
            foreach (byte[] hash in _textHashes)
            {
                sha.TransformBlock(hash, 0, hash.Length, null, 0);
            }

            sha.TransformFinalBlock(new byte[0], 0, 0);
            return sha.Hash!;
        }
    }

    /// <summary>
    /// Computes skills, meaning vectors and contexts of all components at once. Raises <see cref="ErrorNumber.ProbeEmpty"/> without texts, and
    /// <see cref="ErrorNumber.ProbeOneDomain"/> when only one domain has texts: a skill is a contrast.
    /// </summary>
    public ProbeResult Finish(int parallelism = 1)
    {
        lock (_lock)
        {
            return new ProbeResult(Evaluate(), parallelism);
        }
    }

    /// <summary>The same, some components at a time. No text may be added while blocks are computed.</summary>
    internal ProbeEvaluation Evaluate()
    {
        lock (_lock)
        {
            long[] tokens = new long[Domains.Count];
            for (int t = 0; t < _store.Count; t++)
            {
                tokens[_domainOfText[t]] += _store.TokenCount(t);
            }

            int domainsWithTexts = 0;
            foreach (long count in tokens)
            {
                domainsWithTexts += count > 0 ? 1 : 0;
            }

            if (domainsWithTexts == 0)
            {
                throw new NinaException(ErrorNumber.ProbeEmpty, "No probe text has been added.");
            }

            if (domainsWithTexts == 1)
            {
                throw new NinaException(ErrorNumber.ProbeOneDomain, "All probe texts are of one domain; a skill needs texts of at least two.");
            }

            return new ProbeEvaluation(Model, Layout, Domains, _store, _domainOfText.ToArray(), tokens, _contexts);
        }
    }

    /// <summary>Ends the session and deletes its file: the work is done, and need not be resumed.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            string? path = (_store as ProbeFile)?.Path;
            _store.Dispose();
            if (path != null && File.Exists(path))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Ends the session; a file that it can be resumed from stays.</summary>
    public void Dispose() => _store.Dispose();

    private static byte[] HashOf(string kind, string text) => ContentHash.OfBytes(Encoding.UTF8.GetBytes(kind + text));

    private int DomainIndex(string domain)
        => domain != null && _domainIndex.TryGetValue(domain, out int d) ? d : throw new NinaException(ErrorNumber.InvalidArgument, $"The probe has no domain '{domain}'.");

    private int BatchSize(int parallelism)
        => (int)Math.Max(Math.Max(1, parallelism), Math.Min(64, BatchBytes / Math.Max(1, 4L * TextActivation.FieldCount * Layout.Count)));

    private void AddBatch(int domain, IReadOnlyList<string> texts, int start, int count, int parallelism)
    {
        RoomFor(count);
        var file = _store as ProbeFile;
        var results = new TextActivation?[count];
        byte[][] hashes = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            hashes[i] = HashOf("text\n", texts[start + i]);
        }

        ParallelWork.For(count, parallelism, i =>
        {
            if (file == null || !file.Holds(hashes[i]))
            {
                TextProbe probe = _probes.TryTake(out TextProbe? idle) ? idle! : new TextProbe(Model, Layout, int.MaxValue, _grams);
                results[i] = probe.Run(texts[start + i]);
                _probes.Add(probe);
            }
        });
        for (int i = 0; i < count; i++)
        {
            if (results[i] is not { } result)
            {
                file!.TryReuse(hashes[i]);
                ResumedCount++;
            }
            else if (file != null)
            {
                file.Append(hashes[i], result);
            }
            else
            {
                _store.Add(result);
            }

            Note(domain, _store.Tokens(_store.Count - 1));
        }

        file?.Flush();
    }

    /// <summary>Moves the texts to a file when there are getting too many for memory.</summary>
    private void RoomFor(int texts)
    {
        if (_store is MemoryActivationStore memory && (memory.Count + (long)texts) * Layout.Count * sizeof(float) * TextActivation.FieldCount > _memoryLimit)
        {
            ProbeFile file = ProbeFile.Temporary(Layout.Count, Model.Weights.Embedding.Rows);
            foreach (TextActivation text in memory.Texts)
            {
                file.Add(text);
            }

            _store = file;
        }
    }

    private void Note(int domain, int[] tokens)
    {
        _domainOfText.Add(domain);
        byte[] name = Encoding.UTF8.GetBytes(Domains[domain].ToLowerInvariant() + "\n");
        byte[] content = new byte[name.Length + (4 * tokens.Length)];
        Buffer.BlockCopy(name, 0, content, 0, name.Length);
        Buffer.BlockCopy(tokens, 0, content, name.Length, 4 * tokens.Length);
        _textHashes.Add(ContentHash.OfBytes(content));
    }
}
