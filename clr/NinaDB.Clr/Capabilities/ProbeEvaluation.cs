using System;
using System.Collections.Generic;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Capabilities;

/// <summary>
/// Turns what texts did to components into skills, importance, contexts and meaning vectors, some components at a time, so that memory does
/// not grow with their number.
/// </summary>
internal sealed unsafe class ProbeEvaluation
{
    /// <summary>Numbers of one field that a block reads: texts x components.</summary>
    private const int BlockNumbers = 1 << 20;
    private const int MaxBlockComponents = 1024;
    private const int SnippetTokens = 10;

    private readonly ActivationStore _store;
    private readonly int[] _domainOfText;
    private readonly int[] _domainTexts;
    private readonly long[] _domainTokens;
    private readonly int _contexts;
    private readonly int _texts;
    private readonly float[]?[] _norms;
    private readonly Dictionary<VectorProjection, float[]> _projected = new();
    private float[]? _embeddings;

    public ProbeEvaluation(
        LanguageModel model,
        ComponentLayout layout,
        IReadOnlyList<string> domains,
        ActivationStore store,
        int[] domainOfText,
        long[] domainTokens,
        int contexts)
    {
        Model = model;
        Layout = layout;
        Domains = domains;
        _store = store;
        _texts = store.Count;
        _domainOfText = domainOfText;
        _domainTokens = domainTokens;
        _contexts = contexts;
        _domainTexts = new int[domains.Count];
        foreach (int d in domainOfText)
        {
            _domainTexts[d]++;
        }

        _norms = new float[]?[layout.LayerCount];
        var tokens = new int[_texts][];
        for (int t = 0; t < _texts; t++)
        {
            tokens[t] = store.Tokens(t);
        }

        Embedder = TextEmbedder.Fit(model, tokens);
    }

    public LanguageModel Model { get; }

    public ComponentLayout Layout { get; }

    public IReadOnlyList<string> Domains { get; }

    public TextEmbedder Embedder { get; }

    /// <summary>The number of texts.</summary>
    public int TextCount => _texts;

    /// <summary>The tokens of a domain that were run.</summary>
    public long DomainTokens(int domain) => _domainTokens[domain];

    /// <summary>The components that one block has.</summary>
    public int BlockSize => Math.Max(1, Math.Min(MaxBlockComponents, BlockNumbers / Math.Max(1, _texts)));

    /// <summary>
    /// Learns how vectors of text embeddings are brought to <see cref="VectorProjection.StoredDimension"/> numbers. With no more texts than that
    /// nothing is lost: every meaning vector is a sum of text embeddings.
    /// </summary>
    public VectorProjection FitProjection()
    {
        int hidden = Model.Config.HiddenSize;
        if (hidden <= VectorProjection.StoredDimension)
        {
            return VectorProjection.Padding(hidden);
        }

        var sample = new List<float[]>(_texts);
        for (int t = 0; t < _texts; t++)
        {
            sample.Add(Embedder.Embed(_store.Tokens(t)));
        }

        return VectorProjection.Fit(hidden, sample);
    }

    /// <summary>Whether vectors lose something when they are projected: then the full ones are worth keeping.</summary>
    public bool LosesByProjection => Model.Config.HiddenSize > VectorProjection.StoredDimension && _texts > VectorProjection.StoredDimension;

    /// <summary>All blocks in order, a few computed at a time. <paramref name="meaning"/>: the space of the meaning vectors, null for skills alone.</summary>
    public IEnumerable<ProbeBlock> Blocks(bool skills, MeaningMode meaning, VectorProjection? projection, int parallelism)
    {
        int size = BlockSize;
        int blocks = (Layout.Count + size - 1) / size;
        float[]? embeddings = meaning == MeaningMode.None ? null : Embeddings(meaning == MeaningMode.Projected ? projection : null);
        int width = Math.Max(1, parallelism) * 2;
        for (int start = 0; start < blocks; start += width)
        {
            var results = new ProbeBlock[Math.Min(width, blocks - start)];
            int firstBlock = start;
            ParallelWork.For(results.Length, parallelism, i =>
            {
                int first = (firstBlock + i) * size;
                results[i] = Compute(first, Math.Min(size, Layout.Count - first), skills, embeddings);
            });
            foreach (ProbeBlock block in results)
            {
                yield return block;
            }
        }
    }

