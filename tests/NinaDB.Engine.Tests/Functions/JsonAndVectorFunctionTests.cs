using NinaDB.Engine.Tests.Expressions;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Json;

namespace NinaDB.Engine.Tests.Functions;

/// <summary>https://learn.microsoft.com/sql/t-sql/functions/json-functions-transact-sql, vector-functions-transact-sql, hashbytes-transact-sql.</summary>
public sealed class JsonAndVectorFunctionTests
{
    [Theory]
    [InlineData("ISJSON('{\"a\":1}')", "1 : int")]
    [InlineData("ISJSON('12')", "0 : int")]
    [InlineData("ISJSON('\"x\"', SCALAR)", "1 : int")]
    [InlineData("ISJSON('{\"a\":1}', ARRAY)", "0 : int")]
    [InlineData("ISJSON('{a:1}')", "0 : int")]
    [InlineData("ISJSON(NULL)", "NULL : int")]
    [InlineData("JSON_VALUE('{\"info\":{\"address\":[{\"town\":\"Paris\"},{\"town\":\"London\"}]}}', '$.info.address[1].town')", "London : nvarchar(4000)")]
    [InlineData("JSON_VALUE('{\"a\":1.50}', '$.a')", "1.50 : nvarchar(4000)")]
    [InlineData("JSON_VALUE('{\"a\":true}', '$.a')", "true : nvarchar(4000)")]
    [InlineData("JSON_VALUE('{\"a\":null}', '$.a')", "NULL : nvarchar(4000)")]
    [InlineData("JSON_VALUE('{\"a\":[1]}', '$.a')", "NULL : nvarchar(4000)")]
    [InlineData("JSON_VALUE('{\"a b\":\"x\\ny\"}', '$.\"a b\"')", "x\ny : nvarchar(4000)")]
    [InlineData("JSON_VALUE('{\"a\":1}', '$.A')", "NULL : nvarchar(4000)")]
    [InlineData("JSON_QUERY('{\"a\": [1, 2]}', '$.a')", "[1, 2] : nvarchar(4000)")]
    [InlineData("JSON_QUERY('{\"a\": 1}', '$.a')", "NULL : nvarchar(4000)")]
    [InlineData("JSON_QUERY('{\"a\":[{\"b\":1},{\"b\":2}]}', '$.a[*].b' WITH ARRAY WRAPPER)", "[1,2] : nvarchar(4000)")]
    [InlineData("JSON_MODIFY('{\"name\":\"John\",\"skills\":[\"C#\",\"SQL\"]}', '$.name', 'Mike')", "{\"name\":\"Mike\",\"skills\":[\"C#\",\"SQL\"]} : nvarchar(max)")]
    [InlineData("JSON_MODIFY('{\"name\":\"John\"}', '$.surname', 'Smith')", "{\"name\":\"John\",\"surname\":\"Smith\"} : nvarchar(max)")]
    [InlineData("JSON_MODIFY('{\"name\":\"John\",\"a\":1}', '$.name', NULL)", "{\"a\":1} : nvarchar(max)")]
    [InlineData("JSON_MODIFY('{\"a\":1,\"name\":\"John\"}', '$.name', NULL)", "{\"a\":1} : nvarchar(max)")]
    [InlineData("JSON_MODIFY('{\"skills\":[\"C#\"]}', 'append $.skills', 'Azure')", "{\"skills\":[\"C#\",\"Azure\"]} : nvarchar(max)")]
    [InlineData("JSON_MODIFY('{\"n\":1}', '$.n', 42)", "{\"n\":42} : nvarchar(max)")]
    [InlineData("JSON_MODIFY('{\"n\":1}', '$.n', JSON_QUERY('[1,2]'))", "{\"n\":[1,2]} : nvarchar(max)")]
    [InlineData("JSON_MODIFY('{\"n\":1}', '$.n', '[1,2]')", "{\"n\":\"[1,2]\"} : nvarchar(max)")]
    [InlineData("JSON_MODIFY('{}', '$.a', CAST(1 AS bit))", "{\"a\":true} : nvarchar(max)")]
    [InlineData("JSON_PATH_EXISTS('{\"a\":{\"b\":1}}', '$.a.b')", "1 : int")]
    [InlineData("JSON_PATH_EXISTS('{\"a\":{\"b\":1}}', '$.a.c')", "0 : int")]
    [InlineData("JSON_OBJECT('name':'value', 'type':1, 'x':NULL)", "{\"name\":\"value\",\"type\":1,\"x\":null} : nvarchar(max)")]
    [InlineData("JSON_OBJECT('a':NULL ABSENT ON NULL)", "{} : nvarchar(max)")]
    [InlineData("JSON_OBJECT('a':JSON_ARRAY(1, NULL, 'x'))", "{\"a\":[1,\"x\"]} : nvarchar(max)")]
    [InlineData("JSON_ARRAY(1, NULL NULL ON NULL)", "[1,null] : nvarchar(max)")]
    [InlineData("JSON_ARRAY(1.5e0, 0x4142)", "[1.500000000000000e+000,\"QUI=\"] : nvarchar(max)")]
    [InlineData("JSON_VALUE(CAST('{\"a\":\"17\"}' AS json), '$.a' RETURNING int)", "17 : int")]
    [InlineData("JSON_CONTAINS(CAST('{\"a\":[1,2]}' AS json), 2, '$.a[*]')", "1 : int")]
    [InlineData("JSON_CONTAINS(CAST('{\"a\":[1,2]}' AS json), 3, '$.a[*]')", "0 : int")]
    [InlineData("CAST(CAST('{ \"a\" : 1e2 }' AS json) AS nvarchar(max))", "{\"a\":100.0000000000} : nvarchar(max)")]
    public void Json(string expression, string expected) => Assert.Equal(expected, new ExpressionHarness().Show(expression));

