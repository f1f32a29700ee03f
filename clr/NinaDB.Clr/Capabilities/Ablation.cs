using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Capabilities;

/// <summary>Takes components out of a model, in a copy that shares the weights that do not change.</summary>
public static class Ablation
{
    /// <summary>
    /// The model without some neurons and heads: what they write is zero. For causal checks: the change of loss shows what they were for.
    /// Raises <see cref="ErrorNumber.ComponentUnknown"/>.
    /// </summary>
    public static LanguageModel Without(LanguageModel model, IEnumerable<ComponentId> components)
    {
        var layout = new ComponentLayout(model);
        var layers = new List<LayerWeights>(model.Weights.Layers);
        int headSize = model.Config.HeadSize;
        foreach (ComponentId component in components)
        {
            layout.PositionOf(component);
            LayerWeights layer = layers[component.Layer];
            LayerWeights original = model.Weights.Layers[component.Layer];
            if (component.Kind != ComponentKind.Head)
            {
                bool all = component.Kind == ComponentKind.Layer;
                WeightMatrix down = ReferenceEquals(layer.Down, original.Down) ? Copy(layer.DenseDown) : layer.DenseDown;
                ClearColumns(down, all ? 0 : component.Index, all ? down.Columns : 1);
                layer = layer.WithDown(down);
            }

            if (component.Kind != ComponentKind.Neuron)
            {
                bool all = component.Kind == ComponentKind.Layer;
                WeightMatrix output = ReferenceEquals(layer.Output, original.Output) ? Copy(layer.Output) : layer.Output;
                ClearColumns(output, all ? 0 : component.Index * headSize, all ? output.Columns : headSize);
                layer = layer.WithOutput(output);
            }

            layers[component.Layer] = layer;
        }

        return model.With(model.Name, model.Config, model.Weights.WithLayers(layers));
    }

    private static WeightMatrix Copy(WeightMatrix matrix) => new(matrix.Rows, matrix.Columns, (float[])matrix.Values.Clone());

    private static void ClearColumns(WeightMatrix matrix, int first, int count)
    {
        for (int r = 0; r < matrix.Rows; r++)
        {
            Array.Clear(matrix.Values, checked((int)(((long)r * matrix.Columns) + first)), count);
        }
    }
}
