using System;
using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using Microsoft.SqlServer.Server;

namespace TestAssembly;

/// <summary>An exception with an error number, as an assembly that numbers its errors has.</summary>
public sealed class NumberedException(int number, string message) : Exception(message)
{
    public int Number { get; } = number;
}

public static class Routines
{
    private static int s_calls;

    [SqlFunction]
    public static SqlInt32 Add(SqlInt32 a, SqlInt32 b) => a + b;

    [SqlFunction]
    public static int CountCalls() => ++s_calls;

    [SqlFunction]
    public static SqlString Greet(SqlString name) => name.IsNull ? SqlString.Null : "Hello, " + name.Value;

    [SqlFunction]
    public static SqlBinary Peek(SqlBytes content, SqlInt64 offset, SqlInt32 count)
    {
        var buffer = new byte[count.Value];
        long read = content.Read(offset.Value, buffer, 0, count.Value);
        Array.Resize(ref buffer, (int)read);
        return buffer;
    }

    public static SqlInt64 LengthOf(SqlBytes content) => content.IsNull ? SqlInt64.Null : content.Length;

    public static SqlBoolean EchoBoolean(SqlBoolean v) => v;

    public static SqlByte EchoByte(SqlByte v) => v;

    public static SqlInt16 EchoInt16(SqlInt16 v) => v;

    public static SqlInt64 EchoInt64(SqlInt64 v) => v;

    public static SqlSingle EchoSingle(SqlSingle v) => v;

    public static SqlDouble EchoDouble(SqlDouble v) => v;

    public static SqlDecimal EchoDecimal(SqlDecimal v) => v;

    public static SqlMoney EchoMoney(SqlMoney v) => v;

    public static SqlString EchoString(SqlString v) => v;

    public static SqlChars EchoChars(SqlChars v) => v;

    public static SqlBinary EchoBinary(SqlBinary v) => v;

    public static SqlBytes EchoBytes(SqlBytes v) => v;

    public static SqlGuid EchoGuid(SqlGuid v) => v;

    public static SqlDateTime EchoDateTime(SqlDateTime v) => v;

    public static DateTime? EchoDateTime2(DateTime? v) => v;

    public static TimeSpan? EchoTime(TimeSpan? v) => v;

    public static DateTimeOffset? EchoOffset(DateTimeOffset? v) => v;

    public static int? EchoNullable(int? v) => v;

    public static int PlainInt(int v) => v;

    public static SqlInt32 Fail(SqlInt32 number) =>
        number.Value == 0 ? throw new DivideByZeroException() : throw new NumberedException(number.Value, "The file is truncated.");

    [SqlFunction(FillRowMethodName = nameof(FillNumber), TableDefinition = "n int, square bigint, text nvarchar(20)")]
    public static IEnumerable Numbers(SqlInt32 count)
    {
        for (int i = 1; i <= count.Value; i++)
        {
            yield return i;
        }
    }

    public static void FillNumber(object item, out SqlInt32 n, out SqlInt64 square, out SqlString text)
    {
        int value = (int)item;
        if (value == 1000)
        {
            throw new NumberedException(51001, "A thousand is too many.");
        }

        n = value;
        square = (long)value * value;
        text = value % 2 == 0 ? new SqlString("even") : SqlString.Null;
    }

    [SqlFunction(FillRowMethodName = nameof(FillOne))]
    public static IEnumerable Descending(SqlInt32 count)
    {
        for (int i = count.Value; i > 0; i--)
        {
            yield return i;
        }
    }

    public static void FillOne(object item, out SqlInt32 n) => n = (int)item;

    [SqlFunction(FillRowMethodName = "Nowhere")]
    public static IEnumerable WithoutFillRow() => new object[0];

    public static IEnumerable WithoutAttribute() => new object[0];

    [SqlFunction(FillRowMethodName = nameof(FillPair))]
    public static IEnumerable<KeyValuePair<string, int>>? Pairs(SqlInt32 count) => count.IsNull ? null : MakePairs(count.Value);

    private static IEnumerable<KeyValuePair<string, int>> MakePairs(int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return new KeyValuePair<string, int>("k" + i, i);
        }
    }

    private static void FillPair(object item, out string key, out int? value)
    {
        var pair = (KeyValuePair<string, int>)item;
        key = pair.Key;
        value = pair.Value == 0 ? null : pair.Value;
    }

    [SqlProcedure]
    public static int Divide(SqlInt32 a, SqlInt32 b, out SqlInt32 quotient, ref SqlString log)
    {
        quotient = a / b;
        log = (log.IsNull ? "" : log.Value) + $"{a}/{b};";
        return (a % b).Value;
    }

    [SqlProcedure]
    public static void Nothing()
    {
    }

    public static long WrongReturn() => 1;

    public static void Overloaded(SqlInt32 a) => _ = a;

    public static void Overloaded(SqlInt64 a) => _ = a;
}

public sealed class Instance
{
    public SqlInt32 NotStatic() => 1;
}
