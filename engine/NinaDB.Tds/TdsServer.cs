using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using NinaDB.Engine;
using NinaDB.Tds.Security;
using NinaDB.Tds.Sessions;

namespace NinaDB.Tds;

/// <summary>
/// Speaks TDS, the protocol of SQL Server's clients, for one database ([MS-TDS]: 7.1 to 7.4, and 8.0). Listens until it is disposed; every connection has a session of its own.
/// </summary>
public sealed class TdsServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, TdsConnection> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Socket _listener;
    private readonly bool _ownsCertificate;
    private static readonly TimeSpan HousekeepingInterval = TimeSpan.FromSeconds(3);

    private Task _accepting = Task.CompletedTask;
    private Task _housekeeping = Task.CompletedTask;
    private int _lastConnection;
    private long _accepted;
    private int _disposed;

    private TdsServer(Database database, TdsServerOptions options)
    {
        Database = database;
        Options = options;
        _ownsCertificate = options.Certificate is null;
        Certificate = options.Certificate ?? ServerCertificate.OfFolder(database.Folder ?? throw new InvalidOperationException("A database without a folder needs a certificate."));
        Guard = new LoginGuard(options);
        Tokens = options.AccessTokens is { } tokens ? new AccessTokenValidator(tokens) : null;
        _listener = new Socket(options.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
    }

    /// <summary>Address and port it listens on.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Connections that are open.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Connections accepted since the start.</summary>
    public long AcceptedCount => Interlocked.Read(ref _accepted);

    public X509Certificate2 Certificate { get; }

    internal Database Database { get; }

    internal TdsServerOptions Options { get; }

    internal ServerLog Log => Options.Log;

    internal LoginGuard Guard { get; }

    internal AccessTokenValidator? Tokens { get; }

    internal WorkerPool Workers { get; } = new();

    /// <summary>Starts listening. The database stays the caller's to dispose, after the server.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static TdsServer Start(Database database, TdsServerOptions options)
    {
        var server = new TdsServer(database, options);
        try
        {
            server._listener.Bind(new IPEndPoint(options.Address, options.Port));
            server._listener.Listen(512);
        }
        catch
        {
            server._listener.Dispose();
            throw;
        }

        server._accepting = server.AcceptAsync();
        server._housekeeping = server.KeepHouseAsync();
        return server;
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException exception)
            {
                // The client was gone before it was accepted, or the process is out of handles for a moment.
                Log.Write(ServerLogLevel.Warning, "accept-failed", ("error", exception.Message));
                await Task.Delay(20, CancellationToken.None).ConfigureAwait(false);
                continue;
            }

            Interlocked.Increment(ref _accepted);
            client.NoDelay = true;
            client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            var connection = new TdsConnection(this, client, Interlocked.Increment(ref _lastConnection));
            _connections[connection.Id] = connection;
            _ = ServeAsync(connection);
        }
    }

    /// <summary>Idle connections give up their caches.</summary>
    private async Task KeepHouseAsync()
    {
        using var timer = new PeriodicTimer(HousekeepingInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                foreach (TdsConnection connection in _connections.Values)
                {
                    connection.ReleaseIdleMemory(HousekeepingInterval);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task ServeAsync(TdsConnection connection)
    {
        await Task.Yield();
        try
        {
            await connection.RunAsync(_connections.Count > Options.MaximumConnections, _stopping.Token).ConfigureAwait(false);
        }
        finally
        {
            _connections.TryRemove(connection.Id, out _);
        }
    }

    /// <summary>Stops listening, cancels what runs, and waits until every session has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await _housekeeping.ConfigureAwait(false);
        foreach (TdsConnection connection in _connections.Values)
        {
            connection.Abort();
        }

        await Task.WhenAll(_connections.Values.Select(c => c.Ended)).ConfigureAwait(false);
        _stopping.Dispose();
        if (_ownsCertificate)
        {
            Certificate.Dispose();
        }
    }
}
