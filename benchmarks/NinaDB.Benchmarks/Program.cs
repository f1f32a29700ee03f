using NinaDB.Feed.Tests;

namespace NinaDB.Benchmarks;

internal static class Program
{
    /// <summary>Runs the benchmark groups named on the command line (all but scale, which wants 50 GB of disk, when none) and prints one table. Exit code 1 when a floor does not hold.</summary>
    private static int Main(string[] arguments)
    {
        if (arguments is ["open", var path])
        {
            HostBenchmarks.OpenChild(path);
            return 0;
        }

        if (arguments is ["skills", var model] && File.Exists(model + ".safetensors"))
        {
            SkillBenchmarks.RunChild(model);
            return 0;
        }

        if (arguments is ["idle", var connectionString])
        {
            TdsBenchmarks.IdleChild(connectionString);
            return 0;
        }

        (string Name, Action<Report, string> Run)[] groups =
        [
            ("storage", StorageBenchmarks.Run),
            ("host", HostBenchmarks.Run),
            ("filestream", FileStreamBenchmarks.Run),
            ("vectors", VectorBenchmarks.Run),
            ("product", ProductBenchmarks.Run),
            ("ingestion", ProductBenchmarks.RunIngestion),
            ("skills", SkillBenchmarks.Run),
            ("million", SkillBenchmarks.RunMillion),
            ("feed", FeedBenchmarks.Run),
            ("platform", PlatformBenchmarks.Run),
            ("platform", IsolationBenchmarks.Run),
            ("cdc", ChangeDataBenchmarks.Run),
            ("tds", TdsBenchmarks.Run),
            ("postgres", PostgresBenchmarks.Run),
            ("inference", InferenceBenchmarks.Run),
            ("tensor", TensorBenchmarks.Run),
            ("hnsw", HnswBenchmarks.Run),
            ("scale", ScaleBenchmarks.Run),
        ];
        string folder = Path.Combine(Path.GetTempPath(), "ninadb-benchmarks-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        var report = new Report();
        try
        {
            foreach ((string name, Action<Report, string> run) in groups.Where(g => arguments.Length == 0 ? g.Name != "scale" && (g.Name != "postgres" || PostgresCluster.Missing is null) : arguments.Contains(g.Name)))
            {
                Console.Error.WriteLine(name);
                run(report, folder);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        report.Print(Console.Out);
        return report.AllHold ? 0 : 1;
    }
}
