using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Questions;

/// <summary>What wrote a part of the residual stream.</summary>
public enum TracePart
{
    /// <summary>The token's embedding (and its position's, where the model has those).</summary>
    Embedding,

    /// <summary>The attention of a layer.</summary>
    Attention,

    /// <summary>The FFN of a layer.</summary>
    FeedForward,

    /// <summary>The bias of the final norm.</summary>
    Bias,
}

/// <summary>The residual stream after one step, read as if the model ended there, and what the step added.</summary>
public sealed class TraceStep
{
    internal TraceStep(int number, TracePart part, int layer)
    {
        Number = number;
        Part = part;
        Layer = layer;
    }

    /// <summary>0 for the embedding, then in the order of computation.</summary>
    public int Number { get; }

    /// <summary>What was added.</summary>
    public TracePart Part { get; }

    /// <summary>The layer; -1 for embedding and bias.</summary>
    public int Layer { get; }

    /// <summary>The rank of the answer among all tokens, 1 for the first.</summary>
    public int AnswerRank { get; internal set; }

    /// <summary>The probability of the answer.</summary>
    public double AnswerProbability { get; internal set; }

    /// <summary>The logit of the answer.</summary>
    public float AnswerLogit { get; internal set; }

    /// <summary>What this step adds to the answer's logit at the end, with the scale that the final norm has there. The steps' contributions sum to the final logit.</summary>
    public double Contribution { get; internal set; }

    /// <summary>The length of the stream after the step.</summary>
    public double ResidualNorm { get; internal set; }

    /// <summary>The length of what was added.</summary>
    public double DeltaNorm { get; internal set; }

    /// <summary>The likeliest token.</summary>
    public int TopId { get; internal set; }

    /// <summary>Its text.</summary>
    public string TopText { get; internal set; } = string.Empty;

    /// <summary>Its probability.</summary>
    public double TopProbability { get; internal set; }
}

/// <summary>
/// The logit lens (nostalgebraist 2020) over the last position of a prompt: the stream after every attention and every FFN goes through the final norm and the output
/// head; and the direct contribution of every step to the logit of an answer.
/// </summary>
public sealed unsafe class PromptTrace
{
    /// <summary>Steps whose logits are computed at once.</summary>
    private const int LensBatch = 16;

    private PromptTrace(int answerId, string answerText, float answerLogit, double contributionTotal, IReadOnlyList<TraceStep> steps)
    {
        AnswerId = answerId;
        AnswerText = answerText;
        AnswerLogit = answerLogit;
        ContributionTotal = contributionTotal;
        Steps = steps;
    }

    /// <summary>The token that was traced.</summary>
    public int AnswerId { get; }

    /// <summary>Its text.</summary>
    public string AnswerText { get; }

    /// <summary>Its final logit.</summary>
    public float AnswerLogit { get; }

    /// <summary>The sum of all contributions: the final logit, before the soft cap that some models have.</summary>
    public double ContributionTotal { get; }

    /// <summary>The steps in order.</summary>
    public IReadOnlyList<TraceStep> Steps { get; }

    /// <summary>
    /// Traces a prompt. Of an answer the first token counts, as it continues the prompt with or without a blank between, whichever the model finds likelier; without an
    /// answer the token that the model finds likeliest is traced.
    /// </summary>
    public static PromptTrace Of(LanguageModel model, string prompt, string? answer = null, int parallelism = 1)
    {
        NinaException.Require(prompt != null, "The prompt is null.");
        int[] tokens = TextGenerator.PromptTokens(model, prompt!);
        var observer = new LastPosition(model.Weights.Layers.Count, model.Config.HiddenSize);
        InferenceSession session = model.StartSession(tokens.Length, parallelism);
        session.Append(tokens, 0, tokens.Length, observer);
        float[] logits = session.LastLogits();
        int answerId = Choose(model, prompt!, tokens, answer, logits);

        float[] embedding = new float[model.Config.HiddenSize];
        model.Weights.Embed(model.Config, tokens[tokens.Length - 1], tokens.Length - 1, embedding, 0);
        var parts = new List<float[]> { embedding };
        for (int layer = 0; layer < model.Weights.Layers.Count; layer++)
        {
            parts.Add(observer.Attention[layer]);
            parts.Add(observer.FeedForward[layer]);
        }

        List<float[]> streams = Accumulate(parts);
        List<TraceStep> steps = Look(model, session, streams, answerId);
        FinalNorm norm = FinalNorm.Of(model, streams[streams.Count - 1], answerId);
        double total = norm.BiasShare;
        for (int i = 0; i < steps.Count; i++)
        {
            steps[i].Contribution = norm.ShareOf(parts[i]);
            steps[i].DeltaNorm = Length(parts[i]);
            steps[i].ResidualNorm = Length(streams[i]);
            total += steps[i].Contribution;
        }

        if (model.Weights.FinalNormBias != null)
        {
            TraceStep last = steps[steps.Count - 1];
            steps.Add(new TraceStep(steps.Count, TracePart.Bias, -1)
            {
                AnswerRank = last.AnswerRank,
                AnswerProbability = last.AnswerProbability,
                AnswerLogit = last.AnswerLogit,
                Contribution = norm.BiasShare,
                ResidualNorm = last.ResidualNorm,
                TopId = last.TopId,
                TopText = last.TopText,
                TopProbability = last.TopProbability,
            });
        }

        return new PromptTrace(answerId, TokenText.Of(model, answerId), logits[answerId], total, steps);
    }

