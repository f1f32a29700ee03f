using System;

namespace NinaDB.Clr.Tensors;

/// <summary>Buffers of a thread for the inner loops, kept between calls.</summary>
internal static class Scratch
{
    [ThreadStatic]
    private static float[]? _sums;

    [ThreadStatic]
    private static float[]? _panel;

    [ThreadStatic]
    private static float[]? _row;

    [ThreadStatic]
    private static float[]? _packed;

    /// <summary>Inputs copied side by side.</summary>
    public static float[] Packed(int length) => Take(ref _packed, length);

    /// <summary>Sums that wait for the rest of k.</summary>
    public static float[] Sums(int length) => Take(ref _sums, length);

    /// <summary>Decoded rows of a matrix.</summary>
    public static float[] Panel(int length) => Take(ref _panel, length);

    /// <summary>One row of results.</summary>
    public static float[] Row(int length) => Take(ref _row, length);

    private static float[] Take(ref float[]? buffer, int length)
        => buffer != null && buffer.Length >= length ? buffer : buffer = new float[length];
}
