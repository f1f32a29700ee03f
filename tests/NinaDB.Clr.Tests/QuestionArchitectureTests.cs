using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Questions;
using NinaDB.Clr.Tensors;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Tests;

/// <summary>Every question is answered for every architecture that runs: those of Reference/architectures.json, with a tokenizer of 24 letters.</summary>
public sealed class QuestionArchitectureTests
{
    private const string Letters = "abcdefghijklmnopqrstuvwx";

    public static TheoryData<string> All => [.. TinyModel.Names()];

    [Theory]
    [MemberData(nameof(All))]
    public void Contributions_sum_to_the_logit_that_the_reference_gives(string name)
    {
        using var folder = new TemporaryFolder();
        TinyModel tiny = TinyModel.Of(name);
        LanguageModel model = Load(folder, tiny);
        for (int p = 0; p < tiny.Positions.Length; p++)
        {
            string prompt = Text(tiny.Ids.Take(tiny.Positions[p] + 1));
            PromptTrace trace = PromptTrace.Of(model, prompt);
            Assert.Equal(tiny.Logits[p].Max(), trace.AnswerLogit, 2e-4);
            Assert.Equal(1, trace.Steps[^1].AnswerRank);
            double cap = model.Config.LogitSoftCap;
            double total = trace.Steps.Sum(s => s.Contribution);
            Assert.Equal(trace.AnswerLogit, cap > 0 ? cap * Math.Tanh(total / cap) : total, 1e-4);

            // Any other token's logit is a sum of contributions as well.
            int other = tiny.Logits[p].ToList().IndexOf(tiny.Logits[p].Min());
            PromptTrace least = PromptTrace.Of(model, prompt, Letters[other].ToString());
            total = least.ContributionTotal;
            Assert.Equal((other, 24), (least.AnswerId, least.Steps[^1].AnswerRank));
            Assert.Equal(tiny.Logits[p].Min(), cap > 0 ? cap * Math.Tanh(total / cap) : total, 2e-4);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Components_fire_write_read_and_can_be_removed(string name)
    {
        using var folder = new TemporaryFolder();
        TinyModel tiny = TinyModel.Of(name);
        LanguageModel model = Load(folder, tiny);
        string prompt = Text(tiny.Ids);
        IReadOnlyList<FiredComponent> fired = PromptWalk.Of(model, prompt);
        for (int layer = 0; layer < model.Config.LayerCount; layer++)
        {
            Assert.Contains(fired, f => f.Component.Layer == layer && f.Component.Kind == ComponentKind.Neuron && f.Strength > 0);
            Assert.Contains(fired, f => f.Component.Layer == layer && f.Component.Kind == ComponentKind.Head && f.Strength > 0);
            Assert.Equal(model.Weights.Layers[layer].IsMixture, fired.Any(f => f.Component.Layer == layer && f.Component.Kind == ComponentKind.Expert));
        }

        IReadOnlyList<TokenLink> links = TokenDescription.Of(model, 5, 4);
        Assert.Equal(4, links.Count(l => l.Relation == Clr.Questions.TokenRelation.Writes));
        Assert.Contains(links, l => l.Relation == Clr.Questions.TokenRelation.Reads);
        Assert.All(links, l => Assert.InRange(l.VocabularyRank, 1, 24));

        // Without what fires most, the model says something else; and the difference is found where it was made.
        FiredComponent strongest = fired.Where(f => f.Component.Kind == ComponentKind.Neuron).MaxBy(f => f.Strength)!;
        LanguageModel without = Ablation.Without(model, [strongest.Component]);
        Assert.NotEqual(model.Score(tiny.Ids).Nats, without.Score(tiny.Ids).Nats);
        ComponentDifference difference = ComponentDifference.Of(model, without, 5)!.Single(d => d.Component.Kind == ComponentKind.Neuron);
        Assert.Equal(strongest.Component, difference.Component);
        PromptWalk.Of(without, prompt).ToList().ForEach(f => Assert.NotEqual(strongest.Component, f.Component));
    }

    private static LanguageModel Load(TemporaryFolder folder, TinyModel tiny)
    {
        string path = folder.File("model.safetensors");
        using (FileStream stream = File.Create(path))
        {
            SafetensorsWriter.Write(stream, [.. tiny.Tensors.Select(t => new TensorToWrite(t.Key, DType.F32, t.Value.Shape, () => t.Value.Values))]);
        }

        ModelFile file = ModelFile.Open("tiny", [path], tiny.ConfigJson, null);
        ModelConfig config = ModelConfig.Of(file);
        string vocabulary = string.Join(", ", Letters.Select((letter, id) => $"\"{letter}\": {id}"));
        Tokenizer tokenizer = TokenizerJsonReader.Read($$$"""{"model": {"type": "BPE", "vocab": {{{{vocabulary}}}}, "merges": []}}""");
        return new LanguageModel("tiny", config.AsLoaded(), ModelWeights.Load(file, config, 1 << 30), tokenizer, null);
    }

    private static string Text(IEnumerable<int> ids) => string.Concat(ids.Select(id => Letters[id]));
}
