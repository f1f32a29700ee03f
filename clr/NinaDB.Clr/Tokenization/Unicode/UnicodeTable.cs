using System;
using System.Collections.Generic;
using System.Globalization;

namespace NinaDB.Clr.Tokenization.Unicode;

/// <summary>
/// Unicode's general categories, lower-case letters and normalisation data as this assembly knows them. They are tables and not asked of the runtime, whose
/// version of Unicode differs: a text must give the same tokens on .NET Framework and on .NET. UnicodeTableTests generates the .Data.cs files.
/// </summary>
internal static partial class UnicodeTable
{
    /// <summary>One more than the last code point.</summary>
    public const int CodePointCount = 0x110000;

    private const int BlockBits = 8;
    private const int HangulFirst = 0xAC00;
    private const int HangulCount = 11172;
    private const int LeadFirst = 0x1100;
    private const int VowelFirst = 0x1161;
    private const int TrailFirst = 0x11A7;

    /// <summary>Number of the block of 256 categories for each block of code points.</summary>
    private static readonly ushort[] BlockOf = new ushort[CodePointCount >> BlockBits];

    private static readonly byte[] Blocks = ExpandCategories();

    private static readonly Dictionary<int, int> LowerOf = ReadPairs(LowerData);
    private static readonly Lazy<Dictionary<int, int>> Combining = new(() => ReadPairs(CombiningData));
    private static readonly Lazy<Dictionary<int, int[]>> Canonical = new(() => ReadSequences(CanonicalData));
    private static readonly Lazy<Dictionary<int, int[]>> Compatible = new(() => ReadSequences(CompatibleData));
    private static readonly Lazy<Dictionary<long, int>> Compositions = new(ReadCompositions);

    /// <summary>The general category.</summary>
    public static UnicodeCategory CategoryOf(int codePoint) => (UnicodeCategory)Blocks[(BlockOf[codePoint >> BlockBits] << BlockBits) | (codePoint & 0xFF)];

    /// <summary>Unicode's White_Space property.</summary>
    public static bool IsWhiteSpace(int codePoint) => codePoint < 0x80
        ? codePoint == ' ' || (codePoint >= 9 && codePoint <= 13)
        : codePoint == 0x85 || codePoint == 0xA0 || codePoint == 0x1680 || (codePoint >= 0x2000 && codePoint <= 0x200A)
            || codePoint == 0x2028 || codePoint == 0x2029 || codePoint == 0x202F || codePoint == 0x205F || codePoint == 0x3000;

    /// <summary>Decimal digits, letter numbers and other numbers.</summary>
    public static bool IsNumeric(int codePoint)
    {
        UnicodeCategory category = CategoryOf(codePoint);
        return category == UnicodeCategory.DecimalDigitNumber || category == UnicodeCategory.LetterNumber || category == UnicodeCategory.OtherNumber;
    }

    /// <summary>ASCII punctuation and symbols, and every category P.</summary>
    public static bool IsPunctuation(int codePoint)
    {
        if (codePoint < 0x80)
        {
            return codePoint > ' ' && codePoint < 0x7F && !(codePoint >= '0' && codePoint <= '9') && !((codePoint | 0x20) >= 'a' && (codePoint | 0x20) <= 'z');
        }

        UnicodeCategory category = CategoryOf(codePoint);
        return category >= UnicodeCategory.ConnectorPunctuation && category <= UnicodeCategory.OtherPunctuation;
    }

    /// <summary>The lower-case letter of a code point, or itself. (U+0130 becomes two code points; the caller sees to it.)</summary>
    public static int ToLower(int codePoint) => LowerOf.TryGetValue(codePoint, out int lower) ? lower : codePoint;

    /// <summary>The canonical combining class.</summary>
    public static int CombiningClass(int codePoint) => codePoint < 0x300 ? 0 : Combining.Value.TryGetValue(codePoint, out int value) ? value : 0;

