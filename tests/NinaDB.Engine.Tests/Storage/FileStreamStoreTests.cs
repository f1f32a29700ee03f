using System.Security.Cryptography;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

using static NinaDB.Engine.Tests.Storage.Tables;

namespace NinaDB.Engine.Tests.Storage;

public sealed class FileStreamStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SqliteStore _store;
    private IStoreConnection _connection;
    private TableAccess _access;

    public FileStreamStoreTests()
    {
        _store = SqliteStore.Create(_folder.Path);
        _connection = _store.OpenConnection();
        Begin();
        ColumnDefinition[] columns = [Column(1, "Id", SqlType.Int), Column(2, "Content", SqlType.VarBinaryMax) with { IsFileStream = true }];
        _access = new TableAccess(TableAccess.CreateTrees(Table(columns, PrimaryKey(1)), _connection), _connection);
        _connection.Commit();
    }

    public void Dispose()
    {
        _connection.Dispose();
        _store.Dispose();
        _folder.Dispose();
    }

    private void Begin() => _connection.BeginWrite(0, CancellationToken.None);

    private int Files => Directory.Exists(_store.FileStreams.Folder) ? Directory.GetFiles(_store.FileStreams.Folder).Length : 0;

    private SqlValue[] Row(int id)
    {
        var row = new SqlValue[2];
        Assert.True(_access.TryFetch(KeyCodecTests.Encode(Int(id), SqlType.Int, false), [0, 1], row));
        return row;
    }

    private static byte[] Random(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(9_000_001)]
    public void Content_is_kept_in_a_file_with_its_hash(int size)
    {
        byte[] content = Random(size);
        Begin();
        _access.Insert([Int(1), SqlValue.FromBinary(content)]);
        _connection.Commit();
        var lob = Assert.IsType<FileLob>(Row(1)[1].AsLob);
        Assert.Equal(content, lob.ToArray());
        Assert.Equal(SHA256.HashData(content), lob.Reference.Sha256.ToArray());
        Assert.Equal(content, File.ReadAllBytes(lob.FilePath!));
        if (size > 10)
        {
            FileLob slice = lob.Slice(3, 5);
            Assert.Equal(content[3..8], slice.ToArray());
            Assert.Null(slice.FilePath);
        }

        Reopen();
        Assert.Equal(content, Row(1)[1].AsBytes);
    }

    [Fact]
    public void Rollback_and_savepoints_take_files_away()
    {
        Begin();
        _access.Insert([Int(1), SqlValue.FromBinary(Random(100))]);
        int savepoint = _connection.Savepoint();
        _access.Insert([Int(2), SqlValue.FromBinary(Random(100))]);
        _access.Delete(KeyCodecTests.Encode(Int(1), SqlType.Int, false), Row(1));
        _connection.RollbackTo(savepoint);
        _connection.Release(savepoint);
        _connection.Commit();
        Assert.Equal(1, Files);
        Assert.Equal(100, Row(1)[1].AsBytes.Length);
        Begin();
        _access.Insert([Int(3), SqlValue.FromBinary(Random(100))]);
        Assert.Equal(2, Files);
        _connection.Rollback();
        Assert.Equal(1, Files);
    }

    [Fact]
    public void Update_replaces_the_file_only_when_the_content_is_another()
    {
        Begin();
        _access.Insert([Int(1), SqlValue.FromBinary(Random(100))]);
        _connection.Commit();
        SqlValue[] old = Row(1);
        Begin();
        _access.Update(KeyCodecTests.Encode(Int(1), SqlType.Int, false), old, [Int(5), old[1]]);
        _connection.Commit();
        Assert.Equal(old[1].AsLob!.FilePath, Row(5)[1].AsLob!.FilePath);
        old = Row(5);
        Begin();
        _access.Update(KeyCodecTests.Encode(Int(5), SqlType.Int, false), old, [Int(5), SqlValue.FromBinary(Random(50))]);
        _connection.Commit();
        Assert.Equal(1, Files);
        Assert.Equal(50, Row(5)[1].AsLob!.Length);
    }

    [Fact]
    public void A_deleted_value_stays_readable_for_who_holds_it_and_for_older_snapshots()
    {
        byte[] content = Random(5000);
        Begin();
        _access.Insert([Int(1), SqlValue.FromBinary(content)]);
        _connection.Commit();
        SqlValue[] row = Row(1);
        using IStoreConnection reader = _store.OpenConnection();
        reader.BeginStatement();
        var readerAccess = new TableAccess(_access.Table, reader);
        Assert.Equal(1, readerAccess.RowCount);
        Begin();
        _access.Delete(KeyCodecTests.Encode(Int(1), SqlType.Int, false), row);
        _connection.Commit();
        Assert.Equal(1, Files);
        SqlValue[] late = ScanAll(readerAccess, _access.Table.RowStore, [1])[0];
        Assert.Equal(content, late[0].AsBytes);
        reader.EndStatement();
        Assert.Equal(0, Files);
        Assert.Equal(content, row[1].AsBytes);
        if (row[1].AsLob!.FilePath is { } path)
        {
            Assert.Equal(content, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void Leftovers_are_removed_on_open()
    {
        Begin();
        _access.Insert([Int(1), SqlValue.FromBinary(Random(100))]);
        _connection.Commit();
        File.WriteAllText(Path.Combine(_store.FileStreams.Folder, Guid.NewGuid().ToString("N")), "x");
        File.WriteAllText(Path.Combine(_store.FileStreams.Folder, Guid.NewGuid().ToString("N") + ".part"), "x");
        Reopen();
        Assert.Equal(1, Files);
        Assert.Equal(100, Row(1)[1].AsBytes.Length);
    }

    [Fact]
    public void A_missing_file_is_a_numbered_error()
    {
        Begin();
        _access.Insert([Int(1), SqlValue.FromBinary(Random(100))]);
        _connection.Commit();
        File.Delete(Row(1)[1].AsLob!.FilePath!);
        Assert.Equal(5552, Assert.Throws<SqlErrorException>(() => Row(1)[1].AsBytes).Error.Number);
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
