using System;
using System.Collections.Generic;
using System.Threading;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Distillation;

/// <summary>
/// Makes a smaller model that keeps a domain: drops FFN neurons and refits the down projection of the rest by ridge regression on
/// calibration texts, layer by layer, each layer on what the already reduced layers before it produce. One call a layer, so that a caller
/// can report progress:
/// W = argmin ‖Y − A_keep·W‖² + λ‖W − downᵀ_keep‖², λ = lambda · trace(A_keepᵀ A_keep)/K, solved by Cholesky in double precision.
/// </summary>
public sealed unsafe partial class DistillationJob
{
    /// <summary>Tokens whose activations are in memory at once.</summary>
    private const int ChunkTokens = 4096;

    /// <summary>Tokens whose products are summed in single precision before they are added in double.</summary>
    private const int PanelTokens = 256;

    private readonly LanguageModel _model;
    private readonly AgentPlan _plan;
    private readonly DistillationOptions _options;
    private readonly int[][] _texts;

    /// <summary>By text: the agent's residual stream [tokens, hidden] before the next layer.</summary>
    private readonly float[][] _agentStreams;

    /// <summary>By text: the full model's residual stream.</summary>
    private readonly float[][] _fullStreams;
    private readonly List<LayerWeights> _layers = new();
    private readonly int _longest;

    /// <summary>Prepares an agent. Raises <see cref="ErrorNumber.CalibrationEmpty"/> when a refit has no text to go by.</summary>
    public DistillationJob(LanguageModel model, AgentPlan plan, IReadOnlyList<string> calibrationTexts, DistillationOptions options)
    {
        options.Validate();
        NinaException.Require(plan.Kept.Count == model.Weights.Layers.Count, "The plan is of another model.");
        if (model.Config.HasPostNorms)
        {
            throw new NinaException(
                ErrorNumber.DistillationUnsupported, $"Model '{model.Name}' norms what its FFN writes ({model.Config.Architecture}): it cannot be fitted in closed form.");
        }

        _model = model;
        _plan = plan;
        _options = options;
        var texts = new List<int[]>();
        if (options.Target != RefitTarget.None)
        {
            foreach (string text in calibrationTexts)
            {
                int[] ids = model.Tokenizer.Encode(text);
                if (ids.Length > model.Config.ContextLength)
                {
                    Array.Resize(ref ids, model.Config.ContextLength);
                }

                if (ids.Length > 0)
                {
                    texts.Add(ids);
                    _longest = Math.Max(_longest, ids.Length);
                    CalibrationTokens += ids.Length;
                }
            }

            if (texts.Count == 0)
            {
                throw new NinaException(ErrorNumber.CalibrationEmpty, "There is no calibration text to refit the agent on.");
            }
        }

        _texts = texts.ToArray();
        _agentStreams = Array.ConvertAll(_texts, Embed);
        _fullStreams = options.Target == RefitTarget.Stream ? Array.ConvertAll(_texts, Embed) : _agentStreams;
    }

    /// <summary>The layers to do.</summary>
    public int LayerCount => _model.Weights.Layers.Count;

    /// <summary>The layers done.</summary>
    public int LayersDone => _layers.Count;

    /// <summary>The tokens of the calibration texts.</summary>
    public long CalibrationTokens { get; }

    /// <summary>Distils all layers that are left, and returns the agent.</summary>
    public static LanguageModel Run(string name, LanguageModel model, AgentPlan plan, IReadOnlyList<string> calibrationTexts, DistillationOptions options)
    {
        var job = new DistillationJob(model, plan, calibrationTexts, options);
        while (job.RunNextLayer())
        {
        }

        return job.Finish(name);
    }

    /// <summary>Distils the next layer; false when none is left.</summary>
    public bool RunNextLayer()
    {
        if (LayersDone == LayerCount)
        {
            return false;
        }

        int layer = LayersDone;
        LayerWeights source = _model.Weights.Layers[layer];
        if (source.IsMixture)
        {
            _layers.Add(CutMixture(layer));
            return LayersDone < LayerCount;
        }

        int[] kept = _plan.Kept[layer];
        if (kept.Length == source.DenseUp.Rows)
        {
            // Nothing is dropped, so nothing is fitted: the layer stays bit for bit.
            PassLayer(layer);
            _layers.Add(source);
            return LayersDone < LayerCount;
        }

        WeightMatrix downRows = source.DenseDown.Transpose().SelectRows(kept);
        if (_options.Target != RefitTarget.None)
        {
            downRows = Refit(layer, kept, downRows);
        }

        _layers.Add(source.WithNeurons(kept, downRows.Transpose()));
        return LayersDone < LayerCount;
    }

