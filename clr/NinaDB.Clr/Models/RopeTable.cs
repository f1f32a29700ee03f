using System;

namespace NinaDB.Clr.Models;

/// <summary>cos and sin of the rotary angles: [position, rotary size / 2], times what YaRN sharpens attention with.</summary>
internal sealed class RopeTable
{
    /// <summary>Computes the angles of <paramref name="capacity"/> positions.</summary>
    public RopeTable(int rotarySize, int capacity, double theta, RopeScaling scaling, float[]? factors)
    {
        Half = rotarySize / 2;
        Cos = new float[(long)capacity * Half];
        Sin = new float[(long)capacity * Half];
        double[] frequencies = scaling.Frequencies(rotarySize, theta);
        double size = scaling.Kind == RopeScalingKind.Yarn ? scaling.AttentionFactor : 1;
        for (int i = 0; i < Half; i++)
        {
            double frequency = factors == null ? frequencies[i] : frequencies[i] / factors[i];
            for (int p = 0; p < capacity; p++)
            {
                Cos[((long)p * Half) + i] = (float)(size * Math.Cos(p * frequency));
                Sin[((long)p * Half) + i] = (float)(size * Math.Sin(p * frequency));
            }
        }
    }

    /// <summary>The number of pairs that turn.</summary>
    public int Half { get; }

    /// <summary>The cosines.</summary>
    public float[] Cos { get; }

    /// <summary>The sines.</summary>
    public float[] Sin { get; }
}
