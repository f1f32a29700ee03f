using System.Diagnostics;
using NinaDB.Cli;
using NinaDB.Cli.Demo;
using NinaDB.Cli.Deployment;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.Benchmarks;

/// <summary>What row-level security costs: the capability query with the policy on, next to the same query on the same rows with it off.</summary>
internal static class IsolationBenchmarks
{
    private const int Rounds = 9;
    private const int Repetitions = 40;

    private const string CapabilityQuery =
        """
        SELECT TOP (10) component_id, kind, layer, component_index, skill_level, skill_lower, importance, top_tokens
        FROM mqe.capabilities
        WHERE domain = 'chess' AND skill_level > 0.8
        ORDER BY skill_level DESC;
        """;

    private const string Aggregate = "SELECT domain, COUNT(*) AS components, AVG(skill_level) AS mean FROM mqe.capabilities GROUP BY domain;";

    public static void Run(Report report, string folder)
    {
        using Database database = Database.Create(Path.Combine(folder, "isolation"));
        using EngineSession session = database.OpenSession();
        new Deployer(session).Deploy((_, _, _) => { }, CancellationToken.None);
        LocalTenant.Begin(session, CancellationToken.None);
        session.RunText($"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)};", CancellationToken.None);
        foreach (string file in Directory.GetFiles(Product.SampleProbes, "*.txt"))
        {
            session.RunText($"EXECUTE mqe.AddProbeTexts {SqlText.Quote(Path.GetFileNameWithoutExtension(file))}, {SqlText.Quote(file)}, 'probe', 8;", CancellationToken.None);
        }

        session.RunText("EXECUTE mqe.MeasureSkills @TextsPerDomain = 8;", CancellationToken.None);
        Compare(report, session, "the capability query", CapabilityQuery, 1.3);
        Compare(report, session, "all capabilities, grouped by domain", Aggregate, null);
    }

    private static void Compare(Report report, EngineSession session, string name, string query, double? limit)
    {
        var on = new List<double>();
        var off = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            Switch(session, "ON");
            on.Add(Quick(session, query));
            Switch(session, "OFF");
            off.Add(Quick(session, query));
        }

        Switch(session, "ON");
        double with = Middle(on);
        double without = Middle(off);
        report.Add(new Measurement($"{name}, row-level security on", with, "µs"));
        report.Add(new Measurement($"{name}, row-level security off", without, "µs"));
        report.Add(new Measurement($"{name}: cost of row-level security", with / without, "x", Floor: limit, HigherIsBetter: false));
    }

    private static void Switch(EngineSession session, string state) => session.RunText($"ALTER SECURITY POLICY mqe.RowPolicy WITH (STATE = {state});", CancellationToken.None);

    private static double Quick(EngineSession session, string query)
    {
        var sink = new DiscardSink();
        var times = new List<double>();
        for (int i = 0; i < Repetitions + 3; i++)
        {
            long start = Stopwatch.GetTimestamp();
            session.Execute(query, [], sink, CancellationToken.None);
            if (i >= 3)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }

        // The lower decile: on a busy machine the median measures the neighbours.
        times.Sort();
        return times[times.Count / 10];
    }

    private static double Middle(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
