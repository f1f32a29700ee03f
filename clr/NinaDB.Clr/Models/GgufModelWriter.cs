using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Models;

/// <summary>
/// Writes a model as one GGUF file that llama.cpp and its relatives load: metadata, tokenizer, tensors under GGUF's names. Llama, Mistral, Mixtral, Qwen 2 and
/// Qwen 3 have an equal there; others are refused by name.
/// </summary>
public static class GgufModelWriter
{
    /// <summary>
    /// Writes the file, which must not exist; it appears complete or not at all. Returns its SHA-256. Matrices are written as <paramref name="dtype"/> (F32, F16,
    /// BF16, Q8_0, Q4_0 or Q4_K; where rows do not fill its blocks, as the next larger type that fits), vectors and routers as F32.
    /// <paramref name="extraMetadata"/> are strings under their full keys. Raises <see cref="ErrorNumber.FormatConversion"/>,
    /// <see cref="ErrorNumber.DTypeNotEncodable"/>, <see cref="ErrorNumber.WriteFailed"/>.
    /// </summary>
    public static byte[] Write(string path, LanguageModel model, DType dtype, IReadOnlyDictionary<string, string>? extraMetadata = null)
    {
        NinaException.Require(!string.IsNullOrEmpty(path), "The path of the GGUF file is empty.");
        List<(string Key, GgufValue Value)> metadata = Metadata(model, dtype, extraMetadata);
        IReadOnlyList<TensorToWrite> tensors = Tensors(model, dtype);
        return AtomicFile.Write(path, stream => GgufWriter.Write(stream, metadata, tensors));
    }

    /// <summary>The GGUF architecture of a model; raises <see cref="ErrorNumber.FormatConversion"/> where there is none that is known to be the same.</summary>
    public static string ArchitectureOf(LanguageModel model) => model.Config.Family switch
    {
        ModelFamily.Llama or ModelFamily.Mistral or ModelFamily.Mixtral => "llama",
        ModelFamily.Qwen2 => "qwen2",
        ModelFamily.Qwen3 => "qwen3",
        ModelFamily.Qwen3Moe => "qwen3moe",
        _ => throw new NinaException(
            ErrorNumber.FormatConversion,
            $"Model '{model.Name}' has the architecture '{model.Config.Architecture}', which cannot be written as GGUF; llama, mistral, mixtral, qwen2 and qwen3 can."),
    };

    /// <summary>The metadata in the order in which it is written.</summary>
    internal static List<(string Key, GgufValue Value)> Metadata(LanguageModel model, DType dtype, IReadOnlyDictionary<string, string>? extra)
    {
        string architecture = ArchitectureOf(model);
        ModelConfig config = model.Config;
        var metadata = new List<(string Key, GgufValue Value)>
        {
            ("general.architecture", GgufValue.Of(architecture)),
            ("general.type", GgufValue.Of("model")),
            ("general.name", GgufValue.Of(model.Name)),
            ("general.file_type", GgufValue.Of(FileType(dtype))),
            ("general.quantization_version", GgufValue.Of(2u)),
        };
        Add("vocab_size", config.VocabularySize);
        Add("context_length", config.ContextLength);
        Add("embedding_length", config.HiddenSize);
        Add("block_count", config.LayerCount);
        Add("feed_forward_length", config.Family == ModelFamily.Mixtral ? config.ExpertFeedForwardSize : config.FeedForwardSize);
        Add("attention.head_count", config.HeadCount);
        Add("attention.head_count_kv", config.KeyValueHeadCount);
        Add("attention.key_length", config.HeadSize);
        Add("attention.value_length", config.HeadSize);
        Add("rope.dimension_count", config.RotarySize);
        metadata.Add((architecture + ".attention.layer_norm_rms_epsilon", GgufValue.Of(config.NormEpsilon)));
        metadata.Add((architecture + ".rope.freq_base", GgufValue.Of((float)config.RopeTheta)));
        if (config.ExpertCount > 0)
        {
            Add("expert_count", config.ExpertCount);
            Add("expert_used_count", config.ExpertsPerToken);
            Add("expert_feed_forward_length", config.ExpertFeedForwardSize);
        }

        if (config.SlidingWindow > 0 && config.SlidingWindow < config.ContextLength)
        {
            // Other programs may not look at it for this architecture: they then see further back than the model was trained to.
            Add("attention.sliding_window", config.SlidingWindow);
        }

        AddRopeScaling(metadata, config, architecture);
        metadata.AddRange(GgufTokenizerMetadata.Of(model));
        foreach (KeyValuePair<string, string> entry in extra ?? new Dictionary<string, string>())
        {
            metadata.Add((entry.Key, GgufValue.Of(entry.Value)));
        }

        return metadata;

        void Add(string key, int value) => metadata.Add((architecture + "." + key, GgufValue.Of((uint)value)));
    }

