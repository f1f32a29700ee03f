using System.Collections.Generic;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Models;

/// <summary>The weights of an expert: a gated FFN.</summary>
public sealed class ExpertWeights
{
    /// <summary>Creates an expert. Raises <see cref="ErrorNumber.ShapeMismatch"/>.</summary>
    public ExpertWeights(WeightMatrix gate, WeightMatrix up, WeightMatrix down)
    {
        if (gate.Rows != up.Rows || gate.Columns != up.Columns || down.Rows != up.Columns || down.Columns != up.Rows)
        {
            throw new NinaException(
                ErrorNumber.ShapeMismatch, $"{gate.Rows} by {gate.Columns}, {up.Rows} by {up.Columns} and {down.Rows} by {down.Columns} are not an expert.");
        }

        Gate = gate;
        Up = up;
        Down = down;
    }

    /// <summary>[neurons, hidden].</summary>
    public WeightMatrix Gate { get; }

    /// <summary>[neurons, hidden].</summary>
    public WeightMatrix Up { get; }

    /// <summary>[hidden, neurons].</summary>
    public WeightMatrix Down { get; }

    /// <summary>The number of neurons.</summary>
    public int NeuronCount => Up.Rows;

    /// <summary>The number of parameters.</summary>
    public long ParameterCount => 3L * Up.Rows * Up.Columns;

    /// <summary>The bytes of managed memory that the matrices occupy.</summary>
    public long ManagedBytes => Gate.ManagedBytes + Up.ManagedBytes + Down.ManagedBytes;

    /// <summary>The same expert with another down projection.</summary>
    public ExpertWeights WithDown(WeightMatrix down) => new(Gate, Up, down);

    /// <summary>The same expert with some of its neurons, in the order asked for, and <paramref name="down"/> [hidden, kept].</summary>
    public ExpertWeights WithNeurons(int[] kept, WeightMatrix down) => new(Gate.SelectRows(kept), Up.SelectRows(kept), down);
}

/// <summary>The FFN of a layer that is a mixture of experts. Immutable.</summary>
public sealed class MixtureWeights
{
    /// <summary>Creates a mixture. Raises <see cref="ErrorNumber.ShapeMismatch"/>.</summary>
    public MixtureWeights(WeightMatrix router, IReadOnlyList<ExpertWeights> experts, ExpertWeights? shared = null, float[]? sharedGate = null)
    {
        bool fits = experts.Count > 0 && router.Rows == experts.Count;
        foreach (ExpertWeights expert in experts)
        {
            fits &= expert.Up.Columns == router.Columns;
        }

        if (!fits || (shared != null && shared.Up.Columns != router.Columns) || (sharedGate != null && sharedGate.Length != router.Columns))
        {
            throw new NinaException(ErrorNumber.ShapeMismatch, $"A router of {router.Rows} by {router.Columns} does not fit its {experts.Count} experts.");
        }

        Router = router;
        Experts = experts;
        Shared = shared;
        SharedGate = sharedGate;
    }

    /// <summary>[experts, hidden].</summary>
    public WeightMatrix Router { get; }

    /// <summary>The experts.</summary>
    public IReadOnlyList<ExpertWeights> Experts { get; }

    /// <summary>The expert that runs for every token; null when there is none.</summary>
    public ExpertWeights? Shared { get; }

    /// <summary>[hidden]: the sigmoid of its product with the input weighs the shared expert (Qwen 2 MoE); null for the weight 1.</summary>
    public float[]? SharedGate { get; }

    /// <summary>The neurons of all experts, the shared one included.</summary>
    public int NeuronCount
    {
        get
        {
            int count = Shared?.NeuronCount ?? 0;
            foreach (ExpertWeights expert in Experts)
            {
                count = checked(count + expert.NeuronCount);
            }

            return count;
        }
    }

    /// <summary>The bytes of managed memory that the matrices occupy.</summary>
    public long ManagedBytes
    {
        get
        {
            long bytes = Router.ManagedBytes + (Shared?.ManagedBytes ?? 0);
            foreach (ExpertWeights expert in Experts)
            {
                bytes += expert.ManagedBytes;
            }

            return bytes;
        }
    }

    /// <summary>The number of parameters.</summary>
    public long ParameterCount
    {
        get
        {
            long count = ((long)Router.Rows * Router.Columns) + (Shared?.ParameterCount ?? 0) + (SharedGate?.Length ?? 0);
            foreach (ExpertWeights expert in Experts)
            {
                count += expert.ParameterCount;
            }

            return count;
        }
    }

    /// <summary>The same mixture with one expert changed; -1 is the shared one.</summary>
    public MixtureWeights WithExpert(int index, ExpertWeights expert)
    {
        if (index == -1)
        {
            return new MixtureWeights(Router, Experts, expert, SharedGate);
        }

        NinaException.Require(index >= 0 && index < Experts.Count, $"There is no expert {index}.");
        var experts = new List<ExpertWeights>(Experts) { [index] = expert };
        return new MixtureWeights(Router, experts, Shared, SharedGate);
    }

    /// <summary>The same mixture with some of its experts, in the order asked for; the router chooses among them.</summary>
    public MixtureWeights WithExperts(int[] kept)
    {
        var experts = new List<ExpertWeights>(kept.Length);
        foreach (int index in kept)
        {
            NinaException.Require(index >= 0 && index < Experts.Count, $"There is no expert {index}.");
            experts.Add(Experts[index]);
        }

        return new MixtureWeights(Router.SelectRows(kept), experts, Shared, SharedGate);
    }
}
