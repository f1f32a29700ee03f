using System;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>
/// The stored state of search by meaning: a text embedder and a projection, one after the other, each with its length in front (int32, little-endian).
/// </summary>
internal static class MeaningSpace
{
    public static byte[] ToBytes(TextEmbedder embedder, VectorProjection projection)
    {
        byte[] first = embedder.ToBytes();
        byte[] second = projection.ToBytes();
        byte[] all = new byte[8 + first.Length + second.Length];
        WriteLength(all, 0, first.Length);
        Buffer.BlockCopy(first, 0, all, 4, first.Length);
        WriteLength(all, 4 + first.Length, second.Length);
        Buffer.BlockCopy(second, 0, all, 8 + first.Length, second.Length);
        return all;
    }

    /// <summary>Embeds a query to be compared with meaning vectors.</summary>
    public static float[] Embed(LanguageModel model, byte[] state, string text)
    {
        int first = ReadLength(state, 0);
        int second = ReadLength(state, 4 + first);
        TextEmbedder embedder = TextEmbedder.FromBytes(model, Slice(state, 4, first));
        VectorProjection projection = VectorProjection.FromBytes(Slice(state, 8 + first, second));
        return projection.Project(embedder.EmbedQuery(text));
    }

    /// <summary>Embeds a text to be compared with write vectors: the sum of its tokens' rows of the output head, which is what promotes them.</summary>
    public static float[] EmbedWritten(LanguageModel model, string text)
    {
        WeightMatrix head = model.Weights.OutputHead;
        if (head.Columns > VectorProjection.StoredDimension)
        {
            throw new NinaException(
                ErrorNumber.StoredDataInvalid,
                $"The model's vectors have {head.Columns} numbers and were projected when it was ingested; measure its skills to search it by meaning.");
        }

        float[] sum = new float[VectorProjection.StoredDimension];
        foreach (int id in model.Tokenizer.Encode(text, addSpecial: false))
        {
            float[] row = head.Row(id);
            for (int i = 0; i < row.Length; i++)
            {
                sum[i] += row[i];
            }
        }

        return sum;
    }

    private static void WriteLength(byte[] target, int offset, int length)
    {
        for (int i = 0; i < 4; i++)
        {
            target[offset + i] = (byte)(length >> (8 * i));
        }
    }

    private static int ReadLength(byte[] source, int offset)
    {
        int length = offset >= 0 && offset <= source.Length - 4
            ? source[offset] | (source[offset + 1] << 8) | (source[offset + 2] << 16) | (source[offset + 3] << 24)
            : -1;
        return length >= 0 && length <= source.Length - offset - 4
            ? length
            : throw new NinaException(ErrorNumber.StoredDataInvalid, "The stored meaning space is damaged.");
    }

    private static byte[] Slice(byte[] source, int offset, int count)
    {
        byte[] slice = new byte[count];
        Buffer.BlockCopy(source, offset, slice, 0, count);
        return slice;
    }
}
