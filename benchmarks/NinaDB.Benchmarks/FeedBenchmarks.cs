using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using NinaDB.Cli;
using NinaDB.Cli.Commands;
using NinaDB.Cli.Feed;
using NinaDB.Cli.Feed.Sinks;
using NinaDB.Engine;
using NinaDB.Engine.Data;
using NinaDB.Engine.Session;
using NinaDB.Feed.Tests;

namespace NinaDB.Benchmarks;

/// <summary>`nina feed` from end to end: read from the outbox, delivered durably, acknowledged.</summary>
internal static class FeedBenchmarks
{
    private const int Events = 100_000;
    private const int Batch = 5_000;

    public static void Run(Report report, string folder)
    {
        using Database database = Database.Create(Path.Combine(folder, "feed"));
        Fill(database);
        RunEvents(report, database, "NDJSON file", 20_000, consumer => new NdjsonSink(Path.Combine(folder, consumer + ".ndjson"), consumer));
        RunRows(report, database, "NDJSON file", consumer => new NdjsonSink(Path.Combine(folder, consumer + ".ndjson"), consumer));
        using (var receiver = new Receiver())
        {
            RunEvents(report, database, "webhook on this machine", 5_000, consumer => new WebhookSink(
                receiver.Address, consumer, new byte[32], Batch, new WebhookState(Path.Combine(folder, consumer + ".json"), consumer), new Backoff(null, Console.Error.WriteLine)));
        }

        if (PostgresCluster.Missing is { } reason)
        {
            Console.Error.WriteLine("  " + reason);
            return;
        }

        using var cluster = new PostgresCluster();
        string address = cluster.NewDatabase();
        RunEvents(report, database, "PostgreSQL", 10_000, consumer => new PostgresSink(PostgresAddress.Parse(address), consumer));
        RunRows(report, database, "PostgreSQL", consumer => new PostgresSink(PostgresAddress.Parse(address), consumer));
    }

    private static void Fill(Database database)
    {
        DeployCommand.Deploy(database, quiet: true, CancellationToken.None);
        using EngineSession session = database.OpenSession();
        LocalTenant.Provision(session, CancellationToken.None);
        LocalTenant.Begin(session, CancellationToken.None);
        session.RunText($"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)};", CancellationToken.None);

        // As ops.WriteEvent writes them, a hundred thousand at once.
        session.RunText(
            $"""
            DECLARE @TenantId int = tenancy.CurrentTenantId();
            DECLARE @Head bigint = (SELECT LastSequence FROM ops.OutboxHead WHERE TenantId = @TenantId);
            INSERT INTO ops.Outbox (TenantId, Sequence, EventId, Type, Subject, OccurredAt, Event)
            SELECT
                @TenantId, @Head + n.value, NEWID(), 'usage.recorded', N'probe_tokens', SYSUTCDATETIME(),
                CONCAT
                (
                    CAST(N'{"{"}"specversion":"1.0","id":"' AS nvarchar(max)), LOWER(NEWID()), N'","source":"/tenants/00000000-0000-0000-0000-000000000001","type":"usage.recorded","subject":"probe_tokens',
                    N'","time":"2026-01-01T00:00:00.000Z","sequence":"', @Head + n.value, N'","datacontenttype":"application/json","data":{"{"}"metric":"probe_tokens","quantity":', n.value, N'{"}}"}'
                )
            FROM GENERATE_SERIES(1, {Events}) AS n;
            UPDATE ops.OutboxHead SET LastSequence = @Head + {Events} WHERE TenantId = @TenantId;
            """,
            CancellationToken.None);
    }

    private static void RunEvents(Report report, Database database, string target, double floor, Func<string, IFeedSink> open)
    {
        (FeedReport done, double seconds) = Feed(database, open, "events", noSnapshot: true);
        report.Add(new Measurement($"feed: events to {target}", done.Events / seconds, "events/s", Floor: floor));
    }

    private static void RunRows(Report report, Database database, string target, Func<string, IFeedSink> open)
    {
        (FeedReport done, double seconds) = Feed(database, open, "rows", noSnapshot: false, stopAfterSnapshot: true);
        report.Add(new Measurement($"feed: snapshot of components with vectors to {target}", done.Rows / seconds, "rows/s"));
    }

    private static (FeedReport Report, double Seconds) Feed(Database database, Func<string, IFeedSink> open, string kind, bool noSnapshot, bool stopAfterSnapshot = false)
    {
        string consumer = kind + Guid.NewGuid().ToString("N");
        using var connection = new NinaConnection(database);
        connection.Open();
        IFeedSource source = DatabaseSource.Open(connection, consumer, null, CancellationToken.None);
        IFeedSink sink = open(consumer);
        try
        {
            var options = new FeedOptions { Consumer = consumer, Batch = stopAfterSnapshot ? 1_000 : Batch, Once = true, NoSnapshot = noSnapshot };
            var runner = new FeedRunner(stopAfterSnapshot ? new RowsOnly(source) : source, sink, options, new Backoff(null, Console.Error.WriteLine), Console.Error.WriteLine);
            var clock = Stopwatch.StartNew();
            FeedReport report = runner.RunAsync(CancellationToken.None).GetAwaiter().GetResult();
            return (report, clock.Elapsed.TotalSeconds);
        }
        finally
        {
            sink.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>A source without events, so that the snapshot alone is measured.</summary>
    private sealed class RowsOnly(IFeedSource source) : IFeedSource
    {
        public string Scope => source.Scope;

        public IReadOnlyList<TenantStream> Streams(string consumer, CancellationToken cancellation) => source.Streams(consumer, cancellation);

        public IReadOnlyList<FeedEvent> ReadChanges(string consumer, int max, CancellationToken cancellation) => [];

        public void Acknowledge(string consumer, int tenant, long sequence, CancellationToken cancellation) => source.Acknowledge(consumer, tenant, sequence, cancellation);

        public IReadOnlyList<FeedRow> Rows(FeedTable table, IReadOnlyList<long> after, int max, RowFilter? filter, CancellationToken cancellation) =>
            source.Rows(table, after, max, filter, cancellation);
    }

    /// <summary>A webhook that takes everything.</summary>
    private sealed class Receiver : IDisposable
    {
        private readonly HttpListener _listener = new();

        public Receiver()
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            Address = new Uri($"http://localhost:{((IPEndPoint)probe.LocalEndpoint).Port}/");
            probe.Stop();
            _listener.Prefixes.Add(Address.ToString());
            _listener.Start();
            _ = Task.Run(ServeAsync);
        }

        public Uri Address { get; }

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                await context.Request.InputStream.CopyToAsync(Stream.Null);
                context.Response.StatusCode = 204;
                context.Response.Close();
            }
        }
    }
}
