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
        => target.Expert >= 0 ? null : target.Role switch
        {
            TensorRole.AttentionQuery => layer.Query,
            TensorRole.AttentionKey => layer.Key,
            TensorRole.AttentionValue => layer.Value,
            TensorRole.AttentionOutput => layer.Output,
            TensorRole.FeedForwardGate => layer.Gate,
            TensorRole.FeedForwardUp => layer.Up,
            TensorRole.FeedForwardDown => layer.Down,
            _ => null,
        };

    private static ModelWeights Replace(ModelWeights weights, Dictionary<PatchTarget, WeightMatrix> changed)
    {
        var layers = new LayerWeights[weights.Layers.Count];
        for (int l = 0; l < layers.Length; l++)
        {
            layers[l] = Replace(weights.Layers[l], l, changed);
        }

        WeightMatrix embedding = Pick(changed, new PatchTarget(TensorRole.TokenEmbedding), weights.Embedding);

        // A head that is tied to the embedding stays what it was when only the embedding is changed, and the other way round.
        WeightMatrix head = Pick(changed, new PatchTarget(TensorRole.OutputHead), weights.OutputHead);
        return new ModelWeights(embedding, layers, weights.FinalNorm, head);
    }

    private static LayerWeights Replace(LayerWeights layer, int l, Dictionary<PatchTarget, WeightMatrix> changed)
    {
        return new LayerWeights(
            layer.AttentionNorm,
            Pick(changed, new PatchTarget(TensorRole.AttentionQuery, l), layer.Query),
            Pick(changed, new PatchTarget(TensorRole.AttentionKey, l), layer.Key),
            Pick(changed, new PatchTarget(TensorRole.AttentionValue, l), layer.Value),
            Pick(changed, new PatchTarget(TensorRole.AttentionOutput, l), layer.Output),
            layer.FeedForwardNorm,
            Pick(changed, new PatchTarget(TensorRole.FeedForwardGate, l), layer.Gate),
            Pick(changed, new PatchTarget(TensorRole.FeedForwardUp, l), layer.Up),
            Pick(changed, new PatchTarget(TensorRole.FeedForwardDown, l), layer.Down));
    }

    private static WeightMatrix Pick(Dictionary<PatchTarget, WeightMatrix> changed, PatchTarget target, WeightMatrix before)
        => changed.TryGetValue(target, out WeightMatrix? after) ? after : before;
}
