using System.Data.SqlTypes;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>The @@ functions.</summary>
internal static class GlobalVariables
{
    /// <summary>What @@VERSION says: the product whose dialect is spoken, then who speaks it.</summary>
    private const string Version = "Microsoft SQL Server 2025 (RTM) - 17.0.1000.7 compatible - NinaDB embedded host";

    private static readonly Dictionary<string, (SqlType Type, Func<EngineSession, SqlValue> Read)> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@@ROWCOUNT"] = (SqlType.Int, s => SqlValue.FromInt(unchecked((int)s.RowCount))),
        ["@@ERROR"] = (SqlType.Int, s => SqlValue.FromInt(s.LastError)),
        ["@@TRANCOUNT"] = (SqlType.Int, s => SqlValue.FromInt(s.TransactionCount)),
        ["@@IDENTITY"] = (SqlType.Numeric(38, 0), s => s.LastIdentity is { } identity ? SqlValue.FromDecimal(SqlDecimal.ConvertToPrecScale(identity, 38, 0), SqlTypeId.Numeric) : SqlValue.Null),
        ["@@VERSION"] = (SqlType.NVarChar(300), _ => SqlValue.FromString(Version)),
        ["@@SPID"] = (SqlType.SmallInt, s => SqlValue.FromSmallInt(checked((short)s.SessionId))),
        ["@@SERVERNAME"] = (SqlType.NVarChar(128), s => SqlValue.FromString(Environment.MachineName)),
        ["@@SERVICENAME"] = (SqlType.NVarChar(128), _ => SqlValue.FromString("MSSQLSERVER")),
        ["@@NESTLEVEL"] = (SqlType.Int, s => SqlValue.FromInt(s.NestLevel)),
        ["@@PROCID"] = (SqlType.Int, s => SqlValue.FromInt(s.ModuleId)),
        ["@@FETCH_STATUS"] = (SqlType.Int, s => SqlValue.FromInt(s.FetchStatus)),
        ["@@CURSOR_ROWS"] = (SqlType.Int, s => SqlValue.FromInt(s.CursorRows)),
        ["@@DATEFIRST"] = (SqlType.TinyInt, s => SqlValue.FromTinyInt(checked((byte)s.Options.DateFirst))),
        ["@@LOCK_TIMEOUT"] = (SqlType.Int, s => SqlValue.FromInt(s.Options.LockTimeout)),
        ["@@MAX_PRECISION"] = (SqlType.TinyInt, _ => SqlValue.FromTinyInt(38)),
        ["@@MAX_CONNECTIONS"] = (SqlType.Int, _ => SqlValue.FromInt(32767)),
        ["@@LANGUAGE"] = (SqlType.NVarChar(128), s => SqlValue.FromString(s.Options.Language)),
        ["@@LANGID"] = (SqlType.SmallInt, s => SqlValue.FromSmallInt(SqlLanguage.Of(s.Options).Id)),
        ["@@OPTIONS"] = (SqlType.Int, s => SqlValue.FromInt(OptionBits(s.Options))),
        ["@@TEXTSIZE"] = (SqlType.Int, s => SqlValue.FromInt(s.Options.TextSize)),
        ["@@MICROSOFTVERSION"] = (SqlType.Int, _ => SqlValue.FromInt((17 << 24) + 1000)),
        ["@@DBTS"] = (SqlType.VarBinary(8), s => SqlValue.FromBinary(s.Database.LastRowVersion)),
        ["@@REMSERVER"] = (SqlType.NVarChar(128), _ => SqlValue.Null),
        ["@@CONNECTIONS"] = (SqlType.Int, s => SqlValue.FromInt(s.SessionId)),

        // This host counts neither ticks nor packets.
        ["@@CPU_BUSY"] = (SqlType.Int, _ => SqlValue.FromInt(0)),
        ["@@IDLE"] = (SqlType.Int, _ => SqlValue.FromInt(0)),
        ["@@IO_BUSY"] = (SqlType.Int, _ => SqlValue.FromInt(0)),
        ["@@PACK_RECEIVED"] = (SqlType.Int, _ => SqlValue.FromInt(0)),
        ["@@PACK_SENT"] = (SqlType.Int, _ => SqlValue.FromInt(0)),
        ["@@PACKET_ERRORS"] = (SqlType.Int, _ => SqlValue.FromInt(0)),
        ["@@TOTAL_ERRORS"] = (SqlType.Int, _ => SqlValue.FromInt(0)),
        ["@@TOTAL_READ"] = (SqlType.Int, _ => SqlValue.FromInt(0)),
        ["@@TOTAL_WRITE"] = (SqlType.Int, _ => SqlValue.FromInt(0)),
        ["@@DEF_SORTORDER_ID"] = (SqlType.TinyInt, _ => SqlValue.FromTinyInt(52)),
        ["@@DEFAULT_LANGID"] = (SqlType.SmallInt, _ => SqlValue.FromSmallInt(0)),
        ["@@TIMETICKS"] = (SqlType.Int, _ => SqlValue.FromInt(31250)),
    };

    public static BoundExpression Bind(string name)
    {
        if (!Known.TryGetValue(name, out (SqlType Type, Func<EngineSession, SqlValue> Read) known))
        {
            throw SqlErrors.Create(137, name);
        }

        Func<EngineSession, SqlValue> read = known.Read;
        var function = new BoundFunction(known.Type, true, [], (context, _) => read(context.Session));
        return new BoundFunctionCall(name.ToUpperInvariant(), [], function) { IsDeterministic = false };
    }

    /// <summary>@@OPTIONS: the bits that SET options have in the "user options" configuration.</summary>
    private static int OptionBits(SessionOptions options) =>
        (options.ImplicitTransactions ? 2 : 0)
        | (options.CursorCloseOnCommit ? 4 : 0)
        | (options.AnsiWarnings ? 8 : 0)
        | (options.AnsiPadding ? 16 : 0)
        | (options.AnsiNulls ? 32 : 0)
        | (options.ArithAbort ? 64 : 0)
        | (options.ArithIgnore ? 128 : 0)
        | (options.QuotedIdentifier ? 256 : 0)
        | (options.NoCount ? 512 : 0)
        | (options.AnsiNullDefaultOn ? 1024 : 0)
        | (options.AnsiNullDefaultOff ? 2048 : 0)
        | (options.ConcatNullYieldsNull ? 4096 : 0)
        | (options.NumericRoundAbort ? 8192 : 0)
        | (options.XactAbort ? 16384 : 0);
}
