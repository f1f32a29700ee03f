using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>
/// Types of parameters that a batch uses without declaring them. While the batch is compiled they are untyped, as NULL is, and what they are converted to is noted here.
/// Rules: learn.microsoft.com, sp_describe_undeclared_parameters, "Parameter selection algorithm".
/// </summary>
internal sealed class ParameterInference(IEnumerable<string> names)
{
    private readonly Dictionary<string, SqlType?> _types = names.ToDictionary(n => n, _ => (SqlType?)null, StringComparer.OrdinalIgnoreCase);

    /// <summary>The type that was found for a parameter; null when none was.</summary>
    public SqlType? this[string name] => _types[name];

    /// <summary>The parameter stands where a value of exactly this type is wanted. The first place counts.</summary>
    public void Note(string name, SqlType type)
    {
        if (_types.TryGetValue(name, out SqlType? known) && known is null)
        {
            _types[name] = type;
        }
    }

    /// <summary>As <see cref="Note(string, SqlType)"/>, where the expression is a parameter without a type.</summary>
    public void Note(BoundExpression expression, SqlType type, bool isExact)
    {
        if (expression is BoundVariable { Type.Id: SqlTypeId.Null } variable)
        {
            Note(variable.Name, isExact ? type : General(type));
        }
    }

    /// <summary>Two operands without types say nothing about each other.</summary>
    public static void RefuseTwo(BoundExpression left, BoundExpression right)
    {
        if (left is BoundVariable { Type.Id: SqlTypeId.Null } first && right is BoundVariable { Type.Id: SqlTypeId.Null } second)
        {
            throw SqlErrors.Create(11503, first.Name, second.Name);
        }
    }

    /// <summary>The candidate type nearest to a type, where the parameter is not simply compared or assigned.</summary>
    private static SqlType General(SqlType type) => type.Id switch
    {
        SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.Text => type.IsMax || type.Id == SqlTypeId.Text ? SqlType.VarCharMax : SqlType.VarChar(8000),
        SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.NText => type.IsMax || type.Id == SqlTypeId.NText ? SqlType.NVarCharMax : SqlType.NVarChar(4000),
        SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.RowVersion => type.IsMax ? SqlType.VarBinaryMax : SqlType.VarBinary(8000),
        SqlTypeId.Decimal or SqlTypeId.Numeric => SqlType.Numeric(38, 19),
        SqlTypeId.Time => SqlType.Time(7),
        SqlTypeId.DateTime2 => SqlType.DateTime2(7),
        SqlTypeId.DateTimeOffset => SqlType.DateTimeOffset(7),
        _ => type,
    };
}
