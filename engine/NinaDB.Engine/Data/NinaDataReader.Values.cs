using System.Data.SqlTypes;
using System.Runtime.CompilerServices;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Data;

/// <summary>Reading values.</summary>
public sealed partial class NinaDataReader
{
    public override bool IsDBNull(int ordinal) => Value(ordinal).IsNull;

    public override object GetValue(int ordinal) => ClrValues.ToObject(Value(ordinal));

    public override int GetValues(object[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        int count = Math.Min(values.Length, FieldCount);
        for (int i = 0; i < count; i++)
        {
            values[i] = GetValue(i);
        }

        return count;
    }

    public override object GetProviderSpecificValue(int ordinal) => ClrValues.ToProviderObject(Value(ordinal), _columns[ordinal].Type);

    public override int GetProviderSpecificValues(object[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        int count = Math.Min(values.Length, FieldCount);
        for (int i = 0; i < count; i++)
        {
            values[i] = GetProviderSpecificValue(i);
        }

        return count;
    }

    public override Type GetProviderSpecificFieldType(int ordinal) => ClrTypes.ProviderType(Column(ordinal).Type);

    public override bool GetBoolean(int ordinal) => Require(ordinal, SqlTypeId.Bit).AsBoolean;

    public override byte GetByte(int ordinal) => (byte)Require(ordinal, SqlTypeId.TinyInt).AsInt64;

    public override short GetInt16(int ordinal) => (short)Require(ordinal, SqlTypeId.SmallInt).AsInt64;

    public override int GetInt32(int ordinal) => Require(ordinal, SqlTypeId.Int).AsInt32;

    public override long GetInt64(int ordinal) => Require(ordinal, SqlTypeId.BigInt).AsInt64;

    public override float GetFloat(int ordinal) => (float)Require(ordinal, SqlTypeId.Real).AsDouble;

    public override double GetDouble(int ordinal) => Require(ordinal, SqlTypeId.Float).AsDouble;

    public override Guid GetGuid(int ordinal) => Require(ordinal, SqlTypeId.UniqueIdentifier).AsGuid;

    public override decimal GetDecimal(int ordinal)
    {
        SqlValue value = Inner(ordinal);
        return value.Kind switch
        {
            SqlTypeId.Decimal or SqlTypeId.Numeric => value.AsDecimal.Value,
            SqlTypeId.Money or SqlTypeId.SmallMoney => ClrValues.Money(value),
            _ => throw Mismatch(ordinal, value),
        };
    }

    /// <summary>A decimal with all of its up to 38 digits.</summary>
    public SqlDecimal GetSqlDecimal(int ordinal)
    {
        SqlValue value = Inner(ordinal, allowNull: true);
        return value.IsNull ? SqlDecimal.Null : value.Kind is SqlTypeId.Decimal or SqlTypeId.Numeric ? value.AsDecimal : new SqlDecimal(GetDecimal(ordinal));
    }

    public override DateTime GetDateTime(int ordinal)
    {
        SqlValue value = Inner(ordinal);
        return value.Kind is SqlTypeId.Date or SqlTypeId.DateTime or SqlTypeId.DateTime2 or SqlTypeId.SmallDateTime ? ClrValues.DateTimeOf(value) : throw Mismatch(ordinal, value);
    }

    public DateTimeOffset GetDateTimeOffset(int ordinal) => ClrValues.OffsetOf(Require(ordinal, SqlTypeId.DateTimeOffset));

    public TimeSpan GetTimeSpan(int ordinal) => new(Require(ordinal, SqlTypeId.Time).AsInt64);

    public override string GetString(int ordinal)
    {
        SqlValue value = Inner(ordinal);
        return value.Reference as string ?? throw Mismatch(ordinal, value);
    }

    public override char GetChar(int ordinal) => throw new NotSupportedException("GetChar is not supported; use GetString.");

    /// <summary>The elements of a vector.</summary>
    public float[] GetVector(int ordinal) => (float[])Require(ordinal, SqlTypeId.Vector).AsVector.Clone();

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length)
    {
        SqlValue value = Inner(ordinal);
        if (value.AsLob is { } lob)
        {
            return buffer is null ? lob.Length : ReadFully(lob, dataOffset, buffer.AsSpan(bufferOffset, length));
        }

        byte[] bytes = value.Reference as byte[] ?? throw Mismatch(ordinal, value);
        return buffer is null ? bytes.Length : CopyPart<byte>(bytes, dataOffset, buffer.AsSpan(bufferOffset, length));
    }

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length)
    {
        string text = GetString(ordinal);
        return buffer is null ? text.Length : CopyPart<char>(text, dataOffset, buffer.AsSpan(bufferOffset, length));
    }

