using System.Text;
using System.Text.Json;

namespace NinaDB.Cli.Feed.Sinks;

/// <summary>
/// Finds out what an NDJSON file holds. From its last checkpoint line on (or from the beginning) it reads line by line; the file counts up to the end of the last
/// line that completes a step: an event (its rows stand before it), a state of the snapshot, a checkpoint, the header.
/// </summary>
internal sealed class NdjsonRecovery
{
    /// <summary>Kind of the first line.</summary>
    public const string Header = "feed";

    public const int Version = 1;

    private const int BlockSize = 1 << 20;

    private static readonly byte[] HeaderStart = Encoding.UTF8.GetBytes($"{{\"kind\":\"{Header}\",");
    private static readonly byte[] CheckpointStart = "{\"kind\":\"checkpoint\","u8.ToArray();

    private NdjsonRecovery(FeedCheckpoint checkpoint, long end, long checkpointAt) => (Checkpoint, End, CheckpointAt) = (checkpoint, end, checkpointAt);

    public FeedCheckpoint Checkpoint { get; private set; }

    /// <summary>Bytes that count.</summary>
    public long End { get; private set; }

    /// <summary>Where the last checkpoint line begins; 0 without one.</summary>
    public long CheckpointAt { get; private set; }

    public static NdjsonRecovery Read(FileStream file, string path, string consumer)
    {
        if (!ReadHeader(file, path, consumer))
        {
            return new NdjsonRecovery(new FeedCheckpoint(), 0, 0);
        }

        long start = FindLastCheckpoint(file);
        var recovery = new NdjsonRecovery(new FeedCheckpoint(), start, start);
        foreach ((ReadOnlyMemory<byte> line, long end) in Lines(file, start))
        {
            if (!recovery.Take(line.Span))
            {
                break;
            }

            if (recovery._isStep)
            {
                recovery.End = end;
            }
        }

        return recovery;
    }

    private bool _isStep;

    /// <summary>True when the file begins with this consumer's header; false when it is empty or a kill tore the header. Anything else is not ours to touch.</summary>
    private static bool ReadHeader(FileStream file, string path, string consumer)
    {
        using IEnumerator<(ReadOnlyMemory<byte> Line, long End)> lines = Lines(file, 0).GetEnumerator();
        if (!lines.MoveNext())
        {
            byte[] start = new byte[Math.Min(file.Length, HeaderStart.Length)];
            file.Position = 0;
            file.ReadExactly(start);
            return HeaderStart.AsSpan().StartsWith(start) ? false : throw NotOurs(path);
        }

        if (!lines.Current.Line.Span.StartsWith(HeaderStart))
        {
            throw NotOurs(path);
        }

        using JsonDocument header = JsonDocument.Parse(lines.Current.Line);
        if (header.RootElement.GetProperty("version").GetInt32() != Version)
        {
            throw new FeedException($"'{path}' was written by another version of the feed.");
        }

        string owner = header.RootElement.GetProperty("consumer").GetString()!;
        return owner == consumer ? true : throw new FeedException($"'{path}' belongs to the consumer '{owner}', not '{consumer}'.");
    }

    private static FeedException NotOurs(string path) => new($"'{path}' exists and was not written by `nina feed`. It is left as it is.");

    /// <summary>Takes a line in; false when it is not whole JSON, as the last writes before a power cut may be.</summary>
    private bool Take(ReadOnlySpan<byte> line)
    {
        _isStep = false;
        var reader = new Utf8JsonReader(line);
        try
        {
            // The kind comes first; most lines are rows, whose content does not matter here.
            string? kind = ReadKind(ref reader);
            switch (kind)
            {
                case "row":
                    return line[^1] == (byte)'}';
                case Header:
                    break;
                case "event":
                    TakeEvent(ref reader);
                    break;
                case "snapshot":
                    using (JsonDocument document = Parse(line))
                    {
                        Checkpoint.Snapshot = FeedCheckpoint.ReadSnapshot(document.RootElement.GetProperty("state"));
                    }

                    break;
                case "checkpoint":
                    using (JsonDocument document = Parse(line))
                    {
                        Checkpoint = FeedCheckpoint.Read(document.RootElement);
                    }

                    break;
                default:
                    return false;
            }
        }
        catch (JsonException)
        {
            return false;
        }

        _isStep = true;
        return true;
    }

