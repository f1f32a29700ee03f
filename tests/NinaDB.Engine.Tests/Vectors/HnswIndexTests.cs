using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Tests.Storage;
using NinaDB.Engine.Types;
using NinaDB.Engine.Vectors;

using static NinaDB.Engine.Tests.Storage.Tables;

namespace NinaDB.Engine.Tests.Vectors;

public sealed class HnswIndexTests : IDisposable
{
    private const int Dimensions = 24;

    private readonly TemporaryFolder _folder = new();
    private SqliteStore _store;
    private IStoreConnection _connection;
    private TableAccess _access;

    public HnswIndexTests()
    {
        _store = SqliteStore.Create(_folder.Path);
        _connection = _store.OpenConnection();
        _access = CreateTable("cosine");
    }

    public void Dispose()
    {
        _connection.Dispose();
        _store.Dispose();
        _folder.Dispose();
    }

    private TableAccess CreateTable(string metric)
    {
        Begin();
        var index = new IndexDefinition
        {
            IndexId = 2,
            Name = "VX",
            Kind = IndexKind.Vector,
            VectorMetric = metric,
            KeyColumns = [new IndexColumn(2)],
        };
        TableDefinition table = TableAccess.CreateTrees(Table([Column(1, "Id", SqlType.Int), Column(2, "V", SqlType.Vector(Dimensions))], PrimaryKey(1), index), _connection);
        _connection.Commit();
        return new TableAccess(table, _connection);
    }

    private void Begin() => _connection.BeginWrite(0, CancellationToken.None);

    private IndexDefinition Index => _access.Table.Indexes[1];

    private static float[] Vector(Random random)
    {
        // A few loose clusters, as real data has.
        var vector = new float[Dimensions];
        int cluster = random.Next(12);
        for (int i = 0; i < Dimensions; i++)
        {
            vector[i] = (float)(random.NextDouble() - 0.5 + ((cluster >> (i % 4)) & 1));
        }

        return vector;
    }

    private static byte[] Locator(int id) => KeyCodecTests.Encode(Int(id), SqlType.Int, false);

    private List<int> Search(float[] query, int count, Func<byte[], bool>? filter = null, TableAccess? access = null)
    {
        access ??= _access;
        return [.. access.SearchVectors(access.Table.Indexes[1], query, count, 0, filter).Select(m => Id(m.Locator))];
    }

    private static int Id(byte[] locator)
    {
        KeyCodec.Decode(locator, SqlType.Int, false, out SqlValue id);
        return id.AsInt32;
    }

