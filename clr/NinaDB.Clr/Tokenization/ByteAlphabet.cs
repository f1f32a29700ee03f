namespace NinaDB.Clr.Tokenization;

/// <summary>
/// The alphabet in which byte-level vocabularies write bytes (GPT-2): printable Latin-1 characters stand for themselves, the other 68 bytes for U+0100 onwards.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = MakeCharacters();
    private static readonly short[] Bytes = MakeBytes();

    /// <summary>The character of a byte.</summary>
    public static char Of(byte value) => Characters[value];

    /// <summary>The byte of a character, -1 when it stands for none.</summary>
    public static int ByteOf(char c) => c < Bytes.Length ? Bytes[c] : -1;

    /// <summary>Whether every character of a piece stands for a byte.</summary>
    public static bool IsBytes(string piece)
    {
        foreach (char c in piece)
        {
            if (ByteOf(c) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The bytes that a piece stands for; every character must.</summary>
    public static byte[] ToBytes(string piece)
    {
        byte[] bytes = new byte[piece.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)ByteOf(piece[i]);
        }

        return bytes;
    }

    /// <summary>The piece that stands for bytes.</summary>
    public static string ToPiece(byte[] bytes, int start, int count)
    {
        char[] piece = new char[count];
        for (int i = 0; i < count; i++)
        {
            piece[i] = Characters[bytes[start + i]];
        }

        return new string(piece);
    }

    private static char[] MakeCharacters()
    {
        char[] characters = new char[256];
        int next = 0x100;
        for (int b = 0; b < 256; b++)
        {
            bool printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            characters[b] = printable ? (char)b : (char)next++;
        }

        return characters;
    }

    private static short[] MakeBytes()
    {
        short[] bytes = new short[0x144];
        for (int c = 0; c < bytes.Length; c++)
        {
            bytes[c] = -1;
        }

        for (int b = 0; b < 256; b++)
        {
            bytes[Characters[b]] = (short)b;
        }

        return bytes;
    }
}
