using System.Collections;
using System.Data.Common;
using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Benchmarks;

/// <summary>Rows made as they are read, for bulk copy.</summary>
internal sealed class GeneratedRows(int count, (string Name, Type Type)[] columns, Func<int, int, object> value) : DbDataReader
{
    private int _row = -1;

    public override int FieldCount => columns.Length;

    public override bool HasRows => count > 0;

    public override bool IsClosed => false;

    public override int RecordsAffected => -1;

    public override int Depth => 0;

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => GetValue(GetOrdinal(name));

    public override bool Read() => ++_row < count;

    public override bool NextResult() => false;

    public override object GetValue(int ordinal) => value(_row, ordinal);

    public override int GetValues(object[] values)
    {
        for (int i = 0; i < columns.Length; i++)
        {
            values[i] = GetValue(i);
        }

        return columns.Length;
    }

    public override bool IsDBNull(int ordinal) => false;

    public override string GetName(int ordinal) => columns[ordinal].Name;

    public override int GetOrdinal(string name) => Array.FindIndex(columns, c => c.Name == name);

    public override Type GetFieldType(int ordinal) => columns[ordinal].Type;

    public override string GetDataTypeName(int ordinal) => columns[ordinal].Type.Name;

    public override bool GetBoolean(int ordinal) => (bool)GetValue(ordinal);

    public override byte GetByte(int ordinal) => (byte)GetValue(ordinal);

    public override char GetChar(int ordinal) => (char)GetValue(ordinal);

    public override DateTime GetDateTime(int ordinal) => (DateTime)GetValue(ordinal);

    public override decimal GetDecimal(int ordinal) => (decimal)GetValue(ordinal);

    public override double GetDouble(int ordinal) => (double)GetValue(ordinal);

    public override float GetFloat(int ordinal) => (float)GetValue(ordinal);

    public override Guid GetGuid(int ordinal) => (Guid)GetValue(ordinal);

    public override short GetInt16(int ordinal) => (short)GetValue(ordinal);

    public override int GetInt32(int ordinal) => (int)GetValue(ordinal);

    public override long GetInt64(int ordinal) => (long)GetValue(ordinal);

    public override string GetString(int ordinal) => (string)GetValue(ordinal);

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => throw new NotSupportedException();

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => throw new NotSupportedException();

    public override IEnumerator GetEnumerator() => throw new NotSupportedException();
}

/// <summary>Takes results without keeping them; the first error throws.</summary>
internal sealed class ThrowingSink : IResultSink
{
    public void Columns(IReadOnlyList<ResultColumn> columns)
    {
    }

    public void Row(ReadOnlySpan<SqlValue> values)
    {
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

    public void Error(SqlError error) => throw new SqlErrorException(error);
}
