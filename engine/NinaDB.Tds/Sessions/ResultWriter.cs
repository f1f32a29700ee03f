using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;
using NinaDB.Tds.Protocol;

namespace NinaDB.Tds.Sessions;

/// <summary>
/// A request's results as tokens: COLMETADATA, ROW, NBCROW ([MS-TDS] 2.2.7.4, .19, .14), DONE and its kin (2.2.7.6 to .8), INFO and ERROR (2.2.7.10, .13). The DONE of a statement is
/// held back until it is known whether more follows.
/// </summary>
internal sealed class ResultWriter(PacketOutput output, ClientCapabilities client, string serverName, EngineSession? session = null) : IResultSink
{
    private const ushort HiddenColumn = 0x2000, KeyColumn = 0x4000;
    private const ushort SelectCommand = 0xC1, InsertCommand = 0xC3, DeleteCommand = 0xC4, UpdateCommand = 0xC5, MergeCommand = 0x117;

    /// <summary>"Changed database context to ..."</summary>
    private const int ContextChanged = 5701;

    private string? _database = session?.DatabaseName;
    private ColumnFormat[] _columns = [];
    private byte[] _nullBitmap = [];
    private Pending? _pending;

    private readonly record struct Pending(Token Token, DoneStatus Status, ushort Command, long Count);

    /// <summary>In a procedure call every statement is done in a procedure.</summary>
    public bool IsInCall { get; set; }

    /// <summary>An error was sent; the request's last DONE says so.</summary>
    public bool HasError { get; private set; }

    /// <summary>The error was so severe that the connection ends.</summary>
    public bool IsFatal { get; private set; }

    /// <summary>A row has been begun and not ended: what failed left half of it behind.</summary>
    public bool IsInRow { get; private set; }

    /// <summary>The first error's number: the return status of a failed call.</summary>
    public int FirstError { get; private set; }

    public void Columns(IReadOnlyList<ResultColumn> columns)
    {
        FlushPending();
        _columns = new ColumnFormat[columns.Count];
        for (int i = 0; i < _columns.Length; i++)
        {
            _columns[i] = ColumnFormat.For(columns[i].Type, columns[i].IsNullable, client, DatabaseOf(columns[i].Type));
        }

        _nullBitmap = new byte[(_columns.Length + 7) / 8];
        output.Write(Token.ColumnMetadata);
        output.Write((ushort)_columns.Length);
        for (int i = 0; i < _columns.Length; i++)
        {
            WriteColumn(_columns[i], columns[i]);
        }

        if (columns.Count > 0 && columns[0].Base is not null)
        {
            BaseTables.Write(output, columns);
        }
    }

    /// <summary>ORDER ([MS-TDS] 2.2.7.17): informs, nothing more.</summary>
    public void Order(IReadOnlyList<int> columns)
    {
        output.Write(Token.Order);
        output.Write((ushort)(columns.Count * 2));
        foreach (int column in columns)
        {
            output.Write((ushort)column);
        }
    }

    private void WriteColumn(ColumnFormat format, ResultColumn column)
    {
        WriteUserType(format.UserType);
        ushort flags = column.IsNullable ? (ushort)1 : (ushort)0;
        flags |= format.IsCaseSensitive ? (ushort)2 : (ushort)0;
        flags |= column.IsHidden ? HiddenColumn : (ushort)0;
        flags |= column.Base is { IsKey: true } ? KeyColumn : (ushort)0;
        flags |= column.IsIdentity ? (ushort)0x10 : column.IsComputed ? (ushort)0x20 : (ushort)8;
        output.Write(flags);
        format.WriteTypeInfo(output);
        if (format.HasTableName)
        {
            if (client.HasMaxTypes)
            {
                output.Write((byte)1);
            }

            output.Write((ushort)0);
        }

        output.WriteByteText(column.Name);
    }

