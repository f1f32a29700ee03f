using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Tds.Protocol;

namespace NinaDB.Tds.Sessions;

/// <summary>
/// One client: login, then requests one after the other. Reading never stops, so that an attention is seen while a request runs; each request runs on a worker thread,
/// which also writes its results.
/// </summary>
internal sealed partial class TdsConnection
{
    private readonly TdsServer _server;
    private readonly Socket _socket;
    private readonly NetworkStream _network;
    private readonly PacketInput _input;
    private readonly PacketOutput _output;
    private readonly string _address;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EngineSession? _session;
    private ClientCapabilities _client = new(TdsVersion.V74);
    private Request? _current;

    /// <summary>Keeps requests and the release of idle memory apart.</summary>
    private readonly Lock _gate = new();

    /// <summary>After login and before the end: the session belongs to requests.</summary>
    private bool _isServing;

    private bool _isReleased;
    private long _lastRequest = Environment.TickCount64;

    public TdsConnection(TdsServer server, Socket socket, int id)
    {
        const int MaximumLoginLength = 256 * 1024;
        _server = server;
        _socket = socket;
        Id = id;
        _network = new NetworkStream(socket, ownsSocket: true);
        _input = new PacketInput(_network, MaximumLoginLength);
        _output = new PacketOutput(_network);
        _address = (socket.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "";
    }

    public int Id { get; }

    /// <summary>Completes when the connection and its session are gone.</summary>
    public Task Ended => _ended.Task;

    private ServerLog Log => _server.Log;

    /// <summary>A request that runs on a worker.</summary>
    private sealed class Request : IDisposable
    {
        private readonly CancellationTokenSource _cancellation = new();

        public CancellationToken Cancellation => _cancellation.Token;

        public Task Completion { get; set; } = Task.CompletedTask;

        /// <summary>The client asked to stop it.</summary>
        public volatile bool IsCancelled;

        /// <summary>Nothing more may be asked of this connection.</summary>
        public bool EndsConnection { get; set; }

        public void Cancel()
        {
            IsCancelled = true;
            _cancellation.Cancel();
        }

        public void Dispose() => _cancellation.Dispose();
    }

    /// <summary>Closes the socket under everything that still runs.</summary>
    public void Abort()
    {
        try
        {
            _current?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }

        _socket.Close();
    }

    public async Task RunAsync(bool isTooMany, CancellationToken stopping)
    {
        try
        {
            if (await LogInAsync(isTooMany, stopping).ConfigureAwait(false))
            {
                await ServeAsync(stopping).ConfigureAwait(false);
            }
        }
        catch (TdsProtocolException exception)
        {
            Log.Write(ServerLogLevel.Warning, "protocol-error", ("connection", Id), ("address", _address), ("error", exception.Message));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            Log.Write(ServerLogLevel.Debug, "connection-lost", ("connection", Id), ("address", _address), ("error", exception.Message));
        }
#pragma warning disable CA1031 // One connection's failure is logged and must not take the server down.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.Write(ServerLogLevel.Error, "connection-failed", ("connection", Id), ("address", _address), ("error", exception.ToString()));
        }
        finally
        {
            await EndAsync().ConfigureAwait(false);
        }
    }