    /// <summary>The agent, once all layers are done.</summary>
    public LanguageModel Finish(string name)
    {
        NinaException.Require(LayersDone == LayerCount, $"Only {LayersDone} of {LayerCount} layers are done.");
        return _model.With(name, ConfigOf(), _model.Weights.WithLayers(_layers));
    }

    private ModelConfig ConfigOf()
    {
        if (_plan.KeptExperts == null)
        {
            return _plan.KeptPerLayer == _model.Config.FeedForwardSize ? _model.Config : _model.Config.WithFeedForwardSize(_plan.KeptPerLayer);
        }

        ModelConfig config = _plan.ExpertsPerLayer == _model.Config.ExpertCount ? _model.Config : _model.Config.WithExperts(_plan.ExpertsPerLayer);
        return _plan.NeuronsPerExpert == 0 || _plan.NeuronsPerExpert == config.ExpertFeedForwardSize ? config : config.WithExpertFeedForwardSize(_plan.NeuronsPerExpert);
    }

    /// <summary>Moves the streams past a layer that stays as it is.</summary>
    private void PassLayer(int layer)
    {
        using var sessions = new ThreadLocal<InferenceSession>(() => _model.StartSession(_longest));
        ParallelWork.For(_texts.Length, _options.Parallelism, i =>
        {
            Pass(sessions.Value!, layer, _agentStreams[i], _texts[i].Length);
            if (!ReferenceEquals(_agentStreams, _fullStreams))
            {
                Pass(sessions.Value!, layer, _fullStreams[i], _texts[i].Length);
            }
        });
    }

    private static void Pass(InferenceSession session, int layer, float[] values, int tokens)
    {
        session.Reset();
        session.Reserve(tokens);
        fixed (float* stream = values)
        {
            session.RunAttention(layer, stream, tokens, null);
            session.RunFeedForward(layer, stream, tokens, null);
        }
    }

    private float[] Embed(int[] ids) => _model.Weights.Embed(_model.Config, ids);

    /// <summary>Fits the kept rows of the transposed down projection [kept, hidden] and moves the streams past the layer.</summary>
    private WeightMatrix Refit(int layer, int[] kept, WeightMatrix original)
    {
        int hidden = _model.Config.HiddenSize;
        int neurons = _model.Weights.Layers[layer].DenseUp.Rows;
        double[] gram = new double[(long)kept.Length * kept.Length];
        double[] product = new double[(long)hidden * kept.Length];
        var activations = new float[_texts.Length][];
        using var sessions = new ThreadLocal<InferenceSession>(() => _model.StartSession(_longest));
        for (int first = 0; first < _texts.Length;)
        {
            int last = first;
            for (int tokens = 0; last < _texts.Length && tokens < ChunkTokens; last++)
            {
                tokens += _texts[last].Length;
            }

            float[][] targets = new float[last - first][];
            int start = first;
            ParallelWork.For(last - first, _options.Parallelism, i => targets[i] = RunText(sessions.Value!, layer, start + i, kept, activations));
            for (int i = 0; i < targets.Length; i++)
            {
                Accumulate(activations[first + i], targets[i], _texts[first + i].Length, kept.Length, hidden, gram, product);
            }

            first = last;
        }

        WeightMatrix fitted = Solve(gram, product, original, hidden);
        var downFitted = fitted.Transpose();
        ParallelWork.For(_texts.Length, _options.Parallelism, i =>
        {
            int tokens = _texts[i].Length;
            float[] delta = new float[(long)tokens * hidden];
            fixed (float* a = activations[i], y = delta, stream = _agentStreams[i])
            {
                downFitted.Multiply(a, tokens, y);
                Kernels.AddScaled(stream, y, 1f, tokens * hidden);
            }

            float[]? bias = _model.Weights.Layers[layer].DownBias;
            for (long k = 0; bias != null && k < delta.LongLength; k++)
            {
                _agentStreams[i][k] += bias[k % hidden];
            }

            activations[i] = Array.Empty<float>();
        });
        return fitted;
    }

