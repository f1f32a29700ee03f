using System.Data;
using System.Data.SqlTypes;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Data;

/// <summary>Which .NET, ADO.NET and SQL types stand for each other.</summary>
internal static class ClrTypes
{
    /// <summary>The .NET type of GetValue for a column.</summary>
    public static Type FieldType(SqlType type) => type.Id switch
    {
        SqlTypeId.Bit => typeof(bool),
        SqlTypeId.TinyInt => typeof(byte),
        SqlTypeId.SmallInt => typeof(short),
        SqlTypeId.Int or SqlTypeId.Null => typeof(int),
        SqlTypeId.BigInt => typeof(long),
        SqlTypeId.Decimal or SqlTypeId.Numeric or SqlTypeId.SmallMoney or SqlTypeId.Money => typeof(decimal),
        SqlTypeId.Real => typeof(float),
        SqlTypeId.Float => typeof(double),
        SqlTypeId.Date or SqlTypeId.SmallDateTime or SqlTypeId.DateTime or SqlTypeId.DateTime2 => typeof(DateTime),
        SqlTypeId.Time => typeof(TimeSpan),
        SqlTypeId.DateTimeOffset => typeof(DateTimeOffset),
        SqlTypeId.UniqueIdentifier => typeof(Guid),
        SqlTypeId.Vector => typeof(float[]),
        SqlTypeId.SqlVariant => typeof(object),
        SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion or SqlTypeId.HierarchyId or SqlTypeId.Udt or SqlTypeId.Geometry or SqlTypeId.Geography => typeof(byte[]),
        _ => typeof(string),
    };

    /// <summary>The System.Data.SqlTypes type of GetProviderSpecificValue.</summary>
    public static Type ProviderType(SqlType type) => type.Id switch
    {
        SqlTypeId.Bit => typeof(SqlBoolean),
        SqlTypeId.TinyInt => typeof(SqlByte),
        SqlTypeId.SmallInt => typeof(SqlInt16),
        SqlTypeId.Int or SqlTypeId.Null => typeof(SqlInt32),
        SqlTypeId.BigInt => typeof(SqlInt64),
        SqlTypeId.Decimal or SqlTypeId.Numeric => typeof(SqlDecimal),
        SqlTypeId.SmallMoney or SqlTypeId.Money => typeof(SqlMoney),
        SqlTypeId.Real => typeof(SqlSingle),
        SqlTypeId.Float => typeof(SqlDouble),
        SqlTypeId.SmallDateTime or SqlTypeId.DateTime => typeof(SqlDateTime),
        SqlTypeId.UniqueIdentifier => typeof(SqlGuid),
        _ when type.IsBinary => typeof(SqlBinary),
        _ when type.IsString => typeof(SqlString),
        _ => FieldType(type),
    };

    public static SqlDbType SqlDbTypeOf(SqlType type) => type.Id switch
    {
        SqlTypeId.Bit => SqlDbType.Bit,
        SqlTypeId.TinyInt => SqlDbType.TinyInt,
        SqlTypeId.SmallInt => SqlDbType.SmallInt,
        SqlTypeId.Int or SqlTypeId.Null => SqlDbType.Int,
        SqlTypeId.BigInt => SqlDbType.BigInt,
        SqlTypeId.Decimal or SqlTypeId.Numeric => SqlDbType.Decimal,
        SqlTypeId.SmallMoney => SqlDbType.SmallMoney,
        SqlTypeId.Money => SqlDbType.Money,
        SqlTypeId.Real => SqlDbType.Real,
        SqlTypeId.Float => SqlDbType.Float,
        SqlTypeId.Date => SqlDbType.Date,
        SqlTypeId.Time => SqlDbType.Time,
        SqlTypeId.SmallDateTime => SqlDbType.SmallDateTime,
        SqlTypeId.DateTime => SqlDbType.DateTime,
        SqlTypeId.DateTime2 => SqlDbType.DateTime2,
        SqlTypeId.DateTimeOffset => SqlDbType.DateTimeOffset,
        SqlTypeId.Char => SqlDbType.Char,
        SqlTypeId.VarChar => SqlDbType.VarChar,
        SqlTypeId.Text => SqlDbType.Text,
        SqlTypeId.NChar => SqlDbType.NChar,
        SqlTypeId.NVarChar => SqlDbType.NVarChar,
        SqlTypeId.NText => SqlDbType.NText,
        SqlTypeId.Binary => SqlDbType.Binary,
        SqlTypeId.VarBinary => SqlDbType.VarBinary,
        SqlTypeId.Image => SqlDbType.Image,
        SqlTypeId.RowVersion => SqlDbType.Timestamp,
        SqlTypeId.UniqueIdentifier => SqlDbType.UniqueIdentifier,
        SqlTypeId.SqlVariant => SqlDbType.Variant,
        SqlTypeId.Xml => SqlDbType.Xml,
        SqlTypeId.Json => SqlDbType.Json,
        SqlTypeId.Vector => SqlDbType.Vector,
        SqlTypeId.Table => SqlDbType.Structured,
        _ => SqlDbType.Udt,
    };