    private void WriteUserType(uint userType)
    {
        if (client.HasMaxTypes)
        {
            output.Write(userType);
        }
        else
        {
            output.Write((ushort)userType);
        }
    }

    public void Row(ReadOnlySpan<SqlValue> values)
    {
        IsInRow = true;
        if (client.HasNullBitmapRows && HasNull(values))
        {
            WriteRowWithBitmap(values);
        }
        else
        {
            ColumnFormat[] columns = _columns;
            output.Write(Token.Row);
            for (int i = 0; i < columns.Length; i++)
            {
                columns[i].WriteValue(output, in values[i]);
            }
        }

        IsInRow = false;
    }

    private static bool HasNull(ReadOnlySpan<SqlValue> values)
    {
        foreach (ref readonly SqlValue value in values)
        {
            if (value.IsNull)
            {
                return true;
            }
        }

        return false;
    }

    private void WriteRowWithBitmap(ReadOnlySpan<SqlValue> values)
    {
        Array.Clear(_nullBitmap);
        for (int i = 0; i < _columns.Length; i++)
        {
            if (values[i].IsNull)
            {
                _nullBitmap[i >> 3] |= (byte)(1 << (i & 7));
            }
        }

        output.Write(Token.NullBitmapRow);
        output.Write(_nullBitmap);
        for (int i = 0; i < _columns.Length; i++)
        {
            if (!values[i].IsNull)
            {
                _columns[i].WriteValue(output, in values[i]);
            }
        }
    }

    public void EndRows()
    {
    }

    public void Done(long? rowCount) => Done(rowCount, new StatementInfo(StatementKind.Other, IsInCall));

    public void Done(long? rowCount, in StatementInfo statement)
    {
        FlushPending();
        ushort command = statement.Kind switch
        {
            StatementKind.Select => SelectCommand,
            StatementKind.Insert => InsertCommand,
            StatementKind.Update => UpdateCommand,
            StatementKind.Delete => DeleteCommand,
            StatementKind.Merge => MergeCommand,
            _ => 0,
        };
        _pending = new Pending(
            IsInCall || statement.IsInModule ? Token.DoneInProcedure : Token.Done, rowCount is null ? DoneStatus.Final : DoneStatus.Count, command, rowCount ?? 0);
    }

    public void ProcedureReturned(int returnCode)
    {
        if (IsInCall)
        {
            return;
        }

        FlushPending();
        WriteReturnStatus(returnCode);
        _pending = new Pending(Token.DoneProcedure, DoneStatus.Final, 0, 0);
    }

    public void Message(SqlError message, bool flush)
    {
        FlushPending();
        if (message.Number == ContextChanged)
        {
            AnnounceDatabase();
        }

        WriteMessage(Token.Info, message);
        if (flush)
        {
            output.Flush();
        }
    }

    /// <summary>The client learns its database from the token; message 5701 is for people. After USE in dynamic SQL it learns of the return at the end of the request.</summary>
    private void AnnounceDatabase()
    {
        if (session?.DatabaseName is { } database && database != _database)
        {
            EnvironmentChanges.WriteText(output, EnvironmentChange.Database, database, _database ?? "");
            _database = database;
        }
    }

    public void Error(SqlError error)
    {
        FlushPending();
        WriteMessage(Token.Error, error);
        FirstError = FirstError == 0 ? error.Number : FirstError;
        HasError = true;
        IsFatal |= error.Severity >= 20;
        _pending = new Pending(IsInCall ? Token.DoneInProcedure : Token.Done, DoneStatus.Error, 0, 0);
    }