    [Theory]
    [InlineData("JSON_VALUE('{\"a\":1}', 'strict $.b')", 13608)]
    [InlineData("JSON_VALUE('{\"a\":[1]}', 'strict $.a')", 13623)]
    [InlineData("JSON_QUERY('{\"a\":1}', 'strict $.a')", 13624)]
    [InlineData("JSON_VALUE('{a:1}', '$.a')", 13609)]
    [InlineData("JSON_VALUE('12', '$')", 13609)]
    [InlineData("JSON_VALUE('{\"a\":1}', '$a')", 13607)]
    [InlineData("JSON_MODIFY('{\"a\":1}', 'strict $.b', 1)", 13608)]
    [InlineData("JSON_OBJECT(NULL:1)", 13638)]
    [InlineData("CAST('{\"a\":1} x' AS json)", 13609)]
    [InlineData("CAST('[1,\"x\"]' AS vector(2))", 13670)]
    [InlineData("CAST('[1e39]' AS vector(1))", 42241)]
    [InlineData("VECTOR_DISTANCE('manhattan', CAST('[1]' AS vector(1)), CAST('[1]' AS vector(1)))", 42201)]
    [InlineData("VECTOR_DISTANCE('dot', CAST('[1]' AS vector(1)), CAST('[1,2]' AS vector(2)))", 42204)]
    [InlineData("VECTOR_DISTANCE('dot', '[1]', CAST('[1]' AS vector(1)))", 8116)]
    [InlineData("VECTOR_NORM(CAST('[1]' AS vector(1)), 'norm3')", 42247)]
    [InlineData("GREATEST(CAST('[1]' AS vector(1)), CAST('[1]' AS vector(1)))", 8116)]
    public void Refuses(string expression, int number) => Assert.Equal(number, new ExpressionHarness().ErrorOf(expression));

    [Theory]
    [InlineData("VECTOR_DISTANCE('euclidean', CAST('[1,1]' AS vector(2)), CAST('[-1,-1]' AS vector(2)))", 2.8284271247461903)]
    [InlineData("VECTOR_DISTANCE('cosine', CAST('[1,1]' AS vector(2)), CAST('[-1,-1]' AS vector(2)))", 2.0)]
    [InlineData("VECTOR_DISTANCE('DOT', CAST('[1,1]' AS vector(2)), CAST('[-1,-1]' AS vector(2)))", 2.0)]
    [InlineData("VECTOR_DISTANCE('cosine', CAST('[0,0]' AS vector(2)), CAST('[1,2]' AS vector(2)))", 1.0)]
    [InlineData("VECTOR_NORM(CAST('[1,2,3]' AS vector(3)), 'norm2')", 3.7416573867739413)]
    [InlineData("VECTOR_NORM(CAST('[1,-2,3]' AS vector(3)), 'norm1')", 6.0)]
    [InlineData("VECTOR_NORM(CAST('[1,-2,3]' AS vector(3)), 'norminf')", 3.0)]
    public void VectorMeasures(string expression, double expected) =>
        Assert.Equal(expected, new ExpressionHarness().Evaluate(expression).Value.AsDouble, 1e-6);

