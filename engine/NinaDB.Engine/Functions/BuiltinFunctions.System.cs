using System.Data.SqlTypes;
using System.Text;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Session state, identity values, transactions, triggers, FORMATMESSAGE, SQL_VARIANT_PROPERTY.</summary>
internal static partial class BuiltinFunctions
{
    private static readonly SqlType IdentityType = SqlType.Numeric(38, 0);

    private static void AddSystemFamily(Action<BuiltinFunction> add)
    {
        add(SessionFunction("ROWCOUNT_BIG", 0, 0, SqlType.BigInt, [], (s, _) => SqlValue.FromBigInt(s.RowCount)));
        add(SessionFunction("XACT_STATE", 0, 0, SqlType.SmallInt, [], (s, _) => SqlValue.FromSmallInt((short)s.TransactionState)));
        add(SessionFunction("CURRENT_TRANSACTION_ID", 0, 0, SqlType.BigInt, [], (s, _) => SqlValue.FromBigInt(s.TransactionId)));
        add(SessionFunction("CURRENT_REQUEST_ID", 0, 0, SqlType.SmallInt, [], (_, _) => SqlValue.FromSmallInt(0)));
        add(SessionFunction("SCOPE_IDENTITY", 0, 0, IdentityType, [], (s, _) => Identity(s.ScopeIdentity)));
        add(SessionFunction("IDENT_CURRENT", 1, 1, IdentityType, [NameLong], (s, a) => IdentityTable(s, a[0].AsString) is { } t ? Identity(s.CurrentIdentity(t)) : SqlValue.Null));
        add(SessionFunction("IDENT_SEED", 1, 1, IdentityType, [NameLong], (s, a) => Identity(IdentityOf(s, a[0].AsString)?.Seed)));
        add(SessionFunction("IDENT_INCR", 1, 1, IdentityType, [NameLong], (s, a) => Identity(IdentityOf(s, a[0].AsString)?.Increment)));
        add(SessionFunction("MIN_ACTIVE_ROWVERSION", 0, 0, SqlType.Binary(8), [], (s, _) => SqlValue.FromBinary(s.Database.MinimumActiveRowVersion, SqlTypeId.Binary)));
        add(SessionFunction("HOST_NAME", 0, 0, NameType, [], (s, _) => Name(s.HostName)));
        add(SessionFunction("HOST_ID", 0, 0, SqlType.Char(10), [], (_, _) => SqlValue.FromString(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture).PadRight(10), SqlTypeId.Char)));
        add(SessionFunction("APP_NAME", 0, 0, NameType, [], (s, _) => Name(s.ApplicationName)));
        add(SessionFunction("SESSION_CONTEXT", 1, 1, SqlType.SqlVariant, [SqlType.NVarChar(256)], (s, a) =>
            a[0].IsNull ? throw SqlErrors.Create(8116, "NULL", 1, "session_context") : s.Context.TryGetValue(a[0].AsString, out var found) ? found.Value : SqlValue.Null, acceptsNull: true));
        add(SessionFunction("CONTEXT_INFO", 0, 0, SqlType.VarBinary(128), [], (s, _) => s.ContextInfo is { } bytes ? SqlValue.FromBinary([.. bytes.Take(128), .. new byte[Math.Max(0, 128 - bytes.Length)]]) : SqlValue.Null));
        add(SessionFunction("TRIGGER_NESTLEVEL", 0, 3, SqlType.Int, [SqlType.Int, SqlType.VarChar(10), SqlType.VarChar(10)], (s, _) => SqlValue.FromInt(s.TriggerNestingLevel), acceptsNull: true));
        add(SessionFunction("COLUMNS_UPDATED", 0, 0, SqlType.VarBinary(128), [], (s, _) => ColumnsUpdated(s)));
        add(SessionFunction("EVENTDATA", 0, 0, SqlType.Xml, [], (s, _) => s.EventData is { } data ? SqlValue.FromString(data, SqlTypeId.Xml) : SqlValue.Null));

