using System.Data;
using Microsoft.Data.SqlClient;

namespace NinaDB.Tds.Tests;

/// <summary>
/// What SqlClient reads of the catalog: every collection of SqlConnection.GetSchema, GetSchemaTable, SchemaOnly and KeyInfo, DeriveParameters, data adapters.
/// Source: learn.microsoft.com/en-us/sql/connect/ado-net/sql-server-schema-collections.
/// </summary>
public sealed class GetSchemaTests(GetSchemaTests.Fixture server) : IClassFixture<GetSchemaTests.Fixture>
{
    [Fact]
    public void The_collections_name_themselves()
    {
        using SqlConnection connection = server.Open();
        string[] names = [.. connection.GetSchema().Rows.Cast<DataRow>().Select(r => (string)r["CollectionName"])];
        foreach (string name in new[] { "Databases", "Tables", "Columns", "Views", "ViewColumns", "Procedures", "ProcedureParameters", "ForeignKeys", "IndexColumns", "Indexes", "Users", "UserDefinedTypes" })
        {
            Assert.Contains(name, names);
        }
    }

    [Theory]
    [InlineData("MetaDataCollections")]
    [InlineData("DataSourceInformation")]
    [InlineData("DataTypes")]
    [InlineData("Restrictions")]
    [InlineData("ReservedWords")]
    [InlineData("Users")]
    [InlineData("Databases")]
    [InlineData("Tables")]
    [InlineData("Columns")]
    [InlineData("AllColumns")]
    [InlineData("StructuredTypeMembers")]
    [InlineData("Views")]
    [InlineData("ViewColumns")]
    [InlineData("ProcedureParameters")]
    [InlineData("Procedures")]
    [InlineData("ForeignKeys")]
    [InlineData("IndexColumns")]
    [InlineData("Indexes")]
    [InlineData("UserDefinedTypes")]
    public void Every_collection_has_rows(string collection)
    {
        using SqlConnection connection = server.Open();
        Assert.NotEmpty(connection.GetSchema(collection).Rows);
    }

    [Theory]
    [InlineData("ColumnSetColumns")]
    public void Collections_of_what_the_database_has_none_of_are_empty(string collection)
    {
        using SqlConnection connection = server.Open();
        DataTable table = connection.GetSchema(collection);
        Assert.Empty(table.Rows);
        Assert.NotEmpty(table.Columns);
    }

    [Fact]
    public void The_data_source_says_what_it_is()
    {
        using SqlConnection connection = server.Open();
        DataRow row = connection.GetSchema("DataSourceInformation").Rows[0];
        Assert.Equal("Microsoft SQL Server", row["DataSourceProductName"]);
        Assert.Equal("17.00.1000", row["DataSourceProductVersion"]);
    }

    [Fact]
    public void Tables_and_views_carry_their_kind()
    {
        using SqlConnection connection = server.Open();
        DataTable tables = connection.GetSchema("Tables", [null, "shop"]);
        Assert.Equal("BASE TABLE", Row(tables, "TABLE_NAME", "Product")["TABLE_TYPE"]);
        Assert.Equal("VIEW", Row(tables, "TABLE_NAME", "Cheap")["TABLE_TYPE"]);
        Assert.Equal("BASE TABLE", Assert.Single(connection.GetSchema("Tables", [null, "shop", "Sale", "BASE TABLE"]).Rows.Cast<DataRow>())["TABLE_TYPE"]);
        Assert.Equal("Cheap", Assert.Single(connection.GetSchema("Views", [null, "shop"]).Rows.Cast<DataRow>())["TABLE_NAME"]);
    }

