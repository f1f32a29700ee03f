using System.Data;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;
using NinaDB.Tds.Protocol;

namespace NinaDB.Tds.Sessions;

/// <summary>A parameter of an RPC request ([MS-TDS] 2.2.6.6).</summary>
internal sealed class CallParameter
{
    private const byte ByReference = 1, DefaultValue = 2, Encrypted = 8;

    private SessionParameter? _bound;

    public required int Ordinal { get; init; }

    /// <summary>With its @; empty when it is passed by position.</summary>
    public required string Name { get; init; }

    public required bool IsOutput { get; init; }

    public required bool IsDefault { get; init; }

    public required SqlType Type { get; init; }

    public required SqlValue Value { get; init; }

    public TableRows? Rows { get; init; }

    public static CallParameter Read(MessageReader reader, int ordinal)
    {
        string name = reader.ByteText();
        byte status = reader.Byte();
        if ((status & Encrypted) != 0)
        {
            throw Engine.Errors.SqlErrors.NotSupported("encrypted parameters");
        }

        ClientType type = ClientType.Read(reader);
        TableRows? rows = null;
        SqlValue value = SqlValue.Null;
        if (type.IsTable)
        {
            rows = TableRows.Read(reader);
        }
        else
        {
            value = type.ReadValue(reader);
        }

        return new CallParameter
        {
            Ordinal = ordinal,
            Name = name,
            IsOutput = (status & ByReference) != 0,
            IsDefault = (status & DefaultValue) != 0,
            Type = type.ValueType.Id == SqlTypeId.Null ? SqlType.NVarChar(4000) : type.ValueType,
            Value = value,
            Rows = rows,
        };
    }

    /// <summary>As the engine takes it.</summary>
    public SessionParameter Bind(EngineSession session) => _bound = Rows is not null
        ? Rows.ToParameter(Name, session)
        : new SessionParameter(Name, Type, Value, IsOutput ? ParameterDirection.InputOutput : ParameterDirection.Input) { UseDefault = IsDefault };

    /// <summary>Value after the call.</summary>
    public SqlValue Result => _bound?.Value ?? Value;

    /// <summary>Text of a parameter that is a statement, a name or a list of declarations; null for NULL.</summary>
    public string? Text => Value.IsNull ? null : Value.Reference as string;

    /// <summary>A whole number; null for NULL.</summary>
    public int? Number => Value.IsNull
        ? null
        : Type.IsExactInteger ? Value.AsInt32 : SqlConvert.Convert(Value, Type, SqlType.Int).AsInt32;
}
