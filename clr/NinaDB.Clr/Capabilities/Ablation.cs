using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Capabilities;

/// <summary>Takes components out of a model, in a copy that shares the weights that do not change.</summary>
public static class Ablation
{
    /// <summary>
    /// The model without some neurons, heads, experts and layers: what they write is zero. An expert is still routed to, and adds nothing. For causal checks: the change
    /// of loss shows what they were for. Biases of projections stay. Raises <see cref="ErrorNumber.ComponentUnknown"/>.
    /// </summary>
    public static LanguageModel Without(LanguageModel model, IEnumerable<ComponentId> components)
    {
        var byLayer = new SortedDictionary<int, LayerAblation>();
        foreach (ComponentId component in components)
        {
            if (component.Layer < 0 || component.Layer >= model.Weights.Layers.Count)
            {
                throw Unknown(component);
            }

            if (!byLayer.TryGetValue(component.Layer, out LayerAblation? ablation))
            {
                byLayer.Add(component.Layer, ablation = new LayerAblation(model, component.Layer));
            }

            ablation.Remove(component);
        }

        var layers = new List<LayerWeights>(model.Weights.Layers);
        foreach (KeyValuePair<int, LayerAblation> pair in byLayer)
        {
            layers[pair.Key] = pair.Value.Apply();
        }

        return model.With(model.Name, model.Config, model.Weights.WithLayers(layers));
    }

    private static NinaException Unknown(ComponentId component) => new(ErrorNumber.ComponentUnknown, $"There is no component {component}.");

    /// <summary>What is removed from one layer. Matrices are copied once, however many of their columns go.</summary>
    private sealed class LayerAblation
    {
        private readonly LayerWeights _layer;
        private readonly int _headCount;
        private readonly int _headSize;
        private readonly HashSet<int> _heads = new();

        /// <summary>By part of the FFN (0 in a dense layer, else the expert, the shared one last) the neurons to remove.</summary>
        private readonly Dictionary<int, HashSet<int>> _neurons = new();

        public LayerAblation(LanguageModel model, int layer)
        {
            _layer = model.Weights.Layers[layer];
            _headCount = model.Config.HeadCount;
            _headSize = model.Config.HeadSize;
        }

        private int PartCount => _layer.Mixture == null ? 1 : _layer.Mixture.Experts.Count + (_layer.Mixture.Shared == null ? 0 : 1);

        public void Remove(ComponentId component)
        {
            switch (component.Kind)
            {
                case ComponentKind.Neuron when component.Index >= 0 && component.Index < _layer.NeuronCount:
                    // The experts of a layer are of one width; the shared one comes last.
                    int width = _layer.Mixture == null ? int.MaxValue : _layer.Mixture.Experts[0].NeuronCount;
                    int part = Math.Min(component.Index / width, PartCount - 1);
                    NeuronsOf(part).Add(component.Index - (part * (width == int.MaxValue ? 0 : width)));
                    break;
                case ComponentKind.Head when component.Index >= 0 && component.Index < _headCount:
                    _heads.Add(component.Index);
                    break;
                case ComponentKind.Expert when _layer.Mixture != null && component.Index >= 0 && component.Index < PartCount:
                    RemovePart(component.Index);
                    break;
                case ComponentKind.Layer when component.Index == 0:
                    for (int h = 0; h < _headCount; h++)
                    {
                        _heads.Add(h);
                    }

                    for (int p = 0; p < PartCount; p++)
                    {
                        RemovePart(p);
                    }

                    break;
                default:
                    throw Unknown(component);
            }
        }

        public LayerWeights Apply()
        {
            LayerWeights layer = _layer;
            if (_heads.Count > 0)
            {
                var columns = new List<int>();
                foreach (int head in _heads)
                {
                    for (int i = 0; i < _headSize; i++)
                    {
                        columns.Add((head * _headSize) + i);
                    }
                }

                layer = layer.WithOutput(Cleared(layer.Output, columns));
            }

            foreach (KeyValuePair<int, HashSet<int>> part in _neurons)
            {
                if (layer.Mixture == null)
                {
                    layer = layer.WithDown(Cleared(layer.DenseDown, part.Value));
                    continue;
                }

                MixtureWeights mixture = layer.Mixture;
                bool isShared = part.Key == mixture.Experts.Count;
                ExpertWeights expert = isShared ? mixture.Shared! : mixture.Experts[part.Key];
                layer = layer.WithMixture(mixture.WithExpert(isShared ? -1 : part.Key, expert.WithDown(Cleared(expert.Down, part.Value))));
            }

            return layer;
        }

        private void RemovePart(int part)
        {
            int count = _layer.Mixture == null ? _layer.DenseUp.Rows : part < _layer.Mixture.Experts.Count ? _layer.Mixture.Experts[part].NeuronCount : _layer.Mixture.Shared!.NeuronCount;
            HashSet<int> neurons = NeuronsOf(part);
            for (int i = 0; i < count; i++)
            {
                neurons.Add(i);
            }
        }

        private HashSet<int> NeuronsOf(int part)
        {
            if (!_neurons.TryGetValue(part, out HashSet<int>? neurons))
            {
                _neurons.Add(part, neurons = new HashSet<int>());
            }

            return neurons;
        }

        /// <summary>A copy of a matrix with some columns zero.</summary>
        private static WeightMatrix Cleared(WeightMatrix matrix, ICollection<int> columns)
        {
            float[] values = new float[(long)matrix.Rows * matrix.Columns];
            for (int r = 0; r < matrix.Rows; r++)
            {
                long start = (long)r * matrix.Columns;
                Array.Copy(matrix.Row(r), 0, values, start, matrix.Columns);
                foreach (int column in columns)
                {
                    values[start + column] = 0;
                }
            }

            return new WeightMatrix(matrix.Rows, matrix.Columns, values);
        }
    }
}
