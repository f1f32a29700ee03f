using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Tests.Functions;

/// <summary>Whatever a function or a conversion is given, it answers with a value or a numbered error.</summary>
public sealed class FunctionRobustnessTests
{
    private static readonly string[] Values =
    [
        "NULL", "0", "-1", "2147483647", "CAST(-9223372036854775808 AS bigint)", "CAST(255 AS tinyint)", "CAST(1 AS bit)", "-99999999999999999999999999999999999999", "1.5",
        "-1.5e300", "CAST(2.5 AS real)", "$12.34", "'abc'", "N'日本é'", "''", "'2024-02-29'", "'[1,2,3]'", "'{\"a\":[1,{\"b\":null}]}'", "'$.a'", "'[a'", "'cosine'",
        "CAST('x' AS char(5))", "CAST(N'y' AS nvarchar(max))", "0x", "0x0102", "CAST(0x01 AS varbinary(max))", "CAST('9999-12-31' AS date)", "CAST('13:14:15' AS time(3))",
        "CAST('1753-01-01' AS datetime)", "CAST('0001-01-01' AS datetime2(7))", "CAST('9999-12-31 23:59:59.9999999' AS datetime2(7))",
        "CAST('2024-02-29 13:00 +05:30' AS datetimeoffset(0))", "NEWID()", "CAST('[1,2,3]' AS vector(3))", "CAST('{\"a\":1}' AS json)", "CAST(5 AS sql_variant)",
    ];

    private static readonly string[] Types =
    [
        "bit", "tinyint", "int", "bigint", "decimal(10,2)", "numeric(38,38)", "smallmoney", "float", "real", "date", "time(3)", "datetime", "smalldatetime", "datetime2(0)",
        "datetimeoffset(3)", "char(3)", "varchar(10)", "nvarchar(max)", "binary(3)", "varbinary(5)", "uniqueidentifier", "sql_variant", "xml", "json", "vector(3)",
    ];

    private static readonly string[] DateParts = ["year", "week", "weekday", "minute", "nanosecond", "tzoffset", "iso_week", "bogus"];

    [Fact]
    public void FunctionsAnswerOrRaise()
    {
        var random = new Random(20);
        using Database database = Database.CreateInMemory();
        using EngineSession session = database.OpenSession();
        foreach (BuiltinFunction function in BuiltinFunctions.All.Where(f => !f.IsNiladic && f.Name != "JSON_OBJECT"))
        {
            for (int i = 0; i < 5; i++)
            {
                int count = function.MinArguments + random.Next(Math.Min(function.MaxArguments - function.MinArguments, 3) + 1);
                IEnumerable<string> arguments = Enumerable.Range(0, count).Select(k => Pick(function.KeywordArguments.Contains(k) ? DateParts : Values, random));
                Run(session, $"SELECT {function.Name}({string.Join(", ", arguments)})");
            }
        }
    }

    [Fact]
    public void ConversionsAnswerOrRaise()
    {
        var random = new Random(21);
        using Database database = Database.CreateInMemory();
        using EngineSession session = database.OpenSession();
        foreach (string value in Values)
        {
            string[] columns = [.. Enumerable.Range(0, 8).Select(_ => Pick(Types, random))];
            foreach (string type in columns)
            {
                Run(session, $"SELECT TRY_CAST({value} AS {type})");
            }
        }
    }

    private static string Pick(string[] from, Random random) => from[random.Next(from.Length)];

    private static void Run(EngineSession session, string sql)
    {
        try
        {
            session.Execute(sql, [], new Shapes());
        }
        catch (Exception e) when (e is not SqlErrorException)
        {
            Assert.Fail($"{sql} raised {e}");
        }
    }

    /// <summary>Formats every value, which fails when a value is not of its column's type.</summary>
    private sealed class Shapes : IResultSink
    {
        private IReadOnlyList<ResultColumn> _columns = [];

        public void Columns(IReadOnlyList<ResultColumn> columns) => _columns = columns;

        public void Row(ReadOnlySpan<SqlValue> values)
        {
            for (int i = 0; i < values.Length; i++)
            {
                SqlFormat.ToText(values[i], _columns[i].Type);
                if (!values[i].IsNull && _columns[i].Type.IsDecimal)
                {
                    Assert.Equal(_columns[i].Type.Scale, values[i].AsDecimal.Scale);
                }
            }
        }

        public void EndRows()
        {
        }

        public void Done(long? rowCount)
        {
        }

        public void Message(SqlError message, bool flush)
        {
        }

        public void Error(SqlError error)
        {
        }
    }
}