    [Theory]
    [InlineData("VECTOR_NORMALIZE(CAST('[3,4]' AS vector(2)), 'norm2')", "[6.0000002e-001,8.0000001e-001] : vector(2)")]
    [InlineData("VECTORPROPERTY(CAST('[3,4]' AS vector(2)), 'Dimensions')", "2 : int")]
    [InlineData("VECTORPROPERTY(CAST('[3,4]' AS vector(2)), 'BaseType')", "float32 : nvarchar(128)")]
    [InlineData("HASHBYTES('SHA2_256', 'abc')", "0xBA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD : varbinary(8000)")]
    [InlineData("HASHBYTES('MD5', N'abc')", "0xCE1473CF80C6B3FDA8E3DFC006ADC315 : varbinary(8000)")]
    [InlineData("HASHBYTES('nope', 'abc')", "NULL : varbinary(8000)")]
    [InlineData("CAST(DECOMPRESS(COMPRESS('hello')) AS varchar(10))", "hello : varchar(10)")]
    [InlineData("IIF(CHECKSUM('abc') = CHECKSUM('ABC '), 1, 0)", "1 : int")]
    [InlineData("IIF(BINARY_CHECKSUM('abc') = BINARY_CHECKSUM('ABC'), 1, 0)", "0 : int")]
    public void VectorsAndHashes(string expression, string expected) => Assert.Equal(expected, new ExpressionHarness().Show(expression));

    [Fact]
    public void SimdAgreesWithScalar()
    {
        var random = new Random(5);
        float[] a = [.. Enumerable.Range(0, 771).Select(_ => (float)(random.NextDouble() - 0.5))];
        float[] b = [.. Enumerable.Range(0, 771).Select(_ => (float)(random.NextDouble() - 0.5))];
        double dot = a.Zip(b, (x, y) => (double)x * y).Sum();
        double squared = a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Sum();
        Assert.Equal(dot, VectorDistance.Dot(a, b), 1e-4);
        Assert.Equal(squared, VectorDistance.SquaredDistance(a, b), 1e-3);
    }

    [Fact]
    public void VectorTextRoundsAsTheLibraryDoes()
    {
        var random = new Random(3);
        for (int i = 0; i < 50_000; i++)
        {
            float element = i % 3 == 0 ? BitConverter.Int32BitsToSingle(random.Next()) : (float)((random.NextDouble() - 0.5) * System.Math.Pow(10, random.Next(-8, 8)));
            if (!float.IsFinite(element))
            {
                continue;
            }

            string text = VectorText.Format([element]);
            Assert.Equal("[" + ((double)element).ToString("e7", System.Globalization.CultureInfo.InvariantCulture) + "]", text);
            Assert.Equal((float)double.Parse(text.AsSpan(1, text.Length - 2), System.Globalization.CultureInfo.InvariantCulture), VectorText.Parse(text, false)[0]);
        }
    }

    [Fact]
    public void SubstringOfLobReadsOnlyItsRange()
    {
        var lob = new CountingLob(1L << 40);
        var harness = new ExpressionHarness().Variable("@b", SqlType.VarBinaryMax, SqlValue.FromLob(lob));
        Assert.Equal("0x00010203", harness.Value("SUBSTRING(@b, 1099511627521, 4)"));
        Assert.Equal(4, lob.BytesRead);
        Assert.Equal("1099511627776", harness.Value("DATALENGTH(@b)"));
    }

    [Fact]
    public void OpenJsonDefaultSchema()
    {
        SqlValue[][] rows = [.. OpenJson.Rows("{\"a\":1,\"b\":\"x\",\"c\":[1, 2],\"d\":null,\"e\":true,\"f\":{}}", null)];
        Assert.Equal(["a", "b", "c", "d", "e", "f"], rows.Select(r => r[0].AsString));
        Assert.Equal([2, 1, 4, 0, 3, 5], rows.Select(r => r[2].AsInt32));
        Assert.Equal("[1, 2]", rows[2][1].AsString);
        Assert.True(rows[3][1].IsNull);
        Assert.Empty(OpenJson.Rows("{\"a\":1}", "$.missing"));
    }

    [Fact]
    public void OpenJsonWithSchema()
    {
        OpenJsonColumnInfo[] columns =
        [
            new(SqlType.Int, JsonPath.Property("id"), false),
            new(SqlType.NVarChar(10), JsonPath.Parse("$.info.name"), false),
            new(SqlType.NVarCharMax, JsonPath.Property("tags"), true),
            new(SqlType.Bit, JsonPath.Property("on"), false),
        ];
        SqlValue[][] rows = [.. OpenJson.Rows("{\"rows\":[{\"id\":\"7\",\"info\":{\"name\":\"N\"},\"tags\":[1],\"on\":true},{\"id\":8}]}", "$.rows", columns)];
        Assert.Equal(2, rows.Length);
        Assert.Equal(7, rows[0][0].AsInt32);
        Assert.Equal("N", rows[0][1].AsString);
        Assert.Equal("[1]", rows[0][2].AsString);
        Assert.True(rows[0][3].AsBoolean);
        Assert.True(rows[1][1].IsNull);
    }

    private sealed class CountingLob(long length) : SqlLob
    {
        public long BytesRead { get; private set; }

        public override long Length => length;

        public override int Read(long offset, Span<byte> destination)
        {
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = (byte)(offset + i);
            }

            BytesRead += destination.Length;
            return destination.Length;
        }
    }
}
