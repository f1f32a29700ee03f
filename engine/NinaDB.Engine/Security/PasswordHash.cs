using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace NinaDB.Engine.Security;

/// <summary>Passwords as they are kept: PBKDF2 with HMAC-SHA-512 and a salt of their own, as "iterations:salt:hash" in hex.</summary>
internal static class PasswordHash
{
    private const int Iterations = 100_000, SaltLength = 16, HashLength = 64;

    /// <summary>Begins a hash that CREATE LOGIN ... PASSWORD = 0x... HASHED has brought from a server.</summary>
    private const string ServerForm = "server:";

    /// <summary>Keeps a hash in SQL Server's form, written 0x...</summary>
    public static string FromServer(string written) => ServerForm + (written.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? written[2..] : written);

    public static string Create(string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltLength);
        byte[] hash = Derive(password, salt, Iterations);
        return string.Create(CultureInfo.InvariantCulture, $"{Iterations}:{Convert.ToHexString(salt)}:{Convert.ToHexString(hash)}");
    }

    /// <summary>Whether the password is the one that was kept. Takes as long when nothing was kept, so that time tells nobody which logins exist.</summary>
    public static bool Verify(string password, string? kept)
    {
        if (kept?.StartsWith(ServerForm, StringComparison.Ordinal) is true)
        {
            return ServerPasswordHash.Verify(password, Convert.FromHexString(kept[ServerForm.Length..]));
        }

        int iterations = Iterations;
        byte[] salt = new byte[SaltLength];
        byte[] expected = [];
        string[] parts = kept?.Split(':') ?? [];
        if (parts.Length == 3)
        {
            iterations = int.Parse(parts[0], CultureInfo.InvariantCulture);
            salt = Convert.FromHexString(parts[1]);
            expected = Convert.FromHexString(parts[2]);
        }

        byte[] actual = Derive(password, salt, iterations);
        return CryptographicOperations.FixedTimeEquals(actual, expected);
    }

    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.Unicode.GetBytes(password), salt, iterations, HashAlgorithmName.SHA512, HashLength);
}
