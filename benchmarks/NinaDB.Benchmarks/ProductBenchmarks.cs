using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Text;
using NinaDB.Cli;
using NinaDB.Cli.Deployment;
using NinaDB.Clr.Storage;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.Benchmarks;

/// <summary>The product on the embedded host: deployment, ingestion, peeks, search by meaning, agents.</summary>
internal static class ProductBenchmarks
{
    private const int PeekBytes = 4096;
    private const int Peeks = 20_000;
    private const long SegmentBytes = 8L << 30;

    public static void Run(Report report, string folder)
    {
        using Database database = Database.Create(Path.Combine(folder, "product"));
        using EngineSession session = database.OpenSession();
        report.Add(new Measurement("deploying the schema", Time(() => new Deployer(session).Deploy((_, _, _) => { }, CancellationToken.None)), "s", Floor: 3, HigherIsBetter: false));
        LocalTenant.Begin(session, CancellationToken.None);
        Peek(report, session, folder);
        report.Add(new Measurement("ingesting the sample model, with components", Time(() => Execute(session, $"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)};")), "s"));
        Capabilities(report, session);
        Agents(report, session);
    }

    /// <summary>A synthetic safetensors file through `nina ingest`, next to cp and sha256sum of the same file.</summary>
    public static void RunIngestion(Report report, string folder)
    {
        long megabytes = long.Parse(Environment.GetEnvironmentVariable("NINADB_BENCH_MEGABYTES") ?? "2048", CultureInfo.InvariantCulture);
        string file = Path.Combine(folder, "synthetic.safetensors");
        WriteSafetensors(file, megabytes << 20);
        double raw = Time(() => Shell($"cp '{file}' '{file}.copy' && sync '{file}.copy' && sha256sum '{file}' > /dev/null"));
        File.Delete(file + ".copy");
        long peak = 0;
        double ours = Time(() => peak = Nina("ingest", file, "--path", Path.Combine(folder, "ingested"), "-q"));
        report.Add(new Measurement($"nina ingest of {megabytes} MB", megabytes / ours, "MB/s", megabytes / raw, "cp; sync; sha256sum", 0.6 * megabytes / raw));
        report.Add(new Measurement("peak resident memory of nina ingest", peak / 1024.0, "MB", Floor: 300, HigherIsBetter: false));
    }

    private static void Peek(Report report, EngineSession session, string folder)
    {
        string path = Path.Combine(folder, "sparse.bin");
        using (FileStream stream = File.Create(path))
        {
            stream.SetLength(SegmentBytes);
        }

        var random = new Random(1);
        long[] offsets = [.. Enumerable.Range(0, Peeks).Select(_ => random.NextInt64(SegmentBytes - PeekBytes))];
        double raw = RawPeek(path, offsets);
        byte[] target = new byte[PeekBytes];
        double clr = Median(offsets, offset =>
        {
            using SegmentLease lease = SegmentCache.Shared.Open(path);
            lease.Segment.Read(offset, target, 0, PeekBytes);
        });
        report.Add(new Measurement("peek of 4 KiB in 8 GiB, CLR call, median", clr, "µs", raw, "memcpy from a raw map", 1.5 * raw, HigherIsBetter: false));

        var sink = new Cli.Demo.DiscardSink();
        Execute(session, $"CREATE TABLE dbo.Segment (Path nvarchar(4000)); INSERT INTO dbo.Segment VALUES ({SqlText.Quote(path)});");
        var parameter = new SessionParameter("@offset", Engine.Types.SqlType.BigInt, Engine.Types.SqlValue.FromBigInt(0));
        double[] times = Times(offsets, offset =>
        {
            parameter.Value = Engine.Types.SqlValue.FromBigInt(offset);
            session.Execute("SELECT clr.PeekBytes(Path, @offset, 4096) FROM dbo.Segment;", [parameter], sink);
        });
        report.Add(new Measurement("the same through SELECT, p50", At(times, 0.5), "µs", Floor: 30, HigherIsBetter: false));
        report.Add(new Measurement("the same through SELECT, p99", At(times, 0.99), "µs", Floor: 200, HigherIsBetter: false));
        File.Delete(path);
    }

