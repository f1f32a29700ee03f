namespace NinaDB.Engine.Types;

public sealed partial class Collation
{
    public static partial Collation? Find(string name) => Known.GetOrAdd(name, static n => Parse(n));

    public partial int Compare(string left, string right)
    {
        if (ReferenceEquals(left, right))
        {
            return 0;
        }

        ReadOnlySpan<char> a = left.AsSpan().TrimEnd(' ');
        ReadOnlySpan<char> b = right.AsSpan().TrimEnd(' ');
        return IsBinary ? a.SequenceCompareTo(b) : CompareWeighted(a, b);
    }

    public partial bool Equals(string left, string right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        ReadOnlySpan<char> a = left.AsSpan().TrimEnd(' ');
        ReadOnlySpan<char> b = right.AsSpan().TrimEnd(' ');
        return a.SequenceEqual(b) || (!IsBinary && CompareWeighted(a, b) == 0);
    }

    public partial int GetHashCode(string value)
    {
        ReadOnlySpan<char> text = value.AsSpan().TrimEnd(' ');
        uint hash = 2166136261;
        if (IsBinary)
        {
            foreach (char c in text)
            {
                hash = (hash ^ c) * 16777619;
            }

            return (int)hash;
        }

        if (!IsCaseSensitive && HasPlainAscii && TryHashAscii(text, hash, out int quick))
        {
            return quick;
        }

        var elements = new CollationWeights.Enumerator(text, _tailoring);
        while (elements.MoveNext())
        {
            CollationElement e = elements.Current;
            if (e.Primary != 0)
            {
                hash = (hash ^ e.Primary) * 16777619;
                if ((e.Tertiary & _tertiaryMask) is not 0 and int third)
                {
                    hash = (hash ^ (uint)third) * 16777619;
                }
            }

            if (IsAccentSensitive && e.Marks != 0)
            {
                // Mark by mark, so that a composed letter and its decomposition hash alike.
                hash = (hash ^ (byte)e.Marks) * 16777619;
                hash = e.Marks > 0xFF ? (hash ^ (byte)(e.Marks >> 8)) * 16777619 : hash;
            }
        }

        return (int)hash;
    }

    public partial byte[] GetSortKey(string value)
    {
        ReadOnlySpan<char> text = value.AsSpan().TrimEnd(' ');
        var key = new KeyBuilder(stackalloc byte[256]);
        if (IsBinary)
        {
            AppendCodeUnits(ref key, text);
            return key.ToArray();
        }

        if (!IsCaseSensitive && HasPlainAscii && AsciiSortKey(text) is { } quick)
        {
            return quick;
        }

        bool plain = AppendPrimary(ref key, text) | !IsAccentSensitive;
        bool cased = _tertiaryMask != 0 && HasUpper(text);
        if (plain && !cased)
        {
            return key.ToArray();
        }

        key.Append(0);
        if (!plain)
        {
            AppendSecondary(ref key, text);
        }

        if (cased)
        {
            key.Append(0);
            AppendTertiary(ref key, text);
        }

        return key.ToArray();
    }

    public partial byte[] GetSortKeyPrefix(string prefix)
    {
        var key = new KeyBuilder(stackalloc byte[256]);
        if (IsBinary)
        {
            AppendCodeUnits(ref key, prefix);
        }
        else
        {
            AppendPrimary(ref key, prefix);
        }

        return key.ToArray();
    }

    /// <summary>Weight of one character under this collation: equal characters weigh the same, ranges compare by it.</summary>
    internal long Fold(char c) => c < 128 ? (_asciiFold ??= BuildAsciiFold())[c] : ComputeFold(c);

    private long[] BuildAsciiFold()
    {
        var table = new long[128];
        for (char c = '\0'; c < 128; c++)
        {
            table[c] = ComputeFold(c);
        }

        return table;
    }

    /// <summary>The hash of text in printable ASCII, where every character is one lead byte.</summary>
    private static bool TryHashAscii(ReadOnlySpan<char> text, uint seed, out int hash)
    {
        ReadOnlySpan<byte> leads = CollationWeights.AsciiPrimary;
        foreach (char c in text)
        {
            if (c is < ' ' or > '~')
            {
                hash = 0;
                return false;
            }

            seed = (seed ^ ((uint)leads[c] << 16)) * 16777619;
        }

        hash = (int)seed;
        return true;
    }

    /// <summary>The key of text in printable ASCII under a case-insensitive collation: its lead bytes. Null for other text.</summary>
    private static byte[]? AsciiSortKey(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAnyExceptInRange(' ', '~') >= 0)
        {
            return null;
        }

        ReadOnlySpan<byte> leads = CollationWeights.AsciiPrimary;
        var key = new byte[text.Length];
        for (int i = 0; i < key.Length; i++)
        {
            key[i] = leads[text[i]];
        }

