using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Distillation;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>The sample model, probed once for all tests of this class with 60 texts a domain.</summary>
public sealed class ProbedSample
{
    public const int TextsPerDomain = 60;

    public ProbedSample()
    {
        Session = new ProbeSession(TestData.Nina, TestData.Domains);
        foreach (string domain in TestData.Domains)
        {
            Session.Add(domain, TestData.ProbeTexts(domain, TextsPerDomain), 2);
        }

        Result = Session.Finish(2);
    }

    public ProbeSession Session { get; }

    public ProbeResult Result { get; }
}

public sealed class CapabilityTests(ProbedSample sample) : IClassFixture<ProbedSample>
{
    private static readonly (string Text, string Domain)[] Queries =
    [
        ("knight bishop pawn checkmate castle", "chess"),
        ("The knight takes the bishop", "chess"),
        ("winning the endgame with an extra pawn", "chess"),
        ("bake bread with butter and flour", "cooking"),
        ("a recipe for soup", "cooking"),
        ("sail mast wind harbor", "sailing"),
        ("the judge and the jury in court", "law"),
        ("breach of contract", "law"),
        ("violin concerto tempo", "music"),
        ("a melody in a minor key", "music"),
        ("stars and galaxies seen in a telescope", "astronomy"),
        ("the doctor treats a patient with fever", "medicine"),
        ("debug a function in the source code", "programming"),
    ];

    /// <summary>Queries of our own, beside the thirteen.</summary>
    private static readonly (string Text, string Domain)[] FurtherQueries =
    [
        ("a rook on the open file", "chess"),
        ("simmer the sauce and add garlic", "cooking"),
        ("the skipper dropped the anchor in the bay", "sailing"),
        ("the court of appeal reversed the verdict", "law"),
        ("the orchestra played the symphony", "music"),
        ("the nurse measured the blood pressure", "medicine"),
        ("sort a list in Python", "programming"),
    ];

    private ProbeResult Result => sample.Result;

    [Fact]
    public void Search_by_meaning_finds_the_skilled_neurons()
    {
        double mean = Queries.Average(HitRate);
        Assert.True(mean >= 0.80, $"{mean:P1} of the first 50 neurons have the skill.");
        double further = FurtherQueries.Average(HitRate);
        Assert.True(further >= 0.75, $"{further:P1} of the first 50 neurons have the skill (further queries).");
    }

    [Fact]
    public void As_many_neurons_have_a_skill_as_the_prototype_found()
    {
        int Above(double level) => Neurons().Count(c => Result.SkillLevel(c, 0) > level);
        Assert.InRange(Above(0.8), 195, 215);
        Assert.InRange(Above(0.9), 64, 74);
        Assert.InRange(Above(0.99), 4, 8);
    }

    [Fact]
    public void A_skill_holds_on_texts_that_did_not_choose_it()
    {
        var session = new ProbeSession(TestData.Nina, TestData.Domains, contextsPerComponent: 0);
        foreach (string domain in TestData.Domains)
        {
            session.Add(domain, TestData.TestTexts(domain, 25), 2);
        }

        ProbeResult held = session.Finish(2);
        int[] best = [.. Neurons().OrderByDescending(c => Result.SkillLevel(c, 0)).Take(20)];
        Assert.True(best.Average(c => held.SkillLevel(c, 0)) > 0.95);
    }

