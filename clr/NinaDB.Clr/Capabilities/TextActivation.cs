using System;
using System.Collections.Generic;
using System.IO;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Capabilities;

/// <summary>The numbers that a probe keeps for every text and component, in the order in which they are stored.</summary>
internal enum ActivationField
{
    Magnitude,
    Signed,
    Firing,
    Peak,
    PeakPosition,
}

/// <summary>
/// What one text does to every component of a layout: the statistics of a forward pass, five numbers a component, so that a probe of many
/// texts needs bounded memory. It can be stored as bytes, and a probe resumed from them.
/// </summary>
public sealed class TextActivation
{
    internal const int FieldCount = 5;

    private const uint Magic = 0x3241544E; // "NTA2"

    internal TextActivation(int[] tokens, int statisticTokens, int componentCount)
    {
        Tokens = tokens;
        TokenCount = statisticTokens;
        MeanMagnitude = new float[componentCount];
        MeanSigned = new float[componentCount];
        FiringRate = new float[componentCount];
        Peak = new float[componentCount];
        PeakPosition = new float[componentCount];
    }

    /// <summary>The ids that ran, start token included.</summary>
    public int[] Tokens { get; }

    /// <summary>The positions that the means are over; the start token is left out.</summary>
    public int TokenCount { get; }

    /// <summary>The mean of |activation| (of a head, a layer: of the length of its output; of an expert: of that times its gate weight).</summary>
    public float[] MeanMagnitude { get; }

    /// <summary>The mean activation with its sign; of an expert its mean gate weight, 0 where it is not routed.</summary>
    public float[] MeanSigned { get; }

    /// <summary>The share of positions at which a neuron's gate is open; of an expert, at which it is routed; of a head or layer, 1.</summary>
    public float[] FiringRate { get; }

    /// <summary>The activation that is largest in magnitude.</summary>
    public float[] Peak { get; }

    /// <summary>Where it is, counted in tokens from 0.</summary>
    public float[] PeakPosition { get; }

    /// <summary>Bytes for storage.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[checked(16 + (4 * Tokens.Length) + (4 * FieldCount * MeanMagnitude.Length))];
        WriteTo(bytes, 0);
        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote; raises <see cref="ErrorNumber.StoredDataInvalid"/>.</summary>
    public static TextActivation FromBytes(byte[] bytes, int componentCount)
    {
        NinaException.Require(bytes != null, "The stored activation is null.");
        using var reader = new BinaryReader(new MemoryStream(bytes!));
        bool valid = bytes!.Length >= 16 && reader.ReadUInt32() == Magic && reader.ReadInt32() == componentCount;
        int statisticTokens = valid ? reader.ReadInt32() : 0;
        int tokens = valid ? reader.ReadInt32() : -1;
        if (tokens <= 0 || statisticTokens <= 0 || statisticTokens > tokens || bytes.LongLength != 16 + (4L * tokens) + (4L * FieldCount * componentCount))
        {
            throw new NinaException(ErrorNumber.StoredDataInvalid, "A stored activation is corrupt, or of a model with other components.");
        }

        int[] ids = new int[tokens];
        Buffer.BlockCopy(bytes, 16, ids, 0, 4 * tokens);
        var result = new TextActivation(ids, statisticTokens, componentCount);
        int offset = 16 + (4 * tokens);
        foreach (float[] values in result.Fields())
        {
            Buffer.BlockCopy(bytes, offset, values, 0, 4 * componentCount);
            offset += 4 * componentCount;
        }

        for (int i = 0; i < componentCount; i++)
        {
            float place = result.PeakPosition[i];
            result.PeakPosition[i] = place >= 0 ? Math.Min(place, tokens - 1) : 0;
        }

        return result;
    }

    /// <summary>The numbers of one field.</summary>
    internal float[] Field(ActivationField field) => field switch
    {
        ActivationField.Magnitude => MeanMagnitude,
        ActivationField.Signed => MeanSigned,
        ActivationField.Firing => FiringRate,
        ActivationField.Peak => Peak,
        _ => PeakPosition,
    };

    /// <summary>Writes what <see cref="ToBytes"/> gives into a buffer.</summary>
    internal void WriteTo(byte[] bytes, int offset)
    {
        Buffer.BlockCopy(new[] { unchecked((int)Magic), MeanMagnitude.Length, TokenCount, Tokens.Length }, 0, bytes, offset, 16);
        Buffer.BlockCopy(Tokens, 0, bytes, offset + 16, 4 * Tokens.Length);
        offset += 16 + (4 * Tokens.Length);
        foreach (float[] values in Fields())
        {
            Buffer.BlockCopy(values, 0, bytes, offset, 4 * values.Length);
            offset += 4 * values.Length;
        }
    }

    private IEnumerable<float[]> Fields()
    {
        yield return MeanMagnitude;
        yield return MeanSigned;
        yield return FiringRate;
        yield return Peak;
        yield return PeakPosition;
    }
}
