using System.Buffers.Binary;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>Values in the native format of bcp.</summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/import-export/specify-prefix-length-in-data-files-by-using-bcp-sql-server</remarks>
internal static class BulkNative
{
    /// <summary>Bytes of the structure that carries a decimal: precision, scale, sign, 16 bytes of digits.</summary>
    private const int DecimalLength = 19;

    /// <summary>The type of what a native field holds. Error 4838 for decimals, whose precision a format file that is not XML does not tell.</summary>
    public static SqlType TypeOf(BulkHostType host) => host switch
    {
        BulkHostType.Char => SqlType.VarCharMax,
        BulkHostType.NChar => SqlType.NVarCharMax,
        BulkHostType.Binary => SqlType.VarBinaryMax,
        BulkHostType.Bit => SqlType.Bit,
        BulkHostType.TinyInt => SqlType.TinyInt,
        BulkHostType.SmallInt => SqlType.SmallInt,
        BulkHostType.Int => SqlType.Int,
        BulkHostType.BigInt => SqlType.BigInt,
        BulkHostType.Real => SqlType.Real,
        BulkHostType.Float => SqlType.Float,
        BulkHostType.SmallMoney => SqlType.SmallMoney,
        BulkHostType.Money => SqlType.Money,
        BulkHostType.SmallDateTime => SqlType.SmallDateTime,
        BulkHostType.DateTime => SqlType.DateTime,
        BulkHostType.Decimal => SqlType.Decimal(38, 0),
        BulkHostType.UniqueIdentifier => SqlType.UniqueIdentifier,
        BulkHostType.Date => SqlType.Date,
        BulkHostType.Time => SqlType.Time(7),
        BulkHostType.DateTime2 => SqlType.DateTime2(7),
        _ => SqlType.DateTimeOffset(7),
    };

    /// <summary>The type a value has that was read for a column: fractions of seconds are counted as the column counts them.</summary>
    public static SqlType TypeOf(BulkHostType host, SqlType column) => host switch
    {
        BulkHostType.Time when column.Id == SqlTypeId.Time => column,
        BulkHostType.DateTime2 when column.Id == SqlTypeId.DateTime2 => column,
        BulkHostType.DateTimeOffset when column.Id == SqlTypeId.DateTimeOffset => column,
        BulkHostType.Decimal when column.IsDecimal => column,
        _ => TypeOf(host),
    };

    /// <summary>Bytes of a value of fixed size; 0 for others.</summary>
    public static int SizeOf(BulkHostType host) => host switch
    {
        BulkHostType.Bit or BulkHostType.TinyInt => 1,
        BulkHostType.SmallInt => 2,
        BulkHostType.Int or BulkHostType.Real or BulkHostType.SmallMoney or BulkHostType.SmallDateTime => 4,
        BulkHostType.BigInt or BulkHostType.Float or BulkHostType.Money or BulkHostType.DateTime => 8,
        BulkHostType.UniqueIdentifier => 16,
        BulkHostType.Date => 3,
        BulkHostType.Decimal => DecimalLength,
        _ => 0,
    };

