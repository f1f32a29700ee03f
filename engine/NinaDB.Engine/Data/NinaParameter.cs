using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace NinaDB.Engine.Data;

/// <summary>A parameter of a command. Its type follows the value unless <see cref="SqlDbType"/> or <see cref="DbType"/> is set.</summary>
public sealed class NinaParameter : DbParameter
{
    private SqlDbType? _type;
    private DbType? _dbType;
    private string _name = "";

    public NinaParameter()
    {
    }

    public NinaParameter(string name, object? value)
    {
        ParameterName = name;
        Value = value;
    }

    public NinaParameter(string name, SqlDbType type, int size = 0)
    {
        ParameterName = name;
        SqlDbType = type;
        Size = size;
    }

    /// <summary>Name, with or without the leading @. Empty for a positional argument of a procedure.</summary>
    [AllowNull]
    public override string ParameterName
    {
        get => _name;
        set => _name = value ?? "";
    }

    /// <summary>The value; <see cref="DBNull"/> for NULL, null to leave a procedure's argument to its default. For a table-valued parameter a DataTable, a DbDataReader or a sequence of object arrays.</summary>
    public override object? Value { get; set; }

    public override ParameterDirection Direction { get; set; } = ParameterDirection.Input;

    public override DbType DbType
    {
        get => _dbType ?? (_type is { } type ? ClrTypes.DbTypeOf(type) : ClrTypes.InferDbType(Value));
        set
        {
            _dbType = value;
            _type = ClrTypes.SqlDbTypeOf(value);
        }
    }

    /// <summary>SQL Server type; null when it follows the value.</summary>
    public SqlDbType SqlDbType
    {
        get => _type ?? ClrTypes.SqlDbTypeOf(ClrTypes.InferDbType(Value));
        set
        {
            _type = value;
            _dbType = null;
        }
    }

    internal SqlDbType? ExplicitType => _type;

    /// <summary>Maximum length in characters or bytes, dimensions of a vector; -1 for max, 0 to follow the value.</summary>
    public override int Size { get; set; }

    public override byte Precision { get; set; }

    public override byte Scale { get; set; }

    /// <summary>Table type (schema.name) of a table-valued parameter.</summary>
    public string TypeName { get; set; } = "";

    public override bool IsNullable { get; set; } = true;

    [AllowNull]
    public override string SourceColumn { get; set; } = "";

    public override bool SourceColumnNullMapping { get; set; }

    public override DataRowVersion SourceVersion { get; set; } = DataRowVersion.Current;

    public override void ResetDbType()
    {
        _type = null;
        _dbType = null;
    }

    public override string ToString() => ParameterName;
}
