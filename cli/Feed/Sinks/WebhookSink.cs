using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace NinaDB.Cli.Feed.Sinks;

/// <summary>
/// Posts CloudEvents in batches (https://github.com/cloudevents/spec, HTTP binding, batched content mode). At least once: after a kill between the receiver's
/// answer and the note of it, a batch comes again with the same ids. Only one request is under way at a time, so order is kept.
/// </summary>
internal sealed class WebhookSink : IFeedSink
{
    /// <summary>A request is sent when its body passes this size.</summary>
    private const int BodyLimit = 1 << 20;

    private const int AnswerLimit = 500;

    private readonly Uri _address;
    private readonly string _consumer;
    private readonly byte[] _secret;
    private readonly int _batch;
    private readonly WebhookState _state;
    private readonly Backoff _backoff;
    private readonly FeedStep? _step;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;
    private readonly ArrayBufferWriter<byte> _body = new(BodyLimit * 2);

    public WebhookSink(Uri address, string consumer, byte[] secret, int batch, WebhookState state, Backoff backoff, FeedStep? step = null, TimeProvider? clock = null)
    {
        _address = address;
        _consumer = consumer;
        _secret = secret;
        _batch = batch;
        _state = state;
        _backoff = backoff;
        _step = step;
        _clock = clock ?? TimeProvider.System;

        // A redirection would send signed data to an address that nobody named.
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromSeconds(100) };
    }

    public string Description => _address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    public FeedCheckpoint Checkpoint { get; private set; } = new();

    public Task OpenAsync(CancellationToken cancellation)
    {
        Checkpoint = _state.Load();
        return Task.CompletedTask;
    }

    public async Task ApplyAsync(IEnumerable<FeedChange> changes, CancellationToken cancellation)
    {
        FeedCheckpoint reached = Checkpoint.Copy();
        _body.ResetWrittenCount();
        await using var writer = new Utf8JsonWriter(_body, FeedJson.Options);
        int count = 0;
        foreach (FeedChange change in changes)
        {
            if (count == 0)
            {
                writer.WriteStartArray();
            }

            switch (change)
            {
                case PositionChange position:
                    reached.Note(position);
                    break;
                case SnapshotChange snapshot:
                    reached.Snapshot = snapshot.State;
                    break;
                case EventChange published:
                    FeedJson.WriteRaw(writer, published.Event.Json);
                    count++;
                    reached.Note(published);
                    break;
                case UpsertChange upsert:
                    WriteRow(writer, upsert);
                    count++;
                    break;
                case DeleteChange delete:
                    WriteDelete(writer, delete);
                    count++;
                    break;
                default:
                    throw new InvalidOperationException($"Unknown change {change.GetType().Name}.");
            }

            if (count >= _batch || writer.BytesCommitted + writer.BytesPending >= BodyLimit)
            {
                await PostAsync(writer, cancellation);
                count = 0;
                Note(reached);
            }
            else if (count == 0)
            {
                writer.Reset();
                _body.ResetWrittenCount();
            }
        }

        if (count > 0)
        {
            await PostAsync(writer, cancellation);
        }

        Note(reached);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The checkpoint stands behind the last event or page whose rows were all delivered.</summary>
    private void Note(FeedCheckpoint reached)
    {
        _step?.Invoke("webhook.accepted");
        _state.Save(reached);
        Checkpoint = reached.Copy();
        _step?.Invoke("webhook.noted");
    }

    private async Task PostAsync(Utf8JsonWriter writer, CancellationToken cancellation)
    {
        writer.WriteEndArray();
        writer.Flush();
        while (true)
        {
            try
            {
                _step?.Invoke("webhook.posting");
                await SendAsync(_body.WrittenMemory, cancellation);
                break;
            }
            catch (FeedUnavailableException failure)
            {
                await _backoff.WaitAsync(failure, cancellation);
            }
        }

        _backoff.Reset();
        writer.Reset();
        _body.ResetWrittenCount();
    }

    private async Task SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        long timestamp = _clock.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents-batch+json", "utf-8");
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Sign(_secret, timestamp, body.Span));
        request.Headers.Add(WebhookSignature.ConsumerHeader, Uri.EscapeDataString(_consumer));
        HttpResponseMessage response;
        try
        {
            response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException error)
        {
            throw new FeedUnavailableException($"{Description}: {error.Message}", inner: error);
        }
        catch (TaskCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new FeedUnavailableException($"{Description} did not answer within {_client.Timeout.TotalSeconds:0} s.", inner: error);
        }

        using (response)
        {
            if (response.IsSuccessStatusCode)
            {
                return;
            }

            string failure = $"{Description} answered {(int)response.StatusCode} {response.ReasonPhrase}";
            if ((int)response.StatusCode >= 500 || response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests)
            {
                throw new FeedUnavailableException(failure + ".", RetryAfter(response));
            }

            throw new FeedException($"{failure}, which trying again would not change. {await AnswerAsync(response, cancellation)}".TrimEnd());
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _clock.GetUtcNow(),
        _ => null,
    };

    /// <summary>The beginning of what the receiver said, for the person who has to mend it.</summary>
    private static async Task<string> AnswerAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            await using Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
            using var reader = new StreamReader(stream);
            char[] text = new char[AnswerLimit];
            int length = await reader.ReadBlockAsync(text.AsMemory(), cancellation);
            return new string(text, 0, length).ReplaceLineEndings(" ");
        }
        catch (IOException error)
        {
            return $"(Its answer could not be read: {error.Message})";
        }
    }

    private static void WriteRow(Utf8JsonWriter writer, UpsertChange upsert)
    {
        FeedRow row = upsert.Row;
        string key = string.Join('/', row.Table.Key.Select(ordinal => Uri.EscapeDataString(Convert.ToString(row.Values[ordinal], CultureInfo.InvariantCulture)!)));
        string id = upsert.Sequence == 0 ? $"snapshot/{row.Table.Name}/{key}" : $"{row.Tenant}/{upsert.Sequence}/{upsert.Ordinal}/{row.Table.Name}/{key}";
        WriteEnvelope(writer, id, "row.upserted", row.Table, row.Tenant, upsert.Sequence, key);
        writer.WritePropertyName("data");
        FeedJson.WriteRow(writer, row);
        writer.WriteEndObject();
    }

    private static void WriteDelete(Utf8JsonWriter writer, DeleteChange delete)
    {
        string id = $"{delete.Tenant}/{delete.Sequence}/{delete.Ordinal}/{delete.Table.Name}/deleted";
        WriteEnvelope(writer, id, "row.deleted", delete.Table, delete.Tenant, delete.Sequence, Convert.ToString(delete.Where[0].Value, CultureInfo.InvariantCulture)!);
        writer.WritePropertyName("data");
        FeedJson.WriteKey(writer, delete);
        writer.WriteEndObject();
    }

    /// <summary>The attributes of a CloudEvent about a row; tenantid and sequence are extensions.</summary>
    private static void WriteEnvelope(Utf8JsonWriter writer, string id, string type, FeedTable table, int tenant, long sequence, string subject)
    {
        writer.WriteStartObject();
        writer.WriteString("specversion", "1.0");
        writer.WriteString("id", id);
        writer.WriteString("source", $"/ninadb/feed/{table.Name}");
        writer.WriteString("type", type);
        writer.WriteString("subject", FeedJson.WellFormed(subject));
        writer.WriteNumber("tenantid", tenant);
        writer.WriteString("sequence", sequence.ToString("D20", CultureInfo.InvariantCulture));
        writer.WriteString("datacontenttype", "application/json");
    }
}
