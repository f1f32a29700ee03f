using System.Text;
using NinaDB.Clr.Tokenization.Unicode;

namespace NinaDB.Clr.Tokenization;

/// <summary>
/// Decodes UTF-8 byte by byte. Each longest part of a character that is not one becomes one U+FFFD (Unicode, section 3.9), on every runtime the same.
/// </summary>
internal struct Utf8Assembler
{
    private const char Replacement = '\uFFFD';

    private int _codePoint;
    private int _missing;
    private byte _lower;
    private byte _upper;

    /// <summary>Takes bytes; appends the characters that they complete.</summary>
    public void Push(byte[] bytes, StringBuilder output)
    {
        foreach (byte b in bytes)
        {
            if (_missing > 0)
            {
                if (b >= _lower && b <= _upper)
                {
                    _codePoint = (_codePoint << 6) | (b & 0x3F);
                    _lower = 0x80;
                    _upper = 0xBF;
                    if (--_missing == 0)
                    {
                        UnicodeForm.Append(output, _codePoint);
                    }

                    continue;
                }

                _missing = 0;
                output.Append(Replacement);
            }

            Start(b, output);
        }
    }

    /// <summary>Appends U+FFFD for an incomplete character.</summary>
    public void Finish(StringBuilder output)
    {
        if (_missing > 0)
        {
            _missing = 0;
            output.Append(Replacement);
        }
    }

    private void Start(byte b, StringBuilder output)
    {
        if (b < 0x80)
        {
            output.Append((char)b);
            return;
        }

        if (b < 0xC2 || b > 0xF4)
        {
            output.Append(Replacement);
            return;
        }

        _missing = b < 0xE0 ? 1 : b < 0xF0 ? 2 : 3;
        _codePoint = b & (0x3F >> _missing);
        _lower = b == 0xE0 ? (byte)0xA0 : b == 0xF0 ? (byte)0x90 : (byte)0x80;
        _upper = b == 0xED ? (byte)0x9F : b == 0xF4 ? (byte)0x8F : (byte)0xBF;
    }
}
