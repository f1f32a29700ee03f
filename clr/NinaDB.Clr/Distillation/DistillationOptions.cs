using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Distillation;

/// <summary>What the kept neurons of a layer are fitted to.</summary>
public enum RefitTarget
{
    /// <summary>Nothing: they keep their columns of the down projection.</summary>
    None,

    /// <summary>What the layer's whole FFN would write, given what the agent's earlier layers pass on.</summary>
    Layer,

    /// <summary>What the full model's residual stream is after the layer, so that later layers also make up for the losses of earlier ones.</summary>
    Stream,
}

/// <summary>How an agent is distilled.</summary>
public sealed class DistillationOptions
{
    /// <summary>What is fitted.</summary>
    public RefitTarget Target { get; init; } = RefitTarget.Stream;

    /// <summary>The weight of staying close to the original columns, in units of the mean squared activation of the kept neurons.</summary>
    public double Lambda { get; init; } = 1e-2;

    /// <summary>The most threads.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Raises <see cref="ErrorNumber.InvalidArgument"/> for values that cannot be.</summary>
    public void Validate() => NinaException.Require(Lambda > 0 && !double.IsInfinity(Lambda), "lambda must be a positive number.");
}
