namespace NinaDB.Cli.Feed;

/// <summary>The feed cannot go on, and trying again would not help.</summary>
internal sealed class FeedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The destination cannot be reached, or asks to come back later.</summary>
/// <param name="retryAfter">The least time to wait, where the destination named one.</param>
internal sealed class FeedUnavailableException(string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
