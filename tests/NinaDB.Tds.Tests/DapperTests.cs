using System.Data;
using Dapper;
using Microsoft.Data.SqlClient;

namespace NinaDB.Tds.Tests;

/// <summary>Dapper over SqlClient: what it writes and reads of its own accord (list expansion, multi-mapping, grids, dynamic parameters).</summary>
public sealed class DapperTests(DapperTests.Fixture server) : IClassFixture<DapperTests.Fixture>
{
    [Fact]
    public void Query_maps_rows_to_objects()
    {
        using SqlConnection connection = server.Open();
        Product[] products = [.. connection.Query<Product>("SELECT Id, Name, Price, Stamp FROM shop.Product WHERE Id <= @last ORDER BY Id;", new { last = 2 })];
        Assert.Equal(["Pen", "Book"], products.Select(p => p.Name));
        Assert.Equal(8, products[0].Stamp!.Length);
    }

    [Fact]
    public void Query_without_a_type_gives_dynamic_rows()
    {
        using SqlConnection connection = server.Open();
        dynamic row = connection.QuerySingle("SELECT CAST(5 AS bigint) AS Big, N'ü' AS Text, CAST(NULL AS int) AS Nothing, CAST('2026-01-01' AS date) AS Day;");
        Assert.Equal(5L, (long)row.Big);
        Assert.Equal("ü", (string)row.Text);
        Assert.Null(row.Nothing);
        Assert.Equal(new DateTime(2026, 1, 1), (DateTime)row.Day);
    }

    [Fact]
    public void Multi_mapping_splits_a_row_into_objects()
    {
        using SqlConnection connection = server.Open();
        (Sale Sale, Product Product) = connection.Query<Sale, Product, (Sale, Product)>(
            "SELECT s.Id, s.Quantity, p.Id, p.Name, p.Price FROM shop.Sale AS s INNER JOIN shop.Product AS p ON p.Id = s.ProductId;", (s, p) => (s, p), splitOn: "Id").Single();
        Assert.Equal(3, Sale.Quantity);
        Assert.Equal("Pen", Product.Name);
    }

    [Fact]
    public void QueryMultiple_reads_one_result_after_another()
    {
        using SqlConnection connection = server.Open();
        using SqlMapper.GridReader grid = connection.QueryMultiple("SELECT COUNT(*) FROM shop.Product WHERE Id < @max; SELECT Name FROM shop.Product WHERE Id < @max ORDER BY Name;", new { max = 4 });
        Assert.Equal(3, grid.ReadSingle<int>());
        Assert.Equal(["Book", "Lamp", "Pen"], grid.Read<string>());
    }

    [Fact]
    public void A_list_becomes_a_parameter_a_value()
    {
        using SqlConnection connection = server.Open();
        Assert.Equal(2, connection.ExecuteScalar<int>("SELECT COUNT(*) FROM shop.Product WHERE Id IN @ids;", new { ids = new[] { 1, 3, 99 } }));
        Assert.Equal(0, connection.ExecuteScalar<int>("SELECT COUNT(*) FROM shop.Product WHERE Id IN @ids;", new { ids = Array.Empty<int>() }));
        Assert.Equal(1, connection.ExecuteScalar<int>("SELECT COUNT(*) FROM shop.Product WHERE Name IN @names;", new { names = Enumerable.Range(0, 300).Select(i => i == 7 ? "Lamp" : $"n{i}") }));
    }

    [Fact]
    public void Execute_runs_once_for_each_element()
    {
        using SqlConnection connection = server.Open();
        connection.Execute("CREATE TABLE #t (a int NOT NULL, b varchar(10) NULL);");
        Assert.Equal(3, connection.Execute("INSERT #t VALUES (@a, @b);", new[] { new { a = 1, b = (string?)"x" }, new { a = 2, b = (string?)null }, new { a = 3, b = (string?)"z" } }));
        Assert.Equal(1, connection.ExecuteScalar<int>("SELECT COUNT(*) FROM #t WHERE b IS NULL;"));
    }

