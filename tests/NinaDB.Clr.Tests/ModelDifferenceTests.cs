using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Questions;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

public sealed class ModelDifferenceTests
{
    [Fact]
    public void A_model_does_not_differ_from_itself_whatever_its_data_type()
    {
        using var folder = new TemporaryFolder();
        HuggingFaceWriter.Write(folder.File("wide"), TestData.Nina, DType.F32);
        TensorDifference[] tensors = [.. TensorDifference.Of(ModelFile.Open(TestData.NinaMini), ModelFile.Open(folder.File("wide")))];
        Assert.NotEmpty(tensors);
        Assert.All(tensors, t => Assert.Equal(Clr.Questions.TensorRelation.Equal, t.Relation));
        Assert.Empty(ComponentDifference.Of(TestData.Nina, LanguageModel.Open(folder.File("wide")), 10)!);
    }

    [Fact]
    public void What_was_changed_is_what_differs()
    {
        using var folder = new TemporaryFolder();
        LanguageModel changed = Ablation.Without(TestData.Nina, [new ComponentId(ComponentKind.Neuron, 2, 17), new ComponentId(ComponentKind.Head, 1, 3)]);
        HuggingFaceWriter.Write(folder.File("changed"), changed, DType.BF16);
        TensorDifference[] tensors = [.. TensorDifference.Of(ModelFile.Open(TestData.NinaMini), ModelFile.Open(folder.File("changed")))];
        Assert.Equal(
            ["model.layers.1.self_attn.o_proj.weight", "model.layers.2.mlp.down_proj.weight"],
            tensors.Where(t => t.Relation != Clr.Questions.TensorRelation.Equal).Select(t => t.A!.Name).Order());
        TensorDifference down = tensors.Single(t => t.A!.Name == "model.layers.2.mlp.down_proj.weight");
        float[] column = TestData.Nina.Weights.Layers[2].Down!.Column(17);
        Assert.Equal(column.Count(x => x != 0), down.Comparison!.Differing);
        Assert.Equal(column.Max(Math.Abs), down.Comparison.MaxAbsDifference, 1e-9);

        IReadOnlyList<ComponentDifference> components = ComponentDifference.Of(TestData.Nina, LanguageModel.Open(folder.File("changed")), 10)!;
        Assert.Equal(
            [new ComponentId(ComponentKind.Head, 1, 3), new ComponentId(ComponentKind.Neuron, 2, 17)],
            components.Select(c => c.Component).OrderBy(c => c.Layer));
        Assert.All(components, c => Assert.Equal(1, c.ReadCosine));
        Assert.All(components, c => Assert.True(double.IsNaN(c.WriteCosine) && c.RelativeL2 > 0));
    }

    [Fact]
    public void Models_of_other_shapes_differ_in_shape_and_names()
    {
        TensorDifference[] tensors = [.. TensorDifference.Of(ModelFile.Open(TestData.NinaMini), ModelFile.Open(TestData.NinaMiniMixture))];
        Assert.Contains(tensors, t => t.Relation == Clr.Questions.TensorRelation.OnlyInA);
        Assert.Contains(tensors, t => t.Relation == Clr.Questions.TensorRelation.OnlyInB && t.B!.Name.Contains("experts", StringComparison.Ordinal));
        Assert.Contains(tensors, t => t.Relation == Clr.Questions.TensorRelation.Differs && t.A!.Name == "model.embed_tokens.weight");
        Assert.Null(ComponentDifference.Of(TestData.Nina, TestData.NinaMixture, 5));
    }

    [Fact]
    public void A_mixtures_expert_differs_where_it_was_changed()
    {
        LanguageModel changed = Ablation.Without(TestData.NinaMixture, [new ComponentId(ComponentKind.Expert, 1, 5)]);
        IReadOnlyList<ComponentDifference> components = ComponentDifference.Of(TestData.NinaMixture, changed, 1000)!;
        Assert.Equal(new ComponentId(ComponentKind.Expert, 1, 5), components.Single(c => c.Component.Kind == ComponentKind.Expert).Component);
        Assert.Equal(Enumerable.Range(5 * 128, 128), components.Where(c => c.Component.Kind == ComponentKind.Neuron).Select(c => c.Component.Index).Order());
    }

