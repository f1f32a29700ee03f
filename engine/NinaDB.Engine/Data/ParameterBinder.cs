using System.Data;
using System.Data.Common;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Data;

/// <summary>Makes the session's parameters from a command's, and brings output values back.</summary>
internal static class ParameterBinder
{
    public static SessionParameter[] Bind(NinaParameterCollection parameters, EngineSession session, bool isProcedure)
    {
        if (parameters.Count == 0)
        {
            return [];
        }

        var bound = new List<SessionParameter>(parameters.Count);
        foreach (NinaParameter parameter in (IEnumerable<NinaParameter>)parameters)
        {
            if (parameter.Direction != ParameterDirection.ReturnValue)
            {
                bound.Add(Bind(parameter, session, isProcedure));
            }
        }

        return [.. bound];
    }

    private static SessionParameter Bind(NinaParameter parameter, EngineSession session, bool isProcedure)
    {
        string name = parameter.ParameterName.Length == 0 || parameter.ParameterName[0] == '@' ? parameter.ParameterName : "@" + parameter.ParameterName;
        if (!isProcedure && name.Length == 0)
        {
            throw new InvalidOperationException("A parameter of a text command needs a name.");
        }

        if (parameter.ExplicitType == SqlDbType.Structured || (parameter.TypeName.Length > 0 && parameter.ExplicitType is null))
        {
            return BindTable(parameter, name, session);
        }

        if (parameter.Value is null && parameter.Direction == ParameterDirection.Input)
        {
            if (isProcedure)
            {
                return new SessionParameter(name, SqlType.NVarChar(4000), SqlValue.Null) { UseDefault = true };
            }

            throw new NinaException([new SqlError(8178, 16, 1, $"The parameterized query expects the parameter '{name}', which was not supplied.")]);
        }

        try
        {
            (SqlValue value, SqlType type) = Convert(parameter);
            return new SessionParameter(name, type, value, parameter.Direction);
        }
        catch (SqlErrorException e)
        {
            throw NinaException.From(e);
        }
    }

    private static (SqlValue Value, SqlType Type) Convert(NinaParameter parameter)
    {
        object? given = parameter.Direction == ParameterDirection.Output ? null : parameter.Value;
        (SqlValue value, SqlType natural) = given is DateTime time && parameter.ExplicitType is SqlDbType.DateTime2 or SqlDbType.Date or SqlDbType.DateTimeOffset or SqlDbType.Time
            ? ClrValues.FromDateTimeExactly((DateTime)given!)
            : ClrValues.FromObject(given);
        if (parameter.ExplicitType is not { } declared)
        {
            return (value, natural);
        }

        SqlType type = ClrTypes.TypeOf(declared, parameter, LengthOf(given));
        if (value.IsNull || natural == type)
        {
            return (value, type);
        }

        if (value.AsLob is not null && type.Id == SqlTypeId.VarBinary)
        {
            return (value, SqlType.VarBinaryMax);
        }

        // As SqlClient does, a value longer than Size is cut.
        if (parameter.Size > 0)
        {
            value = value.Reference switch
            {
                string text when text.Length > parameter.Size => SqlValue.FromString(text[..parameter.Size]),
                byte[] bytes when bytes.Length > parameter.Size => SqlValue.FromBinary(bytes[..parameter.Size]),
                _ => value,
            };
        }

        return (SqlConvert.GetConverter(natural, type) is { } convert ? convert(value) : value, type);
    }

    private static int LengthOf(object? value) => value switch
    {
        string text => text.Length <= 4000 ? 0 : text.Length,
        byte[] bytes => bytes.Length <= 8000 ? 0 : bytes.Length,
        float[] vector => vector.Length,
        _ => 0,
    };

    private static SessionParameter BindTable(NinaParameter parameter, string name, EngineSession session)
    {
        SqlType type = SqlType.Table(parameter.TypeName.Length > 0
            ? parameter.TypeName
            : throw new ArgumentException($"The table type parameter '{name}' must have a valid type name."));
        IReadOnlyList<string>? parts = Syntax.Parser.TryParseName(parameter.TypeName);
        TableDefinition? shape = parts is null ? null : session.Catalog.FindType(parts.Count > 1 ? parts[^2] : null, parts[^1])?.Table;
        if (shape is null)
        {
            throw NinaException.From(SqlErrors.Create(2715, 1, parameter.TypeName));
        }

        IEnumerable<object?[]> rows = parameter.Value switch
        {
            null or DBNull => [],
            DataTable table => table.Rows.Cast<DataRow>().Select(r => (object?[])r.ItemArray),
            DbDataReader reader => Rows(reader),
            IEnumerable<object?[]> arrays => arrays,
            _ => throw new ArgumentException($"The table-valued parameter '{name}' takes a DataTable, a DbDataReader or a sequence of object arrays."),
        };
        return new SessionParameter(name, type, SqlValue.Null) { Rows = rows.Select(row => ConvertRow(row, shape, name)) };
    }

    private static IEnumerable<object?[]> Rows(DbDataReader reader)
    {
        while (reader.Read())
        {
            var row = new object?[reader.FieldCount];
            reader.GetValues(row!);
            yield return row;
        }
    }

    private static SqlValue[] ConvertRow(object?[] row, TableDefinition shape, string name)
    {
        if (row.Length > shape.Columns.Length)
        {
            throw new ArgumentException($"A row of the table-valued parameter '{name}' has {row.Length} values; the table type has {shape.Columns.Length} columns.");
        }

        var values = new SqlValue[shape.Columns.Length];
        for (int i = 0; i < row.Length; i++)
        {
            (SqlValue value, SqlType natural) = ClrValues.FromObject(row[i]);
            values[i] = value.IsNull ? value : SqlConvert.GetConverter(natural, shape.Columns[i].Type) is { } convert ? convert(value) : value;
        }

        return values;
    }

    /// <summary>Fills output parameters and the return value once the request is over.</summary>
    public static void WriteBack(NinaParameterCollection parameters, SessionParameter[] bound, int? returnValue)
    {
        int index = 0;
        foreach (NinaParameter parameter in (IEnumerable<NinaParameter>)parameters)
        {
            if (parameter.Direction == ParameterDirection.ReturnValue)
            {
                parameter.Value = returnValue is { } code ? code : DBNull.Value;
                continue;
            }

            SessionParameter session = bound[index++];
            if (parameter.Direction is ParameterDirection.Output or ParameterDirection.InputOutput)
            {
                parameter.Value = ClrValues.ToObject(session.Value);
            }
        }
    }
}