    private static double Distance(float[] a, float[] b, string metric) => metric switch
    {
        "cosine" => 1 - Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b)),
        "dot" => -Dot(a, b),
        _ => Math.Sqrt(a.Zip(b, (x, y) => (double)(x - y) * (x - y)).Sum()),
    };

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    [Theory]
    [InlineData("cosine", 0.95)]
    [InlineData("euclidean", 0.95)]
    [InlineData("dot", 0.80)]
    public void Recall_against_brute_force_is_high_before_and_after_deletes_and_reopening(string metric, double floor)
    {
        _access = CreateTable(metric);
        var random = new Random(5);
        var rows = new Dictionary<int, float[]>();
        Begin();
        for (int i = 0; i < 1600; i++)
        {
            rows[i] = Vector(random);
            _access.Insert([Int(i), SqlValue.FromVector(rows[i])]);
        }

        Assert.True(Recall(rows, metric, random) >= floor);
        _connection.Commit();
        Assert.True(Recall(rows, metric, random) >= floor);
        Begin();
        foreach (int id in rows.Keys.Where(i => i % 2 == 0 || i < 500).ToList())
        {
            _access.Delete(Locator(id), [Int(id), SqlValue.FromVector(rows[id])]);
            rows.Remove(id);
        }

        _connection.Commit();
        Assert.True(Recall(rows, metric, random) >= floor);
        Reopen();
        Assert.True(Recall(rows, metric, random) >= floor);
        Begin();
        for (int i = 5000; i < 5500; i++)
        {
            rows[i] = Vector(random);
            _access.Insert([Int(i), SqlValue.FromVector(rows[i])]);
        }

        _connection.Commit();
        Assert.True(Recall(rows, metric, random) >= floor);
    }

    private double Recall(Dictionary<int, float[]> rows, string metric, Random random)
    {
        int hits = 0;
        const int queries = 40;
        for (int q = 0; q < queries; q++)
        {
            float[] query = Vector(random);
            HashSet<int> exact = [.. rows.OrderBy(r => Distance(query, r.Value, metric)).Take(10).Select(r => r.Key)];
            IReadOnlyList<VectorMatch> found = _access.SearchVectors(Index, query, 10);
            Assert.Equal(10, found.Count);
            hits += found.Count(m => exact.Contains(Id(m.Locator)));
            VectorMatch first = found[0];
            Assert.Equal(Distance(query, rows[Id(first.Locator)], metric), first.Distance, 1e-3);
            Assert.True(found.Zip(found.Skip(1)).All(p => p.First.Distance <= p.Second.Distance));
        }

        return hits / (queries * 10.0);
    }

    [Fact]
    public void Duplicates_are_all_found()
    {
        var random = new Random(1);
        float[] same = Vector(random);
        Begin();
        for (int i = 0; i < 500; i++)
        {
            _access.Insert([Int(i), SqlValue.FromVector(i % 2 == 0 ? same : Vector(random))]);
        }

        _connection.Commit();
        Assert.Equal(Enumerable.Range(0, 250).Select(i => i * 2), Search(same, 250).Order());
        Begin();
        _access.Delete(Locator(4), [Int(4), SqlValue.FromVector(same)]);
        Assert.DoesNotContain(4, Search(same, 249));
        _connection.Rollback();
        Assert.Contains(4, Search(same, 250));
        Reopen();
        Assert.Equal(Enumerable.Range(0, 250).Select(i => i * 2), Search(same, 250).Order());
    }

    [Fact]
    public void Changes_are_the_sessions_own_until_they_are_committed()
    {
        var random = new Random(2);
        float[] target = Vector(random);
        Begin();
        for (int i = 0; i < 400; i++)
        {
            _access.Insert([Int(i), SqlValue.FromVector(Vector(random))]);
        }

        _connection.Commit();
        using IStoreConnection other = _store.OpenConnection();
        var otherAccess = new TableAccess(_access.Table, other);
        Begin();
        _access.Insert([Int(1000), SqlValue.FromVector(target)]);
        int savepoint = _connection.Savepoint();
        _access.Insert([Int(1001), SqlValue.FromVector(target)]);
        _access.Delete(Locator(1000), [Int(1000), SqlValue.FromVector(target)]);
        Assert.Equal(1001, Search(target, 1)[0]);
        Assert.NotEqual(1001, Search(target, 1, access: otherAccess)[0]);
        _connection.RollbackTo(savepoint);
        Assert.Equal(1000, Search(target, 1)[0]);
        _connection.Commit();
        Assert.Equal(1000, Search(target, 1, access: otherAccess)[0]);
        Begin();
        _access.Delete(Locator(1000), [Int(1000), SqlValue.FromVector(target)]);
        Assert.Equal(1000, Search(target, 1, access: otherAccess)[0]);
        _connection.Rollback();
        Assert.Equal(1000, Search(target, 1)[0]);
    }

    [Fact]
    public void A_filter_looks_on_until_enough_rows_qualify()
    {
        var random = new Random(3);
        Begin();
        for (int i = 0; i < 2000; i++)
        {
            _access.Insert([Int(i), SqlValue.FromVector(Vector(random))]);
        }

        _connection.Commit();
        List<int> found = Search(Vector(random), 15, locator => Id(locator) % 100 == 7);
        Assert.Equal(15, found.Count);
        Assert.All(found, id => Assert.Equal(7, id % 100));
        Assert.Equal(20, Search(Vector(random), 50, locator => Id(locator) % 100 == 7).Count);
    }

    [Fact]
    public void Truncation_follows_the_transaction()
    {
        var random = new Random(4);
        float[] target = Vector(random);
        Begin();
        _access.Insert([Int(1), SqlValue.FromVector(target)]);
        _connection.Commit();
        Begin();
        _access.Insert([Int(2), SqlValue.FromVector(target)]);
        _access.Truncate();
        Assert.Empty(Search(target, 5));
        _access.Insert([Int(3), SqlValue.FromVector(target)]);
        Assert.Equal([3], Search(target, 5));
        using (IStoreConnection other = _store.OpenConnection())
        {
            Assert.Equal([1], Search(target, 5, access: new TableAccess(_access.Table, other)));
        }

        _connection.Rollback();
        Assert.Equal([1], Search(target, 5));
        Begin();
        _access.Truncate();
        _access.Insert([Int(4), SqlValue.FromVector(target)]);
        _connection.Commit();
        Assert.Equal([4], Search(target, 5));
        Reopen();
        Assert.Equal([4], Search(target, 5));
    }

    [Fact]
    public async Task Searches_run_while_a_writer_commits()
    {
        var random = new Random(6);
        Begin();
        for (int i = 0; i < 500; i++)
        {
            _access.Insert([Int(i), SqlValue.FromVector(Vector(random))]);
        }

        _connection.Commit();
        using var done = new CancellationTokenSource();
        Task<int> reader = Task.Run(() =>
        {
            using IStoreConnection other = _store.OpenConnection();
            var access = new TableAccess(_access.Table, other);
            var own = new Random(60);
            int searches = 0;
            while (!done.IsCancellationRequested || searches == 0)
            {
                Assert.Equal(5, Search(Vector(own), 5, access: access).Count);
                searches++;
            }

            return searches;
        });
        for (int round = 0; round < 20; round++)
        {
            Begin();
            for (int i = 0; i < 40; i++)
            {
                int id = 1000 + round * 40 + i;
                _access.Insert([Int(id), SqlValue.FromVector(Vector(random))]);
            }

            foreach (int id in Search(Vector(random), 30))
            {
                var row = new SqlValue[2];
                _access.TryFetch(Locator(id), [0, 1], row);
                _access.Delete(Locator(id), row);
            }

            _connection.Commit();
        }

        done.Cancel();
        Assert.True(await reader > 0);
    }

    [Fact]
    public void A_vector_of_other_dimensions_is_refused()
    {
        Assert.Equal(42204, Assert.Throws<SqlErrorException>(() => Search([1, 2, 3], 1)).Error.Number);
    }

    private void Reopen()
    {
        _connection.Dispose();
        _store.Dispose();
        _store = SqliteStore.Open(_folder.Path);
        _connection = _store.OpenConnection();
        _access = new TableAccess(_access.Table, _connection);
    }
}
