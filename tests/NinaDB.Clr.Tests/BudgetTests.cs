using NinaDB.Clr.Distillation;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>An agent fits the budget that it was planned for, and one neuron or expert more would not.</summary>
public sealed class BudgetTests
{
    private static readonly LanguageModel Mixture = LanguageModel.Open(Path.Combine(TestData.Root, "samples", "models", "nina-mini-moe"));

    [Theory]
    [InlineData(BudgetUnit.Parameters, DType.BF16, 700_000)]
    [InlineData(BudgetUnit.Parameters, DType.BF16, 461_440)]
    [InlineData(BudgetUnit.Bytes, DType.BF16, 1_500_000)]
    [InlineData(BudgetUnit.Bytes, DType.BF16, 1_500_001)]
    [InlineData(BudgetUnit.Bytes, DType.F32, 2_345_678)]
    public void A_dense_agent_fits_exactly(BudgetUnit unit, DType dtype, long budget)
    {
        LanguageModel model = TestData.Nina;
        int kept = new BudgetPlan(model, dtype).Fit(budget, unit);
        Assert.InRange(kept, 1, 511);
        Assert.True(SizeOf(kept) <= budget && SizeOf(kept + 1) > budget, $"{kept}: {SizeOf(kept)}, {SizeOf(kept + 1)}");

        long SizeOf(int neurons)
        {
            AgentPlan plan = AgentPlan.AtRandom(model, neurons, 1);
            LanguageModel agent = DistillationJob.Run("agent", model, plan, [], new DistillationOptions { Target = RefitTarget.None });
            return unit == BudgetUnit.Parameters ? agent.Weights.ParameterCount : FileLength(agent, dtype);
        }
    }

    [Fact]
    public void A_mixture_fits_exactly()
    {
        LanguageModel three = DistillationJob.Run("three", Mixture, AgentPlan.ExpertsAtRandom(Mixture, 3, 1), [], new DistillationOptions { Target = RefitTarget.None });
        var plan = new BudgetPlan(Mixture, DType.BF16);
        Assert.Equal(3, plan.Fit(three.Weights.ParameterCount, BudgetUnit.Parameters));
        Assert.Equal(2, plan.Fit(three.Weights.ParameterCount - 1, BudgetUnit.Parameters));
        Assert.Equal(3, plan.Fit(FileLength(three, DType.BF16), BudgetUnit.Bytes));
        Assert.Equal(2, plan.Fit(FileLength(three, DType.BF16) - 1, BudgetUnit.Bytes));
        Assert.Equal(8, plan.Fit(long.MaxValue, BudgetUnit.Bytes));
    }

    [Fact]
    public void A_budget_below_what_cannot_be_dropped_is_refused_with_the_minimum()
    {
        var plan = new BudgetPlan(TestData.Nina, DType.BF16);
        long least = plan.SizeOf(1, BudgetUnit.Parameters);
        Assert.Equal(1, plan.Fit(least, BudgetUnit.Parameters));
        NinaException error = Assert.Throws<NinaException>(() => plan.Fit(least - 1, BudgetUnit.Parameters));
        Assert.Equal(ErrorNumber.BudgetTooSmall, error.Number);
        Assert.Contains($"{least} parameters", error.Message, StringComparison.Ordinal);
    }

    private static long FileLength(LanguageModel model, DType dtype)
    {
        using var folder = new TemporaryFolder();
        HuggingFaceWriter.Write(folder.File("m"), model, dtype);
        return new FileInfo(Path.Combine(folder.File("m"), "model.safetensors")).Length;
    }
}