    /// <summary>The bytes of a binary column as a seekable stream. Large objects are not loaded; the stream of a FILESTREAM value stays good after the reader has moved on.</summary>
    public override Stream GetStream(int ordinal)
    {
        SqlValue value = Inner(ordinal);
        return value.AsLob is { } lob ? new LobStream(lob) : new MemoryStream(value.Reference as byte[] ?? throw Mismatch(ordinal, value), writable: false);
    }

    public override TextReader GetTextReader(int ordinal) => new StringReader(GetString(ordinal));

    /// <summary>The column as <typeparamref name="T"/>: the types of GetValue without boxing, their nullable forms, DateOnly, TimeOnly, the types of System.Data.SqlTypes, Stream, TextReader, float[].</summary>
    public override T GetFieldValue<T>(int ordinal)
    {
        if (typeof(T) == typeof(int))
        {
            int value = GetInt32(ordinal);
            return Unsafe.As<int, T>(ref value);
        }

        if (typeof(T) == typeof(long))
        {
            long value = GetInt64(ordinal);
            return Unsafe.As<long, T>(ref value);
        }

        if (typeof(T) == typeof(double))
        {
            double value = GetDouble(ordinal);
            return Unsafe.As<double, T>(ref value);
        }

        if (typeof(T) == typeof(bool))
        {
            bool value = GetBoolean(ordinal);
            return Unsafe.As<bool, T>(ref value);
        }

        SqlValue current = Value(ordinal);
        if (current.IsNull)
        {
            return NullAs<T>(ordinal);
        }

        return (T)ConvertTo(ordinal, current, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T));
    }

    private T NullAs<T>(int ordinal)
    {
        if (typeof(T) == typeof(object))
        {
            return (T)(object)DBNull.Value;
        }

        if (typeof(INullable).IsAssignableFrom(typeof(T)))
        {
            object provider = ClrValues.ToProviderObject(SqlValue.Null, _columns[ordinal].Type);
            return provider is T typed ? typed : throw new InvalidCastException($"Column {ordinal} is not a {typeof(T).Name}.");
        }

        return Nullable.GetUnderlyingType(typeof(T)) is not null ? default! : throw new SqlNullValueException();
    }

    private object ConvertTo(int ordinal, in SqlValue value, Type type)
    {
        if (type == typeof(Stream))
        {
            return GetStream(ordinal);
        }

        if (type == typeof(TextReader))
        {
            return GetTextReader(ordinal);
        }

        if (type == typeof(DateOnly))
        {
            return DateOnly.FromDateTime(GetDateTime(ordinal));
        }

        if (type == typeof(TimeOnly))
        {
            return TimeOnly.FromTimeSpan(GetTimeSpan(ordinal));
        }

        if (type == typeof(ReadOnlyMemory<float>))
        {
            return new ReadOnlyMemory<float>(GetVector(ordinal));
        }

        if (type == typeof(SqlLob))
        {
            return value.AsLob ?? throw Mismatch(ordinal, value);
        }

        if (typeof(INullable).IsAssignableFrom(type))
        {
            object provider = ClrValues.ToProviderObject(value, _columns[ordinal].Type);
            return type.IsInstanceOfType(provider) ? provider : throw Mismatch(ordinal, value);
        }

        object natural = ClrValues.ToObject(value);
        if (type.IsInstanceOfType(natural))
        {
            return natural;
        }

        return type.IsEnum ? Enum.ToObject(type, natural) : throw Mismatch(ordinal, value);
    }

    /// <summary>The value, out of its sql_variant.</summary>
    private SqlValue Inner(int ordinal, bool allowNull = false)
    {
        SqlValue value = Value(ordinal);
        if (value.Kind == SqlTypeId.SqlVariant)
        {
            value = value.AsVariant.Value;
        }

        return value.IsNull && !allowNull ? throw new SqlNullValueException() : value;
    }

    private SqlValue Require(int ordinal, SqlTypeId kind)
    {
        SqlValue value = Value(ordinal);
        if (value.Kind != kind)
        {
            value = Inner(ordinal);
            if (value.Kind != kind)
            {
                throw Mismatch(ordinal, value);
            }
        }

        return value;
    }

    private InvalidCastException Mismatch(int ordinal, in SqlValue value) =>
        new($"Unable to cast the value of column '{_columns[ordinal].Name}' of type {value.Kind.ToString().ToLowerInvariant()} to the requested type.");

    private static long ReadFully(SqlLob lob, long offset, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int read = lob.Read(offset + done, destination[done..]);
            if (read == 0)
            {
                break;
            }

            done += read;
        }

        return done;
    }

    private static long CopyPart<TElement>(ReadOnlySpan<TElement> source, long offset, Span<TElement> destination)
    {
        if (offset >= source.Length)
        {
            return 0;
        }

        int count = (int)Math.Min(source.Length - offset, destination.Length);
        source.Slice((int)offset, count).CopyTo(destination);
        return count;
    }
}
