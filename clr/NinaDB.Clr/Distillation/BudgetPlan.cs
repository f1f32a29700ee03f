using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Distillation;

/// <summary>What a budget is counted in.</summary>
public enum BudgetUnit
{
    /// <summary>Numbers of all tensors.</summary>
    Parameters,

    /// <summary>Bytes of model.safetensors, its header included.</summary>
    Bytes,
}

/// <summary>How many neurons (of a mixture: experts) a layer of an agent may keep, so that it fits a budget: exactly, from the shapes of the tensors that would be written.</summary>
public sealed class BudgetPlan
{
    private readonly IReadOnlyList<TensorToWrite> _tensors;
    private readonly LanguageModel _model;
    private readonly DType _dtype;

    /// <summary>Plans agents of a model, stored as <paramref name="dtype"/>: F32, F16 or BF16.</summary>
    public BudgetPlan(LanguageModel model, DType dtype)
    {
        NinaException.Require(dtype == DType.F32 || dtype == DType.F16 || dtype == DType.BF16, "Agents are stored as F32, F16 or BF16.");
        _model = model;
        _dtype = dtype;
        _tensors = HuggingFaceWriter.Tensors(model, dtype);
    }

    /// <summary>The most that a layer can keep: its neurons, or experts.</summary>
    public int Most => _model.Config.IsMixture ? _model.Config.ExpertCount : _model.Config.FeedForwardSize;

    /// <summary>The size of an agent that keeps so many.</summary>
    public long SizeOf(int kept, BudgetUnit unit)
    {
        var tensors = new List<TensorToWrite>(_tensors.Count);
        long elements = 0;
        foreach (TensorToWrite tensor in _tensors)
        {
            if (Cut(tensor, kept) is long[] shape)
            {
                tensors.Add(new TensorToWrite(tensor.Name, tensor.DType, shape, () => Array.Empty<float>()));
                elements = checked(elements + DTypeInfo.ElementCount(shape));
            }
        }

        return unit == BudgetUnit.Parameters ? elements : SafetensorsWriter.LengthOf(tensors);
    }

    /// <summary>The most that a layer can keep within a budget. Raises <see cref="ErrorNumber.BudgetTooSmall"/>, with the smallest budget that would do.</summary>
    public int Fit(long budget, BudgetUnit unit)
    {
        long least = SizeOf(1, unit);
        if (least > budget)
        {
            string what = _model.Config.IsMixture ? "one expert" : "one neuron";
            throw new NinaException(
                ErrorNumber.BudgetTooSmall,
                $"An agent of '{_model.Name}' with {what} a layer has {least} {(unit == BudgetUnit.Parameters ? "parameters" : $"bytes as {DTypeInfo.Of(_dtype).Name}")}: the rest cannot be dropped, and the budget is {budget}.");
        }

        int low = 1;
        int high = Most;
        while (low < high)
        {
            int middle = low + ((high - low + 1) / 2);
            if (SizeOf(middle, unit) <= budget)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    /// <summary>The shape of a tensor in an agent that keeps so many; null when the agent does not have it.</summary>
    private long[]? Cut(TensorToWrite tensor, int kept)
    {
        TensorPlace place = TensorNaming.RoleOf(tensor.Name);
        bool isFeedForward = place.Role is TensorRole.FeedForwardGate or TensorRole.FeedForwardUp or TensorRole.FeedForwardDown
            or TensorRole.FeedForwardGateBias or TensorRole.FeedForwardUpBias;
        if (!_model.Config.IsMixture)
        {
            return isFeedForward ? Replace(tensor.Shape, _model.Config.FeedForwardSize, kept) : tensor.Shape;
        }

        if (place.Expert >= 0)
        {
            return place.Expert < kept ? tensor.Shape : null;
        }

        bool isStack = tensor.Shape.Length == 3 && tensor.Shape[0] == _model.Config.ExpertCount;
        return place.Role == TensorRole.Router || isStack ? Replace(tensor.Shape, _model.Config.ExpertCount, kept) : tensor.Shape;
    }

    /// <summary>The same shape with one dimension changed. Where two are equal, either gives the same size.</summary>
    private static long[] Replace(long[] shape, int from, int to)
    {
        long[] copy = (long[])shape.Clone();
        int at = Array.IndexOf(copy, (long)from);
        if (at >= 0)
        {
            copy[at] = to;
        }

        return copy;
    }
}
