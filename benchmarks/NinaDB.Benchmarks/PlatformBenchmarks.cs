using System.Diagnostics;
using System.Globalization;
using NinaDB.Cli;
using NinaDB.Cli.Deployment;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.Benchmarks;

/// <summary>What operating a platform costs: audit, usage and events on top of procedure calls, and how fast the outbox is read.</summary>
internal static class PlatformBenchmarks
{
    private const int Calls = 500;
    private const int Events = 100_000;

    /// <summary>The procedures that record nothing: what a call costs without its records.</summary>
    private const string NoRecords =
        """
        CREATE OR ALTER PROCEDURE ops.RecordAct @Action varchar(60), @ObjectType varchar(30), @ObjectName nvarchar(400), @EventType varchar(100) = NULL,
            @Metric varchar(30) = NULL, @Quantity bigint = 0, @ComputeMs bigint = 0, @Details nvarchar(max) = NULL, @IsDone bit = 0, @EventKey nvarchar(200) = NULL
        AS RETURN 0;
        """;

    private const string NoQuota = "CREATE OR ALTER PROCEDURE ops.RequireQuota @Resource varchar(30), @Amount bigint = 1 AS RETURN 0;";

    public static void Run(Report report, string folder)
    {
        using Database database = Database.Create(Path.Combine(folder, "platform"));
        using EngineSession session = Open(database);
        Outbox(report, session);

        using Database bareDatabase = Database.Create(Path.Combine(folder, "bare"));
        using EngineSession bare = Open(bareDatabase);
        Execute(bare, NoRecords);
        Execute(bare, NoQuota);
        Prepare(session);
        Prepare(bare);
        Records(report, session, bare, folder);
    }

    private static EngineSession Open(Database database)
    {
        EngineSession session = database.OpenSession();
        new Deployer(session).Deploy((_, _, _) => { }, CancellationToken.None);
        LocalTenant.Begin(session, CancellationToken.None);
        return session;
    }

    private static void Outbox(Report report, EngineSession session)
    {
        Execute(
            session,
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                SET NOCOUNT ON;
                DECLARE @i int = 0;
                BEGIN TRANSACTION;
                WHILE @i < {{Events}}
                BEGIN
                    EXECUTE ops.PublishEvent 'model.ingested', N'a model', N'{"model_id":"00000000-0000-0000-0000-000000000000","bytes":123456789,"tensors":42}';
                    SET @i += 1;
                END;
                COMMIT TRANSACTION;
                """));
        var clock = Stopwatch.StartNew();
        int read = 0;
        while (true)
        {
            IReadOnlyList<string?[]> rows = session.QueryText("EXECUTE ops.ReadChanges N'benchmark', 1000;", CancellationToken.None);
            if (rows.Count == 0)
            {
                break;
            }

            read += rows.Count;
            Execute(session, $"EXECUTE ops.AcknowledgeChanges N'benchmark', {rows[^1][1]};");
        }

        report.Add(new Measurement("outbox: read and acknowledge, 1,000 a call", read / clock.Elapsed.TotalSeconds, "events/s", Floor: 20_000));
    }

    private static void Prepare(EngineSession session)
    {
        Execute(session, $"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)};");
        foreach (string file in Directory.GetFiles(Product.SampleProbes, "*.txt"))
        {
            Execute(session, $"EXECUTE mqe.AddProbeTexts {SqlText.Quote(Path.GetFileNameWithoutExtension(file))}, {SqlText.Quote(file)}, 'probe', 20;");
        }

        Execute(session, "EXECUTE mqe.MeasureSkills @TextsPerDomain = 20;");
        Execute(session, "EXECUTE factory.AssembleAgent N'bench', N'chess';");
        Execute(session, "EXECUTE factory.DistillAgent N'bench', 20;");
    }

    private static void Records(Report report, EngineSession session, EngineSession bare, string folder)
    {
        string passage = Path.Combine(folder, "passage.txt");
        File.WriteAllText(passage, "A passage.\n");
        const string act = "EXECUTE ops.RecordAct 'model.search', 'model', N'nina-mini', NULL, 'searches', 1;";
        report.Add(new Measurement("ops.RecordAct by itself, median", Median(session, act), "µs"));
        Execute(session, "BEGIN TRANSACTION;");
        report.Add(new Measurement("the same in a transaction, without its commit", Median(session, act), "µs"));
        Execute(session, "COMMIT TRANSACTION;");
        Overhead(report, session, bare, "mqe.FindCapabilities", "EXECUTE mqe.FindCapabilities @Query = N'knight takes bishop';");
        Overhead(report, session, bare, "factory.RunAgent, 16 tokens", "EXECUTE factory.RunAgent N'bench', N'Nina opened with', @MaxTokens = 16;");
        Overhead(report, session, bare, "mqe.AddProbeTexts, one passage", $"EXECUTE mqe.AddProbeTexts N'bench', {SqlText.Quote(passage)};");
    }

    /// <summary>The same call in turns on a database that records and on one that does not, so that what else the machine does falls on both.</summary>
    private static void Overhead(Report report, EngineSession session, EngineSession bare, string name, string text)
    {
        var sink = new Cli.Demo.DiscardSink();
        var with = new double[Calls];
        var without = new double[Calls];
        for (int i = -5; i < Calls; i++)
        {
            double recorded = TimeOf(session, text, sink);
            double plain = TimeOf(bare, text, sink);
            if (i >= 0)
            {
                with[i] = recorded;
                without[i] = plain;
            }
        }

        Array.Sort(with);
        Array.Sort(without);
        double median = without[Calls / 2];
        report.Add(new Measurement($"{name}: audit, usage and event, with quotas", ((with[Calls / 2] / median) - 1) * 100, "% more", median, "µs without", Floor: 25, HigherIsBetter: false));
    }

    private static double TimeOf(EngineSession session, string text, IResultSink sink)
    {
        long start = Stopwatch.GetTimestamp();
        session.Execute(text, [], sink);
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static double Median(EngineSession session, string text)
    {
        var sink = new Cli.Demo.DiscardSink();
        var times = new double[Calls];
        session.Execute(text, [], sink);
        for (int i = 0; i < Calls; i++)
        {
            long start = Stopwatch.GetTimestamp();
            session.Execute(text, [], sink);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        return times[Calls / 2];
    }

    private static void Execute(EngineSession session, string text) => session.RunText(text, CancellationToken.None);
}
