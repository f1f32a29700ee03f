using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Models;

/// <summary>
/// Writes a model as one GGUF file that llama.cpp and its relatives load: metadata, tokenizer, tensors under GGUF's names. What GGUF
/// has no key for is refused by name.
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
    public static string ArchitectureOf(LanguageModel model)
    {
        ModelConfig config = model.Config;
        string architecture = config.Family switch
        {
            ModelFamily.Llama or ModelFamily.Mistral or ModelFamily.Mixtral => "llama",
            ModelFamily.Llama4 => "llama4",
            ModelFamily.Qwen2 => "qwen2",
            ModelFamily.Qwen2Moe => "qwen2moe",
            ModelFamily.Qwen3 => "qwen3",
            ModelFamily.Qwen3Moe => "qwen3moe",
            ModelFamily.Gemma => "gemma",
            ModelFamily.Gemma2 => "gemma2",
            ModelFamily.Gemma3 => "gemma3",
            ModelFamily.Gpt2 => "gpt2",
            ModelFamily.GptNeox => "gptneox",
            _ => throw new NinaException(
                ErrorNumber.FormatConversion, $"Model '{model.Name}' has the architecture '{config.Architecture}', which cannot be written as GGUF."),
        };
        if (WhatGgufCannotSay(config) is string reason)
        {
            throw new NinaException(ErrorNumber.FormatConversion, $"Model '{model.Name}' cannot be written as GGUF, which has no way to say {reason}.");
        }

        return architecture;
    }

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
        AddFloat(config.Norm == NormKind.Layer ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon", config.NormEpsilon);
        if (config.Position == PositionKind.Rotary)
        {
            Add("rope.dimension_count", config.RotarySize);
            AddFloat("rope.freq_base", config.RopeTheta);
        }

        if (config.ExpertCount > 0)
        {
            Add("expert_count", config.ExpertCount);
            Add("expert_used_count", config.ExpertsPerToken);
            Add("expert_feed_forward_length", config.ExpertFeedForwardSize);
            if (config.SharedExpertCount > 0)
            {
                Add("expert_shared_count", config.SharedExpertCount);
                Add("expert_shared_feed_forward_length", config.SharedExpertFeedForwardSize);
            }
        }

        if (config.SlidingWindow > 0 && config.SlidingWindow < config.ContextLength)
        {
            // Other programs may not look at it for this architecture: they then see further back than the model was trained to.
            Add("attention.sliding_window", config.SlidingWindow);
        }

        AddFamily(config, Add, AddFloat);
        if (config.Family == ModelFamily.GptNeox)
        {
            metadata.Add((architecture + ".use_parallel_residual", GgufValue.Of(config.ParallelResidual)));
        }

        AddRopeScaling(metadata, config, architecture);
        metadata.AddRange(TokenizerGgufWriter.Metadata(model.Tokenizer, model.StartId, model.Config.EndTokenIds.Count > 0 ? model.Config.EndTokenIds[0] : -1));
        foreach (KeyValuePair<string, string> entry in extra ?? new Dictionary<string, string>())
        {
            metadata.Add((entry.Key, GgufValue.Of(entry.Value)));
        }

        return metadata;

        void Add(string key, int value) => metadata.Add((architecture + "." + key, GgufValue.Of((uint)value)));

        void AddFloat(string key, double value) => metadata.Add((architecture + "." + key, GgufValue.Of((float)value)));
    }

    private static void AddFamily(ModelConfig config, Action<string, int> add, Action<string, double> addFloat)
    {
        switch (config.Family)
        {
            case ModelFamily.Gemma2:
                addFloat("attn_logit_softcapping", config.AttentionSoftCap);
                addFloat("final_logit_softcapping", config.LogitSoftCap);
                break;
            case ModelFamily.Gemma3:
                addFloat("rope.freq_base_swa", config.LocalRopeTheta);
                break;
            case ModelFamily.Llama4:
                add("interleave_moe_layer_step", config.MixtureStep);
                add("attention.chunk_size", config.AttentionChunk);
                addFloat("attention.temperature_scale", config.TemperatureScale);
                addFloat("attention.temperature_length", config.TemperatureFloor);
                break;
        }
    }

    /// <summary>What a reader of the file could not know; null when it is all there.</summary>
    private static string? WhatGgufCannotSay(ModelConfig config)
    {
        ModelConfig read = config.AsReadFromGguf();
        for (int l = 0; l < config.LayerCount; l++)
        {
            if (config.IsMixtureLayer(l) != read.IsMixtureLayer(l))
            {
                return $"that layer {l} {(config.IsMixtureLayer(l) ? "is" : "is not")} a mixture of experts";
            }

            if (config.UsesRotary(l) != read.UsesRotary(l) || config.FirstVisible(l, config.ContextLength - 1) != read.FirstVisible(l, config.ContextLength - 1))
            {
                return $"what layer {l} attends to";
            }
        }

        return config.Routing != read.Routing ? "how its router weighs experts"
            : Math.Abs(config.AttentionScale - read.AttentionScale) > 1e-6f * config.AttentionScale ? "how its attention scores are scaled"
            : config.HasUnitQueryKey != read.HasUnitQueryKey ? "whether its queries and keys are unit vectors"
            : config.Family != ModelFamily.Gemma2 && (config.AttentionSoftCap > 0 || config.LogitSoftCap > 0) ? "that it caps scores or logits"
            : config.Activation != read.Activation ? "which activation it has"
            : config.RopeScaling.Kind == RopeScalingKind.Yarn && !config.RopeScaling.Truncates ? "that its yarn limits are not rounded"
            : null;
    }

    /// <summary>The tensors under their GGUF names, in an order by layer.</summary>
    internal static IReadOnlyList<TensorToWrite> Tensors(LanguageModel model, DType dtype)
    {
        NinaException.Require(Quantization.BlockCodec.CanEncode(dtype), $"A model cannot be written as {DTypeInfo.Of(dtype).Name}; F32, F16, BF16, Q8_0, Q4_0 and Q4_K are possible.");
        ArchitectureOf(model);
        return new GgufLayout(model, dtype).Tensors();
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

    /// <summary>Linear and YaRN scaling are metadata; Llama 3's becomes a tensor (<see cref="GgufLayout"/>).</summary>
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
}