    private static int Choose(LanguageModel model, string prompt, int[] tokens, string? answer, float[] logits)
    {
        if (answer == null)
        {
            return LogitTable.Highest(logits, 1)[0];
        }

        int best = -1;
        foreach (int id in TokenText.Continuations(model, prompt, tokens, answer))
        {
            best = best < 0 || logits[id] > logits[best] ? id : best;
        }

        return best;
    }

    /// <summary>The stream after every part, added up as the forward pass does.</summary>
    private static List<float[]> Accumulate(List<float[]> parts)
    {
        var streams = new List<float[]>(parts.Count);
        float[] stream = new float[parts[0].Length];
        foreach (float[] part in parts)
        {
            stream = (float[])stream.Clone();
            for (int i = 0; i < stream.Length; i++)
            {
                stream[i] += part[i];
            }

            streams.Add(stream);
        }

        return streams;
    }

    private static List<TraceStep> Look(LanguageModel model, InferenceSession session, List<float[]> streams, int answerId)
    {
        int hidden = model.Config.HiddenSize;
        int vocabulary = model.Weights.OutputHead.Rows;
        float[] input = new float[LensBatch * hidden];
        float[] output = new float[(long)LensBatch * vocabulary];
        float[] logits = new float[vocabulary];
        var steps = new List<TraceStep>();
        for (int first = 0; first < streams.Count; first += LensBatch)
        {
            int count = Math.Min(LensBatch, streams.Count - first);
            for (int i = 0; i < count; i++)
            {
                Array.Copy(streams[first + i], 0, input, i * hidden, hidden);
            }

            fixed (float* x = input, y = output)
            {
                session.LogitsOf(x, count, y);
            }

            for (int i = 0; i < count; i++)
            {
                Array.Copy(output, (long)i * vocabulary, logits, 0, vocabulary);
                steps.Add(Read(model, logits, answerId, first + i));
            }
        }

        return steps;
    }

    private static TraceStep Read(LanguageModel model, float[] logits, int answerId, int number)
    {
        TracePart part = number == 0 ? TracePart.Embedding : number % 2 == 1 ? TracePart.Attention : TracePart.FeedForward;
        LogitTable table = LogitTable.Of(logits);
        int top = LogitTable.Highest(logits, 1)[0];
        return new TraceStep(number, part, number == 0 ? -1 : (number - 1) / 2)
        {
            AnswerRank = LogitTable.RankOf(logits, answerId),
            AnswerProbability = table.Probability(logits[answerId]),
            AnswerLogit = logits[answerId],
            TopId = top,
            TopText = TokenText.Of(model, top),
            TopProbability = table.Probability(logits[top]),
        };
    }

    private static double Length(float[] vector)
    {
        double squares = 0;
        foreach (float value in vector)
        {
            squares += (double)value * value;
        }

        return Math.Sqrt(squares);
    }

    /// <summary>Keeps what every layer adds at the last position of the last batch.</summary>
    private sealed class LastPosition : IForwardObserver
    {
        public LastPosition(int layers, int hidden)
        {
            Attention = new float[layers][];
            FeedForward = new float[layers][];
            for (int l = 0; l < layers; l++)
            {
                Attention[l] = new float[hidden];
                FeedForward[l] = new float[hidden];
            }
        }

        public float[][] Attention { get; }

        public float[][] FeedForward { get; }

        public void OnAttention(int layer, float* delta, int tokens, int width) => Keep(Attention[layer], delta + ((long)(tokens - 1) * width));

        public void OnFeedForward(int layer, float* delta, int tokens, int width) => Keep(FeedForward[layer], delta + ((long)(tokens - 1) * width));

        public void OnHeads(int layer, float* heads, int tokens, int width)
        {
        }

        public void OnActivations(int layer, float* activations, float* up, int tokens, int width)
        {
        }

        public void OnRouting(int layer, float* weights, int tokens, int experts)
        {
        }

        public void OnExpert(int layer, int expert, int* tokenIndexes, float* activations, float* output, int count, int width)
        {
        }

        private static void Keep(float[] target, float* source)
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = source[i];
            }
        }
    }
}
