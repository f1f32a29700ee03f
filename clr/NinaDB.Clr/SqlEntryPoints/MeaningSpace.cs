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
        TextEmbedder embedder = Embedder(model, state, out int end);
        VectorProjection projection = VectorProjection.FromBytes(Slice(state, end + 4, ReadLength(state, end)));
        return projection.Project(embedder.EmbedQuery(text));
    }

    /// <summary>The same at the full length [hidden]; without a state to be compared with write vectors.</summary>
    public static float[] EmbedFull(LanguageModel model, byte[]? state, string text)
        => state == null ? SumOfOutputRows(model, text) : Embedder(model, state, out _).EmbedQuery(text);

    /// <summary>Embeds a text to be compared with write vectors; <paramref name="projection"/> is how those were brought to 768 numbers, null where they were padded.</summary>
    public static float[] EmbedWritten(LanguageModel model, VectorProjection? projection, string text)
    {
        int hidden = model.Config.HiddenSize;
        if (projection == null && hidden > VectorProjection.StoredDimension)
        {
            throw new NinaException(
                ErrorNumber.StoredDataInvalid,
                $"The model's vectors have {hidden} numbers and were projected when it was ingested; the projection is missing.");
        }

        return (projection ?? VectorProjection.Padding(hidden)).Project(SumOfOutputRows(model, text));
    }

    /// <summary>The sum of the tokens' rows of the output head less the mean row: a write vector that is like it promotes them.</summary>
    private static float[] SumOfOutputRows(LanguageModel model, string text)
    {
        int[] ids = model.Tokenizer.Encode(text, addSpecial: false);
        if (ids.Length == 0)
        {
            throw new NinaException(ErrorNumber.QueryEmpty, "The query has no token that the model knows.");
        }

        float[] mean = new WriteVectors(model).MeanOutput;
        float[] sum = new float[model.Config.HiddenSize];
        foreach (int id in ids)
        {
            float[] row = model.Weights.OutputHead.Row(id);
            for (int i = 0; i < row.Length; i++)
            {
                sum[i] += row[i] - mean[i];
            }
        }

        return sum;
    }

    private static TextEmbedder Embedder(LanguageModel model, byte[] state, out int end)
    {
        int length = ReadLength(state, 0);
        end = 4 + length;
        return TextEmbedder.FromBytes(model, Slice(state, 4, length));
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
