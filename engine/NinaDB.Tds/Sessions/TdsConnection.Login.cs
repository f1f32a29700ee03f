using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using NinaDB.Engine;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;
using NinaDB.Tds.Protocol;
using NinaDB.Tds.Security;

namespace NinaDB.Tds.Sessions;

/// <summary>From the first byte to the end of login: PRELOGIN, TLS, LOGIN7 ([MS-TDS] 3.3.5.1 to 3.3.5.3). Nothing of the database is reached before that.</summary>
internal sealed partial class TdsConnection
{
    private const byte TlsHandshakeRecord = 0x16;
    private const int DefaultPacketSize = 4096, SmallestPacketSize = 512;

    /// <summary>Version of the dialect, as PRELOGIN and LOGINACK give it.</summary>
    private static readonly Version ServerVersion = new(17, 0, 1000);

    private static readonly SslApplicationProtocol Tds8 = new("tds/8.0");

    /// <summary>Claims of the access token that logged in; null after a password.</summary>
    private TokenClaims? _claims;

    private async Task<bool> LogInAsync(bool isTooMany, CancellationToken stopping)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(_server.Options.LoginTimeout);
        CancellationToken cancellation = timeout.Token;

        // Reads of a TLS stream do not always look at their token: the socket goes when the time is up.
        using CancellationTokenRegistration closing = cancellation.Register(() => _socket.Close());
        (TdsMessage? message, bool isEncrypted) = await NegotiateAsync(cancellation).ConfigureAwait(false);
        if (message is null)
        {
            return false;
        }

        Login7 login;
        using (message)
        {
            if (message.Type != PacketType.Login7)
            {
                throw new TdsProtocolException($"A message of type {(byte)message.Type} where LOGIN7 is expected.");
            }

            login = Login7.Read(message.Data);
        }

        _client = new ClientCapabilities(login.Version);
        if (_client.Rank < 1)
        {
            throw new TdsProtocolException($"TDS version 0x{login.Version:X8} is too old.");
        }

        SqlErrorException? refusal = isTooMany
            ? SqlErrors.Create(17809, _server.Options.MaximumConnections)
            : !isEncrypted && _server.Options.Encryption != EncryptionMode.Optional
                ? new SqlErrorException(new SqlError(20, 20, 1, "This server requires an encrypted connection, and the client does not encrypt."))
                : await AuthenticateAsync(login, cancellation).ConfigureAwait(false);
        if (refusal is not null)
        {
            Refuse(refusal.Error, login);
            return false;
        }

