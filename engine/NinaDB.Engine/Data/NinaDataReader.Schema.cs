using System.Collections.ObjectModel;
using System.Data;
using System.Data.Common;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Data;

/// <summary>Describing the columns of the current result set.</summary>
public sealed partial class NinaDataReader
{
    public override string GetName(int ordinal) => Column(ordinal).Name;

    public override string GetDataTypeName(int ordinal) => Column(ordinal).Type.Name;

    public override Type GetFieldType(int ordinal) => ClrTypes.FieldType(Column(ordinal).Type);

    /// <summary>Position of a column: exact name first, then regardless of case.</summary>
    public override int GetOrdinal(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        for (int i = 0; i < Open()._columns.Count; i++)
        {
            if (string.Equals(_columns[i].Name, name, StringComparison.Ordinal))
            {
                return i;
            }
        }

        if (_ordinals is null)
        {
            _ordinals = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
            for (int i = 0; i < _columns.Count; i++)
            {
                _ordinals.TryAdd(_columns[i].Name, i);
            }
        }

        return _ordinals.TryGetValue(name, out int ordinal) ? ordinal : throw new IndexOutOfRangeException(name);
    }

    /// <summary>The SQL type of a column, with length, precision, scale, dimensions and collation.</summary>
    public SqlType GetSqlType(int ordinal) => Column(ordinal).Type;

    public ReadOnlyCollection<DbColumn> GetColumnSchema() => new([.. Open()._columns.Select((column, i) => (DbColumn)new NinaColumn(column, i))]);

    public override DataTable? GetSchemaTable()
    {
        if (Open()._columns.Count == 0)
        {
            return null;
        }

        var table = new DataTable("SchemaTable") { Locale = System.Globalization.CultureInfo.InvariantCulture };
        (string Name, Type Type)[] shape =
        [
            (SchemaTableColumn.ColumnName, typeof(string)), (SchemaTableColumn.ColumnOrdinal, typeof(int)), (SchemaTableColumn.ColumnSize, typeof(int)),
            (SchemaTableColumn.NumericPrecision, typeof(short)), (SchemaTableColumn.NumericScale, typeof(short)), (SchemaTableColumn.IsUnique, typeof(bool)),
            (SchemaTableColumn.IsKey, typeof(bool)), (SchemaTableColumn.BaseSchemaName, typeof(string)), (SchemaTableColumn.BaseTableName, typeof(string)),
            (SchemaTableColumn.BaseColumnName, typeof(string)), (SchemaTableColumn.DataType, typeof(Type)), (SchemaTableColumn.AllowDBNull, typeof(bool)),
            (SchemaTableColumn.ProviderType, typeof(int)), (SchemaTableColumn.IsAliased, typeof(bool)), (SchemaTableColumn.IsExpression, typeof(bool)),
            ("IsIdentity", typeof(bool)), (SchemaTableOptionalColumn.IsAutoIncrement, typeof(bool)), (SchemaTableOptionalColumn.IsRowVersion, typeof(bool)),
            (SchemaTableOptionalColumn.IsHidden, typeof(bool)), (SchemaTableColumn.IsLong, typeof(bool)), (SchemaTableOptionalColumn.IsReadOnly, typeof(bool)),
            (SchemaTableOptionalColumn.ProviderSpecificDataType, typeof(Type)), ("DataTypeName", typeof(string)),
        ];
        foreach ((string name, Type type) in shape)
        {
            table.Columns.Add(name, type);
        }

        foreach (NinaColumn column in GetColumnSchema().Cast<NinaColumn>())
        {
            table.Rows.Add(
                column.ColumnName, column.ColumnOrdinal, column.ColumnSize, (short)(column.NumericPrecision ?? 255), (short)(column.NumericScale ?? 255), false,
                DBNull.Value, DBNull.Value, DBNull.Value,
                column.ColumnName, column.DataType, column.AllowDBNull,
                (int)column.SqlDbType, false, column.IsExpression,
                column.IsIdentity, column.IsAutoIncrement, column.SqlDbType == SqlDbType.Timestamp,
                column.IsHidden, column.IsLong, column.IsReadOnly,
                ClrTypes.ProviderType(column.SqlType), column.DataTypeName);
        }

        return table;
    }

    private ResultColumn Column(int ordinal) =>
        (uint)ordinal < (uint)Open()._columns.Count ? _columns[ordinal] : throw new IndexOutOfRangeException($"There is no column {ordinal}.");
}

/// <summary>A column of a result set.</summary>
public sealed class NinaColumn : DbColumn
{
    internal NinaColumn(ResultColumn column, int ordinal)
    {
        SqlType = column.Type;
        ColumnName = column.Name;
        ColumnOrdinal = ordinal;
        AllowDBNull = column.IsNullable;
        DataType = ClrTypes.FieldType(column.Type);
        DataTypeName = column.Type.Name;
        ColumnSize = column.Type.IsMax ? int.MaxValue : column.Type.Length > 0 ? column.Type.Length : column.Type.MaxLength;
        IsIdentity = column.IsIdentity;
        IsAutoIncrement = column.IsIdentity;
        IsExpression = column.IsComputed;
        IsReadOnly = column.IsComputed || column.IsIdentity || column.Type.Id == SqlTypeId.RowVersion;
        IsHidden = column.IsHidden;
        IsLong = column.Type.IsMax;
        if (column.Type.Precision > 0)
        {
            NumericPrecision = column.Type.Precision;
        }

        if (column.Type.IsDecimal || column.Type.IsMoney || column.Type.IsDateOrTime)
        {
            NumericScale = column.Type.Scale;
        }
    }

    /// <summary>The full SQL type.</summary>
    public SqlType SqlType { get; }

    public SqlDbType SqlDbType => ClrTypes.SqlDbTypeOf(SqlType);
}
