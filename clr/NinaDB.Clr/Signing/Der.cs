using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Signing;

/// <summary>The little of ASN.1 DER (ITU-T X.690) that RSA keys are written in: SEQUENCE and non-negative INTEGER. .NET Framework has no reader for it.</summary>
internal static class Der
{
    private const byte Integer = 0x02;
    private const byte Sequence = 0x30;

    /// <summary>A SEQUENCE of encoded parts.</summary>
    public static byte[] WriteSequence(params byte[][] parts) => Write(Sequence, Join(parts));

    /// <summary>An INTEGER from a big-endian magnitude.</summary>
    public static byte[] WriteInteger(byte[] magnitude)
    {
        int start = 0;
        while (start < magnitude.Length - 1 && magnitude[start] == 0)
        {
            start++;
        }

        bool needsZero = magnitude[start] >= 0x80;
        byte[] content = new byte[magnitude.Length - start + (needsZero ? 1 : 0)];
        Buffer.BlockCopy(magnitude, start, content, needsZero ? 1 : 0, magnitude.Length - start);
        return Write(Integer, content);
    }

    /// <summary>A value under a tag.</summary>
    public static byte[] Write(byte tag, byte[] content)
    {
        var header = new List<byte> { tag };
        if (content.Length < 0x80)
        {
            header.Add((byte)content.Length);
        }
        else if (content.Length <= 0xFF)
        {
            header.Add(0x81);
            header.Add((byte)content.Length);
        }
        else
        {
            header.Add(0x82);
            header.Add((byte)(content.Length >> 8));
            header.Add((byte)content.Length);
        }

        return Join(header.ToArray(), content);
    }

    /// <summary>The magnitudes of the INTEGERs of a SEQUENCE of nothing else; raises <see cref="ErrorNumber.KeyInvalid"/>.</summary>
    public static List<byte[]> ReadIntegers(byte[] der)
    {
        int position = 0;
        int end = ReadHeader(der, ref position, Sequence, der.Length);
        var values = new List<byte[]>();
        while (position < end)
        {
            int valueEnd = ReadHeader(der, ref position, Integer, end);
            int start = position;
            while (start < valueEnd - 1 && der[start] == 0)
            {
                start++;
            }

            byte[] magnitude = new byte[valueEnd - start];
            Buffer.BlockCopy(der, start, magnitude, 0, magnitude.Length);
            values.Add(magnitude);
            position = valueEnd;
        }

        return values;
    }

    public static byte[] Join(params byte[][] parts)
    {
        int length = 0;
        foreach (byte[] part in parts)
        {
            length += part.Length;
        }

        byte[] all = new byte[length];
        int position = 0;
        foreach (byte[] part in parts)
        {
            Buffer.BlockCopy(part, 0, all, position, part.Length);
            position += part.Length;
        }

        return all;
    }

    /// <summary>Reads tag and length; returns where the value ends, which is inside <paramref name="end"/>.</summary>
    private static int ReadHeader(byte[] der, ref int position, byte tag, int end)
    {
        if (position > end - 2 || der[position++] != tag)
        {
            throw Malformed();
        }

        int length = der[position++];
        if (length >= 0x80)
        {
            int count = length - 0x80;
            if (count < 1 || count > 2 || position > end - count)
            {
                throw Malformed();
            }

            length = 0;
            for (int i = 0; i < count; i++)
            {
                length = (length << 8) | der[position++];
            }
        }

        return length > 0 && length <= end - position ? position + length : throw Malformed();
    }

    private static NinaException Malformed() => new NinaException(ErrorNumber.KeyInvalid, "The key is not a well-formed RSA key.");
}
