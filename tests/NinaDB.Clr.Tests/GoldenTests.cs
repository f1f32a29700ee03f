using System.Text;
using System.Text.Json;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>Values that independent programs computed: this one must reach the same.</summary>
public sealed class GoldenTests
{
    /// <summary>Each golden logit is rounded to six digits and was computed with another order of summation.</summary>
    private const double LogitTolerance = 1e-3;

    /// <summary>Two implementations agree to 1e-5; a greedy choice with this margin is the same in both.</summary>
    private const double GreedyMargin = 1e-4;

    public static TheoryData<int> Prompts => [.. Enumerable.Range(0, 16)];

    [Theory]
    [MemberData(nameof(Prompts))]
    public void The_sample_model_gives_the_golden_ids_logits_and_text(int index) => Matches(TestData.Nina, TestData.NinaMini, index);

    [Theory]
    [MemberData(nameof(Prompts))]
    public void The_sample_mixture_gives_the_golden_ids_logits_and_text(int index) => Matches(TestData.NinaMixture, TestData.NinaMiniMixture, index);

    [Fact]
    public void The_sample_mixture_has_the_published_test_loss()
    {
        using JsonDocument eval = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestData.NinaMiniMixture, "eval.json")));
        LanguageModel model = TestData.NinaMixture;
        int[][] passages = [.. TestData.TestTexts("chess", 200).Select(model.EncodePassage)];
        TextScore score = model.ScoreAll(passages, 2);
        Assert.Equal(eval.RootElement.GetProperty("test_tokens").GetProperty("chess").GetInt64(), score.TokenCount);
        Assert.Equal(eval.RootElement.GetProperty("test_loss_bf16").GetProperty("chess").GetDouble(), score.MeanNats, 1e-4);
    }

    [SharedModelsFact]
    public void A_mixture_of_a_dense_models_parts_continues_its_story()
    {
        string folder = Path.Combine(TestData.SharedModels, "moe-656K");
        string[] lines = File.ReadAllLines(Path.Combine(folder, "VERIFY-greedy.txt"));
        int[] prompt = Numbers(lines.Single(l => l.StartsWith("prompt ids", StringComparison.Ordinal)));
        int[] all = Numbers(lines.Single(l => l.StartsWith("ids ", StringComparison.Ordinal)));
        LanguageModel model = LanguageModel.Open(folder);
        GeneratedToken[] tokens = [.. TextGenerator.Generate(model, "Once upon a time", new SamplingOptions { MaxTokens = all.Length - prompt.Length })];
        Assert.Equal(all.Skip(prompt.Length), tokens.Select(t => t.Id));
    }

    /// <summary>Rounded weights move the logits: a greedy choice is the same where it was made by a margin.</summary>
    [Theory]
    [InlineData(DType.F32, GreedyMargin, 16)]
    [InlineData(DType.BF16, GreedyMargin, 16)]
    [InlineData(DType.F16, GreedyMargin, 16)]
    [InlineData(DType.Q8_0, 0.03, 8)]
    public void The_sample_as_gguf_gives_the_golden_text_without_being_decoded(DType type, double margin, int atLeast)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestData.NinaMini, "golden.json")));
        using var folder = new TemporaryFolder();
        string path = folder.File("nina.gguf");
        GgufModelWriter.Write(path, TestData.Nina, type);
        LanguageModel model = LanguageModel.Open(path);
        Assert.True(model.Weights.Layers[0].Query.IsMapped);
        Assert.Equal(type, model.Weights.Layers[0].Query.StoredType);
        Assert.InRange(model.Weights.ManagedBytes, 1, 16 << 10);
        int checkedPrompts = 0;
        foreach (JsonElement prompt in golden.RootElement.GetProperty("prompts").EnumerateArray().Where(p => p.GetProperty("min_margin").GetDouble() > margin))
        {
            var options = new SamplingOptions { MaxTokens = Ints(prompt.GetProperty("greedy")).Length };
            string text = string.Concat(TextGenerator.Generate(model, prompt.GetProperty("text").GetString()!, options).Select(t => t.Text));
            Assert.Equal(prompt.GetProperty("greedy_text").GetString(), text);
            checkedPrompts++;
        }

        Assert.InRange(checkedPrompts, atLeast, 16);
    }

    [Theory]
    [InlineData("chess")]
    [InlineData("law")]
    public void The_sample_model_has_the_published_test_loss(string domain)
    {
        using JsonDocument eval = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestData.NinaMini, "eval.json")));
        LanguageModel model = TestData.Nina;
        int[][] passages = [.. TestData.TestTexts(domain, 200).Select(model.EncodePassage)];
        TextScore score = model.ScoreAll(passages, 2);
        Assert.Equal(eval.RootElement.GetProperty("test_tokens").GetProperty(domain).GetInt64(), score.TokenCount);
        Assert.Equal(eval.RootElement.GetProperty("test_loss_bf16").GetProperty(domain).GetDouble(), score.MeanNats, 1e-4);
    }

    [SharedModelsFact]
    public void A_safetensors_model_that_stores_only_its_head_continues_a_story()
    {
        string folder = Path.Combine(TestData.SharedModels, "infinitensor-story");
        string[] lines = File.ReadAllLines(Path.Combine(folder, "VERIFY-greedy.txt"));
        int[] prompt = Numbers(lines.Single(l => l.StartsWith("prompt ids", StringComparison.Ordinal)));
        int[] all = Numbers(lines.Single(l => l.StartsWith("ids ", StringComparison.Ordinal)));
        LanguageModel model = LanguageModel.Open(folder);
        Assert.Equal(656000, model.Weights.ParameterCount);
        Assert.Equal(prompt, model.Tokenizer.Encode("Once upon a time"));
        GeneratedToken[] tokens = [.. TextGenerator.Generate(model, "Once upon a time", new SamplingOptions { MaxTokens = all.Length - prompt.Length })];
        Assert.Equal(all.Skip(prompt.Length), tokens.Select(t => t.Id));
    }

    [SharedModelsFact]
    public void A_gguf_model_continues_a_story()
    {
        string folder = Path.Combine(TestData.SharedModels, "stories260K");
        string expected = File.ReadAllText(Path.Combine(folder, "VERIFY-greedy.txt"), Encoding.UTF8).TrimEnd('\n');
        LanguageModel model = LanguageModel.Open(Path.Combine(folder, "stories260K.gguf"));
        string text = string.Concat(TextGenerator.Generate(model, string.Empty, new SamplingOptions { MaxTokens = 400 }).Select(t => t.Text));
        Assert.StartsWith(expected, text.TrimStart(' '), StringComparison.Ordinal);
    }

    /// <summary>It was trained to sort six letters, of which there are three; it has no tokenizer.</summary>
    [SharedModelsFact]
    public void A_gpt2_model_sorts_letters()
    {
        ModelFile file = ModelFile.Open(Path.Combine(TestData.SharedModels, "nano-gpt"));
        ModelConfig config = ModelConfig.Of(file);
        ModelWeights weights = ModelWeights.Load(file, config, 1 << 30);
        var session = new InferenceSession(config.AsLoaded(), weights, 11);
        for (int code = 0; code < 729; code += 7)
        {
            int[] letters = [.. Enumerable.Range(0, 6).Select(i => code / (int)Math.Pow(3, i) % 3)];
            var sorted = new List<int>();
            session.Reset();
            session.Append(letters, 0, 6);
            while (true)
            {
                float[] logits = session.LastLogits();
                sorted.Add(Array.IndexOf(logits, logits.Max()));
                if (sorted.Count == 6)
                {
                    break;
                }

                session.Append([sorted[^1]], 0, 1);
            }

            Assert.Equal(letters.Order(), sorted);
        }
    }

    [SharedModelsFact]
    public void Every_model_opens_as_tensors_whatever_its_architecture()
    {
        ModelFile gpt = ModelFile.Open(Path.Combine(TestData.SharedModels, "nano-gpt", "model.safetensors"));
        Assert.NotEmpty(gpt.Tensors);
        Assert.Null(ModelConfig.Of(gpt).UnsupportedReason);
        ModelFile other = ModelFile.Open("makemore", [Path.Combine(TestData.SharedModels, "nano-gpt", "makemore-tiny-shakespeare.safetensors")], "{\"model_type\":\"makemore\"}", null);
        Assert.NotEmpty(other.Tensors);
        Assert.Contains("'makemore'", ModelConfig.Of(other).UnsupportedReason, StringComparison.Ordinal);
        ModelFile mixture = ModelFile.Open(Path.Combine(TestData.SharedModels, "moe-656K"));
        Assert.Null(ModelConfig.Of(mixture).UnsupportedReason);
        Assert.Contains(mixture.Tensors, t => TensorNaming.RoleOf(t.Name).Expert == 3);
        foreach (string vocabulary in Directory.GetFiles(Path.Combine(TestData.SharedModels, "vocab"), "*.gguf"))
        {
            Assert.NotNull(ModelConfig.Of(ModelFile.Open(vocabulary)).UnsupportedReason);
        }
    }

    private static void Matches(LanguageModel model, string folder, int index)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden.json")));
        JsonElement prompt = golden.RootElement.GetProperty("prompts")[index];
        string text = prompt.GetProperty("text").GetString()!;
        int[] ids = Ints(prompt.GetProperty("ids"));
        Assert.Equal(ids, model.Tokenizer.Encode(text));

        InferenceSession session = model.StartSession(128);
        session.Append(ids, 0, ids.Length);
        float[] logits = session.LastLogits();
        foreach (JsonElement pair in prompt.GetProperty("top5").EnumerateArray())
        {
            Assert.Equal(pair[1].GetDouble(), logits[pair[0].GetInt32()], LogitTolerance);
        }

        int[] greedy = Ints(prompt.GetProperty("greedy"));
        GeneratedToken[] tokens = [.. TextGenerator.Generate(model, text, new SamplingOptions { MaxTokens = greedy.Length })];
        int[] expected = [.. greedy.TakeWhile(id => id != 2)];
        Assert.True(prompt.GetProperty("min_margin").GetDouble() > GreedyMargin);
        Assert.Equal(expected, tokens.Select(t => t.Id));
        Assert.Equal(prompt.GetProperty("greedy_text").GetString(), string.Concat(tokens.Select(t => t.Text)));
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt32())];

    private static int[] Numbers(string line)
        => [.. line[(line.IndexOf('[') + 1)..line.IndexOf(']')].Split(',').Select(s => int.Parse(s, System.Globalization.CultureInfo.InvariantCulture))];
}
