using System;
using System.IO;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Capabilities;

/// <summary>
/// What one text does to every component of a layout: the statistics of a forward pass, one number a component, so that a probe of many
/// texts needs bounded memory. It can be stored as bytes, and a probe resumed from them.
/// </summary>
public sealed class TextActivation
{
    private const uint Magic = 0x3141544E; // "NTA1"

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

    /// <summary>The mean of |activation| (of a head, a layer: of the length of its output).</summary>
    public float[] MeanMagnitude { get; }

    /// <summary>The mean activation with its sign.</summary>
    public float[] MeanSigned { get; }

    /// <summary>The share of positions at which a neuron's gate is open; of a head or layer, 1.</summary>
    public float[] FiringRate { get; }

    /// <summary>The activation that is largest in magnitude.</summary>
    public float[] Peak { get; }

    /// <summary>Where it is, counted in tokens from 0.</summary>
    public float[] PeakPosition { get; }

    /// <summary>Bytes for storage: means in full, the rest in half precision.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(MeanMagnitude.Length);
        writer.Write(TokenCount);
        writer.Write(Tokens.Length);
        foreach (int token in Tokens)
        {
            writer.Write(token);
        }

        foreach (float value in MeanMagnitude)
        {
            writer.Write(value);
        }

        foreach (float[] values in new[] { MeanSigned, FiringRate, Peak })
        {
            foreach (float value in values)
            {
                writer.Write(HalfFloat.FromSingle(value));
            }
        }

        foreach (float position in PeakPosition)
        {
            writer.Write((int)position);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote; raises <see cref="ErrorNumber.StoredDataInvalid"/>.</summary>
    public static TextActivation FromBytes(byte[] bytes, int componentCount)
    {
        NinaException.Require(bytes != null, "The stored activation is null.");
        using var reader = new BinaryReader(new MemoryStream(bytes!));
        bool valid = bytes!.Length >= 16 && reader.ReadUInt32() == Magic && reader.ReadInt32() == componentCount;
        int statisticTokens = valid ? reader.ReadInt32() : 0;
        int tokens = valid ? reader.ReadInt32() : -1;
        if (tokens <= 0 || statisticTokens <= 0 || bytes.LongLength != 16 + (4L * tokens) + (14L * componentCount))
        {
            throw new NinaException(ErrorNumber.StoredDataInvalid, "A stored activation is corrupt, or of a model with other components.");
        }

        int[] ids = new int[tokens];
        for (int i = 0; i < tokens; i++)
        {
            ids[i] = reader.ReadInt32();
        }

        var result = new TextActivation(ids, statisticTokens, componentCount);
        for (int i = 0; i < componentCount; i++)
        {
            result.MeanMagnitude[i] = reader.ReadSingle();
        }

        foreach (float[] values in new[] { result.MeanSigned, result.FiringRate, result.Peak })
        {
            for (int i = 0; i < componentCount; i++)
            {
                values[i] = HalfFloat.ToSingle(reader.ReadUInt16());
            }
        }

        for (int i = 0; i < componentCount; i++)
        {
            result.PeakPosition[i] = Math.Min(Math.Max(0, reader.ReadInt32()), tokens - 1);
        }

        return result;
    }
}
