using System;
using System.Globalization;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Models;

/// <summary>The ways to stretch a rotary embedding beyond the length it was trained with.</summary>
public enum RopeScalingKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>Positions divided by a factor.</summary>
    Linear,

    /// <summary>Llama 3.1: long waves divided by the factor, short ones kept, those between interpolated.</summary>
    Llama3,

    /// <summary>YaRN (arXiv 2309.00071): by the number of rotations within the original context; attention is sharpened.</summary>
    Yarn,
}

/// <summary>The scaling of a rotary embedding. The names of the fields are those of Hugging Face's rope_scaling.</summary>
public sealed class RopeScaling
{
    /// <summary>No scaling.</summary>
    public static RopeScaling None { get; } = new RopeScaling();

    /// <summary>The kind.</summary>
    public RopeScalingKind Kind { get; internal set; }

    /// <summary>How many times longer the context becomes.</summary>
    public double Factor { get; internal set; } = 1;

    /// <summary>The context before.</summary>
    public double OriginalContext { get; internal set; }

    /// <summary>llama3: waves longer than OriginalContext / this are divided by the factor.</summary>
    public double LowFrequencyFactor { get; internal set; } = 1;

    /// <summary>llama3: waves shorter than OriginalContext / this are kept.</summary>
    public double HighFrequencyFactor { get; internal set; } = 4;

    /// <summary>yarn: dimensions that rotate more often than this within the original context are kept.</summary>
    public double BetaFast { get; internal set; } = 32;

    /// <summary>yarn: dimensions that rotate less often than this are divided by the factor.</summary>
    public double BetaSlow { get; internal set; } = 1;

    /// <summary>yarn: what queries and keys are multiplied with.</summary>
    public double AttentionFactor { get; internal set; } = 1;

    /// <summary>yarn: whether the limits between the ranges are rounded to whole dimensions.</summary>
    public bool Truncates { get; internal set; } = true;

    /// <summary>Whether every number is one that can be computed with.</summary>
    internal bool IsPossible
        => Positive(Factor) && Positive(AttentionFactor) && Positive(LowFrequencyFactor) && Positive(HighFrequencyFactor) && Positive(BetaFast) && Positive(BetaSlow)
        && (Kind == RopeScalingKind.None || Kind == RopeScalingKind.Linear || Positive(OriginalContext));

    /// <summary>What YaRN multiplies queries and keys with unless a model says otherwise: 0.1 · scale · ln(factor) + 1.</summary>
    internal static double YarnAttentionFactor(double factor, double scale = 1) => factor <= 1 ? 1 : (0.1 * scale * Math.Log(factor)) + 1;

    /// <summary>The angle a position that each pair of dimensions turns: [rotarySize / 2], from the unscaled base <paramref name="theta"/>.</summary>
    internal double[] Frequencies(int rotarySize, double theta)
    {
        double[] frequencies = new double[rotarySize / 2];
        double low = Math.Max(YarnDimension(BetaFast, rotarySize, theta), 0);
        double high = Math.Min(YarnDimension(BetaSlow, rotarySize, theta), rotarySize - 1);
        for (int i = 0; i < frequencies.Length; i++)
        {
            double frequency = Math.Pow(theta, -2.0 * i / rotarySize);
            frequencies[i] = Kind switch
            {
                RopeScalingKind.Linear => frequency / Factor,
                RopeScalingKind.Llama3 => Llama3(frequency),
                RopeScalingKind.Yarn => Mix(frequency, frequency / Factor, Ramp(i, low, high)),
                _ => frequency,
            };
        }

        return frequencies;
    }

    /// <summary>The rope_scaling object of config.json; null for none.</summary>
    internal JsonValue? ToJson()
    {
        JsonValue json = JsonValue.NewObject().Set("rope_type", JsonValue.Of(Kind.ToString().ToLowerInvariant())).Set("factor", JsonValue.Of(Factor));
        switch (Kind)
        {
            case RopeScalingKind.None:
                return null;
            case RopeScalingKind.Llama3:
                json.Set("low_freq_factor", JsonValue.Of(LowFrequencyFactor))
                    .Set("high_freq_factor", JsonValue.Of(HighFrequencyFactor))
                    .Set("original_max_position_embeddings", JsonValue.Of((long)OriginalContext));
                break;
            case RopeScalingKind.Yarn:
                json.Set("attention_factor", JsonValue.Of(AttentionFactor))
                    .Set("beta_fast", JsonValue.Of(BetaFast))
                    .Set("beta_slow", JsonValue.Of(BetaSlow))
                    .Set("original_max_position_embeddings", JsonValue.Of((long)OriginalContext));
                if (!Truncates)
                {
                    json.Set("truncate", JsonValue.False);
                }

                break;
        }

        return json;
    }

    /// <inheritdoc/>
    public override string ToString() => Kind == RopeScalingKind.None ? "none" : string.Format(CultureInfo.InvariantCulture, "{0} x {1}", Kind, Factor);

    private static bool Positive(double value) => value > 0 && !double.IsInfinity(value);

    private static double Mix(double kept, double divided, double share) => (divided * share) + (kept * (1 - share));

    private static double Ramp(double i, double low, double high)
        => Math.Min(1, Math.Max(0, (i - low) / (high == low ? 0.001 : high - low)));

    private double Llama3(double frequency)
    {
        double wave = 2 * Math.PI / frequency;
        if (wave < OriginalContext / HighFrequencyFactor)
        {
            return frequency;
        }

        if (wave > OriginalContext / LowFrequencyFactor || HighFrequencyFactor <= LowFrequencyFactor)
        {
            return frequency / Factor;
        }

        double smooth = ((OriginalContext / wave) - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor);
        return Mix(frequency, frequency / Factor, 1 - smooth);
    }

    /// <summary>The dimension that rotates so many times within the original context.</summary>
    private double YarnDimension(double rotations, int rotarySize, double theta)
    {
        if (Kind != RopeScalingKind.Yarn)
        {
            return 0;
        }

        double dimension = rotarySize * Math.Log(OriginalContext / (rotations * 2 * Math.PI)) / (2 * Math.Log(theta));
        return !Truncates ? dimension : rotations == BetaFast ? Math.Floor(dimension) : Math.Ceiling(dimension);
    }
}
