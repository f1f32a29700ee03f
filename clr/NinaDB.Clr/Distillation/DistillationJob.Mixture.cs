using System;
using System.Collections.Generic;
using System.Threading;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Distillation;

/// <content>
/// Mixtures of experts: experts are dropped, the router chooses among the rest (its weights are normalised over those), and the down projections of the
/// rest are fitted by the same closed form, expert by expert: each to what the others leave of the target, in a few rounds (block Gauss-Seidel).
/// </content>
public sealed unsafe partial class DistillationJob
{
    /// <summary>Rounds over the experts of a layer.</summary>
    private const int Rounds = 3;

    private LayerWeights CutMixture(int layer)
    {
        LayerWeights source = _model.Weights.Layers[layer];
        MixtureWeights mixture = source.Mixture!.WithExperts(_plan.KeptExperts![layer]);
        int[][]? neurons = _plan.ExpertNeurons?[layer];
        for (int e = 0; neurons != null && e < neurons.Length; e++)
        {
            ExpertWeights expert = mixture.Experts[e];
            mixture = mixture.WithExpert(e, expert.WithNeurons(neurons[e], expert.Down.Transpose().SelectRows(neurons[e]).Transpose()));
        }

        if (_options.Target != RefitTarget.None)
        {
            mixture = Refit(layer, source, mixture);
        }

        return source.WithMixture(mixture);
    }

    /// <summary>Fits the down projections of a mixture that was cut, and moves the streams past the layer.</summary>
    private MixtureWeights Refit(int layer, LayerWeights source, MixtureWeights cut)
    {
        int hidden = _model.Config.HiddenSize;
        var layers = new List<LayerWeights>(_model.Weights.Layers) { [layer] = source.WithMixture(cut) };
        LanguageModel reduced = _model.With(_model.Name, _model.Config.WithExperts(cut.Experts.Count), _model.Weights.WithLayers(layers));
        var captures = new ExpertCapture[_texts.Length];

        // By text: what the kept experts do not write yet of what they should [tokens, hidden].
        float[][] residuals = new float[_texts.Length][];
        using (var sessions = new ThreadLocal<InferenceSession>(() => _model.StartSession(_longest)))
        using (var reducedSessions = new ThreadLocal<InferenceSession>(() => reduced.StartSession(_longest)))
        {
            ParallelWork.For(
                _texts.Length,
                _options.Parallelism,
                i => residuals[i] = RunText(sessions.Value!, reducedSessions.Value!, layer, i, captures));
        }

        double[][] grams = new double[cut.Experts.Count][];
        for (int e = 0; e < grams.Length; e++)
        {
            int width = cut.Experts[e].NeuronCount;
            grams[e] = new double[(long)width * width];
            foreach (ExpertCapture capture in captures)
            {
                if (capture.Tokens.TryGetValue(e, out int[]? tokens))
                {
                    Accumulate(capture.Activations[e], null, tokens.Length, width, 0, grams[e], null);
                }
            }
        }

        for (int round = 0; round < Rounds; round++)
        {
            for (int e = 0; e < grams.Length; e++)
            {
                cut = cut.WithExpert(e, cut.Experts[e].WithDown(FitExpert(source.Mixture!, layer, cut.Experts[e], e, grams[e], captures, residuals, hidden)));
            }
        }

        for (int i = 0; i < _texts.Length; i++)
        {
            // The target less what is left of it is what the experts write now; the shared expert writes what it did.
            float[] written = captures[i].Target;
            float[] stream = _agentStreams[i];
            for (long k = 0; k < stream.LongLength; k++)
            {
                stream[k] += written[k] - residuals[i][k];
            }
        }

        return cut;
    }

