using System.Globalization;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Tests;

/// <summary>
/// The sample model in more dimensions: its residual stream of 128 numbers is turned into one of <c>hidden</c> by an orthonormal map Q, norms
/// are taken into the matrices behind them, and RMSNorm's mean over more numbers is made good by a factor. It computes what the sample
/// computes, so that what is true of the sample's skills is true of it, with vectors too long for a VECTOR column.
/// </summary>
internal static class WideModel
{
    public static LanguageModel Of(LanguageModel model, int hidden)
    {
        int narrow = model.Config.HiddenSize;
        float[][] q = Orthonormal(narrow, hidden);
        float scale = (float)Math.Sqrt((double)narrow / hidden);
        ModelWeights w = model.Weights;
        LayerWeights[] layers =
        [
            .. w.Layers.Select(layer => new LayerWeights(
                Ones(hidden),
                Reads(layer.Query, layer.AttentionNorm, q, scale),
                Reads(layer.Key, layer.AttentionNorm, q, scale),
                Reads(layer.Value, layer.AttentionNorm, q, scale),
                Writes(layer.Output, q),
                Ones(hidden))
            {
                Gate = Reads(layer.Gate!, layer.FeedForwardNorm, q, scale),
                Up = Reads(layer.Up!, layer.FeedForwardNorm, q, scale),
                Down = Writes(layer.Down!, q),
            }),
        ];
        float[] plain = Ones(narrow);
        var weights = new ModelWeights(Reads(w.Embedding, plain, q, 1), layers, Ones(hidden), Reads(w.OutputHead, w.FinalNorm, q, scale));
        string json = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_act":"silu","hidden_size":{{hidden}},"intermediate_size":{{model.Config.FeedForwardSize}},
             "num_hidden_layers":{{layers.Length}},"num_attention_heads":{{model.Config.HeadCount}},"num_key_value_heads":{{model.Config.KeyValueHeadCount}},
             "head_dim":{{model.Config.HeadSize}},"max_position_embeddings":{{model.Config.ContextLength}},"rms_norm_eps":1e-6,"rope_theta":{{model.Config.RopeTheta}},
             "tie_word_embeddings":false,"vocab_size":{{model.Config.VocabularySize}},"bos_token_id":1,"eos_token_id":2}
            """);
        return model.With("wide", ModelConfig.FromJson(json, "wide/config.json"), weights);
    }

    private static float[] Ones(int count) => [.. Enumerable.Repeat(1f, count)];

    /// <summary>W diag(norm) Qᵀ · scale: a matrix that reads from the stream.</summary>
    private static WeightMatrix Reads(WeightMatrix matrix, float[] norm, float[][] q, float scale)
    {
        int hidden = q[0].Length;
        float[] values = new float[matrix.Rows * hidden];
        Parallel.For(0, matrix.Rows, new ParallelOptions { MaxDegreeOfParallelism = 2 }, r =>
        {
            float[] row = matrix.Row(r);
            for (int k = 0; k < row.Length; k++)
            {
                float factor = row[k] * norm[k] * scale;
                for (int j = 0; j < hidden; j++)
                {
                    values[(r * hidden) + j] += factor * q[k][j];
                }
            }
        });
        return new WeightMatrix(matrix.Rows, hidden, values);
    }

    /// <summary>Q W: a matrix that writes to the stream.</summary>
    private static WeightMatrix Writes(WeightMatrix matrix, float[][] q)
    {
        int hidden = q[0].Length;
        float[] values = new float[hidden * matrix.Columns];
        for (int k = 0; k < matrix.Rows; k++)
        {
            float[] row = matrix.Row(k);
            for (int j = 0; j < hidden; j++)
            {
                float factor = q[k][j];
                for (int c = 0; c < row.Length; c++)
                {
                    values[(j * row.Length) + c] += factor * row[c];
                }
            }
        }

        return new WeightMatrix(hidden, matrix.Columns, values);
    }

    private static float[][] Orthonormal(int count, int length)
    {
        var random = new Random(5);
        float[][] rows = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray())];
        for (int i = 0; i < count; i++)
        {
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < i; j++)
                {
                    double dot = rows[i].Zip(rows[j], (a, b) => (double)a * b).Sum();
                    for (int k = 0; k < length; k++)
                    {
                        rows[i][k] -= (float)(dot * rows[j][k]);
                    }
                }
            }

            double norm = Math.Sqrt(rows[i].Sum(v => (double)v * v));
            rows[i] = [.. rows[i].Select(v => (float)(v / norm))];
        }

        return rows;
    }
}