    private static JsonDocument Parse(ReadOnlySpan<byte> line) => JsonDocument.Parse(line.ToArray());

    private static string? ReadKind(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.Read() && reader.ValueTextEquals("kind"u8) && reader.Read() ? reader.GetString() : null;

    private void TakeEvent(ref Utf8JsonReader reader)
    {
        int tenant = 0;
        long sequence = 0;
        Guid publicId = Guid.Empty;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("tenant"u8))
            {
                reader.Read();
                tenant = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("sequence"u8))
            {
                reader.Read();
                sequence = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("tenant_public_id"u8))
            {
                reader.Read();
                publicId = reader.GetGuid();
            }
            else
            {
                // Throws when the line was torn inside the event.
                reader.Read();
                reader.Skip();
            }
        }

        if (reader.TokenType != JsonTokenType.EndObject)
        {
            throw new JsonException("The line ends early.");
        }

        Checkpoint.Tenants[tenant] = new TenantPosition(publicId, sequence);
    }

    /// <summary>Offset of the last whole checkpoint line, searched from the end; 0 when there is none.</summary>
    private static long FindLastCheckpoint(FileStream file)
    {
        long limit = file.Length;
        byte[] block = new byte[BlockSize + CheckpointStart.Length + 1];
        bool sawLineEnd = false;
        while (limit > 0)
        {
            long start = Math.Max(0, limit - BlockSize);
            int length = (int)Math.Min(file.Length - start, limit - start + CheckpointStart.Length + 1);
            file.Position = start;
            file.ReadExactly(block, 0, length);
            Span<byte> here = block.AsSpan(0, length);
            for (int i = (int)(limit - start) - 1; i >= 0; i--)
            {
                if (here[i] != (byte)'\n')
                {
                    continue;
                }

                // A line that begins after the file's last line end is torn.
                if (sawLineEnd && here[(i + 1)..].StartsWith(CheckpointStart) && IsWhole(file, start + i + 1))
                {
                    return start + i + 1;
                }

                sawLineEnd = true;
            }

            limit = start;
        }

        return 0;
    }

    private static bool IsWhole(FileStream file, long at)
    {
        try
        {
            (ReadOnlyMemory<byte> line, _) = Lines(file, at).First();
            using JsonDocument document = JsonDocument.Parse(line);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Lines that end in a line feed, without it, and the offset after each. A line is valid until the next is asked for.</summary>
    private static IEnumerable<(ReadOnlyMemory<byte> Line, long End)> Lines(FileStream file, long start)
    {
        byte[] block = new byte[BlockSize];
        int filled = 0;
        long offset = start;
        long position = start;
        while (true)
        {
            file.Position = position;
            int read = file.Read(block, filled, block.Length - filled);
            position += read;
            int scanFrom = filled;
            filled += read;
            int consumed = 0;
            int at;
            while ((at = block.AsSpan(Math.Max(scanFrom, consumed), filled - Math.Max(scanFrom, consumed)).IndexOf((byte)'\n')) >= 0)
            {
                at += Math.Max(scanFrom, consumed);
                yield return (block.AsMemory(consumed, at - consumed), offset + at + 1);
                consumed = at + 1;
            }

            block.AsSpan(consumed, filled - consumed).CopyTo(block);
            filled -= consumed;
            offset += consumed;
            if (read == 0)
            {
                yield break;
            }

            if (filled == block.Length)
            {
                Array.Resize(ref block, block.Length * 2);
            }
        }
    }
}
