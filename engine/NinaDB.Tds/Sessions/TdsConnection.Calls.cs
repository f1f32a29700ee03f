using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;
using NinaDB.Tds.Protocol;

namespace NinaDB.Tds.Sessions;

/// <summary>RPC requests ([MS-TDS] 2.2.6.6): procedures by name, the numbered procedures of the protocol, several in one message.</summary>
internal sealed partial class TdsConnection
{
    private const byte BatchFlag = 0xFF, NoExecuteFlag = 0xFE, OldBatchFlag = 0x80;
    private const ushort IsProcedureId = 0xFFFF;
    private const int MaximumPrepared = 100_000;

    /// <summary>Names of the numbered procedures, by number.</summary>
    private static readonly string[] NumberedProcedures =
    [
        "", "sp_cursor", "sp_cursoropen", "sp_cursorprepare", "sp_cursorexecute", "sp_cursorprepexec", "sp_cursorunprepare", "sp_cursorfetch", "sp_cursoroption", "sp_cursorclose", "sp_executesql", "sp_prepare",
        "sp_execute", "sp_prepexec", "sp_prepexecrpc", "sp_unprepare",
    ];

    private readonly Dictionary<int, PreparedStatement> _prepared = [];
    private int _lastHandle;

    /// <summary>A statement kept under a handle; plans are the engine's matter, which caches them by text.</summary>
    private sealed record PreparedStatement(string Text, string Declarations)
    {
        /// <summary>Cursor options that sp_cursorprepare was given.</summary>
        public int ScrollOptions { get; init; }

        public int ConcurrencyOptions { get; init; }
    }

    private void RunCalls(MessageReader reader, ResultWriter writer, Request request)
    {
        SkipHeaders(reader);
        bool isLast;
        do
        {
            string name = ReadProcedureName(reader);
            reader.UInt16();
            List<CallParameter> parameters = [];
            byte? separator = null;
            while (!reader.IsAtEnd)
            {
                if (reader.PeekByte() is BatchFlag or NoExecuteFlag || (!_client.HasMaxTypes && reader.PeekByte() == OldBatchFlag))
                {
                    separator = reader.Byte();
                    break;
                }

                parameters.Add(CallParameter.Read(reader, parameters.Count));
            }

            isLast = reader.IsAtEnd;
            if (separator == NoExecuteFlag)
            {
                // The client has changed its mind about this call.
                writer.EndCall(null, [], isLast);
                continue;
            }

            Call(name, parameters, writer, request, isLast);
        }
        while (!isLast && !request.IsCancelled);
    }

    private static string ReadProcedureName(MessageReader reader)
    {
        ushort length = reader.UInt16();
        if (length != IsProcedureId)
        {
            return reader.Unicode(length * 2);
        }

        ushort number = reader.UInt16();
        return number > 0 && number < NumberedProcedures.Length ? NumberedProcedures[number] : throw new TdsProtocolException($"Procedure number {number}.");
    }

    /// <summary>One call and its end: return status, outputs, DONEPROC.</summary>
    private void Call(string name, List<CallParameter> parameters, ResultWriter writer, Request request, bool isLast)
    {
        writer.IsInCall = true;
        var outputs = new List<(int, string, SqlType, SqlValue)>();
        int? status;
        try
        {
            status = Dispatch(name, parameters, outputs, writer, request);
        }
        catch (SqlErrorException exception)
        {
            exception.Locate(1, null);
            writer.Error(exception.Error);
            status = null;
        }

        AnnounceTransaction(_output);
        if (request.IsCancelled)
        {
            return;
        }

        // A call that failed returns its error number where it has no code of its own.
        writer.EndCall(status ?? (writer.HasError ? writer.FirstError : 0), outputs, isLast);
    }

    private int? Dispatch(string name, List<CallParameter> parameters, List<(int, string, SqlType, SqlValue)> outputs, ResultWriter writer, Request request)
    {
        switch (BareName(name))
        {
            case "sp_executesql":
                return Execute("sp_executesql", parameters, 0, [], outputs, writer, request);
            case "sp_prepare":
                {
                    RequireCount(parameters, 3, name);
                    PreparedStatement statement = Prepared(parameters, 1, name);
                    int handle = Keep(statement);
                    if (parameters.Count > 3 && (parameters[3].Number & 1) != 0)
                    {
                        Describe(statement, writer);
                    }

                    outputs.Add((0, parameters[0].Name, SqlType.Int, SqlValue.FromInt(handle)));
                    return 0;
                }

            case "sp_prepexec":
                {
                    RequireCount(parameters, 3, name);
                    PreparedStatement statement = Prepared(parameters, 1, name);
                    if (parameters[0].Number is { } old)
                    {
                        // A handle that is passed in is replaced.
                        _prepared.Remove(old);
                    }

                    int handle = Keep(statement);
                    outputs.Add((0, parameters[0].Name, SqlType.Int, SqlValue.FromInt(handle)));
                    return Run(statement, parameters, 3, outputs, writer, request);
                }

            case "sp_execute":
                {
                    RequireCount(parameters, 1, name);
                    return Run(FindPrepared(parameters[0].Number), parameters, 1, outputs, writer, request);
                }

            case "sp_unprepare" or "sp_cursorunprepare":
                RequireCount(parameters, 1, name);
                if (!_prepared.Remove(parameters[0].Number ?? 0))
                {
                    throw SqlErrors.Create(8179, parameters[0].Number);
                }

                return 0;
            case "sp_prepexecrpc":
                return PrepareCall(parameters, outputs, writer, request);
            case "sp_reset_connection":
                ResetSession(keepTransaction: false, request);
                return 0;
            case { } cursor when cursor.StartsWith("sp_cursor", StringComparison.Ordinal) && cursor != "sp_cursor_list":
                return CallCursor(cursor, parameters, outputs, writer, request);
            default:
                return Execute(name, parameters, 0, [], outputs, writer, request);
        }
    }