    /// <summary>
    /// Runs a text through the layer's attention and activations: leaves the kept activations [tokens, kept] in <paramref name="activations"/>,
    /// returns what the kept neurons should write [tokens, hidden].
    /// </summary>
    private float[] RunText(InferenceSession session, int layer, int text, int[] kept, float[][] activations)
    {
        LayerWeights weights = _model.Weights.Layers[layer];
        int tokens = _texts[text].Length;
        int hidden = _model.Config.HiddenSize;
        int neurons = weights.DenseUp.Rows;
        float[] all = new float[(long)tokens * neurons];
        float[] up = new float[all.LongLength];
        float[] target = new float[(long)tokens * hidden];
        float[] chosen = new float[(long)tokens * kept.Length];
        fixed (float* stream = _agentStreams[text], full = _fullStreams[text], a = all, u = up, y = target)
        {
            session.Reset();
            session.Reserve(tokens);
            session.RunAttention(layer, stream, tokens, null);
            session.RunActivations(layer, stream, tokens, a, u);
            for (int t = 0; t < tokens; t++)
            {
                for (int k = 0; k < kept.Length; k++)
                {
                    chosen[((long)t * kept.Length) + k] = a[((long)t * neurons) + kept[k]];
                }
            }

            if (_options.Target == RefitTarget.Layer)
            {
                weights.DenseDown.Multiply(a, tokens, y);
            }
            else
            {
                session.Reset();
                session.RunAttention(layer, full, tokens, null);
                session.RunFeedForward(layer, full, tokens, null);
                float[]? bias = weights.DownBias;
                for (long i = 0; i < target.LongLength; i++)
                {
                    y[i] = full[i] - stream[i] - (bias == null ? 0 : bias[i % hidden]);
                }
            }
        }

        activations[text] = chosen;
        return target;
    }

    /// <summary>gram += AᵀA, product += YᵀA, panel by panel; either may be left out.</summary>
    private void Accumulate(float[] a, float[]? y, int tokens, int kept, int hidden, double[]? gram, double[]? product)
    {
        float[] panelA = new float[kept * PanelTokens];
        float[] panelY = new float[Math.Max(hidden, 1) * PanelTokens];
        float[] sums = new float[(long)Math.Max(kept, hidden) * kept];
        for (int first = 0; first < tokens; first += PanelTokens)
        {
            int count = Math.Min(PanelTokens, tokens - first);
            TransposePanel(a, first, count, kept, panelA);
            fixed (float* left = panelA, right = panelY, result = sums)
            {
                if (gram != null)
                {
                    Add(left, kept, left, kept, count, result, gram);
                }

                if (y != null && product != null)
                {
                    TransposePanel(y, first, count, hidden, panelY);
                    Add(right, hidden, left, kept, count, result, product);
                }
            }
        }
    }

    /// <summary>target[rows, columns] += x[rows, count] · w[columns, count]ᵀ.</summary>
    private void Add(float* x, int rows, float* w, int columns, int count, float* scratch, double[] target)
    {
        int parts = _options.Parallelism <= 1 ? 1 : Math.Min(rows, _options.Parallelism * 2);
        ParallelWork.For(parts, _options.Parallelism, part =>
        {
            int start = (int)((long)rows * part / parts);
            int end = (int)((long)rows * (part + 1) / parts);
            Kernels.MultiplyTransposed(x + ((long)start * PanelTokens), PanelTokens, end - start, w, PanelTokens, columns, count, scratch + ((long)start * columns), columns);
            for (long i = (long)start * columns; i < (long)end * columns; i++)
            {
                target[i] += scratch[i];
            }
        });
    }

    private static void TransposePanel(float[] source, int first, int count, int width, float[] target)
    {
        for (int t = 0; t < count; t++)
        {
            for (int i = 0; i < width; i++)
            {
                target[(i * PanelTokens) + t] = source[((long)(first + t) * width) + i];
            }
        }
    }

    /// <summary>Solves (gram + λ) W = product + λ · original; product and the solution are [hidden, kept].</summary>
    private WeightMatrix Solve(double[] gram, double[] product, WeightMatrix original, int hidden)
    {
        int kept = original.Rows;
        double trace = 0;
        for (int k = 0; k < kept; k++)
        {
            trace += gram[((long)k * kept) + k];
        }

        double lambda = Math.Max(_options.Lambda * trace / kept, double.Epsilon);
        if (!(trace > 0))
        {
            return original;
        }

        float[] down = original.Values;
        for (int k = 0; k < kept; k++)
        {
            gram[((long)k * kept) + k] += lambda;
            for (int h = 0; h < hidden; h++)
            {
                product[((long)h * kept) + k] += lambda * down[((long)k * hidden) + h];
            }
        }

        Cholesky.SolveInPlace(gram, kept, product, hidden);
        float[] values = new float[(long)kept * hidden];
        for (int h = 0; h < hidden; h++)
        {
            for (int k = 0; k < kept; k++)
            {
                values[((long)k * hidden) + h] = (float)product[((long)h * kept) + k];
            }
        }

        return new WeightMatrix(kept, hidden, values);
    }
}