    /// <summary>The engine's type for a parameter declared with an explicit type. <paramref name="length"/> is what the value needs.</summary>
    public static SqlType TypeOf(SqlDbType type, NinaParameter parameter, int length)
    {
        int size = parameter.Size > 0 ? parameter.Size : parameter.Size < 0 ? SqlType.Max : length;
        int characters = size == SqlType.Max || size > 4000 ? SqlType.Max : size > 0 ? size : 4000;
        int bytes = size == SqlType.Max || size > 8000 ? SqlType.Max : size > 0 ? size : 8000;
        return type switch
        {
            SqlDbType.Bit => SqlType.Bit,
            SqlDbType.TinyInt => SqlType.TinyInt,
            SqlDbType.SmallInt => SqlType.SmallInt,
            SqlDbType.Int => SqlType.Int,
            SqlDbType.BigInt => SqlType.BigInt,
            SqlDbType.Decimal => DecimalType(parameter),
            SqlDbType.SmallMoney => SqlType.SmallMoney,
            SqlDbType.Money => SqlType.Money,
            SqlDbType.Real => SqlType.Real,
            SqlDbType.Float => SqlType.Float,
            SqlDbType.Date => SqlType.Date,
            SqlDbType.Time => SqlType.Time(ScaleOf(parameter)),
            SqlDbType.SmallDateTime => SqlType.SmallDateTime,
            SqlDbType.DateTime => SqlType.DateTime,
            SqlDbType.DateTime2 => SqlType.DateTime2(ScaleOf(parameter)),
            SqlDbType.DateTimeOffset => SqlType.DateTimeOffset(ScaleOf(parameter)),
            SqlDbType.Char => SqlType.Char(bytes == SqlType.Max ? 8000 : bytes),
            SqlDbType.VarChar => SqlType.VarChar(bytes),
            SqlDbType.Text => SqlType.Text,
            SqlDbType.NChar => SqlType.NChar(characters == SqlType.Max ? 4000 : characters),
            SqlDbType.NVarChar => SqlType.NVarChar(characters),
            SqlDbType.NText => SqlType.NText,
            SqlDbType.Binary => SqlType.Binary(bytes == SqlType.Max ? 8000 : bytes),
            SqlDbType.VarBinary => SqlType.VarBinary(bytes),
            SqlDbType.Image => SqlType.Image,
            SqlDbType.Timestamp => SqlType.RowVersion,
            SqlDbType.UniqueIdentifier => SqlType.UniqueIdentifier,
            SqlDbType.Variant => SqlType.SqlVariant,
            SqlDbType.Xml => SqlType.Xml,
            SqlDbType.Json => SqlType.Json,
            SqlDbType.Vector => SqlType.Vector(size > 0 ? size : 1),
            SqlDbType.Structured => SqlType.Table(parameter.TypeName.Length > 0
                ? parameter.TypeName
                : throw new ArgumentException($"The table type parameter '{parameter.ParameterName}' must have a valid type name.")),
            _ => throw new NotSupportedException($"Parameters of type {type} are not supported."),
        };
    }

    private static SqlType DecimalType(NinaParameter parameter)
    {
        if (parameter.Precision > 0)
        {
            return SqlType.Decimal(parameter.Precision, parameter.Scale);
        }

        return parameter.Value is decimal or SqlDecimal
            ? DecimalType(parameter.Value is decimal number ? new SqlDecimal(number) : (SqlDecimal)parameter.Value)
            : SqlType.Decimal(38, parameter.Scale > 0 ? parameter.Scale : 10);
    }

    public static SqlType DecimalType(SqlDecimal number) => number.IsNull ? SqlType.Decimal(18, 0) : SqlType.Decimal(Math.Max(number.Precision, number.Scale), number.Scale);

