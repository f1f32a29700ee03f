using System.Text.Json;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Questions;

namespace NinaDB.Clr.Tests;

/// <summary>Questions asked of the shipped models, and of one small enough to be calculated by hand.</summary>
public sealed class QuestionTests
{
    /// <summary>Its one neuron sees the first word and writes the second.</summary>
    private const string Read = " knight";
    private const string Written = " bishop";

    public static TheoryData<string> Models => ["dense", "mixture", "plain"];

    [Theory]
    [InlineData("nina-mini")]
    [InlineData("nina-mini-moe")]
    public void The_next_tokens_are_the_golden_ones(string name)
    {
        LanguageModel model = name == "nina-mini" ? TestData.Nina : TestData.NinaMixture;
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestData.Root, "samples", "models", name, "golden.json")));
        foreach (JsonElement prompt in golden.RootElement.GetProperty("prompts").EnumerateArray())
        {
            NextToken[] next = NextTokens.After(model, prompt.GetProperty("text").GetString()!, 5);
            JsonElement[] top = [.. prompt.GetProperty("top5").EnumerateArray()];
            for (int i = 0; i < 5; i++)
            {
                Assert.Equal(i + 1, next[i].Rank);
                Assert.Equal(top[i][0].GetInt32(), next[i].Id);
                Assert.Equal(top[i][1].GetDouble(), next[i].Logit, 1e-3);
            }
        }

        NextToken[] all = NextTokens.After(model, "The", 5000);
        Assert.Equal(2048, all.Length);
        Assert.Equal(1, all.Sum(t => t.Probability), 1e-9);
        Assert.Equal(all.OrderByDescending(t => t.Logit).Select(t => t.Id), all.Select(t => t.Id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_contributions_of_a_trace_sum_to_the_final_logit(bool mixture)
    {
        LanguageModel model = mixture ? TestData.NinaMixture : TestData.Nina;
        foreach (string prompt in new[] { "Nina opened with the Sicilian Defense:", "The knight on f3 attacks", "Bake the bread with" })
        {
            PromptTrace trace = PromptTrace.Of(model, prompt);
            NextToken first = NextTokens.After(model, prompt, 1)[0];
            Assert.Equal(first.Id, trace.AnswerId);
            Assert.Equal(first.Logit, trace.AnswerLogit, 1e-5);
            Assert.Equal(trace.AnswerLogit, trace.ContributionTotal, 1e-4);
            Assert.Equal(trace.ContributionTotal, trace.Steps.Sum(s => s.Contribution), 1e-9);
            Assert.Equal(1 + (2 * model.Config.LayerCount), trace.Steps.Count);
            TraceStep last = trace.Steps[^1];
            Assert.Equal((1, first.Id), (last.AnswerRank, last.TopId));
            Assert.Equal(first.Probability, last.AnswerProbability, 1e-6);
        }
    }

    [Fact]
    public void An_answer_is_traced_as_the_prompt_would_go_on()
    {
        PromptTrace trace = PromptTrace.Of(TestData.Nina, "The knight on f3", "attacks the pawn");
        Assert.Equal(" att", trace.AnswerText[..4]);
        Assert.Equal(trace.AnswerId, PromptTrace.Of(TestData.Nina, "The knight on f3", " attacks").AnswerId);
        Assert.All(trace.Steps, step => Assert.InRange(step.AnswerRank, 1, 2048));
        Assert.Equal(ErrorNumber.QuestionEmpty, Assert.Throws<NinaException>(() => PromptTrace.Of(TestData.Nina, "The", string.Empty)).Number);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_hand_made_model_is_traced_as_calculated(string kind)
    {
        LanguageModel model = HandMadeModel.Create(kind, Read, Written);
        PromptTrace trace = PromptTrace.Of(model, Read.Trim());
        Assert.Equal(Written, trace.AnswerText);
        Assert.Equal([TracePart.Embedding, TracePart.Attention, TracePart.FeedForward], trace.Steps.Select(s => s.Part));

        // The stream is (0, 2, 0, 0), of length 2 and root mean square 1; the neuron adds (0, 0, 4a, 0).
        double activation = HandMadeModel.Activation(kind);
        double written = 4 * activation;
        Assert.Equal(2, trace.Steps[0].ResidualNorm, 1e-6);
        Assert.Equal(0, trace.Steps[1].DeltaNorm, 1e-6);
        Assert.Equal(written, trace.Steps[2].DeltaNorm, 1e-3);
        double scale = Math.Sqrt((4 + (written * written)) / 4);
        Assert.Equal(3 * written / scale, trace.AnswerLogit, 1e-4);
        Assert.Equal(0, trace.Steps[0].Contribution, 1e-6);
        Assert.Equal(3 * written / scale, trace.Steps[2].Contribution, 1e-4);

        // Before the FFN the token itself is the likeliest.
        Assert.Equal(Read, trace.Steps[1].TopText);
        Assert.True(trace.Steps[1].AnswerRank > 1);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_walk_over_a_hand_made_model_finds_its_neuron(string kind)
    {
        LanguageModel model = HandMadeModel.Create(kind, Read, Written);
        IReadOnlyList<FiredComponent> fired = PromptWalk.Of(model, "the knight the");
        FiredComponent neuron = fired.Where(f => f.Component.Kind == ComponentKind.Neuron).MaxBy(f => f.Strength)!;
        Assert.Equal(HandMadeModel.Neuron(kind), neuron.Component);
        Assert.Equal(Read, neuron.Token);
        Assert.Equal(HandMadeModel.Activation(kind), neuron.Activation, 1e-3);
        Assert.Equal(4 * HandMadeModel.Activation(kind), neuron.Strength, 4e-3);
        if (kind == "mixture")
        {
            FiredComponent expert = fired.Where(f => f.Component.Kind == ComponentKind.Expert).MaxBy(f => f.Strength)!;
            Assert.Equal(1, expert.Component.Index);
            Assert.Equal(neuron.Strength, expert.Strength, 1e-3);
        }

        int[] tokens = TextGenerator.PromptTokens(model, "the knight the");
        int position = Array.FindIndex(tokens, id => model.Tokenizer.Display(id) == Read);
        Assert.Equal(position, neuron.Position);
        Assert.DoesNotContain(PromptWalk.Of(model, "the knight the", -1), f => f.Component.Kind == ComponentKind.Neuron && f.Strength > 1);
        Assert.Equal(neuron.Strength, PromptWalk.Of(model, "the knight the", position).Max(f => f.Strength), 1e-3);
        Assert.Equal(ErrorNumber.PositionOutOfRange, Assert.Throws<NinaException>(() => PromptWalk.Of(model, "the", 99)).Number);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_neuron_of_a_hand_made_model_writes_one_token_and_reads_another(string kind)
    {
        LanguageModel model = HandMadeModel.Create(kind, Read, Written);
        TokenLink writer = TokenDescription.Of(model, Id(model, Written), 3).First(l => l.Relation == Clr.Questions.TokenRelation.Writes);
        Assert.Equal(HandMadeModel.Neuron(kind), Neuron(TokenDescription.Of(model, Id(model, Written), 3), Clr.Questions.TokenRelation.Writes));
        Assert.Equal((1, 1), (writer.Sign, writer.VocabularyRank));
        Assert.True(writer.ZScore > 30);
        IReadOnlyList<TokenLink> reads = TokenDescription.Of(model, Id(model, Read), 3);
        Assert.Equal(HandMadeModel.Neuron(kind), Neuron(reads, Clr.Questions.TokenRelation.Reads));
        TokenLink reader = reads.First(l => l.Relation == Clr.Questions.TokenRelation.Reads && l.Component.Kind == ComponentKind.Neuron);
        Assert.Equal(1, reader.VocabularyRank);
        Assert.Equal(HandMadeModel.Activation(kind), reader.Score, 1e-3);
        if (kind == "mixture")
        {
            Assert.Contains(reads, l => l.Component.Kind == ComponentKind.Expert && l.Component.Index == 1 && l.Relation == Clr.Questions.TokenRelation.Reads);
        }

        static ComponentId Neuron(IReadOnlyList<TokenLink> links, Clr.Questions.TokenRelation relation)
            => links.First(l => l.Relation == relation && l.Component.Kind == ComponentKind.Neuron).Component;
    }

    [Fact]
    public void What_writes_a_token_has_it_among_its_top_tokens()
    {
        LanguageModel model = TestData.Nina;
        var writers = new WriteVectors(model);
        int token = Id(model, " knight");
        TokenLink[] links = [.. TokenDescription.Of(model, token, 8, 2).Where(l => l.Relation == Clr.Questions.TokenRelation.Writes)];
        Assert.Equal(8, links.Length);
        foreach (TokenLink link in links)
        {
            TopToken[] top = writers.TopTokens(writers.Of(link.Component, link.Sign)!, link.VocabularyRank);
            Assert.Equal(token, top[^1].Id);
            Assert.Equal(link.ZScore, top[^1].ZScore, 1e-3);
        }

        // No neuron promotes it more.
        float[][] rows = [.. Enumerable.Range(0, 2048).Select(model.Weights.OutputHead.Row)];
        float[] mean = [.. Enumerable.Range(0, 128).Select(i => rows.Average(r => r[i]))];
        double best = 0;
        for (int n = 0; n < 2048; n++)
        {
            float[] vector = writers.Of(new ComponentId(ComponentKind.Neuron, n / 512, n % 512))!;
            double squares = 0, own = 0;
            for (int id = 0; id < rows.Length; id++)
            {
                double score = 0;
                for (int i = 0; i < vector.Length; i++)
                {
                    score += vector[i] * (rows[id][i] - mean[i]);
                }

                squares += score * score;
                own = id == token ? score : own;
            }

            best = Math.Max(best, Math.Abs(own) / Math.Sqrt(squares / rows.Length));
        }

        Assert.Equal(best, links.Where(l => l.Component.Kind == ComponentKind.Neuron).Max(l => l.ZScore), 1e-3);
    }

    [Fact]
    public void The_nearest_tokens_are_those_of_plain_cosine()
    {
        LanguageModel model = TestData.Nina;
        int token = Id(model, " knight");
        IReadOnlyList<KeyValuePair<int, float>> near = TokenDescription.Nearest(model, token, 5);
        Assert.Equal(5, near.Count);
        Assert.DoesNotContain(near, n => n.Key == token);
        Assert.True(near.Zip(near.Skip(1)).All(p => p.First.Value >= p.Second.Value));
        float[] a = model.Weights.Embedding.Row(token), b = model.Weights.Embedding.Row(near[0].Key);
        double cosine = a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));
        Assert.Equal(cosine, near[0].Value, 1e-5);
    }

    [Fact]
    public void Walking_over_the_sample_finds_neurons_that_know_the_domain_as_strength_defines()
    {
        LanguageModel model = TestData.Nina;
        IReadOnlyList<FiredComponent> fired = PromptWalk.Of(model, "The knight on f3 attacks the bishop", maxPerKind: 20);
        Assert.All(Enumerable.Range(0, 4), layer => Assert.Equal(20, fired.Count(f => f.Component.Layer == layer && f.Component.Kind == ComponentKind.Neuron)));
        Assert.All(fired, f => Assert.True(f.Strength > 0 && f.Position > 0));
        FiredComponent one = fired.First(f => f.Component.Kind == ComponentKind.Neuron);
        double norm = Math.Sqrt(model.Weights.Layers[one.Component.Layer].Down!.Column(one.Component.Index).Sum(x => (double)x * x));
        Assert.Equal(Math.Abs(one.Activation) * norm, one.Strength, 1e-3);
    }

    private static int Id(LanguageModel model, string token)
    {
        int[] ids = model.Tokenizer.Encode(token.Trim(), addSpecial: false);
        Assert.Single(ids);
        Assert.Equal(token, model.Tokenizer.Display(ids[0]));
        return ids[0];
    }
}