    [Fact]
    public void Rows_carry_their_evidence()
    {
        SkillRow[] rows = [.. Result.Skills()];
        Assert.Equal(((4 * 512) + (4 * 8) + 4) * 8, rows.Length);
        Assert.All(rows, row =>
        {
            Assert.InRange(row.SkillLevel, row.SkillLower, row.SkillUpper);
            Assert.InRange(row.SkillLower, 0, row.SkillUpper);
            Assert.InRange(row.SkillUpper, row.SkillLower, 1);
            Assert.InRange(row.FiringRate, 0, 1);
            Assert.True(row.Importance >= 0);
            Assert.Equal((60, 420), (row.DomainTexts, row.OtherTexts));
        });
        Assert.Equal(sample.Session.TokenCount, rows.Where(r => r.Component.ToString() == "layer 3.0").Sum(r => r.DomainTokens));
        int best = Neurons().MaxBy(c => Result.SkillLevel(c, 0));
        ContextRow[] contexts = [.. Result.Contexts(best)];
        Assert.Equal([1, 2, 3, 4], contexts.Select(c => c.Rank));
        Assert.Equal("chess", contexts[0].Domain);
        Assert.Equal(4, contexts.Select(c => c.TextNumber).Distinct().Count());
        Assert.All(contexts, c => Assert.Contains(c.Token.Trim(), TestData.ProbeTexts(c.Domain, 60)[c.TextNumber % 60], StringComparison.Ordinal));
        Assert.True(Math.Abs(contexts[0].Activation) >= Math.Abs(contexts[3].Activation));
    }

    [Fact]
    public void Neither_batches_nor_threads_nor_storage_change_a_result()
    {
        string[] texts = TestData.ProbeTexts("chess", 6);
        string[] others = TestData.ProbeTexts("law", 6);
        var whole = new ProbeSession(TestData.Nina, ["chess", "law"]);
        whole.Add("chess", texts);
        whole.Add("law", others);
        var parts = new ProbeSession(TestData.Nina, ["chess", "law"]);
        parts.Add("chess", texts[..2], 2);
        parts.Add("chess", texts[2..], 2);
        parts.Add("law", others, 2);
        Assert.Equal(whole.ProbeSetHash(), parts.ProbeSetHash());
        ProbeResult a = whole.Finish();
        ProbeResult b = parts.Finish(2);
        var stored = new ProbeSession(TestData.Nina, ["chess", "law"]);
        var probe = new TextProbe(TestData.Nina, stored.Layout);
        foreach (string text in texts.Concat(others))
        {
            TextActivation activation = TextActivation.FromBytes(probe.Run(text).ToBytes(), stored.Layout.Count);
            stored.Add(stored.TextCount < 6 ? "chess" : "law", activation);
        }

        ProbeResult c = stored.Finish();
        for (int i = 0; i < whole.Layout.Count; i++)
        {
            Assert.Equal(a.SkillLevel(i, 0), b.SkillLevel(i, 0));
            Assert.Equal(a.SkillLevel(i, 0), c.SkillLevel(i, 0));
            Assert.Equal(a.Importance(i, 1), b.Importance(i, 1));
            Assert.Equal(a.MeaningVector(i), b.MeaningVector(i));
        }

        byte[] corrupt = probe.Run("abc").ToBytes();
        Assert.Equal(ErrorNumber.StoredDataInvalid, Assert.Throws<NinaException>(() => TextActivation.FromBytes(corrupt[..^1], stored.Layout.Count)).Number);
        Assert.Equal(ErrorNumber.StoredDataInvalid, Assert.Throws<NinaException>(() => TextActivation.FromBytes(corrupt, stored.Layout.Count + 1)).Number);
    }

    [Fact]
    public void Probes_that_cannot_be_are_refused()
    {
        var session = new ProbeSession(TestData.Nina, ["chess", "law"]);
        Assert.Equal(ErrorNumber.ProbeEmpty, Assert.Throws<NinaException>(() => session.Finish()).Number);
        session.Add("CHESS", ["The knight."]);
        Assert.Equal(ErrorNumber.ProbeOneDomain, Assert.Throws<NinaException>(() => session.Finish()).Number);
        Assert.Equal(ErrorNumber.InvalidArgument, Assert.Throws<NinaException>(() => session.Add("music", ["A violin."])).Number);
        Assert.Equal(ErrorNumber.ProbeEmpty, Assert.Throws<NinaException>(() => session.Add("law", [""])).Number);
        Assert.Equal(ErrorNumber.QueryEmpty, Assert.Throws<NinaException>(() => Result.Embedder.EmbedQuery(" ")).Number);
        var table = new HandleTable<string>(2);
        long[] handles = [table.Add("a"), table.Add("b"), table.Add("c")];
        Assert.Equal("c", table.Get(handles[2]));
        Assert.Equal(ErrorNumber.ProbeSessionUnknown, Assert.Throws<NinaException>(() => table.Get(handles[0])).Number);
    }

