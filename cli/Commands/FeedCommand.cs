using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using NinaDB.Cli.Feed;
using NinaDB.Cli.Feed.Sinks;
using NinaDB.Engine;
using NinaDB.Engine.Data;

namespace NinaDB.Cli.Commands;

/// <summary>`nina feed`: carries domain events and current rows to PostgreSQL, a webhook or a file (docs/feed.md).</summary>
internal static class FeedCommand
{
    /// <summary>Environment variable with the secret that signs what a webhook gets.</summary>
    public const string SecretVariable = "NINA_FEED_SECRET";

    private const int MinimumSecretBytes = 16;
    private const int LargestBatch = 100_000;
    private const int LongestConsumer = 100;

    public static Command Create()
    {
        Option<string> path = SharedOptions.Path();
        Option<string> to = new("--to") { Description = "postgres://user@host/database, http(s)://receiver/path, or a file named *.ndjson.", Required = true, HelpName = "TARGET" };
        Option<string> consumer = new("--consumer") { Description = "Name under which the database remembers how far this feed came; one for each destination.", DefaultValueFactory = _ => "feed" };
        Option<int> batch = new("--batch") { Description = "Events or rows at a time.", DefaultValueFactory = _ => 1000 };
        Option<bool> once = new("--once") { Description = "Deliver what there is, then end. Without it the feed follows until Ctrl-C." };
        Option<double> interval = new("--interval") { Description = "Seconds between looks when there is nothing new.", DefaultValueFactory = _ => 1, HelpName = "SECONDS" };
        Option<bool> noSnapshot = new("--no-snapshot") { Description = "Begin with the first event, without a copy of the current rows." };
        Option<string?> tenant = new("--tenant") { Description = "One tenant only, by public id, key or name." };
        Option<double?> stopAfter = new("--stop-after") { Description = "Give up when the destination has failed for so long; without it never.", HelpName = "SECONDS" };
        Option<string?> state = new("--state") { Description = "For a webhook: file that remembers how far the feed came (default: feed-CONSUMER.json in the database folder).", HelpName = "FILE" };
        Option<bool> quiet = SharedOptions.Quiet();
        var command = new Command(
            "feed",
            """
            Replicates domain events and the current models, components, capabilities and agents to a store outside. It may be killed at any moment and started
            again: nothing is lost, and nothing is applied twice.

            Examples:
              nina feed --path my-db --to postgres://reporting@localhost/warehouse
              nina feed --path my-db --to changes.ndjson --once
              NINA_FEED_SECRET=... nina feed --path my-db --to https://example.org/hooks/nina --consumer hooks
            """)
        {
            path, to, consumer, batch, once, interval, noSnapshot, tenant, stopAfter, state, quiet,
        };
        command.SetAction((result, cancellation) =>
        {
            var options = new FeedOptions
            {
                Consumer = result.GetRequiredValue(consumer),
                Batch = result.GetValue(batch),
                Once = result.GetValue(once),
                Interval = Seconds("--interval", result.GetValue(interval)),
                NoSnapshot = result.GetValue(noSnapshot),
                StopAfter = result.GetValue(stopAfter) is { } seconds ? Seconds("--stop-after", seconds) : null,
            };
            string folder = result.GetRequiredValue(path);
            string stateFile = result.GetValue(state) ?? Path.Combine(folder, $"feed-{Uri.EscapeDataString(options.Consumer)}.json");
            return RunAsync(folder, result.GetRequiredValue(to), result.GetValue(tenant), stateFile, options, result.GetValue(quiet), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(string folder, string target, string? tenant, string stateFile, FeedOptions options, bool isQuiet, CancellationToken cancellation)
    {
        if (options.Batch is < 1 or > LargestBatch)
        {
            throw new CliException(ExitCode.Usage, $"--batch must be from 1 to {LargestBatch}.");
        }

        if (options.Consumer.Trim().Length == 0 || options.Consumer.Length > LongestConsumer)
        {
            throw new CliException(ExitCode.Usage, $"--consumer must have 1 to {LongestConsumer} characters.");
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        cancellation = stopping.Token;
        var backoff = new Backoff(options.StopAfter, Console.Error.WriteLine);
        try
        {
            await using IFeedSink sink = CreateSink(target, stateFile, options, backoff);
            using Database database = DatabaseFolder.Open(folder);
            await using var connection = new NinaConnection(database);
            await connection.OpenAsync(cancellation);
            DatabaseSource source = DatabaseSource.Open(connection, options.Consumer, tenant, cancellation);
            var runner = new FeedRunner(source, sink, options, backoff, Console.Error.WriteLine);
            if (!isQuiet)
            {
                Console.Error.WriteLine($"Feeding {sink.Description} as '{options.Consumer}'.");
            }

            FeedReport report = await runner.RunAsync(cancellation);
            if (!isQuiet)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Events} events, {report.Rows} rows of the snapshot."));
            }

            return ExitCode.Success;
        }
        catch (FeedException error)
        {
            throw new CliException(ExitCode.Destination, error.Message);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new CliException(ExitCode.File, error.Message);
        }
        catch (NinaException error)
        {
            throw new CliException(ExitCode.SqlError, $"Msg {error.Number}: {error.Message}");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && !options.Once)
        {
            // The ordinary end of a feed that follows.
            return ExitCode.Success;
        }

        void Stop(PosixSignalContext context)
        {
            // The destination is whole at any moment: what is under way may be given up.
            context.Cancel = true;
            stopping.Cancel();
        }
    }

    private static IFeedSink CreateSink(string target, string stateFile, FeedOptions options, Backoff backoff)
    {
        if (target.StartsWith("postgres://", StringComparison.Ordinal) || target.StartsWith("postgresql://", StringComparison.Ordinal))
        {
            return new PostgresSink(PostgresAddress.Parse(target), options.Consumer);
        }

        if (target.StartsWith("http://", StringComparison.Ordinal) || target.StartsWith("https://", StringComparison.Ordinal))
        {
            if (!Uri.TryCreate(target, UriKind.Absolute, out Uri? address))
            {
                throw new CliException(ExitCode.Usage, $"'{target}' is no address.");
            }

            byte[] secret = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable(SecretVariable) ?? string.Empty);
            if (secret.Length < MinimumSecretBytes)
            {
                throw new CliException(ExitCode.Usage, $"What a webhook gets is signed: put a secret of at least {MinimumSecretBytes} bytes into the environment variable {SecretVariable}.");
            }

            return new WebhookSink(address, options.Consumer, secret, options.Batch, new WebhookState(stateFile, options.Consumer), backoff);
        }

        if (!target.Contains("://", StringComparison.Ordinal) && target.EndsWith(".ndjson", StringComparison.OrdinalIgnoreCase))
        {
            return new NdjsonSink(Path.GetFullPath(target), options.Consumer);
        }

        throw new CliException(ExitCode.Usage, "--to takes postgres://..., http://..., https://... or a file named *.ndjson.");
    }

    private static TimeSpan Seconds(string option, double value) => value is >= 0 and <= 86_400 * 365
        ? TimeSpan.FromSeconds(value)
        : throw new CliException(ExitCode.Usage, $"{option} must be a number of seconds from 0 on.");
}
