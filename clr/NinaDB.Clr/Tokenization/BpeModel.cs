using System;
using System.Collections.Generic;
using System.Text;
using NinaDB.Clr.Tokenization.Unicode;

namespace NinaDB.Clr.Tokenization;

/// <summary>
/// Byte pair encoding: symbols join with their neighbours, the pair of the lowest rank first and of those the leftmost, until no pair joins. Byte-level
/// vocabularies start from bytes, the others from code points. Long pieces use a heap and a linked list, so that a long hostile text costs no more
/// than a long text.
/// </summary>
internal sealed class BpeModel : TokenModel
{
    /// <summary>Pieces up to this many symbols are joined by looking at all pairs each time, which is faster for short ones.</summary>
    private const int ShortPiece = 48;

    private const int NoRank = int.MaxValue;

    [ThreadStatic]
    private static int[]? t_scratch;

    private readonly Dictionary<long, Merge> _merges;
    private readonly int[]? _byteIds;
    private readonly Dictionary<int, int> _characters;
    private readonly int[] _ascii = new int[128];

    /// <summary>Creates a model. <paramref name="merges"/> are those of <see cref="Pair"/> keys.</summary>
    public BpeModel(Vocabulary vocabulary, Dictionary<long, Merge> merges, BpeOptions options)
        : base(vocabulary)
    {
        _merges = merges;
        Options = options;
        _characters = options.Characters ?? new Dictionary<int, int>();
        if (options.IsByteLevel)
        {
            _byteIds = new int[256];
            for (int b = 0; b < 256; b++)
            {
                _byteIds[b] = vocabulary.IdOf(ByteAlphabet.Of((byte)b).ToString());
            }
        }
        else
        {
            AddCharacters(vocabulary);
            CutsAtBlanks = !options.IgnoresMerges && CanCutAtBlanks(vocabulary);
        }
    }

    /// <summary>How the model differs from plain byte pair encoding.</summary>
    public BpeOptions Options { get; }

    /// <summary>The merges by pair.</summary>
    public IReadOnlyDictionary<long, Merge> Merges => _merges;

    /// <summary>The key of a pair of tokens.</summary>
    public static long Pair(int left, int right) => ((long)left << 32) | (uint)right;

    protected override void EncodePiece(in TextPiece piece, List<int> output)
    {
        if (_byteIds != null)
        {
            EncodeBytes(piece, output);
            return;
        }

        if (Options.IgnoresMerges)
        {
            int whole = Vocabulary.IdOf(piece.Text.Substring(piece.Start, piece.End - piece.Start));
            if (whole >= 0 && Vocabulary.KindOf(whole) == TokenKind.Normal)
            {
                output.Add(whole);
                return;
            }
        }

        EncodeCharacters(piece, output);
    }

    private void AddCharacters(Vocabulary vocabulary)
    {
        for (int c = 0; c < _ascii.Length; c++)
        {
            _ascii[c] = -1;
        }

        for (int id = 0; id < vocabulary.Count; id++)
        {
            string token = vocabulary[id];
            if (token.Length > 0 && token.Length <= 2 && vocabulary.KindOf(id) == TokenKind.Normal)
            {
                int codePoint = TextPattern.CodePointAt(token, 0, token.Length);
                if ((codePoint > 0xFFFF) == (token.Length == 2) && vocabulary.IdOf(token) == id)
                {
                    _characters[codePoint] = id;
                }
            }
        }

        foreach (KeyValuePair<int, int> character in _characters)
        {
            if (character.Key < _ascii.Length)
            {
                _ascii[character.Key] = character.Value;
            }
        }
    }

    private void EncodeBytes(in TextPiece piece, List<int> output)
    {
        byte[] bytes;
        string part = piece.Text.Substring(piece.Start, piece.End - piece.Start);
        if (piece.IsBytes)
        {
            bytes = ByteAlphabet.ToBytes(part);
        }
        else
        {
            bytes = Encoding.UTF8.GetBytes(part);
            part = Options.IgnoresMerges ? ByteAlphabet.ToPiece(bytes, 0, bytes.Length) : part;
        }

        int whole = Options.IgnoresMerges ? Vocabulary.IdOf(part) : -1;
        if (whole >= 0 && Vocabulary.KindOf(whole) == TokenKind.Normal)
        {
            output.Add(whole);
            return;
        }

        var symbols = new int[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            int id = _byteIds![bytes[i]];
            if (id < 0)
            {
                id = Vocabulary.UnknownId >= 0
                    ? Vocabulary.UnknownId
                    : throw new Errors.NinaException(Errors.ErrorNumber.TextNotEncodable, $"The vocabulary has no token for the byte 0x{bytes[i]:X2}.");
            }

            symbols[i] = id;
        }

        int count = Join(symbols, null);
        for (int i = 0; i < count; i++)
        {
            output.Add(symbols[i]);
        }
    }

