using System;
using System.Collections.Generic;

namespace NinaDB.Clr.Models;

/// <content>What a family implies, and which configurations are possible.</content>
public sealed partial class ModelConfig
{
    /// <summary>More than any model has; a router's work grows with their product.</summary>
    private const int MaxExperts = 4096;
    private const int MaxExpertsPerToken = 256;

    private static readonly HashSet<int> NoLayers = new();

    /// <summary>The layers that are mixtures; null for every <see cref="_mixtureStep"/>-th but <see cref="_denseLayers"/>.</summary>
    private HashSet<int>? _mixtureLayers;
    private HashSet<int> _denseLayers = NoLayers;
    private int _mixtureStep = 1;

    /// <summary>By layer whether it has rotary embedding; null for all but every <see cref="_noRotaryStep"/>-th.</summary>
    private bool[]? _rotaryLayers;
    private int _noRotaryStep;

    /// <summary>By layer whether attention is local; null for <see cref="_localRule"/>.</summary>
    private bool[]? _localLayers;
    private LocalRule _localRule;
    private int _localStep = 1;

    /// <summary>Which layers are local where no list says it.</summary>
    private enum LocalRule
    {
        All,

        /// <summary>All but every n-th.</summary>
        AllButEvery,

        /// <summary>From the n-th on.</summary>
        From,

        /// <summary>Those with rotary embedding.</summary>
        Rotary,
    }

    /// <summary>The field of config.json that holds <see cref="ExpertFeedForwardSize"/>.</summary>
    private string ExpertSizeName => Family is ModelFamily.Qwen2Moe or ModelFamily.Qwen3Moe ? "moe_intermediate_size" : "intermediate_size";

    /// <summary>What all models of a family have in common; readers set what differs between models.</summary>
    private void ApplyFamily()
    {
        switch (Family)
        {
            case ModelFamily.Qwen2:
            case ModelFamily.Qwen2Moe:
                HasAttentionBias = true;
                break;
            case ModelFamily.Qwen3:
            case ModelFamily.Qwen3Moe:
                HasQueryKeyNorm = true;
                break;
            case ModelFamily.Gemma:
            case ModelFamily.Gemma2:
            case ModelFamily.Gemma3:
                Norm = NormKind.RmsOffset;
                Activation = ActivationKind.GeluTanh;
                EmbeddingScale = (float)Math.Sqrt(HiddenSize);
                HasPostNorms = Family != ModelFamily.Gemma;
                HasQueryKeyNorm = Family == ModelFamily.Gemma3;
                break;
            case ModelFamily.Gpt2:
                Norm = NormKind.Layer;
                Activation = ActivationKind.GeluTanh;
                IsGated = false;
                Position = PositionKind.Learned;
                HasAttentionBias = HasOutputBias = HasFeedForwardBias = true;
                break;
            case ModelFamily.GptNeox:
                Norm = NormKind.Layer;
                Activation = ActivationKind.GeluErf;
                IsGated = false;
                ParallelResidual = true;
                HasAttentionBias = HasOutputBias = HasFeedForwardBias = true;
                break;
            case ModelFamily.Llama4:
                InterleavedRotary = true;
                SharedExpertCount = 1;
                Routing = RoutingKind.SigmoidOfInput;
                break;
        }
    }

    /// <summary>Fills in what follows from other fields.</summary>
    private void Complete()
    {
        if (KeyValueHeadCount == 0)
        {
            KeyValueHeadCount = HeadCount;
        }

        if (HeadSize == 0 && HeadCount > 0)
        {
            HeadSize = HiddenSize / HeadCount;
        }

        if (FeedForwardSize == 0 && Family == ModelFamily.Gpt2)
        {
            FeedForwardSize = 4 * HiddenSize;
        }

        if (RotarySize == 0)
        {
            RotarySize = HeadSize;
        }

        if (AttentionScale == 0 && HeadSize > 0)
        {
            AttentionScale = 1f / (float)Math.Sqrt(HeadSize);
        }

        if (!IsMixture)
        {
            SharedExpertCount = 0;
            return;
        }

        if (ExpertFeedForwardSize == 0)
        {
            ExpertFeedForwardSize = FeedForwardSize;
        }

        if (FeedForwardSize == 0)
        {
            FeedForwardSize = ExpertFeedForwardSize;
        }

        if (SharedExpertCount > 0 && SharedExpertFeedForwardSize == 0)
        {
            SharedExpertFeedForwardSize = ExpertFeedForwardSize;
        }
    }

    private string? ReasonInSizes()
    {
        if (HiddenSize == 0 || LayerCount == 0 || HeadCount == 0 || FeedForwardSize == 0 || VocabularySize == 0 || ContextLength == 0)
        {
            return "the configuration lacks a size (hidden, layers, heads, feed-forward, vocabulary or context)";
        }

        bool rotaryFits = Position != PositionKind.Rotary || (RotarySize % 2 == 0 && RotarySize > 0 && RotarySize <= HeadSize);
        if (HeadCount % KeyValueHeadCount != 0 || HeadSize == 0 || (long)HeadCount * HeadSize > MaxDimension || !rotaryFits)
        {
            return $"{HeadCount} heads of {HeadSize} with {KeyValueHeadCount} key-value heads are not possible";
        }

        if (!(NormEpsilon >= 0) || !(RopeTheta > 0) || double.IsInfinity(RopeTheta) || !(LocalRopeTheta >= 0) || double.IsInfinity(LocalRopeTheta))
        {
            return "rms_norm_eps or rope_theta is not possible";
        }

        if (!(AttentionScale > 0) || !(AttentionSoftCap >= 0) || !(LogitSoftCap >= 0) || !(TemperatureFloor > 0) || double.IsNaN(TemperatureScale))
        {
            return "a scale or a cap of attention or logits is not possible";
        }

        if (!RopeScaling.IsPossible)
        {
            return "a number of the rope scaling is not possible";
        }

        if ((_rotaryLayers != null && _rotaryLayers.Length < LayerCount) || (_localLayers != null && _localLayers.Length < LayerCount) || _mixtureStep < 1 || _localStep < 0)
        {
            return "a list of layers does not have an entry for every layer";
        }

        return IsMixture && (ExpertsPerToken < 1 || ExpertsPerToken > ExpertCount || ExpertsPerToken > MaxExpertsPerToken || ExpertCount > MaxExperts)
            ? $"{ExpertsPerToken} of {ExpertCount} experts a token are not possible"
            : null;
    }
}
