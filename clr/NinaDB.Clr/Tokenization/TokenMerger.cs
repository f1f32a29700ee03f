using System;
using System.Collections.Generic;
using System.Text;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Tokenization;

/// <summary>
/// Turns normalised text into tokens by joining neighbours, the cheapest pair first, until no pair joins. A heap and a linked list make it
/// O(n log n), so that a long hostile text costs no more than a long text.
/// </summary>
internal abstract class TokenMerger
{
    protected TokenMerger(Vocabulary vocabulary) => Vocabulary = vocabulary;

    protected Vocabulary Vocabulary { get; }

    /// <summary>Appends the tokens of <paramref name="text"/>.</summary>
    public void Encode(string text, List<int> output)
    {
        if (text.Length == 0 || TryWhole(text, output))
        {
            return;
        }

        var symbols = new SymbolList(text);
        Split(symbols);
        var heap = new MergeHeap(symbols.Count);
        for (int i = 0; i + 1 < symbols.Count; i++)
        {
            Offer(symbols, i, i + 1, heap);
        }

        while (heap.TryPop(out Candidate best))
        {
            if (!symbols.IsCurrent(best))
            {
                continue;
            }

            symbols.Join(best.Left, best.Right, best.Merged);
            Offer(symbols, symbols.Previous(best.Left), best.Left, heap);
            Offer(symbols, best.Left, symbols.Next(best.Left), heap);
        }

        bool afterUnknown = false;
        for (int i = 0; i >= 0; i = symbols.Next(i))
        {
            int id = symbols.Id(i);
            if (id >= 0)
            {
                output.Add(id);
                afterUnknown = false;
            }
            else
            {
                afterUnknown = AppendBytesOrUnknown(symbols.Text(i), output, afterUnknown);
            }
        }
    }

    /// <summary>Looks up a text as one token before anything is merged, where the tokenizer does that.</summary>
    protected virtual bool TryWhole(string text, List<int> output) => false;

    /// <summary>Whether two neighbours join, at what cost, and to which token.</summary>
    protected abstract bool TryMerge(SymbolList symbols, int left, int right, out double cost, out int merged);

    /// <summary>Splits the text into characters (code points); those that the vocabulary lacks get the id -1.</summary>
    protected virtual void Split(SymbolList symbols)
    {
        string text = symbols.Source;
        for (int i = 0; i < text.Length;)
        {
            int length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
            symbols.Add(i, length, Vocabulary.IdOf(text.Substring(i, length)));
            i += length;
        }
    }

    /// <summary>The bytes of a character as byte tokens, or the unknown token once for a run of such characters. Returns whether the last token is the unknown one.</summary>
    protected bool AppendBytesOrUnknown(string text, List<int> output, bool afterUnknown)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (Array.TrueForAll(bytes, b => Vocabulary.IdOfByte(b) >= 0))
        {
            foreach (byte b in bytes)
            {
                output.Add(Vocabulary.IdOfByte(b));
            }

            return false;
        }

        if (Vocabulary.UnknownId < 0)
        {
            throw new NinaException(ErrorNumber.TextNotEncodable, $"The vocabulary has no token for the character '{text}' (U+{char.ConvertToUtf32(text, 0):X4}).");
        }

        if (!afterUnknown)
        {
            output.Add(Vocabulary.UnknownId);
        }

