using System;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Capabilities;

/// <summary>The kinds of component that have capabilities.</summary>
public enum ComponentKind
{
    /// <summary>A neuron of an FFN. In a mixture its index is expert · f + i with f neurons an expert; those of the shared expert come last.</summary>
    Neuron,

    /// <summary>An attention head.</summary>
    Head,

    /// <summary>An expert of a mixture; the shared expert comes last.</summary>
    Expert,

    /// <summary>A whole layer.</summary>
    Layer,
}

/// <summary>The finest components that are described, from coarse to fine; each includes those before it.</summary>
public enum ComponentGranularity
{
    /// <summary>Layers only.</summary>
    Layer,

    /// <summary>Attention heads too.</summary>
    Head,

    /// <summary>Experts of mixtures too.</summary>
    Expert,

    /// <summary>Neurons too.</summary>
    Neuron,
}

/// <summary>Names a component of a model.</summary>
public readonly struct ComponentId
{
    /// <summary>Creates a name.</summary>
    public ComponentId(ComponentKind kind, int layer, int index)
    {
        Kind = kind;
        Layer = layer;
        Index = index;
    }

    /// <summary>The kind.</summary>
    public ComponentKind Kind { get; }

    /// <summary>The layer, counted from 0.</summary>
    public int Layer { get; }

    /// <summary>The number within the layer, counted from 0 (0 for a layer).</summary>
    public int Index { get; }

    /// <summary>The kind as SQL writes it: neuron, head, expert, layer.</summary>
    public string KindName => Kind.ToString().ToLowerInvariant();

    /// <summary>The kind that SQL calls so; raises <see cref="ErrorNumber.ComponentUnknown"/>.</summary>
    public static ComponentKind KindOf(string? name) => name?.ToLowerInvariant() switch
    {
        "neuron" => ComponentKind.Neuron,
        "head" => ComponentKind.Head,
        "expert" => ComponentKind.Expert,
        "layer" => ComponentKind.Layer,
        _ => throw new NinaException(ErrorNumber.ComponentUnknown, $"There is no kind of component '{name}'."),
    };

    /// <inheritdoc/>
    public override string ToString() => $"{KindName} {Layer}.{Index}";
}

/// <summary>Chooses how finely a model is described.</summary>
public static class Granularity
{
    /// <summary>Models with more neurons than this are described by experts, heads and layers unless somebody asks for more.</summary>
    public const long MaxNeuronsByDefault = 4_000_000;

    /// <summary>The granularity that SQL calls so: neuron, expert, head, layer.</summary>
    public static ComponentGranularity Parse(string name) => name?.ToLowerInvariant() switch
    {
        "neuron" => ComponentGranularity.Neuron,
        "expert" => ComponentGranularity.Expert,
        "head" => ComponentGranularity.Head,
        "layer" => ComponentGranularity.Layer,
        _ => throw new NinaException(ErrorNumber.InvalidArgument, $"The granularity '{name}' is none of neuron, expert, head and layer."),
    };

    /// <summary>As SQL writes it.</summary>
    public static string NameOf(ComponentGranularity granularity) => granularity.ToString().ToLowerInvariant();

    /// <summary>Neurons where there are not too many; else experts of a mixture, heads of a dense model.</summary>
    public static ComponentGranularity Default(ModelConfig config)
        => NeuronCount(config) <= MaxNeuronsByDefault ? ComponentGranularity.Neuron
            : config.IsMixture ? ComponentGranularity.Expert
            : ComponentGranularity.Head;

    /// <summary>The FFN neurons of all layers, from the configuration alone.</summary>
    public static long NeuronCount(ModelConfig config)
    {
        long count = 0;
        for (int layer = 0; layer < config.LayerCount; layer++)
        {
            count += config.IsMixtureLayer(layer)
                ? (long)(config.ExpertCount + config.SharedExpertCount) * config.ExpertFeedForwardSize
                : config.FeedForwardSize;
        }

        return count;
    }
}
