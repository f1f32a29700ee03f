using System;
using System.Text;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Tokenization.Unicode;

/// <summary>
/// SentencePiece's precompiled_charsmap: a double-array trie over UTF-8 (length in bytes, then 32-bit units as in darts-clone) whose values are offsets into
/// NUL-terminated replacements behind it. Every unit read is checked: the bytes come from a file.
/// </summary>
internal sealed class CharacterMap
{
    private readonly byte[] _data;
    private readonly int _units;
    private readonly int _replacements;

    /// <summary>Opens a map; <paramref name="source"/> names it in errors.</summary>
    public CharacterMap(byte[] data, string source)
    {
        _data = data;
        uint bytes = data.Length >= 4 ? BitConverter.ToUInt32(data, 0) : 0;
        if (bytes < 4 || bytes % 4 != 0 || bytes > data.Length - 4 || (data.Length > 4 + bytes && data[data.Length - 1] != 0))
        {
            throw NinaException.InFile(ErrorNumber.TokenizerInvalid, source, "the precompiled character map is damaged.");
        }

        _units = (int)(bytes / 4);
        _replacements = 4 + (int)bytes;
    }

    /// <summary>The bytes as they are stored.</summary>
    public byte[] ToBytes() => (byte[])_data.Clone();

    /// <summary>
    /// Finds the replacement of a prefix of the bytes from <paramref name="start"/> to <paramref name="end"/>: of the longest, or of the shortest. Returns the
    /// length of the prefix, 0 when there is none; the replacement is appended to nothing but given as a range of <see cref="AppendReplacement"/>.
    /// </summary>
    public int Find(byte[] text, int start, int end, bool longest, out int replacement)
    {
        replacement = -1;
        int found = 0;
        uint node = 0;
        if (!TryUnit(ref node, out uint unit))
        {
            return 0;
        }

        node ^= Offset(unit);
        for (int i = start; i < end && text[i] != 0; i++)
        {
            node ^= text[i];
            if (node >= (uint)_units)
            {
                break;
            }

            unit = Unit(node);
            if ((unit & 0x800000FF) != text[i])
            {
                break;
            }

            bool leaf = (unit >> 8 & 1) != 0;
            node ^= Offset(unit);
            if (leaf && node < (uint)_units)
            {
                replacement = (int)(Unit(node) & 0x7FFFFFFF);
                found = i - start + 1;
                if (!longest)
                {
                    break;
                }
            }
        }

        return found;
    }

    /// <summary>Appends the replacement at an offset that <see cref="Find"/> gave.</summary>
    public void AppendReplacement(int replacement, System.IO.MemoryStream output)
    {
        for (long i = (long)_replacements + replacement; i < _data.Length && _data[i] != 0; i++)
        {
            output.WriteByte(_data[i]);
        }
    }

    /// <summary>Replaces the longest prefix again and again, as SentencePiece does.</summary>
    public string ReplaceLongest(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var output = new System.IO.MemoryStream(bytes.Length + 16);
        for (int i = 0; i < bytes.Length;)
        {
            int length = Find(bytes, i, bytes.Length, longest: true, out int replacement);
            if (length > 0)
            {
                AppendReplacement(replacement, output);
                i += length;
            }
            else
            {
                int width = Utf8Width(bytes[i]);
                output.Write(bytes, i, Math.Min(width, bytes.Length - i));
                i += width;
            }
        }

        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }

    /// <summary>
    /// Replaces characters as the tokenizers library does: a character with its marks when it takes less than six bytes and a prefix of it has a replacement,
    /// else each code point by itself.
    /// </summary>
    public string ReplaceByCharacter(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var output = new System.IO.MemoryStream(bytes.Length + 16);
        for (int i = 0; i < bytes.Length;)
        {
            int end = ClusterEnd(bytes, i);
            if (end - i < 6 && Find(bytes, i, end, longest: false, out int replacement) > 0)
            {
                AppendReplacement(replacement, output);
                i = end;
                continue;
            }

            while (i < end)
            {
                int width = Math.Min(Utf8Width(bytes[i]), end - i);
                if (Find(bytes, i, i + width, longest: false, out replacement) > 0)
                {
                    AppendReplacement(replacement, output);
                }
                else
                {
                    output.Write(bytes, i, width);
                }

                i += width;
            }
        }

        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }

    /// <summary>The end of a code point and the marks on it; CR and LF belong together.</summary>
    private static int ClusterEnd(byte[] bytes, int start)
    {
        int end = start + Utf8Width(bytes[start]);
        if (bytes[start] == '\r' && end < bytes.Length && bytes[end] == '\n')
        {
            return end + 1;
        }

        if (bytes[start] < ' ' || bytes[start] == 0x7F)
        {
            return end;
        }

        while (end < bytes.Length && bytes[end] >= 0xC0)
        {
            int width = Utf8Width(bytes[end]);
            int codePoint = CodePointAt(bytes, end, width);
            uint category = 1u << (int)UnicodeTable.CategoryOf(codePoint);
            if ((category & CodePointSet.CategoriesOf("M")) == 0 && codePoint != 0x200C && codePoint != 0x200D)
            {
                break;
            }

            end += width;
        }

        return Math.Min(end, bytes.Length);
    }

    private static int CodePointAt(byte[] bytes, int at, int width)
    {
        int codePoint = width == 1 ? bytes[at] : bytes[at] & (0x7F >> width);
        for (int i = 1; i < width; i++)
        {
            codePoint = (codePoint << 6) | (bytes[at + i] & 0x3F);
        }

        return codePoint;
    }

    /// <summary>The bytes of a character by its first byte; the text is valid UTF-8.</summary>
    private static int Utf8Width(byte first) => first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1u << 9)) >> 6);

    private uint Unit(uint index) => BitConverter.ToUInt32(_data, 4 + (4 * (int)index));

    private bool TryUnit(ref uint index, out uint unit)
    {
        bool inside = index < (uint)_units;
        unit = inside ? Unit(index) : 0;
        return inside;
    }
}
