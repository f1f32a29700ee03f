using System.Data;
using System.Data.SqlTypes;
using Microsoft.Data.SqlClient;

namespace NinaDB.Tds.Tests;

/// <summary>Every type there and back: as a column, as a parameter, as an output parameter, as NULL, in a sql_variant.</summary>
public sealed class TypeTests(TestServer server) : IClassFixture<TestServer>
{
    public static TheoryData<string, string, object> Values => new()
    {
        { "bit", "1", true },
        { "tinyint", "255", (byte)255 },
        { "smallint", "-32768", (short)-32768 },
        { "int", "-2147483648", int.MinValue },
        { "bigint", "9223372036854775807", long.MaxValue },
        { "decimal(5,2)", "-123.45", -123.45m },
        { "decimal(18,4)", "12345678901234.5678", 12345678901234.5678m },
        { "numeric(28,0)", "7922816251426433759354395033", 7922816251426433759354395033m },
        { "money", "-922337203685477.5808", -922337203685477.5808m },
        { "smallmoney", "214748.3647", 214748.3647m },
        { "real", "1.5", 1.5f },
        { "float", "-1.7976931348623157E+308", double.MinValue },
        { "date", "'0001-01-01'", new DateTime(1, 1, 1) },
        { "time(0)", "'23:59:59'", new TimeSpan(23, 59, 59) },
        { "time(7)", "'12:34:56.1234567'", new TimeSpan(0, 12, 34, 56).Add(TimeSpan.FromTicks(1234567)) },
        { "smalldatetime", "'2079-06-06 23:59'", new DateTime(2079, 6, 6, 23, 59, 0) },
        { "datetime", "'1753-01-01 00:00:00.003'", new DateTime(1753, 1, 1).AddMilliseconds(3) },
        { "datetime2(3)", "'9999-12-31 23:59:59.999'", new DateTime(9999, 12, 31, 23, 59, 59, 999) },
        { "datetime2(7)", "'2026-11-22 01:02:03.7654321'", new DateTime(2026, 11, 22, 1, 2, 3).AddTicks(7654321) },
        { "datetimeoffset(7)", "'2026-11-22 01:02:03.0000001 +05:30'", new DateTimeOffset(2026, 11, 22, 1, 2, 3, new TimeSpan(5, 30, 0)).AddTicks(1) },
        { "uniqueidentifier", "'6F9619FF-8B86-D011-B42D-00C04FC964FF'", Guid.Parse("6F9619FF-8B86-D011-B42D-00C04FC964FF") },
        { "char(5)", "'ab'", "ab   " },
        { "varchar(20)", "'Grüße €'", "Grüße €" },
        { "nchar(4)", "N'日本'", "日本  " },
        { "nvarchar(20)", "N'naïve 😀'", "naïve 😀" },
        { "varchar(max)", "REPLICATE(CAST('x' AS varchar(max)), 20000)", new string('x', 20000) },
        { "nvarchar(max)", "REPLICATE(CAST(N'ä' AS nvarchar(max)), 12000)", new string('ä', 12000) },
        { "nvarchar(max)", "N''", "" },
        { "varbinary(max)", "0x", Array.Empty<byte>() },
        { "binary(4)", "0x0102", new byte[] { 1, 2, 0, 0 } },
        { "varbinary(10)", "0xDEADBEEF", new byte[] { 0xDE, 0xAD, 0xBE, 0xEF } },
        { "varchar(10) COLLATE Latin1_General_100_CI_AS_SC_UTF8", "N'żółw'", "żółw" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_column_arrives_as_it_was_stored(string type, string literal, object expected)
    {
        using SqlConnection connection = server.Open();
        string bare = type.Split(" COLLATE ")[0];
        Execute(connection, $"DROP TABLE IF EXISTS #v; CREATE TABLE #v (a {type} NOT NULL, b {type} NULL, c {type} NULL); INSERT #v VALUES ({literal}, {literal}, NULL);");
        using var command = new SqlCommand($"SELECT a, b, c FROM #v; SELECT CAST({literal} AS {bare}) AS alone;", connection);
        using SqlDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        Same(expected, reader.GetValue(0));
        Same(expected, reader.GetValue(1));
        Assert.True(reader.IsDBNull(2));
    }

    public static TheoryData<SqlDbType, object, int> Parameters => new()
    {
        { SqlDbType.Bit, true, 0 },
        { SqlDbType.TinyInt, (byte)7, 0 },
        { SqlDbType.SmallInt, (short)-7, 0 },
        { SqlDbType.Int, 7, 0 },
        { SqlDbType.BigInt, -7L, 0 },
        { SqlDbType.Decimal, 123456789.123456789m, 0 },
        { SqlDbType.Money, 1.2345m, 0 },
        { SqlDbType.SmallMoney, -1.5m, 0 },
        { SqlDbType.Real, 1.25f, 0 },
        { SqlDbType.Float, 1e-300, 0 },
        { SqlDbType.Date, new DateTime(2026, 11, 22), 0 },
        { SqlDbType.Time, new TimeSpan(0, 1, 2, 3, 4), 0 },
        { SqlDbType.DateTime, new DateTime(2026, 11, 22, 10, 11, 12), 0 },
        { SqlDbType.DateTime2, new DateTime(2026, 11, 22, 10, 11, 12).AddTicks(7), 0 },
        { SqlDbType.SmallDateTime, new DateTime(2026, 11, 22, 10, 11, 0), 0 },
        { SqlDbType.DateTimeOffset, new DateTimeOffset(2026, 11, 22, 10, 11, 12, TimeSpan.FromHours(-7)), 0 },
        { SqlDbType.UniqueIdentifier, Guid.Parse("6F9619FF-8B86-D011-B42D-00C04FC964FF"), 0 },
        { SqlDbType.VarChar, "straße", 50 },
        { SqlDbType.NVarChar, "日本語", 50 },
        { SqlDbType.NVarChar, new string('é', 9000), -1 },
        { SqlDbType.Text, "old text", -1 },
        { SqlDbType.NText, "old ntext ü", -1 },
        { SqlDbType.VarBinary, new byte[] { 1, 2, 3 }, 10 },
        { SqlDbType.VarBinary, new byte[100_000], -1 },
        { SqlDbType.Variant, 42, 0 },
        { SqlDbType.Variant, "in a variant", 0 },
    };

    [Theory]
    [MemberData(nameof(Parameters))]
    public void A_parameter_comes_back_as_it_was_sent(SqlDbType type, object value, int size)
    {
        using SqlConnection connection = server.Open();
        using var command = new SqlCommand("SELECT @p;", connection);
        SqlParameter parameter = command.Parameters.Add("@p", type, size);
        parameter.Value = value;
        if (type == SqlDbType.Decimal)
        {
            parameter.Precision = 28;
            parameter.Scale = 9;
        }

        Same(value, command.ExecuteScalar());
        parameter.Value = DBNull.Value;
        Assert.Equal(DBNull.Value, command.ExecuteScalar());
    }

    [Theory]
    [InlineData(SqlDbType.Int, 0, "42", 42)]
    [InlineData(SqlDbType.NVarChar, -1, "REPLICATE(CAST(N'ö' AS nvarchar(max)), 5000)", null)]
    [InlineData(SqlDbType.VarBinary, 20, "0x0102", null)]
    [InlineData(SqlDbType.Bit, 0, "0", false)]
    [InlineData(SqlDbType.Float, 0, "2.5", 2.5)]
    [InlineData(SqlDbType.NVarChar, 10, "NULL", null)]
    public void Output_parameters_of_a_batch_come_back(SqlDbType type, int size, string expression, object? expected)
    {
        using SqlConnection connection = server.Open();
        using var command = new SqlCommand($"SET @o = {expression};", connection);
        SqlParameter parameter = command.Parameters.Add("@o", type, size);
        parameter.Direction = ParameterDirection.Output;
        command.ExecuteNonQuery();
        switch (expression)
        {
            case "NULL":
                Assert.Equal(DBNull.Value, parameter.Value);
                break;
            case "0x0102":
                Assert.Equal(new byte[] { 1, 2 }, parameter.Value);
                break;
            case var _ when expected is null:
                Assert.Equal(new string('ö', 5000), parameter.Value);
                break;
            default:
                Assert.Equal(expected, parameter.Value);
                break;
        }
    }

    [Fact]
    public void Variants_keep_their_base_types()
    {
        using SqlConnection connection = server.Open();
        using var command = new SqlCommand(
            """
            SELECT CAST(CAST(1 AS bit) AS sql_variant), CAST(CAST(2 AS tinyint) AS sql_variant), CAST(3 AS sql_variant), CAST(CAST(4 AS bigint) AS sql_variant), CAST(1.25 AS sql_variant),
                CAST(CAST(2.5 AS float) AS sql_variant), CAST(CAST('2026-11-22' AS date) AS sql_variant), CAST(CAST('2026-11-22 01:02:03' AS datetime) AS sql_variant),
                CAST(CAST('2026-11-22 01:02:03.5' AS datetime2(3)) AS sql_variant), CAST(N'ü' AS sql_variant), CAST('v' AS sql_variant), CAST(0x0102 AS sql_variant),
                CAST(CAST('6F9619FF-8B86-D011-B42D-00C04FC964FF' AS uniqueidentifier) AS sql_variant), CAST(CAST(9.99 AS money) AS sql_variant), CAST(NULL AS sql_variant);
            """,
            connection);
        using SqlDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        object[] expected =
        [
            true, (byte)2, 3, 4L, 1.25m, 2.5, new DateTime(2026, 11, 22), new DateTime(2026, 11, 22, 1, 2, 3), new DateTime(2026, 11, 22, 1, 2, 3, 500), "ü", "v", new byte[] { 1, 2 },
            Guid.Parse("6F9619FF-8B86-D011-B42D-00C04FC964FF"), 9.99m, DBNull.Value,
        ];
        for (int i = 0; i < expected.Length; i++)
        {
            Same(expected[i], reader.GetValue(i));
        }
    }

    [Fact]
    public void Xml_json_vectors_and_old_large_types_are_readable()
    {
        using SqlConnection connection = server.Open();
        using var command = new SqlCommand(
            """
            SELECT CAST('<a x="ü"/>' AS xml), CAST('{"k":[1,2]}' AS json), CAST('[1, 2.5, -3]' AS vector(3)), CAST('t' AS text), CAST(N'ñ' AS ntext), CAST(0x01 AS image),
                CAST(NULL AS xml), CAST(NULL AS text);
            """,
            connection);
        using SqlDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        Assert.Equal("<a x=\"ü\" />", reader.GetSqlXml(0).Value);
        Assert.Contains("\"k\"", reader.GetString(1), StringComparison.Ordinal);
        Assert.StartsWith("[1", reader.GetString(2), StringComparison.Ordinal);
        Assert.Equal("t", reader.GetString(3));
        Assert.Equal("ñ", reader.GetString(4));
        Assert.Equal(new byte[] { 1 }, (byte[])reader.GetValue(5));
        Assert.True(reader.IsDBNull(6));
        Assert.True(reader.IsDBNull(7));
    }

    [Fact]
    public void A_decimal_of_38_digits_survives()
    {
        using SqlConnection connection = server.Open();
        SqlDecimal value = SqlDecimal.Parse("-99999999999999999999999999999999999999");
        using var command = new SqlCommand("SELECT @d, CAST(@d AS decimal(38,0));", connection);
        command.Parameters.Add(new SqlParameter("@d", value));
        using SqlDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        Assert.Equal(value, reader.GetSqlDecimal(0));
        Assert.Equal(value, reader.GetSqlDecimal(1));
    }

    [Fact]
    public void A_large_value_streams_in_sequential_access()
    {
        using SqlConnection connection = server.Open();
        using var command = new SqlCommand("SELECT CAST(REPLICATE(CAST(0x0123456789ABCDEF AS varbinary(max)), 500000) AS varbinary(max));", connection);
        using SqlDataReader reader = command.ExecuteReader(CommandBehavior.SequentialAccess);
        Assert.True(reader.Read());
        using Stream stream = reader.GetStream(0);
        var buffer = new byte[64 * 1024];
        long total = 0;
        for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
        {
            total += read;
        }

        Assert.Equal(4_000_000, total);
    }

    [Fact]
    public void A_table_valued_parameter_brings_its_rows()
    {
        using SqlConnection connection = server.Open();
        Execute(connection, "CREATE TYPE dbo.Pairs AS TABLE (id int NOT NULL PRIMARY KEY, name nvarchar(20) NULL);");
        Execute(connection, "CREATE PROCEDURE dbo.SumPairs @p dbo.Pairs READONLY AS SELECT SUM(id), MAX(name), COUNT(name) FROM @p;");
        using var table = new DataTable();
        table.Columns.Add("id", typeof(int));
        table.Columns.Add("name", typeof(string));
        for (int i = 1; i <= 1000; i++)
        {
            table.Rows.Add(i, i % 2 == 0 ? "n" + i : DBNull.Value);
        }

        using var command = new SqlCommand("dbo.SumPairs", connection) { CommandType = CommandType.StoredProcedure };
        SqlParameter parameter = command.Parameters.AddWithValue("@p", table);
        parameter.SqlDbType = SqlDbType.Structured;
        parameter.TypeName = "dbo.Pairs";
        using (SqlDataReader reader = command.ExecuteReader())
        {
            Assert.True(reader.Read());
            Assert.Equal(500500, reader.GetInt32(0));
            Assert.Equal("n998", reader.GetString(1));
            Assert.Equal(500, reader.GetInt32(2));
        }

        using var batch = new SqlCommand("SELECT COUNT(*) FROM @rows WHERE id > 10;", connection);
        SqlParameter rows = batch.Parameters.AddWithValue("@rows", table);
        rows.SqlDbType = SqlDbType.Structured;
        rows.TypeName = "Pairs";
        Assert.Equal(990, batch.ExecuteScalar());
    }

    private static void Same(object expected, object actual)
    {
        if (expected is byte[] bytes)
        {
            Assert.Equal(bytes, Assert.IsType<byte[]>(actual));
            return;
        }

        Assert.Equal(expected, actual);
    }

    private static void Execute(SqlConnection connection, string text)
    {
        using var command = new SqlCommand(text, connection);
        command.ExecuteNonQuery();
    }
}
