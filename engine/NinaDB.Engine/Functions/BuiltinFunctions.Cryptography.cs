using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Encryption by passphrase and passwords. Keys and certificates are no objects here: functions that need one refuse by name, those that look one up find none.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/cryptographic-functions-transact-sql.</remarks>
internal static partial class BuiltinFunctions
{
    /// <summary>Functions over keys and certificates, with their arguments: least and most.</summary>
    private static readonly (string Name, int Min, int Max)[] KeyFunctions =
    [
        ("ENCRYPTBYKEY", 2, 4), ("DECRYPTBYKEY", 1, 3), ("ENCRYPTBYCERT", 2, 2), ("DECRYPTBYCERT", 2, 3), ("ENCRYPTBYASYMKEY", 2, 2), ("DECRYPTBYASYMKEY", 2, 3),
        ("DECRYPTBYKEYAUTOCERT", 3, 5), ("DECRYPTBYKEYAUTOASYMKEY", 3, 5), ("SIGNBYCERT", 2, 3), ("SIGNBYASYMKEY", 2, 3), ("VERIFYSIGNEDBYCERT", 3, 3),
        ("VERIFYSIGNEDBYASYMKEY", 3, 3),
    ];

    private static void AddCryptographyFamily(Action<BuiltinFunction> add)
    {
        add(Function("ENCRYPTBYPASSPHRASE", 2, 4, BindEncryptByPassphrase) with { IsDeterministic = false });
        add(Function("DECRYPTBYPASSPHRASE", 2, 4, BindDecryptByPassphrase));
        add(Function("PWDENCRYPT", 1, 1, static b => new BoundFunction(SqlType.VarBinary(256), true, [SqlType.NVarChar(4000)], static (_, a) =>
            a[0].AsString.Length <= 128 ? SqlValue.FromBinary(ServerPasswordHash.Create(a[0].AsString)) : throw SqlErrors.CreateWithState(6607, 5, 1))) with
        { IsDeterministic = false });
        add(Function("PWDCOMPARE", 2, 3, static b => new BoundFunction(SqlType.Int, true, [SqlType.NVarChar(4000), SqlType.VarBinary(256), SqlType.Int], static (_, a) =>
            a[0].IsNull || a[1].IsNull ? SqlValue.Null : Flag(ServerPasswordHash.Verify(a[0].AsString, a[1].AsBytes)))
        { NullIfAnyNull = false }));
        foreach ((string name, int min, int max) in KeyFunctions)
        {
            add(Function(name, min, max, _ => throw SqlErrors.NotSupported(name)));
        }

        // No certificates and keys: what looks one up finds none.
        add(SessionFunction("CERT_ID", 1, 1, SqlType.Int, [NameType], (_, _) => SqlValue.Null));
        add(SessionFunction("ASYMKEY_ID", 1, 1, SqlType.Int, [NameType], (_, _) => SqlValue.Null));
        add(SessionFunction("KEY_ID", 1, 1, SqlType.Int, [NameType], (_, _) => SqlValue.Null));
        add(SessionFunction("KEY_GUID", 1, 1, SqlType.UniqueIdentifier, [NameType], (_, _) => SqlValue.Null));
        add(SessionFunction("KEY_NAME", 1, 1, NameType, [SqlType.VarBinary(8000)], (_, _) => SqlValue.Null));
        add(SessionFunction("CERTENCODED", 1, 1, SqlType.VarBinaryMax, [SqlType.Int], (_, _) => SqlValue.Null));
        add(SessionFunction("CERTPRIVATEKEY", 2, 3, SqlType.VarBinaryMax, [SqlType.Int, SqlType.NVarChar(4000), SqlType.NVarChar(4000)], (_, _) => SqlValue.Null));
        add(SessionFunction("CERTPROPERTY", 2, 2, SqlType.SqlVariant, [SqlType.Int, NameType], (_, _) => SqlValue.Null));
        add(SessionFunction("ASYMKEYPROPERTY", 2, 2, SqlType.SqlVariant, [SqlType.Int, NameType], (_, _) => SqlValue.Null));
        add(SessionFunction("SYMKEYPROPERTY", 2, 2, SqlType.SqlVariant, [SqlType.Int, NameType], (_, _) => SqlValue.Null));
    }

    /// <summary>Text or bytes, as they are encrypted; error 8116 for other types.</summary>
    private static SqlType EncryptedArgument(FunctionBinding b, int index)
    {
        SqlType type = b.ArgumentTypes[index];
        return type.Id == SqlTypeId.Null ? SqlType.VarBinary(1)
            : (type.IsString || type.Id is SqlTypeId.Binary or SqlTypeId.VarBinary) && !type.IsLegacyLob ? type
            : throw InvalidArgument(b, index);
    }

