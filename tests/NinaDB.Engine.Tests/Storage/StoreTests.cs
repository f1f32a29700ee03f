using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Tests.Storage;

/// <summary>What every store does; run for each of them.</summary>
public abstract class StoreTests : IDisposable
{
    private readonly IKeyValueStore _store;
    private readonly IStoreConnection _connection;

    private protected StoreTests(IKeyValueStore store)
    {
        _store = store;
        _connection = store.OpenConnection();
    }

    public virtual void Dispose()
    {
        _connection.Dispose();
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    private int NewTree(params string[] keys)
    {
        Begin();
        int tree = _connection.CreateTree();
        foreach (string key in keys)
        {
            Assert.True(_connection.TryInsert(tree, B(key), B("v" + key)));
        }

        _connection.Commit();
        return tree;
    }

    private void Begin() => _connection.BeginWrite(-1, CancellationToken.None);

    private static byte[] B(string text) => Encoding.UTF8.GetBytes(text);

    private string Scan(int tree, KeyRange? range = null, bool backward = false)
    {
        using IStoreCursor cursor = _connection.Scan(tree, range ?? KeyRange.All, backward);
        var keys = new List<string>();
        while (cursor.MoveNext())
        {
            keys.Add(Encoding.UTF8.GetString(cursor.Key));
            Assert.Equal("v", Encoding.UTF8.GetString(cursor.Value)[..1]);
        }

        Assert.False(cursor.MoveNext());
        return string.Join(",", keys);
    }

    [Fact]
    public void Ranges_are_scanned_in_both_directions_with_all_kinds_of_bounds()
    {
        int tree = NewTree("d", "b", "a", "c", "ab");
        Assert.Equal("a,ab,b,c,d", Scan(tree));
        Assert.Equal("d,c,b,ab,a", Scan(tree, backward: true));
        Assert.Equal("b,c", Scan(tree, new KeyRange(B("b"), true, B("c"), true)));
        Assert.Equal("c", Scan(tree, new KeyRange(B("b"), false, B("c"), true)));
        Assert.Equal("c,b", Scan(tree, new KeyRange(B("ab"), false, B("d"), false), backward: true));
        Assert.Equal("b,ab,a", Scan(tree, new KeyRange(null, true, B("bb"), true), backward: true));
        Assert.Equal("ab", Scan(tree, KeyRange.Exactly(B("ab"))));
        Assert.Equal("", Scan(tree, KeyRange.Exactly(B("zz"))));
    }

    [Fact]
    public void Entries_are_inserted_updated_put_and_deleted()
    {
        int tree = NewTree("a");
        Begin();
        Assert.False(_connection.TryInsert(tree, B("a"), B("vx")));
        Assert.False(_connection.TryUpdate(tree, B("q"), B("vx")));
        Assert.True(_connection.TryUpdate(tree, B("a"), B("v2")));
        _connection.Put(tree, B("a"), B("v3"));
        _connection.Put(tree, B("b"), []);
        Assert.True(_connection.TryInsert(tree, [], B("ve")));
        Assert.Equal(3, _connection.EstimateCount(tree));
        Assert.True(_connection.Delete(tree, []));
        Assert.False(_connection.Delete(tree, B("q")));
        _connection.Commit();
        Assert.True(_connection.TryGet(tree, B("a"), out byte[] value));
        Assert.Equal(B("v3"), value);
        Assert.True(_connection.TryGet(tree, B("b"), out value));
        Assert.Empty(value);
        Assert.False(_connection.TryGet(tree, B("q"), out _));
        Assert.Equal(2, _connection.EstimateCount(tree));
    }

    [Fact]
    public void A_delayed_commit_is_seen_at_once_and_made_durable_by_the_next_durable_one()
    {
        int tree = NewTree("a");
        Begin();
        _connection.TryInsert(tree, B("b"), B("v"));
        _connection.Commit(isDurable: false);
        Assert.Equal("a,b", Scan(tree));
        if (_connection.Store is SqliteStore store)
        {
            Assert.True(store.HasDelayedCommits);
            _connection.Flush();
            Assert.False(store.HasDelayedCommits);
            Begin();
            _connection.TryInsert(tree, B("c"), B("v"));
            _connection.Commit(isDurable: false);
            Begin();
            _connection.TryInsert(tree, B("d"), B("v"));
            _connection.Commit();
            Assert.False(store.HasDelayedCommits);
        }
    }

    [Fact]
    public void Rollback_undoes_entries_trees_and_counts()
    {
        int tree = NewTree("a", "b");
        Begin();
        _connection.Delete(tree, B("a"));
        _connection.Put(tree, B("b"), B("vv"));
        _connection.TryInsert(tree, B("c"), B("v"));
        int other = _connection.CreateTree();
        _connection.TryInsert(other, B("x"), B("v"));
        _connection.Rollback();
        Assert.Equal("a,b", Scan(tree));
        Assert.Equal(2, _connection.EstimateCount(tree));
        Begin();
        Assert.NotEqual(other, _connection.CreateTree());
        _connection.Rollback();
    }

    [Fact]
    public void Ranges_are_deleted_with_all_kinds_of_bounds()
    {
        int tree = NewTree("a", "b", "c", "d", "e", "f", "g", "h");
        Begin();
        int savepoint = _connection.Savepoint();
        Assert.Equal(2, _connection.DeleteRange(tree, new KeyRange(B("b"), true, B("d"), false)));
        Assert.Equal(1, _connection.DeleteRange(tree, new KeyRange(B("d"), false, B("e"), true)));
        Assert.Equal(1, _connection.DeleteRange(tree, KeyRange.Exactly(B("g"))));
        Assert.Equal(0, _connection.DeleteRange(tree, KeyRange.Exactly(B("g"))));
        Assert.Equal("a,d,f,h", Scan(tree));
        Assert.Equal(4, _connection.EstimateCount(tree));
        Assert.Equal(1, _connection.DeleteRange(tree, new KeyRange(null, true, B("a"), true)));
        Assert.Equal(1, _connection.DeleteRange(tree, new KeyRange(B("f"), false, null, true)));
        Assert.Equal(2, _connection.DeleteRange(tree, KeyRange.All));
        Assert.Equal(0, _connection.EstimateCount(tree));
        _connection.RollbackTo(savepoint);
        Assert.Equal("a,b,c,d,e,f,g,h", Scan(tree));
        Assert.Equal(8, _connection.EstimateCount(tree));
        _connection.Release(savepoint);
        _connection.DeleteRange(tree, new KeyRange(B("c"), true, null, true));
        _connection.Commit();
        Assert.Equal("a,b", Scan(tree));
        Assert.Equal(2, _connection.EstimateCount(tree));
    }

    [Fact]
    public void Savepoints_nest()
    {
        int tree = NewTree("a");
        Begin();
        int outer = _connection.Savepoint();
        _connection.TryInsert(tree, B("b"), B("v"));
        int inner = _connection.Savepoint();
        _connection.TryInsert(tree, B("c"), B("v"));
        int created = _connection.CreateTree();
        _connection.ClearTree(tree);
        Assert.Equal(0, _connection.EstimateCount(tree));
        _connection.RollbackTo(inner);
        Assert.Equal("a,b", Scan(tree));
        Assert.Equal(2, _connection.EstimateCount(tree));
        _connection.TryInsert(tree, B("d"), B("v"));
        _connection.Release(inner);
        Assert.Equal("a,b,d", Scan(tree));
        Assert.Equal(3, _connection.EstimateCount(tree));
        int third = _connection.Savepoint();
        _connection.DropTree(tree);
        _connection.RollbackTo(third);
        _connection.Release(third);
        _connection.RollbackTo(outer);
        Assert.Equal("a", Scan(tree));
        Assert.Equal(1, _connection.EstimateCount(tree));
        _connection.TryInsert(tree, B("z"), B("v"));
        _connection.Release(outer);
        _connection.Commit();
        Assert.Equal("a,z", Scan(tree));
        Assert.Equal(2, _connection.EstimateCount(tree));
        Assert.True(created > tree);
    }

    [Fact]
    public void Numbers_continue_above_the_highest_key()
    {
        Begin();
        int tree = _connection.CreateTree();
        Assert.Equal(1, _connection.AllocateNumber(tree));
        Assert.Equal(2, _connection.AllocateNumber(tree));
        _connection.Commit();
    }

    [Fact]
    public void Random_changes_match_a_sorted_dictionary()
    {
        var random = new Random(7);
        int tree = NewTree();
        var model = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int round = 0; round < 40; round++)
        {
            Begin();
            var before = new SortedDictionary<string, string>(model, StringComparer.Ordinal);
            for (int i = 0; i < 400; i++)
            {
                string key = random.Next(3000).ToString("0000", System.Globalization.CultureInfo.InvariantCulture);
                if (random.Next(3) == 0)
                {
                    Assert.Equal(model.Remove(key), _connection.Delete(tree, B(key)));
                }
                else
                {
                    model[key] = "v" + i;
                    _connection.Put(tree, B(key), B("v" + i));
                }
            }

            if (random.Next(2) == 0)
            {
                _connection.Rollback();
                model = before;
            }
            else
            {
                _connection.Commit();
            }

            Assert.Equal(string.Join(",", model.Keys), Scan(tree));
            Assert.Equal(string.Join(",", model.Keys.Reverse()), Scan(tree, backward: true));
            Assert.Equal(model.Count, _connection.EstimateCount(tree));
        }
    }
}

