using System;
using System.IO;
using System.Security.Cryptography;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Storage;

/// <summary>SHA-256 of files, streams and bytes.</summary>
public static class ContentHash
{
    /// <summary>Bytes read at a time.</summary>
    internal const int BufferBytes = 1 << 20;

    /// <summary>The SHA-256 of a file, which must not change meanwhile. <paramref name="progress"/> is told the bytes done and the total.</summary>
    public static byte[] OfFile(string path, Action<long, long>? progress = null)
    {
        FileIdentity before = FileIdentity.Of(path);
        byte[] hash;
        using (FileStream stream = FileIdentity.OpenRead(path))
        {
            hash = OfStream(stream, path, before.Length, null, progress);
        }

        before.ThrowIfChanged();
        return hash;
    }

    /// <summary>The SHA-256 of some bytes.</summary>
    public static byte[] OfBytes(byte[] bytes)
    {
        using SHA256 sha = SHA256.Create();
        return sha.ComputeHash(bytes);
    }

    /// <summary>The hash of 64 hexadecimal digits. Raises <see cref="ErrorNumber.InvalidArgument"/>.</summary>
    public static byte[] FromHex(string text)
    {
        byte[] hash = new byte[32];
        NinaException.Require(text.Length == 64, $"'{text}' is not a SHA-256.");
        for (int i = 0; i < hash.Length; i++)
        {
            NinaException.Require(
                byte.TryParse(text.Substring(2 * i, 2), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out hash[i]),
                $"'{text}' is not a SHA-256.");
        }

        return hash;
    }

    /// <summary>Lower-case hexadecimal digits.</summary>
    public static string ToHex(byte[] hash)
    {
        const string digits = "0123456789abcdef";
        char[] text = new char[hash.Length * 2];
        for (int i = 0; i < hash.Length; i++)
        {
            text[2 * i] = digits[hash[i] >> 4];
            text[(2 * i) + 1] = digits[hash[i] & 15];
        }

        return new string(text);
    }

    /// <summary>Hashes exactly <paramref name="length"/> bytes of a stream, copying them to <paramref name="copy"/> when it is not null.</summary>
    internal static byte[] OfStream(Stream stream, string name, long length, Stream? copy, Action<long, long>? progress)
    {
        using SHA256 sha = SHA256.Create();
        byte[] buffer = new byte[BufferBytes];
        long done = 0;
        while (true)
        {
            int count = stream.Read(buffer, 0, buffer.Length);
            if (count == 0)
            {
                break;
            }

            done += count;
            if (length >= 0 && done > length)
            {
                throw NinaException.InFile(ErrorNumber.FileChanged, name, $"is longer than the {length} bytes that it had.");
            }

            sha.TransformBlock(buffer, 0, count, null, 0);
            copy?.Write(buffer, 0, count);
            progress?.Invoke(done, length);
        }

        if (length >= 0 && done != length)
        {
            throw NinaException.InFile(ErrorNumber.FileChanged, name, $"ended after {done} of {length} bytes.");
        }

        sha.TransformFinalBlock(buffer, 0, 0);
        return sha.Hash!;
    }
}
