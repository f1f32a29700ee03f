using System;
using System.Threading;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Capabilities;

/// <summary>
/// By layer and head W_Oᵀ W_O [head size, head size], with which the length of what a head writes is cheap. Computed once a model and layer,
/// when it is first asked for; shared by threads.
/// </summary>
internal sealed unsafe class HeadGrams
{
    private readonly LanguageModel _model;
    private readonly Lazy<float[]>[] _layers;

    public HeadGrams(LanguageModel model)
    {
        _model = model;
        _layers = new Lazy<float[]>[model.Weights.Layers.Count];
        for (int l = 0; l < _layers.Length; l++)
        {
            WeightMatrix output = model.Weights.Layers[l].Output;
            _layers[l] = new Lazy<float[]>(() => Compute(output), LazyThreadSafetyMode.ExecutionAndPublication);
        }
    }

    /// <summary>[heads, head size, head size] of a layer.</summary>
    public float[] this[int layer] => _layers[layer].Value;

    private float[] Compute(WeightMatrix output)
    {
        int heads = _model.Config.HeadCount;
        int size = _model.Config.HeadSize;
        float[] grams = new float[heads * size * size];
        for (int h = 0; h < heads; h++)
        {
            float[] columns = MatrixColumns.Copy(output, h * size, size);
            fixed (float* x = columns, target = grams)
            {
                Kernels.MultiplyTransposed(x, output.Rows, size, x, output.Rows, size, output.Rows, target + ((long)h * size * size), size);
            }
        }

        return grams;
    }
}