        // A transaction of this host is its own token: a FILESTREAM file is read through its path while the transaction that found it lives.
        add(SessionFunction("GET_FILESTREAM_TRANSACTION_CONTEXT", 0, 0, SqlType.VarBinaryMax, [], (s, _) =>
            s.TransactionCount == 0 ? SqlValue.Null : SqlValue.FromBinary(Encoding.ASCII.GetBytes($"nina:{s.SessionId}"))));
        add(new BuiltinFunction("FORMATMESSAGE", 1, 21, b =>
        {
            bool isNumber = b.ArgumentTypes[0].IsExactInteger;
            SqlType[] types = [.. b.ArgumentTypes];
            return new BoundFunction(SqlType.NVarChar(2047), true, [isNumber ? SqlType.Int : SqlType.NVarChar(4000)], (c, a) =>
            {
                if (a[0].IsNull)
                {
                    return SqlValue.Null;
                }

                // Messages of the catalogue number their arguments; RAISERROR's own templates use printf's.
                string? template = isNumber ? UserMessages.Find(c.Session, a[0].AsInt32)?.Text : a[0].AsString;
                return template is null ? SqlValue.Null : SqlValue.FromString(FormattedMessage(template, a.AsSpan(1), types[1..]));
            })
            { NullIfAnyNull = false };
        })
        { IsDeterministic = false });
        add(new BuiltinFunction("SQL_VARIANT_PROPERTY", 2, 2, b =>
        {
            SqlType type = b.ArgumentTypes[0];
            return new BoundFunction(SqlType.SqlVariant, true, [null, SqlType.NVarChar(128)], (_, a) => VariantProperty(a[0], type, a[1].AsString));
        }));
    }

    /// <summary>
    /// The message; what fits no specifier, and an empty template, give SQL Server's words about it instead of an error. Only types that can stand for nothing are one (2748).
    /// </summary>
    private static string FormattedMessage(string template, ReadOnlySpan<SqlValue> values, SqlType[] types)
    {
        for (int i = 0; i < types.Length; i++)
        {
            SqlType type = types[i];
            if (type.Id != SqlTypeId.Null && (!type.IsExactInteger || type.Id == SqlTypeId.Bit) && !type.IsString && !type.IsBinary)
            {
                throw SqlErrors.Create(2748, type.ErrorName, i + 2);
            }
        }

        try
        {
            return template.Length == 0 ? BadMessage : MessageFormatter.Format(template, values, types);
        }
        catch (SqlErrorException error) when (error.Error.Number is 2786 or 2787)
        {
            return BadMessage;
        }
    }

    private const string BadMessage =
        "Error: 50000, Severity: -1, State: 1. (Params:). The error is printed in terse mode because there was error during formatting. Tracing, ETW, notifications etc are skipped.\r\n";

    private static SqlValue Identity(decimal? value) =>
        value is { } number ? SqlValue.FromDecimal(SqlDecimal.ConvertToPrecScale(new SqlDecimal(number), 38, 0), SqlTypeId.Numeric) : SqlValue.Null;

    private static TableDefinition? IdentityTable(EngineSession session, string name) =>
        ObjectId(session, name, null) is { } id && session.FindTable(id) is { } table && table.Columns.Any(c => c.Identity is not null) ? table : null;

    private static IdentityDefinition? IdentityOf(EngineSession session, string name) =>
        IdentityTable(session, name)?.Columns.First(c => c.Identity is not null).Identity;

    /// <summary>One bit a column, lowest first, a byte for each eight columns.</summary>
    private static SqlValue ColumnsUpdated(EngineSession session)
    {
        if (session.Trigger is not { Table: TableDefinition table } trigger)
        {
            return SqlValue.Null;
        }

        var bytes = new byte[(table.MaxColumnId + 7) / 8];
        foreach (int ordinal in trigger.UpdatedColumns)
        {
            int bit = table.Columns[ordinal].ColumnId - 1;
            bytes[bit / 8] |= (byte)(1 << (bit % 8));
        }

        return SqlValue.FromBinary(bytes);
    }

    private static SqlValue VariantProperty(SqlValue value, SqlType declared, string property)
    {
        SqlType type = declared;
        if (value.Kind == SqlTypeId.SqlVariant)
        {
            type = value.AsVariant.Type;
            value = value.AsVariant.Value;
        }

        if (type.IsMax || type.IsLegacyLob || type.Id is SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector or SqlTypeId.Null)
        {
            // No variant holds such a value.
            return SqlValue.Null;
        }

        return property.ToUpperInvariant() switch
        {
            "BASETYPE" => VariantText(type.Name),
            "PRECISION" => VariantInt(type.IsString || type.IsBinary ? 0 : type.CatalogPrecision),
            "SCALE" => VariantInt(type.Scale),
            "MAXLENGTH" => VariantInt(type.MaxLength),
            "TOTALBYTES" => VariantInt(VariantBytes(value, type)),
            "COLLATION" => type.IsString ? VariantText(type.EffectiveCollation.Name) : SqlValue.Null,
            _ => SqlValue.Null,
        };
    }

    /// <summary>Bytes of a variant: those of the value and what tells its type.</summary>
    private static int VariantBytes(SqlValue value, SqlType type) => (int)DataLength(value, type) + type.Id switch
    {
        _ when type.IsString => 8,
        _ when type.IsBinary || type.IsDecimal => 4,
        SqlTypeId.Time or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset => 3,
        _ => 2,
    };

    /// <summary>ERROR_NUMBER() and its kin: the error that the innermost CATCH handles; NULL outside.</summary>
    private static void AddErrorFamily(Action<BuiltinFunction> add)
    {
        void Error(string name, SqlType type, Func<SqlError, SqlValue> read) =>
            add(SessionFunction(name, 0, 0, type, [], (s, _) => s.CaughtError is { } error ? read(error) : SqlValue.Null));
        Error("ERROR_NUMBER", SqlType.Int, e => SqlValue.FromInt(e.Number));
        Error("ERROR_MESSAGE", SqlType.NVarChar(4000), e => SqlValue.FromString(e.Message));
        Error("ERROR_SEVERITY", SqlType.Int, e => SqlValue.FromInt(e.Severity));
        Error("ERROR_STATE", SqlType.Int, e => SqlValue.FromInt(e.State));
        Error("ERROR_LINE", SqlType.Int, e => SqlValue.FromInt(e.Line));
        Error("ERROR_PROCEDURE", NameType, e => Name(e.Procedure));
    }
}