    private void EncodeCharacters(in TextPiece piece, List<int> output)
    {
        string text = piece.Text;
        int capacity = (piece.End - piece.Start) * (Options.MergesBytes ? 3 : 1);
        int[] symbols = new int[capacity];
        int[] starts = new int[capacity];
        int count = 0;
        bool complete = true;
        for (int i = piece.Start; i < piece.End;)
        {
            int codePoint = TextPattern.CodePointAt(text, i, piece.End);
            int id = codePoint < 128 ? _ascii[codePoint] : _characters.TryGetValue(codePoint, out int known) ? known : -1;
            int width = codePoint > 0xFFFF ? 2 : 1;
            if (id < 0 && Options.MergesBytes && AddBytes(text, i, width, symbols, starts, ref count))
            {
                i += width;
                continue;
            }

            complete &= (uint)id < (uint)Vocabulary.Count;
            symbols[count] = id;
            starts[count++] = i;
            i += width;
        }

        Array.Resize(ref symbols, count);
        count = Join(symbols, starts);
        if (complete)
        {
            for (int i = 0; i < count; i++)
            {
                output.Add(symbols[i]);
            }

            return;
        }

        bool afterUnknown = false;
        for (int i = 0; i < count; i++)
        {
            if ((uint)symbols[i] < (uint)Vocabulary.Count)
            {
                output.Add(symbols[i]);
                afterUnknown = false;
            }
            else
            {
                int start = starts[i];
                int width = TextPattern.CodePointAt(text, start, piece.End) > 0xFFFF ? 2 : 1;
                AppendUnknown(text, start, start + width, Options.FallsBackToBytes, Options.FusesUnknown, ref afterUnknown, output);
            }
        }
    }