    [Fact]
    public void Dynamic_parameters_bring_output_and_return_values_back()
    {
        using SqlConnection connection = server.Open();
        using SqlTransaction transaction = connection.BeginTransaction();
        var parameters = new DynamicParameters();
        parameters.Add("@id", 2);
        parameters.Add("@price", 15m);
        parameters.Add("@old", dbType: DbType.Decimal, direction: ParameterDirection.Output, precision: 9, scale: 2);
        parameters.Add("@result", dbType: DbType.Int32, direction: ParameterDirection.ReturnValue);
        Assert.Equal("Book", connection.QuerySingle<Product>("shop.Reprice", parameters, transaction, commandType: CommandType.StoredProcedure).Name);
        Assert.Equal(12m, parameters.Get<decimal>("@old"));
        Assert.Equal(7, parameters.Get<int>("@result"));
        transaction.Rollback();
    }

    [Fact]
    public void A_table_goes_as_a_table_valued_parameter()
    {
        using SqlConnection connection = server.Open();
        using var lines = new DataTable();
        lines.Columns.Add("Product", typeof(int));
        lines.Columns.Add("Quantity", typeof(int));
        lines.Rows.Add(1, 5);
        lines.Rows.Add(2, DBNull.Value);
        lines.Rows.Add(3, 6);
        (int Total, int Count) = connection.QuerySingle<(int, int)>("shop.SumLines", new { lines = lines.AsTableValuedParameter("shop.Line") }, commandType: CommandType.StoredProcedure);
        Assert.Equal((11, 3), (Total, Count));
        Assert.Equal(3, connection.ExecuteScalar<int>("SELECT COUNT(*) FROM @lines;", new { lines = lines.AsTableValuedParameter("shop.Line") }));
    }

    [Fact]
    public void Transactions_commit_and_roll_back()
    {
        using SqlConnection connection = server.Open();
        connection.Execute("CREATE TABLE #t (a int NOT NULL);");
        using (SqlTransaction transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead))
        {
            connection.Execute("INSERT #t VALUES (1);", transaction: transaction);
            transaction.Rollback();
        }

        using (SqlTransaction transaction = connection.BeginTransaction())
        {
            connection.Execute("INSERT #t VALUES (2);", transaction: transaction);
            transaction.Commit();
        }

        Assert.Equal(2, connection.ExecuteScalar<int>("SELECT SUM(a) FROM #t;"));
    }

    [Fact]
    public void An_unbuffered_query_may_stop_half_way()
    {
        using SqlConnection connection = server.Open();
        int[] first = [.. connection.Query<int>("SELECT value FROM GENERATE_SERIES(1, 50000);", buffered: false).Take(5)];
        Assert.Equal([1, 2, 3, 4, 5], first);
        Assert.Equal(1, connection.ExecuteScalar<int>("SELECT 1;"));
    }

    [Fact]
    public async Task Asynchronous_queries_work_alike()
    {
        using SqlConnection connection = server.Open();
        Assert.Equal(3, (await connection.QueryAsync<Product>("SELECT Id, Name, Price FROM shop.Product;")).Count());
        Assert.Equal("Lamp", await connection.ExecuteScalarAsync<string>("SELECT Name FROM shop.Product WHERE Id = @id;", new { id = 3 }));
    }

    [Fact]
    public void Literal_replacement_and_strings_of_a_set_length_work()
    {
        using SqlConnection connection = server.Open();
        Assert.Equal("Pen", connection.ExecuteScalar<string>("SELECT Name FROM shop.Product WHERE Id = {=id};", new { id = 1 }));
        Assert.Equal(1, connection.ExecuteScalar<int>("SELECT COUNT(*) FROM shop.Product WHERE Name = @name;", new { name = new DbString { Value = "Pen", Length = 40, IsAnsi = true } }));
    }

    /// <summary>The small shop.</summary>
    public sealed class Fixture : ToolDatabase;

    private sealed class Product
    {
        public int Id { get; set; }

        public string Name { get; set; } = "";

        public decimal? Price { get; set; }

        public byte[]? Stamp { get; set; }
    }

    private sealed class Sale
    {
        public int Id { get; set; }

        public int Quantity { get; set; }
    }
}