        return key;
    }

    private long ComputeFold(char c)
    {
        if (IsBinary)
        {
            return c;
        }

        if (_tailoring is null || !_tailoring.TryFind(c, out CollationElement e))
        {
            e = CollationWeights.Of(c);
        }

        long weight = (long)e.Primary << 32;
        if (IsAccentSensitive)
        {
            weight |= (long)e.Marks << 8;
        }

        return weight | (uint)(e.Tertiary & _tertiaryMask);
    }

    private int CompareWeighted(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (!HasPlainAscii)
        {
            return CompareElements(a, b);
        }

        // ASCII prefix: one table look-up a character.
        int common = Math.Min(a.Length, b.Length);
        ReadOnlySpan<byte> ascii = CollationWeights.AsciiPrimary;
        int i = 0;
        int caseOrder = 0;
        while (i < common)
        {
            char x = a[i];
            char y = b[i];
            if (x == y && x < 128)
            {
                i++;
                continue;
            }

            if ((x | y) >= 128)
            {
                break;
            }

            if (CollationWeights.IsControl(x) || CollationWeights.IsControl(y))
            {
                break;
            }

            int difference = ascii[x] - ascii[y];
            if (difference != 0)
            {
                // A combining mark may still follow, but it cannot outweigh a primary difference.
                return difference;
            }

            if (caseOrder == 0)
            {
                caseOrder = char.IsAsciiLetterUpper(x) ? 1 : -1;
            }

            i++;
        }

        if (i == common && a.Length == b.Length)
        {
            return IsCaseSensitive ? caseOrder : 0;
        }

        if (i == common && (a.Length > common ? a[common] : b[common]) < '\u0300')
        {
            // One is the other's beginning, and what follows is no combining mark.
            return a.Length - b.Length;
        }

        return CompareElements(a, b);
    }

    private int CompareElements(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        int result = CompareLevel(a, b, 1);
        if (result == 0 && IsAccentSensitive)
        {
            result = CompareLevel(a, b, 2);
        }

        return result == 0 && _tertiaryMask != 0 ? CompareLevel(a, b, 3) : result;
    }

    private int CompareLevel(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int level)
    {
        var left = new CollationWeights.LevelEnumerator(a, level, _tailoring, _tertiaryMask);
        var right = new CollationWeights.LevelEnumerator(b, level, _tailoring, _tertiaryMask);
        while (true)
        {
            uint x = left.Next();
            uint y = right.Next();
            if (x != y)
            {
                return x < y ? -1 : 1;
            }

            if (x == 0)
            {
                return 0;
            }
        }
    }

    /// <summary>Returns true when the text has no accents (its secondary level is all default).</summary>
    private bool AppendPrimary(ref KeyBuilder key, ReadOnlySpan<char> text)
    {
        bool plain = true;
        var elements = new CollationWeights.Enumerator(text, _tailoring);
        while (elements.MoveNext())
        {
            CollationElement e = elements.Current;
            plain &= e.Marks == 0;
            if (e.Primary == 0)
            {
                continue;
            }

            key.Append((byte)(e.Primary >> 16));
            if ((e.Primary & 0xFFFF) != 0)
            {
                key.Append((byte)(e.Primary >> 8));
                key.Append((byte)e.Primary);
            }
        }

        return plain;
    }

    private bool HasUpper(ReadOnlySpan<char> text)
    {
        var elements = new CollationWeights.Enumerator(text, _tailoring);
        while (elements.MoveNext())
        {
            if ((elements.Current.Tertiary & _tertiaryMask) > 1)
            {
                return true;
            }
        }

        return false;
    }

    private void AppendSecondary(ref KeyBuilder key, ReadOnlySpan<char> text)
    {
        var level = new CollationWeights.LevelEnumerator(text, 2, _tailoring);
        int significant = key.Length;
        for (uint weight = level.Next(); weight != 0; weight = level.Next())
        {
            key.Append((byte)weight);
            significant = weight == CollationWeights.DefaultSecondary ? significant : key.Length;
        }

        key.Truncate(significant);
    }

    private void AppendTertiary(ref KeyBuilder key, ReadOnlySpan<char> text)
    {
        var level = new CollationWeights.LevelEnumerator(text, 3, _tailoring, _tertiaryMask);
        int significant = key.Length;
        for (uint weight = level.Next(); weight != 0; weight = level.Next())
        {
            byte third = (byte)(weight & 0x0F);
            key.Append(third);
            significant = third <= 1 ? significant : key.Length;
        }

        key.Truncate(significant);
    }

    /// <summary>UTF-8 of each code unit on its own (surrogates too), which keeps code unit order and is one byte for ASCII.</summary>
    private static void AppendCodeUnits(ref KeyBuilder key, ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (c < 0x80)
            {
                key.Append((byte)c);
            }
            else if (c < 0x800)
            {
                key.Append((byte)(0xC0 | (c >> 6)));
                key.Append((byte)(0x80 | (c & 0x3F)));
            }
            else
            {
                key.Append((byte)(0xE0 | (c >> 12)));
                key.Append((byte)(0x80 | ((c >> 6) & 0x3F)));
                key.Append((byte)(0x80 | (c & 0x3F)));
            }
        }
    }

    private static Collation? Parse(string name)
    {
        if (name.Equals("database_default", StringComparison.OrdinalIgnoreCase) || name.Equals("catalog_default", StringComparison.OrdinalIgnoreCase))
        {
            return Default;
        }

        if (CollationCatalog.Find(name) is not { } found)
        {
            return null;
        }

        return found.Name == name ? new Collation(found.Name, found.Family, found.Lcid, found.CodePage, found.Version) : Find(found.Name);
    }

    /// <summary>Grows on the heap past its stack buffer.</summary>
    private ref struct KeyBuilder(Span<byte> buffer)
    {
        private Span<byte> _buffer = buffer;

        public int Length { get; private set; }

        public void Append(byte value)
        {
            if (Length == _buffer.Length)
            {
                var larger = new byte[_buffer.Length * 2];
                _buffer.CopyTo(larger);
                _buffer = larger;
            }

            _buffer[Length++] = value;
        }

        public void Truncate(int length) => Length = length;

        public readonly byte[] ToArray() => _buffer[..Length].ToArray();
    }
}
