using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;
using static NinaDB.Engine.Tests.Types.TypeText;

namespace NinaDB.Engine.Tests.Types;

/// <summary>https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql.</summary>
public sealed class ConvertTests
{
    [Theory]
    [InlineData("varchar(20)", " 42 ", "int", "42")]
    [InlineData("varchar(20)", "", "int", "0")]
    [InlineData("varchar(20)", "-2147483648", "int", "-2147483648")]
    [InlineData("varchar(20)", "-9223372036854775808", "bigint", "-9223372036854775808")]
    [InlineData("varchar(20)", "true", "bit", "1")]
    [InlineData("varchar(20)", "False", "bit", "0")]
    [InlineData("int", "17", "bit", "1")]
    [InlineData("decimal(10,3)", "-12.999", "int", "-12")]
    [InlineData("money", "1.5", "int", "2")]
    [InlineData("money", "-1.5", "int", "-2")]
    [InlineData("float", "-2.9", "int", "-2")]
    [InlineData("float", "0.1", "decimal(10,4)", "0.1000")]
    [InlineData("float", "1e20", "decimal(38,0)", "100000000000000000000")]
    [InlineData("decimal(10,4)", "10.3496", "decimal(10,2)", "10.35")]
    [InlineData("decimal(10,4)", "-10.345", "decimal(10,2)", "-10.35")]
    [InlineData("decimal(10,5)", "1.23456", "money", "1.2346")]
    [InlineData("varchar(20)", "$1,234.5", "money", "1234.5000")]
    [InlineData("varchar(20)", "99999999999999999999999999999999999999", "decimal(38,0)", "99999999999999999999999999999999999999")]
    [InlineData("int", "65", "varchar(10)", "65")]
    [InlineData("int", "123456", "varchar(3)", "*")]
    [InlineData("decimal(10,2)", "1.50", "varchar(10)", "1.50")]
    [InlineData("money", "1234567.8910", "varchar(30)", "1234567.89")]
    [InlineData("float", "123456.7", "varchar(30)", "123457")]
    [InlineData("float", "1234567", "varchar(30)", "1.23457e+006")]
    [InlineData("float", "0.0001", "varchar(30)", "0.0001")]
    [InlineData("float", "0.00001", "varchar(30)", "1e-005")]
    [InlineData("nvarchar(10)", "hello world", "varchar(5)", "hello")]
    [InlineData("nvarchar(10)", "ab", "char(4)", "ab  ")]
    [InlineData("nvarchar(10)", "日本", "varchar(5)", "??")]
    [InlineData("nvarchar(10)", "€uro", "varchar(5)", "€uro")]
    [InlineData("varchar(3)", "abc", "varbinary(10)", "0x616263")]
    [InlineData("nvarchar(3)", "abc", "varbinary(10)", "0x610062006300")]
    [InlineData("varchar(3)", "abc", "binary(5)", "0x6162630000")]
    [InlineData("int", "1", "binary(2)", "0x0001")]
    [InlineData("int", "1", "varbinary(8)", "0x00000001")]
    [InlineData("int", "258", "varbinary(1)", "0x02")]
    [InlineData("varbinary(8)", "0x0102", "int", "258")]
    [InlineData("varbinary(8)", "0x414243", "varchar(10)", "ABC")]
    [InlineData("varbinary(16)", "0x0502000196000000", "decimal(5,2)", "1.50")]
    [InlineData("varbinary(16)", "0x07A00627C0A5173D0B0000", "datetimeoffset(7)", null)]
    [InlineData("uniqueidentifier", "6F9619FF-8B86-D011-B42D-00C04FC964FF", "varchar(36)", "6F9619FF-8B86-D011-B42D-00C04FC964FF")]
    [InlineData("uniqueidentifier", "6F9619FF-8B86-D011-B42D-00C04FC964FF", "varbinary(16)", "0xFF19966F868B11D0B42D00C04FC964FF")]
    [InlineData("varchar(60)", "{6f9619ff-8b86-d011-b42d-00c04fc964ff}", "uniqueidentifier", "6F9619FF-8B86-D011-B42D-00C04FC964FF")]
    public void Converts(string from, string text, string to, string? expected)
    {
        SqlType source = Type(from);
        SqlType target = Type(to);
        SqlValue value = source.IsString ? SqlValue.FromString(text, source.Id) : Value(text, source);
        SqlValue result = SqlConvert.Convert(value, source, target);
        if (expected is not null)
        {
            Assert.Equal(expected, Show(result, target));
        }
    }

