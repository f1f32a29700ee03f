using System;
using System.Collections.Generic;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Capabilities;

/// <summary>Skills, importance, meaning vectors and contexts of components, measured on probe texts.</summary>
public sealed unsafe class ProbeResult
{
    private const int BlockComponents = 128;
    private const int SnippetTokens = 10;

    private readonly double[] _skills;
    private readonly double[] _importance;
    private readonly double[] _firing;
    private readonly double[] _signed;
    private readonly float[] _meaning;
    private readonly int[] _domainTexts;
    private readonly long[] _domainTokens;
    private readonly int[] _domainOfText;
    private readonly List<int[]> _tokens;
    private readonly ContextHeap _contexts;
    private readonly LanguageModel _model;

    internal ProbeResult(
        LanguageModel model,
        ComponentLayout layout,
        IReadOnlyList<string> domains,
        List<float[]> magnitudes,
        List<int[]> tokens,
        int[] domainOfText,
        double[][] magnitudeSum,
        double[][] signedSum,
        double[][] firedSum,
        long[] domainTokens,
        ContextHeap contexts,
        int parallelism)
    {
        _model = model;
        Layout = layout;
        Domains = domains;
        _tokens = new List<int[]>(tokens);
        _domainOfText = domainOfText;
        _domainTokens = (long[])domainTokens.Clone();
        _contexts = contexts.Copy(layout.Count);
        Embedder = TextEmbedder.Fit(model, _tokens);
        _domainTexts = new int[domains.Count];
        foreach (int d in domainOfText)
        {
            _domainTexts[d]++;
        }

        int cells = layout.Count * domains.Count;
        _skills = new double[cells];
        _importance = new double[cells];
        _firing = new double[cells];
        _signed = new double[cells];
        _meaning = new float[(long)layout.Count * model.Config.HiddenSize];
        ComputeMeans(magnitudeSum, signedSum, firedSum);
        ComputeSkillsAndMeaning(magnitudes, parallelism);
    }

    /// <summary>The components.</summary>
    public ComponentLayout Layout { get; }

    /// <summary>The domains.</summary>
    public IReadOnlyList<string> Domains { get; }

    /// <summary>Embeds queries in the space of the meaning vectors; to be stored with them.</summary>
    public TextEmbedder Embedder { get; }

    /// <summary>The skill level of a component, by position in the layout.</summary>
    public double SkillLevel(int component, int domain) => _skills[(component * Domains.Count) + domain];

    /// <summary>The importance of a component.</summary>
    public double Importance(int component, int domain) => _importance[(component * Domains.Count) + domain];

    /// <summary>+1 or -1: the sign of the component's mean activation over all probe tokens.</summary>
    public int Sign(int component)
    {
        double sum = 0;
        for (int d = 0; d < Domains.Count; d++)
        {
            sum += _signed[(component * Domains.Count) + d] * _domainTokens[d];
        }

        return sum < 0 ? -1 : 1;
    }

    /// <summary>The meaning vector [hidden] of a component: a unit vector, or zero for a component that never varies.</summary>
    public float[] MeaningVector(int component)
    {
        float[] vector = new float[_model.Config.HiddenSize];
        Array.Copy(_meaning, (long)component * vector.Length, vector, 0, vector.Length);
        return vector;
    }

    /// <summary>The importance of every neuron for some domains together (their mean): [layer][neuron], as selection wants it.</summary>
    public double[][] NeuronImportance(IReadOnlyList<string> domains)
    {
        double[][] result = new double[Layout.LayerCount][];
        for (int l = 0; l < result.Length; l++)
        {
            int layer = Layout.FirstLayer + l;
            result[l] = new double[Layout.NeuronCount(layer)];
            foreach (string domain in domains)
            {
                int d = IndexOf(domain);
                for (int i = 0; i < result[l].Length; i++)
                {
                    result[l][i] += Importance(Layout.NeuronStart(layer) + i, d) / domains.Count;
                }
            }
        }

        return result;
    }

    /// <summary>One row a component and domain.</summary>
    public IEnumerable<SkillRow> Skills()
    {
        for (int c = 0; c < Layout.Count; c++)
        {
            for (int d = 0; d < Domains.Count; d++)
            {
                yield return Skill(c, d);
            }
        }
    }

    /// <summary>The row of one component and domain.</summary>
    public SkillRow Skill(int component, int domain)
    {
        int cell = (component * Domains.Count) + domain;
        int others = _domainOfText.Length - _domainTexts[domain];
        double lower = double.NaN;
        double upper = double.NaN;
        if (!double.IsNaN(_skills[cell]))
        {
            Auroc.Interval(_skills[cell], _domainTexts[domain], others, out lower, out upper);
        }

        return new SkillRow(Layout[component], Domains[domain])
        {
            SkillLevel = _skills[cell],
            SkillLower = lower,
            SkillUpper = upper,
            Importance = _importance[cell],
            FiringRate = _firing[cell],
            MeanActivation = _signed[cell],
            DomainTexts = _domainTexts[domain],
            OtherTexts = others,
            DomainTokens = _domainTokens[domain],
        };
    }

