using System.Buffers.Binary;
using System.Diagnostics;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Benchmarks;

/// <summary>The storage room by itself: B-trees, rows, tables.</summary>
internal static class StorageBenchmarks
{
    private const int Rows = 1_000_000;

    public static void Run(Report report, string folder)
    {
        using SqliteStore store = SqliteStore.Create(Path.Combine(folder, "storage"));
        using IStoreConnection connection = store.OpenConnection();
        Trees(report, connection);
        Tables(report, connection);
    }

    private static void Trees(Report report, IStoreConnection connection)
    {
        var key = new byte[8];
        var value = new byte[40];
        connection.BeginWrite(0, CancellationToken.None);
        int tree = connection.CreateTree();
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < Rows; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(key, i);
            connection.TryInsert(tree, key, value);
        }

        double seconds = clock.Elapsed.TotalSeconds;
        connection.Commit();
        report.Add(new Measurement("tree: inserts in a transaction", Rows / seconds, "rows/s", Floor: 300_000));

        connection.BeginStatement();
        long bytes = 0;
        for (int round = 0; round < 2; round++)
        {
            clock.Restart();
            using IStoreCursor cursor = connection.Scan(tree, KeyRange.All);
            while (cursor.MoveNext())
            {
                bytes += cursor.Value.Length + cursor.Key.Length;
            }

            seconds = clock.Elapsed.TotalSeconds;
        }

        report.Add(new Measurement("tree: scan", Rows / seconds, "rows/s", Floor: 2_000_000));
        var random = new Random(1);
        for (int round = 0; round < 2; round++)
        {
            clock.Restart();
            for (int i = 0; i < 200_000; i++)
            {
                BinaryPrimitives.WriteInt64BigEndian(key, random.Next(Rows));
                connection.TryGet(tree, key, out _);
            }

            seconds = clock.Elapsed.TotalSeconds;
        }

        connection.EndStatement();
        report.Add(new Measurement("tree: random point get", seconds / 200_000 * 1e6, "µs", Floor: 3, HigherIsBetter: false));
        clock.Restart();
        for (int i = 0; i < 200_000; i++)
        {
            connection.BeginStatement();
            BinaryPrimitives.WriteInt64BigEndian(key, random.Next(Rows));
            connection.TryGet(tree, key, out _);
            connection.EndStatement();
        }

        report.Add(new Measurement("tree: random point get, one a snapshot", clock.Elapsed.TotalSeconds / 200_000 * 1e6, "µs"));
    }

    private static void Tables(Report report, IStoreConnection connection)
    {
        ColumnDefinition[] columns =
        [
            Column(1, "Id", SqlType.Int), Column(2, "Name", SqlType.NVarChar(50)), Column(3, "Score", SqlType.Float), Column(4, "Stamp", SqlType.DateTime2(7)),
        ];
        var definition = new TableDefinition
        {
            ObjectId = 1,
            SchemaId = 1,
            Name = "T",
            Type = ObjectTypes.UserTable,
            Columns = [.. columns],
            MaxColumnId = 4,
            Indexes =
            [
                new IndexDefinition { IndexId = 1, Name = "PK", Kind = IndexKind.Clustered, IsUnique = true, IsPrimaryKey = true, KeyColumns = [new IndexColumn(1)] },
                new IndexDefinition { IndexId = 2, Name = "IX", Kind = IndexKind.NonClustered, KeyColumns = [new IndexColumn(3)] },
            ],
        };
        connection.BeginWrite(0, CancellationToken.None);
        var access = new TableAccess(TableAccess.CreateTrees(definition, connection), connection);
        var row = new SqlValue[4];
        var random = new Random(1);
        const int count = 300_000;
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < count; i++)
        {
            row[0] = SqlValue.FromInt(i);
            row[1] = SqlValue.FromString("name of row " + i);
            row[2] = SqlValue.FromFloat(random.NextDouble());
            row[3] = SqlValue.FromDateTime2(638_000_000_000_000_000 + i);
            access.Insert(row);
        }

        double seconds = clock.Elapsed.TotalSeconds;
        connection.Commit();
        report.Add(new Measurement("table: inserts with one random secondary index", count / seconds, "rows/s"));
        connection.BeginStatement();
        double sum = 0;
        foreach ((string name, int[] ordinals) in new[] { ("one column", (int[])[2]), ("all columns", [0, 1, 2, 3]) })
        {
            for (int round = 0; round < 3; round++)
            {
                clock.Restart();
                using TableCursor cursor = access.Scan(access.Table.RowStore, KeyRange.All, ordinals, row, ordinals);
                while (cursor.MoveNext())
                {
                    sum += row[2].AsDouble;
                }

                seconds = clock.Elapsed.TotalSeconds;
            }

            report.Add(new Measurement($"table: scan of {name}", count / seconds, "rows/s"));
        }

        int[] all = [0, 1, 2, 3];
        var key = new SqlValue[1];
        for (int round = 0; round < 2; round++)
        {
            clock.Restart();
            for (int i = 0; i < 100_000; i++)
            {
                key[0] = SqlValue.FromInt(random.Next(count));
                access.TryFetch(access.Range(access.Table.RowStore, key).Lower!, all, row);
            }

            seconds = clock.Elapsed.TotalSeconds;
        }

        connection.EndStatement();
        report.Add(new Measurement("table: fetch by key", seconds / 100_000 * 1e6, "µs"));
    }

    private static ColumnDefinition Column(int id, string name, SqlType type) => new() { ColumnId = id, Name = name, Type = type };
}
