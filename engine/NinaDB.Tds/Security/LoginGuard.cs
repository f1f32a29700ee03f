using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using NinaDB.Engine;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Security;

namespace NinaDB.Tds.Security;

/// <summary>What became of a login attempt.</summary>
internal enum LoginOutcome : byte
{
    Accepted,

    /// <summary>No such login, a wrong password, or a disabled login: the client is not told which.</summary>
    Refused,

    /// <summary>Too many failures of this name from this address.</summary>
    LockedOut,
}

/// <summary>
/// Checks passwords. Every failure of a name from an address makes its next answer slower, too many lock it out for a while; names that do not exist cost the same time as
/// those that do. A password that was right once is recognised quickly (by a keyed hash that lives only in memory), so that connection pools do not pay for slow hashing.
/// </summary>
internal sealed class LoginGuard(TdsServerOptions options)
{
    private const int MaximumTracked = 10_000;
    private const int NameLength = 128;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(4);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<(string Name, string Address), Failures> _failures = new();
    private readonly ConcurrentDictionary<string, (string Kept, byte[] Proof)> _recognised = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Slow hashes that may be computed at a time: a flood of logins must not take all processors.</summary>
    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount / 2));

    private readonly record struct Failures(int Count, DateTime Last);

    public async Task<(LoginOutcome Outcome, LoginDefinition? Login)> CheckAsync(Database database, string name, string password, string address, CancellationToken cancellation)
    {
        name = name.Length > NameLength ? name[..NameLength] : name;
        (string, string) key = (name.ToLowerInvariant(), address);
        Failures before = _failures.GetValueOrDefault(key);
        if (before.Count >= options.LockoutThreshold && DateTime.UtcNow - before.Last < options.LockoutDuration)
        {
            return (LoginOutcome.LockedOut, null);
        }

        LoginDefinition? login = database.Catalog.Logins.GetValueOrDefault(name);
        bool isRight = await VerifyAsync(name, password, login?.PasswordHash, cancellation).ConfigureAwait(false);
        if (isRight && login is { IsDisabled: false, Type: 'S' } && ServerAccess.Of(database.Catalog, login).MayConnect)
        {
            _failures.TryRemove(key, out _);
            return (LoginOutcome.Accepted, login);
        }

        Failures now = Count(key);
        double delay = Math.Min(LongestDelay.TotalMilliseconds, 50 * Math.Pow(2, Math.Min(now.Count, 10)));
        await Task.Delay(TimeSpan.FromMilliseconds(delay), cancellation).ConfigureAwait(false);
        return (LoginOutcome.Refused, null);
    }

    private async Task<bool> VerifyAsync(string name, string password, string? kept, CancellationToken cancellation)
    {
        byte[] proof = HMACSHA256.HashData(_key, Encoding.Unicode.GetBytes(password));
        if (kept is not null && _recognised.TryGetValue(name, out (string Kept, byte[] Proof) known) && known.Kept == kept && CryptographicOperations.FixedTimeEquals(known.Proof, proof))
        {
            return true;
        }

        await _hashing.WaitAsync(cancellation).ConfigureAwait(false);
        bool isRight;
        try
        {
            isRight = await Task.Run(() => PasswordHash.Verify(password, kept), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _hashing.Release();
        }

        if (isRight)
        {
            _recognised[name] = (kept!, proof);
        }

        return isRight;
    }

    private Failures Count((string, string) key)
    {
        DateTime now = DateTime.UtcNow;
        if (_failures.Count >= MaximumTracked)
        {
            foreach (KeyValuePair<(string, string), Failures> entry in _failures)
            {
                if (now - entry.Value.Last >= options.LockoutDuration)
                {
                    _failures.TryRemove(entry);
                }
            }

            if (_failures.Count >= MaximumTracked && !_failures.ContainsKey(key))
            {
                // A flood of names: none of them is worth memory, and each still waits its longest.
                return new Failures(options.LockoutThreshold, now);
            }
        }

        return _failures.AddOrUpdate(
            key,
            _ => new Failures(1, now),
            (_, old) => now - old.Last >= options.LockoutDuration ? new Failures(1, now) : new Failures(old.Count + 1, now));
    }
}