    private static BoundFunction BindEncryptByPassphrase(FunctionBinding b)
    {
        SqlType clear = EncryptedArgument(b, 1);
        return new BoundFunction(SqlType.VarBinary(8000), true, [SqlType.NVarChar(4000), clear, SqlType.Int, SqlType.NVarChar(128)], (_, a) =>
        {
            if (a[0].IsNull || a[1].IsNull)
            {
                return SqlValue.Null;
            }

            byte[] encrypted = PassphraseCipher.Encrypt(a[0].AsString, BytesOf(a[1], clear), Authenticator(a));
            return encrypted.Length <= 8000 ? SqlValue.FromBinary(encrypted) : SqlValue.Null;
        })
        { NullIfAnyNull = false };
    }

    private static BoundFunction BindDecryptByPassphrase(FunctionBinding b)
    {
        SqlType cipher = EncryptedArgument(b, 1);
        return new BoundFunction(SqlType.VarBinary(8000), true, [SqlType.NVarChar(4000), cipher, SqlType.Int, SqlType.NVarChar(128)], (_, a) =>
            !a[0].IsNull && !a[1].IsNull && PassphraseCipher.Decrypt(a[0].AsString, BytesOf(a[1], cipher), Authenticator(a)) is { } clear ? SqlValue.FromBinary(clear) : SqlValue.Null)
        { NullIfAnyNull = false };
    }

    /// <summary>What binds a value to its row, when it was asked for.</summary>
    private static byte[]? Authenticator(SqlValue[] a) => a.Length > 3 && !a[2].IsNull && a[2].AsInt32 == 1 && !a[3].IsNull ? Encoding.Unicode.GetBytes(a[3].AsString) : null;
}

/// <summary>
/// ENCRYPTBYPASSPHRASE's messages. Version 1 (up to SQL Server 2016): TripleDES in CBC mode, key from SHA-1; version 2: AES-256, key from SHA-256. Both: the version in
/// four bytes, the initialization vector, then encrypted: a magic number, the lengths of authenticator hash and text, the hash, the text.
/// </summary>
internal static class PassphraseCipher
{
    private const uint Magic = 0xBAADF00D;
    private const int VersionLength = 4;
    private const int HeaderLength = 8;

    public static byte[] Encrypt(string passphrase, byte[] clear, byte[]? authenticator)
    {
        byte[] hash = authenticator is null ? [] : Hash(clear, authenticator);
        var message = new byte[HeaderLength + hash.Length + clear.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(message, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), (ushort)hash.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(6), (ushort)clear.Length);
        hash.CopyTo(message, HeaderLength);
        clear.CopyTo(message, HeaderLength + hash.Length);
        using var aes = Aes.Create();
        aes.Key = SHA256.HashData(Encoding.Unicode.GetBytes(passphrase));
        return [2, 0, 0, 0, .. aes.IV, .. aes.EncryptCbc(message, aes.IV)];
    }

    /// <summary>The text, or null when the passphrase or the authenticator is another.</summary>
    public static byte[]? Decrypt(string passphrase, byte[] encrypted, byte[]? authenticator)
    {
        if (encrypted.Length < VersionLength || Open(passphrase, encrypted) is not { } message || message.Length < HeaderLength
            || BinaryPrimitives.ReadUInt32LittleEndian(message) != Magic)
        {
            return null;
        }

        int hashLength = BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(4));
        int length = BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(6));
        if (message.Length != HeaderLength + hashLength + length || (hashLength > 0) != (authenticator is not null))
        {
            return null;
        }

        byte[] clear = message[(HeaderLength + hashLength)..];
        return authenticator is null || CryptographicOperations.FixedTimeEquals(Hash(clear, authenticator), message.AsSpan(HeaderLength, hashLength)) ? clear : null;
    }

    private static byte[] Hash(byte[] clear, byte[] authenticator) => SHA1.HashData([.. clear, .. authenticator]);

    private static byte[]? Open(string passphrase, byte[] encrypted)
    {
        byte[] secret = Encoding.Unicode.GetBytes(passphrase);
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(encrypted);
        using SymmetricAlgorithm? cipher = version switch { 1 => TripleDES.Create(), 2 => Aes.Create(), _ => null };
        if (cipher is null)
        {
            return null;
        }

        int vector = cipher.BlockSize / 8;
        if (encrypted.Length < VersionLength + (2 * vector) || (encrypted.Length - VersionLength) % vector != 0)
        {
            return null;
        }

        cipher.Key = version == 1 ? TwoKeys(SHA1.HashData(secret)) : SHA256.HashData(secret);
        try
        {
            return cipher.DecryptCbc(encrypted.AsSpan(VersionLength + vector), encrypted.AsSpan(VersionLength, vector));
        }
        catch (CryptographicException)
        {
            // The padding is wrong: another passphrase.
            return null;
        }
    }

    /// <summary>The 16 bytes of two-key TripleDES: the first key comes again at the end.</summary>
    private static byte[] TwoKeys(byte[] hash) => [.. hash.AsSpan(0, 16), .. hash.AsSpan(0, 8)];
}