    [Fact]
    public void Columns_carry_type_length_and_nullability()
    {
        using SqlConnection connection = server.Open();
        DataTable columns = connection.GetSchema("Columns", [null, "shop", "Product"]);
        Assert.Equal(["Id", "Name", "Price", "Stamp"], columns.Rows.Cast<DataRow>().OrderBy(r => r["ORDINAL_POSITION"]).Select(r => r["COLUMN_NAME"]));
        DataRow name = Row(columns, "COLUMN_NAME", "Name");
        Assert.Equal("nvarchar", name["DATA_TYPE"]);
        Assert.Equal(40, name["CHARACTER_MAXIMUM_LENGTH"]);
        Assert.Equal("NO", name["IS_NULLABLE"]);
        DataRow price = Row(columns, "COLUMN_NAME", "Price");
        Assert.Equal((byte)9, price["NUMERIC_PRECISION"]);
        Assert.Equal(2, price["NUMERIC_SCALE"]);
        Assert.Equal("((1))", price["COLUMN_DEFAULT"]);
    }

    [Fact]
    public void View_columns_name_the_table_behind_them()
    {
        using SqlConnection connection = server.Open();
        DataTable columns = connection.GetSchema("ViewColumns", [null, "shop", "Cheap"]);
        Assert.Contains(columns.Rows.Cast<DataRow>(), r => (string)r["TABLE_NAME"] == "Product" && (string)r["COLUMN_NAME"] == "Name");
    }

    [Fact]
    public void Keys_and_indexes_are_found()
    {
        using SqlConnection connection = server.Open();
        Assert.Equal("FK_Sale_Product", Assert.Single(connection.GetSchema("ForeignKeys", [null, "shop", "Sale"]).Rows.Cast<DataRow>())["CONSTRAINT_NAME"]);
        DataTable indexes = connection.GetSchema("Indexes", [null, "shop", "Product"]);
        Assert.Equal(["IX_Product_Name", "PK_Product"], indexes.Rows.Cast<DataRow>().Select(r => (string)r["index_name"]).Order());
        DataTable columns = connection.GetSchema("IndexColumns", [null, "shop", "Product", "IX_Product_Name"]);
        Assert.Equal("Name", Assert.Single(columns.Rows.Cast<DataRow>())["column_name"]);
    }

    [Fact]
    public void Procedures_and_their_parameters_are_found()
    {
        using SqlConnection connection = server.Open();
        Assert.Equal("PROCEDURE", Assert.Single(connection.GetSchema("Procedures", [null, "shop", "Reprice"]).Rows.Cast<DataRow>())["ROUTINE_TYPE"]);
        DataTable parameters = connection.GetSchema("ProcedureParameters", [null, "shop", "Reprice"]);
        Assert.Equal("IN", Row(parameters, "PARAMETER_NAME", "@id")["PARAMETER_MODE"]);
        Assert.Equal("INOUT", Row(parameters, "PARAMETER_NAME", "@old")["PARAMETER_MODE"]);
    }

    [Fact]
    public void Structured_types_list_their_members()
    {
        using SqlConnection connection = server.Open();
        DataTable members = connection.GetSchema("StructuredTypeMembers", [null, null, "Line"]);
        Assert.Equal(["Product", "Quantity"], members.Rows.Cast<DataRow>().OrderBy(r => r["ORDINAL_POSITION"]).Select(r => r["MEMBER_NAME"]));
    }

    [Fact]
    public void Databases_and_users_are_found()
    {
        using SqlConnection connection = server.Open();
        Assert.NotNull(Row(connection.GetSchema("Databases"), "database_name", connection.Database));
        Assert.NotNull(Row(connection.GetSchema("Users"), "user_name", TestServer.User));
    }

    [Fact]
    public void The_schema_table_of_a_reader_describes_its_columns()
    {
        using SqlConnection connection = server.Open();
        using var command = new SqlCommand("SELECT Id, Name, Price, Stamp, Price * 2 AS Twice FROM shop.Product;", connection);
        using SqlDataReader reader = command.ExecuteReader();
        DataTable schema = reader.GetSchemaTable();
        DataRow id = Row(schema, "ColumnName", "Id");
        Assert.Equal(true, id["IsAutoIncrement"]);
        Assert.Equal(true, id["IsReadOnly"]);
        DataRow name = Row(schema, "ColumnName", "Name");
        Assert.Equal(40, name["ColumnSize"]);
        Assert.Equal(false, name["AllowDBNull"]);
        Assert.Equal(true, Row(schema, "ColumnName", "Stamp")["IsRowVersion"]);
        Assert.Equal(true, Row(schema, "ColumnName", "Twice")["IsReadOnly"]);
    }

