using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Patching;

/// <summary>Applies patches to a model in memory. What they do not change is shared with the model that they are applied to.</summary>
public static class ModelPatcher
{
    /// <summary>The model with patches applied in order. Raises <see cref="ErrorNumber.PatchMismatch"/>.</summary>
    public static LanguageModel Apply(LanguageModel model, IEnumerable<ModelPatch> patches)
    {
        var changed = new Dictionary<PatchTarget, WeightMatrix>();
        foreach (ModelPatch patch in patches)
        {
            foreach (MatrixEdit edit in patch.Edits)
            {
                WeightMatrix before = changed.TryGetValue(edit.Target, out WeightMatrix? already) ? already : Find(model, edit.Target);
                changed[edit.Target] = edit.Apply(before);
            }
        }

        return changed.Count == 0 ? model : model.With(model.Name, model.Config, Replace(model.Weights, changed));
    }

    /// <summary>Raises <see cref="ErrorNumber.PatchMismatch"/> unless every edit of a patch fits the model.</summary>
    public static void RequireFits(LanguageModel model, ModelPatch patch)
    {
        foreach (MatrixEdit edit in patch.Edits)
        {
            edit.RequireFits(Find(model, edit.Target));
        }
    }

    /// <summary>The weight that a target names. Raises <see cref="ErrorNumber.PatchMismatch"/> when the model has none.</summary>
    public static WeightMatrix Find(LanguageModel model, PatchTarget target)
    {
        ModelWeights weights = model.Weights;
        WeightMatrix? found = null;
        if (target.Layer < 0)
        {
            found = target.Role switch
            {
                TensorRole.TokenEmbedding => weights.Embedding,
                TensorRole.OutputHead => weights.OutputHead,
                _ => null,
            };
        }
        else if (target.Layer < weights.Layers.Count)
        {
            found = Find(weights.Layers[target.Layer], target);
        }

        return found ?? throw new NinaException(ErrorNumber.PatchMismatch, $"Model '{model.Name}' has no weight {target}.");
    }

    private static WeightMatrix? Find(LayerWeights layer, PatchTarget target)
    {
        if (target.Expert >= 0)
        {
            ExpertWeights? expert = target.Expert == PatchTarget.SharedExpert
                ? layer.Mixture?.Shared
                : target.Expert < (layer.Mixture?.Experts.Count ?? 0) ? layer.Mixture!.Experts[target.Expert] : null;
            return target.Role switch
            {
                TensorRole.FeedForwardGate => expert?.Gate,
                TensorRole.FeedForwardUp => expert?.Up,
                TensorRole.FeedForwardDown => expert?.Down,
                _ => null,
            };
        }

        return target.Role switch
        {
            TensorRole.AttentionQuery => layer.Query,
            TensorRole.AttentionKey => layer.Key,
            TensorRole.AttentionValue => layer.Value,
            TensorRole.AttentionOutput => layer.Output,
            TensorRole.FeedForwardGate => layer.Gate,
            TensorRole.FeedForwardUp => layer.Up,
            TensorRole.FeedForwardDown => layer.Down,
            TensorRole.Router => layer.Mixture?.Router,
            _ => null,
        };
    }

    private static ModelWeights Replace(ModelWeights weights, Dictionary<PatchTarget, WeightMatrix> changed)
    {
        var layers = new List<LayerWeights>(weights.Layers);
        foreach (KeyValuePair<PatchTarget, WeightMatrix> entry in changed)
        {
            if (entry.Key.Layer >= 0)
            {
                layers[entry.Key.Layer] = Replace(layers[entry.Key.Layer], entry.Key, entry.Value);
            }
        }

        // A head that is tied to the embedding stays what it was when only the embedding is changed, and the other way round.
        return weights.WithLayers(layers).WithEmbedding(
            Pick(changed, new PatchTarget(TensorRole.TokenEmbedding), weights.Embedding), Pick(changed, new PatchTarget(TensorRole.OutputHead), weights.OutputHead));
    }

    private static LayerWeights Replace(LayerWeights layer, PatchTarget target, WeightMatrix matrix)
    {
        if (target.Expert >= 0)
        {
            bool isShared = target.Expert == PatchTarget.SharedExpert;
            ExpertWeights expert = isShared ? layer.Mixture!.Shared! : layer.Mixture!.Experts[target.Expert];
            return layer.WithMixture(layer.Mixture.WithExpert(isShared ? -1 : target.Expert, target.Role switch
            {
                TensorRole.FeedForwardGate => new ExpertWeights(matrix, expert.Up, expert.Down),
                TensorRole.FeedForwardUp => new ExpertWeights(expert.Gate, matrix, expert.Down),
                _ => expert.WithDown(matrix),
            }));
        }

        return target.Role switch
        {
            TensorRole.AttentionQuery => layer.WithAttention(matrix, layer.Key, layer.Value, layer.Output),
            TensorRole.AttentionKey => layer.WithAttention(layer.Query, matrix, layer.Value, layer.Output),
            TensorRole.AttentionValue => layer.WithAttention(layer.Query, layer.Key, matrix, layer.Output),
            TensorRole.AttentionOutput => layer.WithOutput(matrix),
            TensorRole.FeedForwardGate => layer.WithFeedForward(matrix, layer.DenseUp, layer.DenseDown),
            TensorRole.FeedForwardUp => layer.WithFeedForward(layer.Gate, matrix, layer.DenseDown),
            TensorRole.FeedForwardDown => layer.WithDown(matrix),
            _ => layer.WithMixture(new MixtureWeights(matrix, layer.Mixture!.Experts, layer.Mixture.Shared, layer.Mixture.SharedGate)),
        };
    }

    private static WeightMatrix Pick(Dictionary<PatchTarget, WeightMatrix> changed, PatchTarget target, WeightMatrix before)
        => changed.TryGetValue(target, out WeightMatrix? after) ? after : before;
}