        closing.Unregister();
        Accept(login);
        return true;
    }

    /// <summary>PRELOGIN and TLS; returns the login message, and whether it came encrypted.</summary>
    private async Task<(TdsMessage? Login, bool IsEncrypted)> NegotiateAsync(CancellationToken cancellation)
    {
        byte? first = await _input.PeekAsync(cancellation).ConfigureAwait(false);
        if (first is null)
        {
            return (null, false);
        }

        bool isStrict = first == TlsHandshakeRecord;
        if (isStrict)
        {
            var tls = new SslStream(new PrefixedStream(_input.TakeBuffered(), _network), leaveInnerStreamOpen: false);
            _input.Stream = _output.Stream = tls;
            SslServerAuthenticationOptions options = TlsOptions(SslProtocols.Tls12 | SslProtocols.Tls13);
            options.ApplicationProtocols = [Tds8];
            await tls.AuthenticateAsServerAsync(options, cancellation).ConfigureAwait(false);
        }
        else if (_server.Options.Encryption == EncryptionMode.Strict)
        {
            throw new TdsProtocolException("The client does not begin with TLS, which this server demands (TDS 8.0, Encrypt=Strict).");
        }

        TdsMessage? message = await _input.ReadMessageAsync(cancellation).ConfigureAwait(false);
        if (message is null)
        {
            return (null, false);
        }

        if (message.Type == PacketType.Login7)
        {
            // TDS 7.0 and 7.1 clients may come without PRELOGIN, and then without TLS.
            return (message, isStrict);
        }

        Prelogin prelogin;
        using (message)
        {
            prelogin = message.Type == PacketType.Prelogin ? Prelogin.Read(message.Data) : throw new TdsProtocolException($"A message of type {(byte)message.Type} where PRELOGIN is expected.");
        }

        PreloginEncryption decided = isStrict ? PreloginEncryption.On : Decide(prelogin.Encryption);
        _output.Begin();
        _output.Write(Prelogin.Answer(decided, ServerVersion, prelogin.AsksForFederatedAuthentication && _server.Tokens is not null));
        _output.End();
        if (isStrict)
        {
            return (await _input.ReadMessageAsync(cancellation).ConfigureAwait(false), true);
        }

        if (decided == PreloginEncryption.NotSupported)
        {
            return (await _input.ReadMessageAsync(cancellation).ConfigureAwait(false), false);
        }

        if (prelogin.Encryption is PreloginEncryption.NotSupported or null && decided == PreloginEncryption.Required)
        {
            // The client has said that it cannot: it hangs up by itself, or sends a plain login that is refused.
            return (await _input.ReadMessageAsync(cancellation).ConfigureAwait(false), false);
        }

        return await NegotiateTlsAsync(decided, cancellation).ConfigureAwait(false);
    }

    /// <summary>TLS inside PRELOGIN packets. It ends at 1.2: with 1.3 some clients (GnuTLS in FreeTDS) wait for ever for what the server sends after the handshake.</summary>
    private async Task<(TdsMessage? Login, bool IsEncrypted)> NegotiateTlsAsync(PreloginEncryption decided, CancellationToken cancellation)
    {
        var handshake = new HandshakeStream(new PrefixedStream(_input.TakeBuffered(), _network));
        var tls = new SslStream(handshake, leaveInnerStreamOpen: true);
        await tls.AuthenticateAsServerAsync(TlsOptions(SslProtocols.Tls12), cancellation).ConfigureAwait(false);
        handshake.EndHandshake();
        _input.Stream = tls;
        TdsMessage? login = await _input.ReadMessageAsync(cancellation).ConfigureAwait(false);
        if (decided == PreloginEncryption.Off)
        {
            // Only the login was encrypted; the rest is plain. The TLS stream is left as it is: closing it would send an alert.
            _input.Stream = _network;
            return (login, true);
        }

        _output.Stream = tls;
        return (login, true);
    }

    private SslServerAuthenticationOptions TlsOptions(SslProtocols protocols) => new()
    {
        ServerCertificate = _server.Certificate,
        EnabledSslProtocols = protocols,
        ClientCertificateRequired = false,
    };

    /// <summary>The table of [MS-TDS] 2.2.6.5: what both sides can and want.</summary>
    private PreloginEncryption Decide(PreloginEncryption? asked)
    {
        if (_server.Options.Encryption == EncryptionMode.Required)
        {
            return asked is PreloginEncryption.On or PreloginEncryption.Required ? PreloginEncryption.On : PreloginEncryption.Required;
        }

        return asked switch
        {
            PreloginEncryption.On or PreloginEncryption.Required => PreloginEncryption.On,
            PreloginEncryption.Off => PreloginEncryption.Off,
            _ => PreloginEncryption.NotSupported,
        };
    }

    /// <summary>Who it is; null when the login is accepted.</summary>
    private async Task<SqlErrorException?> AuthenticateAsync(Login7 login, CancellationToken cancellation)
    {
        foreach ((Feature id, byte[] data) in login.Features)
        {
            if (id == Feature.FederatedAuthentication)
            {
                return await AuthenticateTokenAsync(data, cancellation).ConfigureAwait(false) ?? OpenSession(login);
            }
        }

        if (login.UsesIntegratedSecurity)
        {
            return SqlErrors.Create(18452);
        }

        (LoginOutcome outcome, LoginDefinition? found) = await _server.Guard.CheckAsync(_server.Database, login.UserName, login.Password, _address, cancellation).ConfigureAwait(false);
        _login = found;
        return outcome switch
        {
            LoginOutcome.LockedOut => SqlErrors.Create(18486, login.UserName),
            LoginOutcome.Refused => SqlErrors.Create(18456, login.UserName),
            _ => OpenSession(login),
        };
    }

    private LoginDefinition? _login;

    /// <summary>FEDAUTH with a token in LOGIN7 ([MS-TDS] 2.2.6.4, library 0x01): four bytes of length, the token in UTF-16.</summary>
    private async Task<SqlErrorException?> AuthenticateTokenAsync(byte[] data, CancellationToken cancellation)
    {
        const int SecurityTokenLibrary = 1;
        if (_server.Tokens is not { } validator)
        {
            return SqlErrors.Create(18456, "<token-identified principal>");
        }

        if (data.Length < 5 || data[0] >> 1 != SecurityTokenLibrary)
        {
            return SqlErrors.NotSupported("federated authentication other than by an access token");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(1));
        if (length < 0 || length > data.Length - 5)
        {
            throw new TdsProtocolException("The access token lies beyond its feature extension.");
        }

        try
        {
            _claims = await validator.ValidateAsync(Encoding.Unicode.GetString(data, 5, length), cancellation).ConfigureAwait(false);
            return null;
        }
        catch (AccessTokenException exception)
        {
            Log.Write(ServerLogLevel.Warning, "token-refused", ("connection", Id), ("address", _address), ("reason", exception.Message));
            return SqlErrors.Create(18456, "<token-identified principal>");
        }
    }

    private SqlErrorException? OpenSession(Login7 login)
    {
        Database database = _server.Database;
        EngineSession session = database.OpenSession();
        _session = session;
        try
        {
            if (_claims is { } claims)
            {
                session.LogInAs(_server.Tokens!.Options.User, claims.Name ?? claims.Subject, login.HostName, login.ApplicationName, _address);
            }
            else
            {
                session.LogIn(_login!, login.Database, login.HostName, login.ApplicationName, _address);
            }

            if (_claims is not null && !session.StartIn(login.Database, null))
            {
                return SqlErrors.Create(4060, login.Database);
            }

            RunLoginHook(CancellationToken.None);
            if (_claims is null)
            {
                session.FireLogonTriggers(_login!, CancellationToken.None);
            }

            return null;
        }
        catch (SqlErrorException exception)
        {
            return exception;
        }
    }

    /// <summary>Runs the batch that tells the database who a token's bearer is.</summary>
    private void RunLoginHook(CancellationToken cancellation)
    {
        if (_claims is not { } claims || _server.Tokens?.Options.OnLogin is not { } batch)
        {
            return;
        }

        static SessionParameter Parameter(string name, string? value) =>
            new(name, SqlType.NVarChar(4000), value is null ? SqlValue.Null : SqlValue.FromString(value));
        var sink = new FirstErrorSink();
        _session!.Execute(batch, [Parameter("@Oid", claims.Oid), Parameter("@Tid", claims.Tid), Parameter("@Sub", claims.Subject), Parameter("@Name", claims.Name)], sink, cancellation);
        if (sink.Error is { } error)
        {
            throw new SqlErrorException(error);
        }
    }

    /// <summary>The language of LOGIN7; empty for the default.</summary>
    private string _language = "";

    /// <summary>The language that the login asked for, at the beginning and after each reset. One that there is not leaves the default, as the announcement then says.</summary>
    private void SetLoginLanguage()
    {
        if (_language.Length == 0)
        {
            return;
        }

        var sink = new FirstErrorSink();
        _session!.Execute($"SET LANGUAGE N'{_language.Replace("'", "''", StringComparison.Ordinal)}';", [], sink, CancellationToken.None);
        if (sink.Error is { } error)
        {
            Log.Write(ServerLogLevel.Warning, "login-language", ("connection", Id), ("language", _language), ("error", error.Number));
        }
    }

    private void Refuse(SqlError error, Login7 login)
    {
        Log.Write(ServerLogLevel.Warning, "login-refused", ("connection", Id), ("address", _address), ("user", login.UserName), ("error", error.Number));
        _output.Begin();
        var writer = new ResultWriter(_output, _client, ServerName);
        writer.Error(error);
        if (error.Number == 4060)
        {
            writer.Error(SqlErrors.Create(18456, login.UserName).Error);
        }

        writer.EndBatch();
        _output.End();
    }

    /// <summary>The answer to an accepted login ([MS-TDS] 2.2.6.4 and 3.3.5.3): environment, LOGINACK, FEATUREEXTACK, DONE.</summary>
    private void Accept(Login7 login)
    {
        EngineSession session = _session!;
        int packetSize = Math.Clamp(login.PacketSize == 0 ? DefaultPacketSize : login.PacketSize, SmallestPacketSize, _server.Options.MaximumPacketSize);
        var features = new List<(Feature Id, byte[] Data)>();
        foreach ((Feature id, byte[] data) in login.Features)
        {
            switch (id)
            {
                case Feature.Utf8Support:
                    _client = _client with { Utf8 = true };
                    features.Add((id, [1]));
                    break;
                case Feature.JsonSupport when data is [>= 1, ..]:
                    _client = _client with { Json = true };
                    features.Add((id, [1]));
                    break;
                case Feature.VectorSupport when data is [>= 1, ..]:
                    _client = _client with { Vector = true };
                    features.Add((id, [1]));
                    break;
                case Feature.FederatedAuthentication:
                    features.Add((id, []));
                    break;
            }
        }

        _language = login.Language;
        SetLoginLanguage();
        string language = session.Options.Language;
        string database = session.DatabaseName;
        _output.SessionId = session.SessionId;
        _output.Begin();
        EnvironmentChanges.WriteText(_output, EnvironmentChange.Database, database, "master");
        var writer = new ResultWriter(_output, _client, ServerName);
        writer.Message(SqlErrors.Create(5701, database).Error with { Line = 1 }, flush: false);
        EnvironmentChanges.WriteBytes(_output, EnvironmentChange.Collation, Collation.Default.WireBytes, []);
        EnvironmentChanges.WriteText(_output, EnvironmentChange.Language, language, "");
        writer.Message(SqlErrors.Create(5703, language).Error with { Line = 1 }, flush: false);
        WriteLoginAck(login.Version);
        EnvironmentChanges.WriteText(
            _output, EnvironmentChange.PacketSize, packetSize.ToString(System.Globalization.CultureInfo.InvariantCulture), DefaultPacketSize.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (features.Count > 0)
        {
            _output.Write(Token.FeatureExtAck);
            foreach ((Feature id, byte[] data) in features)
            {
                _output.Write((byte)id);
                _output.Write(data.Length);
                _output.Write(data);
            }

            _output.Write((byte)Feature.Terminator);
        }

        writer.EndBatch();
        _output.End();
        _output.PacketSize = packetSize;
        Log.Write(
            ServerLogLevel.Information, "login", ("connection", Id), ("session", session.SessionId), ("address", _address), ("user", session.OriginalLogin), ("host", login.HostName),
            ("application", login.ApplicationName), ("tds", login.Version.ToString("X8", System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>LOGINACK ([MS-TDS] 2.2.7.14). The version comes back as it was asked for, highest byte first.</summary>
    private void WriteLoginAck(uint version)
    {
        const string Program = "Microsoft SQL Server";
        _output.Write(Token.LoginAck);
        _output.Write((ushort)(1 + 4 + 1 + (Program.Length * 2) + 4));
        _output.Write((byte)1);
        uint acknowledged = TdsVersion.Rank(version) switch
        {
            6 => TdsVersion.V80,
            5 => TdsVersion.V74,
            4 => TdsVersion.V73B,
            3 => TdsVersion.V73A,
            2 => TdsVersion.V72,
            _ => version,
        };
        _output.Write(BinaryPrimitives.ReverseEndianness(acknowledged));
        _output.WriteByteText(Program);
        _output.Write((byte)ServerVersion.Major);
        _output.Write((byte)ServerVersion.Minor);
        _output.Write((byte)(ServerVersion.Build >> 8));
        _output.Write((byte)ServerVersion.Build);
    }

    /// <summary>Keeps the first error of a batch and nothing else.</summary>
    private sealed class FirstErrorSink : IResultSink
    {
        public SqlError? Error { get; private set; }

        public void Columns(IReadOnlyList<ResultColumn> columns)
        {
        }

        public void Row(ReadOnlySpan<SqlValue> values)
        {
        }

        public void EndRows()
        {
        }

        public void Done(long? rowCount)
        {
        }

        public void Message(SqlError message, bool flush)
        {
        }

        void IResultSink.Error(SqlError error) => Error ??= error;
    }
}
