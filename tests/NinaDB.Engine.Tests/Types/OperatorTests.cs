using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;
using static NinaDB.Engine.Tests.Types.TypeText;

namespace NinaDB.Engine.Tests.Types;

/// <summary>https://learn.microsoft.com/sql/t-sql/data-types/precision-scale-and-length-transact-sql and the operators' pages.</summary>
public sealed class OperatorTests
{
    private static (SqlValue Value, SqlType Type) Apply(BinaryOperator op, string leftType, string left, string rightType, string right)
    {
        SqlType l = Type(leftType);
        SqlType r = Type(rightType);
        SqlValue a = Value(left, l);
        SqlValue b = Value(right, r);
        OperatorTypes types = SqlOperators.Resolve(op, l, r);
        SqlValue x = SqlConvert.Convert(a, l, types.Left);
        SqlValue y = SqlConvert.Convert(b, r, types.Right);
        return (SqlOperators.Get(op, types.Result)(x, y), types.Result);
    }

    [Theory]
    [InlineData("int", "7", "+", "int", "3", "int", "10")]
    [InlineData("int", "7", "/", "int", "2", "int", "3")]
    [InlineData("int", "-7", "/", "int", "2", "int", "-3")]
    [InlineData("int", "-7", "%", "int", "2", "int", "-1")]
    [InlineData("tinyint", "200", "+", "int", "100", "int", "300")]
    [InlineData("bigint", "9223372036854775806", "+", "int", "1", "bigint", "9223372036854775807")]
    [InlineData("bit", "1", "+", "int", "1", "int", "2")]
    [InlineData("varchar(3)", "5", "+", "int", "1", "int", "6")]
    [InlineData("varchar(3)", "ab", "+", "varchar(4)", "cd", "varchar(7)", "abcd")]
    [InlineData("char(3)", "ab", "+", "char(2)", "c", "char(5)", "ab c ")]
    [InlineData("varchar(3)", "ab", "+", "nvarchar(4)", "cd", "nvarchar(7)", "abcd")]
    [InlineData("varbinary(3)", "0x0102", "+", "varbinary(4)", "0x03", "varbinary(7)", "0x010203")]
    [InlineData("decimal(10,2)", "1.25", "+", "decimal(8,4)", "2.5", "decimal(13,4)", "3.7500")]
    [InlineData("decimal(10,2)", "1.25", "*", "decimal(8,4)", "2.5", "decimal(19,6)", "3.125000")]
    [InlineData("decimal(10,2)", "2.00", "/", "decimal(4,1)", "3.0", "decimal(16,7)", "0.6666666")]
    [InlineData("decimal(30,20)", "0.0000009", "*", "decimal(30,20)", "1", "decimal(38,17)", "0.00000090000000000")]
    [InlineData("decimal(38,10)", "1", "/", "decimal(38,10)", "3", "decimal(38,6)", "0.333333")]
    [InlineData("decimal(5,2)", "7.5", "%", "decimal(5,2)", "2", "decimal(5,2)", "1.50")]
    [InlineData("int", "1", "+", "decimal(5,2)", "2.5", "decimal(13,2)", "3.50")]
    [InlineData("money", "10", "/", "int", "3", "money", "3.3333")]
    [InlineData("money", "0.01", "*", "money", "0.01", "money", "0.0001")]
    [InlineData("money", "10", "*", "decimal(5,2)", "1.5", "decimal(25,6)", "15.000000")]
    [InlineData("float", "1", "/", "int", "4", "float", "0.25")]
    [InlineData("real", "1.5", "+", "int", "1", "real", "2.5")]
    [InlineData("datetime", "2024-01-01", "+", "int", "1", "datetime", "2024-01-02 00:00:00.000")]
    [InlineData("datetime", "2024-01-01", "-", "decimal(5,1)", "1.5", "datetime", "2023-12-30 12:00:00.000")]
    [InlineData("datetime", "2024-01-03", "-", "datetime", "2024-01-01", "datetime", "1900-01-03 00:00:00.000")]
    [InlineData("int", "170", "&", "int", "75", "int", "10")]
    [InlineData("int", "170", "|", "tinyint", "75", "int", "235")]
    [InlineData("int", "170", "^", "int", "75", "int", "225")]
    [InlineData("int", "-1", ">>", "int", "28", "int", "15")]
    [InlineData("tinyint", "255", "<<", "int", "4", "tinyint", "240")]
    [InlineData("varbinary(2)", "0x0081", "<<", "int", "1", "varbinary(2)", "0x0102")]
    [InlineData("int", "NULL", "+", "int", "1", "int", "NULL")]
    [InlineData("nvarchar(2)", "a", "||", "varchar(2)", "b", "nvarchar(4)", "ab")]
    public void Computes(string leftType, string left, string op, string rightType, string right, string type, string expected)
    {
        (SqlValue value, SqlType result) = Apply(Op(op), leftType, left, rightType, right);
        Assert.Equal(type, result.DisplayName);
        Assert.Equal(expected, Show(value, result));
    }

