using System;
using System.Collections.Generic;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Questions;

/// <summary>Finds the components whose write direction promotes a token most.</summary>
internal sealed unsafe class TokenWriters
{
    /// <summary>Multiplications spent on estimating how all components treat the vocabulary.</summary>
    private const double EstimateWork = 6e9;

    private const int LeastSample = 64;

    /// <summary>For one component that is shown so many are looked at closely.</summary>
    private const int CandidatesPerPlace = 4;

    private readonly LanguageModel _model;
    private readonly int _token;
    private readonly int _parallelism;
    private readonly float[] _meanOutput;
    private readonly List<FeedForwardPart> _parts;

    public TokenWriters(LanguageModel model, int token, int parallelism)
    {
        _model = model;
        _token = token;
        _parallelism = parallelism;
        _meanOutput = MeanOutput(model.Weights.OutputHead);
        _parts = FeedForwardPart.OfModel(model);
    }

    /// <summary>The best <paramref name="top"/>, by z-score.</summary>
    public List<TokenLink> Find(int top)
    {
        var candidates = new List<KeyValuePair<ComponentId, double>>();
        List<FeedForwardPart> parts = _parts;
        double weights = 0;
        foreach (FeedForwardPart part in parts)
        {
            weights += (double)part.Down.Rows * part.Down.Columns;
        }

        int[] sample = TokenDescription.SampleOfVocabulary(_model, Math.Max(LeastSample, (long)(EstimateWork / weights)));
        float[][] rows = Array.ConvertAll(sample, id => CentredRow(id, throughNorm: true));
        float[] own = CentredRow(_token, throughNorm: true);
        int kept = checked((top * CandidatesPerPlace) + 16);
        var estimates = new float[parts.Count][];
        ParallelWork.For(parts.Count, _parallelism, p => estimates[p] = Estimate(parts[p].Down, own, rows));
        for (int p = 0; p < parts.Count; p++)
        {
            float[] magnitude = Array.ConvertAll(estimates[p], Math.Abs);
            foreach (int i in LogitTable.Highest(magnitude, kept))
            {
                candidates.Add(new KeyValuePair<ComponentId, double>(new ComponentId(ComponentKind.Neuron, parts[p].Layer, parts[p].FirstNeuron + i), magnitude[i]));
            }
        }

        candidates.Sort((a, b) => b.Value.CompareTo(a.Value));
        var chosen = new List<ComponentId>();
        for (int i = 0; i < Math.Min(kept, candidates.Count); i++)
        {
            chosen.Add(candidates[i].Key);
        }

        var vectors = new Dictionary<ComponentId, float[]>();
        foreach (ComponentId component in chosen)
        {
            vectors[component] = Neuron(component);
        }

        AddHeadsAndExperts(vectors, sample, kept);
        return Exact(new List<KeyValuePair<ComponentId, float[]>>(vectors), top);
    }

    private static float[] MeanOutput(WeightMatrix head)
    {
        double[] sum = new double[head.Columns];
        for (int r = 0; r < head.Rows; r++)
        {
            float[] row = head.Row(r);
            for (int i = 0; i < row.Length; i++)
            {
                sum[i] += row[i];
            }
        }

        return Array.ConvertAll(sum, s => (float)(s / head.Rows));
    }

    /// <summary>
    /// The output row of a token less the mean row. Its product with a write vector is the promotion; times the final norm's weights, its product with a component's own
    /// weights is.
    /// </summary>
    private float[] CentredRow(int id, bool throughNorm)
    {
        float[] row = _model.Weights.OutputHead.Row(id);
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = (row[i] - _meanOutput[i]) * (throughNorm ? _model.Config.NormOffset + _model.Weights.FinalNorm[i] : 1);
        }

