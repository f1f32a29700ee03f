using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Storage;

namespace NinaDB.Clr.Signing;

/// <summary>
/// An RSA key for signing: a public one as PEM (SubjectPublicKeyInfo, RFC 5280, as openssl reads it), a private one as PKCS#1 bytes (RFC 8017).
/// Signatures are RSASSA-PKCS1-v1_5 with SHA-256. Everything here works alike on .NET Framework, mono and .NET.
/// </summary>
public sealed class RsaKey
{
    /// <summary>Bits of a new key.</summary>
    public const int NewKeyBits = 3072;

    /// <summary>Fewest bits of a key that is believed.</summary>
    public const int MinBits = 2048;

    private const int MaxBits = 8192;
    private const string Header = "-----BEGIN PUBLIC KEY-----";
    private const string Footer = "-----END PUBLIC KEY-----";

    /// <summary>AlgorithmIdentifier of rsaEncryption, 1.2.840.113549.1.1.1 with NULL parameters.</summary>
    private static readonly byte[] AlgorithmIdentifier = { 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00 };

    private readonly RSAParameters _parameters;

    private RsaKey(RSAParameters parameters)
    {
        _parameters = parameters;
        int bits = parameters.Modulus!.Length * 8;
        if (bits < MinBits || bits > MaxBits)
        {
            throw new NinaException(ErrorNumber.KeyInvalid, $"The key has {bits} bits; {MinBits} to {MaxBits} are accepted.");
        }

        Id = ContentHash.ToHex(ContentHash.OfBytes(PublicDer()));
    }

    /// <summary>The key's name: SHA-256 of its SubjectPublicKeyInfo, in lower-case hexadecimal.</summary>
    public string Id { get; }

    /// <summary>Makes a key pair of <see cref="NewKeyBits"/> bits.</summary>
    public static RsaKey Generate()
    {
#if NETFRAMEWORK
        using (var rsa = new RSACryptoServiceProvider(NewKeyBits) { PersistKeyInCsp = false })
#else
        using (RSA rsa = RSA.Create(NewKeyBits))
#endif
        {
            return new RsaKey(rsa.ExportParameters(true));
        }
    }

    /// <summary>Reads a private key that <see cref="PrivateBytes"/> wrote.</summary>
    public static RsaKey FromPrivateBytes(byte[] pkcs1)
    {
        List<byte[]> values = Der.ReadIntegers(pkcs1);
        if (values.Count != 9)
        {
            throw new NinaException(ErrorNumber.KeyInvalid, "The private key does not have the nine numbers of PKCS#1.");
        }

        int length = values[1].Length;
        int half = (length + 1) / 2;
        return new RsaKey(new RSAParameters
        {
            Modulus = values[1],
            Exponent = values[2],
            D = Pad(values[3], length),
            P = Pad(values[4], half),
            Q = Pad(values[5], half),
            DP = Pad(values[6], half),
            DQ = Pad(values[7], half),
            InverseQ = Pad(values[8], half),
        });
    }

    /// <summary>Every public key of a PEM text, in order; raises <see cref="ErrorNumber.KeyInvalid"/> where there is none.</summary>
    public static IReadOnlyList<RsaKey> FromPem(string pem)
    {
        var keys = new List<RsaKey>();
        int position = 0;
        while (true)
        {
            int start = pem.IndexOf(Header, position, StringComparison.Ordinal);
            if (start < 0)
            {
                break;
            }

            start += Header.Length;
            int end = pem.IndexOf(Footer, start, StringComparison.Ordinal);
            if (end < 0)
            {
                throw new NinaException(ErrorNumber.KeyInvalid, "A PEM block has no end.");
            }

            keys.Add(FromBase64(pem.Substring(start, end - start)));
            position = end + Footer.Length;
        }

        return keys.Count > 0 ? keys : throw new NinaException(ErrorNumber.KeyInvalid, "There is no public key in PEM form: a block that begins with '" + Header + "'.");
    }

    /// <summary>The private key as PKCS#1 bytes.</summary>
    public byte[] PrivateBytes()
    {
        NinaException.Require(_parameters.D != null, "The key has no private part.");
        return Der.WriteSequence(
            Der.WriteInteger(new byte[1]),
            Der.WriteInteger(_parameters.Modulus!),
            Der.WriteInteger(_parameters.Exponent!),
            Der.WriteInteger(_parameters.D!),
            Der.WriteInteger(_parameters.P!),
            Der.WriteInteger(_parameters.Q!),
            Der.WriteInteger(_parameters.DP!),
            Der.WriteInteger(_parameters.DQ!),
            Der.WriteInteger(_parameters.InverseQ!));
    }

