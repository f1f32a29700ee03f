using System.Data;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Session;

/// <summary>A parameter of a batch or procedure call. Output values are written back to <see cref="Value"/> when the request ends.</summary>
public sealed class SessionParameter(string name, SqlType type, SqlValue value, ParameterDirection direction = ParameterDirection.Input)
{
    /// <summary>Name with its leading @; empty for a positional argument of a procedure call.</summary>
    public string Name { get; } = name;

    public SqlType Type { get; } = type;

    public SqlValue Value { get; set; } = value;

    public ParameterDirection Direction { get; } = direction;

    /// <summary>True to leave the argument out so that the procedure's default applies.</summary>
    public bool UseDefault { get; init; }

    /// <summary>Rows of a table-valued parameter (its <see cref="Type"/> is <see cref="SqlType.Table"/>); read once, values in the order of the table type's columns.</summary>
    public IEnumerable<SqlValue[]>? Rows { get; init; }

    internal bool IsOutput => Direction is ParameterDirection.Output or ParameterDirection.InputOutput;
}
