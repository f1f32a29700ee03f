using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

public sealed class ModelTests
{
    [Fact]
    public void Batches_and_single_tokens_give_the_same_logits()
    {
        LanguageModel model = TestData.Nina;
        int[] ids = model.Tokenizer.Encode("The patient, Victor, had cough, fever and chest pain for three days.");
        InferenceSession whole = model.StartSession(64);
        whole.Append(ids, 0, ids.Length);
        InferenceSession stepwise = model.StartSession(64);
        stepwise.Append(ids, 0, 5);
        for (int i = 5; i < ids.Length; i++)
        {
            stepwise.Append(ids, i, 1);
        }

        InferenceSession parallel = model.StartSession(64, parallelism: 2);
        parallel.Append(ids, 0, ids.Length);
        float[] expected = whole.LastLogits();
        Assert.All(expected.Zip(stepwise.LastLogits()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.Equal(expected, parallel.LastLogits());
    }

    [Fact]
    public void The_context_is_a_bound()
    {
        LanguageModel model = TestData.Nina;
        InferenceSession session = model.StartSession(1000);
        Assert.Equal(256, session.Capacity);
        int[] ids = [.. Enumerable.Repeat(300, 257)];
        Assert.Equal(ErrorNumber.ContextExceeded, Assert.Throws<NinaException>(() => session.Append(ids, 0, 257)).Number);
        Assert.Equal(ErrorNumber.TokenOutOfRange, Assert.Throws<NinaException>(() => session.Append([2048], 0, 1)).Number);
        string longText = string.Join(' ', TestData.TestTexts("chess", 30));
        TextScore score = model.Score(model.EncodePassage(longText));
        Assert.True(score.TokenCount > 1000);
        Assert.InRange(score.MeanNats, 0.5, 1.5);
        Assert.Equal(ErrorNumber.ContextExceeded, Assert.Throws<NinaException>(() => TextGenerator.Generate(model, longText, new SamplingOptions()).First()).Number);
    }

    [Fact]
    public void Sampling_obeys_its_options_and_its_seed()
    {
        LanguageModel model = TestData.Nina;
        string Text(SamplingOptions options) => string.Concat(TextGenerator.Generate(model, "Marco decided to cook", options).Select(t => t.Text));
        var warm = new SamplingOptions { MaxTokens = 20, Temperature = 1, TopK = 40, TopP = 0.95, Seed = 7 };
        Assert.Equal(Text(warm), Text(warm));
        Assert.True(Enumerable.Range(0, 5).Select(seed => Text(new SamplingOptions { MaxTokens = 20, Temperature = 1, Seed = seed })).Distinct().Count() > 2);
        Assert.Equal(Text(new SamplingOptions { MaxTokens = 20 }), Text(new SamplingOptions { MaxTokens = 20, Temperature = 2, TopK = 1 }));
        Assert.Throws<NinaException>(() => Text(new SamplingOptions { Temperature = -1 }));
        Assert.Throws<NinaException>(() => Text(new SamplingOptions { TopP = 0 }));
        ulong random = 1;
        float[] logits = [1, 2, 3, 4];
        int[] picks = [.. Enumerable.Range(0, 500).Select(_ => TextGenerator.Pick(logits, new SamplingOptions { Temperature = 1, TopP = 0.6 }, ref random))];
        Assert.Equal([3], picks.Distinct());
    }

    [Fact]
    public void Loaded_models_are_shared_and_bounded()
    {
        var cache = new ModelCache(2, 1L << 30);
        string weights = Path.Combine(TestData.NinaMini, "model.safetensors");
        string config = File.ReadAllText(Path.Combine(TestData.NinaMini, "config.json"));
        string tokenizer = File.ReadAllText(Path.Combine(TestData.NinaMini, "tokenizer.json"));
        LanguageModel first = cache.Get("a", [weights], config, tokenizer);
        Assert.Same(first, cache.Get("b", [weights], config, tokenizer));
        Assert.NotSame(first, cache.Get("a", [weights], config + " ", tokenizer));
        cache.Get("a", [weights], config + "  ", tokenizer);
        Assert.Equal(2, cache.Count);
        Assert.Equal(ErrorNumber.ModelTooLarge, Assert.Throws<NinaException>(() => new ModelCache(1, 1000).Get("a", [weights], config, tokenizer)).Number);
    }

    [Fact]
    public void Statistics_are_those_of_plain_arithmetic()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 20_011).Select(_ => ((float)random.NextDouble() * 3) + 5)];
        values[17] = 0;
        values[18] = float.NaN;
        values[9000] = float.PositiveInfinity;
        values[20_010] = -4;
        string path = folder.File("s.safetensors");
        using (FileStream stream = File.Create(path))
        {
            SafetensorsWriter.Write(stream, [new TensorToWrite("t", DType.F32, [values.Length], () => values)]);
        }

        using SegmentLease lease = SegmentCache.Shared.Open(path);
        TensorStatistics statistics = TensorStatistics.Of(lease.Segment, ModelFile.Open(path)["t"]);
        double[] finite = [.. values.Where(float.IsFinite).Select(v => (double)v)];
        double mean = finite.Average();
        Assert.Equal(20_011, statistics.Count);
        Assert.Equal((1, 1, 1), (statistics.Zeros, statistics.NaNs, statistics.Infinities));
        Assert.Equal(-4, statistics.Minimum);
        Assert.Equal(finite.Max(), statistics.Maximum);
        Assert.Equal(mean, statistics.Mean, 1e-5);
        Assert.Equal(Math.Sqrt(finite.Average(v => (v - mean) * (v - mean))), statistics.StandardDeviation, 1e-5);
        SegmentCache.Shared.Close(path);
    }

    [Fact]
    public void Half_precision_is_exact_for_every_value()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            float actual = HalfFloat.ToSingle((ushort)bits);
            Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual) || float.IsNaN(expected));
            if (!float.IsNaN(expected))
            {
                Assert.Equal((ushort)bits, HalfFloat.FromSingle(actual));
            }
        }

        var random = new Random(2);
        for (int i = 0; i < 100_000; i++)
        {
            float value = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            if (!float.IsNaN(value))
            {
                Assert.Equal(BitConverter.HalfToUInt16Bits((Half)value), HalfFloat.FromSingle(value));
            }
        }
    }
}
