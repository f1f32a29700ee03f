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
    private const int Calls = 200;
    private const int Rounds = 5;
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
        using EngineSession session = database.OpenSession();
        new Deployer(session).Deploy((_, _, _) => { }, CancellationToken.None);
        LocalTenant.Begin(session, CancellationToken.None);
        Outbox(report, session);
        Records(report, session, folder);
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

    private static void Records(Report report, EngineSession session, string folder)
    {
        Execute(session, $"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)};");
        foreach (string file in Directory.GetFiles(Product.SampleProbes, "*.txt"))
        {
            Execute(session, $"EXECUTE mqe.AddProbeTexts {SqlText.Quote(Path.GetFileNameWithoutExtension(file))}, {SqlText.Quote(file)}, 'probe', 20;");
        }

        Execute(session, "EXECUTE mqe.MeasureSkills @TextsPerDomain = 20;");
        Execute(session, "EXECUTE factory.AssembleAgent N'bench', N'chess';");
        Execute(session, "EXECUTE factory.DistillAgent N'bench', 20;");
        string passage = Path.Combine(folder, "passage.txt");
        File.WriteAllText(passage, "A passage.\n");

        report.Add(new Measurement("ops.RecordAct by itself, median", Median(session, "EXECUTE ops.RecordAct 'model.search', 'model', N'nina-mini', NULL, 'searches', 1;"), "µs"));
        Execute(session, "BEGIN TRANSACTION;");
        report.Add(new Measurement("the same in a transaction, without its commit", Median(session, "EXECUTE ops.RecordAct 'model.search', 'model', N'nina-mini', NULL, 'searches', 1;"), "µs"));
        Execute(session, "COMMIT TRANSACTION;");
        Overhead(report, session, "mqe.FindCapabilities", "EXECUTE mqe.FindCapabilities @Query = N'knight takes bishop';");
        Overhead(report, session, "factory.RunAgent, 16 tokens", "EXECUTE factory.RunAgent N'bench', N'Nina opened with', @MaxTokens = 16;");
        Overhead(report, session, "mqe.AddProbeTexts, one passage", $"EXECUTE mqe.AddProbeTexts N'bench', {SqlText.Quote(passage)};");
    }

    /// <summary>Medians with and without records, in turns, so that what else the machine does falls on both.</summary>
    private static void Overhead(Report report, EngineSession session, string name, string text)
    {
        var with = new List<double>();
        var without = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            with.Add(Median(session, text));
            Execute(session, NoRecords);
            Execute(session, NoQuota);
            without.Add(Median(session, text));
            Restore(session, "RecordAct");
            Restore(session, "RequireQuota");
        }

        with.Sort();
        without.Sort();
        double recorded = with[Rounds / 2];
        double bare = without[Rounds / 2];
        report.Add(new Measurement($"{name}: audit, usage and event, with quotas", (recorded / bare - 1) * 100, "% more", bare, "µs without", Floor: 25, HigherIsBetter: false));
    }

    private static void Restore(EngineSession session, string procedure)
    {
        string text = File.ReadAllText(Product.PathOf($"procedures/ops/{procedure}.sql"));
        Execute(session, text.Replace("CREATE PROCEDURE", "CREATE OR ALTER PROCEDURE", StringComparison.Ordinal));
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
