using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>Probes that do not fit memory, that were killed, and of mixtures; vectors that do not fit a VECTOR column.</summary>
public sealed unsafe class SkillTests
{
    private static readonly string[] Two = ["chess", "law"];

    [Fact]
    public void A_probe_in_a_file_measures_what_one_in_memory_measures()
    {
        using ProbeSession memory = Probe(null, long.MaxValue);
        using ProbeSession file = Probe(null, 0);
        Assert.False(memory.IsSpilled);
        Assert.True(file.IsSpilled);
        AssertSame(memory, file);
    }

    [Fact]
    public void A_probe_that_was_killed_is_gone_on_with()
    {
        string owner = "test " + Guid.NewGuid();
        ProbeSession killed = ProbeSession.Resumable(TestData.Nina, Two, owner);
        killed.Add("chess", TestData.ProbeTexts("chess", 8), 2);
        killed.Add("law", TestData.ProbeTexts("law", 3), 2);
        TextScore score = killed.Score(TestData.TestTexts("law", 2));
        using (ProbeSession other = ProbeSession.Resumable(TestData.Nina, Two, owner))
        {
            other.Add("chess", TestData.ProbeTexts("chess", 1));
            Assert.Equal(0, other.ResumedCount);
            Assert.False(other.IsSpilled);
        }

        // Killed in the middle of writing: half a record is at the end of the file.
        killed.Dispose();
        string path = ProbeFolder.FileOf(owner, new ComponentLayout(TestData.Nina), out _);
        using (FileStream stream = new(path, FileMode.Append))
        {
            stream.Write(new byte[1000]);
        }

        using ProbeSession again = ProbeSession.Resumable(TestData.Nina, Two, owner);
        foreach (string domain in Two)
        {
            again.Add(domain, TestData.ProbeTexts(domain, 8), 2);
        }

        Assert.Equal(score.Nats, again.Score(TestData.TestTexts("law", 2)).Nats);
        Assert.Equal(8 + 3 + 2, again.ResumedCount);
        using ProbeSession whole = Probe(null, long.MaxValue);
        AssertSame(whole, again);
        again.Complete();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_file_that_is_damaged_or_of_something_else_is_started_afresh()
    {
        string owner = "test " + Guid.NewGuid();
        var layout = new ComponentLayout(TestData.Nina);
        ProbeFolder.Prepare();
        string path = ProbeFolder.FileOf(owner, layout, out byte[] key);
        using (ProbeSession first = ProbeSession.Resumable(TestData.Nina, Two, owner))
        {
            first.Add("chess", TestData.ProbeTexts("chess", 3));
        }

        byte[] bytes = File.ReadAllBytes(path);
        int record = (bytes.Length - 48) / 3;
        bytes[48 + record + 5000] ^= 1;
        File.WriteAllBytes(path, bytes);
        using (ProbeFile file = ProbeFile.TryOpen(path, key, layout.Count, 2048)!)
        {
            Assert.Equal(1, file.KnownCount);
        }

        using (ProbeFile file = ProbeFile.TryOpen(path, new byte[32], layout.Count, 2048)!)
        {
            Assert.Equal(0, file.KnownCount);
        }

        var random = new Random(11);
        for (int i = 0; i < 200; i++)
        {
            byte[] noise = new byte[random.Next(0, 400)];
            random.NextBytes(noise);
            Array.Copy(bytes, noise, Math.Min(noise.Length, random.Next(0, 150)));
            File.WriteAllBytes(path, noise);
            using ProbeFile file = ProbeFile.TryOpen(path, key, layout.Count, 2048)!;
            Assert.Equal(0, file.KnownCount);
        }

        File.Delete(path);
    }

    [Fact]
    public void A_mixture_has_experts_and_their_neurons()
    {
        LanguageModel model = TestData.NinaMixture;
        var layout = new ComponentLayout(model);
        Assert.Equal(2 * ((8 * 128) + 8 + 8 + 1), layout.Count);
        Assert.All(layout.All().Select((id, position) => (id, position)), pair => Assert.Equal(pair.position, layout.PositionOf(pair.id)));
        Assert.Equal("expert 1.7", layout[layout.ExpertStart(1) + 7].ToString());
        var experts = new ComponentLayout(model, 0, -1, ComponentGranularity.Expert);
        Assert.Equal(2 * (8 + 8 + 1), experts.Count);
        Assert.Equal(2 * (8 + 1), new ComponentLayout(model, 0, -1, ComponentGranularity.Head).Count);
        Assert.Equal(2, new ComponentLayout(model, 0, -1, ComponentGranularity.Layer).Count);
        Assert.Equal(2 * 8 * 128, Granularity.NeuronCount(model.Config));
        Assert.Equal(ComponentGranularity.Neuron, Granularity.Default(model.Config));

        var writes = new WriteVectors(model);
        WeightMatrix down = model.Weights.Layers[1].Mixture!.Experts[3].Down;
        float[] neuron = writes.Of(new ComponentId(ComponentKind.Neuron, 1, (3 * 128) + 17))!;
        float[] expected = [.. down.Column(17).Zip(model.Weights.FinalNorm, (d, g) => d * g)];
        Assert.Equal(1, VectorMath.Cosine(neuron, expected), 1e-5f);
        float[] expert = writes.Of(new ComponentId(ComponentKind.Expert, 1, 3))!;
        Assert.True(Gain(down, expert, model.Weights.FinalNorm) > Enumerable.Range(0, 128).Max(i => Gain(down, Scaled(down.Column(i)), null)) - 1e-3);
        Assert.Throws<NinaException>(() => writes.Of(new ComponentId(ComponentKind.Expert, 1, 8)));
    }

    [Fact]
    public void A_mixtures_skills_are_measured_and_its_router_knows_domains()
    {
        using var session = new ProbeSession(TestData.NinaMixture, TestData.Domains);
        foreach (string domain in TestData.Domains)
        {
            session.Add(domain, TestData.ProbeTexts(domain, 20), 2);
        }

        ProbeResult result = session.Finish(2);
        SkillRow[] rows = [.. result.Skills()];
        SkillRow[] experts = [.. rows.Where(r => r.Component.Kind == ComponentKind.Expert)];
        Assert.Equal(16 * 8, experts.Length);

        // Two of eight experts run for each token, and their weights sum to one.
        foreach (var layer in experts.GroupBy(r => (r.Component.Layer, r.Domain)))
        {
            Assert.Equal(2, layer.Sum(r => r.FiringRate), 1e-4);
            Assert.Equal(1, layer.Sum(r => r.FiringRate * r.MeanGateWeight), 1e-4);
        }

        Assert.All(experts, r => Assert.InRange(r.RoutingSkill, r.RoutingLower, r.RoutingUpper));
        Assert.True(experts.Max(r => r.RoutingSkill) > 0.8);
        Assert.True(experts.Max(r => r.SkillLevel) > 0.8);
        Assert.True(rows.Where(r => r.Component.Kind == ComponentKind.Neuron).Max(r => r.SkillLevel) > 0.9);
        Assert.Equal(16, result.ExpertImportance(["chess"]).Sum(l => l.Length));
        Assert.All(result.NeuronImportance(["chess"]), l => Assert.Equal(8 * 128, l.Length));
        Assert.All(rows.Where(r => r.Component.Kind == ComponentKind.Head), r => Assert.True(double.IsNaN(r.RoutingSkill)));
    }

    [Fact]
    public void A_probe_of_experts_alone_measures_them_alike()
    {
        LanguageModel model = TestData.NinaMixture;
        using var all = new ProbeSession(model, Two);
        using var coarse = new ProbeSession(model, Two, new ComponentLayout(model, 0, -1, ComponentGranularity.Expert));
        foreach (string domain in Two)
        {
            all.Add(domain, TestData.ProbeTexts(domain, 6));
            coarse.Add(domain, TestData.ProbeTexts(domain, 6));
        }

        ProbeResult a = all.Finish();
        ProbeResult b = coarse.Finish();
        foreach (ComponentId id in b.Layout.All())
        {
            Assert.Equal(a.SkillLevel(a.Layout.PositionOf(id), 0), b.SkillLevel(b.Layout.PositionOf(id), 0));
        }
    }

    [Fact]
    public void A_wide_model_is_the_same_model_and_its_vectors_survive_the_projection()
    {
        LanguageModel wide = WideModel.Of(TestData.Nina, 1024);
        int[] ids = TestData.Nina.EncodePassage("The knight takes the bishop on f6.");
        Assert.Equal(TestData.Nina.Score(ids).MeanNats, wide.Score(ids).MeanNats, 2e-3);

        var layout = new ComponentLayout(wide);
        var writers = new WriteVectors(wide);
        VectorProjection projection = writers.FitProjection(2);
        Assert.False(projection.IsExact);
        using var folder = new TemporaryFolder();
        string path = folder.File("vectors.bin");
        VectorSegment.Write(path, layout, projection, writers.Tiles(layout, 2));
        using VectorSegment.Reader reader = VectorSegment.Open(path, layout);
        Assert.Equal((1024, layout.Count), (reader.Dimension, (int)reader.Rows));
        float[] first = writers.Of(new ComponentId(ComponentKind.Neuron, 2, 17))!;
        float[] second = writers.Of(new ComponentId(ComponentKind.Head, 1, 3))!;
        double[] cosines = reader.Cosines(first, [layout.PositionOf(new ComponentId(ComponentKind.Neuron, 2, 17)), layout.PositionOf(new ComponentId(ComponentKind.Head, 1, 3))]);
        Assert.Equal(1, cosines[0], 1e-3);
        Assert.Equal(VectorMath.Cosine(first, second), cosines[1], 1e-3);

        // The stream has 128 directions: 768 numbers lose none of them.
        Assert.Equal(VectorMath.Cosine(first, second), VectorMath.Cosine(reader.Projection.Project(first), reader.Projection.Project(second)), 1e-3f);
        Assert.Equal(
            ErrorNumber.StoredDataInvalid,
            Assert.Throws<NinaException>(() => VectorSegment.Open(path, new ComponentLayout(wide, 0, -1, ComponentGranularity.Head))).Number);
        byte[] cut = File.ReadAllBytes(path)[..^2];
        Assert.Equal(ErrorNumber.StoredDataInvalid, Assert.Throws<NinaException>(() => VectorSegment.Open(folder.Write("cut.bin", cut))).Number);
    }

    [Fact]
    public void Projected_meanings_of_few_texts_keep_the_order_of_the_full_ones()
    {
        LanguageModel wide = WideModel.Of(TestData.Nina, 1024);
        using var session = new ProbeSession(wide, Two);
        foreach (string domain in Two)
        {
            session.Add(domain, [.. TestData.ProbeTexts(domain, 12).Select(t => t[..Math.Min(40, t.Length)])], 2);
        }

        ProbeEvaluation evaluation = session.Evaluate();
        Assert.False(evaluation.LosesByProjection);
        VectorProjection projection = evaluation.FitProjection();
        float[] query = evaluation.Embedder.EmbedQuery("the knight takes the bishop");
        float[] shortQuery = projection.Project(query);
        var full = new List<(double Cosine, int Position)>();
        var projected = new List<(double Cosine, int Position)>();
        foreach (ProbeBlock block in evaluation.Blocks(false, MeaningMode.Full, null, 2))
        {
            full.AddRange(Enumerable.Range(0, block.Count).Select(c => ((double)VectorMath.Cosine(query, block.Meaning!.AsSpan(c * 1024, 1024).ToArray()), block.First + c)));
        }

        foreach (ProbeBlock block in evaluation.Blocks(false, MeaningMode.Projected, projection, 2))
        {
            projected.AddRange(Enumerable.Range(0, block.Count).Select(c => ((double)VectorMath.Cosine(shortQuery, block.Meaning!.AsSpan(c * 768, 768).ToArray()), block.First + c)));
        }

        int[] top = [.. full.OrderByDescending(p => p.Cosine).Take(50).Select(p => p.Position)];
        int[] found = [.. projected.OrderByDescending(p => p.Cosine).Take(50).Select(p => p.Position)];
        Assert.True(top.Intersect(found).Count() >= 49, $"{top.Intersect(found).Count()} of 50");
    }

    private static ProbeSession Probe(ComponentLayout? layout, long memoryLimit)
    {
        var session = new ProbeSession(TestData.Nina, Two, layout, 4, null, memoryLimit);
        foreach (string domain in Two)
        {
            session.Add(domain, TestData.ProbeTexts(domain, 8), 2);
        }

        return session;
    }

    private static void AssertSame(ProbeSession expected, ProbeSession actual)
    {
        Assert.Equal(expected.ProbeSetHash(), actual.ProbeSetHash());
        ProbeResult a = expected.Finish(2);
        ProbeResult b = actual.Finish(2);
        for (int i = 0; i < a.Layout.Count; i++)
        {
            SkillRow x = a.Skill(i, 0);
            SkillRow y = b.Skill(i, 0);
            Assert.Equal((x.SkillLevel, x.Importance, x.FiringRate, x.MeanActivation), (y.SkillLevel, y.Importance, y.FiringRate, y.MeanActivation));
            Assert.Equal(a.MeaningVector(i), b.MeaningVector(i));
            Assert.Equal(a.Contexts(i).Select(c => (c.TextNumber, c.Position, c.Activation)), b.Contexts(i).Select(c => (c.TextNumber, c.Position, c.Activation)));
        }
    }

    private static float[] Scaled(float[] vector)
    {
        double norm = Math.Sqrt(vector.Sum(v => (double)v * v));
        return [.. vector.Select(v => (float)(v / norm))];
    }

    /// <summary>The length of Dᵀx: how much of the matrix lies along a unit vector, which is first taken out of the final norm.</summary>
    private static double Gain(WeightMatrix down, float[] direction, float[]? norm)
    {
        float[] x = Scaled(norm == null ? direction : [.. direction.Zip(norm, (d, g) => d / g)]);
        return Math.Sqrt(Enumerable.Range(0, down.Columns).Sum(c => Math.Pow(down.Column(c).Zip(x, (a, b) => (double)a * b).Sum(), 2)));
    }
}
