using System.Data;
using Microsoft.Data.SqlClient;

namespace NinaDB.Tds.Tests;

/// <summary>
/// Statements of the shapes that an object-relational mapper's SQL Server provider generates (EF Core), as text with parameters. Source: learn.microsoft.com/en-us/ef/core,
/// pages querying, saving, concurrency, value generation, migrations.
/// </summary>
public sealed class GeneratedQueryTests(GeneratedQueryTests.Fixture server) : IClassFixture<GeneratedQueryTests.Fixture>
{
    [Fact]
    public void A_page_comes_by_offset_and_fetch()
    {
        using SqlConnection connection = server.Open();
        Assert.Equal(["Pen"], Column(connection, "SELECT [p].[Name] FROM [shop].[Product] AS [p] WHERE [p].[Price] > @__least_0 ORDER BY [p].[Name] OFFSET @__skip_1 ROWS FETCH NEXT @__take_2 ROWS ONLY", ("@__least_0", 1m), ("@__skip_1", 2), ("@__take_2", 5)));
    }

    [Fact]
    public void Outer_apply_finds_the_first_of_a_collection()
    {
        using SqlConnection connection = server.Open();
        Assert.Equal(["Pen:3", "Book:", "Lamp:"], Column(connection, """
            SELECT CONCAT([p].[Name], N':', [t].[Quantity]) FROM [shop].[Product] AS [p]
            OUTER APPLY (SELECT TOP(1) [s].[Quantity] FROM [shop].[Sale] AS [s] WHERE [s].[ProductId] = [p].[Id] ORDER BY [s].[SoldAt] DESC) AS [t] ORDER BY [p].[Id]
            """));
    }

    [Fact]
    public void Exists_and_in_and_count_subqueries_work()
    {
        using SqlConnection connection = server.Open();
        Assert.Equal(["Pen"], Column(connection, "SELECT [p].[Name] FROM [shop].[Product] AS [p] WHERE EXISTS (SELECT 1 FROM [shop].[Sale] AS [s] WHERE [p].[Id] = [s].[ProductId]) AND [p].[Name] LIKE @__start_0 ESCAPE N'\\'", ("@__start_0", "P%")));
        Assert.Equal(true, Scalar(connection, "SELECT CASE WHEN EXISTS (SELECT 1 FROM [shop].[Product] AS [p] WHERE [p].[Id] IN (SELECT [s].[ProductId] FROM [shop].[Sale] AS [s])) THEN CAST(1 AS bit) ELSE CAST(0 AS bit) END"));
        Assert.Equal(3, Scalar(connection, "SELECT COUNT(*) FROM [shop].[Product] AS [p] WHERE (SELECT COUNT(*) FROM [shop].[Sale] AS [s] WHERE [p].[Id] = [s].[ProductId]) < 2"));
    }

    [Fact]
    public void A_list_goes_as_json()
    {
        using SqlConnection connection = server.Open();
        Assert.Equal(["Pen", "Lamp"], Column(connection, "SELECT [p].[Name] FROM [shop].[Product] AS [p] WHERE [p].[Id] IN (SELECT [i].[value] FROM OPENJSON(@__ids_0) WITH ([value] int '$') AS [i]) ORDER BY [p].[Id]", ("@__ids_0", "[1,3,99]")));
    }

    [Fact]
    public void A_left_join_of_a_derived_table_keeps_the_order()
    {
        using SqlConnection connection = server.Open();
        Assert.Equal(["Book|", "Lamp|", "Pen|3"], Column(connection, """
            SELECT [t].[Name] + N'|' + COALESCE(CONVERT(nvarchar(11), [s].[Quantity]), N'') FROM (SELECT TOP(@__p_0) [p].[Id], [p].[Name] FROM [shop].[Product] AS [p] ORDER BY [p].[Name]) AS [t]
            LEFT JOIN [shop].[Sale] AS [s] ON [t].[Id] = [s].[ProductId] ORDER BY [t].[Name], [t].[Id]
            """, ("@__p_0", 3)));
    }

