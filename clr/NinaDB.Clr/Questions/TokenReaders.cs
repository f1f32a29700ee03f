using System;
using System.Collections.Generic;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Questions;

/// <summary>Finds the neurons, and the experts, that a token's embedding excites most compared with those of other tokens.</summary>
internal sealed unsafe class TokenReaders
{
    /// <summary>Multiplications spent on how all neurons respond to the vocabulary.</summary>
    private const double EstimateWork = 1.2e10;

    private const int LeastSample = 64;

    /// <summary>Tokens that run through a layer at once.</summary>
    private const int Batch = 64;

    private readonly LanguageModel _model;
    private readonly int _token;
    private readonly int _parallelism;

    public TokenReaders(LanguageModel model, int token, int parallelism)
    {
        _model = model;
        _token = token;
        _parallelism = parallelism;
    }

    /// <summary>The best <paramref name="top"/>, by z-score; ranks are over the sampled vocabulary, scaled up where that is not all of it.</summary>
    public List<TokenLink> Find(int top)
    {
        List<FeedForwardPart> parts = FeedForwardPart.OfModel(_model);
        double weights = 0;
        foreach (FeedForwardPart part in parts)
        {
            weights += (double)part.Up.Rows * part.Up.Columns * (part.Gate == null ? 1 : 2);
        }

        int[] sample = TokenDescription.SampleOfVocabulary(_model, Math.Max(LeastSample, (long)(EstimateWork / weights)));
        var links = new List<TokenLink>();
        for (int layer = 0; layer < _model.Weights.Layers.Count; layer++)
        {
            float[] own = Inputs(layer, new[] { _token });
            float[] others = Inputs(layer, sample);
            foreach (FeedForwardPart part in FeedForwardPart.Of(_model, layer))
            {
                AddNeurons(links, part, own, others, sample, top);
            }

            MixtureWeights? mixture = _model.Weights.Layers[layer].Mixture;
            if (mixture != null)
            {
                AddExperts(links, layer, mixture.Router, own, others, sample, top);
            }
        }

        links.Sort((a, b) => b.ZScore.CompareTo(a.ZScore));
        return links.GetRange(0, Math.Min(top, links.Count));
    }

    /// <summary>What the FFN of a layer reads where the stream is a token's embedding alone: [tokens, hidden].</summary>
    private float[] Inputs(int layer, int[] ids)
    {
        int hidden = _model.Config.HiddenSize;
        LayerWeights weights = _model.Weights.Layers[layer];
        float[] inputs = new float[(long)ids.Length * hidden];
        float[] row = new float[hidden];
        for (int t = 0; t < ids.Length; t++)
        {
            _model.Weights.Embed(_model.Config, ids[t], 0, row, 0);
            Normalize(row, weights.FeedForwardNorm, weights.FeedForwardNormBias);
            Array.Copy(row, 0, inputs, (long)t * hidden, hidden);
        }

        return inputs;
    }