    private bool AddBytes(string text, int start, int width, int[] symbols, int[] starts, ref int count)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text.Substring(start, width));
        if (!Array.TrueForAll(bytes, b => Vocabulary.IdOfByte(b) >= 0))
        {
            return false;
        }

        foreach (byte b in bytes)
        {
            symbols[count] = Vocabulary.IdOfByte(b);
            starts[count++] = start;
        }

        return true;
    }

    private int RankOf(int left, int right) => _merges.TryGetValue(Pair(left, right), out Merge merge) ? merge.Rank : NoRank;

    /// <summary>Joins symbols in place, and where they start; returns how many are left.</summary>
    private int Join(int[] symbols, int[]? starts)
        => symbols.Length <= 1 ? symbols.Length : symbols.Length <= ShortPiece ? JoinShort(symbols, starts) : JoinLong(symbols, starts);

    private int JoinShort(int[] symbols, int[]? starts)
    {
        int count = symbols.Length;
        int[] ranks = t_scratch ??= new int[ShortPiece];
        for (int i = 0; i + 1 < count; i++)
        {
            ranks[i] = RankOf(symbols[i], symbols[i + 1]);
        }

        while (true)
        {
            int best = -1;
            int rank = NoRank;
            for (int i = 0; i + 1 < count; i++)
            {
                if (ranks[i] < rank)
                {
                    rank = ranks[i];
                    best = i;
                }
            }

            if (best < 0)
            {
                return count;
            }

            symbols[best] = _merges[Pair(symbols[best], symbols[best + 1])].Id;
            int tail = count - best - 2;
            Array.Copy(symbols, best + 2, symbols, best + 1, tail);
            Array.Copy(ranks, best + 2, ranks, best + 1, tail);
            if (starts != null)
            {
                Array.Copy(starts, best + 2, starts, best + 1, tail);
            }

            count--;
            if (best > 0)
            {
                ranks[best - 1] = RankOf(symbols[best - 1], symbols[best]);
            }

            if (best + 1 < count)
            {
                ranks[best] = RankOf(symbols[best], symbols[best + 1]);
            }
        }
    }

    private int JoinLong(int[] symbols, int[]? starts)
    {
        int[] next = new int[symbols.Length];
        int[] previous = new int[symbols.Length];
        var heap = new MergeHeap(symbols.Length / 2);
        for (int i = 0; i < symbols.Length; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1;
            if (i + 1 < symbols.Length)
            {
                Offer(symbols, i, i + 1, heap);
            }
        }

        while (heap.TryPop(out int rank, out int left, out int right))
        {
            // A symbol that was joined to its left has itself as the next one. A pair that changed since it was offered has another rank, or was offered again.
            if (next[left] != right || !_merges.TryGetValue(Pair(symbols[left], symbols[right]), out Merge merge) || merge.Rank != rank)
            {
                continue;
            }

            symbols[left] = merge.Id;
            int after = next[right];
            next[left] = after;
            next[right] = right;
            if (after < symbols.Length)
            {
                previous[after] = left;
                Offer(symbols, left, after, heap);
            }

            if (previous[left] >= 0)
            {
                Offer(symbols, previous[left], left, heap);
            }
        }

        int count = 0;
        for (int i = 0; i < symbols.Length; i = next[i])
        {
            symbols[count] = symbols[i];
            if (starts != null)
            {
                starts[count] = starts[i];
            }

            count++;
        }

        return count;
    }

    private void Offer(int[] symbols, int left, int right, MergeHeap heap)
    {
        int rank = RankOf(symbols[left], symbols[right]);
        if (rank != NoRank)
        {
            heap.Push(rank, left, right);
        }
    }

    /// <summary>What a pair becomes, and how early it is joined.</summary>
    internal readonly struct Merge
    {
        public readonly int Rank;
        public readonly int Id;

        public Merge(int rank, int id)
        {
            Rank = rank;
            Id = id;
        }
    }

    /// <summary>A binary heap of pairs, the lowest rank and then the leftmost first.</summary>
    private sealed class MergeHeap
    {
        /// <summary>Rank in the high half, left position in the low one: one comparison orders both.</summary>
        private ulong[] _keys;
        private int[] _rights;
        private int _count;

        public MergeHeap(int capacity)
        {
            _keys = new ulong[Math.Max(16, capacity)];
            _rights = new int[_keys.Length];
        }

        public void Push(int rank, int left, int right)
        {
            if (_count == _keys.Length)
            {
                Array.Resize(ref _keys, _count * 2);
                Array.Resize(ref _rights, _count * 2);
            }

            ulong key = ((ulong)(uint)rank << 32) | (uint)left;
            int i = _count++;
            while (i > 0 && key < _keys[(i - 1) / 2])
            {
                _keys[i] = _keys[(i - 1) / 2];
                _rights[i] = _rights[(i - 1) / 2];
                i = (i - 1) / 2;
            }

            _keys[i] = key;
            _rights[i] = right;
        }

        public bool TryPop(out int rank, out int left, out int right)
        {
            if (_count == 0)
            {
                rank = left = right = 0;
                return false;
            }

            rank = (int)(_keys[0] >> 32);
            left = (int)(uint)_keys[0];
            right = _rights[0];
            ulong key = _keys[--_count];
            int value = _rights[_count];
            int i = 0;
            while (true)
            {
                int child = (2 * i) + 1;
                if (child >= _count)
                {
                    break;
                }

                if (child + 1 < _count && _keys[child + 1] < _keys[child])
                {
                    child++;
                }

                if (_keys[child] >= key)
                {
                    break;
                }

                _keys[i] = _keys[child];
                _rights[i] = _rights[child];
                i = child;
            }

            _keys[i] = key;
            _rights[i] = value;
            return true;
        }
    }
}

/// <summary>How a byte pair encoding differs from the plain one.</summary>
internal sealed class BpeOptions
{
    /// <summary>Symbols are bytes in the alphabet of <see cref="ByteAlphabet"/>.</summary>
    public bool IsByteLevel { get; set; }

    /// <summary>A piece that is a token is that token, whatever the merges say.</summary>
    public bool IgnoresMerges { get; set; }

    /// <summary>A character without a token becomes its byte tokens.</summary>
    public bool FallsBackToBytes { get; set; }

    /// <summary>Those byte tokens can be joined like others.</summary>
    public bool MergesBytes { get; set; }

    /// <summary>A run of unknown characters is one unknown token.</summary>
    public bool FusesUnknown { get; set; }

    /// <summary>The scores of a SentencePiece vocabulary, from which the ranks were made; null for a list of merges.</summary>
    public float[]? Scores { get; set; }

    /// <summary>Ids past the vocabulary for characters that are no tokens but join to one.</summary>
    public Dictionary<int, int>? Characters { get; set; }
}
