using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;
using NinaDB.Engine.Vectors;

namespace NinaDB.Benchmarks;

/// <summary>
/// The vector index beside hnswlib (benchmarks/peers/hnswlib.cpp, compiled here with g++): the same vectors, M = 16, efConstruction = 200, one thread. Queries a second are compared at equal
/// recall, read off each side's own curve. Ours is the durable index: building includes the rows and the commit.
/// </summary>
internal static class HnswBenchmarks
{
    private const int Count = 100_000, Dimensions = 384, Queries = 1000, Top = 10, Centres = 1000;
    private const float Spread = 0.75f;

    private static readonly int[] Efforts = [10, 12, 16, 24, 32, 48, 64, 96, 128];

    public static void Run(Report report, string folder)
    {
        (float[][] vectors, float[][] queries) = Generate();
        int[][] truth = Truth(vectors, queries);
        (double Build, (double Recall, double Rate)[] Curve)? peer = RunPeer(folder, vectors, queries, truth);
        (double build, (double Recall, double Rate)[] curve) = RunOwn(folder, vectors, queries, truth);
        report.Add(new Measurement(
            $"HNSW: build of {Count:N0} x {Dimensions}", build, "s", peer?.Build, peer is { } p ? string.Create(CultureInfo.InvariantCulture, $"hnswlib; {build / p.Build:0.00} of its time") : null, peer?.Build * 1.3, HigherIsBetter: false));
        foreach (double recall in new[] { 0.95, 0.99 })
        {
            double own = RateAt(curve, recall);
            double? other = peer is { } q ? RateAt(q.Curve, recall) : null;
            report.Add(new Measurement(
                $"HNSW: top-{Top} searches at recall {recall.ToString(CultureInfo.InvariantCulture)}", own, "queries/s", other,
                other is { } rate ? string.Create(CultureInfo.InvariantCulture, $"hnswlib; ratio {own / rate:0.00}") : "libhnswlib-dev or g++ is absent", other * 0.8));
        }
    }

    /// <summary>Queries a second at a recall, between the two measured points around it.</summary>
    private static double RateAt((double Recall, double Rate)[] curve, double recall)
    {
        for (int i = 0; i < curve.Length; i++)
        {
            if (curve[i].Recall >= recall)
            {
                if (i == 0)
                {
                    return curve[0].Rate;
                }

                double part = (recall - curve[i - 1].Recall) / (curve[i].Recall - curve[i - 1].Recall);
                return curve[i - 1].Rate + (part * (curve[i].Rate - curve[i - 1].Rate));
            }
        }

        return double.NaN;
    }

    private static (double Build, (double Recall, double Rate)[] Curve) RunOwn(string folder, float[][] vectors, float[][] queries, int[][] truth)
    {
        var definition = new TableDefinition
        {
            ObjectId = 1,
            SchemaId = 1,
            Name = "V",
            Type = ObjectTypes.UserTable,
            MaxColumnId = 2,
            Columns = [new ColumnDefinition { ColumnId = 1, Name = "Id", Type = SqlType.Int }, new ColumnDefinition { ColumnId = 2, Name = "E", Type = SqlType.Vector(Dimensions) }],
            Indexes =
            [
                new IndexDefinition { IndexId = 1, Name = "PK", Kind = IndexKind.Clustered, IsUnique = true, IsPrimaryKey = true, KeyColumns = [new IndexColumn(1)] },
                new IndexDefinition { IndexId = 2, Name = "VX", Kind = IndexKind.Vector, VectorMetric = "cosine", KeyColumns = [new IndexColumn(2)] },
            ],
        };
        using SqliteStore store = SqliteStore.Create(Path.Combine(folder, "hnsw"));
        using IStoreConnection connection = store.OpenConnection();
        connection.BeginWrite(0, CancellationToken.None);
        definition = TableAccess.CreateTrees(definition, connection);
        var access = new TableAccess(definition, connection);
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < vectors.Length; i++)
        {
            access.Insert([SqlValue.FromInt(i), SqlValue.FromVector(vectors[i])]);
        }

