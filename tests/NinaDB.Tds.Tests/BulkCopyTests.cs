using System.Data;
using Microsoft.Data.SqlClient;

namespace NinaDB.Tds.Tests;

/// <summary>SqlBulkCopy: rows, types, options, errors, transactions.</summary>
public sealed class BulkCopyTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public void Rows_of_every_common_type_are_loaded()
    {
        using SqlConnection connection = server.Open();
        Execute(connection, """
            DROP TABLE IF EXISTS dbo.bulk_types;
            CREATE TABLE dbo.bulk_types (id int NOT NULL PRIMARY KEY, b bit NULL, d decimal(18,4) NULL, f float NULL, t datetime2(7) NULL, o datetimeoffset NULL, g uniqueidentifier NULL,
                n nvarchar(50) NULL, v varchar(50) NULL, nm nvarchar(max) NULL, bin varbinary(max) NULL, m money NULL, dt date NULL, tm time NULL, old datetime NULL);
            """);
        using var table = new DataTable();
        foreach ((string name, Type type) in new[]
        {
            ("id", typeof(int)), ("b", typeof(bool)), ("d", typeof(decimal)), ("f", typeof(double)), ("t", typeof(DateTime)), ("o", typeof(DateTimeOffset)), ("g", typeof(Guid)), ("n", typeof(string)),
            ("v", typeof(string)), ("nm", typeof(string)), ("bin", typeof(byte[])), ("m", typeof(decimal)), ("dt", typeof(DateTime)), ("tm", typeof(TimeSpan)), ("old", typeof(DateTime)),
        })
        {
            table.Columns.Add(name, type);
        }

        var time = new DateTime(2026, 11, 22, 1, 2, 3);
        var guid = Guid.NewGuid();
        table.Rows.Add(1, true, 1.5m, 2.5, time, new DateTimeOffset(time, TimeSpan.FromHours(2)), guid, "日本", "Grüße", new string('x', 10_000), new byte[] { 1, 2 }, 9.99m, time.Date, time.TimeOfDay, time);
        table.Rows.Add([2, .. Enumerable.Repeat((object)DBNull.Value, 14)]);
        using (var bulk = new SqlBulkCopy(connection) { DestinationTableName = "dbo.bulk_types" })
        {
            bulk.WriteToServer(table);
        }

        using var command = new SqlCommand("SELECT * FROM dbo.bulk_types ORDER BY id;", connection);
        using SqlDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        Assert.Equal(guid, reader.GetGuid(6));
        Assert.Equal("日本", reader.GetString(7));
        Assert.Equal("Grüße", reader.GetString(8));
        Assert.Equal(10_000, reader.GetString(9).Length);
        Assert.Equal(time, reader.GetDateTime(4));
        Assert.Equal(time.TimeOfDay, reader.GetTimeSpan(13));
        Assert.True(reader.Read());
        Assert.True(Enumerable.Range(1, 14).All(reader.IsDBNull));
    }

    [Fact]
    public void Many_rows_in_batches_keep_count_and_order()
    {
        using SqlConnection connection = server.Open();
        Execute(connection, "DROP TABLE IF EXISTS dbo.bulk_many; CREATE TABLE dbo.bulk_many (id int NOT NULL PRIMARY KEY, name nvarchar(40) NOT NULL);");
        using var table = new DataTable();
        table.Columns.Add("id", typeof(int));
        table.Columns.Add("name", typeof(string));
        for (int i = 0; i < 25_000; i++)
        {
            table.Rows.Add(i, "name " + i);
        }

        using var bulk = new SqlBulkCopy(connection) { DestinationTableName = "dbo.bulk_many", BatchSize = 4000 };
        bulk.WriteToServer(table);
        Assert.Equal(25_000, Scalar(connection, "SELECT COUNT(*) FROM dbo.bulk_many WHERE name = CONCAT(N'name ', id);"));
    }

    [Fact]
    public void Identity_values_are_made_unless_they_are_kept()
    {
        using SqlConnection connection = server.Open();
        Execute(connection, "DROP TABLE IF EXISTS dbo.bulk_identity; CREATE TABLE dbo.bulk_identity (id int IDENTITY(100, 1) PRIMARY KEY, v int NOT NULL DEFAULT 5);");
        using var table = new DataTable();
        table.Columns.Add("id", typeof(int));
        table.Columns.Add("v", typeof(int));
        table.Rows.Add(1, 10);
        using (var bulk = new SqlBulkCopy(connection) { DestinationTableName = "dbo.bulk_identity" })
        {
            bulk.WriteToServer(table);
        }

        using (var bulk = new SqlBulkCopy(connection, SqlBulkCopyOptions.KeepIdentity, null) { DestinationTableName = "dbo.bulk_identity" })
        {
            bulk.WriteToServer(table);
        }

        Assert.Equal("1,100", Scalar(connection, "SELECT STRING_AGG(CAST(id AS varchar(9)), ',') WITHIN GROUP (ORDER BY id) FROM dbo.bulk_identity;"));
    }

    [Fact]
    public void A_bad_row_loads_nothing_and_leaves_the_connection_usable()
    {
        using SqlConnection connection = server.Open();
        Execute(connection, "DROP TABLE IF EXISTS dbo.bulk_check; CREATE TABLE dbo.bulk_check (id int NOT NULL PRIMARY KEY, v int NOT NULL CHECK (v > 0));");
        using var table = new DataTable();
        table.Columns.Add("id", typeof(int));
        table.Columns.Add("v", typeof(int));
        table.Rows.Add(1, 1);
        table.Rows.Add(2, -1);
        table.Rows.Add(3, 1);
        using var bulk = new SqlBulkCopy(connection, SqlBulkCopyOptions.CheckConstraints, null) { DestinationTableName = "dbo.bulk_check" };
        SqlException exception = Assert.Throws<SqlException>(() => bulk.WriteToServer(table));
        Assert.Equal(547, exception.Number);
        Assert.Equal(0, Scalar(connection, "SELECT COUNT(*) FROM dbo.bulk_check;"));
        table.Rows[1]["v"] = 2;
        bulk.WriteToServer(table);
        Assert.Equal(3, Scalar(connection, "SELECT COUNT(*) FROM dbo.bulk_check;"));
    }

    [Fact]
    public void Constraints_that_were_not_looked_at_are_no_longer_trusted()
    {
        using SqlConnection connection = server.Open();
        Execute(connection, "DROP TABLE IF EXISTS dbo.bulk_trust; CREATE TABLE dbo.bulk_trust (id int NOT NULL CONSTRAINT bulk_positive CHECK (id > 0));");
        using var table = new DataTable();
        table.Columns.Add("id", typeof(int));
        table.Rows.Add(-1);
        using var bulk = new SqlBulkCopy(connection) { DestinationTableName = "dbo.bulk_trust" };
        bulk.WriteToServer(table);
        Assert.Equal(1, Scalar(connection, "SELECT COUNT(*) FROM dbo.bulk_trust;"));
        Assert.Equal(true, Scalar(connection, "SELECT is_not_trusted FROM sys.check_constraints WHERE name = 'bulk_positive';"));
    }

    [Fact]
    public void A_bulk_copy_belongs_to_the_transaction_around_it()
    {
        using SqlConnection connection = server.Open();
        Execute(connection, "DROP TABLE IF EXISTS dbo.bulk_tx; CREATE TABLE dbo.bulk_tx (id int NOT NULL);");
        using var table = new DataTable();
        table.Columns.Add("id", typeof(int));
        table.Rows.Add(1);
        using (SqlTransaction transaction = connection.BeginTransaction())
        {
            using var bulk = new SqlBulkCopy(connection, SqlBulkCopyOptions.Default, transaction) { DestinationTableName = "dbo.bulk_tx" };
            bulk.WriteToServer(table);
            transaction.Rollback();
        }

        Assert.Equal(0, Scalar(connection, "SELECT COUNT(*) FROM dbo.bulk_tx;"));
    }

    private static object Scalar(SqlConnection connection, string text)
    {
        using var command = new SqlCommand(text, connection);
        return command.ExecuteScalar();
    }

    private static void Execute(SqlConnection connection, string text)
    {
        using var command = new SqlCommand(text, connection);
        command.ExecuteNonQuery();
    }
}