    private static void Capabilities(Report report, EngineSession session)
    {
        foreach (string file in Directory.GetFiles(Product.SampleProbes, "*.txt"))
        {
            string domain = SqlText.Quote(Path.GetFileNameWithoutExtension(file));
            Execute(session, $"EXECUTE mqe.AddProbeTexts {domain}, {SqlText.Quote(file)};");
            Execute(session, $"EXECUTE mqe.AddProbeTexts {domain}, {SqlText.Quote(Path.Combine(Path.GetDirectoryName(file)!, "test", Path.GetFileName(file)))}, 'test';");
        }

        report.Add(new Measurement("measuring skills, 60 passages a domain", Time(() => Execute(session, "EXECUTE mqe.MeasureSkills;")), "s"));
        double precision = double.Parse(session.QueryText("EXECUTE mqe.EvaluateSearch;", CancellationToken.None)[^1][5]!, CultureInfo.InvariantCulture);
        report.Add(new Measurement("search by meaning: share of the first 50 neurons that are skilled", precision, "", Floor: 0.8));

        var sink = new Cli.Demo.DiscardSink();
        double[] search = Times(new long[200], _ => session.Execute("EXECUTE mqe.FindCapabilities @Query = N'knight takes bishop';", [], sink));
        report.Add(new Measurement("mqe.FindCapabilities over 2,080 components, p50", At(search, 0.5) / 1000, "ms"));
        double[] peeks = Times(new long[5000], _ => session.Execute("EXECUTE mqe.PeekTensor @Tensor = N'model.layers.2.mlp.up_proj.weight', @Row = 17, @RowCount = 8;", [], sink));
        report.Add(new Measurement("mqe.PeekTensor of 8 rows of 128 numbers, p50", At(peeks, 0.5), "µs"));
        report.Add(new Measurement("mqe.PeekTensor of 8 rows of 128 numbers, p99", At(peeks, 0.99), "µs", Floor: 1000, HigherIsBetter: false));
    }

    private static void Agents(Report report, EngineSession session)
    {
        foreach ((string name, double keep, double floor) in new[] { ("75 %", 0.75, 0.03), ("50 %", 0.5, 0.30) })
        {
            string agent = SqlText.Quote(name);
            Execute(session, string.Create(CultureInfo.InvariantCulture, $"EXECUTE factory.AssembleAgent {agent}, N'chess', @KeepFraction = {keep};"));
            double time = Time(() => Execute(session, $"EXECUTE factory.DistillAgent {agent};"));
            Execute(session, $"EXECUTE factory.VerifyAgent {agent}, @TextsPerDomain = NULL, @CompareRandom = 0;");
            string?[] row = session.QueryText(
                $"""
                SELECT MAX(CASE WHEN is_own_domain = 1 THEN agent_loss - base_loss END), MIN(CASE WHEN is_own_domain = 0 THEN agent_loss END) - MAX(CASE WHEN is_own_domain = 1 THEN agent_loss END)
                FROM factory.agent_losses WHERE agent_name = {agent};
                """,
                CancellationToken.None)[0];
            report.Add(new Measurement($"chess agent, {name} of the neurons: loss above the full model", double.Parse(row[0]!, CultureInfo.InvariantCulture), "nats/token", Floor: floor, HigherIsBetter: false));
            report.Add(new Measurement($"chess agent, {name}: best other domain above chess", double.Parse(row[1]!, CultureInfo.InvariantCulture), "nats/token", Floor: 0));
            report.Add(new Measurement($"distilling {name}", time, "s"));
        }
    }

    private static unsafe double RawPeek(string path, long[] offsets)
    {
        using var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using MemoryMappedViewAccessor view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            byte[] target = new byte[PeekBytes];
            return Median(offsets, offset => new ReadOnlySpan<byte>(start + offset, PeekBytes).CopyTo(target));
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private static void WriteSafetensors(string path, long bytes)
    {
        long columns = 4096;
        long rows = bytes / (columns * 2);
        string header = string.Create(CultureInfo.InvariantCulture, $"{{\"weight\":{{\"dtype\":\"BF16\",\"shape\":[{rows},{columns}],\"data_offsets\":[0,{rows * columns * 2}]}}}}");
        using FileStream stream = File.Create(path);
        stream.Write(BitConverter.GetBytes((long)header.Length));
        stream.Write(Encoding.ASCII.GetBytes(header));
        byte[] block = new byte[1 << 20];
        new Random(1).NextBytes(block);
        for (long written = 0; written < rows * columns * 2; written += block.Length)
        {
            stream.Write(block);
        }

        stream.SetLength(8 + header.Length + (rows * columns * 2));
    }

    private static void Execute(EngineSession session, string text) => session.RunText(text, CancellationToken.None);

    private static double Time(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }

    private static double Median(long[] offsets, Action<long> action) => At(Times(offsets, action), 0.5);

    private static double[] Times(long[] offsets, Action<long> action)
    {
        foreach (long offset in offsets)
        {
            action(offset);
        }

        var times = new double[offsets.Length];
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action(offsets[i]);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        return times;
    }

    private static double At(double[] sorted, double share) => sorted[(int)((sorted.Length - 1) * share)];

    private static void Shell(string command)
    {
        using Process process = Process.Start("sh", ["-c", command]);
        process.WaitForExit();
    }

    /// <summary>Runs nina and returns its peak resident memory in KiB.</summary>
    private static long Nina(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "nina.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        long peak = 0;
        string status = $"/proc/{process.Id}/status";
        while (!process.WaitForExit(20))
        {
            string? line = File.Exists(status) ? File.ReadLines(status).FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)) : null;
            peak = line is null ? peak : Math.Max(peak, long.Parse(line.AsSpan(6, line.Length - 9), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture));
        }

        return process.ExitCode == 0 ? peak : throw new InvalidOperationException($"nina ended with exit code {process.ExitCode}.");
    }
}
