using System.Diagnostics;
using System.Globalization;
using NinaDB.Engine.Data;

namespace NinaDB.Benchmarks;

/// <summary>Ingestion into a FILESTREAM column, against cp and sha256sum run one after the other.</summary>
internal static class FileStreamBenchmarks
{
    public static void Run(Report report, string folder)
    {
        long megabytes = long.TryParse(Environment.GetEnvironmentVariable("NINADB_BENCH_MEGABYTES"), CultureInfo.InvariantCulture, out long given) ? given : 2048;
        string source = Path.Combine(folder, "source.bin");
        Make(source, megabytes);
        Shell($"cat '{source}' > /dev/null");
        var clock = Stopwatch.StartNew();
        Shell($"cp '{source}' '{source}.copy' && sync '{source}.copy' && sha256sum '{source}' > /dev/null");
        double raw = megabytes / clock.Elapsed.TotalSeconds;
        File.Delete(source + ".copy");

        using var connection = new NinaConnection($"Data Source={Path.Combine(folder, "files")};Pooling=False;Command Timeout=0");
        connection.Open();
        using NinaCommand command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE dbo.F (Id uniqueidentifier ROWGUIDCOL NOT NULL UNIQUE, Content varbinary(max) FILESTREAM)";
        command.ExecuteNonQuery();
        using FileStream stream = File.OpenRead(source);
        command.CommandText = "INSERT dbo.F VALUES (@id, @content)";
        command.Parameters.AddWithValue("@id", Guid.NewGuid());
        command.Parameters.AddWithValue("@content", stream);
        clock.Restart();
        command.ExecuteNonQuery();
        double rate = megabytes / clock.Elapsed.TotalSeconds;
        report.Add(new Measurement($"FILESTREAM ingestion of {megabytes} MB", rate, "MB/s", raw, "cp; sync; sha256sum", 0.6 * raw));
        report.Add(new Measurement("peak memory while ingesting", Process.GetCurrentProcess().PeakWorkingSet64 / 1e6, "MB", Floor: 300, HigherIsBetter: false));
        File.Delete(source);
    }

    private static void Make(string path, long megabytes)
    {
        var block = new byte[1 << 20];
        new Random(1).NextBytes(block);
        using FileStream file = File.Create(path);
        for (long i = 0; i < megabytes; i++)
        {
            BitConverter.TryWriteBytes(block, i);
            file.Write(block);
        }
    }

    private static void Shell(string command)
    {
        using Process process = Process.Start("/bin/sh", ["-c", command]);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{command}' failed with {process.ExitCode}.");
        }
    }
}