    /// <summary>
    /// Runs a text through the layer with all experts and with the kept ones. Returns how much of <see cref="ExpertCapture.Target"/> the kept ones do not write.
    /// </summary>
    private float[] RunText(InferenceSession session, InferenceSession reduced, int layer, int text, ExpertCapture[] captures)
    {
        int tokens = _texts[text].Length;
        int hidden = _model.Config.HiddenSize;
        float[] target = new float[(long)tokens * hidden];
        var capture = new ExpertCapture(_model.Config.Routing == RoutingKind.SigmoidOfInput);
        fixed (float* stream = _agentStreams[text], full = _fullStreams[text], y = target)
        {
            reduced.Reset();
            reduced.Reserve(tokens);
            reduced.RunAttention(layer, stream, tokens, null);
            float[] after = (float[])_agentStreams[text].Clone();
            fixed (float* scratch = after)
            {
                reduced.RunFeedForward(layer, scratch, tokens, capture);
            }

            session.Reset();
            session.Reserve(tokens);
            if (_options.Target == RefitTarget.Stream)
            {
                session.RunAttention(layer, full, tokens, null);
                session.RunFeedForward(layer, full, tokens, null);
                for (long i = 0; i < target.LongLength; i++)
                {
                    y[i] = full[i] - stream[i];
                }
            }
            else
            {
                after = (float[])_agentStreams[text].Clone();
                fixed (float* scratch = after)
                {
                    session.RunFeedForward(layer, scratch, tokens, null);
                    for (long i = 0; i < target.LongLength; i++)
                    {
                        y[i] = scratch[i] - stream[i];
                    }
                }
            }
        }

        float[] residual = new float[target.LongLength];
        for (long i = 0; i < residual.LongLength; i++)
        {
            residual[i] = target[i] - capture.Delta[i];
        }

        capture.Target = target;
        captures[text] = capture;
        return residual;
    }

    /// <summary>The down projection [hidden, neurons] of an expert, fitted to what the others leave; the residuals follow.</summary>
    private WeightMatrix FitExpert(
        MixtureWeights full, int layer, ExpertWeights expert, int index, double[] gram, ExpertCapture[] captures, float[][] residuals, int hidden)
    {
        int width = expert.NeuronCount;
        double[] product = new double[(long)hidden * width];
        double[] scratch = new double[gram.LongLength];
        WeightMatrix down = expert.Down;
        long count = 0;
        float[][] targets = new float[captures.Length][];
        for (int i = 0; i < captures.Length; i++)
        {
            if (captures[i].Tokens.TryGetValue(index, out int[]? tokens))
            {
                targets[i] = Contribution(down, captures[i].Activations[index], tokens, residuals[i], hidden, add: true);
                Accumulate(captures[i].Activations[index], targets[i], tokens.Length, width, hidden, null, product);
                count += tokens.Length;
            }
        }

        if (count == 0)
        {
            return down;
        }

        WeightMatrix original = OriginalRows(full, layer, index);
        Array.Copy(gram, scratch, gram.LongLength);
        WeightMatrix fitted = Solve(scratch, product, original, hidden).Transpose();
        for (int i = 0; i < captures.Length; i++)
        {
            if (captures[i].Tokens.TryGetValue(index, out int[]? tokens))
            {
                float[] written = Contribution(fitted, captures[i].Activations[index], tokens, null, hidden, add: false);
                for (int t = 0; t < tokens.Length; t++)
                {
                    for (int h = 0; h < hidden; h++)
                    {
                        residuals[i][((long)tokens[t] * hidden) + h] = targets[i][((long)t * hidden) + h] - written[((long)t * hidden) + h];
                    }
                }
            }
        }

        return fitted;
    }

    /// <summary>The rows [kept neurons, hidden] that an expert had before it was fitted.</summary>
    private WeightMatrix OriginalRows(MixtureWeights full, int layer, int index)
    {
        WeightMatrix rows = full.Experts[_plan.KeptExperts![layer][index]].Down.Transpose();
        int[]? kept = _plan.ExpertNeurons?[layer][index];
        return kept == null ? rows : rows.SelectRows(kept);
    }

    /// <summary>What an expert writes for its tokens [its tokens, hidden], with the residual of those tokens where asked for.</summary>
    private static float[] Contribution(WeightMatrix down, float[] activations, int[] tokens, float[]? residual, int hidden, bool add)
    {
        float[] written = new float[(long)tokens.Length * hidden];
        fixed (float* a = activations, y = written)
        {
            down.Multiply(a, tokens.Length, y);
        }

        for (int t = 0; add && t < tokens.Length; t++)
        {
            for (int h = 0; h < hidden; h++)
            {
                written[((long)t * hidden) + h] += residual![((long)tokens[t] * hidden) + h];
            }
        }

        return written;
    }
}