    [Fact]
    public void A_stored_query_embedder_embeds_the_same()
    {
        TextEmbedder copy = TextEmbedder.FromBytes(TestData.Nina, Result.Embedder.ToBytes());
        Assert.Equal(Result.Embedder.EmbedQuery("knight takes bishop"), copy.EmbedQuery("knight takes bishop"));
        Assert.Equal(ErrorNumber.StoredDataInvalid, Assert.Throws<NinaException>(() => TextEmbedder.FromBytes(TestData.Nina, new byte[100])).Number);
    }

    [Fact]
    public void Stored_vectors_keep_their_angles()
    {
        float[] a = Result.MeaningVector(3);
        float[] b = Result.MeaningVector(700);
        VectorProjection padding = VectorProjection.FromBytes(VectorProjection.Fit(128, []).ToBytes());
        Assert.True(padding.IsExact);
        Assert.Equal(768, padding.Project(a).Length);
        Assert.Equal(VectorMath.Cosine(a, b), VectorMath.Cosine(padding.Project(a), padding.Project(b)), 1e-6f);

        // 1000 numbers that vary in 20 directions only: a projection to 768 loses nothing.
        var random = new Random(3);
        float[][] directions = [.. Enumerable.Range(0, 20).Select(_ => Enumerable.Range(0, 1000).Select(_ => (float)random.NextDouble() - 0.5f).ToArray())];
        float[][] sampleVectors = [.. Enumerable.Range(0, 60).Select(_ => Mix(directions, random))];
        VectorProjection projection = VectorProjection.FromBytes(VectorProjection.Fit(1000, sampleVectors).ToBytes());
        Assert.False(projection.IsExact);
        Assert.Equal(
            VectorMath.Cosine(sampleVectors[0], sampleVectors[1]),
            VectorMath.Cosine(projection.Project(sampleVectors[0]), projection.Project(sampleVectors[1])),
            1e-4f);
    }

    [Fact]
    public void Write_vectors_promote_tokens_as_plain_arithmetic_says()
    {
        LanguageModel model = TestData.Nina;
        var writes = new WriteVectors(model);
        float[] vector = writes.Of(new ComponentId(ComponentKind.Neuron, 2, 353), -1)!;
        Assert.Equal(1, VectorMath.Cosine(vector, vector), 1e-6f);
        WeightMatrix head = model.Weights.OutputHead;
        double[] scores = [.. Enumerable.Range(0, head.Rows).Select(r => head.Row(r).Zip(vector, (u, w) => (double)u * w).Sum())];
        double mean = scores.Average();
        double deviation = Math.Sqrt(scores.Average(s => (s - mean) * (s - mean)));
        int[] best = [.. Enumerable.Range(3, head.Rows - 3).OrderByDescending(r => scores[r]).Take(8)];
        TopToken[] tokens = writes.TopTokens(vector, 8);
        Assert.Equal(best, tokens.Select(t => t.Id));
        Assert.All(tokens, t => Assert.Equal((scores[t.Id] - mean) / deviation, t.ZScore, 1e-3));
        Assert.Equal(tokens.Select(t => t.Id), writes.TopTokens([vector, vector], 8, 2)[1].Select(t => t.Id));

        float[] direction = writes.Of(new ComponentId(ComponentKind.Head, 1, 5))!;
        Assert.Equal(1, VectorMath.Cosine(direction, direction), 1e-6f);
        Assert.Null(writes.Of(new ComponentId(ComponentKind.Layer, 1, 0)));
        Assert.Equal(ErrorNumber.ComponentUnknown, Assert.Throws<NinaException>(() => writes.Of(new ComponentId(ComponentKind.Neuron, 0, 512))).Number);
    }

