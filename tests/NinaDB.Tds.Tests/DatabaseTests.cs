using Microsoft.Data.SqlClient;

namespace NinaDB.Tds.Tests;

/// <summary>Databases over the wire: the login's, USE, and what a pooled connection comes back to.</summary>
public sealed class DatabaseTests(TestServer server) : IClassFixture<TestServer>
{
    private static object? Scalar(SqlConnection connection, string text)
    {
        using var command = new SqlCommand(text, connection);
        return command.ExecuteScalar();
    }

    private void Make(string name)
    {
        TestServer.Run(server.Database, $"IF DB_ID('{name}') IS NULL CREATE DATABASE {name};");
        TestServer.Run(server.Database, $"EXEC {name}..sp_executesql N'IF USER_ID(''{TestServer.User}'') IS NULL CREATE USER {TestServer.User} FOR LOGIN {TestServer.User};'");
    }

    [Fact]
    public void A_login_opens_the_database_it_names()
    {
        Make("wire_a");
        using SqlConnection connection = server.Open("Initial Catalog=wire_a;");
        Assert.Equal("wire_a", connection.Database);
        Assert.Equal("wire_a", Scalar(connection, "SELECT DB_NAME();"));
        using SqlConnection master = server.Open("Database=master;");
        Assert.Equal("master", master.Database);
        Assert.Equal("guest", Scalar(master, "SELECT USER_NAME();"));
    }

    [Fact]
    public void The_client_follows_USE_and_the_return_from_dynamic_SQL()
    {
        Make("wire_a");
        using SqlConnection connection = server.Open("Pooling=false;");
        string home = connection.Database;
        connection.ChangeDatabase("wire_a");
        Assert.Equal("wire_a", connection.Database);
        Scalar(connection, "EXEC ('USE tempdb;'); SELECT 1;");
        Assert.Equal("wire_a", connection.Database);
        Scalar(connection, $"USE [{home}]; SELECT 1;");
        Assert.Equal(home, connection.Database);
    }

    [Fact]
    public void A_pooled_connection_begins_in_its_own_database_again()
    {
        Make("wire_a");
        string home;
        using (SqlConnection first = server.Open("Max Pool Size=1;Application Name=pooled;"))
        {
            home = first.Database;
            first.ChangeDatabase("wire_a");
        }

        using SqlConnection second = server.Open("Max Pool Size=1;Application Name=pooled;");
        Assert.Equal(home, Scalar(second, "SELECT DB_NAME();"));
    }

    [Fact]
    public void A_login_without_a_user_is_refused()
    {
        TestServer.Run(server.Database, "IF DB_ID('wire_closed') IS NULL CREATE DATABASE wire_closed;");
        SqlException exception = Assert.Throws<SqlException>(() =>
        {
            using SqlConnection connection = server.Open("Database=wire_closed;Pooling=false;");
        });
        Assert.Contains(exception.Errors.Cast<SqlError>(), e => e.Number == 4060);
    }

    [Fact]
    public void A_default_database_is_where_a_login_begins()
    {
        Make("wire_default");
        TestServer.Run(server.Database, "CREATE LOGIN has_default WITH PASSWORD = N'Correct-horse-43', DEFAULT_DATABASE = wire_default;");
        TestServer.Run(server.Database, "EXEC wire_default..sp_executesql N'CREATE USER has_default FOR LOGIN has_default;'");
        using var connection = new SqlConnection(
            $"Server=tcp:127.0.0.1,{server.Port};User ID=has_default;Password=Correct-horse-43;Encrypt=true;TrustServerCertificate=true;Pooling=false");
        connection.Open();
        Assert.Equal("wire_default", connection.Database);
        Assert.Equal("has_default", Scalar(connection, "SELECT USER_NAME();"));
    }
}
