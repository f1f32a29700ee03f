using System.Text.Json;

namespace NinaDB.Cli.Feed.Sinks;

/// <summary>The checkpoint of a webhook, which has no place of its own for one: a small file, replaced atomically after each request that was accepted.</summary>
internal sealed class WebhookState(string path, string consumer)
{
    public FeedCheckpoint Load()
    {
        if (!File.Exists(path))
        {
            return new FeedCheckpoint();
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            string owner = document.RootElement.GetProperty("consumer").GetString()!;
            return owner == consumer ? FeedCheckpoint.Read(document.RootElement) : throw new FeedException($"'{path}' belongs to the consumer '{owner}', not '{consumer}'.");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new FeedException($"'{path}' is no state of `nina feed`: {error.Message}", error);
        }
    }

    public void Save(FeedCheckpoint checkpoint)
    {
        string temporary = path + ".new";
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        using (FileStream file = File.Create(temporary))
        {
            using (var writer = new Utf8JsonWriter(file, FeedJson.Options))
            {
                writer.WriteStartObject();
                writer.WriteString("consumer", consumer);
                checkpoint.Write(writer);
                writer.WriteEndObject();
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