        return row;
    }

    /// <summary>The z-scores of the token for all neurons of a part, over the sampled vocabulary. The length of a write direction cancels.</summary>
    private static float[] Estimate(WeightMatrix down, float[] own, float[][] rows)
    {
        int width = down.Columns;
        float[] score = new float[width];
        float[] one = new float[width];
        double[] squares = new double[width];
        float[] sums = new float[(long)rows.Length * width];
        fixed (float* target = score, sum = sums)
        {
            for (int k = 0; k < down.Rows; k++)
            {
                float[] weights = down.Row(k);
                fixed (float* w = weights)
                {
                    Kernels.AddScaled(target, w, own[k], width);
                    for (int r = 0; r < rows.Length; r++)
                    {
                        Kernels.AddScaled(sum + ((long)r * width), w, rows[r][k], width);
                    }
                }
            }

            for (int r = 0; r < rows.Length; r++)
            {
                for (int i = 0; i < width; i++)
                {
                    double s = sum[((long)r * width) + i];
                    squares[i] += s * s;
                }
            }
        }

        for (int i = 0; i < width; i++)
        {
            double deviation = Math.Sqrt(squares[i] / rows.Length);
            one[i] = deviation > 0 ? (float)(score[i] / deviation) : 0;
        }

        return one;
    }

    /// <summary>Adds the write vectors of the heads and experts that promote the token most over the sampled vocabulary.</summary>
    private void AddHeadsAndExperts(Dictionary<ComponentId, float[]> vectors, int[] sample, int kept)
    {
        var all = new List<ComponentId>();
        for (int layer = 0; layer < _model.Weights.Layers.Count; layer++)
        {
            for (int h = 0; h < _model.Config.HeadCount; h++)
            {
                all.Add(new ComponentId(ComponentKind.Head, layer, h));
            }

            MixtureWeights? mixture = _model.Weights.Layers[layer].Mixture;
            int experts = mixture == null ? 0 : mixture.Experts.Count + (mixture.Shared == null ? 0 : 1);
            for (int e = 0; e < experts; e++)
            {
                all.Add(new ComponentId(ComponentKind.Expert, layer, e));
            }
        }

        var writers = new WriteVectors(_model);
        float[] own = CentredRow(_token, throughNorm: false);
        float[][] rows = Array.ConvertAll(sample, id => CentredRow(id, throughNorm: false));
        var directions = new float[all.Count][];
        float[] estimates = new float[all.Count];
        ParallelWork.For(all.Count, _parallelism, c =>
        {
            directions[c] = writers.Of(all[c]) ?? new float[own.Length];
            double squares = 0;
            fixed (float* direction = directions[c], target = own)
            {
                foreach (float[] row in rows)
                {
                    fixed (float* other = row)
                    {
                        double score = Kernels.Dot(other, direction, own.Length);
                        squares += score * score;
                    }
                }

                double deviation = Math.Sqrt(squares / rows.Length);
                estimates[c] = deviation > 0 ? (float)(Math.Abs(Kernels.Dot(target, direction, own.Length)) / deviation) : 0;
            }
        });
        foreach (int c in LogitTable.Highest(estimates, kept))
        {
            vectors[all[c]] = directions[c];
        }
    }

    /// <summary>Scores of the candidates over the whole vocabulary.</summary>
    private List<TokenLink> Exact(List<KeyValuePair<ComponentId, float[]>> candidates, int top)
    {
        WeightMatrix head = _model.Weights.OutputHead;
        int vocabulary = Math.Min(head.Rows, _model.Tokenizer.Vocabulary.Count);
        var found = new TokenLink?[candidates.Count];
        ParallelWork.For(candidates.Count, _parallelism, c =>
        {
            float[] scores = new float[head.Rows];
            fixed (float* x = candidates[c].Value, y = scores, mean = _meanOutput)
            {
                head.Multiply(x, 1, y);
                float offset = Kernels.Dot(mean, x, head.Columns);
                for (int id = 0; id < vocabulary; id++)
                {
                    scores[id] -= offset;
                }
            }

            found[c] = Link(candidates[c].Key, scores, vocabulary);
        });
        var links = new List<TokenLink>();
        foreach (TokenLink? link in found)
        {
            if (link != null)
            {
                links.Add(link);
            }
        }

        links.Sort((a, b) => b.ZScore.CompareTo(a.ZScore));
        return links.GetRange(0, Math.Min(top, links.Count));
    }

    /// <summary>The unit write vector of a neuron.</summary>
    private float[] Neuron(ComponentId component)
    {
        FeedForwardPart part = _parts.Find(p => p.Layer == component.Layer && component.Index >= p.FirstNeuron && component.Index < p.FirstNeuron + p.NeuronCount)!;
        float[] vector = part.Down.Column(component.Index - part.FirstNeuron);
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] *= _model.Config.NormOffset + _model.Weights.FinalNorm[i];
        }

        VectorMath.Normalize(vector);
        return vector;
    }

    private TokenLink? Link(ComponentId component, float[] scores, int vocabulary)
    {
        double squares = 0;
        for (int id = 0; id < vocabulary; id++)
        {
            squares += (double)scores[id] * scores[id];
        }

        double deviation = Math.Sqrt(squares / vocabulary);
        float own = scores[_token];

        // What does nothing promotes nothing; an ungated neuron (ReLU, GELU) hardly ever is negative.
        int sign = own >= 0 ? 1 : -1;
        if (deviation == 0 || own == 0 || (sign < 0 && component.Kind == ComponentKind.Neuron && !_model.Config.IsGated))
        {
            return null;
        }

        int rank = 1;
        for (int id = 0; id < vocabulary; id++)
        {
            rank += sign * scores[id] > sign * own && !_model.Tokenizer.IsSpecial(id) ? 1 : 0;
        }

        return new TokenLink(TokenRelation.Writes, component, sign, own, Math.Abs(own) / deviation, rank);
    }
}