    /// <summary>The tensors under their GGUF names, in an order by layer.</summary>
    internal static IReadOnlyList<TensorToWrite> Tensors(LanguageModel model, DType dtype)
    {
        NinaException.Require(Quantization.BlockCodec.CanEncode(dtype), $"A model cannot be written as {DTypeInfo.Of(dtype).Name}; F32, F16, BF16, Q8_0, Q4_0 and Q4_K are possible.");
        bool interleaves = ArchitectureOf(model) == "llama";
        var result = new List<TensorToWrite>();
        var stacks = new Dictionary<string, SortedDictionary<int, TensorToWrite>>(StringComparer.Ordinal);
        foreach (TensorToWrite tensor in HuggingFaceWriter.Tensors(model, DType.F32))
        {
            GgufTensorName name = GgufTensorName.Of(tensor.Name)
                ?? throw new NinaException(ErrorNumber.FormatConversion, $"The tensor '{tensor.Name}' has no name in GGUF's architecture '{ArchitectureOf(model)}'.");
            if (name.Expert >= 0)
            {
                if (!stacks.TryGetValue(name.Name, out SortedDictionary<int, TensorToWrite>? stack))
                {
                    stacks.Add(name.Name, stack = new SortedDictionary<int, TensorToWrite>());
                    result.Add(tensor);
                }

                stack.Add(name.Expert, tensor);
                continue;
            }

            DType type = name.IsSmall || tensor.Shape.Length < 2 ? DType.F32 : Fitting(dtype, tensor.Shape[tensor.Shape.Length - 1], name.Name);
            Func<float[]> values = tensor.ReadValues;
            if (interleaves && name.IsRotary)
            {
                values = () => SelectRows(tensor.ReadValues(), RotaryLayout.ToInterleaved((int)tensor.Shape[0], model.Config.HeadSize, model.Config.RotarySize));
            }

            result.Add(new TensorToWrite(name.Name, type, tensor.Shape, values));
        }

        for (int i = 0; i < result.Count; i++)
        {
            // A tensor that still has its old name holds the place of a stack of experts.
            if (GgufTensorName.Of(result[i].Name) is GgufTensorName name)
            {
                result[i] = Stack(name.Name, new List<TensorToWrite>(stacks[name.Name].Values), dtype);
            }
        }

        if (RopeFactors(model) is float[] factors)
        {
            result.Insert(0, new TensorToWrite("rope_freqs.weight", DType.F32, new long[] { factors.Length }, () => factors));
        }

        return result;
    }

    /// <summary>The number that tells other programs which type most tensors have.</summary>
    internal static uint FileType(DType dtype) => dtype switch
    {
        DType.F32 => 0,
        DType.F16 => 1,
        DType.Q4_0 => 2,
        DType.Q8_0 => 7,
        DType.Q4_K => 14,
        DType.BF16 => 32,
        _ => throw new NinaException(ErrorNumber.DTypeNotEncodable, $"A model cannot be written as {DTypeInfo.Of(dtype).Name}; F32, F16, BF16, Q8_0, Q4_0 and Q4_K are possible."),
    };