    [Fact]
    public void Removing_an_expert_is_removing_its_neurons()
    {
        LanguageModel model = TestData.NinaMixture;
        int[] ids = model.EncodePassage(TestData.TestTexts("chess", 1)[0]);
        double whole = model.Score(ids).Nats;
        double expert = Ablation.Without(model, [new ComponentId(ComponentKind.Expert, 0, 2)]).Score(ids).Nats;
        double neurons = Ablation.Without(model, Enumerable.Range(2 * 128, 128).Select(i => new ComponentId(ComponentKind.Neuron, 0, i))).Score(ids).Nats;
        Assert.Equal(expert, neurons);
        Assert.NotEqual(whole, expert);
        Assert.Equal(
            ErrorNumber.ComponentUnknown, Assert.Throws<NinaException>(() => Ablation.Without(model, [new ComponentId(ComponentKind.Expert, 0, 8)])).Number);
        Assert.Equal(ErrorNumber.ComponentUnknown, Assert.Throws<NinaException>(() => Ablation.Without(TestData.Nina, [new ComponentId(ComponentKind.Expert, 0, 0)])).Number);
        Assert.Equal(ErrorNumber.ComponentUnknown, Assert.Throws<NinaException>(() => Ablation.Without(TestData.Nina, [new ComponentId(ComponentKind.Neuron, 4, 0)])).Number);
    }

    [Fact]
    public void Removing_what_writes_nothing_changes_nothing_and_nothing_cannot_be_removed()
    {
        LanguageModel silent = Ablation.Without(TestData.Nina, [new ComponentId(ComponentKind.Neuron, 0, 3)]);
        DomainAblation result = Assert.Single(AblationMeasurement.Run(silent, [new ComponentId(ComponentKind.Neuron, 0, 3)], Domains("chess"), 1));
        Assert.Equal((0.0, 0.0, 0.0, 0.0), (result.Removed.Change, result.Removed.Lower, result.Removed.Upper, result.Removed.StandardError));
        Assert.NotNull(result.Control);
        Assert.Equal(ErrorNumber.AblationImpossible, Assert.Throws<NinaException>(() => AblationMeasurement.Run(silent, [], Domains("chess"), 1)).Number);

        // Nothing removed: the very same model.
        int[] ids = silent.EncodePassage("The knight");
        Assert.Equal(TestData.Nina.Score(ids).Nats, Ablation.Without(TestData.Nina, []).Score(ids).Nats);
    }

    [Fact]
    public void Removing_what_a_domain_needs_hurts_it_more_than_removing_as_many_others()
    {
        // A neuron's importance for chess, from its activations and the length of its write direction.
        ComponentId[] important = [.. PromptWalk.Of(TestData.Nina, string.Join(' ', TestData.ProbeTexts("chess", 3)), maxPerKind: 12)
            .Where(f => f.Component.Kind == ComponentKind.Neuron).Select(f => f.Component)];
        IReadOnlyList<DomainAblation> results = AblationMeasurement.Run(TestData.Nina, important, Domains("chess", "law"), 1, 2);
        DomainAblation chess = results[0];
        Assert.True(chess.Removed.Change > 0.05 && chess.Removed.Change > chess.Control!.Value.Change);
        Assert.True(chess.Removed.Lower <= chess.Removed.Change && chess.Removed.Change <= chess.Removed.Upper && chess.Removed.StandardError > 0);
        Assert.Equal(results.Select(r => (r.Removed.Change, r.Removed.Lower)), AblationMeasurement.Run(TestData.Nina, important, Domains("chess", "law"), 1).Select(r => (r.Removed.Change, r.Removed.Lower)));
        double direct = TestData.Nina.ScoreAll([.. TestData.TestTexts("chess", 8).Select(TestData.Nina.EncodePassage)]).MeanNats;
        Assert.Equal(direct, chess.LossBefore, 1e-9);
    }

    [Fact]
    public void The_control_is_of_the_same_kinds_and_layers_and_shares_nothing()
    {
        ComponentId[] removed = [new(ComponentKind.Neuron, 1, 4), new(ComponentKind.Neuron, 1, 5), new(ComponentKind.Head, 2, 0)];
        IReadOnlyList<ComponentId> control = AblationMeasurement.ControlSet(TestData.Nina, removed, 9)!;
        Assert.Equal(removed.Select(c => (c.Kind, c.Layer)).Order(), control.Select(c => (c.Kind, c.Layer)).Order());
        Assert.Empty(control.Intersect(removed));
        Assert.Equal(control, AblationMeasurement.ControlSet(TestData.Nina, removed, 9)!);
        Assert.Null(AblationMeasurement.ControlSet(TestData.Nina, Enumerable.Range(0, 5).Select(h => new ComponentId(ComponentKind.Head, 0, h)), 9));
    }

    private static KeyValuePair<string, IReadOnlyList<string>>[] Domains(params string[] names)
        => [.. names.Select(n => new KeyValuePair<string, IReadOnlyList<string>>(n, TestData.TestTexts(n, 8)))];
}