    /// <summary>Decodes a value; false when its bytes are none of the type.</summary>
    public static bool TryDecode(BulkHostType host, ReadOnlySpan<byte> bytes, SqlType column, out SqlValue value)
    {
        value = SqlValue.Null;
        if (SizeOf(host) is > 0 and var size && bytes.Length != size)
        {
            return false;
        }

        int scale = TypeOf(host, column).Scale;
        switch (host)
        {
            case BulkHostType.Bit:
                value = SqlValue.FromBit(bytes[0] != 0);
                return true;
            case BulkHostType.TinyInt:
                value = SqlValue.FromTinyInt(bytes[0]);
                return true;
            case BulkHostType.SmallInt:
                value = SqlValue.FromSmallInt(BinaryPrimitives.ReadInt16LittleEndian(bytes));
                return true;
            case BulkHostType.Int:
                value = SqlValue.FromInt(BinaryPrimitives.ReadInt32LittleEndian(bytes));
                return true;
            case BulkHostType.BigInt:
                value = SqlValue.FromBigInt(BinaryPrimitives.ReadInt64LittleEndian(bytes));
                return true;
            case BulkHostType.Real:
                float real = BinaryPrimitives.ReadSingleLittleEndian(bytes);
                value = SqlValue.FromReal(real);
                return float.IsFinite(real);
            case BulkHostType.Float:
                double number = BinaryPrimitives.ReadDoubleLittleEndian(bytes);
                value = SqlValue.FromFloat(number);
                return double.IsFinite(number);
            case BulkHostType.SmallMoney:
                value = SqlValue.FromSmallMoney(BinaryPrimitives.ReadInt32LittleEndian(bytes));
                return true;
            case BulkHostType.Money:
                // The high half comes first.
                value = SqlValue.FromMoney(((long)BinaryPrimitives.ReadInt32LittleEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
                return true;
            case BulkHostType.SmallDateTime:
                int minutes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
                value = SqlValue.FromSmallDateTime(new DateTime(1900, 1, 1).AddDays(BinaryPrimitives.ReadUInt16LittleEndian(bytes)).AddMinutes(minutes).Ticks);
                return minutes < 24 * 60;
            case BulkHostType.DateTime:
                int days = BinaryPrimitives.ReadInt32LittleEndian(bytes);
                int units = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
                value = SqlValue.FromDateTime(days, units);
                return days is >= -53690 and <= 2958463 && units is >= 0 and < 25_920_000;
            case BulkHostType.UniqueIdentifier:
                value = SqlValue.FromGuid(new Guid(bytes));
                return true;
            case BulkHostType.Decimal:
                return TryDecimal(bytes, out value);
            case BulkHostType.Date:
                value = SqlValue.FromDate(DaysOf(bytes));
                return DaysOf(bytes) <= DateOnly.MaxValue.DayNumber;
            case BulkHostType.Time:
                return TryTime(bytes, scale, out long time) && Is(SqlValue.FromTime(time), out value);
            case BulkHostType.DateTime2:
                return bytes.Length > 3 && TryTime(bytes[..^3], scale, out long clock) && DaysOf(bytes[^3..]) is <= 3652058 and var day
                    && Is(SqlValue.FromDateTime2(clock + (day * TimeSpan.TicksPerDay)), out value);
            case BulkHostType.DateTimeOffset:
                if (bytes.Length <= 5 || !TryTime(bytes[..^5], scale, out long utc) || DaysOf(bytes[^5..^2]) is not (<= 3652058 and var date))
                {
                    return false;
                }

                short offset = BinaryPrimitives.ReadInt16LittleEndian(bytes[^2..]);
                value = SqlValue.FromDateTimeOffset(utc + (date * TimeSpan.TicksPerDay), offset);
                return offset is >= -840 and <= 840;
            default:
                value = SqlValue.FromBinary(bytes.ToArray());
                return true;
        }
    }

    private static bool Is(SqlValue value, out SqlValue result)
    {
        result = value;
        return true;
    }

    private static int DaysOf(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);

    /// <summary>A time of day counted in units of its scale, in 3 to 5 bytes.</summary>
    private static bool TryTime(ReadOnlySpan<byte> bytes, int scale, out long ticks)
    {
        ticks = 0;
        if (bytes.Length is < 3 or > 5)
        {
            return false;
        }

        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            ticks = (ticks << 8) | bytes[i];
        }

        for (int i = scale; i < 7; i++)
        {
            ticks *= 10;
        }

        return ticks < TimeSpan.TicksPerDay;
    }

    private static bool TryDecimal(ReadOnlySpan<byte> bytes, out SqlValue value)
    {
        value = SqlValue.Null;
        UInt128 digits = BinaryPrimitives.ReadUInt128LittleEndian(bytes[3..]);
        if (bytes[1] > 38 || digits >= (UInt128)Numeric128.Power10(38))
        {
            return false;
        }

        value = SqlValue.FromNumeric(new Numeric128(bytes[2] == 0 ? -(Int128)digits : (Int128)digits, bytes[1]));
        return true;
    }

    /// <summary>The layout of a file that bcp writes of a table with -n or -N.</summary>
    public static BulkFormat LayoutOf(TableDefinition table, int[] columns, bool isWide)
    {
        var fields = new BulkField[columns.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            ColumnDefinition column = table.Columns[columns[i]];
            SqlType type = column.Type;
            BulkHostType host = type.Id switch
            {
                SqlTypeId.Bit => BulkHostType.Bit,
                SqlTypeId.TinyInt => BulkHostType.TinyInt,
                SqlTypeId.SmallInt => BulkHostType.SmallInt,
                SqlTypeId.Int => BulkHostType.Int,
                SqlTypeId.BigInt => BulkHostType.BigInt,
                SqlTypeId.Real => BulkHostType.Real,
                SqlTypeId.Float => BulkHostType.Float,
                SqlTypeId.SmallMoney => BulkHostType.SmallMoney,
                SqlTypeId.Money => BulkHostType.Money,
                SqlTypeId.SmallDateTime => BulkHostType.SmallDateTime,
                SqlTypeId.DateTime => BulkHostType.DateTime,
                SqlTypeId.Decimal or SqlTypeId.Numeric => BulkHostType.Decimal,
                SqlTypeId.UniqueIdentifier => BulkHostType.UniqueIdentifier,
                SqlTypeId.Date => BulkHostType.Date,
                SqlTypeId.Time => BulkHostType.Time,
                SqlTypeId.DateTime2 => BulkHostType.DateTime2,
                SqlTypeId.DateTimeOffset => BulkHostType.DateTimeOffset,
                SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.NText or SqlTypeId.Xml or SqlTypeId.Json => BulkHostType.NChar,
                SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.Text => isWide ? BulkHostType.NChar : BulkHostType.Char,
                SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion => BulkHostType.Binary,
                _ => throw SqlErrors.NotSupported($"native bulk data of {type}"),
            };
            fields[i] = new BulkField { HostType = host, Prefix = PrefixOf(host, column), Length = SizeOf(host), Column = columns[i] + 1, Name = column.Name };
        }

        return new BulkFormat(fields, []);
    }

    private static int PrefixOf(BulkHostType host, ColumnDefinition column) => host switch
    {
        BulkHostType.Char or BulkHostType.NChar or BulkHostType.Binary => column.Type.Id switch
        {
            SqlTypeId.Text or SqlTypeId.NText or SqlTypeId.Image => 4,
            SqlTypeId.RowVersion => 1,
            _ => column.Type.IsMax || column.Type.Id is SqlTypeId.Xml or SqlTypeId.Json ? 8 : 2,
        },
        BulkHostType.Decimal or BulkHostType.UniqueIdentifier or BulkHostType.Date or BulkHostType.Time or BulkHostType.DateTime2 or BulkHostType.DateTimeOffset => 1,
        _ => column.IsNullable ? 1 : 0,
    };
}