    [Theory]
    [InlineData("int", "2147483647", "+", "int", "1", 8115, "Arithmetic overflow error converting expression to data type int.")]
    [InlineData("bigint", "9223372036854775807", "*", "int", "2", 8115, "Arithmetic overflow error converting expression to data type bigint.")]
    [InlineData("tinyint", "200", "+", "tinyint", "100", 8115, "Arithmetic overflow error converting expression to data type tinyint.")]
    [InlineData("int", "1", "/", "int", "0", 8134, "Divide by zero error encountered.")]
    [InlineData("decimal(5,2)", "1", "/", "decimal(5,2)", "0", 8134, "Divide by zero error encountered.")]
    [InlineData("float", "1", "/", "float", "0", 8134, "Divide by zero error encountered.")]
    [InlineData("bit", "1", "+", "bit", "1", 402, "The data types bit and bit are incompatible in the add operator.")]
    [InlineData("bit", "1", "*", "bit", "1", 8117, "Operand data type bit is invalid for multiply operator.")]
    [InlineData("varchar(3)", "a", "-", "varchar(3)", "b", 8117, "Operand data type varchar is invalid for subtract operator.")]
    [InlineData("date", "2024-01-01", "+", "int", "1", 206, "Operand type clash: date is incompatible with int")]
    [InlineData("float", "1", "%", "int", "1", 402, "The data types float and int are incompatible in the modulo operator.")]
    [InlineData("float", "1", "&", "int", "1", 402, "The data types float and int are incompatible in the '&' operator.")]
    [InlineData("varchar(3)", "x", "+", "int", "1", 245, "Conversion failed when converting the varchar value 'x' to data type int.")]
    [InlineData("decimal(38,0)", "99999999999999999999999999999999999999", "+", "decimal(38,0)", "1", 8115, "Arithmetic overflow error converting expression to data type numeric.")]
    public void Refuses(string leftType, string left, string op, string rightType, string right, int number, string message)
    {
        var error = Assert.Throws<SqlErrorException>(() => Apply(Op(op), leftType, left, rightType, right));
        Assert.Equal(number, error.Error.Number);
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("int", "bigint", "bigint")]
    [InlineData("int", "varchar(5)", "int")]
    [InlineData("varchar(5)", "nvarchar(3)", "nvarchar(5)")]
    [InlineData("varchar(8000)", "nvarchar(3)", "nvarchar(4000)")]
    [InlineData("varchar(max)", "nvarchar(3)", "nvarchar(max)")]
    [InlineData("char(5)", "varchar(3)", "varchar(5)")]
    [InlineData("char(5)", "char(3)", "char(5)")]
    [InlineData("decimal(10,2)", "decimal(5,4)", "decimal(12,4)")]
    [InlineData("int", "decimal(5,2)", "decimal(12,2)")]
    [InlineData("decimal(38,10)", "decimal(38,0)", "decimal(38,0)")]
    [InlineData("float", "decimal(5,2)", "float")]
    [InlineData("datetime", "datetime2(2)", "datetime2(3)")]
    [InlineData("date", "datetime", "datetime")]
    [InlineData("null", "date", "date")]
    [InlineData("int", "sql_variant", "sql_variant")]
    [InlineData("varbinary(5)", "varchar(3)", "varchar(5)")]
    [InlineData("json", "nvarchar(5)", "json")]
    public void CommonTypes(string left, string right, string expected)
    {
        Assert.Equal(expected, TypePrecedence.Common(Type(left), Type(right)).DisplayName);
        Assert.Equal(expected, TypePrecedence.Common(Type(right), Type(left)).DisplayName);
    }

    [Fact]
    public void IntegerConstantsCountTheirDigitsBesideDecimals()
    {
        // SELECT 1.0/3 is numeric(8,6) 0.333333
        OperatorTypes types = SqlOperators.Resolve(BinaryOperator.Divide, SqlType.Numeric(2, 1), SqlType.Int, default, SqlValue.FromInt(3));
        Assert.Equal("numeric(7,6)", types.Result.DisplayName);
    }

    [Fact]
    public void CommonTypeOfStrangersIs206()
    {
        var error = Assert.Throws<SqlErrorException>(() => TypePrecedence.Common(SqlType.Int, SqlType.Date));
        Assert.Equal("Operand type clash: int is incompatible with date", error.Message);
    }

    [Theory]
    [InlineData("42", LiteralKind.Integer, "int", "42")]
    [InlineData("2147483648", LiteralKind.Integer, "numeric(10,0)", "2147483648")]
    [InlineData("1.50", LiteralKind.Decimal, "numeric(3,2)", "1.50")]
    [InlineData(".5", LiteralKind.Decimal, "numeric(1,1)", "0.5")]
    [InlineData("1.5e3", LiteralKind.Float, "float", "1500")]
    [InlineData("$12.5", LiteralKind.Money, "money", "12.5000")]
    [InlineData("abc", LiteralKind.String, "varchar(3)", "abc")]
    [InlineData("", LiteralKind.String, "varchar(1)", "")]
    [InlineData("日本", LiteralKind.NationalString, "nvarchar(2)", "日本")]
    [InlineData("ABC", LiteralKind.Binary, "varbinary(2)", "0x0ABC")]
    [InlineData("NULL", LiteralKind.Null, "void type", "NULL")]
    public void Literals(string text, LiteralKind kind, string type, string shown)
    {
        (SqlValue value, SqlType literalType) = SqlLiteral.Bind(new LiteralExpression { Kind = kind, Text = text });
        Assert.Equal(type, literalType.DisplayName);
        Assert.Equal(shown, Show(value, literalType));
    }

    private static BinaryOperator Op(string symbol) => symbol switch
    {
        "+" => BinaryOperator.Add,
        "-" => BinaryOperator.Subtract,
        "*" => BinaryOperator.Multiply,
        "/" => BinaryOperator.Divide,
        "%" => BinaryOperator.Modulo,
        "&" => BinaryOperator.BitwiseAnd,
        "|" => BinaryOperator.BitwiseOr,
        "^" => BinaryOperator.BitwiseXor,
        "<<" => BinaryOperator.LeftShift,
        ">>" => BinaryOperator.RightShift,
        _ => BinaryOperator.Concat,
    };
}
