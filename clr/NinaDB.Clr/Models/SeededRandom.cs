namespace NinaDB.Clr.Models;

/// <summary>SplitMix64: the same numbers from the same seed on every platform, which System.Random does not promise.</summary>
public static class SeededRandom
{
    /// <summary>64 random bits; advances the state.</summary>
    public static ulong Next(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>A number in [0, 1).</summary>
    public static double NextDouble(ref ulong state) => (Next(ref state) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in 0..<paramref name="bound"/>-1.</summary>
    public static int Next(ref ulong state, int bound) => (int)(NextDouble(ref state) * bound);

    /// <summary>0..count-1 in random order.</summary>
    public static int[] Permutation(int count, ref ulong state)
    {
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        for (int i = count - 1; i > 0; i--)
        {
            int j = Next(ref state, i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }
}