    [Theory]
    [InlineData("varchar(20)", "abc", "int", 245, "Conversion failed when converting the varchar value 'abc' to data type int.")]
    [InlineData("nvarchar(20)", "5.5", "int", 245, "Conversion failed when converting the nvarchar value '5.5' to data type int.")]
    [InlineData("varchar(20)", "3000000000", "int", 248, "The conversion of the varchar value '3000000000' overflowed an int column.")]
    [InlineData("varchar(20)", "300", "tinyint", 244, "The conversion of the varchar value '300' overflowed an INT1 column. Use a larger integer column.")]
    [InlineData("varchar(20)", "x", "bigint", 8114, "Error converting data type varchar to bigint.")]
    [InlineData("varchar(20)", "1e3", "decimal(10,2)", 8114, "Error converting data type varchar to numeric.")]
    [InlineData("varchar(20)", "x", "float", 8114, "Error converting data type varchar to float.")]
    [InlineData("int", "256", "tinyint", 220, "Arithmetic overflow error for data type tinyint, value = 256.")]
    [InlineData("bigint", "3000000000", "int", 8115, "Arithmetic overflow error converting expression to data type int.")]
    [InlineData("float", "3e9", "int", 232, "Arithmetic overflow error for type int, value = 3000000000.000000.")]
    [InlineData("decimal(10,2)", "12345.67", "decimal(4,2)", 8115, "Arithmetic overflow error converting numeric to data type numeric.")]
    [InlineData("int", "1000", "decimal(3,1)", 8115, "Arithmetic overflow error converting int to data type numeric.")]
    [InlineData("int", "123456", "nvarchar(3)", 8115, "Arithmetic overflow error converting expression to data type nvarchar.")]
    [InlineData("decimal(10,2)", "12345.67", "varchar(3)", 8115, "Arithmetic overflow error converting numeric to data type varchar.")]
    [InlineData("varchar(20)", "not a date", "date", 241, "Conversion failed when converting date and/or time from character string.")]
    [InlineData("varchar(20)", "2024-13-45", "datetime", 242, "The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.")]
    [InlineData("varchar(20)", "not a date", "smalldatetime", 295, "Conversion failed when converting character string to smalldatetime data type.")]
    [InlineData("datetime2(7)", "1600-01-01", "datetime", 242, "The conversion of a datetime2 data type to a datetime data type resulted in an out-of-range value.")]
    [InlineData("varchar(20)", "nope", "uniqueidentifier", 8169, "Conversion failed when converting from a character string to uniqueidentifier.")]
    [InlineData("varchar(20)", "x1", "money", 235, "Cannot convert a char value to money. The char value has incorrect syntax.")]
    [InlineData("varchar(20)", "[1,2]", "vector(3)", 42204, "The vector dimensions 3 and 2 do not match.")]
    [InlineData("varchar(20)", "{bad}", "json", 13609, "JSON text is not properly formatted. Unexpected character 'b' is found at position 1.")]
    public void Refuses(string from, string text, string to, int number, string message)
    {
        SqlType source = Type(from);
        SqlValue value = source.IsString ? SqlValue.FromString(text, source.Id) : Value(text, source);
        var error = Assert.Throws<SqlErrorException>(() => SqlConvert.Convert(value, source, Type(to)));
        Assert.Equal(number, error.Error.Number);
        Assert.Equal(message, error.Message);
        Assert.True(SqlConvert.TryConvert(value, source, Type(to)).IsNull);
    }

    [Theory]
    [InlineData("int", "date", false, 529)]
    [InlineData("int", "date", true, 206)]
    [InlineData("datetime", "int", true, 257)]
    [InlineData("datetime", "int", false, 0)]
    [InlineData("varchar(10)", "varbinary(10)", true, 257)]
    [InlineData("money", "varchar(10)", true, 257)]
    [InlineData("varchar(10)", "money", true, 0)]
    [InlineData("date", "time", false, 529)]
    [InlineData("float", "timestamp", false, 529)]
    [InlineData("vector(3)", "varbinary(20)", false, 529)]
    [InlineData("vector(3)", "varchar(max)", true, 0)]
    [InlineData("json", "nvarchar(max)", true, 257)]
    [InlineData("nvarchar(max)", "json", true, 0)]
    [InlineData("nvarchar(max)", "sql_variant", true, 206)]
    [InlineData("int", "sql_variant", true, 0)]
    [InlineData("sql_variant", "int", true, 257)]
    [InlineData("uniqueidentifier", "int", false, 529)]
    public void Rules(string from, string to, bool isImplicit, int number)
    {
        if (number == 0)
        {
            SqlConvert.EnsureAllowed(Type(from), Type(to), isImplicit);
            return;
        }

        var error = Assert.Throws<SqlErrorException>(() => SqlConvert.EnsureAllowed(Type(from), Type(to), isImplicit));
        Assert.Equal(number, error.Error.Number);
    }