    private void Normalize(float[] x, float[] weight, float[]? bias)
    {
        ModelConfig config = _model.Config;
        double mean = 0;
        if (config.Norm == NormKind.Layer)
        {
            foreach (float value in x)
            {
                mean += value;
            }

            mean /= x.Length;
        }

        double squares = 0;
        foreach (float value in x)
        {
            squares += (value - mean) * (value - mean);
        }

        double factor = 1 / Math.Sqrt((squares / x.Length) + config.NormEpsilon);
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = (float)((x[i] - mean) * factor * (config.NormOffset + weight[i])) + (bias == null ? 0 : bias[i]);
        }
    }

    private void AddNeurons(List<TokenLink> links, FeedForwardPart part, float[] own, float[] others, int[] sample, int top)
    {
        int width = part.NeuronCount;
        var tally = new Tally(width);
        float[] activations = new float[(long)Batch * width];
        float[] up = new float[(long)Batch * width];
        fixed (float* one = own, many = others, a = activations, u = up)
        {
            part.Activate(_model.Config.Activation, one, 1, a, u, _parallelism);
            tally.Start(activations, useMagnitude: true);
            for (int first = 0; first < sample.Length; first += Batch)
            {
                int count = Math.Min(Batch, sample.Length - first);
                part.Activate(_model.Config.Activation, many + ((long)first * _model.Config.HiddenSize), count, a, u, _parallelism);
                tally.Add(a, count, IsText, sample, first);
            }
        }

        tally.AddBest(links, top, sample.Length, Vocabulary, i => new ComponentId(ComponentKind.Neuron, part.Layer, part.FirstNeuron + i));
    }

    private void AddExperts(List<TokenLink> links, int layer, WeightMatrix router, float[] own, float[] others, int[] sample, int top)
    {
        var tally = new Tally(router.Rows);
        float[] logits = new float[Batch * router.Rows];
        fixed (float* one = own, many = others, y = logits)
        {
            router.Multiply(one, 1, y);
            tally.Start(logits, useMagnitude: false);
            for (int first = 0; first < sample.Length; first += Batch)
            {
                int count = Math.Min(Batch, sample.Length - first);
                router.Multiply(many + ((long)first * _model.Config.HiddenSize), count, y);
                tally.Add(y, count, IsText, sample, first);
            }
        }

        tally.AddBest(links, top, sample.Length, Vocabulary, i => new ComponentId(ComponentKind.Expert, layer, i));
    }

    private int Vocabulary => Math.Min(_model.Weights.OutputHead.Rows, _model.Tokenizer.Vocabulary.Count);

    private bool IsText(int id) => !_model.Tokenizer.IsSpecial(id);

    /// <summary>Mean and deviation of the responses to the vocabulary, and how many are above the token's own.</summary>
    private sealed class Tally
    {
        private readonly float[] _own;
        private readonly double[] _sum;
        private readonly double[] _squares;
        private readonly int[] _above;
        private bool _useMagnitude;
        private int _count;

        public Tally(int width)
        {
            _own = new float[width];
            _sum = new double[width];
            _squares = new double[width];
            _above = new int[width];
        }

        public void Start(float[] own, bool useMagnitude)
        {
            Array.Copy(own, _own, _own.Length);
            _useMagnitude = useMagnitude;
        }

        public void Add(float* responses, int tokens, Func<int, bool> isText, int[] ids, int first)
        {
            for (int t = 0; t < tokens; t++)
            {
                if (!isText(ids[first + t]))
                {
                    continue;
                }

                _count++;
                float* row = responses + ((long)t * _own.Length);
                for (int i = 0; i < _own.Length; i++)
                {
                    double value = Value(row[i]);
                    _sum[i] += value;
                    _squares[i] += value * value;
                    _above[i] += value > Value(_own[i]) ? 1 : 0;
                }
            }
        }

        public void AddBest(List<TokenLink> links, int top, int sampled, int vocabulary, Func<int, ComponentId> name)
        {
            float[] scores = new float[_own.Length];
            for (int i = 0; i < scores.Length; i++)
            {
                double mean = _sum[i] / Math.Max(1, _count);
                double deviation = Math.Sqrt(Math.Max(0, (_squares[i] / Math.Max(1, _count)) - (mean * mean)));
                scores[i] = deviation > 0 ? (float)((Value(_own[i]) - mean) / deviation) : 0;
            }

            foreach (int i in LogitTable.Highest(scores, top))
            {
                if (scores[i] > 0)
                {
                    int rank = 1 + (int)((double)_above[i] * vocabulary / sampled);
                    links.Add(new TokenLink(TokenRelation.Reads, name(i), _own[i] < 0 ? -1 : 1, _own[i], scores[i], rank));
                }
            }
        }

        private double Value(float response) => _useMagnitude ? Math.Abs(response) : response;
    }
}
