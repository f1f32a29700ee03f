using System.Collections.Concurrent;
using System.Text;

namespace NinaDB.Engine.Types;

/// <summary>Bytes of varchar, by collation: code page 1252 (own table), UTF-8, or the runtime's table of another code page.</summary>
internal static class TextEncodings
{
    /// <summary>Characters of bytes 0x80..0x9F; undefined bytes map to the control character of the same code.</summary>
    private const string HighControls = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";

    /// <summary>Byte of a character in code page 1252, after best fit; '?' when there is none.</summary>
    public static byte ToCodePage(char c)
    {
        if (c < 0x80 || c is >= '\u00A0' and <= '\u00FF')
        {
            return (byte)c;
        }

        int index = HighControls.IndexOf(c);
        if (index >= 0)
        {
            return (byte)(0x80 + index);
        }

        char fit = CollationWeights.BestFit(c);
        return fit != '\0' ? (byte)fit : char.IsSurrogate(c) ? (byte)'?' : BestFits.GetOrAdd(c, static x => Windows1252.GetBytes([x])[0]);
    }

    /// <summary>Windows' own best fits (omega to O ...) of characters that no rule here covers.</summary>
    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    private static readonly ConcurrentDictionary<char, byte> BestFits = [];

    public static char FromCodePage(byte b) => b is >= 0x80 and <= 0x9F ? HighControls[b - 0x80] : (char)b;

    /// <summary>The encoding of a code page other than 1252 and UTF-8; what it has no byte for becomes '?'.</summary>
    private static Encoding Of(Collation collation) => Pages.GetOrAdd(collation.CodePage, static page =>
        CodePagesEncodingProvider.Instance.GetEncoding(page, new EncoderReplacementFallback("?"), new DecoderReplacementFallback("?")) ?? Encoding.Latin1);

    private static readonly ConcurrentDictionary<int, Encoding> Pages = [];

    private static bool IsLatin(Collation collation) => collation.CodePage is 1252 or 0;

    /// <summary>True when every character survives as varchar of this collation.</summary>
    public static bool IsRepresentable(string text, Collation collation)
    {
        if (collation.IsUtf8 || Ascii.IsValid(text))
        {
            return true;
        }

        if (!IsLatin(collation))
        {
            Encoding encoding = Of(collation);
            return encoding.GetString(encoding.GetBytes(text)) == text;
        }

        foreach (char c in text)
        {
            if (c >= 0x80 && FromCodePage(ToCodePage(c)) != c)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The text as varchar of this collation can hold it: characters without a byte become their best fit or '?'.</summary>
    public static string ToVarChar(string text, Collation collation)
    {
        if (IsRepresentable(text, collation))
        {
            return text;
        }

        if (!IsLatin(collation))
        {
            Encoding encoding = Of(collation);
            return encoding.GetString(encoding.GetBytes(text));
        }

        return string.Create(text.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = FromCodePage(ToCodePage(source[i]));
            }
        });
    }

    /// <summary>Length in bytes of a varchar value.</summary>
    public static int ByteCount(string text, Collation collation) =>
        collation.IsUtf8 ? Encoding.UTF8.GetByteCount(text) : IsLatin(collation) || Ascii.IsValid(text) ? text.Length : Of(collation).GetByteCount(text);

    public static byte[] GetBytes(string text, Collation collation)
    {
        if (collation.IsUtf8)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        if (!IsLatin(collation))
        {
            return Of(collation).GetBytes(text);
        }

        var bytes = new byte[text.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = ToCodePage(text[i]);
        }

        return bytes;
    }

    public static string GetString(ReadOnlySpan<byte> bytes, Collation collation)
    {
        if (collation.IsUtf8)
        {
            return Encoding.UTF8.GetString(bytes);
        }

        if (!IsLatin(collation))
        {
            return Of(collation).GetString(bytes);
        }

        Span<char> buffer = bytes.Length <= 512 ? stackalloc char[bytes.Length] : new char[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            buffer[i] = FromCodePage(bytes[i]);
        }

        return new string(buffer);
    }

    /// <summary>Cuts a varchar value to a number of bytes without splitting a character.</summary>
    public static string Truncate(string text, int bytes, Collation collation)
    {
        if (IsLatin(collation) || Ascii.IsValid(text))
        {
            return text.Length <= bytes ? text : text[..bytes];
        }

        int used = 0;
        int i = 0;
        while (i < text.Length)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out int consumed);
            int width = collation.IsUtf8 ? rune.Utf8SequenceLength : Of(collation).GetByteCount(text.AsSpan(i, consumed));
            if (used + width > bytes)
            {
                break;
            }

            used += width;
            i += consumed;
        }

        return i == text.Length ? text : text[..i];
    }
}
