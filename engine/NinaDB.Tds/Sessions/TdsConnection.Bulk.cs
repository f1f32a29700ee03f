using System.IO.Pipelines;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;
using NinaDB.Tds.Protocol;

namespace NinaDB.Tds.Sessions;

/// <summary>Bulk load ([MS-TDS] 2.2.6.1 and 3.3.5.5): INSERT BULK announces it, then rows come as a stream of their own and are stored as they come.</summary>
internal sealed partial class TdsConnection
{
    /// <summary>Bytes that may wait between the network and the engine.</summary>
    private const int BulkWindow = 256 * 1024;

    /// <summary>The INSERT BULK whose rows are expected next.</summary>
    private InsertBulkStatement? _bulk;

    private static bool BeginsBulkInsert(string text)
    {
        ReadOnlySpan<char> start = text.AsSpan().TrimStart();
        if (!start.StartsWith("insert", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        start = start[6..];
        ReadOnlySpan<char> next = start.TrimStart();
        return next.Length < start.Length && next.StartsWith("bulk", StringComparison.OrdinalIgnoreCase) && next.Length > 4 && char.IsWhiteSpace(next[4]);
    }

    private void PrepareBulk(string text) => _bulk = _session!.PrepareBulkInsert(text) ?? throw SqlErrors.Create(102, "bulk");

    /// <summary>Feeds a bulk load to its worker packet by packet; the worker's pace is the client's.</summary>
    private async Task LoadBulkAsync(TdsMessage first, CancellationToken stopping)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: BulkWindow, resumeWriterThreshold: BulkWindow / 2, useSynchronizationContext: false));
        InsertBulkStatement? statement = _bulk;
        _bulk = null;
        Request request = Start(r =>
        {
            using Stream stream = pipe.Reader.AsStream();
            Respond(r, first.Status, writer =>
            {
                RunBulk(statement, stream, writer, r);
                EndBatch(writer, r);
            });
        });
        bool isCancelled = false;
        TdsMessage? packet = first;
        try
        {
            bool isRead = false;
            while (true)
            {
                if (!isRead)
                {
                    FlushResult flushed = await pipe.Writer.WriteAsync(packet.Memory, CancellationToken.None).ConfigureAwait(false);
                    isRead = flushed.IsCompleted;
                }

                bool isComplete = packet.IsComplete;
                packet.Dispose();
                packet = null;
                if (isComplete)
                {
                    break;
                }

                packet = await _input.ReadMessageAsync(stopping).ConfigureAwait(false) ?? throw new EndOfStreamException("The client hung up inside a bulk load.");
                if (packet.Type == PacketType.Attention)
                {
                    isCancelled = true;
                    break;
                }

                if (packet.Type != PacketType.BulkLoad)
                {
                    throw new TdsProtocolException($"A message of type {(byte)packet.Type} inside a bulk load.");
                }
            }

            await pipe.Writer.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            request.Cancel();
            await pipe.Writer.CompleteAsync(exception).ConfigureAwait(false);
            throw;
        }
        finally
        {
            packet?.Dispose();
        }

        if (isCancelled)
        {
            await AttendAsync().ConfigureAwait(false);
        }
    }

    private void RunBulk(InsertBulkStatement? statement, Stream stream, ResultWriter writer, Request request)
    {
        if (statement is null)
        {
            throw SqlErrors.Create(4002);
        }

        var reader = new MessageReader(stream, _server.Options.MaximumRequestLength);
        ClientType[] columns = ReadBulkColumns(reader);
        _session!.BulkInsert(statement, [.. columns.Select(c => c.ValueType)], Rows(reader, columns), writer, request.Cancellation);
    }

    /// <summary>COLMETADATA as a client sends it.</summary>
    private ClientType[] ReadBulkColumns(MessageReader reader)
    {
        if (reader.Byte() != (byte)Token.ColumnMetadata)
        {
            throw new TdsProtocolException("A bulk load that does not begin with its columns.");
        }

        var columns = new ClientType[reader.UInt16()];
        for (int i = 0; i < columns.Length; i++)
        {
            reader.Skip(_client.HasMaxTypes ? 4 : 2);
            reader.UInt16();
            columns[i] = ClientType.Read(reader);
            if (columns[i].IsTable)
            {
                throw new TdsProtocolException("A table as a column of a bulk load.");
            }

            if (columns[i].IsLegacyLob)
            {
                int parts = _client.HasMaxTypes ? reader.Byte() : 1;
                for (int p = 0; p < parts; p++)
                {
                    reader.ShortText();
                }
            }

            reader.ByteText();
        }

        return columns;
    }

    private static IEnumerable<SqlValue[]> Rows(MessageReader reader, ClientType[] columns)
    {
        var row = new SqlValue[columns.Length];
        byte[] bitmap = new byte[(columns.Length + 7) / 8];
        while (!reader.IsAtEnd)
        {
            switch ((Token)reader.Byte())
            {
                case Token.Row:
                    for (int i = 0; i < row.Length; i++)
                    {
                        row[i] = columns[i].ReadValue(reader, inRow: true);
                    }

                    yield return row;
                    break;
                case Token.NullBitmapRow:
                    reader.Span(bitmap.Length).CopyTo(bitmap);
                    for (int i = 0; i < row.Length; i++)
                    {
                        row[i] = (bitmap[i >> 3] & (1 << (i & 7))) != 0 ? SqlValue.Null : columns[i].ReadValue(reader, inRow: true);
                    }

                    yield return row;
                    break;
                case Token.Done:
                    yield break;
                case var token:
                    throw new TdsProtocolException($"Token 0x{(byte)token:X2} among the rows of a bulk load.");
            }
        }
    }
}