    /// <summary>The experts of every mixture layer, a block a layer.</summary>
    public IEnumerable<ProbeBlock> ExpertBlocks()
    {
        for (int layer = Layout.FirstLayer; layer < Layout.FirstLayer + Layout.LayerCount; layer++)
        {
            if (Layout.ExpertCount(layer) > 0)
            {
                yield return Compute(Layout.ExpertStart(layer), Layout.ExpertCount(layer), true, null);
            }
        }
    }

    /// <summary>The row of a component of a block in one domain.</summary>
    public SkillRow Skill(ProbeBlock block, int component, int domain)
    {
        int cell = (component * Domains.Count) + domain;
        var row = new SkillRow(Layout[block.First + component], Domains[domain])
        {
            SkillLevel = block.Skills[cell],
            Importance = block.Importance[cell],
            FiringRate = block.Firing[cell],
            MeanActivation = block.Signed[cell],
            RoutingSkill = double.NaN,
            DomainTexts = _domainTexts[domain],
            OtherTexts = _texts - _domainTexts[domain],
            DomainTokens = _domainTokens[domain],
        };
        row.SetInterval();
        if (block.Routing != null && row.Component.Kind == ComponentKind.Expert)
        {
            row.RoutingSkill = block.Routing[cell];
        }

        return row;
    }

    /// <summary>+1 or -1: the sign of a component's mean activation over all probe tokens.</summary>
    public int Sign(ProbeBlock block, int component)
    {
        double sum = 0;
        for (int d = 0; d < Domains.Count; d++)
        {
            sum += block.Signed[(component * Domains.Count) + d] * _domainTokens[d];
        }

        return sum < 0 ? -1 : 1;
    }

    /// <summary>The places that excite a component most, one a text.</summary>
    public IEnumerable<ContextRow> Contexts(ProbeBlock block, int component)
    {
        for (int rank = 0; rank < block.ContextCount; rank++)
        {
            int cell = (component * block.ContextCount) + rank;
            int text = block.ContextText[cell];
            if (text < 0)
            {
                yield break;
            }

            int[] ids = _store.Tokens(text);
            int position = Math.Min(Math.Max(0, block.ContextPosition[cell]), ids.Length - 1);
            yield return new ContextRow(
                Layout[block.First + component],
                rank + 1,
                Domains[_domainOfText[text]],
                text,
                position,
                block.ContextValue[cell],
                Text(ids, position - SnippetTokens, position),
                Model.Tokenizer.Display(ids[position]),
                Text(ids, position + 1, position + 1 + SnippetTokens));
        }
    }

    private string Text(int[] ids, int start, int end)
    {
        var stream = Model.Tokenizer.StartStream(continues: start > 1);
        var text = new System.Text.StringBuilder();
        for (int i = Math.Max(0, start); i < Math.Min(end, ids.Length); i++)
        {
            text.Append(stream.Push(ids[i]));
        }

        return text.ToString();
    }

    private ProbeBlock Compute(int first, int count, bool skills, float[]? embeddings)
    {
        var block = new ProbeBlock(first, count, Domains.Count, skills ? _contexts : 0);
        float[] rows = new float[(long)count * _texts];
        ReadMeans(block, block.Signed, ActivationField.Signed, null);
        ReadMeans(block, block.Importance, ActivationField.Magnitude, rows);
        if (skills)
        {
            ReadMeans(block, block.Firing, ActivationField.Firing, null);
            ReadContexts(block);
            WeighByWrites(block);
            ComputeSkills(block, rows, block.Skills);
            ComputeRouting(block);
        }

        if (embeddings != null)
        {
            ComputeMeaning(block, rows, embeddings);
        }

        return block;
    }

    /// <summary>The means over each domain's tokens of a field, and, where asked for, its numbers as [component, text].</summary>
    private void ReadMeans(ProbeBlock block, double[] means, ActivationField field, float[]? rows)
    {
        float[] buffer = new float[block.Count];
        int domains = Domains.Count;
        fixed (float* values = buffer)
        {
            for (int t = 0; t < _texts; t++)
            {
                _store.Read(t, field, block.First, block.Count, values);
                int domain = _domainOfText[t];
                double tokens = _store.TokenCount(t);
                for (int c = 0; c < block.Count; c++)
                {
                    means[(c * domains) + domain] += values[c] * tokens;
                }

                for (int c = 0; rows != null && c < block.Count; c++)
                {
                    rows[((long)c * _texts) + t] = values[c];
                }
            }
        }

        for (int cell = 0; cell < means.Length; cell++)
        {
            means[cell] /= Math.Max(1, _domainTokens[cell % domains]);
        }
    }

