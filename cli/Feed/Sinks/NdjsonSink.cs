using System.Buffers;
using System.Text.Json;

namespace NinaDB.Cli.Feed.Sinks;

/// <summary>
/// A file of JSON lines that is only ever appended to. It is its own checkpoint: on opening, what stands after the last whole step (an event with its rows, a row
/// of the snapshot) is cut off, and the positions are read from the lines before it. Synced to disk before the database is told.
/// </summary>
internal sealed class NdjsonSink(string path, string consumer, FeedStep? step = null, long checkpointEvery = 16L << 20) : IFeedSink
{
    private const int WriteAt = 1 << 20;

    private readonly ArrayBufferWriter<byte> _buffer = new(WriteAt * 2);
    private FileStream? _file;
    private Utf8JsonWriter? _writer;
    private long _end;
    private long _lastCheckpointAt;
    private bool _mustCut;

    public string Description => path;

    public FeedCheckpoint Checkpoint { get; private set; } = new();

    public async Task OpenAsync(CancellationToken cancellation)
    {
        await DisposeAsync();
        _buffer.ResetWrittenCount();
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        _writer = new Utf8JsonWriter(_buffer, FeedJson.Options);
        NdjsonRecovery recovery = NdjsonRecovery.Read(_file, path, consumer);
        Checkpoint = recovery.Checkpoint;
        _end = recovery.End;
        _lastCheckpointAt = recovery.CheckpointAt;

        // Cut when something is about to be written, after the checkpoint was compared with the database's.
        _mustCut = _file.Length > _end;
        step?.Invoke("ndjson.opened");
    }

    public async Task ApplyAsync(IEnumerable<FeedChange> changes, CancellationToken cancellation)
    {
        FileStream file = _file ?? throw new InvalidOperationException("The sink is not open.");
        if (_mustCut)
        {
            file.SetLength(_end);
            step?.Invoke("ndjson.cut");
            _mustCut = false;
        }

        file.Position = _end;
        FeedCheckpoint checkpoint = Checkpoint.Copy();
        if (_end == 0)
        {
            WriteHeader();
        }

        foreach (FeedChange change in changes)
        {
            WriteLine(change, checkpoint);
            if (_buffer.WrittenCount >= WriteAt)
            {
                await FlushBufferAsync(file, cancellation);
            }
        }

        if (_end + _buffer.WrittenCount - _lastCheckpointAt >= checkpointEvery)
        {
            // Found by the next opening, so that it need not read the whole file.
            _lastCheckpointAt = _end + _buffer.WrittenCount;
            WriteLine("checkpoint", checkpoint.Write);
        }

        await FlushBufferAsync(file, cancellation);
        step?.Invoke("ndjson.written");
        file.Flush(flushToDisk: true);
        step?.Invoke("ndjson.synced");
        Checkpoint = checkpoint;
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
        {
            _buffer.ResetWrittenCount();
            await _writer.DisposeAsync();
            _writer = null;
        }

        if (_file is not null)
        {
            await _file.DisposeAsync();
            _file = null;
        }
    }

    private async Task FlushBufferAsync(FileStream file, CancellationToken cancellation)
    {
        if (step is not null && _buffer.WrittenCount > 1)
        {
            // A kill may leave any part of a write.
            int half = _buffer.WrittenCount / 2;
            await file.WriteAsync(_buffer.WrittenMemory[..half], cancellation);
            step("ndjson.torn");
            await file.WriteAsync(_buffer.WrittenMemory[half..], cancellation);
        }
        else
        {
            await file.WriteAsync(_buffer.WrittenMemory, cancellation);
        }

        _end += _buffer.WrittenCount;
        _buffer.ResetWrittenCount();
    }

    private void WriteHeader() => WriteLine(NdjsonRecovery.Header, writer =>
    {
        writer.WriteNumber("version", NdjsonRecovery.Version);
        writer.WriteString("consumer", consumer);
    });

    private void WriteLine(FeedChange change, FeedCheckpoint checkpoint)
    {
        switch (change)
        {
            case EventChange { Event: var item } published:
                checkpoint.Note(published);
                WriteLine("event", writer =>
                {
                    writer.WriteNumber("tenant", item.Tenant);
                    writer.WriteNumber("sequence", item.Sequence);
                    writer.WriteString("tenant_public_id", published.TenantPublicId);
                    writer.WritePropertyName("event");
                    FeedJson.WriteRaw(writer, item.Json);
                });
                break;
            case UpsertChange upsert:
                WriteLine("row", writer =>
                {
                    WritePlace(writer, upsert.Row.Tenant, upsert.Sequence, "upsert", upsert.Row.Table);
                    writer.WritePropertyName("row");
                    FeedJson.WriteRow(writer, upsert.Row);
                });
                break;
            case DeleteChange delete:
                WriteLine("row", writer =>
                {
                    WritePlace(writer, delete.Tenant, delete.Sequence, "delete", delete.Table);
                    writer.WritePropertyName("key");
                    FeedJson.WriteKey(writer, delete);
                });
                break;
            case PositionChange position:
                checkpoint.Note(position);
                WriteLine("checkpoint", checkpoint.Write);
                break;
            case SnapshotChange snapshot:
                checkpoint.Snapshot = snapshot.State;
                WriteLine("snapshot", writer =>
                {
                    writer.WritePropertyName("state");
                    FeedCheckpoint.Write(writer, snapshot.State);
                });
                break;
            default:
                throw new InvalidOperationException($"Unknown change {change.GetType().Name}.");
        }
    }

    private static void WritePlace(Utf8JsonWriter writer, int tenant, long sequence, string operation, FeedTable table)
    {
        writer.WriteNumber("tenant", tenant);
        writer.WriteNumber("sequence", sequence);
        writer.WriteString("op", operation);
        writer.WriteString("table", table.Name);
    }

    private void WriteLine(string kind, Action<Utf8JsonWriter> content)
    {
        Utf8JsonWriter writer = _writer!;
        writer.Reset();
        writer.WriteStartObject();
        writer.WriteString("kind", kind);
        content(writer);
        writer.WriteEndObject();
        writer.Flush();
        _buffer.Write("\n"u8);
    }
}