        return true;
    }

    private void Offer(SymbolList symbols, int left, int right, MergeHeap heap)
    {
        if (left >= 0 && right >= 0 && TryMerge(symbols, left, right, out double cost, out int merged))
        {
            heap.Push(new Candidate(cost, left, right, symbols.Id(left), symbols.Id(right), symbols.Length(left) + symbols.Length(right), merged));
        }
    }

    /// <summary>A pair that joins, as it was when it was offered.</summary>
    internal readonly struct Candidate
    {
        public readonly double Cost;
        public readonly int Left;
        public readonly int Right;
        public readonly int LeftId;
        public readonly int RightId;
        public readonly int Length;
        public readonly int Merged;

        public Candidate(double cost, int left, int right, int leftId, int rightId, int length, int merged)
        {
            Cost = cost;
            Left = left;
            Right = right;
            LeftId = leftId;
            RightId = rightId;
            Length = length;
            Merged = merged;
        }

        public bool IsBefore(in Candidate other) => Cost < other.Cost || (Cost == other.Cost && Left < other.Left);
    }

    /// <summary>The text as a doubly linked list of symbols.</summary>
    internal sealed class SymbolList
    {
        private readonly List<Node> _nodes;

        public SymbolList(string source)
        {
            Source = source;
            _nodes = new List<Node>(source.Length);
        }

        public string Source { get; }

        public int Count => _nodes.Count;

        public void Add(int start, int length, int id) => _nodes.Add(new Node(start, length, id, _nodes.Count - 1));

        public int Id(int i) => _nodes[i].Id;

        public int Length(int i) => _nodes[i].Length;

        public int Next(int i) => _nodes[i].Next < _nodes.Count ? _nodes[i].Next : -1;

        public int Previous(int i) => _nodes[i].Previous;

        public string Text(int i) => Source.Substring(_nodes[i].Start, _nodes[i].Length);

        public string JoinedText(int left, int right) => Source.Substring(_nodes[left].Start, _nodes[left].Length + _nodes[right].Length);

        public bool IsCurrent(in Candidate candidate)
        {
            Node left = _nodes[candidate.Left];
            Node right = _nodes[candidate.Right];
            return left.Alive && right.Alive && left.Next == candidate.Right && left.Id == candidate.LeftId && right.Id == candidate.RightId
                && left.Length + right.Length == candidate.Length;
        }

        public void Join(int left, int right, int id)
        {
            Node a = _nodes[left];
            Node b = _nodes[right];
            a.Length += b.Length;
            a.Id = id;
            a.Next = b.Next;
            b.Alive = false;
            if (b.Next < _nodes.Count)
            {
                _nodes[b.Next].Previous = left;
            }
        }

        private sealed class Node
        {
            public Node(int start, int length, int id, int previous)
            {
                Start = start;
                Length = length;
                Id = id;
                Previous = previous;
                Next = previous + 2;
                Alive = true;
            }

            public int Start { get; }

            public int Length { get; set; }

            public int Id { get; set; }

            public int Previous { get; set; }

            public int Next { get; set; }

            public bool Alive { get; set; }
        }
    }

    /// <summary>A binary heap, cheapest and then leftmost first.</summary>
    private sealed class MergeHeap
    {
        private Candidate[] _items;
        private int _count;

        public MergeHeap(int capacity) => _items = new Candidate[Math.Max(4, capacity)];

        public void Push(in Candidate candidate)
        {
            if (_count == _items.Length)
            {
                Array.Resize(ref _items, _count * 2);
            }

            int i = _count++;
            while (i > 0 && candidate.IsBefore(_items[(i - 1) / 2]))
            {
                _items[i] = _items[(i - 1) / 2];
                i = (i - 1) / 2;
            }

            _items[i] = candidate;
        }

        public bool TryPop(out Candidate best)
        {
            if (_count == 0)
            {
                best = default;
                return false;
            }

            best = _items[0];
            Candidate last = _items[--_count];
            int i = 0;
            while (true)
            {
                int child = (2 * i) + 1;
                if (child >= _count)
                {
                    break;
                }

                if (child + 1 < _count && _items[child + 1].IsBefore(_items[child]))
                {
                    child++;
                }

                if (!_items[child].IsBefore(last))
                {
                    break;
                }

                _items[i] = _items[child];
                i = child;
            }

            _items[i] = last;
            return true;
        }
    }
}

/// <summary>Byte pair encoding: an ordered list of merges, as in tokenizer.json.</summary>
internal sealed class RankedMerger : TokenMerger
{
    private readonly Dictionary<long, Merge> _merges;
    private readonly bool _ignoreMerges;

    public RankedMerger(Vocabulary vocabulary, Dictionary<long, Merge> merges, bool ignoreMerges)
        : base(vocabulary)
    {
        _merges = merges;
        _ignoreMerges = ignoreMerges;
    }

    /// <summary>The key of a pair in the table of merges.</summary>
    public static long Pair(int left, int right) => ((long)left << 32) | (uint)right;

    protected override bool TryWhole(string text, List<int> output)
    {
        int id = _ignoreMerges ? Vocabulary.IdOf(text) : -1;
        if (id >= 0)
        {
            output.Add(id);
        }

        return id >= 0;
    }

    protected override bool TryMerge(SymbolList symbols, int left, int right, out double cost, out int merged)
    {
        if (_merges.TryGetValue(Pair(symbols.Id(left), symbols.Id(right)), out Merge merge))
        {
            cost = merge.Rank;
            merged = merge.Id;
            return true;
        }

        cost = 0;
        merged = -1;
        return false;
    }

    /// <summary>Characters that the vocabulary lacks become byte tokens, which can merge like any other; the rest stays unknown.</summary>
    protected override void Split(SymbolList symbols)
    {
        string text = symbols.Source;
        for (int i = 0; i < text.Length;)
        {
            int length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
            string character = text.Substring(i, length);
            int id = Vocabulary.IdOf(character);
            byte[]? bytes = id < 0 ? Encoding.UTF8.GetBytes(character) : null;
            if (bytes != null && Array.TrueForAll(bytes, b => Vocabulary.IdOfByte(b) >= 0))
            {
                foreach (byte b in bytes)
                {
                    symbols.Add(i, length, Vocabulary.IdOfByte(b));
                }
            }
            else
            {
                symbols.Add(i, length, id);
            }

            i += length;
        }
    }

    /// <summary>What a pair becomes, and how early in the list it stands.</summary>
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
}

/// <summary>SentencePiece's byte pair encoding: any two neighbours join whose text is a piece, the best score first (GGUF, tokenizer model "llama").</summary>
internal sealed class ScoredMerger : TokenMerger
{
    private readonly float[] _scores;

    public ScoredMerger(Vocabulary vocabulary, float[] scores)
        : base(vocabulary)
        => _scores = scores;

    /// <summary>The score of every token.</summary>
    public float[] Scores => _scores;

    protected override bool TryMerge(SymbolList symbols, int left, int right, out double cost, out int merged)
    {
        merged = -1;
        cost = 0;
        if (symbols.Length(left) + symbols.Length(right) > Vocabulary.MaxPieceLength)
        {
            return false;
        }

        merged = Vocabulary.IdOf(symbols.JoinedText(left, right));
        if (merged < 0 || Vocabulary.KindOf(merged) != TokenKind.Normal)
        {
            return false;
        }

        cost = -(double)_scores[merged];
        return true;
    }
}