    [Fact]
    public void Auroc_counts_pairs_and_its_interval_is_hanley_and_mcneils()
    {
        float[] values = [0.1f, 0.4f, 0.4f, 0.8f, 0.9f];
        int[] domains = [1, 0, 1, 0, 0];
        double[] result = new double[2];
        Auroc.OfDomains((float[])values.Clone(), new int[5], domains, [3, 2], result);
        Assert.Equal([5.5 / 6, 0.5 / 6], result, (a, b) => Math.Abs(a - b) < 1e-12);

        // Hanley and McNeil 1982: A = 0.893, 51 abnormal and 58 normal images: standard error 0.032.
        Auroc.Interval(0.893, 51, 58, out double lower, out double upper);
        Assert.Equal(0.893 - (1.96 * 0.032), lower, 2e-3);
        Assert.Equal(0.893 + (1.96 * 0.032), upper, 2e-3);
    }

    [Fact]
    public void Taking_out_the_skilled_neurons_hurts_their_domain_most()
    {
        LanguageModel model = TestData.Nina;
        ComponentId[] skilled = [.. Neurons().OrderByDescending(c => Result.SkillLevel(c, 0)).Take(60).Select(c => Result.Layout[c])];
        LanguageModel without = Ablation.Without(model, skilled);
        double Loss(LanguageModel m, string domain) => m.ScoreAll([.. TestData.TestTexts(domain, 20).Select(m.EncodePassage)], 2).MeanNats;
        double chess = Loss(without, "chess") - Loss(model, "chess");
        double cooking = Loss(without, "cooking") - Loss(model, "cooking");
        Assert.True(chess > 3 * Math.Max(0, cooking), $"chess +{chess:F3}, cooking +{cooking:F3}");
        Assert.True(chess > 0.02);
        Assert.Equal(ErrorNumber.ComponentUnknown, Assert.Throws<NinaException>(() => Ablation.Without(model, [new ComponentId(ComponentKind.Head, 0, 8)])).Number);
    }

    [Fact]
    public void An_agent_keeps_its_domain_and_chosen_neurons_beat_random_ones()
    {
        LanguageModel model = TestData.Nina;
        string[] calibration = TestData.ProbeTexts("chess", ProbedSample.TextsPerDomain);
        double[][] importance = Result.NeuronImportance(["chess"]);
        int[][] chess = [.. TestData.TestTexts("chess", 80).Select(model.EncodePassage)];
        int[][] law = [.. TestData.TestTexts("law", 25).Select(model.EncodePassage)];
        var refit = new DistillationOptions { Parallelism = 2 };
        var plain = new DistillationOptions { Target = RefitTarget.None };
        double full = model.ScoreAll(chess, 2).MeanNats;
        foreach ((int kept, double allowed) in new[] { (384, 0.03), (256, 0.30) })
        {
            AgentPlan plan = AgentPlan.ByImportance(importance, kept);
            LanguageModel agent = DistillationJob.Run("agent", model, plan, calibration, refit);
            double refitted = agent.ScoreAll(chess, 2).MeanNats;
            double chosen = DistillationJob.Run("plain", model, plan, calibration, plain).ScoreAll(chess, 2).MeanNats;
            double random = DistillationJob.Run("random", model, AgentPlan.AtRandom(model, kept, 1), calibration, plain).ScoreAll(chess, 2).MeanNats;
            Assert.True(refitted <= full + allowed, $"{kept}: {refitted:F4}, full {full:F4}");
            Assert.True(refitted < chosen && chosen < random, $"{kept}: {refitted:F4} < {chosen:F4} < {random:F4}");
            Assert.True(agent.ScoreAll(law, 2).MeanNats > refitted);
            Assert.Equal(kept, agent.Config.FeedForwardSize);
            Assert.True(agent.Weights.ParameterCount < model.Weights.ParameterCount);
        }
    }