    /// <summary>
    /// The type that a matrix gets: the wanted one where its rows fill whole blocks, else Q8_0, else F16. The output head of a 4-bit model is kept at 8 bits, where
    /// errors show most.
    /// </summary>
    internal static DType Fitting(DType wanted, long rowLength, string name)
    {
        if (name == "output.weight" && (wanted == DType.Q4_0 || wanted == DType.Q4_K))
        {
            wanted = DType.Q8_0;
        }

        return rowLength % DTypeInfo.Of(wanted).BlockElements == 0 ? wanted
            : rowLength % DTypeInfo.Of(DType.Q8_0).BlockElements == 0 ? DType.Q8_0
            : DType.F16;
    }

    /// <summary>Rows in another order; of a bias, a row is a number.</summary>
    private static float[] SelectRows(float[] values, int[] order)
    {
        int width = values.Length / order.Length;
        float[] result = new float[values.Length];
        for (int row = 0; row < order.Length; row++)
        {
            Array.Copy(values, (long)order[row] * width, result, (long)row * width, width);
        }

        return result;
    }

    private static TensorToWrite Stack(string name, List<TensorToWrite> experts, DType dtype)
    {
        long[] shape = experts[0].Shape;
        long each = DTypeInfo.ElementCount(shape);
        int current = -1;
        float[] values = Array.Empty<float>();
        return new TensorToWrite(name, Fitting(dtype, shape[1], name), new[] { experts.Count, shape[0], shape[1] }, (start, buffer, count) =>
        {
            for (int done = 0; done < count;)
            {
                int expert = (int)((start + done) / each);
                if (expert != current)
                {
                    values = experts[expert].ReadValues();
                    current = expert;
                }

                long from = start + done - (expert * each);
                int part = (int)Math.Min(count - done, each - from);
                Array.Copy(values, from, buffer, done, part);
                done += part;
            }
        });
    }

    /// <summary>Linear and YaRN scaling are metadata; Llama 3's becomes a tensor: see <see cref="RopeFactors"/>.</summary>
    private static void AddRopeScaling(List<(string Key, GgufValue Value)> metadata, ModelConfig config, string architecture)
    {
        RopeScaling scaling = config.RopeScaling;
        if (scaling.Kind is not (RopeScalingKind.Linear or RopeScalingKind.Yarn))
        {
            return;
        }

        string prefix = architecture + ".rope.scaling.";
        metadata.Add((prefix + "type", GgufValue.Of(scaling.Kind == RopeScalingKind.Linear ? "linear" : "yarn")));
        metadata.Add((prefix + "factor", GgufValue.Of((float)scaling.Factor)));
        if (scaling.Kind == RopeScalingKind.Yarn)
        {
            metadata.Add((prefix + "original_context_length", GgufValue.Of((uint)scaling.OriginalContext)));
            metadata.Add((prefix + "yarn_beta_fast", GgufValue.Of((float)scaling.BetaFast)));
            metadata.Add((prefix + "yarn_beta_slow", GgufValue.Of((float)scaling.BetaSlow)));
            double plain = NinaDB.Clr.Models.RopeScaling.YarnAttentionFactor(scaling.Factor);
            if (Math.Abs(scaling.AttentionFactor - plain) > 1e-6)
            {
                metadata.Add((prefix + "attn_factor", GgufValue.Of((float)(scaling.AttentionFactor / plain))));
            }
        }
    }

    /// <summary>What each rotary frequency is divided by under Llama 3's scaling, or as the model came; null for other models.</summary>
    private static float[]? RopeFactors(LanguageModel model)
    {
        ModelConfig config = model.Config;
        if (model.Weights.RopeFactors != null || config.RopeScaling.Kind != RopeScalingKind.Llama3)
        {
            return model.Weights.RopeFactors;
        }

        double[] scaled = config.RopeScaling.Frequencies(config.RotarySize, config.RopeTheta);
        double[] plain = NinaDB.Clr.Models.RopeScaling.None.Frequencies(config.RotarySize, config.RopeTheta);
        float[] factors = new float[scaled.Length];
        for (int i = 0; i < factors.Length; i++)
        {
            factors[i] = (float)(plain[i] / scaled[i]);
        }

        return factors;
    }
}
