using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>A column that a bulk load fills: its field's text by the bulk provider's rules, which are narrower than those of CAST.</summary>
internal sealed class BulkColumn
{
    private readonly BulkHostType _host;
    private readonly Func<SqlValue, SqlValue>? _convert;

    public BulkColumn(ColumnDefinition definition, string table, SessionOptions options, BulkHostType host = BulkHostType.Char)
    {
        Definition = definition;
        _host = host;
        bool isText = host is BulkHostType.Char or BulkHostType.NChar;
        SqlType source = isText ? SqlType.NVarCharMax : BulkNative.TypeOf(host, definition.Type);
        _convert = isText && IsHexadecimal ? null : ColumnValue.Converter(source, definition, table, options);
    }

    public ColumnDefinition Definition { get; }

    /// <summary>Its fields are digits of bytes: hierarchyid has no text form in files.</summary>
    private bool IsHexadecimal => Definition.Type.IsBinary || Definition.Type.Id == SqlTypeId.HierarchyId;

    /// <summary>Converts a field; or returns the error of the row: 4864 (no such value), 4863 (too long), 4867 (out of range).</summary>
    public SqlErrorException? Convert(BulkValue field, long row, int column, out SqlValue value)
    {
        value = SqlValue.Null;
        try
        {
            SqlType type = Definition.Type;
            if (field.Bytes is { } bytes)
            {
                if (!BulkNative.TryDecode(_host, bytes, type, out SqlValue native))
                {
                    return Mismatch(row, column);
                }

                value = _convert is null ? native : _convert(native);
                return null;
            }

            string text = field.Text!;
            if (type.Id == SqlTypeId.Bit && text.Trim() is not ("0" or "1"))
            {
                return Mismatch(row, column);
            }

            if (type.IsExactInteger && type.Id != SqlTypeId.Bit && text.Trim() is { } digits && (digits.Length == 0 || !digits.TrimStart('-', '+').All(char.IsAsciiDigit)))
            {
                return Mismatch(row, column);
            }

            if (IsHexadecimal)
            {
                return Binary(text, row, column, out value);
            }

            SqlValue source = SqlValue.FromString(text);
            value = _convert is null ? source : _convert(source);
            return null;
        }
        catch (SqlErrorException error)
        {
            return error.Error.Number switch
            {
                2628 or 8152 when field.Bytes is not null => SqlErrors.Create(4863, row, column, Definition.Name),
                2628 or 8152 => Definition.Type.IsUnicodeString ? Mismatch(row, column) : SqlErrors.Create(4863, row, column, Definition.Name),
                220 or 232 or 244 or 248 or 8115 => SqlErrors.Create(4867, row, column, Definition.Name),
                _ => Mismatch(row, column),
            };
        }
    }

    /// <summary>Binary fields are hexadecimal digits without 0x.</summary>
    private SqlErrorException? Binary(string text, long row, int column, out SqlValue value)
    {
        value = SqlValue.Null;
        string digits = text.Trim();
        if (!digits.All(char.IsAsciiHexDigit))
        {
            return Mismatch(row, column);
        }

        if (digits.Length % 2 != 0 || (Definition.Type is { IsBinary: true, IsMax: false } && digits.Length / 2 > Definition.Type.Length))
        {
            return SqlErrors.Create(4863, row, column, Definition.Name);
        }

        value = SqlConvert.Convert(SqlValue.FromBinary(System.Convert.FromHexString(digits)), SqlType.VarBinaryMax, Definition.Type);
        return null;
    }

    private SqlErrorException Mismatch(long row, int column) => SqlErrors.Create(4864, row, column, Definition.Name);
}
