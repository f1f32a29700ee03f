using System;
using System.Collections.Generic;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Questions;

/// <summary>How two tensors of two models stand to each other.</summary>
public enum TensorRelation
{
    /// <summary>Every number is the same (the data types may differ).</summary>
    Equal,

    /// <summary>Some numbers differ.</summary>
    Differs,

    /// <summary>Only the first model has it.</summary>
    OnlyInA,

    /// <summary>Only the second model has it.</summary>
    OnlyInB,

    /// <summary>The shapes differ.</summary>
    Shape,

    /// <summary>A data type cannot be decoded; the bytes differ.</summary>
    Bytes,
}

/// <summary>Compares the tensors of two models, by name and, where names are of different formats, by what they are for. Both are streamed; nothing is held.</summary>
public sealed class TensorDifference
{
    private TensorDifference(TensorInfo? a, TensorInfo? b, TensorRelation relation, TensorComparison? comparison)
    {
        A = a;
        B = b;
        Relation = relation;
        Comparison = comparison;
    }

    /// <summary>The tensor of the first model.</summary>
    public TensorInfo? A { get; }

    /// <summary>The tensor of the second model.</summary>
    public TensorInfo? B { get; }

    /// <summary>How they stand to each other.</summary>
    public TensorRelation Relation { get; }

    /// <summary>The figures, where numbers could be compared.</summary>
    public TensorComparison? Comparison { get; }

    /// <summary>Compares all tensors, in the order of the first model, then what only the second has.</summary>
    public static IEnumerable<TensorDifference> Of(ModelFile a, ModelFile b, int parallelism = 1)
    {
        var byName = new Dictionary<string, TensorInfo>(StringComparer.Ordinal);
        var byPlace = new Dictionary<(TensorRole Role, int Layer, int Expert), TensorInfo?>();
        foreach (TensorInfo tensor in b.Tensors)
        {
            byName[tensor.Name] = tensor;
            TensorPlace place = TensorNaming.RoleOf(tensor.Name);
            (TensorRole Role, int Layer, int Expert) key = (place.Role, place.Layer, place.Expert);

            // A bias has the place of its weight in some formats: a place of two is none.
            byPlace[key] = byPlace.ContainsKey(key) ? null : tensor;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (TensorInfo tensor in a.Tensors)
        {
            names.Add(tensor.Name);
        }

        var matched = new HashSet<TensorInfo>();
        foreach (TensorInfo tensor in a.Tensors)
        {
            TensorPlace place = TensorNaming.RoleOf(tensor.Name);
            if (!byName.TryGetValue(tensor.Name, out TensorInfo? other) && place.Role != TensorRole.Unknown
                && byPlace.TryGetValue((place.Role, place.Layer, place.Expert), out TensorInfo? samePlace) && samePlace != null && !names.Contains(samePlace.Name)
                && !matched.Contains(samePlace))
            {
                other = samePlace;
            }

            if (other == null)
            {
                yield return new TensorDifference(tensor, null, TensorRelation.OnlyInA, null);
                continue;
            }

            matched.Add(other);
            yield return Compare(a, tensor, b, other, parallelism);
        }

        foreach (TensorInfo tensor in b.Tensors)
        {
            if (!matched.Contains(tensor))
            {
                yield return new TensorDifference(null, tensor, TensorRelation.OnlyInB, null);
            }
        }
    }

    private static TensorDifference Compare(ModelFile a, TensorInfo left, ModelFile b, TensorInfo right, int parallelism)
    {
        if (left.ShapeText != right.ShapeText)
        {
            return new TensorDifference(left, right, TensorRelation.Shape, null);
        }

        FileIdentity fileA = a.Files[left.FileOrdinal];
        FileIdentity fileB = b.Files[right.FileOrdinal];
        using SegmentLease leaseA = SegmentCache.Shared.Open(fileA.Path, fileA.Length);
        using SegmentLease leaseB = SegmentCache.Shared.Open(fileB.Path, fileB.Length);
        if (!DTypeInfo.Of(left.DType).IsDecodable || !DTypeInfo.Of(right.DType).IsDecodable)
        {
            bool isSame = left.DType == right.DType && SameBytes(leaseA.Segment, left, leaseB.Segment, right);
            return new TensorDifference(left, right, isSame ? TensorRelation.Equal : TensorRelation.Bytes, null);
        }

        TensorComparison comparison = TensorComparison.Of(leaseA.Segment, left, leaseB.Segment, right, parallelism);
        return new TensorDifference(left, right, comparison.Differing == 0 ? TensorRelation.Equal : TensorRelation.Differs, comparison);
    }

    private static bool SameBytes(Segment segmentA, TensorInfo a, Segment segmentB, TensorInfo b)
    {
        const int Block = 1 << 20;
        if (a.ByteLength != b.ByteLength)
        {
            return false;
        }

        for (long offset = 0; offset < a.ByteLength; offset += Block)
        {
            int count = (int)Math.Min(Block, a.ByteLength - offset);
            byte[] left = TensorReader.ReadBytes(segmentA, a, offset, count);
            byte[] right = TensorReader.ReadBytes(segmentB, b, offset, count);
            for (int i = 0; i < count; i++)
            {
                if (left[i] != right[i])
                {
                    return false;
                }
            }
        }

        return true;
    }
}
