using System.Data;
using Microsoft.Data.SqlClient;

namespace NinaDB.Tds.Tests;

/// <summary>Base tables and keys of a result (CommandBehavior.KeyInfo): what SqlCommandBuilder writes its statements from.</summary>
public sealed class KeyInfoTests(ToolDatabase database) : IClassFixture<ToolDatabase>
{
    [Fact]
    public void Columns_name_their_base_table_and_the_key_is_added()
    {
        using SqlConnection connection = database.Open();
        using var command = new SqlCommand("SELECT p.Name AS product, s.Quantity, s.Quantity * 2 AS twice FROM shop.Sale AS s JOIN shop.Product AS p ON p.Id = s.ProductId ORDER BY p.Name", connection);
        using SqlDataReader reader = command.ExecuteReader(CommandBehavior.KeyInfo);
        DataTable schema = reader.GetSchemaTable();
        DataRow[] rows = [.. schema.Rows.Cast<DataRow>()];

        Assert.Equal(["product", "Quantity", "twice", "Id", "Id"], rows.Select(r => (string)r["ColumnName"]));
        Assert.Equal(["Product", "Sale", null, "Sale", "Product"], rows.Select(r => r["BaseTableName"] as string));
        Assert.Equal(["shop", "shop", null, "shop", "shop"], rows.Select(r => r["BaseSchemaName"] as string));
        Assert.Equal("Name", rows[0]["BaseColumnName"]);
        Assert.Equal([false, false, false, true, true], rows.Select(r => (bool)r["IsKey"]));
        Assert.Equal([false, false, false, true, true], rows.Select(r => (bool)r["IsHidden"]));
        Assert.Equal(true, rows[2]["IsExpression"]);
        Assert.Equal(3, reader.VisibleFieldCount);
        Assert.True(reader.Read());
        Assert.Equal("Pen", reader.GetString(0));
    }

    [Fact]
    public void A_key_that_was_asked_for_is_not_added_and_plain_reads_have_no_hidden_columns()
    {
        using SqlConnection connection = database.Open();
        using (SqlDataReader reader = new SqlCommand("SELECT Id, Name FROM shop.Product", connection).ExecuteReader(CommandBehavior.KeyInfo))
        {
            Assert.Equal(2, reader.FieldCount);
            Assert.Equal([true, false], reader.GetSchemaTable().Rows.Cast<DataRow>().Select(r => (bool)r["IsKey"]));
        }

        using (SqlDataReader reader = new SqlCommand("SELECT Name FROM shop.Product", connection).ExecuteReader())
        {
            Assert.Equal(1, reader.FieldCount);
        }
    }

    [Fact]
    public void A_view_shows_its_base_table_but_adds_no_key_that_it_hides()
    {
        using SqlConnection connection = database.Open();
        using SqlDataReader reader = new SqlCommand("SELECT Name FROM shop.Cheap", connection).ExecuteReader(CommandBehavior.KeyInfo);
        Assert.Equal(1, reader.FieldCount);
        Assert.Equal("Product", reader.GetSchemaTable().Rows[0]["BaseTableName"]);
    }

    [Fact]
    public void Only_the_schema_is_told_where_only_that_is_asked_for()
    {
        using SqlConnection connection = database.Open();
        using SqlDataReader reader = new SqlCommand("SELECT Name FROM shop.Product", connection).ExecuteReader(CommandBehavior.KeyInfo | CommandBehavior.SchemaOnly);
        Assert.Equal(["Name", "Id"], reader.GetSchemaTable().Rows.Cast<DataRow>().Select(r => (string)r["ColumnName"]));
        Assert.False(reader.Read());
    }

    [Fact]
    public void A_command_builder_writes_statements_that_change_rows()
    {
        using SqlConnection connection = database.Open();
        using var adapter = new SqlDataAdapter("SELECT Id, Name, Price FROM shop.Product WHERE Name LIKE N'Built%'", connection);
        using var builder = new SqlCommandBuilder(adapter);
        using var table = new DataTable { Locale = System.Globalization.CultureInfo.InvariantCulture };
        adapter.FillSchema(table, SchemaType.Source);
        adapter.Fill(table);
        DataRow row = table.NewRow();
        (row["Name"], row["Price"]) = ("Built", 3.5m);
        table.Rows.Add(row);
        Assert.Equal(1, adapter.Update(table));

        table.Clear();
        adapter.Fill(table);
        table.Rows[0]["Price"] = 4.25m;
        Assert.Equal(1, adapter.Update(table));
        Assert.Equal(4.25m, new SqlCommand("SELECT Price FROM shop.Product WHERE Name = N'Built'", connection).ExecuteScalar());

        table.Rows[0].Delete();
        Assert.Equal(1, adapter.Update(table));
        Assert.Equal(0, new SqlCommand("SELECT COUNT(*) FROM shop.Product WHERE Name = N'Built'", connection).ExecuteScalar());
    }
}
