using System.Security.Cryptography;
using System.Text;

namespace NinaDB.Engine.Security;

/// <summary>Password hashes as SQL Server keeps them: 0x0300 (PBKDF2 with HMAC-SHA-512, 100,000 rounds), 0x0200 (SHA-512 of password and salt), 0x0100 (SHA-1).</summary>
internal static class ServerPasswordHash
{
    private const int Rounds = 100_000;
    private const int SaltLength = 4;
    private const int HeaderLength = 2 + SaltLength;

    public static byte[] Create(string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltLength);
        return [3, 0, .. salt, .. Derive(password, salt)];
    }

    /// <summary>False for a hash of unknown form too.</summary>
    public static bool Verify(string password, byte[] kept)
    {
        if (kept.Length <= HeaderLength || password.Length > 128)
        {
            return false;
        }

        byte[] salt = kept[2..HeaderLength];
        byte[] text = Encoding.Unicode.GetBytes(password);
        byte[]? expected = (kept[0], kept[1]) switch
        {
            (3, 0) => Derive(password, salt),
            (2, 0) => SHA512.HashData([.. text, .. salt]),
            (1, 0) => SHA1.HashData([.. text, .. salt]),
            _ => null,
        };
        return expected is not null && CryptographicOperations.FixedTimeEquals(expected, kept.AsSpan(HeaderLength));
    }

    private static byte[] Derive(string password, byte[] salt) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.Unicode.GetBytes(password), salt, Rounds, HashAlgorithmName.SHA512, 64);
}
