using System.Data.SqlTypes;
using System.Globalization;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Tests.Storage;

public class KeyCodecTests
{
    public static TheoryData<string> Orders => ["int", "bigint", "smallint", "tinyint", "float", "decimal9", "decimal18", "decimal38", "nvarchar", "binary", "datetime", "guid", "variant"];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Byte_order_is_value_order_and_null_comes_first(string name)
    {
        (SqlType type, SqlValue[] ascending) = Values(name);
        byte[][] keys = [.. ascending.Prepend(SqlValue.Null).Select(v => Encode(v, type, false))];
        byte[][] descending = [.. ascending.Prepend(SqlValue.Null).Select(v => Encode(v, type, true))];
        for (int i = 1; i < keys.Length; i++)
        {
            Assert.True(keys[i - 1].AsSpan().SequenceCompareTo(keys[i]) < 0, $"{name} {i - 1} and {i}");
            Assert.True(descending[i - 1].AsSpan().SequenceCompareTo(descending[i]) > 0, $"{name} {i - 1} and {i} descending");
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Components_delimit_themselves_and_decode_where_possible(string name)
    {
        (SqlType type, SqlValue[] values) = Values(name);
        foreach (bool descending in (bool[])[false, true])
        {
            foreach (SqlValue value in values.Prepend(SqlValue.Null))
            {
                byte[] key = Encode(value, type, descending);
                byte[] longer = [.. key, 0, 1, 0xFF, 7];
                Assert.Equal(key.Length, KeyCodec.ComponentLength(longer, type, descending));
                if (KeyCodec.IsDecodable(type))
                {
                    Assert.Equal(key.Length, KeyCodec.Decode(longer, type, descending, out SqlValue decoded));
                    Assert.True(SqlValue.SameRepresentation(value, decoded));
                }
            }
        }
    }

    [Fact]
    public void Strings_that_compare_equal_have_one_key()
    {
        SqlType type = SqlType.NVarChar(20);
        Assert.Equal(Encode(Tables.Text("Hello"), type, false), Encode(Tables.Text("hello  "), type, false));
        Assert.NotEqual(Encode(Tables.Text("resume"), type, false), Encode(Tables.Text("résumé"), type, false));
        SqlType sensitive = SqlType.NVarChar(20, Collation.Find("Latin1_General_CS_AS"));
        Assert.NotEqual(Encode(Tables.Text("Hello"), sensitive, false), Encode(Tables.Text("hello"), sensitive, false));
    }

    [Fact]
    public void A_guid_sorts_by_its_last_six_bytes_first()
    {
        // The order documented for uniqueidentifier: https://learn.microsoft.com/dotnet/framework/data/adonet/sql/comparing-guid-and-uniqueidentifier-values
        string[] ascending =
        [
            "3AAAAAAA-BBBB-CCCC-DDDD-1EEEEEEEEEEE", "2AAAAAAA-BBBB-CCCC-DDDD-2EEEEEEEEEEE", "1AAAAAAA-BBBB-CCCC-DDDD-3EEEEEEEEEEE",
        ];
        byte[][] keys = [.. ascending.Select(g => Encode(SqlValue.FromGuid(Guid.Parse(g)), SqlType.UniqueIdentifier, false))];
        Assert.True(keys[0].AsSpan().SequenceCompareTo(keys[1]) < 0);
        Assert.True(keys[1].AsSpan().SequenceCompareTo(keys[2]) < 0);
    }

    internal static byte[] Encode(SqlValue value, SqlType type, bool descending)
    {
        var writer = new ByteWriter(16);
        KeyCodec.Encode(ref writer, value, type, descending);
        return writer.ToArray();
    }

    private static (SqlType Type, SqlValue[] Ascending) Values(string name) => name switch
    {
        "int" => (SqlType.Int, [.. new[] { int.MinValue, -1, 0, 1, 255, 256, int.MaxValue }.Select(SqlValue.FromInt)]),
        "bigint" => (SqlType.BigInt, [.. new[] { long.MinValue, -256, -1, 0, 1, 1L << 40, long.MaxValue }.Select(SqlValue.FromBigInt)]),
        "smallint" => (SqlType.SmallInt, [.. new short[] { short.MinValue, -1, 0, 300 }.Select(SqlValue.FromSmallInt)]),
        "tinyint" => (SqlType.TinyInt, [.. new byte[] { 0, 1, 128, 255 }.Select(SqlValue.FromTinyInt)]),
        "float" => (SqlType.Float, [.. new[] { double.MinValue, -1.5, -double.Epsilon, 0, double.Epsilon, 1, 1e300 }.Select(SqlValue.FromFloat)]),
        "decimal9" => (SqlType.Decimal(9, 2), Decimals("-1234567.89", "-0.01", "0", "0.01", "1.1", "1234567.89")),
        "decimal18" => (SqlType.Decimal(18, 4), Decimals("-12345678901234.5678", "-1", "0", "0.0001", "12345678901234.5678")),
        "decimal38" => (SqlType.Decimal(38, 10), Decimals("-1234567890123456789012345678.9", "-1", "0", "0.0000000001", "1234567890123456789012345678.9")),
        "nvarchar" => (SqlType.NVarChar(30), [.. new[] { "", "a", "aa", "ab", "b", "résumé", "z" }.Select(Tables.Text)]),
        "binary" => (SqlType.VarBinary(30), [.. new byte[][] { [], [0], [0, 0], [0, 1], [0, 255], [1], [255], [255, 0] }.Select(b => SqlValue.FromBinary(b))]),
        "datetime" => (SqlType.DateTime, [SqlValue.FromDateTime(-100, 5), SqlValue.FromDateTime(-100, 6), SqlValue.FromDateTime(0, 0), SqlValue.FromDateTime(40000, 1)]),
        "guid" => (SqlType.UniqueIdentifier, [SqlValue.FromGuid(Guid.Empty), SqlValue.FromGuid(Guid.Parse("00000001-0000-0000-0000-000000000000")),
            SqlValue.FromGuid(Guid.Parse("00000000-0000-0000-0000-000000000001"))]),
        _ => (SqlType.SqlVariant,
        [
            Variant(SqlValue.FromBinary([9]), SqlType.VarBinary(5)), Variant(Tables.Text("a"), SqlType.NVarChar(5)), Variant(Tables.Text("b"), SqlType.VarChar(5)),
            Variant(Decimals("-5.5")[0], SqlType.Decimal(5, 2)), Variant(SqlValue.FromInt(-5), SqlType.Int), Variant(SqlValue.FromMoney(15_000), SqlType.Money),
            Variant(SqlValue.FromBigInt(2), SqlType.BigInt), Variant(SqlValue.FromFloat(-3), SqlType.Float), Variant(SqlValue.FromDate(5), SqlType.Date),
        ]),
    };

    private static SqlValue Variant(SqlValue value, SqlType type) => SqlValue.FromVariant(value, type);

    private static SqlValue[] Decimals(params string[] texts) => [.. texts.Select(t => SqlValue.FromDecimal(SqlDecimal.Parse(t)))];
}
