using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Capabilities;

/// <summary>
/// Collects what probe texts of several domains do to a model's components, batch by batch, so that a caller can show progress between
/// batches. <see cref="Finish"/> turns it into skills and meaning vectors; more texts may be added after that.
/// Memory: 4 bytes a text and component, plus a fixed amount a component.
/// </summary>
public sealed class ProbeSession
{
    /// <summary>The most bytes that text means may take before more texts are refused.</summary>
    public const long MaxTextBytes = 4L << 30;

    private readonly object _lock = new();
    private readonly List<float[]> _magnitudes = new();
    private readonly List<int[]> _tokens = new();
    private readonly List<int> _domainOfText = new();
    private readonly List<byte[]> _textHashes = new();
    private readonly Dictionary<string, int> _domainIndex = new(StringComparer.OrdinalIgnoreCase);
    private readonly double[][] _magnitudeSum;
    private readonly double[][] _signedSum;
    private readonly double[][] _firedSum;
    private readonly long[] _domainTokens;
    private readonly ContextHeap _contexts;

    /// <summary>Starts a session over <paramref name="layout"/> (default: all components).</summary>
    public ProbeSession(LanguageModel model, IReadOnlyList<string> domains, ComponentLayout? layout = null, int contextsPerComponent = 4)
    {
        NinaException.Require(domains != null && domains.Count > 0 && domains.Count <= 4096, "A probe needs 1 to 4096 domains.");
        Model = model;
        Domains = domains!;
        Layout = layout ?? new ComponentLayout(model);
        for (int d = 0; d < Domains.Count; d++)
        {
            NinaException.Require(!string.IsNullOrEmpty(Domains[d]) && !_domainIndex.ContainsKey(Domains[d]), $"The domain '{Domains[d]}' is empty or named twice.");
            _domainIndex.Add(Domains[d], d);
        }

        _magnitudeSum = NewSums();
        _signedSum = NewSums();
        _firedSum = NewSums();
        _domainTokens = new long[Domains.Count];
        _contexts = new ContextHeap(Layout.Count, contextsPerComponent);
    }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>The components that are measured.</summary>
    public ComponentLayout Layout { get; }

    /// <summary>The domains.</summary>
    public IReadOnlyList<string> Domains { get; }

    /// <summary>The texts so far.</summary>
    public int TextCount => _magnitudes.Count;

    /// <summary>The tokens so far.</summary>
    public long TokenCount
    {
        get
        {
            long count = 0;
            foreach (long tokens in _domainTokens)
            {
                count += tokens;
            }

            return count;
        }
    }

    /// <summary>Runs texts of a domain. The result does not depend on how texts are split into batches, nor on the number of threads.</summary>
    public void Add(string domain, IReadOnlyList<string> texts, int parallelism = 1)
    {
        int d = DomainIndex(domain);
        lock (_lock)
        {
            var results = new TextActivation[texts.Count];
            using var probes = new ThreadLocal<TextProbe>(() => new TextProbe(Model, Layout));
            ParallelWork.For(texts.Count, parallelism, i => results[i] = probes.Value!.Run(texts[i]));
            foreach (TextActivation result in results)
            {
                AddResult(d, result);
            }
        }
    }

