namespace NinaDB.Clr.Json;

/// <summary>How much JSON a reader accepts. Hostile input must cost bounded time and memory.</summary>
public sealed class JsonLimits
{
    /// <summary>The limits for configuration and tokenizer files: 256 MiB, 64 levels, 16 million values.</summary>
    public static readonly JsonLimits Default = new(256L << 20, 64, 16_000_000);

    /// <summary>Creates limits.</summary>
    public JsonLimits(long maxBytes, int maxDepth, int maxValues)
    {
        MaxBytes = maxBytes;
        MaxDepth = maxDepth;
        MaxValues = maxValues;
    }

    /// <summary>The most bytes of UTF-8 text.</summary>
    public long MaxBytes { get; }

    /// <summary>The most levels of arrays and objects.</summary>
    public int MaxDepth { get; }

    /// <summary>The most values that a <see cref="JsonValue"/> tree may hold.</summary>
    public int MaxValues { get; }
}