    [Fact]
    public void Schema_only_sends_columns_and_no_rows_and_changes_nothing()
    {
        using SqlConnection connection = server.Open();
        using (var command = new SqlCommand("SELECT Id, Name FROM shop.Product; DELETE FROM shop.Sale;", connection))
        using (SqlDataReader reader = command.ExecuteReader(CommandBehavior.SchemaOnly))
        {
            Assert.Equal(2, reader.FieldCount);
            Assert.False(reader.Read());
        }

        using var count = new SqlCommand("SELECT COUNT(*) FROM shop.Sale;", connection);
        Assert.Equal(1, count.ExecuteScalar());
    }

    [Fact]
    public void Parameters_of_a_procedure_are_derived()
    {
        using SqlConnection connection = server.Open();
        using var command = new SqlCommand("shop.Reprice", connection) { CommandType = CommandType.StoredProcedure };
        SqlCommandBuilder.DeriveParameters(command);
        Assert.Equal(["@RETURN_VALUE", "@id", "@price", "@old"], command.Parameters.Cast<SqlParameter>().Select(p => p.ParameterName));
        Assert.Equal(ParameterDirection.ReturnValue, command.Parameters[0].Direction);
        Assert.Equal(SqlDbType.Int, command.Parameters[1].SqlDbType);
        Assert.Equal(SqlDbType.Decimal, command.Parameters[2].SqlDbType);
        Assert.Equal(2, command.Parameters[2].Scale);
        Assert.Equal(ParameterDirection.InputOutput, command.Parameters[3].Direction);
    }

    [Fact]
    public void A_data_adapter_fills_changes_and_updates()
    {
        using SqlConnection connection = server.Open();
        Execute(connection, "CREATE TABLE #Note (Id int NOT NULL PRIMARY KEY, Body nvarchar(50) NULL); INSERT #Note VALUES (1, N'one'), (2, N'two'), (3, N'three');");
        using var adapter = new SqlDataAdapter("SELECT Id, Body FROM #Note ORDER BY Id;", connection);
        adapter.InsertCommand = Command(connection, "INSERT #Note (Id, Body) VALUES (@id, @body);");
        adapter.UpdateCommand = Command(connection, "UPDATE #Note SET Body = @body WHERE Id = @id;");
        adapter.DeleteCommand = Command(connection, "DELETE #Note WHERE Id = @id;");
        var table = new DataTable();
        Assert.Equal(3, adapter.Fill(table));
        table.Rows[0]["Body"] = "changed";
        table.Rows[1].Delete();
        table.Rows.Add(4, "new");
        Assert.Equal(3, adapter.Update(table));
        using var text = new SqlCommand("SELECT STRING_AGG(CONCAT(Id, Body), N',') WITHIN GROUP (ORDER BY Id) FROM #Note;", connection);
        Assert.Equal("1changed,3three,4new", text.ExecuteScalar());
    }

    private static SqlCommand Command(SqlConnection connection, string text)
    {
        var command = new SqlCommand(text, connection);
        command.Parameters.Add("@id", SqlDbType.Int, 0, "Id");
        if (text.Contains("@body", StringComparison.Ordinal))
        {
            command.Parameters.Add("@body", SqlDbType.NVarChar, 50, "Body");
        }

        return command;
    }

    private static void Execute(SqlConnection connection, string text)
    {
        using var command = new SqlCommand(text, connection);
        command.ExecuteNonQuery();
    }

    private static DataRow Row(DataTable table, string column, string value) => table.Rows.Cast<DataRow>().Single(r => string.Equals(r[column] as string, value, StringComparison.OrdinalIgnoreCase));

    /// <summary>A server whose database has one of each thing that the collections list.</summary>
    public sealed class Fixture : ToolDatabase;
}
