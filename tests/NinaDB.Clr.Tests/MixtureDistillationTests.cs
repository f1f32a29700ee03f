using NinaDB.Clr.Distillation;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;
using Xunit.Abstractions;

namespace NinaDB.Clr.Tests;

/// <summary>Agents of mixtures of experts keep the experts that their domain uses.</summary>
public sealed class MixtureDistillationTests(ITestOutputHelper output)
{
    private static readonly LanguageModel Model = LanguageModel.Open(Path.Combine(TestData.Root, "samples", "models", "nina-mini-moe"));
    private static readonly DistillationOptions Refit = new() { Parallelism = 2 };
    private static readonly DistillationOptions Plain = new() { Target = RefitTarget.None };

    [Theory]
    [InlineData("chess")]
    [InlineData("law")]
    public void Chosen_experts_beat_random_ones_and_a_refit_beats_none(string domain)
    {
        string[] calibration = TestData.ProbeTexts(domain, 60);
        int[][] own = [.. TestData.TestTexts(domain, 40).Select(Model.EncodePassage)];
        int[][] other = [.. TestData.TestTexts("music", 20).Select(Model.EncodePassage)];
        double[][] routing = ExpertRouting.Measure(Model, calibration, 2);
        Assert.All(routing, layer => Assert.Equal(1, layer.Sum(), 1e-3));
        AgentPlan chosen = AgentPlan.ExpertsByImportance(Model, routing, 4);
        AgentPlan random = AgentPlan.ExpertsAtRandom(Model, 4, 1);
        LanguageModel agent = DistillationJob.Run("agent", Model, chosen, calibration, Refit);
        double full = Model.ScoreAll(own, 2).MeanNats;
        double chosenRefit = agent.ScoreAll(own, 2).MeanNats;
        double chosenPlain = DistillationJob.Run("plain", Model, chosen, calibration, Plain).ScoreAll(own, 2).MeanNats;
        double randomRefit = DistillationJob.Run("random", Model, random, calibration, Refit).ScoreAll(own, 2).MeanNats;
        double randomPlain = DistillationJob.Run("random", Model, random, calibration, Plain).ScoreAll(own, 2).MeanNats;
        double elsewhere = agent.ScoreAll(other, 2).MeanNats;
        output.WriteLine($"{domain}: full {full:F3}, chosen {chosenPlain:F3}, refit {chosenRefit:F3}, random {randomPlain:F3}, refit {randomRefit:F3}; music {Model.ScoreAll(other, 2).MeanNats:F3} to {elsewhere:F3}");
        Assert.True(chosenRefit < chosenPlain && chosenPlain < randomPlain, $"{chosenRefit:F3} < {chosenPlain:F3} < {randomPlain:F3}");
        Assert.True(chosenRefit < randomRefit && randomRefit < randomPlain, $"{chosenRefit:F3} < {randomRefit:F3} < {randomPlain:F3}");
        Assert.True(elsewhere > chosenRefit);
        Assert.Equal(4, agent.Config.ExpertCount);
        Assert.Equal(2, agent.Config.ExpertsPerToken);
        Assert.Equal(4, agent.Weights.Layers[0].Mixture!.Experts.Count);
    }

    [Fact]
    public void A_single_expert_and_fewer_neurons_make_a_model_that_other_runtimes_load()
    {
        string[] calibration = TestData.ProbeTexts("chess", 20);
        AgentPlan one = AgentPlan.ExpertsByImportance(Model, ExpertRouting.Measure(Model, calibration, 2), 1);
        int[][][] neurons = [.. one.KeptExperts!.Select(layer => layer.Select(_ => Enumerable.Range(0, 64).Select(i => 2 * i).ToArray()).ToArray())];
        AgentPlan plan = AgentPlan.FromExperts(Model, one.KeptExperts!, neurons);
        LanguageModel agent = DistillationJob.Run("agent", Model, plan, calibration, Refit);
        using var folder = new TemporaryFolder();
        HuggingFaceWriter.Write(folder.File("agent"), agent, DType.F32);
        LanguageModel copy = LanguageModel.Open(folder.File("agent"));
        Assert.Equal((1, 1, 64), (copy.Config.ExpertCount, copy.Config.ExpertsPerToken, copy.Config.ExpertFeedForwardSize));
        int[] ids = Model.EncodePassage(TestData.TestTexts("chess", 1)[0]);
        Assert.Equal(agent.Score(ids).MeanNats, copy.Score(ids).MeanNats, 1e-6);
        GgufModelWriter.Write(folder.File("agent.gguf"), agent, DType.F32);
        Assert.Equal(agent.Score(ids).MeanNats, LanguageModel.Open(folder.File("agent.gguf")).Score(ids).MeanNats, 1e-5);
        int[][] own = [.. TestData.TestTexts("chess", 20).Select(Model.EncodePassage)];
        Assert.True(agent.ScoreAll(own, 2).MeanNats < DistillationJob.Run("plain", Model, plan, calibration, Plain).ScoreAll(own, 2).MeanNats);
    }

