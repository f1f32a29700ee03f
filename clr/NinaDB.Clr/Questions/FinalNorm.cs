using System;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Questions;

/// <summary>
/// The final norm of a residual stream, frozen at its scale, which makes logits a sum: each part of the stream adds its own share. (Elhage et al. 2021, "A Mathematical
/// Framework for Transformer Circuits"; direct logit attribution.)
/// </summary>
internal sealed class FinalNorm
{
    private readonly double[] _direction;
    private readonly bool _centers;

    private FinalNorm(double[] direction, bool centers, double biasShare)
    {
        _direction = direction;
        _centers = centers;
        BiasShare = biasShare;
    }

    /// <summary>What the bias of LayerNorm adds to the logit; 0 for models without one.</summary>
    public double BiasShare { get; }

    /// <summary>Prepares for the logit of a token, with the scale that the norm has for a stream [hidden].</summary>
    public static FinalNorm Of(LanguageModel model, float[] stream, int token)
    {
        ModelConfig config = model.Config;
        bool centers = config.Norm == NormKind.Layer;
        double mean = centers ? Mean(stream) : 0;
        double squares = 0;
        foreach (float value in stream)
        {
            squares += (value - mean) * (value - mean);
        }

        double factor = 1 / Math.Sqrt((squares / stream.Length) + config.NormEpsilon);
        float[] output = model.Weights.OutputHead.Row(token);
        double[] direction = new double[output.Length];
        double bias = 0;
        for (int i = 0; i < output.Length; i++)
        {
            direction[i] = (double)output[i] * (config.NormOffset + model.Weights.FinalNorm[i]) * factor;
            bias += model.Weights.FinalNormBias == null ? 0 : (double)model.Weights.FinalNormBias[i] * output[i];
        }

        return new FinalNorm(direction, centers, bias);
    }

    /// <summary>What a part of the stream adds to the logit.</summary>
    public double ShareOf(float[] part)
    {
        double mean = _centers ? Mean(part) : 0;
        double sum = 0;
        for (int i = 0; i < part.Length; i++)
        {
            sum += (part[i] - mean) * _direction[i];
        }

        return sum;
    }

    private static double Mean(float[] values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