    private async Task EndAsync()
    {
        lock (_gate)
        {
            _isServing = false;
        }

        try
        {
            if (_current is { } running)
            {
                running.Cancel();
                _socket.Close();
                try
                {
                    await running.Completion.ConfigureAwait(false);
                }
#pragma warning disable CA1031 // The worker's failure has been seen, or is that of the closed socket.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    Log.Write(ServerLogLevel.Debug, "request-abandoned", ("connection", Id), ("error", exception.Message));
                }

                running.Dispose();
                _current = null;
            }

            if (_session is { } session)
            {
                await _server.Workers.Run(session.Dispose).ConfigureAwait(false);
                Log.Write(ServerLogLevel.Information, "logout", ("connection", Id), ("session", session.SessionId));
            }
        }
        finally
        {
            _output.Release();
            await _output.Stream.DisposeAsync().ConfigureAwait(false);
            _network.Dispose();
            _ended.TrySetResult();
        }
    }

    /// <summary>Messages one after the other until the client hangs up.</summary>
    private async Task ServeAsync(CancellationToken stopping)
    {
        _input.MaximumMessageLength = _server.Options.MaximumRequestLength;
        lock (_gate)
        {
            _isServing = true;
        }

        while (true)
        {
            TdsMessage? message = await _input.ReadMessageAsync(stopping).ConfigureAwait(false);
            if (message is null)
            {
                return;
            }

            if (message.Type == PacketType.Attention)
            {
                message.Dispose();
                await AttendAsync().ConfigureAwait(false);
                continue;
            }

            if (!await FinishCurrentAsync().ConfigureAwait(false))
            {
                message.Dispose();
                return;
            }

            if (message.IsIgnored)
            {
                // Taken back half sent; an attention follows.
                message.Dispose();
                continue;
            }

            if (message.Type == PacketType.BulkLoad)
            {
                await LoadBulkAsync(message, stopping).ConfigureAwait(false);
                continue;
            }

            Start(request => RunMessage(message, request));
        }
    }

    /// <summary>Starts a request on a worker.</summary>
    private Request Start(Action<Request> run)
    {
        var request = new Request();
        lock (_gate)
        {
            _current = request;
            _isReleased = false;
            _lastRequest = Environment.TickCount64;
            request.Completion = _server.Workers.Run(() => run(request));
        }

        return request;
    }

    /// <summary>Gives up the session's caches when nothing has been asked for a while. Called by the server now and then, from another thread.</summary>
    public void ReleaseIdleMemory(TimeSpan idleTime)
    {
        lock (_gate)
        {
            bool isIdle = _isServing && !_isReleased && (_current is null or { Completion.IsCompleted: true }) && Environment.TickCount64 - _lastRequest >= idleTime.TotalMilliseconds;
            if (isIdle)
            {
                _isReleased = true;
                _session!.ReleaseMemory();
            }
        }
    }

    /// <summary>Waits for the request before; false when the connection is to end.</summary>
    private async ValueTask<bool> FinishCurrentAsync()
    {
        if (_current is not { } request)
        {
            return true;
        }

        await request.Completion.ConfigureAwait(false);
        _current = null;
        request.Dispose();
        return !request.EndsConnection;
    }

    /// <summary>
    /// An attention ([MS-TDS] 2.2.1.7): stops what runs and is always acknowledged, be it that nothing runs any more. The stopped request ends its own message; the
    /// acknowledgement is a message after it, which drivers wait for (tedious reads one for the request, then one for the attention).
    /// </summary>
    private async Task AttendAsync()
    {
        if (_current is { } request)
        {
            request.Cancel();
            await request.Completion.ConfigureAwait(false);
            _current = null;
            request.Dispose();
        }

        _bulk = null;
        _output.Begin();
        new ResultWriter(_output, _client, "").EndCancelled();
        _output.End();
    }

    /// <summary>Runs one message from its first byte to its last answer.</summary>
    private void RunMessage(TdsMessage message, Request request)
    {
        using (message)
        {
            Respond(request, message.Status, writer =>
            {
                var reader = new MessageReader(message.Memory);
                switch (message.Type)
                {
                    case PacketType.SqlBatch:
                        RunBatch(reader, writer, request);
                        break;
                    case PacketType.Rpc:
                        RunCalls(reader, writer, request);
                        break;
                    case PacketType.TransactionManager:
                        ManageTransaction(reader, writer, request);
                        break;
                    default:
                        throw new TdsProtocolException($"A message of type {(byte)message.Type} after login.");
                }
            });
        }
    }

    /// <summary>The frame of every answer: reset before, transaction changes and the last DONE after, whatever happens between.</summary>
    private void Respond(Request request, PacketStatus status, Action<ResultWriter> run)
    {
        EngineSession session = _session!;
        var writer = new ResultWriter(_output, _client, ServerName, _session);
        _output.Begin();
        try
        {
            if ((status & (PacketStatus.ResetConnection | PacketStatus.ResetConnectionSkipTransaction)) != 0)
            {
                ResetSession((status & PacketStatus.ResetConnectionSkipTransaction) != 0, request);
                EnvironmentChanges.WriteBytes(_output, EnvironmentChange.ResetCompleted, [], []);
            }

            run(writer);
            if (request.IsCancelled)
            {
                writer.EndBatch();
            }
        }
        catch (OperationCanceledException) when (request.IsCancelled)
        {
            AnnounceTransaction(_output);
            writer.EndBatch();
        }
        catch (SqlErrorException exception)
        {
            writer.Error(exception.Error);
            writer.EndBatch();
        }
        catch (TdsProtocolException exception)
        {
            request.EndsConnection = true;
            Log.Write(ServerLogLevel.Warning, "protocol-error", ("connection", Id), ("address", _address), ("error", exception.Message));
            writer.Error(SqlErrors.Create(4002).Error);
            writer.EndBatch();
        }
        catch (Exception exception) when (exception is not (IOException or SocketException or ObjectDisposedException))
        {
            request.EndsConnection = true;
            Log.Write(ServerLogLevel.Error, "request-failed", ("connection", Id), ("session", session.SessionId), ("error", exception.ToString()));
            if (writer.IsInRow)
            {
                // Half a row has been sent: nothing that follows could be understood.
                _socket.Close();
                throw;
            }

            writer.Error(SqlErrors.Create(596).Error);
            writer.EndBatch();
        }
        catch
        {
            request.EndsConnection = true;
            _socket.Close();
            throw;
        }

        _output.End();
        if (writer.IsFatal || request.EndsConnection)
        {
            request.EndsConnection = true;
            _socket.Shutdown(SocketShutdown.Receive);
        }
    }

    private string ServerName { get; } = Environment.MachineName;

    /// <summary>Leaves a request that is over: what it did to the transaction is announced before its last DONE.</summary>
    private void EndBatch(ResultWriter writer, Request request)
    {
        AnnounceTransaction(_output);
        if (!request.IsCancelled)
        {
            writer.EndBatch();
        }
    }

    private void RunBatch(MessageReader reader, ResultWriter writer, Request request)
    {
        SkipHeaders(reader);
        string text = reader.Unicode(reader.Remaining);
        if (BeginsBulkInsert(text))
        {
            PrepareBulk(text);
            EndBatch(writer, request);
            return;
        }

        _session!.Execute(text, [], writer, request.Cancellation);
        EndBatch(writer, request);
    }

    /// <summary>ALL_HEADERS ([MS-TDS] 2.2.5.3), since TDS 7.2. Transaction descriptors are the server's own and need no check: a session has one transaction at most.</summary>
    private void SkipHeaders(MessageReader reader)
    {
        if (!_client.HasMaxTypes)
        {
            return;
        }

        int length = reader.Int32();
        if (length < 4 || length - 4 > reader.Remaining)
        {
            throw new TdsProtocolException($"ALL_HEADERS of {length} bytes.");
        }

        reader.Skip(length - 4);
    }
}