    [Theory]
    [InlineData("2024-02-29", "date", "2024-02-29")]
    [InlineData("20240229", "date", "2024-02-29")]
    [InlineData("240229", "date", "2024-02-29")]
    [InlineData("500101", "date", "1950-01-01")]
    [InlineData("02/29/2024", "date", "2024-02-29")]
    [InlineData("2/9/24", "date", "2024-02-09")]
    [InlineData("Feb 29 2024", "date", "2024-02-29")]
    [InlineData("February 29, 2024", "date", "2024-02-29")]
    [InlineData("29 Feb 2024", "date", "2024-02-29")]
    [InlineData("2024 Feb 29", "date", "2024-02-29")]
    [InlineData("29-Feb-2024", "date", "2024-02-29")]
    [InlineData("2024", "date", "2024-01-01")]
    [InlineData("", "date", "1900-01-01")]
    [InlineData("2024-02-29T13:14:15.1234567", "datetime2(7)", "2024-02-29 13:14:15.1234567")]
    [InlineData("2024-02-29 13:14:15.1234567", "datetime2(3)", "2024-02-29 13:14:15.123")]
    [InlineData("2024-02-29 1:14:15 PM", "datetime2(0)", "2024-02-29 13:14:15")]
    [InlineData("2024-02-29 12AM", "datetime2(0)", "2024-02-29 00:00:00")]
    [InlineData("2024-02-29 13:14:15.998", "datetime", "2024-02-29 13:14:15.997")]
    [InlineData("2024-02-29 13:14:15.999", "datetime", "2024-02-29 13:14:16.000")]
    [InlineData("2024-02-29 23:59:59.999", "datetime", "2024-03-01 00:00:00.000")]
    [InlineData("2024-02-29 12:59:29", "smalldatetime", "2024-02-29 12:59:00")]
    [InlineData("2024-02-29 12:59:31", "smalldatetime", "2024-02-29 13:00:00")]
    [InlineData("13:14:15.1234567", "time(7)", "13:14:15.1234567")]
    [InlineData("1:14PM", "time(0)", "13:14:00")]
    [InlineData("2024-02-29 13:14:15 +05:30", "datetimeoffset(0)", "2024-02-29 13:14:15 +05:30")]
    [InlineData("2024-02-29T13:14:15Z", "datetimeoffset(0)", "2024-02-29 13:14:15 +00:00")]
    [InlineData("2024-02-29T13:14:15Z", "datetime", "2024-02-29 13:14:15.000")]
    [InlineData("2024-02-29 13:14:15 -08:00", "datetime2(0)", "2024-02-29 13:14:15")]
    public void ReadsDates(string text, string type, string expected)
    {
        SqlType target = Type(type);
        Assert.Equal(expected, Show(SqlConvert.Convert(SqlValue.FromString(text), SqlType.NVarChar(100), target), target));
    }

    [Theory]
    [InlineData(0, "datetime", "Feb  9 2024  1:14PM")]
    [InlineData(1, "datetime", "02/09/24")]
    [InlineData(101, "datetime", "02/09/2024")]
    [InlineData(102, "datetime", "2024.02.09")]
    [InlineData(103, "datetime", "09/02/2024")]
    [InlineData(104, "datetime", "09.02.2024")]
    [InlineData(105, "datetime", "09-02-2024")]
    [InlineData(106, "datetime", "09 Feb 2024")]
    [InlineData(107, "datetime", "Feb 09, 2024")]
    [InlineData(108, "datetime", "13:14:15")]
    [InlineData(109, "datetime", "Feb  9 2024  1:14:15:123PM")]
    [InlineData(110, "datetime", "02-09-2024")]
    [InlineData(111, "datetime", "2024/02/09")]
    [InlineData(112, "datetime", "20240209")]
    [InlineData(113, "datetime", "09 Feb 2024 13:14:15:123")]
    [InlineData(114, "datetime", "13:14:15:123")]
    [InlineData(120, "datetime", "2024-02-09 13:14:15")]
    [InlineData(121, "datetime", "2024-02-09 13:14:15.123")]
    [InlineData(126, "datetime", "2024-02-09T13:14:15.123")]
    [InlineData(0, "datetime2(7)", "2024-02-09 13:14:15.1230000")]
    [InlineData(126, "datetime2(3)", "2024-02-09T13:14:15.123")]
    [InlineData(23, "date", "2024-02-09")]
    [InlineData(0, "time(3)", "13:14:15.123")]
    [InlineData(100, "time(3)", "1:14PM")]
    [InlineData(127, "datetimeoffset(0)", "2024-02-09T13:14:15Z")]
    public void WritesDates(int style, string type, string expected)
    {
        SqlType source = Type(type);
        SqlValue value = Value("2024-02-09 13:14:15.123", source);
        Assert.Equal(expected, SqlConvert.Convert(value, source, SqlType.VarChar(60), style).AsString);
    }

