using System.Net;
using System.Security.Cryptography.X509Certificates;
using NinaDB.Tds.Security;

namespace NinaDB.Tds;

/// <summary>How connections are encrypted.</summary>
public enum EncryptionMode : byte
{
    /// <summary>A client may come without TLS. Its password is only protected when it encrypts the login.</summary>
    Optional,

    /// <summary>Every connection is encrypted; clients that cannot are turned away.</summary>
    Required,

    /// <summary>TDS 8.0 only: TLS before anything else.</summary>
    Strict,
}

/// <summary>Settings of a <see cref="TdsServer"/>.</summary>
public sealed class TdsServerOptions
{
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>TCP port; 0 for any that is free.</summary>
    public int Port { get; init; } = 1433;

    public EncryptionMode Encryption { get; init; } = EncryptionMode.Required;

    /// <summary>Certificate with its private key. Null: a self-signed one, kept in the database's folder.</summary>
    public X509Certificate2? Certificate { get; init; }

    public int MaximumConnections { get; init; } = 1000;

    /// <summary>Time from the connection to the end of its login.</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest request (a batch, or a procedure call with its parameters) in bytes. Bulk load is a stream and has no such limit.</summary>
    public int MaximumRequestLength { get; init; } = 256 * 1024 * 1024;

    /// <summary>Largest packet a client may ask for.</summary>
    public int MaximumPacketSize { get; init; } = 32767;

    /// <summary>Failed logins of one name from one address until it is locked out.</summary>
    public int LockoutThreshold { get; init; } = 10;

    public TimeSpan LockoutDuration { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Access tokens that are accepted in place of a password; null for none.</summary>
    public AccessTokenOptions? AccessTokens { get; init; }

    public ServerLog Log { get; init; } = ServerLog.Silent;
}