    /// <summary>Appends the full decomposition of a code point.</summary>
    public static void Decompose(int codePoint, bool compatible, List<int> output)
    {
        if (codePoint < 0xA0)
        {
            output.Add(codePoint);
        }
        else if (codePoint >= HangulFirst && codePoint < HangulFirst + HangulCount)
        {
            int syllable = codePoint - HangulFirst;
            output.Add(LeadFirst + (syllable / 588));
            output.Add(VowelFirst + (syllable % 588 / 28));
            if (syllable % 28 != 0)
            {
                output.Add(TrailFirst + (syllable % 28));
            }
        }
        else if ((compatible && Compatible.Value.TryGetValue(codePoint, out int[]? sequence)) || Canonical.Value.TryGetValue(codePoint, out sequence))
        {
            output.AddRange(sequence);
        }
        else
        {
            output.Add(codePoint);
        }
    }

    /// <summary>The code point that two compose to, -1 when they do not.</summary>
    public static int Compose(int first, int second)
    {
        if (first >= LeadFirst && first < LeadFirst + 19 && second >= VowelFirst && second < VowelFirst + 21)
        {
            return HangulFirst + ((((first - LeadFirst) * 21) + (second - VowelFirst)) * 28);
        }

        if (first >= HangulFirst && first < HangulFirst + HangulCount && (first - HangulFirst) % 28 == 0 && second > TrailFirst && second < TrailFirst + 28)
        {
            return first + (second - TrailFirst);
        }

        return Compositions.Value.TryGetValue(((long)first << 32) | (uint)second, out int composed) ? composed : -1;
    }

    private static byte[] ExpandCategories()
    {
        byte[] data = Convert.FromBase64String(CategoryData);
        byte[] all = new byte[CodePointCount];
        int codePoint = 0;
        for (int i = 0; i < data.Length;)
        {
            int length = ReadNumber(data, ref i);
            byte category = data[i++];
            for (int end = codePoint + length; codePoint < end; codePoint++)
            {
                all[codePoint] = category;
            }
        }

        var numbers = new Dictionary<string, ushort>(StringComparer.Ordinal);
        var blocks = new List<byte>();
        for (int block = 0; block < BlockOf.Length; block++)
        {
            string key = Convert.ToBase64String(all, block << BlockBits, 1 << BlockBits);
            if (!numbers.TryGetValue(key, out ushort number))
            {
                number = (ushort)numbers.Count;
                numbers.Add(key, number);
                for (int i = 0; i < 1 << BlockBits; i++)
                {
                    blocks.Add(all[(block << BlockBits) | i]);
                }
            }

            BlockOf[block] = number;
        }

        return blocks.ToArray();
    }

    /// <summary>Pairs of numbers; the first of each is stored as the distance from the one before.</summary>
    private static Dictionary<int, int> ReadPairs(string base64)
    {
        byte[] data = Convert.FromBase64String(base64);
        var pairs = new Dictionary<int, int>();
        int key = 0;
        for (int i = 0; i < data.Length;)
        {
            key += ReadNumber(data, ref i);
            pairs.Add(key, ReadNumber(data, ref i));
        }

        return pairs;
    }

    private static Dictionary<int, int[]> ReadSequences(string base64)
    {
        byte[] data = Convert.FromBase64String(base64);
        var sequences = new Dictionary<int, int[]>();
        int key = 0;
        for (int i = 0; i < data.Length;)
        {
            key += ReadNumber(data, ref i);
            int[] sequence = new int[ReadNumber(data, ref i)];
            for (int k = 0; k < sequence.Length; k++)
            {
                sequence[k] = ReadNumber(data, ref i);
            }

            sequences.Add(key, sequence);
        }

        return sequences;
    }

    private static Dictionary<long, int> ReadCompositions()
    {
        var compositions = new Dictionary<long, int>();
        foreach (KeyValuePair<int, int[]> entry in ReadSequences(CompositionData))
        {
            compositions.Add(((long)entry.Value[0] << 32) | (uint)entry.Value[1], entry.Key);
        }

        return compositions;
    }

    /// <summary>A number in groups of seven bits, the lowest first.</summary>
    private static int ReadNumber(byte[] data, ref int position)
    {
        int value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = data[position++];
            value |= (b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
    }
}