    [Fact]
    public void An_agent_survives_export_and_bf16()
    {
        using var folder = new TemporaryFolder();
        LanguageModel model = TestData.Nina;
        AgentPlan plan = AgentPlan.ByImportance(Result.NeuronImportance(["chess", "law"]), AgentPlan.CountOfShare(512, 0.6));
        Assert.Equal(304, plan.KeptPerLayer);
        var job = new DistillationJob(model, plan, TestData.ProbeTexts("chess", 10), new DistillationOptions());
        Assert.True(job.RunNextLayer() && job.RunNextLayer() && job.RunNextLayer());
        Assert.Throws<NinaException>(() => job.Finish("agent"));
        Assert.False(job.RunNextLayer());
        LanguageModel agent = job.Finish("agent");
        HuggingFaceWriter.Write(folder.File("agent"), agent, DType.BF16);
        LanguageModel copy = LanguageModel.Open(folder.File("agent"));
        int[] ids = model.EncodePassage(TestData.TestTexts("chess", 1)[0]);
        Assert.Equal(agent.Score(ids).MeanNats, copy.Score(ids).MeanNats, 5e-3);
    }

    [Fact]
    public void Plans_that_cannot_be_are_refused()
    {
        LanguageModel model = TestData.Nina;
        double[][] importance = Result.NeuronImportance(["chess"]);
        Assert.Equal(ErrorNumber.KeepCount, Assert.Throws<NinaException>(() => AgentPlan.ByImportance(importance, 0)).Number);
        Assert.Equal(ErrorNumber.KeepCount, Assert.Throws<NinaException>(() => AgentPlan.ByImportance(importance, 513)).Number);
        Assert.Equal(ErrorNumber.KeepCount, Assert.Throws<NinaException>(() => AgentPlan.FromLists(model, [[1], [1], [1], [1, 2]])).Number);
        Assert.Equal(ErrorNumber.KeepCount, Assert.Throws<NinaException>(() => AgentPlan.FromLists(model, [[1, 1], [1, 2], [1, 2], [1, 2]])).Number);
        Assert.Equal(ErrorNumber.KeepCount, Assert.Throws<NinaException>(() => AgentPlan.FromLists(model, [[1]])).Number);
        AgentPlan plan = AgentPlan.FromLists(model, [[5, 1], [1, 2], [1, 2], [1, 511]]);
        Assert.Equal([1, 5], plan.Kept[0]);
        Assert.Equal(ErrorNumber.CalibrationEmpty, Assert.Throws<NinaException>(() => new DistillationJob(model, plan, [], new DistillationOptions())).Number);
    }

    private static float[] Mix(float[][] directions, Random random)
    {
        float[] sum = new float[directions[0].Length];
        foreach (float[] direction in directions)
        {
            float weight = (float)random.NextDouble() - 0.5f;
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += weight * direction[i];
            }
        }

        return sum;
    }

    private IEnumerable<int> Neurons() => Enumerable.Range(0, Result.Layout.Count).Where(c => Result.Layout[c].Kind == ComponentKind.Neuron);

    /// <summary>The share of the first 50 neurons found that have skill_level &gt; 0.8 in the query's domain.</summary>
    private double HitRate((string Text, string Domain) query)
    {
        float[] wanted = Result.Embedder.EmbedQuery(query.Text);
        int domain = Array.IndexOf(TestData.Domains, query.Domain);
        return Neurons()
            .OrderByDescending(c => VectorMath.Cosine(wanted, Result.MeaningVector(c)))
            .Take(50)
            .Count(c => Result.SkillLevel(c, domain) > 0.8) / 50.0;
    }
}
