using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Capabilities;

/// <summary>
/// The components of a range of a model's layers, numbered: layer by layer its neurons, then its heads, then its experts, then the layer
/// itself, as far as the granularity goes. The numbers are positions in the arrays of a probe and in vector segments.
/// </summary>
public sealed class ComponentLayout
{
    private readonly int[] _starts;
    private readonly int[] _neurons;
    private readonly int[] _experts;
    private readonly int[] _expertWidths;

    /// <summary>Lays out layers <paramref name="firstLayer"/>.. of a model; <paramref name="layerCount"/> -1 means all the rest.</summary>
    public ComponentLayout(LanguageModel model, int firstLayer = 0, int layerCount = -1, ComponentGranularity granularity = ComponentGranularity.Neuron)
    {
        int total = model.Weights.Layers.Count;
        LayerCount = layerCount < 0 ? total - firstLayer : layerCount;
        NinaException.Require(firstLayer >= 0 && LayerCount > 0 && firstLayer + LayerCount <= total, $"Layers {firstLayer} to {firstLayer + LayerCount} are not in the model's {total}.");
        FirstLayer = firstLayer;
        Granularity = granularity;
        HeadCount = granularity >= ComponentGranularity.Head ? model.Config.HeadCount : 0;
        _starts = new int[LayerCount + 1];
        _neurons = new int[LayerCount];
        _experts = new int[LayerCount];
        _expertWidths = new int[LayerCount];
        for (int l = 0; l < LayerCount; l++)
        {
            LayerWeights layer = model.Weights.Layers[firstLayer + l];
            if (layer.Mixture is { } mixture)
            {
                _expertWidths[l] = ExpertWidth(mixture);
                _experts[l] = granularity >= ComponentGranularity.Expert ? mixture.Experts.Count + (mixture.Shared == null ? 0 : 1) : 0;
            }

            _neurons[l] = granularity == ComponentGranularity.Neuron ? layer.NeuronCount : 0;
            _starts[l + 1] = checked(_starts[l] + _neurons[l] + HeadCount + _experts[l] + 1);
        }
    }

    /// <summary>The finest components.</summary>
    public ComponentGranularity Granularity { get; }

    /// <summary>The first layer.</summary>
    public int FirstLayer { get; }

    /// <summary>The number of layers.</summary>
    public int LayerCount { get; }

    /// <summary>Heads a layer; 0 where the granularity leaves them out.</summary>
    public int HeadCount { get; }

    /// <summary>The number of components.</summary>
    public int Count => _starts[LayerCount];

    /// <summary>Whether some layer is a mixture whose experts are laid out.</summary>
    public bool HasExperts
    {
        get
        {
            foreach (int count in _experts)
            {
                if (count > 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether a layer of the model is in the range.</summary>
    public bool Contains(int layer) => layer >= FirstLayer && layer < FirstLayer + LayerCount;

    /// <summary>The number of FFN neurons of a layer, those of all experts together.</summary>
    public int NeuronCount(int layer) => _neurons[layer - FirstLayer];

    /// <summary>The number of experts of a layer, the shared one included.</summary>
    public int ExpertCount(int layer) => _experts[layer - FirstLayer];

    /// <summary>The neurons of one expert of a layer: the f of a neuron's index expert · f + i.</summary>
    public int ExpertWidth(int layer) => _expertWidths[layer - FirstLayer];

    /// <summary>The position of a layer's first neuron.</summary>
    public int NeuronStart(int layer) => _starts[layer - FirstLayer];

    /// <summary>The position of a layer's first head.</summary>
    public int HeadStart(int layer) => _starts[layer - FirstLayer] + _neurons[layer - FirstLayer];

    /// <summary>The position of a layer's first expert.</summary>
    public int ExpertStart(int layer) => HeadStart(layer) + HeadCount;

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
                case ComponentKind.Expert when id.Index < ExpertCount(id.Layer):
                    return ExpertStart(id.Layer) + id.Index;
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
            if (index < _neurons[low])
            {
                return new ComponentId(ComponentKind.Neuron, layer, index);
            }

            index -= _neurons[low];
            if (index < HeadCount)
            {
                return new ComponentId(ComponentKind.Head, layer, index);
            }

            index -= HeadCount;
            return index < _experts[low] ? new ComponentId(ComponentKind.Expert, layer, index) : new ComponentId(ComponentKind.Layer, layer, 0);
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

    /// <summary>The neurons of every routed expert of a mixture; raises <see cref="ErrorNumber.ComponentUnknown"/> where they differ, because a neuron's index would be ambiguous.</summary>
    internal static int ExpertWidth(MixtureWeights mixture)
    {
        int width = mixture.Experts[0].NeuronCount;
        foreach (ExpertWeights expert in mixture.Experts)
        {
            if (expert.NeuronCount != width)
            {
                throw new NinaException(ErrorNumber.ComponentUnknown, $"The experts of a layer have {width} and {expert.NeuronCount} neurons; their neurons cannot be numbered.");
            }
        }

        return width;
    }
}
