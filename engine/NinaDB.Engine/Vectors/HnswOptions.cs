using System.Globalization;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Vectors;

internal enum VectorMetric : byte
{
    Cosine, Euclidean, Dot,
}

/// <summary>Parameters of a graph, named as in "Efficient and robust approximate nearest neighbor search using Hierarchical Navigable Small World graphs" (arXiv:1603.09320).</summary>
/// <param name="M">Links of a node on the upper layers; twice as many on the lowest.</param>
/// <param name="EfConstruction">Size of the candidate list while inserting.</param>
/// <param name="Seed">Makes the levels of nodes repeatable.</param>
internal sealed record HnswOptions(int Dimensions, VectorMetric Metric, int M = 16, int EfConstruction = 200, int Seed = 42)
{
    /// <summary>Links beyond the maximum that a node may gather before it is pruned.</summary>
    public int Slack => M / 2;

    public int MaximumLinks(int level) => level == 0 ? 2 * M : M;

    /// <summary>Reads metric and options of CREATE VECTOR INDEX.</summary>
    public static HnswOptions From(IndexDefinition index, int dimensions)
    {
        VectorMetric metric = (index.VectorMetric ?? "cosine").ToLowerInvariant() switch
        {
            "cosine" => VectorMetric.Cosine,
            "euclidean" => VectorMetric.Euclidean,
            "dot" => VectorMetric.Dot,
            string other => throw SqlErrors.NotSupported($"METRIC = '{other}'"),
        };
        return new HnswOptions(dimensions, metric, Option(index, "M", 16, 4, 128), Option(index, "EF_CONSTRUCTION", 200, 8, 4096));
    }

    private static int Option(IndexDefinition index, string name, int standard, int minimum, int maximum)
    {
        string? text = index.Options.FirstOrDefault(o => string.Equals(o.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
        return text is null ? standard
            : int.TryParse(text, CultureInfo.InvariantCulture, out int value) && value >= minimum && value <= maximum ? value
            : throw SqlErrors.NotSupported($"{name} = {text} (allowed are {minimum} to {maximum})");
    }
}