    /// <summary>Adds a text that was run earlier (see <see cref="TextActivation.FromBytes"/>).</summary>
    public void Add(string domain, TextActivation activation)
    {
        int d = DomainIndex(domain);
        lock (_lock)
        {
            AddResult(d, activation);
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
    /// Computes skills, meaning vectors and contexts. Raises <see cref="ErrorNumber.ProbeEmpty"/> without texts, and
    /// <see cref="ErrorNumber.ProbeOneDomain"/> when only one domain has texts: a skill is a contrast.
    /// </summary>
    public ProbeResult Finish(int parallelism = 1)
    {
        lock (_lock)
        {
            int domainsWithTexts = 0;
            foreach (long tokens in _domainTokens)
            {
                domainsWithTexts += tokens > 0 ? 1 : 0;
            }

            if (domainsWithTexts == 0)
            {
                throw new NinaException(ErrorNumber.ProbeEmpty, "No probe text has been added.");
            }

            if (domainsWithTexts == 1)
            {
                throw new NinaException(ErrorNumber.ProbeOneDomain, "All probe texts are of one domain; a skill needs texts of at least two.");
            }

            return new ProbeResult(
                Model, Layout, Domains, _magnitudes, _tokens, _domainOfText.ToArray(), _magnitudeSum, _signedSum, _firedSum, _domainTokens, _contexts, parallelism);
        }
    }

    private int DomainIndex(string domain)
        => domain != null && _domainIndex.TryGetValue(domain, out int d) ? d : throw new NinaException(ErrorNumber.InvalidArgument, $"The probe has no domain '{domain}'.");

    private double[][] NewSums()
    {
        double[][] sums = new double[Domains.Count][];
        for (int d = 0; d < sums.Length; d++)
        {
            sums[d] = new double[Layout.Count];
        }

        return sums;
    }

    private void AddResult(int domain, TextActivation text)
    {
        NinaException.Require(text.MeanMagnitude.Length == Layout.Count, "The activation is of other components than the probe.");
        if ((long)(_magnitudes.Count + 1) * Layout.Count * sizeof(float) > MaxTextBytes)
        {
            throw new NinaException(
                ErrorNumber.ModelTooLarge, $"{_magnitudes.Count + 1} texts of {Layout.Count} components exceed {MaxTextBytes} bytes; probe fewer texts, or some layers at a time.");
        }

        for (int i = 0; i < Layout.Count; i++)
        {
            _magnitudeSum[domain][i] += (double)text.MeanMagnitude[i] * text.TokenCount;
            _signedSum[domain][i] += (double)text.MeanSigned[i] * text.TokenCount;
            _firedSum[domain][i] += (double)text.FiringRate[i] * text.TokenCount;
        }

        _contexts.Offer(_magnitudes.Count, text);
        _domainTokens[domain] += text.TokenCount;
        _magnitudes.Add(text.MeanMagnitude);
        _tokens.Add(text.Tokens);
        _domainOfText.Add(domain);
        byte[] name = Encoding.UTF8.GetBytes(Domains[domain].ToLowerInvariant() + "\n");
        byte[] content = new byte[name.Length + (4 * text.Tokens.Length)];
        Buffer.BlockCopy(name, 0, content, 0, name.Length);
        Buffer.BlockCopy(text.Tokens, 0, content, name.Length, 4 * text.Tokens.Length);
        _textHashes.Add(ContentHash.OfBytes(content));
    }
}

/// <summary>The most exciting texts of every component, a few each.</summary>
internal sealed class ContextHeap
{
    private readonly int[] _text;
    private readonly int[] _position;
    private readonly float[] _value;

    public ContextHeap(int components, int perComponent)
    {
        NinaException.Require(perComponent >= 0 && perComponent <= 64, "0 to 64 contexts a component are kept.");
        PerComponent = perComponent;
        _text = new int[(long)components * perComponent];
        _position = new int[_text.LongLength];
        _value = new float[_text.LongLength];
        for (long i = 0; i < _text.LongLength; i++)
        {
            _text[i] = -1;
        }
    }

    public int PerComponent { get; }

    /// <summary>Puts a text in its place among the best of each component.</summary>
    public void Offer(int textNumber, TextActivation text)
    {
        for (int c = 0; PerComponent > 0 && c < text.Peak.Length; c++)
        {
            float value = text.Peak[c];
            long first = (long)c * PerComponent;
            long i = first + PerComponent - 1;
            if (_text[i] >= 0 && Math.Abs(value) <= Math.Abs(_value[i]))
            {
                continue;
            }

            while (i > first && (_text[i - 1] < 0 || Math.Abs(_value[i - 1]) < Math.Abs(value)))
            {
                _text[i] = _text[i - 1];
                _position[i] = _position[i - 1];
                _value[i] = _value[i - 1];
                i--;
            }

            _text[i] = textNumber;
            _position[i] = (int)text.PeakPosition[c];
            _value[i] = value;
        }
    }

    /// <summary>The entry of a component; false when it has none of that rank (0 is the best).</summary>
    public bool TryGet(int component, int rank, out int text, out int position, out float value)
    {
        long i = ((long)component * PerComponent) + rank;
        bool exists = rank < PerComponent && _text[i] >= 0;
        text = exists ? _text[i] : -1;
        position = exists ? _position[i] : -1;
        value = exists ? _value[i] : 0;
        return exists;
    }

    /// <summary>A copy that later texts do not change.</summary>
    public ContextHeap Copy(int components)
    {
        var copy = new ContextHeap(components, PerComponent);
        Array.Copy(_text, copy._text, _text.LongLength);
        Array.Copy(_position, copy._position, _position.LongLength);
        Array.Copy(_value, copy._value, _value.LongLength);
        return copy;
    }
}
