using System.Diagnostics;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;
using NinaDB.Engine.Vectors;

namespace NinaDB.Benchmarks;

/// <summary>The HNSW index: building, searching with recall, opening.</summary>
internal static class VectorBenchmarks
{
    private const int Count = 10_000;
    private const int Dimensions = 768;

    public static void Run(Report report, string folder)
    {
        string path = Path.Combine(folder, "vectors");
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
        float[][] vectors = Vectors();
        using (SqliteStore store = SqliteStore.Create(path))
        using (IStoreConnection connection = store.OpenConnection())
        {
            connection.BeginWrite(0, CancellationToken.None);
            definition = TableAccess.CreateTrees(definition, connection);
            var access = new TableAccess(definition, connection);
            var clock = Stopwatch.StartNew();
            for (int i = 0; i < Count; i++)
            {
                access.Insert([SqlValue.FromInt(i), SqlValue.FromVector(vectors[i])]);
            }

            double seconds = clock.Elapsed.TotalSeconds;
            connection.Commit();
            report.Add(new Measurement($"HNSW: inserts, {Dimensions} dimensions", Count / seconds, "rows/s"));
        }

        using (SqliteStore store = SqliteStore.Open(path))
        using (IStoreConnection connection = store.OpenConnection())
        {
            var access = new TableAccess(definition, connection);
            var clock = Stopwatch.StartNew();
            access.SearchVectors(definition.Indexes[1], vectors[0], 10);
            report.Add(new Measurement($"HNSW: open {Count} vectors and search once", clock.Elapsed.TotalMilliseconds, "ms"));
            Search(report, access, definition.Indexes[1], vectors);
        }
    }

    private static void Search(Report report, TableAccess access, IndexDefinition index, float[][] vectors)
    {
        var random = new Random(9);
        const int queries = 200;
        float[][] targets = [.. Enumerable.Range(0, queries).Select(_ => Perturb(vectors[random.Next(Count)], random))];
        var found = new List<IReadOnlyList<VectorMatch>>();
        var clock = Stopwatch.StartNew();
        foreach (float[] target in targets)
        {
            found.Add(access.SearchVectors(index, target, 10));
        }

        double seconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        int hits = 0;
        for (int q = 0; q < queries; q++)
        {
            float[] target = targets[q];
            VectorMath.Normalize(target);
            HashSet<int> exact = [.. Enumerable.Range(0, Count).OrderByDescending(i => VectorMath.Dot(vectors[i], target)).Take(10)];
            hits += found[q].Count(m => exact.Contains(Id(m.Locator)));
        }

        double brute = queries / clock.Elapsed.TotalSeconds;
        report.Add(new Measurement("HNSW: top-10 searches, one thread", queries / seconds, "queries/s", brute, "brute force"));
        report.Add(new Measurement("HNSW: recall@10", hits / (queries * 10.0), "", Floor: 0.9));
    }

    private static int Id(byte[] locator)
    {
        KeyCodec.Decode(locator, SqlType.Int, false, out SqlValue id);
        return id.AsInt32;
    }

    /// <summary>Unit vectors around 200 centres.</summary>
    private static float[][] Vectors()
    {
        var random = new Random(3);
        float[][] centres = [.. Enumerable.Range(0, 200).Select(_ => Noise(random))];
        var vectors = new float[Count][];
        for (int i = 0; i < Count; i++)
        {
            vectors[i] = Perturb(centres[random.Next(centres.Length)], random);
            VectorMath.Normalize(vectors[i]);
        }

        return vectors;
    }

    private static float[] Perturb(float[] center, Random random)
    {
        float[] noise = Noise(random);
        return [.. center.Select((x, i) => x + 0.6f * noise[i])];
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
}
