using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace NinaDB.Feed.Tests;

/// <summary>A webhook's receiver in this process: checks signatures, drops what it has seen by id, and fails when it is told to.</summary>
internal sealed class Receiver : IDisposable
{
    /// <summary>Status that stands for: takes the batch, and a proxy answers 504 all the same.</summary>
    public const int TakeAndFail = -1;

    private readonly byte[] _secret;
    private readonly HashSet<string> _seen = [];
    private readonly int _port = FreePort();
    private HttpListener? _listener;
    private Task _work = Task.CompletedTask;

    public Receiver(byte[] secret)
    {
        _secret = secret;
        Start();
    }

    public Uri Address => new($"http://localhost:{_port}/hook?token=hidden");

    /// <summary>Status and Retry-After of the next answers; 204 when there is none.</summary>
    public ConcurrentQueue<(int Status, string? RetryAfter)> Answers { get; } = [];

    /// <summary>In the order in which they came first.</summary>
    public List<JsonElement> Events { get; } = [];

    public List<string> Complaints { get; } = [];

    public int Repeats { get; private set; }

    public void Clear()
    {
        _seen.Clear();
        Events.Clear();
    }

    public void Start()
    {
        HttpListener listener = new();
        listener.Prefixes.Add($"http://localhost:{_port}/");
        listener.Start();
        _listener = listener;
        _work = Task.Run(() => ServeAsync(listener));
    }

    public void Stop()
    {
        _listener?.Close();
        _work.Wait();
    }

    public void Dispose() => Stop();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync(HttpListener listener)
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            await HandleAsync(context);
        }
    }

    private async Task HandleAsync(HttpListenerContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(buffer);
        byte[] body = buffer.ToArray();
        if (!Answers.TryDequeue(out (int Status, string? RetryAfter) answer))
        {
            answer = (204, null);
        }

        if (answer.Status is 204 or TakeAndFail)
        {
            Take(context.Request, body);
        }

        context.Response.StatusCode = answer.Status == TakeAndFail ? 504 : answer.Status;
        if (answer.RetryAfter is not null)
        {
            context.Response.AddHeader("Retry-After", answer.RetryAfter);
        }

        if (answer.Status == 302)
        {
            context.Response.RedirectLocation = "http://localhost:1/elsewhere";
        }

        if (answer.Status != 204)
        {
            context.Response.OutputStream.Write("what the receiver says"u8);
        }

        context.Response.Close();
    }

    private void Take(HttpListenerRequest request, byte[] body)
    {
        string timestamp = request.Headers["X-NinaDB-Timestamp"]!;
        byte[] code = HMACSHA256.HashData(_secret, (byte[])[.. Encoding.ASCII.GetBytes(timestamp + "."), .. body]);
        if (request.Headers["X-NinaDB-Signature"] != "v1=" + Convert.ToHexStringLower(code))
        {
            Complaints.Add("signature");
        }

        if (Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(timestamp, CultureInfo.InvariantCulture)) > 60)
        {
            Complaints.Add("timestamp");
        }

        if (request.ContentType != "application/cloudevents-batch+json; charset=utf-8")
        {
            Complaints.Add("content type " + request.ContentType);
        }

        using JsonDocument document = JsonDocument.Parse(body);
        foreach (JsonElement item in document.RootElement.EnumerateArray())
        {
            if (item.GetProperty("specversion").GetString() != "1.0" || !item.TryGetProperty("source", out _))
            {
                Complaints.Add("no CloudEvent: " + item);
            }

            if (_seen.Add(item.GetProperty("id").GetString()!))
            {
                Events.Add(item.Clone());
            }
            else
            {
                Repeats++;
            }
        }
    }
}