    private static int ScaleOf(NinaParameter parameter) => parameter.Scale > 0 ? Math.Min(parameter.Scale, (byte)7) : 7;

    public static DbType InferDbType(object? value) => value switch
    {
        bool or SqlBoolean => DbType.Boolean,
        byte or SqlByte => DbType.Byte,
        sbyte or short or SqlInt16 => DbType.Int16,
        ushort or int or SqlInt32 => DbType.Int32,
        uint or long or SqlInt64 => DbType.Int64,
        ulong or decimal or SqlDecimal => DbType.Decimal,
        SqlMoney => DbType.Currency,
        float or SqlSingle => DbType.Single,
        double or SqlDouble => DbType.Double,
        DateTime or SqlDateTime => DbType.DateTime,
        DateOnly => DbType.Date,
        TimeOnly or TimeSpan => DbType.Time,
        DateTimeOffset => DbType.DateTimeOffset,
        Guid or SqlGuid => DbType.Guid,
        byte[] or SqlBinary or SqlBytes or Stream or ReadOnlyMemory<byte> or Memory<byte> or SqlLob => DbType.Binary,
        string or char or char[] or SqlString or SqlChars or null or DBNull => DbType.String,
        Enum => DbType.Int32,
        _ => DbType.Object,
    };

    public static DbType DbTypeOf(SqlDbType type) => type switch
    {
        SqlDbType.Bit => DbType.Boolean,
        SqlDbType.TinyInt => DbType.Byte,
        SqlDbType.SmallInt => DbType.Int16,
        SqlDbType.Int => DbType.Int32,
        SqlDbType.BigInt => DbType.Int64,
        SqlDbType.Decimal => DbType.Decimal,
        SqlDbType.Money or SqlDbType.SmallMoney => DbType.Currency,
        SqlDbType.Real => DbType.Single,
        SqlDbType.Float => DbType.Double,
        SqlDbType.Date => DbType.Date,
        SqlDbType.Time => DbType.Time,
        SqlDbType.DateTime or SqlDbType.SmallDateTime => DbType.DateTime,
        SqlDbType.DateTime2 => DbType.DateTime2,
        SqlDbType.DateTimeOffset => DbType.DateTimeOffset,
        SqlDbType.Char => DbType.AnsiStringFixedLength,
        SqlDbType.VarChar or SqlDbType.Text => DbType.AnsiString,
        SqlDbType.NChar => DbType.StringFixedLength,
        SqlDbType.Binary or SqlDbType.VarBinary or SqlDbType.Image or SqlDbType.Timestamp => DbType.Binary,
        SqlDbType.UniqueIdentifier => DbType.Guid,
        SqlDbType.Xml => DbType.Xml,
        SqlDbType.NVarChar or SqlDbType.NText or SqlDbType.Json => DbType.String,
        _ => DbType.Object,
    };

    public static SqlDbType SqlDbTypeOf(DbType type) => type switch
    {
        DbType.Boolean => SqlDbType.Bit,
        DbType.Byte => SqlDbType.TinyInt,
        DbType.SByte or DbType.Int16 => SqlDbType.SmallInt,
        DbType.UInt16 or DbType.Int32 => SqlDbType.Int,
        DbType.UInt32 or DbType.Int64 => SqlDbType.BigInt,
        DbType.UInt64 or DbType.Decimal or DbType.VarNumeric => SqlDbType.Decimal,
        DbType.Currency => SqlDbType.Money,
        DbType.Single => SqlDbType.Real,
        DbType.Double => SqlDbType.Float,
        DbType.Date => SqlDbType.Date,
        DbType.Time => SqlDbType.Time,
        DbType.DateTime => SqlDbType.DateTime,
        DbType.DateTime2 => SqlDbType.DateTime2,
        DbType.DateTimeOffset => SqlDbType.DateTimeOffset,
        DbType.AnsiStringFixedLength => SqlDbType.Char,
        DbType.AnsiString => SqlDbType.VarChar,
        DbType.StringFixedLength => SqlDbType.NChar,
        DbType.Binary => SqlDbType.VarBinary,
        DbType.Guid => SqlDbType.UniqueIdentifier,
        DbType.Xml => SqlDbType.Xml,
        DbType.Object => SqlDbType.Variant,
        _ => SqlDbType.NVarChar,
    };
}