    [Fact]
    public void All_experts_are_the_model_itself()
    {
        AgentPlan all = AgentPlan.ExpertsByImportance(Model, ExpertRouting.Measure(Model, TestData.ProbeTexts("chess", 2)), 8);
        LanguageModel agent = DistillationJob.Run("all", Model, all, [], Plain);
        int[] ids = Model.EncodePassage(TestData.TestTexts("chess", 1)[0]);
        Assert.Equal(Model.Score(ids).MeanNats, agent.Score(ids).MeanNats);
    }

    [Fact]
    public void Plans_that_cannot_be_are_refused()
    {
        AssertRefused(() => AgentPlan.FromExperts(Model, [[0]]));
        AssertRefused(() => AgentPlan.FromExperts(Model, [[0], [0, 1]]));
        AssertRefused(() => AgentPlan.FromExperts(Model, [[0, 0], [0, 1]]));
        AssertRefused(() => AgentPlan.FromExperts(Model, [[0, 8], [0, 1]]));
        AssertRefused(() => AgentPlan.FromExperts(Model, [[], []]));
        AssertRefused(() => AgentPlan.FromExperts(Model, [[0], [1]], [[[0]], [[0, 1], [1]]]));
        AssertRefused(() => AgentPlan.FromExperts(TestData.Nina, [[0], [0], [0], [0]]));
        AssertRefused(() => AgentPlan.FromLists(Model, [[0], [0]]));

        static void AssertRefused(Action action) => Assert.Equal(ErrorNumber.KeepCount, Assert.Throws<NinaException>(action).Number);
    }

    /// <summary>GPT-2's kind of FFN, made from the sample's weights: no gate, biases before and after.</summary>
    [Fact]
    public void A_plain_MLP_with_biases_distils_too()
    {
        LanguageModel nina = TestData.Nina;
        float[] upBias = [.. Enumerable.Range(0, 512).Select(i => ((i % 13) - 6) / 20f)];
        float[] downBias = [.. Enumerable.Range(0, 128).Select(i => ((i % 7) - 3) / 50f)];
        LanguageModel model = nina.With("plain", nina.Config, nina.Weights.WithLayers(
            [.. nina.Weights.Layers.Select(l => new LayerWeights(l.AttentionNorm, l.Query, l.Key, l.Value, l.Output, l.FeedForwardNorm) { Up = l.Gate, Down = l.Down, UpBias = upBias, DownBias = downBias })]));
        AgentPlan plan = AgentPlan.AtRandom(model, 256, 3);
        string[] calibration = TestData.ProbeTexts("law", 20);
        LanguageModel refitted = DistillationJob.Run("refit", model, plan, calibration, Refit);
        double plain = Distance(model, DistillationJob.Run("plain", model, plan, calibration, Plain));
        Assert.True(Distance(model, refitted) < 0.7 * plain, $"{Distance(model, refitted):F3} < {plain:F3}");
        Assert.Equal(256, refitted.Weights.Layers[0].UpBias!.Length);
        Assert.Equal(downBias, refitted.Weights.Layers[3].DownBias);
        Assert.Equal(0, Distance(model, DistillationJob.Run("all", model, AgentPlan.AtRandom(model, 512, 3), calibration, Refit)));
    }

    private static double Distance(LanguageModel one, LanguageModel other)
    {
        double sum = 0;
        foreach (int[] ids in TestData.TestTexts("law", 10).Select(one.EncodePassage))
        {
            InferenceSession left = one.StartSession(ids.Length);
            InferenceSession right = other.StartSession(ids.Length);
            left.Append(ids, 0, ids.Length);
            right.Append(ids, 0, ids.Length);
            sum += left.LastLogits().Zip(right.LastLogits(), (a, b) => Math.Pow(a - b, 2)).Sum();
        }

        return Math.Sqrt(sum);
    }
}
