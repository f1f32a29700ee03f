using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Distillation;

/// <summary>Compares a model that was written with the one that it was written from: the same tokens, and logits as close as the written type allows.</summary>
public static unsafe class ExportCheck
{
    /// <summary>Tokens of each text that are compared.</summary>
    private const int MaxTokens = 64;

    /// <summary>What stands in for passages where the caller has none.</summary>
    private static readonly string[] DefaultTexts = { "The quick brown fox jumps over the lazy dog.", "In the beginning, 42 people met; what did they say?" };

    /// <summary>
    /// The largest difference of a logit over the texts. Raises <see cref="ErrorNumber.ExportDiffers"/> when tokens differ, when a logit is no number,
    /// or when the difference is more than <see cref="ToleranceOf"/> allows.
    /// </summary>
    public static double Compare(LanguageModel expected, LanguageModel actual, IReadOnlyList<string> texts, DType written)
    {
        double largest = 0;
        double spread = 0;
        foreach (string text in texts.Count > 0 ? texts : DefaultTexts)
        {
            int[] ids = expected.Tokenizer.Encode(text);
            RequireSameTokens(ids, actual.Tokenizer.Encode(text), actual.Name);
            int count = Math.Min(Math.Min(ids.Length, MaxTokens), Math.Min(expected.Config.ContextLength, actual.Config.ContextLength));
            if (count > 0)
            {
                CompareText(expected, actual, ids, count, ref largest, ref spread);
            }
        }

        double allowed = ToleranceOf(written) * Math.Max(spread, 1e-6);
        return largest <= allowed
            ? largest
            : throw new NinaException(
                ErrorNumber.ExportDiffers,
                $"The exported model differs from the one in the database: a logit by {largest:G4}, and {DTypeInfo.Of(written).Name} allows {allowed:G4}. Nothing of it was left.");
    }

    /// <summary>How far a logit may be off, in standard deviations of the logits of a position.</summary>
    public static double ToleranceOf(DType written)
    {
        switch (written)
        {
            case DType.F32:
                return 1e-3;
            case DType.F16:
                return 0.05;
            case DType.BF16:
                return 0.2;
            case DType.Q8_0:
                return 0.5;
            default:
                return 4;
        }
    }

    private static void RequireSameTokens(int[] expected, int[] actual, string name)
    {
        bool same = expected.Length == actual.Length;
        for (int i = 0; same && i < expected.Length; i++)
        {
            same = expected[i] == actual[i];
        }

        if (!same)
        {
            throw new NinaException(ErrorNumber.ExportDiffers, $"The exported model '{name}' makes other tokens of a text than the one in the database. Nothing of it was left.");
        }
    }

    private static void CompareText(LanguageModel expected, LanguageModel actual, int[] ids, int count, ref double largest, ref double spread)
    {
        int vocabulary = expected.Weights.OutputHead.Rows;
        if (actual.Weights.OutputHead.Rows != vocabulary)
        {
            throw new NinaException(ErrorNumber.ExportDiffers, $"The exported model has {actual.Weights.OutputHead.Rows} tokens, the one in the database {vocabulary}. Nothing of it was left.");
        }

        InferenceSession left = expected.StartSession(count, Environment.ProcessorCount);
        InferenceSession right = actual.StartSession(count, Environment.ProcessorCount);
        left.Append(ids, 0, count);
        right.Append(ids, 0, count);
        float[] before = new float[vocabulary];
        float[] after = new float[vocabulary];
        fixed (float* a = before, b = after)
        {
            for (int t = 0; t < count; t++)
            {
                left.Logits(t, 1, a);
                right.Logits(t, 1, b);
                double sum = 0;
                double squares = 0;
                for (int i = 0; i < vocabulary; i++)
                {
                    double difference = Math.Abs((double)a[i] - b[i]);
                    if (!(difference <= double.MaxValue))
                    {
                        throw new NinaException(ErrorNumber.ExportDiffers, "The exported model computes a logit that is no finite number. Nothing of it was left.");
                    }

                    largest = Math.Max(largest, difference);
                    sum += a[i];
                    squares += (double)a[i] * a[i];
                }

                double mean = sum / vocabulary;
                spread = Math.Max(spread, Math.Sqrt(Math.Max(0, (squares / vocabulary) - (mean * mean))));
            }
        }
    }
}