    /// <summary>The public key as PEM.</summary>
    public string PublicPem()
    {
        string base64 = Convert.ToBase64String(PublicDer());
        var pem = new StringBuilder(Header).Append('\n');
        for (int i = 0; i < base64.Length; i += 64)
        {
            pem.Append(base64, i, Math.Min(64, base64.Length - i)).Append('\n');
        }

        return pem.Append(Footer).Append('\n').ToString();
    }

    /// <summary>Signs bytes.</summary>
    public byte[] Sign(byte[] data)
    {
        NinaException.Require(_parameters.D != null, "The key has no private part.");
        using (RSA rsa = Open())
        {
            return rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
    }

    /// <summary>Whether this key signed these bytes.</summary>
    public bool Verify(byte[] data, byte[] signature)
    {
        if (signature.Length != _parameters.Modulus!.Length)
        {
            return false;
        }

        using (RSA rsa = Open())
        {
            return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
    }

    private static RsaKey FromBase64(string text)
    {
        byte[] der;
        try
        {
            der = Convert.FromBase64String(text.Trim());
        }
        catch (FormatException error)
        {
            throw new NinaException(ErrorNumber.KeyInvalid, "The key is not valid base64.", error);
        }

        // SEQUENCE { AlgorithmIdentifier, BIT STRING { SEQUENCE { modulus, exponent } } }: the inner part is found from the end, and the whole is written
        // again and compared, so that there is one way to spell a key.
        int inner = -1;
        for (int i = 0; i + AlgorithmIdentifier.Length < der.Length && i <= 6; i++)
        {
            if (StartsWith(der, i, AlgorithmIdentifier))
            {
                inner = i + AlgorithmIdentifier.Length;
                break;
            }
        }

        if (inner >= 0 && der.Length > inner + 6 && der[inner] == 0x03)
        {
            int content = inner + (der[inner + 1] < 0x80 ? 2 : 2 + (der[inner + 1] & 0x7F)) + 1;
            if (content < der.Length)
            {
                byte[] pair = new byte[der.Length - content];
                Buffer.BlockCopy(der, content, pair, 0, pair.Length);
                List<byte[]> values = Der.ReadIntegers(pair);
                if (values.Count == 2 && values[0].Length >= MinBits / 8 && values[1].Length <= 4)
                {
                    var key = new RsaKey(new RSAParameters { Modulus = values[0], Exponent = values[1] });
                    byte[] again = key.PublicDer();
                    if (again.Length == der.Length && StartsWith(der, 0, again))
                    {
                        return key;
                    }
                }
                else if (values.Count == 2)
                {
                    throw new NinaException(ErrorNumber.KeyInvalid, $"The key has {values[0].Length * 8} bits; {MinBits} to {MaxBits} are accepted.");
                }
            }
        }

        throw new NinaException(ErrorNumber.KeyInvalid, "The key is not an RSA public key (SubjectPublicKeyInfo).");
    }

    private static bool StartsWith(byte[] bytes, int offset, byte[] what)
    {
        if (what.Length > bytes.Length - offset)
        {
            return false;
        }

        for (int i = 0; i < what.Length; i++)
        {
            if (bytes[offset + i] != what[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Leading zeros are not stored, and RSAParameters wants them.</summary>
    private static byte[] Pad(byte[] value, int length)
    {
        if (value.Length > length)
        {
            throw new NinaException(ErrorNumber.KeyInvalid, "A number of the private key is too long.");
        }

        byte[] padded = new byte[length];
        Buffer.BlockCopy(value, 0, padded, length - value.Length, value.Length);
        return padded;
    }

    private byte[] PublicDer()
    {
        byte[] pair = Der.WriteSequence(Der.WriteInteger(_parameters.Modulus!), Der.WriteInteger(_parameters.Exponent!));
        return Der.WriteSequence(AlgorithmIdentifier, Der.Write(0x03, Der.Join(new byte[1], pair)));
    }

    private RSA Open()
    {
#if NETFRAMEWORK
        RSA rsa = new RSACryptoServiceProvider { PersistKeyInCsp = false };
#else
        RSA rsa = RSA.Create();
#endif
        try
        {
            rsa.ImportParameters(_parameters);
            return rsa;
        }
        catch (CryptographicException error)
        {
            rsa.Dispose();
            throw new NinaException(ErrorNumber.KeyInvalid, "The key cannot be used: " + error.Message, error);
        }
    }
}