    private void ReadContexts(ProbeBlock block)
    {
        if (block.ContextCount == 0)
        {
            return;
        }

        float[] peaks = new float[block.Count];
        float[] positions = new float[block.Count];
        fixed (float* peak = peaks, position = positions)
        {
            for (int t = 0; t < _texts; t++)
            {
                _store.Read(t, ActivationField.Peak, block.First, block.Count, peak);
                _store.Read(t, ActivationField.PeakPosition, block.First, block.Count, position);
                for (int c = 0; c < block.Count; c++)
                {
                    block.Offer(c, t, peak[c], position[c]);
                }
            }
        }
    }

    /// <summary>A neuron's importance is its activation times the length of what it writes; other components' magnitude is that length already.</summary>
    private void WeighByWrites(ProbeBlock block)
    {
        for (int c = 0; c < block.Count; c++)
        {
            ComponentId id = Layout[block.First + c];
            if (id.Kind == ComponentKind.Neuron)
            {
                double norm = Norms(id.Layer)[id.Index];
                for (int d = 0; d < Domains.Count; d++)
                {
                    block.Importance[(c * Domains.Count) + d] *= norm;
                }
            }
        }
    }

    private float[] Norms(int layer)
    {
        lock (_norms)
        {
            return _norms[layer - Layout.FirstLayer] ??= WriteVectors.NeuronNorms(Model.Weights.Layers[layer]);
        }
    }

    private void ComputeSkills(ProbeBlock block, float[] rows, double[] target)
    {
        float[] values = new float[_texts];
        int[] order = new int[_texts];
        double[] skills = new double[Domains.Count];
        for (int c = 0; c < block.Count; c++)
        {
            Array.Copy(rows, (long)c * _texts, values, 0, _texts);
            Auroc.OfDomains(values, order, _domainOfText, _domainTexts, skills);
            Array.Copy(skills, 0, target, c * Domains.Count, skills.Length);
        }
    }

    /// <summary>How well the router's choice of an expert alone tells the domains apart.</summary>
    private void ComputeRouting(ProbeBlock block)
    {
        bool hasExpert = false;
        for (int c = 0; c < block.Count && !hasExpert; c++)
        {
            hasExpert = Layout[block.First + c].Kind == ComponentKind.Expert;
        }

        if (hasExpert)
        {
            float[] rows = new float[(long)block.Count * _texts];
            ReadMeans(block, new double[block.Signed.Length], ActivationField.Signed, rows);
            block.Routing = new double[block.Skills.Length];
            ComputeSkills(block, rows, block.Routing);
        }
    }

    private void ComputeMeaning(ProbeBlock block, float[] rows, float[] embeddings)
    {
        int dimension = embeddings.Length / _texts;
        for (int c = 0; c < block.Count; c++)
        {
            Standardize(rows, (long)c * _texts, _texts);
        }

        block.Meaning = new float[(long)block.Count * dimension];
        fixed (float* weights = rows, vectors = embeddings, target = block.Meaning)
        {
            Kernels.MultiplyTransposed(weights, _texts, block.Count, vectors, _texts, dimension, _texts, target, dimension);
            for (int c = 0; c < block.Count; c++)
            {
                VectorMath.Normalize(target + ((long)c * dimension), dimension);
            }
        }
    }

    /// <summary>The texts' embeddings [dimension, texts]: one row a dimension, so that a component's weights meet it in a dot product.</summary>
    private float[] Embeddings(VectorProjection? projection)
    {
        lock (_projected)
        {
            if (projection != null && _projected.TryGetValue(projection, out float[]? known))
            {
                return known;
            }

            if (projection == null && _embeddings != null)
            {
                return _embeddings;
            }

            int dimension = projection == null ? Model.Config.HiddenSize : VectorProjection.StoredDimension;
            float[] result = new float[(long)dimension * _texts];
            for (int t = 0; t < _texts; t++)
            {
                float[] vector = Embedder.Embed(_store.Tokens(t));
                vector = projection == null ? vector : projection.Project(vector);
                for (int i = 0; i < dimension; i++)
                {
                    result[((long)i * _texts) + t] = vector[i];
                }
            }

            if (projection == null)
            {
                _embeddings = result;
            }
            else
            {
                _projected[projection] = result;
            }

            return result;
        }
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

/// <summary>The space in which meaning vectors are computed.</summary>
internal enum MeaningMode
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>The model's own: hidden numbers.</summary>
    Full,

    /// <summary>That of the VECTOR columns.</summary>
    Projected,
}
