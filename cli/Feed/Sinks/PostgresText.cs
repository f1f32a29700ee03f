namespace NinaDB.Cli.Feed.Sinks;

/// <summary>PostgreSQL's text holds no U+0000, and its jsonb no \u0000; tokens of a model may have them. Each becomes U+FFFD.</summary>
internal static class PostgresText
{
    public static string Clean(string text) => FeedJson.WellFormed(text).Replace('\0', '\uFFFD');

    public static string CleanJson(string json) => FeedJson.WellFormedJson(json, keepNull: false);
}