public sealed class MemoryStoreTests() : StoreTests(new MemoryStore())
{
    [Fact]
    public void Table_variables_survive_rollback_but_not_a_failed_statement()
    {
        using var store = new MemoryStore();
        using MemoryStoreConnection connection = store.Connect();
        int variable = connection.CreateVariableTree();
        int table = connection.CreateTree();
        connection.BeginWrite(-1, CancellationToken.None);
        connection.TryInsert(variable, [1], [1]);
        connection.TryInsert(table, [1], [1]);
        connection.Rollback();
        Assert.Equal(1, connection.EstimateCount(variable));
        Assert.Equal(0, connection.EstimateCount(table));
        int statement = connection.Savepoint();
        connection.TryInsert(variable, [2], [2]);
        connection.RollbackStatement(statement);
        connection.Release(statement);
        Assert.Equal(1, connection.EstimateCount(variable));
    }

    [Fact]
    public void A_scan_survives_changes_under_it()
    {
        using var store = new MemoryStore();
        using MemoryStoreConnection connection = store.Connect();
        int tree = connection.CreateTree();
        for (int i = 0; i < 200; i += 2)
        {
            connection.TryInsert(tree, [(byte)i], [0]);
        }

        var seen = new List<int>();
        using IStoreCursor cursor = connection.Scan(tree, KeyRange.All);
        while (cursor.MoveNext())
        {
            byte key = cursor.Key[0];
            seen.Add(key);
            connection.Delete(tree, [key]);
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * 2), seen);
        Assert.Equal(0, connection.EstimateCount(tree));
    }
}

