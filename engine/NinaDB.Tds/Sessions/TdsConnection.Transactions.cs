using System.Buffers.Binary;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Tds.Protocol;

namespace NinaDB.Tds.Sessions;

/// <summary>Transaction manager requests ([MS-TDS] 2.2.6.9), what clients are told of transactions, and connection reset.</summary>
internal sealed partial class TdsConnection
{
    /// <summary>The transaction the client knows of; 0 for none.</summary>
    private long _announcedTransaction;

    private long OpenTransaction => _session!.InTransaction ? _session.TransactionId : 0;

    /// <summary>ENVCHANGE tokens for a transaction that has begun or ended since the client was last told.</summary>
    private void AnnounceTransaction(PacketOutput output)
    {
        long open = OpenTransaction;
        if (open == _announcedTransaction)
        {
            return;
        }

        Span<byte> descriptor = stackalloc byte[8];
        if (_announcedTransaction != 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(descriptor, _announcedTransaction);
            bool committed = open == 0 && _session!.LastTransactionCommitted;
            EnvironmentChanges.WriteBytes(output, committed ? EnvironmentChange.CommitTransaction : EnvironmentChange.RollbackTransaction, [], descriptor);
        }

        if (open != 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(descriptor, open);
            EnvironmentChanges.WriteBytes(output, EnvironmentChange.BeginTransaction, descriptor, []);
        }

        _announcedTransaction = open;
    }

    private void ManageTransaction(MessageReader reader, ResultWriter writer, Request request)
    {
        const ushort GetAddress = 0, Propagate = 1, Begin = 5, Promote = 6, Commit = 7, Rollback = 8, Save = 9;
        SkipHeaders(reader);
        ushort kind = reader.UInt16();
        switch (kind)
        {
            case Begin:
                BeginTransaction(reader, writer, request);
                break;
            case Commit or Rollback:
                EndTransaction(kind == Commit, reader, writer, request);
                break;
            case Save:
                string savepoint = reader.Unicode(reader.Byte());
                Run($"SAVE TRANSACTION {Quote(savepoint)};", writer, request);
                break;
            case GetAddress or Propagate or Promote:
                throw SqlErrors.NotSupported("distributed transactions");
            default:
                throw new TdsProtocolException($"Transaction manager request {kind}.");
        }

        EndBatch(writer, request);
    }

    private void BeginTransaction(MessageReader reader, ResultWriter writer, Request request)
    {
        SetIsolation(reader.Byte(), writer, request);
        string name = reader.Unicode(reader.Byte());
        Run(name.Length == 0 ? "BEGIN TRANSACTION;" : $"BEGIN TRANSACTION {Quote(name)};", writer, request);
    }

    private void EndTransaction(bool commits, MessageReader reader, ResultWriter writer, Request request)
    {
        string name = reader.Unicode(reader.Byte());
        bool beginsAnother = (reader.Byte() & 1) != 0;
        if (commits)
        {
            Run("COMMIT TRANSACTION;", writer, request);
        }
        else
        {
            // SqlTransaction.Rollback(savepoint) names it; a name that is no savepoint is the transaction itself.
            Run(name.Length == 0 ? "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;" : $"ROLLBACK TRANSACTION {Quote(name)};", writer, request);
        }

        if (beginsAnother && !writer.HasError)
        {
            AnnounceTransaction(_output);
            BeginTransaction(reader, writer, request);
        }
    }

    private void SetIsolation(byte level, ResultWriter writer, Request request)
    {
        string? name = level switch
        {
            0 => null,
            1 => "READ UNCOMMITTED",
            2 => "READ COMMITTED",
            3 => "REPEATABLE READ",
            4 => "SERIALIZABLE",
            5 => "SNAPSHOT",
            _ => throw new TdsProtocolException($"Isolation level {level}."),
        };
        if (name is not null)
        {
            Run($"SET TRANSACTION ISOLATION LEVEL {name};", writer, request);
        }
    }

    private void Run(string text, ResultWriter writer, Request request) => _session!.Execute(text, [], writer, request.Cancellation);

    private static string Quote(string name) => "[" + name.Replace("]", "]]", StringComparison.Ordinal) + "]";

    /// <summary>
    /// The session as it was after login ([MS-TDS] 2.2.3.1.2): what sp_reset_connection does. A transaction goes on only when the client asks for it, and then nothing but
    /// options, temp tables and context that do not belong to it is cleared.
    /// </summary>
    private void ResetSession(bool keepTransaction, Request request)
    {
        EngineSession session = _session!;
        _prepared.Clear();
        _cursors.Clear();
        _bulk = null;
        if (keepTransaction && session.InTransaction)
        {
            session.ResetKeepingTransaction();
        }
        else
        {
            session.Reset();
            AnnounceTransaction(_output);
        }

        SetLoginLanguage();

        // Until the hook has said who this is the session is nobody's: when it fails, or the token has expired, the connection ends.
        request.EndsConnection = true;
        if (_claims is { } claims && claims.Expires + _server.Tokens!.Options.ClockSkew <= DateTimeOffset.UtcNow)
        {
            throw new SqlErrorException(SqlErrors.Create(18456, claims.Name ?? claims.Subject).Error);
        }

        RunLoginHook(request.Cancellation);
        request.EndsConnection = false;
    }
}
