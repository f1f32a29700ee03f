using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Capabilities;

/// <summary>The kinds of component that have capabilities.</summary>
public enum ComponentKind
{
    /// <summary>A neuron of an FFN.</summary>
    Neuron,

    /// <summary>An attention head.</summary>
    Head,

    /// <summary>An expert of a mixture.</summary>
    Expert,

    /// <summary>A whole layer.</summary>
    Layer,
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

    /// <inheritdoc/>
    public override string ToString() => $"{KindName} {Layer}.{Index}";
}

/// <summary>
/// The components of a range of a model's layers, numbered: layer by layer its neurons, then its heads, then the layer itself. The numbers
/// are positions in the arrays of a probe.
/// </summary>
public sealed class ComponentLayout
{
    private readonly int[] _starts;
    private readonly int[] _neurons;

    /// <summary>Lays out layers <paramref name="firstLayer"/>.. of a model; <paramref name="layerCount"/> -1 means all the rest.</summary>
    public ComponentLayout(LanguageModel model, int firstLayer = 0, int layerCount = -1)
    {
        int total = model.Weights.Layers.Count;
        LayerCount = layerCount < 0 ? total - firstLayer : layerCount;
        NinaException.Require(firstLayer >= 0 && LayerCount > 0 && firstLayer + LayerCount <= total, $"Layers {firstLayer} to {firstLayer + LayerCount} are not in the model's {total}.");
        FirstLayer = firstLayer;
        HeadCount = model.Config.HeadCount;
        _starts = new int[LayerCount + 1];
        _neurons = new int[LayerCount];
        for (int l = 0; l < LayerCount; l++)
        {
            _neurons[l] = model.Weights.Layers[firstLayer + l].DenseUp.Rows;
            _starts[l + 1] = checked(_starts[l] + _neurons[l] + HeadCount + 1);
        }
    }

    /// <summary>The first layer.</summary>
    public int FirstLayer { get; }

    /// <summary>The number of layers.</summary>
    public int LayerCount { get; }

    /// <summary>Heads a layer.</summary>
    public int HeadCount { get; }

    /// <summary>The number of components.</summary>
    public int Count => _starts[LayerCount];

    /// <summary>Whether a layer of the model is in the range.</summary>
    public bool Contains(int layer) => layer >= FirstLayer && layer < FirstLayer + LayerCount;

    /// <summary>The number of FFN neurons of a layer.</summary>
    public int NeuronCount(int layer) => _neurons[layer - FirstLayer];

    /// <summary>The position of a layer's first neuron.</summary>
    public int NeuronStart(int layer) => _starts[layer - FirstLayer];

    /// <summary>The position of a layer's first head.</summary>
    public int HeadStart(int layer) => _starts[layer - FirstLayer] + _neurons[layer - FirstLayer];

    /// <summary>The position of the layer itself.</summary>
    public int LayerPosition(int layer) => _starts[layer - FirstLayer + 1] - 1;

    /// <summary>The position of a component; raises <see cref="ErrorNumber.ComponentUnknown"/>.</summary>
    public int PositionOf(ComponentId id)
    {
        if (Contains(id.Layer) && id.Index >= 0)
        {
            switch (id.Kind)
            {
                case ComponentKind.Neuron when id.Index < NeuronCount(id.Layer):
                    return NeuronStart(id.Layer) + id.Index;
                case ComponentKind.Head when id.Index < HeadCount:
                    return HeadStart(id.Layer) + id.Index;
                case ComponentKind.Layer when id.Index == 0:
                    return LayerPosition(id.Layer);
            }
        }

        throw new NinaException(ErrorNumber.ComponentUnknown, $"There is no component {id}.");
    }

    /// <summary>The component at a position.</summary>
    public ComponentId this[int position]
    {
        get
        {
            NinaException.Require(position >= 0 && position < Count, $"There is no component at position {position}.");
            int low = 0;
            int high = LayerCount - 1;
            while (low < high)
            {
                int middle = (low + high + 1) / 2;
                if (_starts[middle] <= position)
                {
                    low = middle;
                }
                else
                {
                    high = middle - 1;
                }
            }

            int index = position - _starts[low];
            int layer = FirstLayer + low;
            return index < _neurons[low] ? new ComponentId(ComponentKind.Neuron, layer, index)
                : index < _neurons[low] + HeadCount ? new ComponentId(ComponentKind.Head, layer, index - _neurons[low])
                : new ComponentId(ComponentKind.Layer, layer, 0);
        }
    }

    /// <summary>All components in order.</summary>
    public IEnumerable<ComponentId> All()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }
}