    [Fact]
    public void An_insert_gives_the_generated_values_back()
    {
        using SqlConnection connection = server.Open();
        using SqlTransaction transaction = connection.BeginTransaction();
        using SqlCommand command = Command(connection, transaction, """
            SET IMPLICIT_TRANSACTIONS OFF;
            SET NOCOUNT ON;
            INSERT INTO [shop].[Product] ([Name], [Price])
            OUTPUT INSERTED.[Id], INSERTED.[Stamp]
            VALUES (@p0, @p1);
            """, ("@p0", "Inserted"), ("@p1", 9.5m));
        using (SqlDataReader reader = command.ExecuteReader())
        {
            Assert.True(reader.Read());
            Assert.True(reader.GetInt32(0) > 3);
            Assert.Equal(8, ((byte[])reader[1]).Length);
            Assert.False(reader.Read());
        }

        transaction.Rollback();
    }

    [Fact]
    public void A_batch_of_inserts_is_a_merge_with_positions()
    {
        using SqlConnection connection = server.Open();
        using SqlTransaction transaction = connection.BeginTransaction();
        using SqlCommand command = Command(connection, transaction, """
            SET IMPLICIT_TRANSACTIONS OFF;
            SET NOCOUNT ON;
            MERGE [shop].[Product] USING (
            VALUES (@p0, @p1, 0),
            (@p2, @p3, 1),
            (@p4, @p5, 2)) AS i ([Name], [Price], _Position) ON 1=0
            WHEN NOT MATCHED THEN
            INSERT ([Name], [Price])
            VALUES (i.[Name], i.[Price])
            OUTPUT INSERTED.[Id], INSERTED.[Stamp], i._Position;
            """, ("@p0", "m0"), ("@p1", 1m), ("@p2", "m1"), ("@p3", DBNull.Value), ("@p4", "m2"), ("@p5", 3m));
        var positions = new List<int>();
        using (SqlDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                positions.Add(reader.GetInt32(2));
            }
        }