        connection.Commit();
        double build = clock.Elapsed.TotalSeconds;
        Console.Error.WriteLine($"  own build {build:0.0} s");
        var curve = new List<(double, double)>();
        foreach (int effort in Efforts)
        {
            double best = double.MaxValue;
            int hits = 0;
            for (int round = 0; round < 3; round++)
            {
                hits = 0;
                clock.Restart();
                for (int q = 0; q < queries.Length; q++)
                {
                    foreach (VectorMatch match in access.SearchVectors(definition.Indexes[1], queries[q], Top, effort))
                    {
                        KeyCodec.Decode(match.Locator, SqlType.Int, false, out SqlValue id);
                        hits += truth[q].Contains(id.AsInt32) ? 1 : 0;
                    }
                }

                best = Math.Min(best, clock.Elapsed.TotalSeconds);
            }

            curve.Add((hits / (double)(Top * queries.Length), queries.Length / best));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  own ef {effort}: recall {curve[^1].Item1:0.0000}, {curve[^1].Item2:0} queries/s"));
        }

        return (build, [.. curve]);
    }

    private static (double Build, (double Recall, double Rate)[] Curve)? RunPeer(string folder, float[][] vectors, float[][] queries, int[][] truth)
    {
        string program = Path.Combine(folder, "hnswlib");
        if (!File.Exists("/usr/include/hnswlib/hnswlib.h") || Execute("g++", ["-O3", "-march=native", "-o", program, Path.Combine(Root(), "benchmarks", "peers", "hnswlib.cpp")]) is null)
        {
            Console.Error.WriteLine("  skipped: libhnswlib-dev or g++ is absent");
            return null;
        }

        string[] files = [.. new[] { "vectors.f32", "queries.f32", "truth.i32" }.Select(f => Path.Combine(folder, f))];
        Write(files[0], vectors);
        Write(files[1], queries);
        Write(files[2], truth);
        string output = Execute(program, [$"{Dimensions}", $"{vectors.Length}", files[0], $"{queries.Length}", files[1], files[2], .. Efforts.Select(e => e.ToString(CultureInfo.InvariantCulture))])
            ?? throw new InvalidOperationException("The hnswlib program failed.");
        double build = 0;
        var curve = new List<(double, double)>();
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Console.Error.WriteLine("  hnswlib " + line);
            string[] words = line.Split(' ');
            if (words[0] == "build")
            {
                build = double.Parse(words[1], CultureInfo.InvariantCulture);
            }
            else
            {
                curve.Add((double.Parse(words[1], CultureInfo.InvariantCulture), double.Parse(words[2], CultureInfo.InvariantCulture)));
            }
        }

        return (build, [.. curve]);
    }

    private static string? Execute(string program, string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static void Write<T>(string path, T[][] rows) where T : unmanaged
    {
        using FileStream file = File.Create(path);
        foreach (T[] row in rows)
        {
            file.Write(MemoryMarshal.AsBytes<T>(row));
        }
    }

    private static int[][] Truth(float[][] vectors, float[][] queries)
    {
        var truth = new int[queries.Length][];
        Parallel.For(0, queries.Length, q =>
        {
            var nearest = new PriorityQueue<int, float>();
            for (int i = 0; i < vectors.Length; i++)
            {
                float similarity = VectorMath.Dot(vectors[i], queries[q]);
                if (nearest.Count < Top)
                {
                    nearest.Enqueue(i, similarity);
                }
                else
                {
                    nearest.EnqueueDequeue(i, similarity);
                }
            }

            truth[q] = [.. nearest.UnorderedItems.Select(x => x.Element)];
        });
        return truth;
    }

    /// <summary>Unit vectors around centres; queries are like them.</summary>
    private static (float[][] Vectors, float[][] Queries) Generate()
    {
        var random = new Random(7);
        float[][] centres = [.. Enumerable.Range(0, Centres).Select(_ => Noise(random))];
        float[] One()
        {
            float[] centre = centres[random.Next(Centres)], noise = Noise(random);
            float[] vector = [.. centre.Select((x, i) => x + (Spread * noise[i]))];
            VectorMath.Normalize(vector);
            return vector;
        }

        return ([.. Enumerable.Range(0, Count).Select(_ => One())], [.. Enumerable.Range(0, Queries).Select(_ => One())]);
    }

    private static float[] Noise(Random random)
    {
        var vector = new float[Dimensions];
        for (int i = 0; i < Dimensions; i++)
        {
            vector[i] = (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5);
        }

        VectorMath.Normalize(vector);
        return vector;
    }

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "NinaDB.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The benchmarks run from a checkout.");
    }
}