public sealed class SqliteStoreTests : StoreTests
{
    private readonly TemporaryFolder _folder;

    public SqliteStoreTests() : this(new TemporaryFolder())
    {
    }

    private SqliteStoreTests(TemporaryFolder folder) : base(SqliteStore.Create(folder.Path)) => _folder = folder;

    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_folder_opens_once_at_a_time()
    {
        using var folder = new TemporaryFolder();
        using (SqliteStore.Create(folder.Path))
        {
            SqlErrorException error = Assert.Throws<SqlErrorException>(() => SqliteStore.Open(folder.Path));
            Assert.Equal(5120, error.Error.Number);
            Assert.Contains(folder.Path, error.Message);
        }

        using SqliteStore again = SqliteStore.Open(folder.Path);
        Assert.Equal(5120, Assert.Throws<SqlErrorException>(() => SqliteStore.Open(folder.Path + "-none")).Error.Number);
    }

    [Fact]
    public void A_corrupt_file_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Path);
        string file = Path.Combine(folder.Path, SqliteStore.FileName);
        File.WriteAllText(file, new string('x', 20_000));
        SqlErrorException error = Assert.Throws<SqlErrorException>(() => SqliteStore.Open(folder.Path));
        Assert.Equal(824, error.Error.Number);
        Assert.Contains(file, error.Message);
    }

    [Fact]
    public void A_full_disk_is_error_1105_and_leaves_the_store_usable()
    {
        using var folder = new TemporaryFolder();
        using SqliteStore store = SqliteStore.Create(folder.Path, new SqliteStoreOptions { MaximumPages = 200 });
        using IStoreConnection connection = store.OpenConnection();
        connection.BeginWrite(0, CancellationToken.None);
        int tree = connection.CreateTree();
        connection.Commit();
        connection.BeginWrite(0, CancellationToken.None);
        SqlErrorException error = Assert.Throws<SqlErrorException>(() =>
        {
            for (byte i = 0; i < 255; i++)
            {
                connection.TryInsert(tree, [i], new byte[100_000]);
            }
        });
        Assert.Equal(1105, error.Error.Number);
        Assert.Equal(3930, Assert.Throws<SqlErrorException>(() => connection.Commit()).Error.Number);
        connection.Rollback();
        connection.BeginWrite(0, CancellationToken.None);
        connection.TryInsert(tree, [1], [1]);
        connection.Commit();
        Assert.Equal(1, connection.EstimateCount(tree));
    }

    [Fact]
    public void Readers_keep_their_snapshot_while_a_writer_commits()
    {
        using var folder = new TemporaryFolder();
        using SqliteStore store = SqliteStore.Create(folder.Path);
        using IStoreConnection writer = store.OpenConnection();
        using IStoreConnection reader = store.OpenConnection();
        writer.BeginWrite(0, CancellationToken.None);
        int tree = writer.CreateTree();
        writer.TryInsert(tree, [1], [1]);
        writer.Commit();
        reader.BeginStatement();
        Assert.True(reader.TryGet(tree, [1], out _));
        writer.BeginWrite(0, CancellationToken.None);
        writer.TryInsert(tree, [2], [2]);
        Assert.False(reader.TryGet(tree, [2], out _));
        writer.Commit();
        Assert.False(reader.TryGet(tree, [2], out _));
        Assert.Equal(1, reader.EstimateCount(tree));
        reader.BeginWrite(0, CancellationToken.None);
        Assert.True(reader.TryGet(tree, [2], out _));
        reader.Rollback();
        reader.EndStatement();
    }

    [Fact]
    public async Task Writers_queue_with_timeout_and_cancellation()
    {
        using var folder = new TemporaryFolder();
        using SqliteStore store = SqliteStore.Create(folder.Path);
        using IStoreConnection first = store.OpenConnection();
        using IStoreConnection second = store.OpenConnection();
        first.BeginWrite(0, CancellationToken.None);
        Assert.Equal(1222, Assert.Throws<SqlErrorException>(() => second.BeginWrite(0, CancellationToken.None)).Error.Number);
        Assert.Equal(1222, Assert.Throws<SqlErrorException>(() => second.BeginWrite(20, CancellationToken.None)).Error.Number);
        using var cancel = new CancellationTokenSource(20);
        Assert.ThrowsAny<OperationCanceledException>(() => second.BeginWrite(-1, cancel.Token));
        Task waiting = Task.Run(() => second.BeginWrite(-1, CancellationToken.None));
        first.Commit();
        await waiting.WaitAsync(TimeSpan.FromSeconds(20));
        second.Rollback();
        first.BeginWrite(0, CancellationToken.None);
        first.Rollback();
    }

    [Fact]
    public void Committed_data_is_there_after_reopening()
    {
        using var folder = new TemporaryFolder();
        int tree;
        using (SqliteStore store = SqliteStore.Create(folder.Path))
        using (IStoreConnection connection = store.OpenConnection())
        {
            connection.BeginWrite(0, CancellationToken.None);
            tree = connection.CreateTree();
            connection.TryInsert(tree, [0, 0, 0, 0, 0, 0, 0, 9], [1]);
            connection.Commit();
        }

        using SqliteStore again = SqliteStore.Open(folder.Path);
        using IStoreConnection reader = again.OpenConnection();
        Assert.True(reader.TryGet(tree, [0, 0, 0, 0, 0, 0, 0, 9], out _));
        reader.BeginWrite(0, CancellationToken.None);
        Assert.Equal(10, reader.AllocateNumber(tree));
        Assert.True(reader.CreateTree() > tree);
        reader.Rollback();
    }
}
