using System;
using System.Collections.Generic;
using System.IO;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Capabilities;

/// <summary>
/// Embeds texts in a model's own embedding space: the mean of a/(a+p(w)) · E[w]/‖E[w]‖ over the tokens, less the mean over the probe texts
/// (smooth inverse frequency, Arora et al. 2017). The token frequencies come from the probe texts and are stored with them.
/// </summary>
public sealed class TextEmbedder
{
    /// <summary>The a of the weights.</summary>
    public const double Smoothing = 1e-3;

    private const uint Magic = 0x3145544E; // "NTE1"

    private readonly LanguageModel _model;
    private readonly float[] _frequencies;
    private readonly float[] _mean;

    private TextEmbedder(LanguageModel model, float[] frequencies, float[] mean)
    {
        _model = model;
        _frequencies = frequencies;
        _mean = mean;
    }

    /// <summary>The length of an embedding: the model's hidden size.</summary>
    public int Dimension => _mean.Length;

    /// <summary>Learns frequencies and the mean from probe texts given as ids.</summary>
    public static TextEmbedder Fit(LanguageModel model, IReadOnlyList<int[]> texts)
    {
        double[] counts = new double[model.Weights.Embedding.Rows];
        double total = 0;
        foreach (int[] text in texts)
        {
            foreach (int id in text)
            {
                if (!model.Tokenizer.IsSpecial(id))
                {
                    counts[id]++;
                    total++;
                }
            }
        }

        if (total == 0)
        {
            throw new NinaException(ErrorNumber.ProbeEmpty, "The probe texts have no token.");
        }

        float[] frequencies = Array.ConvertAll(counts, c => (float)(c / total));
        var centred = new TextEmbedder(model, frequencies, new float[model.Config.HiddenSize]);
        double[] sum = new double[model.Config.HiddenSize];
        foreach (int[] text in texts)
        {
            float[] vector = centred.Embed(text);
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += vector[i];
            }
        }

        return new TextEmbedder(model, frequencies, Array.ConvertAll(sum, s => (float)(s / texts.Count)));
    }

    /// <summary>The embedding of a query; raises <see cref="ErrorNumber.QueryEmpty"/> when it has no token of text.</summary>
    public float[] EmbedQuery(string text)
    {
        int[] ids = _model.Tokenizer.Encode(text, addSpecial: false);
        if (string.IsNullOrWhiteSpace(text) || !Array.Exists(ids, IsText))
        {
            throw new NinaException(ErrorNumber.QueryEmpty, "The query has no token that the model knows.");
        }

        return Embed(ids);
    }

    /// <summary>The embedding of a text given as ids.</summary>
    public float[] Embed(int[] ids)
    {
        double[] sum = new double[_mean.Length];
        float[] row = new float[_mean.Length];
        int count = 0;
        foreach (int id in ids)
        {
            if (_model.Tokenizer.IsSpecial(id))
            {
                continue;
            }

            count++;
            if (!IsText(id))
            {
                continue;
            }

            MatrixColumns.ReadRow(_model.Weights.Embedding, id, row, 0);
            double square = 0;
            foreach (float value in row)
            {
                square += (double)value * value;
            }

            double weight = Smoothing / (Smoothing + _frequencies[id]);
            float scale = square > 0 ? (float)(weight / Math.Sqrt(square)) : 0;
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += scale * row[i];
            }
        }

        float[] result = new float[sum.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = (float)(sum[i] / Math.Max(1, count)) - _mean[i];
        }

        return result;
    }

    /// <summary>Whether a token is one of text, whose embedding counts.</summary>
    private bool IsText(int id) => id >= 0 && id < _frequencies.Length && id < _model.Tokenizer.Vocabulary.Count && !_model.Tokenizer.IsSpecial(id);

    /// <summary>Bytes for storage: frequencies and mean.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(_frequencies.Length);
        writer.Write(_mean.Length);
        foreach (float value in _frequencies)
        {
            writer.Write(value);
        }

        foreach (float value in _mean)
        {
            writer.Write(value);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote for this model; raises <see cref="ErrorNumber.StoredDataInvalid"/>.</summary>
    public static TextEmbedder FromBytes(LanguageModel model, byte[] bytes)
    {
        NinaException.Require(bytes != null, "The stored text embedding is null.");
        int rows = model.Weights.Embedding.Rows;
        int hidden = model.Config.HiddenSize;
        using var reader = new BinaryReader(new MemoryStream(bytes!));
        if (bytes!.LongLength != 12 + (4L * (rows + hidden)) || reader.ReadUInt32() != Magic || reader.ReadInt32() != rows || reader.ReadInt32() != hidden)
        {
            throw new NinaException(ErrorNumber.StoredDataInvalid, $"The stored text embedding is corrupt, or of another model than '{model.Name}'.");
        }

        float[] frequencies = new float[rows];
        for (int i = 0; i < rows; i++)
        {
            frequencies[i] = reader.ReadSingle();
        }

        float[] mean = new float[hidden];
        for (int i = 0; i < hidden; i++)
        {
            mean[i] = reader.ReadSingle();
        }

        return new TextEmbedder(model, frequencies, mean);
    }
}
