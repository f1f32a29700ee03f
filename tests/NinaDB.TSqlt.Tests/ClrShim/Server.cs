using System;
using System.Collections.Generic;
using System.Data;
using System.Data.SqlTypes;
using System.IO;
using System.Linq;
using NinaDB.Engine;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Types;

namespace Microsoft.SqlServer.Server;

// The part of SQL Server's in-process API that tSQLt's CLR sources use, over the host's own.
public enum DataAccessKind
{
    None,
    Read,
}

public enum Format
{
    Unknown,
    Native,
    UserDefined,
}

[AttributeUsage(AttributeTargets.Method)]
public class SqlFunctionAttribute : Attribute
{
    public DataAccessKind DataAccess { get; set; }

    public bool IsDeterministic { get; set; }

    public bool IsPrecise { get; set; }

    public string? FillRowMethodName { get; set; }

    public string? TableDefinition { get; set; }
}

public sealed class SqlMethodAttribute : SqlFunctionAttribute;

[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class SqlUserDefinedTypeAttribute(Format format) : Attribute
{
    public Format Format { get; } = format;

    public int MaxByteSize { get; set; }

    public bool IsFixedLength { get; set; }

    public bool IsByteOrdered { get; set; }
}

[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue | AttributeTargets.Property)]
public sealed class SqlFacetAttribute : Attribute
{
    public int MaxSize { get; set; }
}

public interface IBinarySerialize
{
    void Read(BinaryReader r);

    void Write(BinaryWriter w);
}

public sealed class SqlMetaData
{
    public SqlMetaData(string name, SqlDbType dbType)
        : this(name, dbType, dbType switch
        {
            SqlDbType.BigInt => SqlType.BigInt,
            SqlDbType.Int => SqlType.Int,
            SqlDbType.SmallInt => SqlType.SmallInt,
            SqlDbType.TinyInt => SqlType.TinyInt,
            SqlDbType.Bit => SqlType.Bit,
            SqlDbType.DateTime => SqlType.DateTime,
            SqlDbType.SmallDateTime => SqlType.SmallDateTime,
            SqlDbType.Float => SqlType.Float,
            SqlDbType.Real => SqlType.Real,
            SqlDbType.Image => SqlType.Image,
            SqlDbType.Money => SqlType.Money,
            SqlDbType.SmallMoney => SqlType.SmallMoney,
            SqlDbType.Text => SqlType.Text,
            SqlDbType.NText => SqlType.NText,
            SqlDbType.Variant => SqlType.SqlVariant,
            SqlDbType.Timestamp => SqlType.RowVersion,
            SqlDbType.UniqueIdentifier => SqlType.UniqueIdentifier,
            SqlDbType.Xml => SqlType.Xml,
            SqlDbType.Date => SqlType.Date,
            SqlDbType.Time => SqlType.Time(7),
            _ => throw new NotSupportedException(dbType.ToString()),
        })
    {
    }

    public SqlMetaData(string name, SqlDbType dbType, long maxLength)
        : this(name, dbType, dbType switch
        {
            SqlDbType.Binary => SqlType.Binary((int)maxLength),
            SqlDbType.VarBinary => maxLength is < 0 or > 8000 ? SqlType.VarBinaryMax : SqlType.VarBinary((int)maxLength),
            SqlDbType.Char => SqlType.Char((int)maxLength),
            SqlDbType.NChar => SqlType.NChar((int)maxLength),
            SqlDbType.VarChar => maxLength is < 0 or > 8000 ? SqlType.VarCharMax : SqlType.VarChar((int)maxLength),
            SqlDbType.NVarChar => maxLength is < 0 or > 4000 ? SqlType.NVarCharMax : SqlType.NVarChar((int)maxLength),
            _ => throw new NotSupportedException(dbType.ToString()),
        })
    {
    }

    public SqlMetaData(string name, SqlDbType dbType, byte precision, byte scale)
        : this(name, dbType, dbType switch
        {
            SqlDbType.Decimal => SqlType.Decimal(precision, scale),
            SqlDbType.Time => SqlType.Time(scale),
            SqlDbType.DateTime2 => SqlType.DateTime2(scale),
            SqlDbType.DateTimeOffset => SqlType.DateTimeOffset(scale),
            _ => throw new NotSupportedException(dbType.ToString()),
        })
    {
    }

    public SqlMetaData(string name, SqlDbType dbType, Type userDefinedType)
        : this(name, dbType, SqlType.VarBinaryMax)
    {
    }

    private SqlMetaData(string name, SqlDbType dbType, SqlType type)
    {
        Name = name;
        SqlDbType = dbType;
        Type = type;
    }

    public static long Max => -1;

    public string Name { get; }

    public SqlDbType SqlDbType { get; }

    public SqlType Type { get; }
}

public sealed class SqlDataRecord(params SqlMetaData[] metaData)
{
    public IReadOnlyList<SqlMetaData> MetaData { get; } = metaData;

    public object?[] Values { get; private set; } = new object?[metaData.Length];

    public int SetValues(params object[] values)
    {
        Values = [.. values.Take(MetaData.Count)];
        return Values.Length;
    }
}

public sealed class SqlPipe
{
    private readonly ClrPipe _pipe;

    internal SqlPipe(ClrPipe pipe) => _pipe = pipe;

    public void SendResultsStart(SqlDataRecord record) => _pipe.Start([.. record.MetaData.Select(m => new ResultColumn(m.Name, m.Type, true))]);

    public void SendResultsRow(SqlDataRecord record) => _pipe.Row(record.Values);

    public void SendResultsEnd() => _pipe.End();
}

public static class SqlContext
{
    [ThreadStatic]
    private static ClrPipe? s_callersPipe;

    /// <summary>The pipe of the routine's caller, remembered before the routine runs T-SQL of its own.</summary>
    public static SqlPipe Pipe => new(s_callersPipe ?? ClrContext.Pipe);

    internal static ClrPipe? CallersPipe
    {
        get => s_callersPipe;
        set => s_callersPipe = value;
    }
}