    private void WriteMessage(Token token, SqlError message)
    {
        string text = message.Message;
        string procedure = message.Procedure ?? "";

        // The length of the token is 16 bits; the longest message of a server is 2,048 characters, ours may be longer.
        const int Limit = 30_000;
        text = text.Length > Limit ? text[..Limit] : text;
        procedure = procedure.Length > byte.MaxValue ? procedure[..byte.MaxValue] : procedure;
        string server = serverName.Length > byte.MaxValue ? serverName[..byte.MaxValue] : serverName;
        int lineBytes = client.HasMaxTypes ? 4 : 2;
        output.Write(token);
        output.Write((ushort)(4 + 1 + 1 + 2 + (text.Length * 2) + 1 + (server.Length * 2) + 1 + (procedure.Length * 2) + lineBytes));
        output.Write(message.Number);
        // Errors keep their state, also 0 (547 has it); information without one has 1.
        output.Write(message.State == 0 && message.Severity <= 10 ? (byte)1 : message.State);

        // Severity 10 goes out as 0 ("Database Engine error severities"): clients take what is above for more than information.
        output.Write(message.Severity == 10 ? (byte)0 : message.Severity);
        output.WriteShortText(text);
        output.WriteByteText(server);
        output.WriteByteText(procedure);
        if (client.HasMaxTypes)
        {
            output.Write(message.Line);
        }
        else
        {
            output.Write((ushort)message.Line);
        }
    }

    /// <summary>Anything else that belongs before the DONE that is held back: ENVCHANGE of a transaction that ended.</summary>
    public PacketOutput Output => output;

    /// <summary>Ends a call: RETURNSTATUS, output parameters, DONEPROC.</summary>
    public void EndCall(int? returnStatus, IEnumerable<(int Ordinal, string Name, SqlType Type, SqlValue Value)> outputs, bool isLast)
    {
        FlushPending();
        AnnounceDatabase();
        if (returnStatus is { } status)
        {
            WriteReturnStatus(status);
        }

        foreach ((int ordinal, string name, SqlType type, SqlValue value) in outputs)
        {
            WriteReturnValue(ordinal, name, type, value);
        }

        WriteDone(new Pending(Token.DoneProcedure, HasError ? DoneStatus.Error : DoneStatus.Final, 0xE0, 0), isLast ? DoneStatus.Final : DoneStatus.More);
        HasError = false;
        FirstError = 0;
    }

    /// <summary>Ends a batch: the DONE that is held back, or one that says nothing.</summary>
    public void EndBatch()
    {
        AnnounceDatabase();
        WriteDone(_pending ?? new Pending(Token.Done, HasError ? DoneStatus.Error : DoneStatus.Final, 0xFD, 0), DoneStatus.Final);
        _pending = null;
    }

    /// <summary>Acknowledges an attention.</summary>
    public void EndCancelled()
    {
        FlushPending();
        WriteDone(new Pending(Token.Done, DoneStatus.Attention, 0, 0), DoneStatus.Final);
    }

    private string DatabaseOf(SqlType type) => type.UdtFacts is { } facts ? session?.Server.Find(facts.DatabaseId)?.DatabaseName ?? "" : "";

    private void WriteReturnStatus(int status)
    {
        output.Write(Token.ReturnStatus);
        output.Write(status);
    }

    /// <summary>RETURNVALUE ([MS-TDS] 2.2.7.17).</summary>
    private void WriteReturnValue(int ordinal, string name, SqlType type, SqlValue value)
    {
        ColumnFormat format = ColumnFormat.For(type, client, DatabaseOf(type));
        output.Write(Token.ReturnValue);
        output.Write((ushort)ordinal);
        output.WriteByteText(name);
        output.Write((byte)1);
        WriteUserType(format.UserType);
        output.Write((ushort)1);
        format.WriteTypeInfo(output);
        format.WriteValue(output, in value);
    }

    private void FlushPending()
    {
        if (_pending is { } pending)
        {
            _pending = null;
            WriteDone(pending, DoneStatus.More);
        }
    }

    private void WriteDone(Pending done, DoneStatus more)
    {
        output.Write(done.Token);
        output.Write((ushort)(done.Status | more));
        output.Write(done.Command);
        if (client.HasMaxTypes)
        {
            output.Write(done.Count);
        }
        else
        {
            output.Write((uint)done.Count);
        }
    }
}