    [Theory]
    [InlineData("13/05/2024", 103, "2024-05-13")]
    [InlineData("13.05.2024", 104, "2024-05-13")]
    [InlineData("05/13/2024", 101, "2024-05-13")]
    [InlineData("2024.05.13", 102, "2024-05-13")]
    [InlineData("20240513", 112, "2024-05-13")]
    [InlineData("13 May 2024", 106, "2024-05-13")]
    public void ReadsStyledDates(string text, int style, string expected) =>
        Assert.Equal(expected, Show(SqlConvert.Convert(SqlValue.FromString(text), SqlType.NVarChar(100), SqlType.Date, style), SqlType.Date));

    [Fact]
    public void StyleMismatchIs9807()
    {
        var error = Assert.Throws<SqlErrorException>(() => SqlConvert.Convert(SqlValue.FromString("2024-05-13"), SqlType.NVarChar(100), SqlType.Date, 103));
        Assert.Equal(9807, error.Error.Number);
    }

    [Theory]
    [InlineData("1234567.891", 1, "1.2345679e+006")]
    [InlineData("1234567.891", 2, "1.234567891000000e+006")]
    [InlineData("0.1", 3, "1.0000000000000001e-001")]
    public void WritesFloats(string text, int style, string expected) =>
        Assert.Equal(expected, SqlConvert.Convert(Value(text, SqlType.Float), SqlType.Float, SqlType.VarChar(60), style).AsString);

    [Theory]
    [InlineData(0, "4235.98")]
    [InlineData(1, "4,235.98")]
    [InlineData(2, "4235.9819")]
    public void WritesMoney(int style, string expected) =>
        Assert.Equal(expected, SqlConvert.Convert(SqlValue.FromMoney(42359819), SqlType.Money, SqlType.VarChar(60), style).AsString);

    [Fact]
    public void ColumnsRefuseLongStrings()
    {
        Func<SqlValue, SqlValue> store = SqlConvert.GetColumnConverter(SqlType.VarChar(20), SqlType.VarChar(3), "db.dbo.t", "c")!;
        Assert.Equal("abc", store(SqlValue.FromString("abc   ", SqlTypeId.VarChar)).AsString);
        var error = Assert.Throws<SqlErrorException>(() => store(SqlValue.FromString("abcd", SqlTypeId.VarChar)));
        Assert.Equal("String or binary data would be truncated in table 'db.dbo.t', column 'c'. Truncated value: 'abc'.", error.Message);
    }

    [Theory]
    [InlineData(" { \"a\" : 1 , \"a\" : 2, \"b\":[1e2, -0.0, true,null ] } ", "{\"a\":1,\"b\":[100.0000000000,0.0,true,null]}")]
    [InlineData("[\"\\u0041\\/\"]", "[\"A/\"]")]
    public void CanonicalJson(string text, string expected) =>
        Assert.Equal(expected, SqlConvert.Convert(SqlValue.FromString(text), SqlType.NVarCharMax, SqlType.Json).AsString);

    [Fact]
    public void VectorsPrintWithThreeDigitExponents()
    {
        SqlValue vector = SqlConvert.Convert(SqlValue.FromString("[1, -0.05, 3e2]"), SqlType.NVarCharMax, SqlType.Vector(3));
        Assert.Equal("[1.0000000e+000,-5.0000001e-002,3.0000000e+002]", SqlFormat.ToText(vector, SqlType.Vector(3)));
        SqlValue half = SqlConvert.Convert(SqlValue.FromString("[0.1]"), SqlType.NVarCharMax, SqlType.Vector(1, halfPrecision: true));
        Assert.Equal("[9.9975586e-002]", SqlFormat.ToText(half, SqlType.Vector(1)));
    }
}