    /// <summary>Last part of a procedure's name where it may be one of the protocol's; null otherwise.</summary>
    private static string? BareName(string name)
    {
        int dot = name.LastIndexOf('.');
        string last = (dot < 0 ? name : name[(dot + 1)..]).Trim('[', ']');
        return last.StartsWith("sp_", StringComparison.OrdinalIgnoreCase) ? last.ToLowerInvariant() : null;
    }

    /// <summary>Calls a procedure of the database, with <paramref name="leading"/> before the client's own parameters from <paramref name="first"/> on.</summary>
    private int? Execute(
        string name, List<CallParameter> parameters, int first, SessionParameter[] leading, List<(int, string, SqlType, SqlValue)> outputs, ResultWriter writer, Request request)
    {
        EngineSession session = _session!;
        var bound = new SessionParameter[leading.Length + parameters.Count - first];
        leading.CopyTo(bound, 0);
        for (int i = first; i < parameters.Count; i++)
        {
            bound[leading.Length + i - first] = parameters[i].Bind(session);
        }

        int? status = session.ExecuteProcedure(name, bound, writer, request.Cancellation);
        for (int i = first; i < parameters.Count; i++)
        {
            if (parameters[i].IsOutput)
            {
                outputs.Add((parameters[i].Ordinal, parameters[i].Name, parameters[i].Type, parameters[i].Result));
            }
        }

        return status;
    }

    /// <summary>Runs a prepared statement with the parameters from <paramref name="first"/> on.</summary>
    private int? Run(PreparedStatement statement, List<CallParameter> parameters, int first, List<(int, string, SqlType, SqlValue)> outputs, ResultWriter writer, Request request)
    {
        SessionParameter[] leading =
        [
            new("", SqlType.NVarCharMax, SqlValue.FromString(statement.Text)),
            new("", SqlType.NVarCharMax, SqlValue.FromString(statement.Declarations)),
        ];
        return Execute("sp_executesql", parameters, first, leading, outputs, writer, request);
    }

    /// <summary>The columns a statement would give, without running it: what SET FMTONLY ON shows.</summary>
    private void Describe(PreparedStatement statement, ResultWriter writer) =>
        _session!.DescribeColumns(statement.Text, statement.Declarations, writer);

    /// <summary>sp_prepexecrpc: a procedure call with parameters, kept under a handle.</summary>
    private int? PrepareCall(List<CallParameter> parameters, List<(int, string, SqlType, SqlValue)> outputs, ResultWriter writer, Request request)
    {
        RequireCount(parameters, 2, "sp_prepexecrpc");
        string call = parameters[1].Text ?? throw SqlErrors.CreateWithState(214, 3, "@statement", "ntext/nchar/nvarchar");
        int handle = Keep(new PreparedStatement("EXECUTE " + call, ""));
        outputs.Add((0, parameters[0].Name, SqlType.Int, SqlValue.FromInt(handle)));
        return Execute(call, parameters, 2, [], outputs, writer, request);
    }

    private static PreparedStatement Prepared(List<CallParameter> parameters, int first, string procedure) => new(
        parameters[first + 1].Text ?? throw new SqlErrorException(SqlErrors.CreateWithState(214, 3, "@statement", "ntext/nchar/nvarchar").Error with { Procedure = procedure }),
        parameters[first].Text ?? "");

    private PreparedStatement FindPrepared(int? handle) =>
        handle is { } number && _prepared.TryGetValue(number, out PreparedStatement? statement) ? statement : throw SqlErrors.Create(8179, handle);

    private int Keep(PreparedStatement statement)
    {
        if (_prepared.Count >= MaximumPrepared)
        {
            throw SqlErrors.Create(701);
        }

        _prepared[++_lastHandle] = statement;
        return _lastHandle;
    }

    private static void RequireCount(List<CallParameter> parameters, int count, string procedure)
    {
        if (parameters.Count < count)
        {
            throw SqlErrors.CreateWithState(201, 4, procedure, "@p" + (parameters.Count + 1));
        }
    }
}
