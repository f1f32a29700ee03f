using System.Data;
using Microsoft.Data.SqlClient;

namespace NinaDB.Tds.Tests;

/// <summary>Microsoft.Data.SqlClient as applications use it: batches, parameters, errors, several result sets, transactions.</summary>
public sealed class SqlClientBasicsTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public void A_connection_opens_over_tls_and_says_who_it_is()
    {
        using SqlConnection connection = server.Open();
        Assert.Equal(ConnectionState.Open, connection.State);
        Assert.Equal(server.Database.Name, connection.Database);
        Assert.Equal("17.00.1000", connection.ServerVersion);
        Assert.Equal(TestServer.User, Scalar(connection, "SELECT SUSER_SNAME();"));
        Assert.Equal(TestServer.User, Scalar(connection, "SELECT USER_NAME();"));
    }

    [Fact]
    public void A_wrong_password_and_an_unknown_login_fail_alike()
    {
        string wrong = server.ConnectionString.Replace(TestServer.Password, "nonsense", StringComparison.Ordinal);
        string unknown = server.ConnectionString.Replace("User ID=" + TestServer.User, "User ID=nobody", StringComparison.Ordinal);
        SqlException first = Assert.Throws<SqlException>(() => OpenOnly(wrong));
        SqlException second = Assert.Throws<SqlException>(() => OpenOnly(unknown));
        Assert.Equal(18456, first.Number);
        Assert.Equal(18456, second.Number);
        Assert.Equal(first.State, second.State);
    }

    [Fact]
    public void An_unknown_database_refuses_the_login()
    {
        SqlException exception = Assert.Throws<SqlException>(() => OpenOnly(server.ConnectionString + "Database=elsewhere"));
        Assert.Contains(exception.Errors.Cast<SqlError>(), e => e.Number == 4060);
    }

    [Fact]
    public void Several_result_sets_come_in_order_with_messages_between()
    {
        using SqlConnection connection = server.Open();
        var messages = new List<string>();
        connection.InfoMessage += (_, e) => messages.Add(e.Message);
        using var command = new SqlCommand("SELECT 1 AS a, N'ä' AS b; PRINT 'between'; SELECT CAST(NULL AS int) AS c; SELECT 2 WHERE 1 = 0;", connection);
        using SqlDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        Assert.Equal(1, reader.GetInt32(0));
        Assert.Equal("ä", reader.GetString(1));
        Assert.Equal("b", reader.GetName(1));
        Assert.True(reader.NextResult());
        Assert.True(reader.Read());
        Assert.True(reader.IsDBNull(0));
        Assert.True(reader.NextResult());
        Assert.False(reader.Read());
        Assert.False(reader.NextResult());
        Assert.Contains("between", messages);
    }

    [Fact]
    public void Parameters_of_a_batch_go_through_sp_executesql()
    {
        using SqlConnection connection = server.Open();
        using var command = new SqlCommand("SELECT @a + @b, @text, @none;", connection);
        command.Parameters.AddWithValue("@a", 40);
        command.Parameters.AddWithValue("@b", 2L);
        command.Parameters.AddWithValue("@text", "日本語 😀");
        command.Parameters.Add("@none", SqlDbType.NVarChar, 10).Value = DBNull.Value;
        using SqlDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        Assert.Equal(42L, reader.GetValue(0));
        Assert.Equal("日本語 😀", reader.GetString(1));
        Assert.True(reader.IsDBNull(2));
    }

    [Fact]
    public void Errors_have_number_severity_state_line_and_procedure()
    {
        using SqlConnection connection = server.Open();
        Execute(connection, "CREATE OR ALTER PROCEDURE dbo.Fails AS\nBEGIN\n    PRINT 'about to';\n    THROW 50123, N'no good', 7;\nEND;");
        SqlException fromProcedure = Assert.Throws<SqlException>(() => Execute(connection, "EXECUTE dbo.Fails;"));
        Assert.Equal(50123, fromProcedure.Number);
        Assert.Equal(7, fromProcedure.State);
        Assert.Equal(16, fromProcedure.Class);
        Assert.Equal(4, fromProcedure.LineNumber);
        Assert.Equal("dbo.Fails", fromProcedure.Procedure.Contains('.', StringComparison.Ordinal) ? fromProcedure.Procedure : "dbo." + fromProcedure.Procedure);
        SqlException fromBatch = Assert.Throws<SqlException>(() => Execute(connection, "SELECT 1;\n\nSELECT 1/0;"));
        Assert.Equal(8134, fromBatch.Number);
        Assert.Equal(3, fromBatch.LineNumber);
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Fact]
    public void Procedures_give_output_parameters_return_value_and_rows()
    {
        using SqlConnection connection = server.Open();
        Execute(connection, """
            CREATE OR ALTER PROCEDURE dbo.Twice @x int, @y int OUTPUT, @text nvarchar(50) = N'default', @echo nvarchar(60) OUTPUT AS
            BEGIN
                SET @y = @x * 2;
                SET @echo = @text + N'!';
                SELECT @x AS x;
                RETURN 5;
            END;
            """);
        using var command = new SqlCommand("dbo.Twice", connection) { CommandType = CommandType.StoredProcedure };
        command.Parameters.AddWithValue("@x", 21);
        SqlParameter y = command.Parameters.Add("@y", SqlDbType.Int);
        y.Direction = ParameterDirection.Output;
        SqlParameter echo = command.Parameters.Add("@echo", SqlDbType.NVarChar, 60);
        echo.Direction = ParameterDirection.Output;
        SqlParameter status = command.Parameters.Add("@r", SqlDbType.Int);
        status.Direction = ParameterDirection.ReturnValue;
        Assert.Equal(21, command.ExecuteScalar());
        Assert.Equal(42, y.Value);
        Assert.Equal("default!", echo.Value);
        Assert.Equal(5, status.Value);
    }

    [Fact]
    public void Rows_affected_are_counted_and_selects_are_not()
    {
        using SqlConnection connection = server.Open();
        Execute(connection, "CREATE TABLE #t (i int);");
        using var command = new SqlCommand("INSERT #t VALUES (1), (2), (3); SELECT * FROM #t; UPDATE #t SET i += 1 WHERE i > 1; DELETE #t WHERE i = 1;", connection);
        Assert.Equal(6, command.ExecuteNonQuery());
    }

    [Fact]
    public void Transactions_commit_and_roll_back()
    {
        using SqlConnection connection = server.Open();
        Execute(connection, "DROP TABLE IF EXISTS dbo.tx; CREATE TABLE dbo.tx (i int);");
        using (SqlTransaction transaction = connection.BeginTransaction())
        {
            Execute(connection, "INSERT dbo.tx VALUES (1);", transaction);
            transaction.Save("here");
            Execute(connection, "INSERT dbo.tx VALUES (2);", transaction);
            transaction.Rollback("here");
            transaction.Commit();
        }

        using (SqlTransaction transaction = connection.BeginTransaction(IsolationLevel.Serializable))
        {
            Execute(connection, "INSERT dbo.tx VALUES (3);", transaction);
            transaction.Rollback();
        }

        Assert.Equal(1, Scalar(connection, "SELECT COUNT(*) FROM dbo.tx;"));
        Assert.Equal(0, Scalar(connection, "SELECT @@TRANCOUNT;"));
    }

    [Fact]
    public void A_transaction_that_T_SQL_ended_is_known_to_be_over()
    {
        using SqlConnection connection = server.Open();
        SqlTransaction transaction = connection.BeginTransaction();
        Execute(connection, "ROLLBACK;", transaction);
        Assert.Throws<InvalidOperationException>(transaction.Commit);
    }

    [Fact]
    public void A_pooled_connection_comes_back_clean()
    {
        string text = server.ConnectionString + "Max Pool Size=1;Application Name=pool";
        int session;
        using (var connection = new SqlConnection(text))
        {
            connection.Open();
            session = Convert.ToInt32(Scalar(connection, "SELECT @@SPID;"), System.Globalization.CultureInfo.InvariantCulture);
            Execute(connection, "CREATE TABLE #kept (i int); EXECUTE sp_set_session_context N'tenant', 7, @read_only = 1; SET DATEFIRST 3; BEGIN TRANSACTION;");
        }

        using (var connection = new SqlConnection(text))
        {
            connection.Open();
            Assert.Equal(session, Convert.ToInt32(Scalar(connection, "SELECT @@SPID;"), System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(DBNull.Value, Scalar(connection, "SELECT SESSION_CONTEXT(N'tenant');"));
            Assert.Equal(DBNull.Value, Scalar(connection, "SELECT OBJECT_ID(N'tempdb..#kept');"));
            Assert.Equal(0, Scalar(connection, "SELECT @@TRANCOUNT;"));
            Assert.Equal(7, Convert.ToInt32(Scalar(connection, "SELECT @@DATEFIRST;"), System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Ten_thousand_rows_arrive_whole()
    {
        using SqlConnection connection = server.Open();
        using var command = new SqlCommand("SELECT value, REPLICATE(N'x', value % 50) FROM GENERATE_SERIES(1, 10000);", connection);
        using SqlDataReader reader = command.ExecuteReader();
        int count = 0;
        while (reader.Read())
        {
            count++;
            Assert.Equal(count, reader.GetInt32(0));
            Assert.Equal(count % 50, reader.GetString(1).Length);
        }

        Assert.Equal(10_000, count);
    }

    [Fact]
    public void A_long_statement_is_cancelled_and_the_connection_goes_on()
    {
        using SqlConnection connection = server.Open();
        using var command = new SqlCommand("SELECT COUNT_BIG(*) FROM GENERATE_SERIES(1, 100000) AS a CROSS JOIN GENERATE_SERIES(1, 100000) AS b WHERE a.value % 7 = b.value % 5;", connection) { CommandTimeout = 1 };
        SqlException exception = Assert.Throws<SqlException>(() => command.ExecuteScalar());
        Assert.Equal(-2, exception.Number);
        Assert.Equal(1, Scalar(connection, "SELECT 1;"));
    }

    [Fact]
    public void A_reader_that_is_left_early_frees_the_connection()
    {
        using SqlConnection connection = server.Open();
        using (var command = new SqlCommand("SELECT value, REPLICATE('y', 200) FROM GENERATE_SERIES(1, 1000000);", connection))
        using (SqlDataReader reader = command.ExecuteReader())
        {
            Assert.True(reader.Read());
            command.Cancel();
        }

        Assert.Equal(2, Scalar(connection, "SELECT 2;"));
    }

    [Fact]
    public void Prepared_commands_run_again_and_again()
    {
        using SqlConnection connection = server.Open();
        using var command = new SqlCommand("SELECT @i * 3;", connection);
        SqlParameter parameter = command.Parameters.Add("@i", SqlDbType.Int);
        parameter.Value = 0;
        command.Prepare();
        for (int i = 0; i < 20; i++)
        {
            parameter.Value = i;
            Assert.Equal(i * 3, command.ExecuteScalar());
        }
    }

    private static void OpenOnly(string text)
    {
        using var connection = new SqlConnection(text);
        connection.Open();
    }

    private static object Scalar(SqlConnection connection, string text)
    {
        using var command = new SqlCommand(text, connection);
        return command.ExecuteScalar();
    }

    private static void Execute(SqlConnection connection, string text, SqlTransaction? transaction = null)
    {
        using var command = new SqlCommand(text, connection, transaction);
        command.ExecuteNonQuery();
    }

    [Theory]
    [InlineData("British", "British", "2024-02-01")]
    [InlineData("Klingon", "us_english", "2024-01-02")]
    public void A_login_chooses_its_language_and_keeps_it_over_a_reset(string asked, string given, string date)
    {
        using var connection = new SqlConnection(TestServer.ConnectionStringFor(server.Port, $"Current Language={asked};Max Pool Size=1;"));
        for (int i = 0; i < 2; i++)
        {
            connection.Open();
            using var command = new SqlCommand("SELECT @@LANGUAGE, CONVERT(char(10), CAST('01/02/2024' AS datetime), 23);", connection);
            using (SqlDataReader reader = command.ExecuteReader())
            {
                Assert.True(reader.Read());
                Assert.Equal((given, date), (reader.GetString(0), reader.GetString(1)));
            }

            connection.Close();
        }
    }
}
