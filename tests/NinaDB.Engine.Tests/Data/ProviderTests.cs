using System.Data;
using System.Data.Common;
using System.Data.SqlTypes;
using NinaDB.Engine.Data;
using NinaDB.Engine.Tests.Storage;

namespace NinaDB.Engine.Tests.Data;

public sealed class ProviderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NinaConnection _connection;

    public ProviderTests()
    {
        _connection = new NinaConnection($"Data Source={_folder.Path};Pooling=False");
        _connection.Open();
    }

    public void Dispose()
    {
        _connection.Dispose();
        _folder.Dispose();
    }

    private NinaCommand Command(string text, params (string Name, object? Value)[] parameters)
    {
        NinaCommand command = _connection.CreateCommand();
        command.CommandText = text;
        foreach ((string name, object? value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    private int Run(string text, params (string Name, object? Value)[] parameters) => Command(text, parameters).ExecuteNonQuery();

    private object? Scalar(string text, params (string Name, object? Value)[] parameters) => Command(text, parameters).ExecuteScalar();

    [Fact]
    public void Rows_are_inserted_counted_and_read()
    {
        Assert.Equal(-1, Run("CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, Name nvarchar(50) NULL)"));
        Assert.Equal(3, Run("INSERT dbo.T VALUES (1, N'one'), (2, N'two'); INSERT dbo.T VALUES (3, NULL)"));
        using NinaDataReader reader = Command("SELECT Id, Name FROM dbo.T ORDER BY Id").ExecuteReader();
        Assert.True(reader.HasRows);
        Assert.True(reader.Read());
        Assert.Equal(1, reader.GetInt32(0));
        Assert.Equal("one", reader["name"]);
        Assert.True(reader.Read());
        Assert.Equal(2, reader.GetFieldValue<int>(reader.GetOrdinal("ID")));
        Assert.True(reader.Read());
        Assert.True(reader.IsDBNull(1));
        Assert.Equal(DBNull.Value, reader.GetValue(1));
        Assert.Throws<SqlNullValueException>(() => reader.GetString(1));
        Assert.Null(reader.GetFieldValue<int?>(0) == 3 ? null : "x");
        Assert.False(reader.Read());
        Assert.False(reader.NextResult());
        Assert.Equal(-1, reader.RecordsAffected);
    }

    [Fact]
    public void Every_type_has_its_clr_type()
    {
        using NinaDataReader reader = Command("""
            SELECT CAST(1 AS bit), CAST(2 AS tinyint), CAST(3 AS smallint), 4, CAST(5 AS bigint), CAST(6.25 AS decimal(10, 2)), CAST(7.5 AS money), CAST(8.5 AS real), CAST(9.5 AS float),
                CAST('2024-02-03' AS date), CAST('04:05:06.789' AS time(3)), CAST('2024-02-03 04:05:06.007' AS datetime), CAST('2024-02-03 04:05:06.1234567' AS datetime2(7)),
                CAST('2024-02-03 04:05:06 +02:00' AS datetimeoffset(0)), N'text', 'ansi', 0x0102, CAST('6F9619FF-8B86-D011-B42D-00C04FC964FF' AS uniqueidentifier),
                CAST(N'[1, 2.5]' AS vector(2)), CAST(12 AS sql_variant), CAST(N'{"a":1}' AS json)
            """).ExecuteReader();
        Assert.True(reader.Read());
        object[] expected =
        [
            true, (byte)2, (short)3, 4, 5L, 6.25m, 7.5m, 8.5f, 9.5, new DateTime(2024, 2, 3), new TimeSpan(0, 4, 5, 6, 789), new DateTime(2024, 2, 3, 4, 5, 6, 7),
            new DateTime(2024, 2, 3, 4, 5, 6).AddTicks(1_234_567), new DateTimeOffset(2024, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)), "text", "ansi", new byte[] { 1, 2 },
            Guid.Parse("6F9619FF-8B86-D011-B42D-00C04FC964FF"), new[] { 1f, 2.5f }, 12, """{"a":1}""",
        ];
        var values = new object[expected.Length];
        Assert.Equal(expected.Length, reader.GetValues(values));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], values[i]);
            Assert.True(reader.GetFieldType(i) == expected[i].GetType() || reader.GetFieldType(i) == typeof(object), $"column {i}");
        }

        Assert.Equal(new DateOnly(2024, 2, 3), reader.GetFieldValue<DateOnly>(9));
        Assert.Equal(new TimeOnly(4, 5, 6, 789), reader.GetFieldValue<TimeOnly>(10));
        Assert.Equal(new SqlDecimal(6.25m), reader.GetFieldValue<SqlDecimal>(5));
        Assert.Equal(2.5f, reader.GetFieldValue<float[]>(18)[1]);
        Assert.Throws<InvalidCastException>(() => reader.GetInt32(14));
    }

    [Fact]
    public void Parameters_go_in_with_their_types_and_come_out()
    {
        Assert.Equal(7, Scalar("SELECT @a + @b", ("@a", 3), ("b", 4)));
        Assert.Equal("x", Scalar("SELECT @s", ("@s", "x")));
        Assert.Equal(DBNull.Value, Scalar("SELECT @n", ("@n", DBNull.Value)));
        Assert.Equal(1.25m, Scalar("SELECT @d", ("@d", 1.25m)));
        Assert.Equal(new DateTime(2024, 1, 2, 3, 4, 5), Scalar("SELECT @t", ("@t", new DateTime(2024, 1, 2, 3, 4, 5))));
        Assert.Equal(new[] { 1f, 2f }, Scalar("SELECT @v", ("@v", new[] { 1f, 2f })));
        NinaCommand command = Command("SET @out = @in * 2; SET @text = N'done'", ("@in", 21));
        NinaParameter number = command.Parameters.Add(new NinaParameter("@out", SqlDbType.Int) { Direction = ParameterDirection.Output });
        NinaParameter text = command.Parameters.Add(new NinaParameter("@text", SqlDbType.NVarChar, 20) { Direction = ParameterDirection.InputOutput, Value = "x" });
        command.ExecuteNonQuery();
        Assert.Equal(42, number.Value);
        Assert.Equal("done", text.Value);
    }

    [Fact]
    public void Procedures_return_sets_output_and_a_code()
    {
        Run("CREATE PROCEDURE dbo.P @a int, @b int = 5, @sum int OUTPUT AS BEGIN SET @sum = @a + @b; SELECT @a AS a; SELECT @b AS b; RETURN 7; END");
        NinaCommand command = Command("dbo.P", ("@a", 1), ("@b", null));
        command.CommandType = CommandType.StoredProcedure;
        NinaParameter sum = command.Parameters.Add(new NinaParameter("@sum", SqlDbType.Int) { Direction = ParameterDirection.Output });
        NinaParameter code = command.Parameters.Add(new NinaParameter("@rc", SqlDbType.Int) { Direction = ParameterDirection.ReturnValue });
        using (NinaDataReader reader = command.ExecuteReader())
        {
            Assert.True(reader.Read());
            Assert.Equal(1, reader.GetInt32(0));
            Assert.True(reader.NextResult());
            Assert.Equal("b", reader.GetName(0));
            Assert.True(reader.Read());
            Assert.Equal(5, reader.GetInt32(0));
        }

        Assert.Equal(6, sum.Value);
        Assert.Equal(7, code.Value);
    }

    [Fact]
    public void Table_valued_parameters_take_rows()
    {
        Run("CREATE TYPE dbo.Pair AS TABLE (Id int NOT NULL, Name nvarchar(20))");
        NinaCommand command = Command("SELECT COUNT(*) AS n, MAX(Name) AS m FROM @rows");
        command.Parameters.Add(new NinaParameter("@rows", SqlDbType.Structured) { TypeName = "dbo.Pair", Value = new object?[][] { [1, "a"], [2L, "b"], [3, null] } });
        using NinaDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        Assert.Equal(3, reader.GetInt32(0));
        Assert.Equal("b", reader.GetString(1));
    }

    [Fact]
    public void Errors_carry_number_class_state_line_and_procedure()
    {
        NinaException error = Assert.Throws<NinaException>(() => Run("\nRAISERROR(N'own', 12, 3);\nSELECT * FROM dbo.Missing"));
        Assert.Equal(2, error.Errors.Count);
        Assert.Equal((50000, (byte)12, (byte)3, 2), (error.Number, error.Class, error.State, error.LineNumber));
        Assert.Equal(208, error.Errors[1].Number);
        Run("CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY); INSERT dbo.T VALUES (1)");
        error = Assert.Throws<NinaException>(() => Run("INSERT dbo.T VALUES (1)"));
        Assert.Equal(2627, error.Number);
        Assert.Equal(102, Assert.Throws<NinaException>(() => Run("SELEC 1 1")).Number);
        Assert.Equal(1, Scalar("SELECT COUNT(*) FROM dbo.T"));
    }

    [Fact]
    public void A_reader_throws_where_the_error_is_and_goes_on_behind_it()
    {
        using NinaDataReader reader = Command("SELECT 1 AS a; RAISERROR(N'x', 16, 1); SELECT 2 AS b").ExecuteReader();
        Assert.True(reader.Read());
        Assert.Throws<NinaException>(() => reader.NextResult());
        Assert.True(reader.NextResult());
        Assert.Equal("b", reader.GetName(0));
        Assert.True(reader.Read());
        Assert.Equal(2, reader.GetInt32(0));
    }

    [Fact]
    public void Messages_arrive_in_order()
    {
        var messages = new List<string>();
        _connection.InfoMessage += (_, e) => messages.Add(e.Message + (e.Flush ? "!" : ""));
        using (NinaDataReader reader = Command("PRINT N'one'; SELECT 1; RAISERROR(N'two', 0, 1) WITH NOWAIT").ExecuteReader())
        {
            Assert.Equal(["one"], messages);
        }

        Assert.Equal(["one", "two!"], messages);
    }

    [Fact]
    public void Transactions_commit_roll_back_and_save()
    {
        Run("CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY)");
        using (NinaTransaction transaction = _connection.BeginTransaction())
        {
            Run("INSERT dbo.T VALUES (1)");
            transaction.Save("here");
            Run("INSERT dbo.T VALUES (2)");
            transaction.Rollback("here");
            transaction.Commit();
            Assert.Throws<InvalidOperationException>(transaction.Commit);
        }

        Run("ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON");
        using (_connection.BeginTransaction(IsolationLevel.Snapshot))
        {
            Run("INSERT dbo.T VALUES (3)");
        }

        Assert.Equal(1, Scalar("SELECT COUNT(*) FROM dbo.T"));
    }

    [Fact]
    public void A_command_can_be_cancelled_and_times_out()
    {
        const string endless = "DECLARE @i int = 0; WHILE 1 = 1 SET @i = @i + 1 - 1";
        NinaCommand command = Command(endless);
        command.CommandTimeout = 1;
        Assert.Equal(-2, Assert.Throws<NinaException>(() => command.ExecuteNonQuery()).Number);
        command = Command(endless);
        using var timer = new Timer(_ => command.Cancel(), null, 100, Timeout.Infinite);
        Assert.Equal("Operation cancelled by user.", Assert.Throws<NinaException>(() => command.ExecuteNonQuery()).Message);
        Assert.Equal(1, Scalar("SELECT 1"));
    }

    [Fact]
    public void Large_objects_are_streamed()
    {
        byte[] content = new byte[3_000_000];
        new Random(1).NextBytes(content);
        Run("CREATE TABLE dbo.T (Id uniqueidentifier ROWGUIDCOL NOT NULL UNIQUE, Plain varbinary(max), Stored varbinary(max) FILESTREAM)");
        Assert.Equal(1, Run("INSERT dbo.T VALUES (@id, @p, @s)", ("@id", Guid.NewGuid()), ("@p", content), ("@s", new MemoryStream(content))));
        Stream stored;
        using (NinaDataReader reader = Command("SELECT Plain, Stored FROM dbo.T").ExecuteReader())
        {
            Assert.True(reader.Read());
            using Stream plain = reader.GetStream(0);
            Assert.Equal(content.Length, plain.Length);
            plain.Position = 2_000_000;
            byte[] part = new byte[1000];
            plain.ReadExactly(part);
            Assert.Equal(content.AsSpan(2_000_000, 1000).ToArray(), part);
            Assert.Equal(1000, reader.GetBytes(0, 5, part, 0, 1000));
            Assert.Equal(content.AsSpan(5, 1000).ToArray(), part);
            stored = reader.GetStream(1);
        }

        using var copy = new MemoryStream();
        stored.CopyTo(copy);
        Assert.Equal(content, copy.ToArray());
    }

    [Fact]
    public void Large_objects_outlive_the_row_they_came_from()
    {
        byte[] content = new byte[200_000];
        new Random(2).NextBytes(content);
        Run("CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, Plain varbinary(max))");
        Run("INSERT dbo.T VALUES (1, @p), (2, @p)", ("@p", content));
        Assert.Equal(content, Scalar("DECLARE @x varbinary(max) = (SELECT Plain FROM dbo.T WHERE Id = 1); UPDATE dbo.T SET Plain = 0x01 WHERE Id = 1; SELECT @x"));
        Assert.Equal(content, Scalar("DELETE dbo.T OUTPUT deleted.Plain WHERE Id = 2"));
        Run("INSERT dbo.T VALUES (3, @p)", ("@p", content));
        Run("CREATE TABLE dbo.Log (Plain varbinary(max)); DELETE dbo.T OUTPUT deleted.Plain INTO dbo.Log WHERE Id = 3");
        Assert.Equal(content, Scalar("SELECT Plain FROM dbo.Log"));
        Assert.Equal((long)content.Length, Scalar("SELECT DATALENGTH(Plain) FROM dbo.Log"));
    }

    [Fact]
    public void Connections_of_a_process_share_a_database()
    {
        using var other = new NinaConnection(_connection.ConnectionString);
        other.Open();
        Run("CREATE TABLE dbo.T (Id int NOT NULL)");
        using NinaCommand command = other.CreateCommand();
        command.CommandText = "INSERT dbo.T VALUES (1)";
        command.ExecuteNonQuery();
        Assert.Equal(1, Scalar("SELECT COUNT(*) FROM dbo.T"));
        Assert.Equal(ConnectionState.Open, other.State);
        other.Close();
        Assert.Equal(ConnectionState.Closed, other.State);
        Assert.Throws<InvalidOperationException>(() => command.ExecuteNonQuery());
    }

    [Fact]
    public void Only_one_reader_at_a_time_uses_a_connection()
    {
        using NinaDataReader reader = Command("SELECT 1").ExecuteReader();
        Assert.Throws<InvalidOperationException>(() => Scalar("SELECT 2"));
    }

    [Fact]
    public void Data_tables_and_schemas_describe_results()
    {
        Run("CREATE TABLE dbo.T (Id int IDENTITY PRIMARY KEY, Name nvarchar(30) NOT NULL, Price decimal(9, 2))");
        Run("INSERT dbo.T VALUES (N'a', 1.5), (N'b', NULL)");
        using (NinaDataReader reader = Command("SELECT Id, Name, Price FROM dbo.T").ExecuteReader())
        {
            DataTable schema = reader.GetSchemaTable()!;
            Assert.Equal(["Id", "Name", "Price"], schema.Rows.Cast<DataRow>().Select(r => (string)r["ColumnName"]));
            Assert.Equal(30, schema.Rows[1]["ColumnSize"]);
            Assert.Equal((short)9, schema.Rows[2]["NumericPrecision"]);
            Assert.False(reader.GetColumnSchema()[1].AllowDBNull);
            Assert.Equal("decimal", reader.GetDataTypeName(2));
        }

        var table = new DataTable();
        using DbDataAdapter adapter = NinaProviderFactory.Instance.CreateDataAdapter()!;
        adapter.SelectCommand = Command("SELECT Id, Name, Price FROM dbo.T");
        Assert.Equal(2, adapter.Fill(table));
        Assert.Equal(1.5m, table.Rows[0]["Price"]);
        DataTable tables = _connection.GetSchema("Tables", [null, "dbo", "T"]);
        Assert.Single(tables.Rows);
    }

    [Fact]
    public void Connection_strings_accept_the_words_of_sqlclient_and_refuse_others()
    {
        var builder = new NinaConnectionStringBuilder("Server=/tmp/x;Initial Catalog=y;Encrypt=True;default command timeout=5");
        Assert.Equal("/tmp/x", builder.DataSource);
        Assert.Equal(5, builder.CommandTimeout);
        Assert.True(builder.Pooling);
        Assert.Throws<ArgumentException>(() => new NinaConnectionStringBuilder("Nonsense=1"));
        Assert.Throws<ArgumentException>(() => new NinaConnectionStringBuilder("Mode=Sometimes").Mode);
        using var missing = new NinaConnection("Mode=Open;Data Source=/tmp/ninadb-there-is-none");
        Assert.Equal(5120, Assert.Throws<NinaException>(missing.Open).Number);
    }
}