    /// <summary>The places that excite a component most, one a text.</summary>
    public IEnumerable<ContextRow> Contexts(int component)
    {
        for (int rank = 0; _contexts.TryGet(component, rank, out int text, out int position, out float value); rank++)
        {
            int[] ids = _tokens[text];
            yield return new ContextRow(
                Layout[component],
                rank + 1,
                Domains[_domainOfText[text]],
                text,
                position,
                value,
                Text(ids, position - SnippetTokens, position),
                _model.Tokenizer.Display(ids[position]),
                Text(ids, position + 1, position + 1 + SnippetTokens));
        }
    }

    private string Text(int[] ids, int start, int end)
    {
        var stream = _model.Tokenizer.StartStream(continues: start > 1);
        var text = new System.Text.StringBuilder();
        for (int i = Math.Max(0, start); i < Math.Min(end, ids.Length); i++)
        {
            text.Append(stream.Push(ids[i]));
        }

        return text.ToString();
    }

    private int IndexOf(string domain)
    {
        for (int d = 0; d < Domains.Count; d++)
        {
            if (string.Equals(Domains[d], domain, StringComparison.OrdinalIgnoreCase))
            {
                return d;
            }
        }

        throw new Errors.NinaException(Errors.ErrorNumber.InvalidArgument, $"The probe has no domain '{domain}'.");
    }

    private void ComputeMeans(double[][] magnitudeSum, double[][] signedSum, double[][] firedSum)
    {
        double[] writes = new double[Layout.Count];
        for (int i = 0; i < writes.Length; i++)
        {
            writes[i] = 1;
        }

        for (int layer = Layout.FirstLayer; layer < Layout.FirstLayer + Layout.LayerCount; layer++)
        {
            float[] norms = _model.Weights.Layers[layer].DenseDown.ColumnNorms();
            for (int i = 0; i < norms.Length; i++)
            {
                writes[Layout.NeuronStart(layer) + i] = norms[i];
            }
        }

        for (int c = 0; c < Layout.Count; c++)
        {
            for (int d = 0; d < Domains.Count; d++)
            {
                double tokens = Math.Max(1, _domainTokens[d]);
                int cell = (c * Domains.Count) + d;
                _importance[cell] = magnitudeSum[d][c] / tokens * writes[c];
                _signed[cell] = signedSum[d][c] / tokens;
                _firing[cell] = firedSum[d][c] / tokens;
            }
        }
    }

    /// <summary>Takes components block by block: ranks the texts for the skills, and weighs the text embeddings for the meaning vectors.</summary>
    private void ComputeSkillsAndMeaning(List<float[]> magnitudes, int parallelism)
    {
        int texts = magnitudes.Count;
        int hidden = _model.Config.HiddenSize;

        // [hidden, texts]: one row a dimension, so that a component's weights meet it in a dot product.
        float[] embeddings = new float[(long)hidden * texts];
        for (int t = 0; t < texts; t++)
        {
            float[] vector = Embedder.Embed(_tokens[t]);
            for (int i = 0; i < hidden; i++)
            {
                embeddings[((long)i * texts) + t] = vector[i];
            }
        }

        int blocks = (Layout.Count + BlockComponents - 1) / BlockComponents;
        ParallelWork.For(blocks, parallelism, block =>
        {
            int first = block * BlockComponents;
            int count = Math.Min(BlockComponents, Layout.Count - first);
            float[] rows = new float[(long)count * texts];
            for (int t = 0; t < texts; t++)
            {
                float[] text = magnitudes[t];
                for (int c = 0; c < count; c++)
                {
                    rows[((long)c * texts) + t] = text[first + c];
                }
            }

            float[] values = new float[texts];
            int[] order = new int[texts];
            double[] skills = new double[Domains.Count];
            for (int c = 0; c < count; c++)
            {
                Array.Copy(rows, (long)c * texts, values, 0, texts);
                Auroc.OfDomains(values, order, _domainOfText, _domainTexts, skills);
                Array.Copy(skills, 0, _skills, (first + c) * Domains.Count, skills.Length);
                Standardize(rows, (long)c * texts, texts);
            }

            fixed (float* weights = rows, vectors = embeddings, target = _meaning)
            {
                float* start = target + ((long)first * hidden);
                Kernels.MultiplyTransposed(weights, texts, count, vectors, texts, hidden, texts, start, hidden);
                for (int c = 0; c < count; c++)
                {
                    VectorMath.Normalize(start + ((long)c * hidden), hidden);
                }
            }
        });
    }

    /// <summary>Moves a row to mean 0 and deviation 1; a row that does not vary becomes 0.</summary>
    private static void Standardize(float[] rows, long start, int count)
    {
        double sum = 0;
        for (long i = start; i < start + count; i++)
        {
            sum += rows[i];
        }

        double mean = sum / count;
        double squares = 0;
        for (long i = start; i < start + count; i++)
        {
            squares += (rows[i] - mean) * (rows[i] - mean);
        }

        double scale = squares > 0 ? 1 / Math.Sqrt(squares / count) : 0;
        for (long i = start; i < start + count; i++)
        {
            rows[i] = (float)((rows[i] - mean) * scale);
        }
    }
}