        Assert.Equal([0, 1, 2], positions.Order());
        transaction.Rollback();
    }

    [Fact]
    public void An_update_checks_the_row_version()
    {
        using SqlConnection connection = server.Open();
        using SqlTransaction transaction = connection.BeginTransaction();
        byte[] stamp = (byte[])Scalar(connection, "SELECT [Stamp] FROM [shop].[Product] WHERE [Id] = 2", transaction)!;
        const string update = "SET NOCOUNT ON; UPDATE [shop].[Product] SET [Price] = @p0 OUTPUT INSERTED.[Stamp] WHERE [Id] = @p1 AND [Stamp] = @p2;";
        Assert.NotNull(Scalar(connection, update, transaction, ("@p0", 13m), ("@p1", 2), ("@p2", stamp)));
        Assert.Null(Scalar(connection, update, transaction, ("@p0", 14m), ("@p1", 2), ("@p2", stamp)));
        Assert.Equal(1, Scalar(connection, "SET NOCOUNT ON; UPDATE [shop].[Product] SET [Price] = @p0 WHERE [Id] = @p1; SELECT @@ROWCOUNT;", transaction, ("@p0", 15m), ("@p1", 2)));
        Assert.Equal(1, Scalar(connection, "SET NOCOUNT ON; DELETE FROM [shop].[Sale] OUTPUT 1 WHERE [Id] = @p0;", transaction, ("@p0", 1)));
        transaction.Rollback();
    }

    [Fact]
    public void Set_based_changes_go_through_an_alias()
    {
        using SqlConnection connection = server.Open();
        using SqlTransaction transaction = connection.BeginTransaction();
        using SqlCommand update = Command(connection, transaction, "UPDATE [p] SET [p].[Price] = [p].[Price] + @__by_0 FROM [shop].[Product] AS [p] WHERE [p].[Id] > @__id_1", ("@__by_0", 1m), ("@__id_1", 1));
        Assert.Equal(2, update.ExecuteNonQuery());
        using SqlCommand delete = Command(connection, transaction, "DELETE FROM [s] FROM [shop].[Sale] AS [s] INNER JOIN [shop].[Product] AS [p] ON [s].[ProductId] = [p].[Id] WHERE [p].[Name] = N'Pen'");
        Assert.Equal(1, delete.ExecuteNonQuery());
        transaction.Rollback();
    }

    [Fact]
    public void Savepoints_take_back_one_save()
    {
        using SqlConnection connection = server.Open();
        Scalar(connection, "CREATE TABLE #s (a int NOT NULL);");
        using SqlTransaction transaction = connection.BeginTransaction();
        Scalar(connection, "INSERT #s VALUES (1);", transaction);
        transaction.Save("__EFSavePoint");
        Scalar(connection, "INSERT #s VALUES (2);", transaction);
        transaction.Rollback("__EFSavePoint");
        transaction.Commit();
        Assert.Equal(1, Scalar(connection, "SELECT COUNT(*) FROM #s;"));
    }

    [Fact]
    public void A_sequence_hands_out_blocks()
    {
        using SqlConnection connection = server.Open();
        long first = (long)Scalar(connection, "SELECT NEXT VALUE FOR [shop].[Ids]")!;
        Assert.Equal(first + 10, Scalar(connection, "SELECT NEXT VALUE FOR [shop].[Ids]"));
    }

    [Fact]
    public void Migrations_keep_their_history_and_ask_before_they_create()
    {
        using SqlConnection connection = server.Open();
        Assert.Equal(1, Scalar(connection, "SELECT 1"));
        for (int i = 0; i < 2; i++)
        {
            Scalar(connection, """
                IF OBJECT_ID(N'[__EFMigrationsHistory]') IS NULL
                BEGIN
                    CREATE TABLE [__EFMigrationsHistory] (
                        [MigrationId] nvarchar(150) NOT NULL,
                        [ProductVersion] nvarchar(32) NOT NULL,
                        CONSTRAINT [PK___EFMigrationsHistory] PRIMARY KEY ([MigrationId])
                    );
                END;
                """);
            using SqlTransaction transaction = connection.BeginTransaction();
            Scalar(connection, "DECLARE @result int; EXEC @result = sp_getapplock @Resource = '__EFMigrationsLock', @LockOwner = 'Transaction', @LockMode = 'Exclusive'; SELECT @result", transaction);
            Scalar(connection, """
                IF NOT EXISTS (SELECT * FROM [__EFMigrationsHistory] WHERE [MigrationId] = N'20260101000000_First')
                BEGIN
                    CREATE TABLE [Blog] ([Id] int NOT NULL IDENTITY, [Url] nvarchar(max) NULL, CONSTRAINT [PK_Blog] PRIMARY KEY ([Id]));
                END;
                """, transaction);
            Scalar(connection, """
                IF NOT EXISTS (SELECT * FROM [__EFMigrationsHistory] WHERE [MigrationId] = N'20260101000000_First')
                    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion]) VALUES (N'20260101000000_First', N'9.0.0');
                """, transaction);
            transaction.Commit();
        }

        Assert.Equal(["20260101000000_First"], Column(connection, "SELECT [MigrationId] FROM [__EFMigrationsHistory] ORDER BY [MigrationId]"));
        Scalar(connection, """
            DECLARE @var0 sysname;
            SELECT @var0 = [d].[name] FROM [sys].[default_constraints] [d] INNER JOIN [sys].[columns] [c] ON [d].[parent_column_id] = [c].[column_id] AND [d].[parent_object_id] = [c].[object_id]
            WHERE ([d].[parent_object_id] = OBJECT_ID(N'[Blog]') AND [c].[name] = N'Url');
            IF @var0 IS NOT NULL EXEC(N'ALTER TABLE [Blog] DROP CONSTRAINT [' + @var0 + '];');
            ALTER TABLE [Blog] ALTER COLUMN [Url] nvarchar(200) NOT NULL;
            """);
        Assert.Equal((short)400, Scalar(connection, "SELECT [max_length] FROM [sys].[columns] WHERE [object_id] = OBJECT_ID(N'[Blog]') AND [name] = N'Url'"));
    }

    private static SqlCommand Command(SqlConnection connection, SqlTransaction? transaction, string text, params (string Name, object Value)[] parameters)
    {
        var command = new SqlCommand(text, connection, transaction);
        foreach ((string name, object value) in parameters)
        {
            command.Parameters.Add(value is DBNull ? new SqlParameter(name, SqlDbType.Decimal) { Value = value } : new SqlParameter(name, value));
        }

        return command;
    }

    private static object? Scalar(SqlConnection connection, string text, SqlTransaction? transaction = null, params (string Name, object Value)[] parameters)
    {
        using SqlCommand command = Command(connection, transaction, text, parameters);
        return command.ExecuteScalar();
    }

    private static List<string> Column(SqlConnection connection, string text, params (string Name, object Value)[] parameters)
    {
        using SqlCommand command = Command(connection, null, text, parameters);
        using SqlDataReader reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }

    /// <summary>The small shop.</summary>
    public sealed class Fixture : ToolDatabase;
}
