using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

using static NinaDB.Engine.Tests.Storage.Tables;

namespace NinaDB.Engine.Tests.Storage;

public sealed class TableAccessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteStore _store;
    private readonly IStoreConnection _connection;

    public TableAccessTests()
    {
        _store = SqliteStore.Create(_folder.Path);
        _connection = _store.OpenConnection();
        _connection.BeginWrite(0, CancellationToken.None);
    }

    public void Dispose()
    {
        _connection.Dispose();
        _store.Dispose();
        _folder.Dispose();
    }

    private void CommitAndBegin()
    {
        _connection.Commit();
        _connection.BeginWrite(0, CancellationToken.None);
    }

    private TableAccess Create(TableDefinition table, TableAccessOptions? options = null) => new(TableAccess.CreateTrees(table, _connection), _connection, options);

    private static readonly ColumnDefinition[] ThreeColumns = [Column(1, "Id", SqlType.Int), Column(2, "Name", SqlType.NVarChar(50)), Column(3, "Size", SqlType.Int)];

    [Fact]
    public void Rows_come_back_in_key_order_with_all_types()
    {
        ColumnDefinition[] columns =
        [
            Column(1, "Id", SqlType.Int), Column(2, "B", SqlType.Bit), Column(3, "D", SqlType.Decimal(20, 4)), Column(4, "F", SqlType.Float), Column(5, "S", SqlType.NVarChar(100)),
            Column(6, "G", SqlType.UniqueIdentifier), Column(7, "V", SqlType.Vector(3)), Column(8, "O", SqlType.DateTimeOffset(7)), Column(9, "X", SqlType.SqlVariant),
            Column(10, "R", SqlType.Real), Column(11, "Y", SqlType.VarBinary(10)), Column(12, "H", SqlType.Vector(2, true)), Column(13, "M", SqlType.Money), Column(14, "T", SqlType.DateTime2(7)),
        ];
        TableAccess access = Create(Table(columns, PrimaryKey(1)));
        var guid = Guid.NewGuid();
        SqlValue[] row =
        [
            Int(-7), SqlValue.FromBit(true), SqlValue.FromDecimal(System.Data.SqlTypes.SqlDecimal.Parse("-123456789012.3456")), SqlValue.FromFloat(Math.PI), Text("Grüße 😀 \ud800"),
            SqlValue.FromGuid(guid), SqlValue.FromVector([1, 2.5f, -3]), SqlValue.FromDateTimeOffset(638_000_000_000_000_000, -90),
            SqlValue.FromVariant(Text("inner"), SqlType.NVarChar(10, Collation.Default)), SqlValue.FromReal(1.5f), SqlValue.FromBinary([1, 2, 3]), SqlValue.FromVector([0.5f, 2]),
            SqlValue.FromMoney(-99), SqlValue.FromDateTime2(638_000_000_000_000_001),
        ];
        access.Insert(row);
        access.Insert([Int(-9), .. new SqlValue[columns.Length - 1]]);
        List<SqlValue[]> rows = ScanAll(access, access.Table.RowStore, [.. Enumerable.Range(0, columns.Length)]);
        Assert.Equal(-9, rows[0][0].AsInt32);
        Assert.All(rows[0].Skip(1), v => Assert.True(v.IsNull));
        for (int i = 0; i < columns.Length; i++)
        {
            Assert.True(SqlValue.SameRepresentation(row[i], rows[1][i]), columns[i].Name);
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("127")]
    [InlineData("128")]
    [InlineData("-128")]
    [InlineData("-129")]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999999999999999")]
    [InlineData("-99999999999999999999999999999999999999")]
    [InlineData("-0.0000000000000000000000000000000000001")]
    public void Decimals_of_all_sizes_are_kept(string text)
    {
        var number = System.Data.SqlTypes.SqlDecimal.Parse(text);
        TableAccess access = Create(Table([Column(1, "D", SqlType.Decimal(38, number.Scale))], PrimaryKey(1)));
        access.Insert([SqlValue.FromDecimal(number)]);
        Assert.Equal(number, ScanAll(access, access.Table.RowStore, [0])[0][0].AsDecimal);
    }

    [Fact]
    public void Rows_stay_readable_when_columns_come_and_go()
    {
        TableAccess access = Create(Table(ThreeColumns, PrimaryKey(1)));
        access.Insert([Int(1), Text("one"), Int(10)]);
        TableDefinition changed = access.Table with { Columns = [ThreeColumns[0], ThreeColumns[2], Column(4, "New", SqlType.Int), Column(5, "Newer", SqlType.Int)] };
        var newer = new TableAccess(changed, _connection, new TableAccessOptions { MissingValues = [SqlValue.Null, SqlValue.Null, Int(42), SqlValue.Null] });
        newer.Insert([Int(2), Int(20), SqlValue.Null, Int(5)]);
        List<SqlValue[]> rows = ScanAll(newer, changed.RowStore, [2, 1, 0, 1, 3]);
        Assert.Equal([42, 10, 1, 10], rows[0][..4].Select(v => v.AsInt32));
        Assert.True(rows[0][4].IsNull);
        Assert.True(rows[1][0].IsNull);
        Assert.Equal([20, 2, 20, 5], rows[1][1..].Select(v => v.AsInt32));
    }

    [Fact]
    public void Seeks_honour_bounds_nulls_and_descending_columns()
    {
        TableAccess access = Create(Table(ThreeColumns, PrimaryKey(1), Index(2, false, 3), Index(3, false, -3), Index(4, false, 2, -3)));
        int?[] sizes = [null, 5, 3, 5, null, 8];
        for (int i = 0; i < sizes.Length; i++)
        {
            access.Insert([Int(i), Text(i < 3 ? "a" : "B"), sizes[i] is { } size ? Int(size) : SqlValue.Null]);
        }

        string Ids(int index, KeyRange range, bool backward = false) =>
            string.Join(",", ScanAll(access, access.Table.Indexes[index], [0], range, backward).Select(r => r[0].AsInt32));
        foreach (int index in (int[])[1, 2])
        {
            IndexDefinition definition = access.Table.Indexes[index];
            bool flip = index == 2;
            Assert.Equal("2,1,3,5", Ids(index, access.Range(definition, [], lower: Int(3)), flip).Replace("3,1", "1,3"));
            Assert.Equal("1,3,5", Ids(index, access.Range(definition, [], lower: Int(3), lowerInclusive: false), flip).Replace("3,1", "1,3"));
            Assert.Equal("2,1,3", Ids(index, access.Range(definition, [], upper: Int(5)), flip).Replace("3,1", "1,3"));
            Assert.Equal("2", Ids(index, access.Range(definition, [], upper: Int(5), upperInclusive: false), flip));
            Assert.Equal("0,4,2", Ids(index, access.Range(definition, [], upper: Int(4), includeNull: true), flip).Replace("4,0", "0,4"));
            Assert.Equal("0,4", Ids(index, access.Range(definition, [SqlValue.Null])));
            Assert.Equal("1,3", Ids(index, access.Range(definition, [Int(5)])));
        }

        Assert.Equal("5,3", Ids(3, access.Range(access.Table.Indexes[3], [Text("b")], lower: Int(1))));
        Assert.Equal("1,2,0", Ids(3, access.Range(access.Table.Indexes[3], [Text("A")])));
        Assert.Equal("4", Ids(0, access.Range(access.Table.RowStore, [Int(4)])));
    }

    [Fact]
    public void Duplicates_are_refused_with_the_servers_words()
    {
        IndexDefinition unique = Index(2, true, 2) with { IsUniqueConstraint = true, Name = "UQ_T" };
        TableAccess access = Create(Table(ThreeColumns, PrimaryKey(1), unique, Index(3, true, 3)));
        access.Insert([Int(1), Text("a"), SqlValue.Null]);
        Assert.Equal(
            "Violation of PRIMARY KEY constraint 'PK_T'. Cannot insert duplicate key in object 'dbo.T'. The duplicate key value is (1).",
            Assert.Throws<SqlErrorException>(() => access.Insert([Int(1), Text("b"), Int(1)])).Message);
        int savepoint = _connection.Savepoint();
        SqlErrorException violation = Assert.Throws<SqlErrorException>(() => access.Insert([Int(2), Text("A "), Int(1)]));
        Assert.Equal(2627, violation.Error.Number);
        Assert.Contains("UNIQUE KEY constraint 'UQ_T'", violation.Message);
        _connection.RollbackTo(savepoint);
        violation = Assert.Throws<SqlErrorException>(() => access.Insert([Int(3), Text("c"), SqlValue.Null]));
        Assert.Equal("Cannot insert duplicate key row in object 'dbo.T' with unique index 'IX_3'. The duplicate key value is (<NULL>).", violation.Message);
    }

    [Fact]
    public void An_index_that_ignores_duplicates_skips_the_row()
    {
        TableAccess access = Create(Table(ThreeColumns, Heap(), Index(2, true, 1) with { IgnoreDuplicateKeys = true }));
        Assert.NotNull(access.Insert([Int(1), Text("a"), Int(1)]));
        Assert.Null(access.Insert([Int(1), Text("b"), Int(1)]));
        Assert.Equal(1, access.RowCount);
    }

    [Fact]
    public void Filtered_indexes_hold_what_the_filter_lets_in()
    {
        var options = new TableAccessOptions { Filter = _ => row => !row[2].IsNull && row[2].AsInt32 > 5 };
        TableAccess access = Create(Table(ThreeColumns, PrimaryKey(1), Index(2, true, 2) with { FilterText = "([Size]>(5))" }), options);
        access.Insert([Int(1), Text("a"), Int(1)]);
        byte[] second = access.Insert([Int(2), Text("a"), Int(9)])!;
        Assert.Equal(2601, Assert.Throws<SqlErrorException>(() => access.Insert([Int(3), Text("a"), Int(9)])).Error.Number);
        _connection.Delete(access.Table.RowStore.TreeId, KeyCodecTests.Encode(Int(3), SqlType.Int, false));
        Assert.Equal([2], ScanAll(access, access.Table.Indexes[1], [0]).Select(r => r[0].AsInt32));
        access.Update(second, [Int(2), Text("a"), Int(9)], [Int(2), Text("a"), Int(2)]);
        Assert.Empty(ScanAll(access, access.Table.Indexes[1], [0]));
    }

    [Fact]
    public void Keys_may_swap_within_one_update()
    {
        TableAccess access = Create(Table(ThreeColumns, PrimaryKey(1), Index(2, true, 3)));
        var updates = new List<RowUpdate>();
        for (int i = 1; i <= 5; i++)
        {
            SqlValue[] old = [Int(i), Text("n" + i), Int(i * 10)];
            byte[] locator = access.Insert(old)!;
            updates.Add(new RowUpdate(locator, old, [Int(i + 1), old[1], Int(60 - i * 10)]));
        }

        access.Update(updates);
        Assert.Equal([2, 3, 4, 5, 6], ScanAll(access, access.Table.RowStore, [0]).Select(r => r[0].AsInt32));
        Assert.Equal(["n5", "n4", "n3", "n2", "n1"], ScanAll(access, access.Table.Indexes[1], [1]).Select(r => r[0].AsString));
        Assert.Equal(2627, Assert.Throws<SqlErrorException>(() => access.Update(
            [new RowUpdate(KeyCodecTests.Encode(Int(2), SqlType.Int, false), [Int(2), Text("n1"), Int(50)], [Int(3), Text("n1"), Int(50)])])).Error.Number);
    }

    [Fact]
    public void Equal_keys_of_a_clustered_index_are_told_apart()
    {
        TableAccess access = Create(Table(ThreeColumns, Clustered(2), Index(2, false, 3)));
        byte[][] locators = [.. Enumerable.Range(0, 4).Select(i => access.Insert([Int(i), Text("same"), Int(5)])!)];
        access.Delete(locators[1], [Int(1), Text("same"), Int(5)]);
        locators[1] = access.Insert([Int(7), Text("SAME"), Int(5)])!;
        Assert.Equal([0, 2, 3, 7], ScanAll(access, access.Table.Indexes[1], [0]).Select(r => r[0].AsInt32));
        var row = new SqlValue[1];
        Assert.True(access.TryFetch(locators[1], [0], row));
        Assert.Equal(7, row[0].AsInt32);
    }

    [Theory]
    [InlineData(8_001)]
    [InlineData(65_536)]
    [InlineData(300_000)]
    public void Large_values_live_outside_the_row(int size)
    {
        ColumnDefinition[] columns = [Column(1, "Id", SqlType.Int), Column(2, "Text", SqlType.NVarCharMax), Column(3, "Bytes", SqlType.VarBinaryMax)];
        TableAccess access = Create(Table(columns, PrimaryKey(1)));
        string text = string.Concat(Enumerable.Repeat("né", size));
        byte[] bytes = new byte[size];
        new Random(1).NextBytes(bytes);
        byte[] locator = access.Insert([Int(1), Text(text), SqlValue.FromBinary(bytes)])!;
        Assert.True(_connection.TryGet(access.Table.RowStore.TreeId, locator, out byte[] stored));
        Assert.True(stored.Length < 60);
        var row = new SqlValue[3];
        Assert.True(access.TryFetch(locator, [0, 1, 2], row));
        Assert.Equal(text, row[1].AsString);
        Assert.NotNull(row[2].AsLob);
        var part = new byte[100];
        Assert.Equal(100, row[2].AsLob!.Read(size - 150, part));
        Assert.Equal(bytes.AsSpan(size - 150, 100).ToArray(), part);

        // The other column changes: the large value stays where it is.
        long chunks = _connection.EstimateCount(SystemTrees.LargeValues);
        SqlValue[] changed = [row[0], Text("short"), row[2]];
        access.Update(locator, row, changed);
        CommitAndBegin();
        Assert.True(_connection.EstimateCount(SystemTrees.LargeValues) < chunks);
        Assert.True(access.TryFetch(locator, [0, 1, 2], row));
        Assert.Equal("short", row[1].AsString);
        Assert.Equal(bytes, row[2].AsBytes);
        access.Delete(locator, row);
        Assert.Equal(bytes, row[2].AsBytes);
        CommitAndBegin();
        Assert.Equal(0, _connection.EstimateCount(SystemTrees.LargeValues));
    }

    [Fact]
    public void Large_values_can_change_places_within_a_row()
    {
        ColumnDefinition[] columns = [Column(1, "Id", SqlType.Int), Column(2, "A", SqlType.VarBinaryMax), Column(3, "B", SqlType.VarBinaryMax)];
        TableAccess access = Create(Table(columns, Heap()));
        byte[] a = new byte[20_000], b = new byte[30_000];
        Array.Fill(a, (byte)1);
        Array.Fill(b, (byte)2);
        byte[] locator = access.Insert([Int(1), SqlValue.FromBinary(a), SqlValue.FromBinary(b)])!;
        var row = new SqlValue[3];
        access.TryFetch(locator, [0, 1, 2], row);
        access.Update(locator, row, [row[0], row[2], row[1]]);
        var swapped = new SqlValue[3];
        access.TryFetch(locator, [0, 1, 2], swapped);
        Assert.Equal(b, swapped[1].AsBytes);
        Assert.Equal(a, swapped[2].AsBytes);
    }

    [Fact]
    public void An_index_is_built_from_the_rows()
    {
        TableAccess access = Create(Table(ThreeColumns, Heap()));
        for (int i = 0; i < 1000; i++)
        {
            access.Insert([Int(i), Text("n" + i % 100), Int(999 - i)]);
        }

        TableDefinition indexed = access.Table with
        {
            Indexes =
            [
                access.Table.RowStore, Index(2, true, 3) with { TreeId = _connection.CreateTree(), IncludedColumnIds = [2] }, Index(3, true, 2) with { TreeId = _connection.CreateTree() },
            ],
        };
        var built = new TableAccess(indexed, _connection);
        built.Build(indexed.Indexes[1]);
        Assert.True(built.Covers(indexed.Indexes[1], [1, 2]));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => "n" + (999 - i) % 100), ScanAll(built, indexed.Indexes[1], [1]).Select(r => r[0].AsString));
        SqlErrorException duplicate = Assert.Throws<SqlErrorException>(() => built.Build(indexed.Indexes[2]));
        Assert.Equal(1505, duplicate.Error.Number);
    }

    [Fact]
    public void Rows_move_into_a_new_shape_with_their_large_values()
    {
        ColumnDefinition[] columns = [Column(1, "Id", SqlType.Int), Column(2, "Text", SqlType.NVarCharMax)];
        TableAccess heap = Create(Table(columns, Heap(), Index(2, false, 1)));
        for (int i = 0; i < 20; i++)
        {
            heap.Insert([Int(20 - i), Text(new string('x', 10_000))]);
        }

        long chunks = _connection.EstimateCount(SystemTrees.LargeValues);
        TableAccess clustered = Create(Table([columns[0] with { Type = SqlType.BigInt }, columns[1]], PrimaryKey(1), Index(2, false, 1)));
        heap.MoveTo(clustered, row => [SqlValue.FromBigInt(row[0].AsInt64), row[1]]);
        heap.DropTrees();
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), ScanAll(clustered, clustered.Table.RowStore, [0]).Select(r => r[0].AsInt64));
        Assert.Equal(chunks, _connection.EstimateCount(SystemTrees.LargeValues));
        Assert.Equal(10_000, ScanAll(clustered, clustered.Table.Indexes[1], [1])[5][0].AsString.Length);
        clustered.Truncate();
        CommitAndBegin();
        Assert.Equal(0, _connection.EstimateCount(SystemTrees.LargeValues));
    }
}
